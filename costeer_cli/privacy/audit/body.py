"""What a logged request says, held against what it may say: the prompt, the text, and settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_KEYS = frozenset([
    "add_generation_prompt", "allow_fallbacks", "cache_prompt", "chat_template_kwargs", "content",
    "context_length_exceeded_behavior", "continue_final_message", "continue_token_ids",
    "data_collection", "details", "do_sample", "enable_thinking", "inputs", "logit_bias",
    "logprobs", "max_new_tokens", "max_tokens", "messages", "min_p", "model", "n_predict",
    "n_probs", "num_ctx", "num_predict", "options", "parameters", "prefix", "prompt", "provider",
    "raw", "repeat_penalty", "repetition_penalty", "require_parameters",
    "return_tokens_as_token_ids", "role", "shift", "skip_special_tokens", "stream", "temperature",
    "thinking", "top_k", "top_logprobs", "top_n_tokens", "top_p", "truncate", "type",
])  # fmt: skip
_WORDS = frozenset({"system", "user", "assistant", "error", "disabled", "deny"})
_ROLES = _WORDS | {"model"}
_LIMITS = frozenset({"max_new_tokens", "max_tokens", "n_predict", "num_predict"})
_OBJECTS = frozenset({"chat_template_kwargs", "options", "parameters", "provider", "thinking"})
_RAW = frozenset({"prompt", "inputs"})
_MORE = 64  # tokens that may be asked for beyond the first limit, to make up for held bytes
_CUT = "\ufffd"  # stands for a character whose bytes are not all there yet

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departure:
    """Something in a request that is neither prompt nor text nor a setting.

    Attributes:
        what: in words; tells nothing of it.
        where: the field, as far as its name is a known one.
        said: the thing itself.
        checked: False where it could not be told whether it may stand there.
    """

    what: str
    where: str
    said: str = field(default="", repr=False)
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A token of the text: its bytes, and its id in the cloud's vocabulary where known."""

    text: bytes
    id: int | None


class Allowed:
    """What the requests of one draft may say; it remembers what must stay the same in all.

    Args:
        instructions: the fixed ones.
        prompt: the public prompt.
        pieces: the text, token by token.
        model: the cloud model's name.

    Attributes:
        reach: bytes of the text that were sent, in the requests seen so far.
    """

    def __init__(self, instructions: str, prompt: str, pieces: Sequence[Piece], model: str) -> None:
        self._instructions, self._model = instructions, model
        self._prompt = prompt.encode(errors="replace").decode()  # as JSON carries it
        pieces = [piece for piece in pieces if piece.text]
        self._bytes = b"".join(piece.text for piece in pieces)
        self._text = self._bytes.decode("utf-8", "replace")
        self._ids = [piece.id for piece in pieces]
        self._at: dict[int, Piece] = {}
        place = 0
        for piece in pieces:
            self._at[place] = piece
            place += len(piece.text)
        self._same: dict[Path, Any] = {}
        self._found: list[Departure] = []
        self.reach = 0

    def departures(self, endpoint: str, body: bytes) -> list[Departure]:
        """What a body says that it may not say; ask in the order in which they were sent."""
        self._found = []
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return [Departure("it is not JSON", "body")]
        if not isinstance(value, dict):
            return [Departure("it is not an object", "body")]
        self._walk(value, (endpoint, str(value.get("model", ""))))
        return self._found

    def _walk(self, value: Any, path: Path) -> None:
        key = path[-1] if len(path) > 2 else ""
        if isinstance(value, dict) and (not key or key in _OBJECTS):
            for name, inner in value.items():
                if name in _KEYS:
                    self._walk(inner, (*path, name))
                else:
                    self._depart("an unknown field", path, name)
        elif key == "messages" and isinstance(value, list):
            self._messages(value, path)
        elif key in _RAW:
            self._raw(value if isinstance(value, list) else [value], path)
        elif problem := self._setting(key, value, path):
            self._depart(problem, path, str(value))

    def _setting(self, key: str, value: Any, path: Path) -> str:
        """What is wrong with a setting; '' for nothing."""
        if key == "continue_token_ids":
            return self._tokens(value)
        if key == "model":
            return "" if value in (self._model, "") else "another model"
        if key == "role" or isinstance(value, str):
            same = key == "role" or self._same.setdefault(path, value) == value
            return "" if same and isinstance(value, str) and value in _WORDS else "a text"
        if key == "logit_bias":  # the end of text, forced; no other token may be
            good, what = value == [[self._same.setdefault(path, _first(value)), 1e4]], "a bias"
        elif key in _LIMITS:
            first = self._same.setdefault(path, value)
            good = type(value) is type(first) is int and 0 < value <= first + _MORE
            what = "a limit beyond the first one"
        else:
            good = isinstance(value, int | float) and self._same.setdefault(path, value) == value
            what = "a setting that changes or is no number"
        return "" if good else what

    def _tokens(self, value: Any) -> str:
        if not isinstance(value, list) or value != self._ids[: len(value)]:
            return "token ids that are not the text's"
        self._reached(self._after(len(value)))
        return ""

    def _messages(self, messages: list[Any], path: Path) -> None:
        may = {
            "system": lambda said: said == self._instructions,
            "user": lambda said: said == self._prompt,
            "assistant": self._is_text,
        }
        roles = [message.get("role") for message in messages if isinstance(message, dict)]
        if roles not in (["system", "user"], ["system", "user", "assistant"]):
            self._depart("other messages than instructions, prompt and text", path, str(roles))
        for message in messages:
            if not isinstance(message, dict):
                self._depart("a message that is none", path, str(message))
                continue
            said = message.get("content")
            role = str(message.get("role"))
            if isinstance(said, str) and may.get(role, lambda _: False)(said):
                self._reached(len(said.encode()) if role == "assistant" else 0)
            else:
                what = f"a message of the {role}" if role in may else "a message"
                self._depart(f"{what} that is not what it may be", (*path, "content"), str(said))
            others = {name: inner for name, inner in message.items() if name != "content"}
            self._walk(others, path[:-1])

    def _raw(self, value: list[Any], path: Path) -> None:
        """A rendered prompt with the text behind it, as text, as ids, or as both."""
        if value and all(type(item) is int for item in value):
            self._ids_behind_prompt(value, path)
            return
        head, *rest = value or [""]
        ends = list(self._rendered(head, path)) if isinstance(head, str) else []
        if not ends:
            self._depart("a prompt that is not instructions, prompt and text", path, str(head))
        elif rest and not any(self._follows(end, rest) for end in ends):
            self._depart("tokens that are not the text's", path, str(rest))

    def _rendered(self, said: str, path: Path) -> Iterator[int]:
        """How many bytes of the text a rendered prompt may end with, in every way that fits."""
        start, known, rest = said.partition(self._instructions)
        middle, asked, rest = rest.partition(self._prompt)
        before = start, middle
        if not known or not asked or self._same.setdefault(path, before) != before:
            return
        tails = self._same.get((*path, "tail"))
        if tails is None:
            tails = {rest[:n] for n in range(len(rest) + 1) if self._is_text(rest[n:])}
            self._template(start, middle, min(tails, key=len), path)
        fitting = {t for t in tails if rest.startswith(t) and self._is_text(rest[len(t) :])}
        if fitting:
            self._same[(*path, "tail")] = fitting
        for tail in fitting:
            place = len(rest[len(tail) :].encode())
            self._reached(place)
            yield place

    def _template(self, start: str, middle: str, tail: str, path: Path) -> None:
        """A template is public; its words are pointed out, since nobody knows them all."""
        words = [word for part in (start, middle, tail) for word in _bare_words(part)]
        if words:
            said = " ".join(words)
            self._depart("words of the model's prompt format", path, said, checked=False)

    def _ids_behind_prompt(self, value: list[int], path: Path) -> None:
        head = self._same.setdefault(path, value)
        rest = value[len(head) :]
        if value[: len(head)] != head:
            self._depart("token ids before the text that change", path, str(value))
        elif rest != self._ids[: len(rest)]:
            known = None not in self._ids[: len(rest)]
            what = "token ids that are not the text's" if known else "token ids without a text"
            self._depart(what, path, str(rest), checked=known)
        elif rest:
            self._reached(self._after(len(rest)))
        else:
            self._depart("a prompt as token ids", path, str(value), checked=False)

    def _follows(self, place: int, pieces: Sequence[Any]) -> bool:
        """Whether ids and texts are the text from a byte of it on."""
        for piece in pieces:
            if isinstance(piece, str):
                if not self._bytes.startswith(piece.encode(), place):
                    return False
                place += len(piece.encode())
            else:
                here = self._at.get(place)
                if here is None or here.id != piece:
                    return False
                place += len(here.text)
        self._reached(place)
        return True

    def _after(self, tokens: int) -> int:
        """The byte of the text that follows so many tokens."""
        return [*self._at, len(self._bytes)][min(tokens, len(self._at))]

    def _reached(self, place: int) -> None:
        self.reach = max(self.reach, min(place, len(self._bytes)))

    def _is_text(self, said: str) -> bool:
        """Whether it is the text, or how it begins."""
        return self._text.startswith(said) or (
            said.endswith(_CUT) and self._text.startswith(said.rstrip(_CUT))
        )

    def _depart(self, what: str, path: Path, said: str, *, checked: bool = True) -> None:
        self._found.append(Departure(what, ".".join(path[2:]) or "body", said, checked))


def spoken(
    body: bytes, pieces: Sequence[Piece], instructions: str = "", model: str = ""
) -> list[str]:
    """Every text in a body, and what its token ids say, but for what tells of nobody: the
    instructions, the model's name, and the names and words of the services' own forms."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return [body.decode("utf-8", "replace")]
    texts = _strings(value, {piece.id: piece.text for piece in pieces})
    if instructions:
        texts = (text.replace(instructions, "", 1) for text in texts)
    return [text for text in texts if text not in _WORDS and text not in ("", model)]


def _strings(value: Any, tokens: Mapping[int | None, bytes]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and any(type(item) is int for item in value):
        parts = (tokens.get(v, b" ") if type(v) is int else str(v).encode() for v in value)
        yield b"".join(parts).decode("utf-8", "replace")
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, tokens)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _KEYS:
                yield name
            yield from _strings(inner, tokens)


def _first(value: Any) -> Any:
    try:
        return value[0][0]
    except (TypeError, LookupError):
        return None


def _bare_words(part: str) -> list[str]:
    """The words of a prompt format that are no marks such as <|im_start|> or [INST]."""
    bare = re.sub(r"<[^<>]*>|\[/?[A-Z_]+\]", " ", part)
    return [word for word in re.findall(r"\w+", bare) if word.lower() not in _ROLES]
