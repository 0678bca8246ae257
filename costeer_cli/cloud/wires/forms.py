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
        prompt_tokens=number(usage.get("prompt_tokens")),
        cached_tokens=number(details.get("cached_tokens", usage.get("prompt_cache_hit_tokens"))),
        model=text(event.get("model")),
    )


def number(value: Any) -> int | None:
    """A count of tokens, where it is one."""
    return value if isinstance(value, int) else None


def text(value: Any) -> str:
    """A text; none where there is null.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, str | None):
        raise TypeError("no text")
    return value or ""


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
    raw = item.get("bytes")
    return _listed(
        item.get("token"),
        item["logprob"],
        bytes(raw) if isinstance(raw, list) else None,
        item.get("id", item.get("token_id")),
    )


def _arrays(logprobs: Mapping[str, Any]) -> Iterator[Token]:
    """`tokens`, `token_logprobs`, `top_logprobs` (a map per position, one map, or nothing)."""
    texts = logprobs["tokens"]
    values = logprobs.get("token_logprobs") or [None] * len(texts)
    ids = logprobs.get("token_ids") or [None] * len(texts)
    tops = logprobs.get("top_logprobs") or [None] * len(texts)
    if isinstance(tops, Mapping):
        tops = [tops] * len(texts) if len(texts) == 1 else [None] * len(texts)
    for token, value, token_id, top in zip(texts, values, ids, tops, strict=True):
        listed = [_listed(name, logprob) for name, logprob in (top or {}).items()]
        yield _listed(token, value, None, token_id), listed


def _listed(token: str | None, logprob: Any, raw: bytes | None = None, given: Any = None) -> Listed:
    value = None if logprob is None else float(logprob)
    if token is not None and (found := _ID.fullmatch(token)):
        return Listed(value, id=int(found[1]))
    return Listed(value, token, raw, given if isinstance(given, int) and given >= 0 else None)
