"""From outcomes to a table, a page and a document."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from costeer_cli.evaluation.outcome import Outcome
from costeer_cli.evaluation.people import Trial
from costeer_cli.evaluation.plot import Bar, bars
from costeer_cli.evaluation.report import as_json, html, markdown
from costeer_cli.evaluation.resampling import Interval
from costeer_cli.evaluation.summary import Summary, summarise
from costeer_cli.store.document import Document

ABOUT = {"dataset": "dev.json", "local": "one", "cloud": "<b>other|model</b>", "date": "2026-01-01"}
OWN = ["We walked to the weir and it rained.", "The results of the test are in the table.", "Hm."]
TRIALS = [
    Trial(str(n), f"p{n}", "Write.", OWN[n], None, (Document(text=f"{OWN[n]} {n}"),))
    for n in range(3)
]


def outcome(person: int, system: str, nats: float | None, **more: object) -> Outcome:
    known = {} if nats is None else {"nats": nats, "gold_tokens": 10, "gold_bytes": 40}
    return Outcome(trial=str(person), person=f"p{person}", system=system, **known, **more)  # type: ignore[arg-type]


def outcomes() -> list[Outcome]:
    found = []
    for person in range(3):
        base = 30.0 + person
        found += [
            outcome(person, "cloud", base, text="The sea.", rouge_l=0.1, tokens=4, requests=1),
            outcome(person, "steered s=0.5", base - 5, text=OWN[person], rouge_l=0.3, tokens=4)
            if person
            else outcome(person, "steered s=0.5", base - 4, rouge_l=0.2, copied=True),
            outcome(person, "cloud+context", base - 10),
        ]
    return found


@pytest.fixture
def summary() -> Summary:
    return summarise(ABOUT, outcomes(), TRIALS)


def test_means(summary: Summary) -> None:
    cloud, steered, told = summary.rows
    assert [row.system for row in summary.rows] == ["cloud", "steered s=0.5", "cloud+context"]
    assert cloud.means["nll"].value == pytest.approx(3.1)
    assert cloud.means["bits_per_byte"].value == pytest.approx(31 / 40 / math.log(2))
    assert steered.means["rouge_l"].value == pytest.approx(0.8 / 3)
    assert steered.means["copied"].value == 1.0
    assert "rouge_l" not in told.means
    assert (summary.people, summary.trials) == (3, 3)


def test_gains_are_against_the_cloud_alone(summary: Summary) -> None:
    cloud, steered, told = summary.rows
    assert not cloud.gains
    assert steered.gains["nll"].value == pytest.approx(-14 / 30)
    assert steered.gains["nll"].excludes_zero
    assert told.gains["nll"].value == pytest.approx(-1.0)


def test_the_way_that_was_recovered(summary: Summary) -> None:
    cloud, steered, told = summary.rows
    assert cloud.recovered is None
    assert told.recovered is None
    assert steered.recovered is not None
    assert steered.recovered.value == pytest.approx(14 / 30)


def test_style_is_of_all_that_was_written(summary: Summary) -> None:
    cloud, steered, _ = summary.rows
    assert cloud.function_words is not None
    assert steered.function_words is not None
    assert steered.function_words.value < cloud.function_words.value
    assert steered.burrows is not None
    assert cloud.burrows is not None
    assert steered.burrows.value < cloud.burrows.value


def test_people_count_alike() -> None:
    many = [
        Outcome(trial=f"a{n}", person="a", system="cloud", nats=10.0, gold_tokens=10, gold_bytes=9)
        for n in range(9)
    ]
    one = Outcome(trial="b", person="b", system="cloud", nats=30.0, gold_tokens=10, gold_bytes=9)
    (row,) = summarise(ABOUT, [*many, one], []).rows
    assert row.means["nll"].value == pytest.approx(2.0)
    assert row.people == 2


def test_only_people_of_both_are_compared() -> None:
    found = [outcome(0, "cloud", 30.0), outcome(1, "cloud", 50.0), outcome(0, "paper", 40.0)]
    _, row = summarise(ABOUT, found, TRIALS).rows
    assert row.gains["nll"].value == pytest.approx(1.0)


def test_nothing_measured() -> None:
    assert summarise(ABOUT, [], TRIALS).rows == ()
    (row,) = summarise(ABOUT, [outcome(0, "cloud", None)], TRIALS).rows
    assert not row.means
    assert markdown(summarise(ABOUT, [outcome(0, "cloud", None)], TRIALS))


def test_markdown(summary: Summary) -> None:
    said = markdown(summary)
    table = [line for line in said.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 3
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1
    assert "3.100 [3.000, 3.200]" in table[2]
    assert "47% [" in table[3]
    assert "NLL less the cloud's" in table[0]
    assert "-0.467 [-0.500, -0.400]" in table[3]
    assert "chrF" not in table[0]
    assert "3 texts of 3 people" in said


def test_json(summary: Summary) -> None:
    made = json.loads(json.dumps(as_json(summary)))
    assert (made["dataset"], made["people"]) == ("dev.json", 3)
    cloud, steered, _ = made["systems"]
    assert cloud["system"] == "cloud"
    assert cloud["nll"] == pytest.approx(3.1)
    assert cloud["nll_ci"] == [pytest.approx(3.0), pytest.approx(3.2)]
    assert cloud["chrf"] is None
    assert cloud["chrf_ci"] is None
    assert steered["requests_per_token"] is None
    assert cloud["requests_per_token"] == 0.25
    assert steered["recovered"] == pytest.approx(14 / 30)
    assert {"bits_per_byte", "rouge_l", "burrows_delta"} <= steered.keys()


def test_the_page_is_whole_by_itself(summary: Summary) -> None:
    page = html(summary)
    assert "<script" not in page
    assert not re.search(r"(?:src|href|url)\s*[=(]", page)
    assert "<b>other" not in page
    assert "&lt;b&gt;other|model&lt;/b&gt;" in page
    assert page.count("<svg") == 2
    assert page.count("<tr>") == 4
    for drawn in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(drawn)


def test_of_one_person_texts_are_drawn_anew() -> None:
    known = {"person": "jo", "gold_tokens": 10, "gold_bytes": 40}
    found = [
        Outcome(trial=str(n), system=system, nats=30.0 + n - less, **known)  # type: ignore[arg-type]
        for n in range(3)
        for system, less in (("cloud", 0.0), ("steered s=0.5", 2.0 + n))
    ]
    summary = summarise(ABOUT, found, [replace(trial, person="jo") for trial in TRIALS])
    assert (summary.people, summary.trials) == (1, 3)
    assert summary.rows[1].gains["nll"].value == pytest.approx(-0.3)
    assert summary.rows[1].gains["nll"].excludes_zero
    said = markdown(summary)
    assert "3 texts of one person" in said
    assert "bootstrap over texts" in said
    assert "bootstrap over people" in markdown(summarise(ABOUT, outcomes(), TRIALS))


def test_one_text_is_no_sample() -> None:
    said = markdown(summarise(ABOUT, outcomes()[:3], TRIALS))
    assert "[" not in next(line for line in said.splitlines() if line.startswith("| cloud |"))


def test_bars_lie_within_the_picture() -> None:
    drawn = [Bar("a & b", Interval(1.0, 0.5, 1.5)), Bar("c", Interval(2.0, None, None))]
    tree = ElementTree.fromstring(bars("T <1>", drawn))
    width, height = map(float, tree.attrib["viewBox"].split()[2:])
    circles = [e for e in tree if e.tag == "circle"]
    assert len(circles) == 2
    assert float(circles[0].attrib["cx"]) < float(circles[1].attrib["cx"])
    for circle in circles:
        assert 0 < float(circle.attrib["cx"]) < width
        assert 0 < float(circle.attrib["cy"]) < height


@pytest.mark.parametrize("value", [0.0, -2.0, 1e9])
def test_a_single_value_can_be_drawn(value: float) -> None:
    ElementTree.fromstring(bars("one", [Bar("x", Interval(value, None, None))]))
