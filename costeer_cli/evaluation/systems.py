"""Who is compared: the cloud alone, the local model, the cloud steered or told everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from costeer_cli.steering.strength import PRESETS

if TYPE_CHECKING:
    from costeer_cli.steering.policy import Policy


class Kind(StrEnum):
    """What a system is made of."""

    CLOUD = "cloud"
    """The cloud with the public prompt."""
    LOCAL = "local+context"
    """The local model with the private context."""
    STEERED = "steered"
    """The cloud with the public prompt, steered."""
    EVERYTHING = "cloud+context"
    """The cloud with the private context in its prompt: what privacy may cost at most."""


@dataclass(frozen=True)
class System:
    """One column of a comparison: its name, what it is made of, and how it chooses tokens."""

    name: str
    kind: Kind
    policy: Policy


def systems(policy: Policy, strengths: Sequence[float], *, send_context: bool) -> list[System]:
    """Those to compare, baselines first.

    Args:
        policy: what is steered with; its own strength is one of those compared, and all else it
            says is the same in all, but for the scalar's, which neither softens nor mixes, and
            the paper's, which does not clip either.
        strengths: more of them; 0 would be the cloud alone and is left out.
        send_context: whether the cloud may be told everything.
    """
    alone = replace(policy, strength=0.0)
    found = [System("cloud", Kind.CLOUD, alone), System("local+context", Kind.LOCAL, alone)]
    for strength in sorted({*strengths, policy.strength}):
        if strength != 0.0:
            name = f"steered s={strength:g}"
            found.append(System(name, Kind.STEERED, replace(policy, strength=strength)))
    scalar = replace(policy, soften=0.0, mix=0.0)
    if scalar != policy and policy.strength != 0.0:
        found.append(System(f"scalar s={scalar.strength:g}", Kind.STEERED, scalar))
    paper = papers(policy)
    found.append(System(f"paper s={paper.strength:.2f}", Kind.STEERED, paper))
    if send_context:
        found.append(System("cloud+context", Kind.EVERYTHING, alone))
    return found


def papers(policy: Policy) -> Policy:
    """As the paper steers: its strength, one scalar, no clip."""
    from costeer_cli.steering.policy import Policy  # noqa: PLC0415

    return Policy(
        PRESETS["paper"],
        temperature=policy.temperature,
        top_k=policy.top_k,
        top_p=policy.top_p,
        clip=float("inf"),
        seed=policy.seed,
        soften=0.0,
        mix=0.0,
    )
