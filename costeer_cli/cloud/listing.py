"""From the tokens a service lists to one `Position`: bytes, ids, absences and doubles.

Services differ in what they say of a token: its id, its bytes, a text in which broken characters
were replaced, or nothing. An id with a known vocabulary is believed first, bytes second, text
last. What cannot be told from something else is not a candidate; its mass stays in the tail.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from costeer_cli.errors import NotSteerableError
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.steering.vocabulary import Vocabulary

_ABSENT = -1000.0  # services write -9999, -3.4e38 or null for "not known" or "impossible"
_SLACK = 1e-3
_ID_BITS = 63  # what the store can keep
_MOST = 128  # candidates that are scored; 20 are asked for
_LONGEST = 1024  # bytes of a token; all real ones are shorter
_BROKEN = re.compile("[\ufffd\ud800-\udfff]")
_BROKEN_BYTES = "\ufffd".encode()

END_TEXTS = frozenset(
    {
        "<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "</s>",
        "<eos>", "<end_of_turn>", "<|end|>", "<|EOT|>", "<|return|>", "<|endofturn|>", "<|eos|>",
        "<|END_OF_TURN_TOKEN|>", "<\uff5cend\u2581of\u2581sentence\uff5c>",
    }
)  # fmt: skip
"""How the tokens that end a text are written by services that show them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One token as a service lists it; what it does not say is None.

    Attributes:
        logprob: in nats; None where it was null.
        text: as decoded by the service.
        raw: its bytes.
        id: in the cloud's vocabulary.
    """

    logprob: float | None
    text: str | None = None
    raw: bytes | None = None
    id: int | None = None

    def __post_init__(self) -> None:
        if self.id is not None and self.id.bit_length() > _ID_BITS:
            raise ValueError("no token has such a number")

    @property
    def known(self) -> float | None:
        """The log-probability, where it is one: not null, not NaN, not a stand-in for zero."""
        value = self.logprob
        return value if value is not None and value > _ABSENT else None


@dataclass(frozen=True)
class Naming:
    """Tells the bytes of listed tokens.

    Attributes:
        vocabulary: of the cloud model, where it is known; ids are then believed.
        ends: ids that end a text, where they are known.
    """

    vocabulary: Vocabulary | None = None
    ends: frozenset[int] = frozenset()

    def bytes_of(self, token: Listed) -> bytes | None:
        """The token's bytes, empty for an end of the text, None where they cannot be told.

        An empty text says nothing: so are written an end, and a piece of a character. An empty
        list of bytes beside an id says that the token is a special one, which is an end.
        """
        if token.id is not None and token.id in self.ends:
            return b""
        if self.vocabulary is not None and token.id is not None:
            inside = 0 <= token.id < len(self.vocabulary)
            return self.vocabulary.texts[token.id] if inside else None
        if token.text in END_TEXTS:
            return b""
        if token.raw is not None and _BROKEN_BYTES not in token.raw:
            return token.raw if token.raw or token.id is not None else None
        return whole(token.text or "") or None


def whole(text: str) -> bytes:
    """The bytes of a text; none where a part of it was lost on its way to be a text."""
    return b"" if _BROKEN.search(text) else text.encode()


def position(
    chosen: Listed, listed: Sequence[Listed], naming: Naming, written: bytes | None = None
) -> Position | None:
    """The position at which a service wrote `chosen` and listed `listed`.

    Args:
        chosen: the service's own token.
        listed: its candidates, in any order, possibly with `chosen` among them, possibly twice.
        naming: tells their bytes.
        written: what stands in the text for `chosen`, where `chosen` does not tell.

    Returns:
        None where the bytes of the service's own token cannot be told.

    Raises:
        NotSteerableError: the numbers are no log-probabilities.
    """
    text = naming.bytes_of(chosen) if written is None else written
    if text is None:
        return None
    _require_logprobs(token.known for token in (chosen, *listed))
    if naming.vocabulary is None and any(_completes(chosen, token) for token in listed):
        alone = Candidate(text, None, min(_own(chosen, listed, ()), 0.0))
        return Position(alone, (alone,))
    named: dict[bytes, dict[int | None, float]] = {}
    unnamed = -math.inf
    for token in listed:
        logprob = token.known
        if logprob is None or _is(token, chosen):
            continue
        name = naming.bytes_of(token)
        if name is None:
            unnamed = max(unnamed, logprob)
        else:
            _add(named, name, token.id, logprob)
    own = _own(chosen, listed, [_merged(*pair).logprob for pair in named.items()])
    _add(named, text, chosen.id, own)
    merged = [_merged(*pair) for pair in named.items()]
    _require_one_distribution(merged)
    found = {c.text: replace(c, logprob=min(c.logprob, 0.0)) for c in merged}
    if chosen.id is not None:  # it is what the draft goes on from
        found[text] = replace(found[text], id=chosen.id)
    candidates = sorted(found.values(), key=lambda c: -c.logprob)
    return Position(found[text], tuple(candidates), unnamed)


def likeliest(found: Position) -> Position:
    """A position without what no service has reason to list: it would take long to score.

    Raises:
        NotSteerableError: the service's own token is too long for one.
    """
    if len(found.chosen.text) > _LONGEST:
        raise NotSteerableError("The service sent a token that is longer than any token.")
    fitting = [c for c in found.candidates if len(c.text) <= _LONGEST]
    kept = sorted(fitting, key=lambda c: (c is not found.chosen, -c.logprob))[:_MOST]
    if len(kept) == len(found.candidates):
        return found
    cut = max(c.logprob for c in {*found.candidates} - {*kept})
    return replace(found, candidates=tuple(kept), unnamed=max(found.unnamed, cut))


def end(logprob: float = 0.0) -> Position:
    """The end of the text, where a service stopped without listing anything."""
    candidate = Candidate(b"", None, logprob)
    return Position(candidate, (candidate,))


def require_sense(positions: Collection[Position]) -> None:
    """Refuse numbers that are well-formed and mean nothing.

    Raises:
        NotSteerableError: every position lists the same, or at most one candidate each.
    """
    if len(positions) < 3:
        return
    if all(len(p.candidates) < 2 for p in positions):
        raise NotSteerableError("It lists no candidates beside its own token.")
    lists = {tuple((c.text, round(c.logprob, 4)) for c in p.candidates) for p in positions}
    if len(lists) == 1:
        raise NotSteerableError("It lists the same candidates at every position.")


def _is(token: Listed, chosen: Listed) -> bool:
    if token.id is not None and chosen.id is not None:
        return token.id == chosen.id
    told = (token.text, token.raw)
    return told != (None, None) and told == (chosen.text, chosen.raw)


def _completes(chosen: Listed, token: Listed) -> bool:
    """Whether the service gave its token the bytes of a whole character that others began.

    What it lists then are ways to complete the character, not ways to go on.
    """
    if token.id is None or token.raw is None or chosen.raw is None:
        return False
    return token.id == chosen.id and token.raw != chosen.raw


def _own(chosen: Listed, listed: Sequence[Listed], others: Sequence[float]) -> float:
    """The chosen token's log-probability: its own, else its entry's, else below all others."""
    if chosen.known is not None:
        return chosen.known
    entries = [t.known for t in listed if t.known is not None and _is(t, chosen)]
    if entries:
        return max(entries)
    if not others:
        return 0.0
    room = 1.0 - math.fsum(map(math.exp, others))
    return min(*others, math.log(max(room, _SLACK**2)))


def _add(
    named: dict[bytes, dict[int | None, float]], text: bytes, token: int | None, logprob: float
) -> None:
    """Keep each token once."""
    ids = named.setdefault(text, {})
    ids[token] = max(ids.get(token, -math.inf), logprob)


def _merged(text: bytes, ids: dict[int | None, float]) -> Candidate:
    """One candidate for all tokens of one text; one without an id is one of those with one."""
    known = {token: logprob for token, logprob in ids.items() if token is not None}
    least = ids.get(None, -math.inf)
    if not known:
        return Candidate(text, None, least)
    likeliest = max(known, key=lambda token: (known[token], -token))
    top = known[likeliest]
    total = top + math.log(math.fsum(math.exp(value - top) for value in known.values()))
    return Candidate(text, likeliest, max(total, least))


def _require_logprobs(values: Iterable[float | None]) -> None:
    if any(value is not None and value > _SLACK for value in values):
        raise _no_logprobs()


def _require_one_distribution(candidates: Iterable[Candidate]) -> None:
    if math.fsum(math.exp(c.logprob) for c in candidates) > 1.0 + 10 * _SLACK:
        raise _no_logprobs()


def _no_logprobs() -> NotSteerableError:
    return NotSteerableError(
        "What it lists are no log-probabilities.",
        hint="Let the server list raw log-probabilities (vLLM: --logprobs-mode raw_logprobs).",
    )
