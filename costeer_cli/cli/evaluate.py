"""`costeer evaluate`: whether texts sound like the person, in numbers, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costeer_cli.cli.common import confirm, counted, note, print_json
from costeer_cli.cli.opening import chosen_account, open_cloud, open_default, open_model
from costeer_cli.cli.progress import bar
from costeer_cli.cli.voices import chosen_profile, usual_policy
from costeer_cli.errors import InterruptedDraftError, UsageError
from costeer_cli.settings import places

if TYPE_CHECKING:
    from costeer_cli.accounts.account import Account
    from costeer_cli.evaluation.outcome import Notebook, Outcome
    from costeer_cli.evaluation.people import Trials
    from costeer_cli.evaluation.run import Bench
    from costeer_cli.evaluation.summary import Summary
    from costeer_cli.evaluation.systems import System
    from costeer_cli.store.database import Store

_FORMS = (".md", ".html", ".json")


def evaluate(
    dataset: Annotated[
        Path | None,
        typer.Argument(help="A CoGenesis, LaMP or LongLaMP file; without it, your own history."),
    ] = None,
    profile: Annotated[str | None, typer.Option("--profile", "-p", help="Whose voice.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Most texts.")] = 20,
    strength: Annotated[
        list[float] | None,
        typer.Option(help="Also steered with this strength; may be repeated."),
    ] = None,
    max_tokens: Annotated[int, typer.Option(min=0, help="Longest text; 0 writes none.")] = 200,
    read_tokens: Annotated[
        int, typer.Option(min=0, help="How much of each real text is scored; 0 scores none.")
    ] = 200,
    context_tokens: Annotated[
        int, typer.Option(help="Most the local model reads about the writer.")
    ] = 1000,
    cloud: Annotated[
        str | None, typer.Option(help="A model that plays the cloud in this process.")
    ] = None,
    provider: Annotated[str | None, typer.Option(help="The cloud, or embedded.")] = None,
    model: Annotated[str | None, typer.Option(help="The local model.")] = None,
    send_context: Annotated[
        bool,
        typer.Option("--send-context", help="Also tell the cloud everything, as the upper bound."),
    ] = False,
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="Write a report: .md, .html or .json; repeatable."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Measure again what was measured before.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Compare the cloud alone, the local model and the cloud steered on real texts.

    Each is asked for a text that somebody really wrote. A text that was broken off by Ctrl-C is
    gone on with by the same command. What each system gives a real text is scored only where the
    cloud runs in this process.
    """
    from costeer_cli.evaluation.run import Settings

    files = _reports(output or [])
    if cloud and provider:
        raise UsageError("--cloud and --provider both name the cloud; use one of them.")
    with open_default() as store:
        trials = _trials(store, dataset, profile, limit)
        account = None if cloud else chosen_account(provider)
        if not _agreed(trials, account, send_context, yes):
            note("Nothing was measured.")
            raise typer.Exit(1)
        settings = Settings(max_tokens, read_tokens, context_tokens)
        if account is not None and not max_tokens:
            raise UsageError("A service scores no given text; let it write: --max-tokens 200")
        models = _Models(account, cloud, model)
        bench = models.bench(store, settings)
        systems = _systems(trials, strength or [], send_context)
        notes = _notebook(bench, trials, fresh)
        outcomes = _measured(bench, trials, systems, notes)
    _hand_over(_summary(bench, trials, outcomes), files, json=json)


@dataclass(frozen=True)
class _Models:
    """Which models were named."""

    account: Account | None
    cloud: str | None
    local: str | None

    def bench(self, store: Store, settings: Any) -> Bench:
        """The models, loaded; requests go to the wire log of `store`."""
        from costeer_cli.evaluation.run import Bench
        from costeer_cli.privacy.outbound.door import embedded_cloud
        from costeer_cli.store.drafts import new_draft_id

        local = open_model(self.local)
        name = f"evaluate-{new_draft_id()}"

        def record(*sent: Any) -> None:
            store.wire.record(name, *sent)

        if self.account is not None:
            far = open_cloud(store, self.account, local)
            return Bench(local, far, None, record, settings)
        near = open_model(self.cloud) if self.cloud else local
        return Bench(local, embedded_cloud(near), near, lambda *_: None, settings)


def _trials(store: Store, dataset: Path | None, profile: str | None, limit: int) -> Trials:
    from costeer_cli.evaluation.people import of_file, of_history

    if dataset is None:
        return of_history(store, chosen_profile(store, profile), limit)
    if profile is not None:
        raise UsageError("The people of a data set have profiles of their own: no --profile.")
    return of_file(dataset, limit)


def _agreed(trials: Trials, account: Account | None, send_context: bool, yes: bool) -> bool:
    """Whether what would be sent may be: nothing leaves a machine unasked."""
    if account is None or (trials.public and not send_context):
        return True
    what = "what was asked for in each"
    if send_context:
        what = "what was asked for, the profile and other texts"
    texts = counted(len(trials.all), "text")
    return confirm(f"This sends {account.name} {what} of {texts}. Go on?", yes)


def _systems(trials: Trials, strengths: Sequence[float], send_context: bool) -> list[System]:
    from costeer_cli.evaluation.systems import systems

    policy = usual_policy(trials.all[0].profile)
    return systems(policy, strengths, send_context=send_context)


def _notebook(bench: Bench, trials: Trials, fresh: bool) -> Notebook:
    from costeer_cli.evaluation.outcome import Notebook

    notes = Notebook(places().data / "evaluations", [bench.describe(), trials.name])
    if fresh:
        notes.forget()
    return notes


def _measured(
    bench: Bench, trials: Trials, systems: Sequence[System], notes: Notebook
) -> list[Outcome]:
    from costeer_cli.evaluation.run import run

    found: list[Outcome] = []
    try:
        with bar("texts") as progress:

            def show(done: int, total: int, _next: str) -> None:
                progress("Measuring", done, total)

            found.extend(run(bench, trials.all, systems, notes, show))
    except KeyboardInterrupt:
        raise InterruptedDraftError(
            f"Stopped; {counted(len(found), 'measurement')} are kept.",
            hint="The same command goes on from there.",
        ) from None
    return found


def _summary(bench: Bench, trials: Trials, outcomes: Sequence[Outcome]) -> Summary:
    from costeer_cli.evaluation.summary import summarise

    date = datetime.now(UTC).date().isoformat()
    about = {"dataset": trials.name, **bench.describe(), "date": date}
    return summarise(about, outcomes, trials.all)


def _hand_over(summary: Summary, files: Sequence[Path], *, json: bool) -> None:
    import json as encoder

    from costeer_cli.evaluation.report import as_json, html, markdown
    from costeer_cli.files import write_private

    for file in files:
        if file.suffix == ".json":
            content = encoder.dumps(as_json(summary), ensure_ascii=False, indent=2) + "\n"
        else:
            content = html(summary) if file.suffix == ".html" else markdown(summary)
        write_private(file, content.encode())
        note(f"Written to {file}.")
    if json:
        print_json(as_json(summary))
    elif not files:
        typer.echo(markdown(summary).rstrip("\n"))


def _reports(files: Sequence[Path]) -> list[Path]:
    """Where reports go, checked before anything is measured."""
    for file in files:
        if file.suffix not in _FORMS:
            raise UsageError(
                f"{file}: a report is {', '.join(_FORMS)}.", hint="Such as: -o report.html"
            )
        if file.is_dir() or not file.absolute().parent.is_dir():
            raise UsageError(
                f"Cannot write {file}: it is no file, or its folder does not exist.",
                hint="Name a file in a folder that exists.",
            )
    return list(files)
