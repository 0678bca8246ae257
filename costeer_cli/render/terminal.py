"""Writes a text to a terminal or a pipe as it comes, and its receipt to stderr."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import TextIO

from costeer_cli.privacy.vault.placeholders import Restorer
from costeer_cli.render.text import Decoder, harmless
from costeer_cli.steering.choice import Choice
from costeer_cli.writing.events import Chosen, Event, Requested
from costeer_cli.writing.receipt import Privacy, Receipt

_STEERED = "\x1b[1;36m"
_STEERED_PLAIN = "\x1b[1;4m"  # NO_COLOR asks for no colour, not for no difference
_OFF = "\x1b[0m"


class Stream:
    """Streams chosen tokens to a file.

    On a terminal the words that the personal context chose stand out; in a pipe there is the text
    and nothing else. Leading blank space is dropped and the text ends with one newline.
    """

    def __init__(
        self, out: TextIO, restorer: Restorer | None = None, *, mark: bool | None = None
    ) -> None:
        """Write nothing yet.

        Args:
            restorer: puts private values back; None where nothing was replaced.
            mark: whether to set steered words off; None: on a terminal only.
        """
        self._out = out
        self._restorer = restorer
        self._mark = out.isatty() if mark is None else mark
        self._style = _STEERED_PLAIN if os.environ.get("NO_COLOR") else _STEERED
        self._decoder = Decoder()
        self._held = ""
        self._begun = False

    def show(self, event: Event) -> None:
        """Write what the event adds to the text."""
        if isinstance(event, Chosen):
            self.add(event.choice)

    def add(self, choice: Choice) -> None:
        """Write one token."""
        text = self._decoder.feed(choice.text)
        if self._restorer is not None:
            text = harmless(self._restorer.feed(text))
        self._write(text, marked=choice.source in ("steered", "guard"))

    def show_all(self, choices: Iterable[Choice]) -> None:
        """Write a whole text."""
        for choice in choices:
            self.add(choice)
        self.close()

    def close(self) -> None:
        """End the line."""
        text = self._decoder.close()
        if self._restorer is not None:
            text = harmless(self._restorer.feed(text) + self._restorer.close())
        self._write(text, marked=False)
        if self._begun:
            self._out.write("\n")
        self._out.flush()

    def _write(self, text: str, *, marked: bool) -> None:
        if not self._begun:
            text = text.lstrip()
        body = text.rstrip()
        if body:
            lead = self._held + text[: len(text) - len(text.lstrip())]
            core = body.lstrip()
            # before it is written: Ctrl-C right after must still end the line
            self._begun, self._held = True, text[len(body) :]
            self._out.write(
                lead + (f"{self._style}{core}{_OFF}" if marked and self._mark else core)
            )
            self._out.flush()
        elif self._begun:
            self._held += text


def receipt_lines(receipt: Receipt, provider: str, draft: str) -> list[str]:
    """The receipt for people: what was steered, what it cost, what left, where it is kept."""
    usage, privacy = receipt.usage, receipt.privacy
    rate = usage.tokens / usage.seconds if usage.seconds else 0.0
    lines = [
        f"{usage.tokens} tokens, {privacy.steered_tokens} chosen by your context; "
        f"{usage.requests} requests, {usage.seconds:.1f} s ({rate:.0f} tokens/s).",
    ]
    if usage.cost is not None:
        cached = (
            f", {usage.cloud_cached_tokens} of them cached" if usage.cloud_cached_tokens else ""
        )
        read = "" if usage.cloud_prompt_tokens is None else f"{usage.cloud_prompt_tokens} tokens"
        lines.append(
            f"About ${usage.cost:.4f}: {read or 'an unknown number of tokens'} read{cached}, "
            f"{usage.drafted_tokens} written, {usage.wasted_tokens} of those not used."
        )
    if usage.requests:
        lines.append(
            f"Sent to {provider}: {privacy.outbound_bytes:,} bytes, all of them the prompt and "
            "this text. Not sent: profile, history, scores."
        )
    else:
        lines.append("Nothing was sent.")
    if privacy.blocked or privacy.protected_replaced:
        lines.append(
            f"Protected values sent as placeholders: {privacy.protected_replaced}. Choices the"
            f" guard refused: {privacy.blocked}."
        )
    if privacy.steered_tokens:
        lines.append(_told(privacy))
    ending = {"length": "It stopped at --max-tokens. "}.get(receipt.finish_reason, "")
    return [*lines, f"{ending}Kept as draft {short_id(draft)}."]


def _told(privacy: Privacy) -> str:
    """The bound on what the text tells of the context, and what it told."""
    if privacy.epsilon is not None:
        chance = f" (delta {privacy.delta:g})" if privacy.delta else ""
        most, scale = f"epsilon {privacy.epsilon:.1f}{chance}", 1.0
    else:
        most = "anything" if privacy.bits is None else f"{privacy.bits:.0f} bits"
        scale = math.log(2.0)
    told = None if privacy.realised is None else max(privacy.realised, 0.0) / scale
    fact = "" if told is None else f", {told:.1f} in fact"
    return f"Of your context this text tells {most} at most{fact}."


def progress_line(event: Requested) -> str:
    """How far a text is, at the time of a request."""
    rate = event.tokens / event.seconds if event.seconds else 0.0
    line = f"{event.tokens} tokens, {rate:.0f} tokens/s, request {event.number}"
    return line if event.cost is None else f"{line}, ${event.cost:.4f}"


def short_id(draft: str) -> str:
    """Enough of a draft's id to name it by: its time, and some of its chance."""
    return draft[:14]


def side_by_side(titles: Iterable[str], texts: Iterable[str], width: int) -> str:
    """Texts in columns, or one below the other where the columns would be narrower than 30."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    titles, texts = list(titles), list(texts)
    if width // len(texts) < 30:
        return "\n\n".join(
            f"{title}\n{'-' * len(title)}\n{text}"
            for title, text in zip(titles, texts, strict=True)
        )
    table = Table(box=None, expand=True, padding=(0, 2, 0, 0), show_edge=False)
    for title in titles:
        table.add_column(Text(title), ratio=1, overflow="fold")  # never "…"
    table.add_row(*(Text(text) for text in texts))
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())
