"""How a raw prompt is made of instructions and a request, for services that take raw prompts."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from costeer_cli.cloud.provider import PublicText
from costeer_cli.errors import NotSteerableError, UsageError

_SYSTEM, _USER = "costeer-instructions-here", "costeer-prompt-here"


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
        if rendered.count(_SYSTEM) != 1 or rendered.count(_USER) != 1:
            raise NotSteerableError(
                "The model's chat template does not keep instructions and prompt as they are.",
                hint="Name a format: costeer provider add NAME --template chatml",
            )
        head, _, rest = rendered.partition(_SYSTEM)
        middle, _, tail = rest.partition(_USER)
        return cls(head, middle, tail)


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
