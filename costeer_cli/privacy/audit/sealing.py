"""An audit for somebody else: what was sent as it was, what is private as slow salted hashes.

Whoever has the file can try guesses; that is how it is checked. So every hash is made slow
(scrypt), and of private texts only every sixth run of six words is in it, none overlapping: with
all of them, who knows five words in a row could try out the sixth, and so read on to the end.
A copied run of eleven words or more always has one of these; a run of six has one in one of six.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from costeer_cli.privacy.audit.body import Allowed, Piece
from costeer_cli.privacy.audit.private import Protected
from costeer_cli.privacy.audit.said import RUN
from costeer_cli.privacy.folding import forms, words
from costeer_cli.store.drafts import DraftRecord
from costeer_cli.store.wire import WireRecord

FORMAT, VERSION = "costeer-audit", 1
COST = 4096  # of scrypt: 4 MiB and about 10 ms a guess
WIDEST = 6  # words of a value that count; of a longer one its first six are hashed
_LENGTH = 16  # bytes of a hash
_PADDED = 64  # hashes are filled up to a multiple of so many, so that their number tells little

Progress = Callable[[str, int, int], None]


class Hasher:
    """Slow salted hashes of letters, each made once, on all cores."""

    def __init__(self, salt: bytes, cost: int = COST) -> None:
        self._salt, self._cost = salt, cost
        self._one = lru_cache(maxsize=None)(self._hash)

    def all(
        self, kind: str, letters: Iterable[str], progress: Progress = lambda *_: None
    ) -> dict[str, str]:
        """The hash of each text, in hexadecimal digits."""
        wanted = sorted(set(letters))
        found: dict[str, str] = {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            hashes = pool.map(lambda text: self._one(kind, text), wanted)
            for done, (text, value) in enumerate(zip(wanted, hashes, strict=True), 1):
                found[text] = value
                progress("Hashing", done, len(wanted))
        return found

    def _hash(self, kind: str, letters: str) -> str:
        secret = f"{kind}:{letters}".encode()
        salt, size = self._salt, {"n": self._cost, "r": 8, "p": 1}
        return hashlib.scrypt(secret, salt=salt, **size, dklen=_LENGTH).hex()


@dataclass(frozen=True)
class Sent:
    """A draft, its requests, its tokens, and the private texts the local model read for it."""

    record: DraftRecord
    requests: Sequence[WireRecord]
    pieces: Sequence[Piece]
    texts: Sequence[str]


def sealed(
    drafts: Sequence[Sent],
    protected: Iterable[Protected],
    instructions: str,
    progress: Progress = lambda *_: None,
    cost: int = COST,
) -> Iterator[str]:
    """The lines of the file: a head, then each draft and its requests."""
    salt = secrets.token_bytes(32)
    hasher = Hasher(salt, cost)
    values = {form: word for value in protected for form, word in _values(value.text)}
    blocks = [[block for text in sent.texts for block in _blocks(text)] for sent in drafts]
    hashed = hasher.all("run", (block for each in blocks for block in each), progress)
    yield _line(
        {
            "format": FORMAT,
            "version": VERSION,
            "hash": {"name": "scrypt", "n": cost, "r": 8, "p": 1, "salt": salt.hex()},
            "instructions": instructions,
            "widest": max(values.values(), default=0),
            "letters": [min(map(len, values), default=0), max(map(len, values), default=0)],
            "values": _padded(hasher.all("value", values, progress).values()),
        }
    )
    for sent, each in zip(drafts, blocks, strict=True):
        yield _line(_draft(sent, instructions) | {"runs": _padded(hashed[block] for block in each)})
        yield from (_line(_request(request)) for request in sent.requests)


def _values(text: str) -> Iterator[tuple[str, int]]:
    """The folded forms of a value, and how many words it has; of a long one its beginning."""
    beginning = words(text)
    if len(beginning) > WIDEST:
        yield "".join(beginning[:WIDEST]), WIDEST
    else:
        yield from ((form, len(beginning)) for form in forms(text))


def _blocks(text: str) -> Iterator[str]:
    line = words(text)
    for start in range(0, len(line) - RUN + 1, RUN):
        yield "".join(line[start : start + RUN])


def _padded(hashes: Iterable[str]) -> list[str]:
    """Hashes in an order that tells nothing, among others that are the hash of nothing."""
    found = set(hashes)
    while len(found) % _PADDED:
        found.add(secrets.token_hex(_LENGTH))
    return sorted(found)


def _draft(sent: Sent, instructions: str) -> dict[str, Any]:
    """The public side of a draft: of its text as much as was sent."""
    allowed = Allowed(instructions, sent.record.prompt, sent.pieces, sent.record.cloud_model)
    for request in sent.requests:
        allowed.departures(request.endpoint, request.body)
    tokens: list[tuple[str, int | None]] = []
    place = 0
    for piece in sent.pieces:
        if place >= allowed.reach:
            break
        tokens.append((b64encode(piece.text).decode(), piece.id))
        place += len(piece.text)
    return {
        "draft": sent.record.id,
        "began": sent.record.created_at,
        "provider": sent.record.provider,
        "model": sent.record.cloud_model,
        "prompt": sent.record.prompt,
        "tokens": tokens,
    }


def _request(request: WireRecord) -> dict[str, Any]:
    return {
        "request": request.n,
        "at": request.at,
        "provider": request.provider,
        "endpoint": request.endpoint,
        "headers": request.headers,
        "sha256": request.sha256,
        "body": b64encode(request.body).decode(),
    }


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
