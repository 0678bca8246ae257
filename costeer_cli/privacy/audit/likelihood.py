"""A released text under a private context: what each token of it says for that context."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.models.tokenizer import Message
from costeer_cli.privacy.audit.exposure import Score
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.ratio import log_ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BLOCK = 48  # tokens whose distributions are held at once


@dataclass(frozen=True, slots=True)
class _Token:
    """A token of the text in the local model's vocabulary.

    Attributes:
        id: its id.
        cloud: the cloud's log-probability of it, where stored.
        clip: how far it could be moved, in nats; 0 where no context had a say.
    """

    id: int
    cloud: float | None
    clip: float


class Likelihood:
    """Scores one text under one context after another.

    The cloud's probability of each token that was chosen is stored; of what it might have written
    instead the local model's public reading stands in. So the ratio that steering gave a token is
    known up to the level that makes it normalise, and that level is nearly the same for contexts
    that differ in one fact. top-k and top-p are left out of account.
    """

    def __init__(
        self,
        model: LanguageModel,
        public: Sequence[Message],
        choices: Sequence[Choice],
        policy: Policy,
    ) -> None:
        import numpy as np

        self._model = model
        self._public = model.render(public)
        self._policy = policy
        self._tokens = _tokens(model, choices, policy)
        self._writable = np.flatnonzero(model.vocabulary.writable)

    def __len__(self) -> int:
        return len(self._tokens)

    def score(self, private: Sequence[Message]) -> Score:
        """The text after a private prompt; one reading of it, and of the text.

        Raises:
            TooLongError: prompt and text do not fit into the model's window.
        """
        reader = Reader(self._model, [self._model.render(private), self._public])
        steered = local = 0.0
        rows = reader.first[:, None]
        for start in range(0, len(self._tokens), _BLOCK):
            block = self._tokens[start : start + _BLOCK]
            *read, last = block
            values = [rows.float().cpu().numpy().astype("float64")]
            if read:
                after = reader.read([token.id for token in read])
                values.append(after.float().cpu().numpy().astype("float64"))
            for place, token in enumerate(block):
                both = values[0][:, 0] if place == 0 else values[1][:, place - 1]
                if token.clip > 0.0:
                    steered += self._moved(both[0], both[1], token)
                    local += float(both[0][token.id])
            if start + _BLOCK < len(self._tokens):
                rows = reader.read([last.id])
        return Score(steered, local)

    def _moved(self, private: Floats, public: Floats, token: _Token) -> float:
        """Log of p_steered / p_cloud of a token, at the sampling temperature."""
        import numpy as np

        policy, temperature = self._policy, self._policy.temperature or 1.0
        if policy.strength == 0.0:
            return 0.0
        ids = self._writable
        place = int(np.searchsorted(ids, token.id))
        base = public[ids].copy()
        if token.cloud is not None and token.cloud < 0.0:
            left = math.log(-math.expm1(token.cloud))
            base += left - math.log(-math.expm1(min(base[place], -1e-12)))
            base[place] = token.cloud
        base = base / temperature
        base -= base.max() + math.log(np.exp(base - base.max()).sum())
        shift = (policy.strength / temperature) * (private[ids] - public[ids])
        ratio, _ = log_ratio(base, shift, token.clip)
        return float(ratio[place])


def _tokens(model: LanguageModel, choices: Sequence[Choice], policy: Policy) -> list[_Token]:
    """The text in the local model's tokens: those that were stored, where they are its own."""
    vocabulary = model.vocabulary
    found: list[_Token] = []
    for choice in choices:
        own = vocabulary.end if choice.ends else choice.id
        if own is None or own >= len(vocabulary) or vocabulary.texts[own] != choice.text:
            text = b"".join(choice.text for choice in choices).decode("utf-8", "replace")
            return [_Token(number, None, policy.clip) for number in model.encode(text)]
        found.append(_Token(own, choice.cloud_logprob, _clip(choice, policy)))
    return found


def _clip(choice: Choice, policy: Policy) -> float:
    """How far a choice could be moved; a privacy budget may have left it less than the policy."""
    if choice.source == "local":
        return policy.clip
    if choice.delta is None or choice.cost == 0.0:
        return 0.0
    if policy.temperature > 0.0 and choice.cost is not None:
        return min(policy.clip, choice.cost / 2.0)
    return policy.clip
