"""A comparison as JSON, as Markdown, and as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from costeer_cli.evaluation.plot import Bar, bars
from costeer_cli.evaluation.resampling import Interval
from costeer_cli.evaluation.summary import MEASURES, Row, Summary

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
  color: #1b1b1b; background: #fff }
table { border-collapse: collapse; font-size: .85rem; display: block; overflow-x: auto }
td, th { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #ccc }
td:first-child, th:first-child { text-align: left; white-space: nowrap }
small { color: #555 } svg { max-width: 100%; height: auto }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 }
  td, th { border-color: #444 } small { color: #aaa } }
"""
_PLOTTED = ("nll", "rouge_l", "chrf")


def as_json(summary: Summary) -> dict[str, Any]:
    """The document of `evaluate --json`; keys only grow."""
    return {
        **summary.about,
        "people": summary.people,
        "trials": summary.trials,
        "systems": [_json_row(row) for row in summary.rows],
    }


def markdown(summary: Summary) -> str:
    """A table with intervals, and what it was measured on."""
    head, body = _table(summary)
    lines = [f"# {_title(summary)}", "", *_notes(summary), ""]
    lines += ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in body]
    return "\n".join(lines) + "\n"


def html(summary: Summary) -> str:
    """One page, plots drawn in it; no script, and nothing is fetched."""
    head, body = _table(summary)
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body
    )
    notes = "".join(f"<p><small>{escape(line)}</small></p>" for line in _notes(summary) if line)
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width">'
        f"<title>{escape(_title(summary))}</title><style>{_STYLE}</style>"
        f"<h1>{escape(_title(summary))}</h1>{notes}"
        f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
        + "".join(_plots(summary))
        + "</html>\n"
    )


def _plots(summary: Summary) -> list[str]:
    found = []
    for name in _PLOTTED:
        title, _, more = MEASURES[name]
        drawn = [Bar(row.system, row.means[name]) for row in summary.rows if name in row.means]
        if drawn:
            better = "more is better" if more else "less is better"
            found.append(f"<h2>{escape(title)} <small>({better})</small></h2>{bars(title, drawn)}")
    return found


def _title(summary: Summary) -> str:
    return f"costeer on {summary.about.get('dataset', 'texts')}"


def _notes(summary: Summary) -> list[str]:
    about = summary.about
    size = f"{summary.trials} texts of {summary.people} people"
    if summary.people == 1:
        size = f"{summary.trials} texts of one person"
    drawn = "people" if summary.people > 1 else "texts"
    models = f"cloud {about.get('cloud', '?')}, local {about.get('local', '?')}"
    return [
        f"{size}; {models}.",
        "",
        f"In brackets: 95% of the paired bootstrap over {drawn}. Recovered: the share of the way,"
        " in NLL, from the cloud alone to the cloud that is told everything."
        f" costeer {about.get('costeer', '?')}, {about.get('date', '?')}.",
    ]


def _table(summary: Summary) -> tuple[list[str], list[list[str]]]:
    """Columns that anything was measured for, and cells."""
    names = [name for name in MEASURES if any(name in row.means for row in summary.rows)]
    head = ["system", *(MEASURES[name][0] for name in names)]
    extra = {
        "NLL less the cloud's": [row.gains.get("nll") for row in summary.rows],
        "recovered": [row.recovered for row in summary.rows],
        "function words": [row.function_words for row in summary.rows],
        "Burrows' Delta": [row.burrows for row in summary.rows],
    }
    kept = {title: cells for title, cells in extra.items() if any(cells)}
    body = [
        [row.system, *(_cell(row.means.get(name)) for name in names)]
        + [_cell(cells[n], percent=title == "recovered") for title, cells in kept.items()]
        for n, row in enumerate(summary.rows)
    ]
    return [*head, *kept], body


def _cell(found: Interval | None, *, percent: bool = False) -> str:
    if found is None:
        return "-"
    form = "{:.0%}" if percent else "{:.3f}"
    value = form.format(found.value)
    if found.low is None or found.high is None:
        return value
    return f"{value} [{form.format(found.low)}, {form.format(found.high)}]"


def _json_row(row: Row) -> dict[str, Any]:
    made: dict[str, Any] = {"system": row.system, "people": row.people}
    for name in MEASURES:
        found = row.means.get(name)
        made[name] = found.value if found else None
        made[f"{name}_ci"] = _ends(found)
        gain = row.gains.get(name)
        made[f"{name}_gain"] = gain.value if gain else None
        made[f"{name}_gain_ci"] = _ends(gain)
    more: Sequence[tuple[str, Interval | None]] = (
        ("recovered", row.recovered),
        ("function_words", row.function_words),
        ("burrows_delta", row.burrows),
    )
    for name, found in more:
        made[name] = found.value if found else None
        made[f"{name}_ci"] = _ends(found)
    return made


def _ends(found: Interval | None) -> list[float] | None:
    if found is None or found.low is None or found.high is None:
        return None
    return [found.low, found.high]
