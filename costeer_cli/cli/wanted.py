"""How a text is to be steered: what was asked for, then the profile's defaults, then costeer's."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from costeer_cli.cli.common import note
from costeer_cli.errors import UsageError
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.steering.policy import DEFAULT_MIX, DEFAULT_SOFTEN, Policy
from costeer_cli.steering.ratio import DEFAULT_CLIP
from costeer_cli.steering.strength import PAPERS, ftrl_strength, parse_strength
from costeer_cli.writing.proposals import DEFAULT_BOUND

Defaults = Mapping[str, float | str]

_GATE = 0.9  # with a budget: none of it is spent where the cloud is all but sure
_SEED_BITS = 128  # more than anybody can guess, as the bound of --epsilon needs
_MOST_ROUNDS = 100_000  # of --ftrl: a typing error must not keep it busy for hours


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line; None where nothing was said of it."""

    strength: str | None
    ftrl: str | None
    temperature: float | None
    top_k: int
    top_p: float
    clip: float | None
    seed: int | None
    gate: float | None
    epsilon: float | None
    delta: float

    def settle(
        self, defaults: Defaults, *, proposals: bool = False
    ) -> tuple[Policy, Allowance | None]:
        """The policy, and how much the text may tell of the context.

        Args:
            defaults: the profile's.
            proposals: whether the cloud is steered by trial.

        Raises:
            UsageError: what was asked for contradicts itself, or cannot be.
        """
        allowance = self._allowance()
        weight, of_the_paper = self._weight(defaults)
        temperature = self.temperature
        if proposals or (allowance and temperature is None):
            temperature = 1.0
        temperature = _number(defaults, "temperature", 0.0) if temperature is None else temperature
        clip = DEFAULT_BOUND if proposals else math.inf if allowance else None
        clip = _number(defaults, "clip", DEFAULT_CLIP) if clip is None else clip
        gate = _GATE if allowance else _number(defaults, "gate", 1.0)
        seed = secrets.randbits(_SEED_BITS) if temperature > 0 else 0
        policy = Policy(
            strength=weight,
            temperature=temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            clip=clip if self.clip is None else self.clip,
            seed=seed if self.seed is None else self.seed,
            gate=gate if self.gate is None else self.gate,
            soften=0.0 if of_the_paper else _number(defaults, "soften", DEFAULT_SOFTEN),
            mix=0.0 if of_the_paper else _number(defaults, "mix", DEFAULT_MIX),
            expert=self._expert(defaults, of_the_paper),
        )
        return policy, allowance

    def _allowance(self) -> Allowance | None:
        if self.epsilon is None:
            if self.delta:
                raise UsageError("--delta goes with --epsilon.")
            return None
        if self.seed is not None:
            raise UsageError(
                "--epsilon holds for no text written with --seed: whoever guesses it knows the"
                " chance.",
                hint="Leave --seed out; one is drawn that nobody can guess.",
            )
        return Allowance(self.epsilon, self.delta)

    def _expert(self, defaults: Defaults, of_the_paper: bool) -> float | None:
        """The profile's weight of its expert; a strength that is asked for weighs all alike."""
        asked = self.strength is not None or self.ftrl is not None or of_the_paper
        return None if asked or "expert" not in defaults else float(defaults["expert"])

    def _weight(self, defaults: Defaults) -> tuple[float, bool]:
        """The strength, and whether it is the paper's rule, which neither softens nor mixes."""
        if self.strength is not None and self.ftrl is not None:
            raise UsageError("--strength and --ftrl say the same thing; use one of them.")
        if self.ftrl is not None:
            return _ftrl(self.ftrl), True
        wanted = self.strength
        if wanted is None:
            wanted = str(defaults.get("strength", "default"))
        return parse_strength(wanted), wanted in PAPERS


def _number(defaults: Defaults, key: str, otherwise: float) -> float:
    return float(defaults.get(key, otherwise))


def _ftrl(text: str) -> float:
    try:
        steps, *others = text.split(",")
        alpha, beta, lam, eta = map(float, others)
        rounds = int(steps)
    except ValueError:
        raise UsageError(
            "--ftrl takes a whole number and four numbers: T,alpha,beta,lambda,eta.",
            hint="The paper's: 20,2,1,2,10",
        ) from None
    if rounds > _MOST_ROUNDS:
        raise UsageError(f"The T of --ftrl can be {_MOST_ROUNDS} at most.")
    weight = ftrl_strength(rounds, alpha, beta, lam, eta)
    note(f"These hyperparameters are the strength {weight:.4f}.")
    return weight
