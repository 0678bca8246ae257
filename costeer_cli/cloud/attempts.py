"""Ways of speaking to a service that are worth a try, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.cloud.identify import Server
from costeer_cli.cloud.template import Template

_NO_THOUGHTS = {"chat_template_kwargs": {"enable_thinking": False}}
_NEUTRAL = {"top_k": -1, "min_p": 0, "repetition_penalty": 1}  # else a model's own values hold
_GOES_ON = {"continue_final_message": True, "add_generation_prompt": False}
_EXTRAS: dict[str, dict[str, dict[str, Any]]] = {
    "vllm": {
        "completions": _NEUTRAL,
        "chat": {**_NEUTRAL, **_NO_THOUGHTS},
    },
    "sglang": {"chat": {**_NEUTRAL, **_NO_THOUGHTS}},
    "llama-server": {"chat": {"top_k": 0, "min_p": 0, "cache_prompt": True, **_NO_THOUGHTS}},
    "fireworks": {"completions": {"context_length_exceeded_behavior": "error"}},
    "deepseek": {"chat": {"thinking": {"type": "disabled"}}},
    "openrouter": {
        "chat": {
            "provider": {
                "require_parameters": True,
                "allow_fallbacks": False,
                "data_collection": "deny",
            }
        }
    },
}
_RAW_AT_ZERO = {"vllm", "sglang", "llama-server", "llama-cpp-python", "ollama"}
_MOST_LISTED = {"fireworks": 5, "tgi": 5}
_FEWEST = {"deepseek": 2}
_BY_ID = {"vllm", "fireworks", "cerebras"}


def attempts(
    server: Server,
    wire: str | None,
    template: Template | None,
    end: int | None,
    *,
    tokenizer: bool,
) -> Iterator[Capability]:
    """What to try, as capabilities whose proof is outstanding.

    Args:
        server: what answers.
        wire: a wire shape to keep to, or None for all.
        template: renders raw prompts; None where there is none.
        end: for llama-server.
        tokenizer: whether the cloud model's tokenizer is on this machine.
    """
    for attempt in _all(server.name, template, end, tokenizer=tokenizer):
        if wire in (None, attempt.wire):
            yield replace(
                attempt,
                server=server.name,
                most_listed=_MOST_LISTED.get(server.name, 20),
                fewest=_FEWEST.get(server.name, 1),
                temperature=0.0 if server.name in _RAW_AT_ZERO or attempt.wire == "tgi" else 1.0,
                extras={**_EXTRAS.get(server.name, {}).get(attempt.wire, {}), **attempt.extras},
            )


def _all(
    name: str, template: Template | None, end: int | None, *, tokenizer: bool
) -> Iterator[Capability]:
    parts = (template.head, template.middle, template.tail) if template else None
    if name == "llama-server" and parts and end is not None:
        yield Capability(Kind.TOKEN_EXACT, "llama-server", template=parts, end=end)
    if name in {"ollama", "tgi"} and parts:
        yield Capability(Kind.RAW_TEXT, name, template=parts)
    flag = name == "fireworks"
    if tokenizer and name in _BY_ID:
        by_id = {"return_tokens_as_token_ids": True, "skip_special_tokens": False}
        yield Capability(
            Kind.TOKEN_EXACT,
            "completions",
            ids=True,
            flag=flag,
            extras=by_id if name == "vllm" else {},
        )
    if parts and name not in {"ollama", "deepseek", "mistral", "openrouter", "sglang", "tgi"}:
        yield Capability(Kind.RAW_TEXT, "completions", flag=flag, template=parts)
    yield from _chats(name)


def _chats(name: str) -> Iterator[Capability]:
    if name in {"ollama", "fireworks", "llama-cpp-python"}:
        return
    flagged = Capability(Kind.CHAT_CONTINUE_FLAG, "chat", continuing=_GOES_ON)
    marked = Capability(Kind.CHAT_PREFIX_MARKER, "chat", marker={"prefix": True})
    implied = Capability(Kind.CHAT_IMPLICIT_PREFILL, "chat")
    if name in {"vllm", "sglang", "llama-server"}:
        yield flagged
    elif name == "mistral":
        yield from (replace(marked, echoes=True), marked)
    elif name == "deepseek":
        yield marked
    elif name in {"openrouter", "together", "deepinfra", "cerebras", "tgi"}:
        yield implied
    else:
        yield from (flagged, marked, implied)
