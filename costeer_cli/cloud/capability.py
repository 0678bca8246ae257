"""What a service can do for steering: the verdict of the probe, and how to speak to it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a service continues a text."""

    TOKEN_EXACT = "token_exact"  # noqa: S105
    """The text goes as token ids."""
    RAW_TEXT = "raw_text"
    """The text stands at the end of a raw prompt."""
    CHAT_CONTINUE_FLAG = "chat_continue_flag"
    """A flag says that the last message goes on."""
    CHAT_PREFIX_MARKER = "chat_prefix_marker"
    """The last message is marked as a beginning."""
    CHAT_IMPLICIT_PREFILL = "chat_implicit_prefill"
    """A last message of the assistant's goes on without being told to."""
    NOT_STEERABLE = "not_steerable"
    """It lacks log-probabilities, or does not continue a text."""


@dataclass(frozen=True)
class Capability:
    """One way of speaking to one model of one service.

    Attributes:
        kind: how it continues a text.
        wire: the wire shape: llama-server, ollama, tgi, completions or chat.
        server: what the service was recognised as; '' where it was not.
        reason: the verdict in one line.
        served: the id of the only model it serves, where it serves one only.
        model: the model's own name for itself, where it tells.
        forwards: whom a service on this machine passes all on to; '' where it tells of nobody.
        most_listed: candidates it lists at most.
        temperature: of its own drafts: 0 where listed values do not depend on it, else 1.
        ids: whether it names candidates by id, in the vocabulary of the account's tokenizer.
        flag: whether `logprobs` is a flag with `top_logprobs` beside it (completions).
        template: head, middle and tail of a raw prompt.
        end: id of an end of text, for llama-server.
        continuing, marker: fields that say that a text goes on (chat).
        trims: whether it cuts off blank space at the end of a text (chat).
        echoes: whether its answer begins with the text it continues (chat).
        fewest: tokens it insists on being asked for (chat, completions).
        prefills: whether it can be steered by proposals only: it continues a text, spoken to as
            the other fields say, and lists nothing.
        extras: fields of this service.
    """

    kind: Kind
    wire: str = ""
    server: str = ""
    reason: str = ""
    served: str = ""
    model: str = ""
    forwards: str = ""
    most_listed: int = 20
    temperature: float = 0.0
    ids: bool = False
    flag: bool = False
    template: tuple[str, str, str] | None = None
    end: int | None = None
    continuing: dict[str, Any] = field(default_factory=dict)
    marker: dict[str, Any] = field(default_factory=dict)
    trims: bool = False
    echoes: bool = False
    fewest: int = 1
    prefills: bool = False
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def steerable(self) -> bool:
        """Whether it can be steered by its log-probabilities."""
        return self.kind is not Kind.NOT_STEERABLE

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"kind": str(self.kind)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Capability:
        """The other way.

        Raises:
            TypeError, ValueError, KeyError: not one that `as_dict` made.
        """
        template = values.get("template")
        return cls(
            **values
            | {
                "kind": Kind(values["kind"]),
                "template": tuple(template) if template is not None else None,
            }
        )
