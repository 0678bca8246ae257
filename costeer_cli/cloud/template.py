"""How a raw prompt is made of instructions and a request, for services that take raw prompts."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from costeer_cli.cloud.provider import PublicText
from costeer_cli.errors import NotSteerableError, UsageError

_SYSTEM, _USER = "costeer-instructions-here", "costeer-prompt-here"
_BEGINS = (
    "<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>", "[gMASK]<sop>", "<BOS_TOKEN>",
    "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """What stands before, between and after; without a begin-of-text token, which servers add."""

    head: str
    middle: str
    tail: str

    def render(self, text: PublicText) -> str:
        """The prompt up to where the assistant starts to write."""
        return self.head + text.instructions + self.middle + text.prompt + self.tail

    @classmethod
    def learned(cls, render: Callable[[list[dict[str, str]]], str]) -> Template:
        """The template of a service that renders chats: found by rendering known words.

        Raises:
            NotSteerableError: the rendering loses or repeats them.
        """
        rendered = render(
            [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
        )
        once = rendered.count(_SYSTEM) == rendered.count(_USER) == 1
        if not once or rendered.index(_SYSTEM) > rendered.index(_USER):
            raise NotSteerableError(
                "The model's chat template does not keep instructions and prompt as they are.",
                hint="Name a format: costeer provider add NAME --template chatml",
            )
        head, _, rest = rendered.partition(_SYSTEM)
        middle, _, tail = rest.partition(_USER)
        begin = next((begin for begin in _BEGINS if head.startswith(begin)), "")
        return cls(head.removeprefix(begin), middle, tail)


FORMATS = {
    "chatml": Template("<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n",
                       "<|im_end|>\n<|im_start|>assistant\n"),
    "llama3": Template("<|start_header_id|>system<|end_header_id|>\n\n",
                       "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
                       "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"),
    "mistral": Template("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT][INST]", "[/INST]"),
    "gemma": Template("<start_of_turn>user\n", "\n\n", "<end_of_turn>\n<start_of_turn>model\n"),
    "phi3": Template("<|system|>\n", "<|end|>\n<|user|>\n", "<|end|>\n<|assistant|>\n"),
    "plain": Template("", "\n\n", "\n\n"),
}  # fmt: skip
"""Formats by name. `plain` is for base models, which have none."""


def named_template(name: str) -> Template:
    """A format by its name.

    Raises:
        UsageError: there is none of that name.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise UsageError(
            f"There is no prompt format {name!r}.", hint=f"There are: {', '.join(FORMATS)}."
        ) from None


def sendable(text: bytes, *, trimmed: bool = False) -> tuple[str, bytes]:
    """What of a text a service takes as text, and what has to be held back.

    A character that is not complete cannot be sent; with `trimmed` neither can blank space at the
    end, since the service would cut it off.

    Raises:
        NotSteerableError: the text has bytes that are no characters.
    """
    try:
        sent = codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError as error:
        raise NotSteerableError(
            "The text so far is not made of whole characters, and this service takes text only."
        ) from error
    if trimmed:
        sent = sent.rstrip()
    return sent, text[len(sent.encode()) :]


def as_ids(accepted: Iterable[tuple[bytes, int | None]]) -> tuple[list[int | str], bytes]:
    """A text as the ids of its tokens; what has none stands as text, in whole characters.

    Returns:
        ids and texts, never two texts in a row, and the bytes at the end that have to be held
        back since they are a piece of a character without an id.

    Raises:
        NotSteerableError: the text has bytes that are no characters.
    """
    kept: list[tuple[bytes, int | None]] = []
    for text, token_id in accepted:
        loose, named = text, token_id
        if token_id is None or (kept and kept[-1][1] is None and sendable(kept[-1][0])[1]):
            named = None
            while kept and (kept[-1][1] is None or 0x80 <= loose[0] < 0xC0):
                loose = kept.pop()[0] + loose
        kept.append((loose, named))
    held = b""
    pieces: list[int | str] = []
    for text, token_id in kept:
        if token_id is None:
            sent, held = sendable(text)
            pieces += [sent] if sent else []
        else:
            pieces.append(token_id)
    return pieces, held
