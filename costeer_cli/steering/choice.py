"""What was chosen at one position, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One token of the text.

    Attributes:
        text: the token's bytes; empty for end-of-text.
        id: its id in the cloud's vocabulary, where known.
        source: `cloud` (the cloud's own draft token), `steered` (the personal context moved the
            choice away from it), `guard` (a privacy rule did), `local` (no cloud took part).
        cloud_logprob: log of the cloud's probability at temperature 1, in nats; completed from
            the local model where the cloud did not list the token; None where the cloud lists
            nothing at all.
        delta: log p_local with the context, read by the expert where there is one, minus without
            either, in nats; None where the cloud was so sure that no delta could have mattered.
        steered_logprob: log of the probability it was chosen with, in nats; None where the cloud
            lists nothing at all.
        rank: 0 for the cloud's likeliest token, 1 for the next; None where that is not known.
        certified: a greedy choice proved equal to the one over the cloud's full vocabulary.
        cost: the most that this choice can tell of the context, in nats: the bound on the log of
            the ratio of its probabilities under any two contexts where it was sampled, the log of
            how many tokens some context could have chosen where it was greedy; infinity for no
            bound; None where no cloud took part.
        moved: log of p_steered / p_cloud at the sampling temperature, in nats: what it did tell;
            None where that is not known.
    """

    text: bytes
    id: int | None
    source: str
    cloud_logprob: float | None
    delta: float | None
    steered_logprob: float | None
    rank: int | None
    certified: bool = False
    cost: float | None = None
    moved: float | None = None

    @property
    def ends(self) -> bool:
        """Whether this choice ends the text."""
        return not self.text
