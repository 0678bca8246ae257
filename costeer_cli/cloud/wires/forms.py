"""The forms in which services write their candidates: read by structure, whatever the brand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.wires.wire import Step, Token

_ID = re.compile(r"token_id:(\d+)")


def counted(event: Mapping[str, Any], step: Step) -> Step:
    """`step` with what an event of the OpenAI API says of its request."""
    usage = event.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    return replace(
        step,
        prompt_tokens=usage.get("prompt_tokens"),
        cached_tokens=details.get("cached_tokens", usage.get("prompt_cache_hit_tokens")),
        model=event.get("model") or "",
    )


def tokens(logprobs: Mapping[str, Any] | None) -> Sequence[Token]:
    """The positions in a `logprobs` object, be it a list of contents or parallel arrays."""
    if not logprobs:
        return ()
    if isinstance(logprobs.get("content"), list):
        return contents(logprobs["content"])
    if "tokens" in logprobs:
        return tuple(_arrays(logprobs))
    return ()


def contents(items: Sequence[Mapping[str, Any]]) -> Sequence[Token]:
    """The positions in a list of `{token, logprob, bytes, top_logprobs}`."""
    return tuple(
        (_item(item), tuple(_item(other) for other in item.get("top_logprobs") or ()))
        for item in items
    )


def _item(item: Mapping[str, Any]) -> Listed:
    text = item.get("token")
    token_id = item.get("id", item.get("token_id"))
    raw = item.get("bytes")
    if text is not None and (found := _ID.fullmatch(text)):
        return Listed(_number(item["logprob"]), id=int(found[1]))
    return Listed(
        _number(item["logprob"]),
        text,
        bytes(raw) if isinstance(raw, list) else None,
        token_id if isinstance(token_id, int) and token_id >= 0 else None,
    )


def _arrays(logprobs: Mapping[str, Any]) -> Iterator[Token]:
    """`tokens`, `token_logprobs`, `top_logprobs` (a map per position, one map, or nothing)."""
    texts = logprobs["tokens"]
    values = logprobs.get("token_logprobs") or [None] * len(texts)
    ids = logprobs.get("token_ids") or [None] * len(texts)
    tops = logprobs.get("top_logprobs") or [None] * len(texts)
    if isinstance(tops, Mapping):
        tops = [tops] * len(texts) if len(texts) == 1 else [None] * len(texts)
    for text, value, token_id, top in zip(texts, values, ids, tops, strict=True):
        listed = [_named(name, logprob) for name, logprob in (top or {}).items()]
        own = _named(text, value)
        yield (own if token_id is None else Listed(own.logprob, own.text, None, token_id)), listed


def _named(text: str, logprob: Any) -> Listed:
    if found := _ID.fullmatch(text):
        return Listed(_number(logprob), id=int(found[1]))
    return Listed(_number(logprob), text)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
