"""`costeer audit`: was anything sent that should not have been?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costeer_cli.cli.common import note, print_json, print_rows
from costeer_cli.cli.opening import open_default
from costeer_cli.cli.progress import spinner
from costeer_cli.errors import UsageError
from costeer_cli.store.document import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from costeer_cli.privacy.audit.report import DraftAudit
    from costeer_cli.store.database import Store
    from costeer_cli.store.drafts import DraftRecord

FOUND = 3
"""The exit code where something was sent that should not have been."""


def audit(
    draft: Annotated[
        str | None, typer.Argument(help="A draft's id, the start of one, or last (the default).")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every request in the log.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Quote what was found; it is private.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="What only looks like something counts as well.")
    ] = False,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="What all texts told, by profile.")
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            help="Write a file that somebody else can check. What was sent is in it as it was;"
            " what is private as slow salted hashes: names and short numbers could be guessed"
            " from them by who tries long enough, sentences could not."
        ),
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Check such a file; nothing else is read.")
    ] = None,
    canary: Annotated[
        bool,
        typer.Option(
            "--canary", help="Write for a made-up person and look for them in what was sent."
        ),
    ] = False,
    canaries: Annotated[
        int | None, typer.Option(help="The same with this many texts.", min=1)
    ] = None,
    exposure: Annotated[
        str | None,
        typer.Option(help="A fact; say how far the text gives it away to who knows all the rest."),
    ] = None,
    decoy: Annotated[
        list[str] | None, typer.Option(help="A value to put in the fact's place; repeat.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare what was sent, byte for byte, with all that is private; send nothing.

    Every request of the log is held against what it may say, and searched for values of the vault
    and the profiles and for six words in a row of any text in profiles and history. The exit code
    is 3 where something was sent that should not have been.
    """
    modes = [ledger, export, check, canary or canaries, exposure]
    if sum(bool(mode) for mode in modes) > 1:
        raise UsageError("--ledger, --export, --check, --canary and --exposure do not go together.")
    if (check or canary or canaries) and (draft or every):
        raise UsageError("--check and --canary are about no draft.", hint="Leave it out.")
    if decoy and exposure is None:
        raise UsageError("--decoy goes with --exposure.", hint="Name the fact: --exposure FACT")
    if check is not None:
        from costeer_cli.privacy.audit.checking import check as checked

        with spinner("Checking") as say:
            audits = checked(check, _saying(say))
        _report(audits, rows=len(audits) == 1, json=json, show=False, strict=strict)
    elif canary or canaries:
        from costeer_cli.cli.canaries import canaries as planted

        planted(canaries or 3, json=json)
    elif exposure is not None:
        from costeer_cli.cli.exposing import exposed

        if every:
            raise UsageError("--exposure is about one draft.", hint="Leave out --all.")
        exposed(exposure, draft or "last", decoy or [], json=json)
    else:
        with open_default() as store:
            _audit(store, draft, export, every=every, ledger=ledger, flags=(json, show, strict))


def _audit(
    store: Store,
    draft: str | None,
    export: Path | None,
    *,
    every: bool,
    ledger: bool,
    flags: tuple[bool, bool, bool],
) -> None:
    from costeer_cli.cli.auditing import export_to, open_auditor

    if every and draft:
        raise UsageError("Name a draft or say --all, not both.")
    json, show, strict = flags
    records = _records(store, draft, every=every or (ledger and not draft))
    with spinner("Reading what was sent") as say:
        progress = _saying(say)
        if export is not None:
            export_to(export.absolute(), store, records, progress)
            note(f"Wrote {export}. Anybody can check it: costeer audit --check FILE")
            return
        auditor = open_auditor(store, [record.profile for record in records])
        audits = auditor.audit(records, progress)
    if ledger:
        from costeer_cli.privacy.audit.totals import totals
        from costeer_cli.render.audit import total_rows

        sums = totals(records, audits)
        if json:
            print_json({"ledger": [each.as_dict() for each in sums]})
        else:
            print_rows(total_rows(sums))
        _end(audits, strict=strict)
    _report(audits, rows=not every, json=json, show=show, strict=strict)


def _saying(say: Callable[[str], None]) -> Callable[[str, int, int], None]:
    return lambda what, done, total: say(f"{what}: {done:,} of {total:,}")


def _records(store: Store, draft: str | None, *, every: bool) -> list[DraftRecord]:
    from costeer_cli.privacy.audit.auditor import logged

    return logged(store) if every else [store.drafts.get(tidy(draft or "last"))]


def _report(
    audits: Sequence[DraftAudit], *, rows: bool, json: bool, show: bool, strict: bool
) -> None:
    from costeer_cli.render.audit import (
        draft_rows,
        finding_lines,
        request_rows,
        verdict,
    )

    if json:
        ok = not any(audit.bad for audit in audits)
        print_json({"ok": ok, "audits": [audit.as_dict(show=show) for audit in audits]})
    else:
        print_rows(request_rows(audits[0]) if rows else draft_rows(audits))
        for line in finding_lines(audits, show=show):
            typer.echo(line)
    note(verdict(audits))
    if any(audit.bad for audit in audits):
        note("What was protected only after a text was written counts as well.")
    _end(audits, strict=strict)


def _end(audits: Sequence[DraftAudit], *, strict: bool) -> None:
    """Leave with the code that says what was found.

    Raises:
        Exit: always.
    """
    bad = any(audit.bad or (strict and audit.suspicions) for audit in audits)
    raise typer.Exit(FOUND if bad else 0)
