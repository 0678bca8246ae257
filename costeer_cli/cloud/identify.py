"""What kind of server answers, found by free requests that carry nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from costeer_cli.cloud.line import Line
from costeer_cli.cloud.template import Template
from costeer_cli.errors import NotSteerableError, ProviderUnreachableError

_OWNERS = {
    "vllm": "vllm",
    "sglang": "sglang",
    "llamacpp": "llama-server",
    "me": "llama-cpp-python",
    "library": "ollama",
}
_HOSTS = {
    "fireworks.ai": "fireworks",
    "together.ai": "together",
    "together.xyz": "together",
    "deepinfra.com": "deepinfra",
    "deepseek.com": "deepseek",
    "mistral.ai": "mistral",
    "openrouter.ai": "openrouter",
    "cerebras.ai": "cerebras",
}
_PATHS = {
    "/props": ("llama-server", "default_generation_settings"),
    "/api/version": ("ollama", "version"),
    "/model_info": ("sglang", "model_path"),
    "/get_model_info": ("sglang", "model_path"),
    "/info": ("tgi", "model_id"),
}
_LOCAL_WIRES = {"llama-server": "llama-server", "ollama": "ollama", "tgi": "tgi"}

Post = Callable[[str, bytes], Any]
"""Sends a free request of known words to a path; what it answers, or None."""


@dataclass(frozen=True)
class Server:
    """What is known of a service before anything is asked of its model.

    Attributes:
        name: such as `vllm` or `fireworks`; '' where it was not recognised.
        model: the only model it has, where it has one only.
        facts: what it tells about itself.
    """

    name: str = ""
    model: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def identify(line: Line, wire: str | None) -> Server:
    """Recognise a service by its host, by what it lists, or by the paths it has.

    Args:
        line: to the service.
        wire: a wire shape that the person named; it settles the matter where it can.

    Raises:
        ProviderUnreachableError: nobody answers.
    """
    host = urlsplit(line.base_url).hostname or ""
    for suffix, name in _HOSTS.items():
        if host == suffix or host.endswith("." + suffix):
            return Server(name)
    models = _models(line)
    named = next((name for name, shape in _LOCAL_WIRES.items() if shape == wire), "")
    owner = _OWNERS.get(str(models[0].get("owned_by")), "") if models else ""
    only = str(models[0].get("id", "")) if len(models) == 1 else ""
    for path, (name, mark) in _PATHS.items():
        if name in (named or owner or name, "llama-server"):
            facts = line.get(path)
            if isinstance(facts, dict) and mark in facts:
                return Server(name, only, facts)
    return Server(named or owner, only)


def template_of(post: Post, server: Server, model: str) -> Template | None:
    """The chat template of a server that renders chats for free; None where it does not."""

    def render(messages: list[dict[str, str]]) -> str:
        if server.name == "llama-server":
            answer = post("/apply-template", _body(messages=messages))
            return str((answer or {}).get("prompt", ""))
        if server.name == "ollama":
            body = _body(model=model, messages=messages, stream=False, _debug_render_only=True)
            answer = post("/api/chat", body) or {}
            return str((answer.get("_debug_info") or {}).get("rendered_template", ""))
        if server.name == "tgi":
            answer = post("/chat_tokenize", _body(model=model, messages=messages))
            return str((answer or {}).get("templated_text", ""))
        return ""

    try:
        return Template.learned(render)
    except (NotSteerableError, ProviderUnreachableError, TypeError, AttributeError):
        return None


def end_id(post: Post, server: Server) -> int | None:
    """The id of llama-server's end of text."""
    text = server.facts.get("eos_token")
    if server.name != "llama-server" or not isinstance(text, str):
        return None
    answer = post("/tokenize", _body(content=text, parse_special=True, add_special=False))
    ids = answer.get("tokens") if isinstance(answer, dict) else None
    return ids[0] if isinstance(ids, list) and len(ids) == 1 and isinstance(ids[0], int) else None


def _models(line: Line) -> list[dict[str, Any]]:
    answer = line.get("models")
    data = answer.get("data") if isinstance(answer, dict) else None
    return [m for m in data if isinstance(m, dict)] if isinstance(data, list) else []


def _body(**fields: Any) -> bytes:
    return json.dumps(fields).encode()
