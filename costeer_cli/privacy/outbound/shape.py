"""What a request may look like: the public text in its place, known constants, nothing else.

Written apart from the wires on purpose. A wire says what it sends; this says what may be sent,
and a field that is not listed here cannot go out, whoever added it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from operator import is_
from typing import Any

from costeer_cli.cloud.line import HEADERS, url_of
from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.speech import Tokens
from costeer_cli.cloud.template import as_ids, sendable
from costeer_cli.errors import NotSteerableError

_PATHS = ("completions", "chat/completions", "/completion", "/api/generate", "/generate_stream")
_SIZES = {"max_tokens", "n_predict", "max_new_tokens", "num_predict"}
_LISTED = {"logprobs", "top_logprobs", "n_probs", "top_n_tokens"}
_CONSTANTS: Mapping[str, Sequence[object]] = {
    "stream": (True,),
    "raw": (True,),
    "cache_prompt": (True,),
    "details": (True,),
    "logprobs": (True,),
    "continue_final_message": (True,),
    "return_tokens_as_token_ids": (True,),
    "require_parameters": (True,),
    "truncate": (False,),
    "shift": (False,),
    "do_sample": (False,),
    "add_generation_prompt": (False,),
    "skip_special_tokens": (False,),
    "enable_thinking": (False,),
    "allow_fallbacks": (False,),
    "temperature": (0, 0.0, 1, 1.0),
    "top_p": (1,),
    "top_k": (0, -1),
    "min_p": (0,),
    "repeat_penalty": (1,),
    "repetition_penalty": (1,),
    "num_ctx": (8192,),
    "type": ("disabled",),
    "data_collection": ("deny",),
    "context_length_exceeded_behavior": ("error",),
}
_GROUPS = {"options", "parameters", "chat_template_kwargs", "thinking", "provider"}
_BEGUN = (b'{"role": "assistant"}', b'{"role": "assistant", "prefix": true}')
_BLACK = "\u2588"
_TEXTS = {"messages", "prompt", "inputs", "continue_token_ids"}
_FORCE = 1e4


@dataclass(frozen=True)
class Shape:
    """What the requests of one way of speaking to one service look like.

    Attributes:
        base_url: of the service; `in-process` for the stand-in.
        model: as requests name it.
        template: head, middle and tail of a raw prompt.
        tokens: the cloud model's tokenizer, where prompts go as ids.
        most_listed: candidates that are asked for at most.
        fewest: tokens the service insists on being asked for.
        end: the id that may be forced behind a peek.
    """

    base_url: str
    model: str
    template: tuple[str, str, str] = ("", "", "")
    tokens: Tokens | None = None
    most_listed: int = 20
    fewest: int = 1
    end: int | None = None
    _seen: dict[tuple[bool, int, bool], bytes] = field(
        default_factory=dict, compare=False, repr=False
    )
    _ids: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)

    def explains(
        self,
        request: Request,
        headers: Mapping[str, str],
        text: PublicText,
        settings: DraftSettings,
    ) -> bool:
        """Whether all of a request follows from the public text and the settings."""
        try:
            fields = json.loads(request.body)
            return (
                request.endpoint in self._endpoints
                and headers.items() <= HEADERS.items()
                and _dumped(fields) == request.body
                and self._fits(fields, text, settings)
            )
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ):
            return False  # it is of no form that is known here

    @cached_property
    def _endpoints(self) -> set[str]:
        if "://" not in self.base_url:
            return {self.base_url}
        return {url_of(self.base_url, path) for path in _PATHS}

    def _fits(self, fields: dict[str, Any], text: PublicText, settings: DraftSettings) -> bool:
        held = self._held(fields, text)
        if held is None:
            return False
        most = {max(settings.max_tokens + held, self.fewest), *([1] if settings.peek else ())}
        listed = {min(settings.top_logprobs, self.most_listed), settings.top_logprobs}
        if not all(self._is_known(*item, most, listed, settings) for item in _leaves(fields)):
            return False
        # which of the known fields and values they are, and their order, may tell nothing either
        constant = _dumped(_without_sizes(fields))
        kind = (settings.peek, settings.top_logprobs, held < len(text.text))
        return self._seen.setdefault(kind, constant) == constant

    def _held(self, fields: dict[str, Any], text: PublicText) -> int | None:
        """Black the public text out in `fields`; how many bytes of its end were not there.

        None where anything else stands in its place.
        """
        if "messages" in fields:
            return self._held_of_chat(fields, text)
        name = "inputs" if "inputs" in fields else "prompt"
        prompt, fields[name] = fields[name], _BLACK
        if isinstance(prompt, list):
            return self._held_of_ids(prompt, text)
        begins = self._rendered(text)
        return _held_back(prompt[len(begins) :], text.text) if prompt.startswith(begins) else None

    def _held_of_chat(self, fields: dict[str, Any], text: PublicText) -> int | None:
        system, user, *begun = fields["messages"]
        fields["messages"] = [_BLACK, *map(list, (system, user, *begun))]
        if [system, user] != [_plain(message) for message in text.messages] or len(begun) > 1:
            return None
        said = begun[0].pop("content") if begun else ""
        if begun and _dumped(begun[0]) not in _BEGUN:
            return None
        if "continue_token_ids" in fields:
            ids, fields["continue_token_ids"] = fields["continue_token_ids"], _BLACK
            return self._held_in_process(ids, said, text)
        return _held_back(said, text.text)

    def _held_in_process(self, ids: Any, said: str, text: PublicText) -> int | None:
        whole = said == text.text.decode("utf-8", "replace") and self._spell(text)
        return 0 if whole and _same(ids, [token_id for _, token_id in text.accepted]) else None

    def _held_of_ids(self, prompt: list[Any], text: PublicText) -> int | None:
        pieces, held = as_ids(text.accepted)
        if isinstance(prompt[0], str):
            same = _same(_joined(prompt), _joined([self._rendered(text), *pieces]))
            return len(held) if same else None
        if self.tokens is None or not self._spell(text):
            return None
        if text.prompt not in self._ids:
            self._ids[text.prompt] = self.tokens.render(text.messages)
        ids = [*self._ids[text.prompt]]
        for piece in pieces:
            ids += self.tokens.encode(piece) if isinstance(piece, str) else [piece]
        return len(held) if _same(prompt, ids) else None

    def _spell(self, text: PublicText) -> bool:
        """Whether the ids that would go are those of the text."""
        texts = self.tokens.vocabulary.texts if self.tokens else ()
        return all(
            token_id is None or (0 <= token_id < len(texts) and texts[token_id] == token)
            for token, token_id in text.accepted
        )

    def _rendered(self, text: PublicText) -> str:
        head, middle, tail = self.template
        return _clean(head + text.instructions + middle + text.prompt + tail)

    def _is_known(
        self, name: str, value: Any, most: set[int], listed: set[int], settings: DraftSettings
    ) -> bool:
        if name in _TEXTS:
            return _BLACK in value  # it was looked at
        if name == "model":
            return bool(value == _clean(self.model))
        if name in _SIZES:
            return type(value) is int and value in most
        if name == "logit_bias":
            return settings.peek and json.dumps(value) == json.dumps([[self.end, _FORCE]])
        if name in _LISTED and type(value) is int:
            return value in listed
        return any(
            type(value) is type(known) and value == known for known in _CONSTANTS.get(name, ())
        )


def _leaves(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Names and values, those of the known groups one by one."""
    for name, value in fields.items():
        if name in _GROUPS and isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield name, value


def _without_sizes(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_sizes(value) if isinstance(value, dict) else value
        for name, value in fields.items()
        if name not in _SIZES
    }


def _held_back(said: str, text: bytes) -> int | None:
    """How much of the end of `text` a service that takes text was not sent; None where it was
    sent anything else than all of it, but for a broken character and blank space at the end."""
    with suppress(NotSteerableError):
        whole, held = sendable(text)
        if said == whole:
            return len(held)
        if said == whole.rstrip():
            return len(text) - len(said.encode())
    return None


def _same(parts: Sequence[object], others: Sequence[object]) -> bool:
    """Whether two lists are equal, and 1, 1.0 and true are not."""
    return parts == others and all(map(is_, map(type, parts), map(type, others)))


def _joined(parts: Sequence[str | int]) -> list[str | int]:
    """`parts` without two texts in a row."""
    joined: list[str | int] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + _clean(part)
        else:
            joined.append(_clean(part) if isinstance(part, str) else part)
    return joined


def _plain(message: Mapping[str, str]) -> dict[str, str]:
    return {name: _clean(value) for name, value in message.items()}


def _clean(text: str) -> str:
    """`text` as JSON in UTF-8 brings it across."""
    return text.encode(errors="replace").decode()


def _dumped(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode(errors="replace")
