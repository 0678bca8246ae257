"""Writes an assignment and hands the text over: streamed, whole, as JSON, or into a file."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from costeer_cli.cli.common import counted, note, print_json
from costeer_cli.cli.running import run_silently, run_streamed
from costeer_cli.errors import UsageError
from costeer_cli.files import write_private
from costeer_cli.render.document import document
from costeer_cli.render.terminal import Stream, receipt_lines, side_by_side
from costeer_cli.render.text import harmless
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.desk import Desk, Writing
from costeer_cli.writing.receipt import Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from costeer_cli.privacy.vault.kinds import Kind


class Delivery:
    """Where a text goes."""

    def __init__(self, *, json: bool, output: Path | None, stream: bool) -> None:
        """Check the destination before anything is written.

        Raises:
            UsageError: the output file cannot be written.
        """
        self._json = json
        self._output = output
        self._stream = stream and not json and output is None
        if output is not None:
            self._output = _replaceable(output)

    def preview(self, desk: Desk, assignment: Assignment) -> None:
        """Show the first request, byte for byte, and what stays on this machine."""
        prepared = desk.prepare(assignment)
        context = prepared.context
        offline = assignment.mode is Mode.OFFLINE
        endpoint, body = ("", b"") if offline else desk.preview(prepared)
        stays = {"context_tokens": context.tokens, "sources": list(context.sources)}
        if self._json:
            request = None if offline else body.decode()
            print_json({"request": request, "endpoint": endpoint, "stays_here": stays})
            return
        if not offline:
            typer.echo(body, nl=True)
        sent = "Nothing would be sent."
        if not offline:
            sent = f"That, and the text as it grows, is sent to {endpoint}."
        stays_here = ", ".join(context.sources) or "none"
        note(f"{sent} {context.tokens} tokens about you stay here: {stays_here}.")

    def unsteered(self, desk: Desk, assignment: Assignment) -> Writing:
        """The same prompt from the cloud alone."""
        plain = replace(
            assignment, mode=Mode.PLAIN, policy=replace(assignment.policy, strength=0.0)
        )
        desk.prepare(assignment)  # before the plain text is written in vain
        writing = desk.begin(plain)
        run_silently(writing, "The cloud alone writes")
        return writing

    def write(self, desk: Desk, assignment: Assignment, *, beside: Writing | None = None) -> None:
        """Write it and hand it over."""
        writing = desk.begin(assignment)
        if kinds := writing.prepared.replaced:
            note(f"Sent as placeholders: {_listed(kinds)}; their values come back in your text.")
        self.deliver(writing, beside)

    def deliver(self, writing: Writing, beside: Writing | None = None) -> None:
        """Run a writing and hand it over, with the receipt on stderr.

        Raises:
            InterruptedDraftError: Ctrl-C; what was written is kept.
            ProviderError: the cloud stays away; what was written is kept.
        """
        if self._stream:
            receipt = run_streamed(writing)
        else:
            receipt = run_silently(writing)
            self._hand_over(writing, receipt, beside)
        for line in receipt_lines(receipt, writing.record.provider, writing.id):
            note(line)

    def _hand_over(self, writing: Writing, receipt: Receipt, beside: Writing | None) -> None:
        text = writing.text
        plain = beside.text if beside else None
        if self._json:
            made = document(writing, receipt, text)
            if beside is not None and beside.receipt is not None:
                made["compare"] = document(beside, beside.receipt, plain or "")
            print_json(made)
        elif self._output is not None:
            write_private(self._output, f"{text}\n".encode())
            note(f"Written to {self._output}.")
        elif plain is not None:
            titles = ("The cloud alone", "With your context")
            width = shutil.get_terminal_size().columns
            typer.echo(side_by_side(titles, (harmless(plain), harmless(text)), width))
        else:
            Stream(sys.stdout, writing.restorer()).show_all(writing.choices)


def _listed(kinds: Mapping[Kind, int]) -> str:
    """`2 names, 1 phone`: how many of each kind."""
    return ", ".join(counted(many, f"{kind} value") for kind, many in sorted(kinds.items()))


def _replaceable(output: Path) -> Path:
    """The file that `output` names, links followed: a link or a device is never replaced itself.

    Raises:
        UsageError: it cannot be a file.
    """
    try:
        file = output.resolve()
        if file.parent.is_dir() and (file.is_file() or not file.exists()):
            return file
    except (OSError, RuntimeError) as error:  # a loop of links, a name that is too long
        raise UsageError(f"Cannot write {output}: no file can be called so.") from error
    raise UsageError(
        f"Cannot write {output}: it is no file, or its folder does not exist.",
        hint="Name a file in a folder that exists.",
    )
