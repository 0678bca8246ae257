"""How to speak to a service: the wire and the naming that a capability stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from costeer_cli.cloud.capability import Capability
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.listing import Naming
from costeer_cli.cloud.template import Template
from costeer_cli.cloud.wires.chat import Chat
from costeer_cli.cloud.wires.completions import Completions
from costeer_cli.cloud.wires.llama_server import LlamaServer
from costeer_cli.cloud.wires.ollama import Ollama
from costeer_cli.cloud.wires.tgi import Tgi
from costeer_cli.cloud.wires.wire import Wire
from costeer_cli.steering.vocabulary import Vocabulary


class Tokens(Protocol):
    """A tokenizer on this machine that is the cloud model's too."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Its tokens."""

    @property
    def ends(self) -> Sequence[int]:
        """Ids that end a text."""

    def render(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Token ids of a chat up to where the assistant writes."""

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text."""


def wire_for(capability: Capability, line: Line, model: str, tokens: Tokens | None) -> Wire:
    """The wire shape, set up."""
    template = Template(*(capability.template or ("", "", "")))
    if capability.wire == "llama-server":
        return LlamaServer(line.url("/completion"), template, capability.end or 0)
    if capability.wire == "ollama":
        return Ollama(line.url("/api/generate"), model, template)
    if capability.wire == "tgi":
        return Tgi(line.url("/generate_stream"), template, capability.most_listed)
    if capability.wire == "completions":
        return Completions(
            line.url("completions"),
            model,
            template,
            render=tokens.render if capability.ids and tokens else None,
            tokenize=tokens.encode if capability.ids and tokens else None,
            temperature=capability.temperature,
            silent=capability.prefills,
            most_listed=capability.most_listed,
            fewest=capability.fewest,
            flag=capability.flag,
            extras=capability.extras,
        )
    return Chat(
        line.url("chat/completions"),
        model,
        continuing=capability.continuing,
        marker=capability.marker,
        temperature=capability.temperature,
        silent=capability.prefills,
        most_listed=capability.most_listed,
        trims=capability.trims,
        echoes=capability.echoes,
        fewest=capability.fewest,
        extras=capability.extras,
    )


def naming_for(capability: Capability, tokens: Tokens | None) -> Naming:
    """What tells the bytes of the tokens that a service lists."""
    if capability.ids and tokens is not None:
        return Naming(tokens.vocabulary, frozenset(tokens.ends))
    ends = frozenset() if capability.end is None else frozenset({capability.end})
    return Naming(ends=ends)
