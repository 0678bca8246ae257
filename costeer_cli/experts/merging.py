"""Several experts made into one: weights found without gradients, by texts that are held out.

What an expert adds to a layer is a product of two thin matrices, and sums of such products are one
again. So no text of one profile is needed for another to write a little like it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from costeer_cli.errors import UsageError
from costeer_cli.experts.expert import expert_for, written
from costeer_cli.experts.lessons import Lesson
from costeer_cli.experts.packing import unpacked
from costeer_cli.experts.training import Settings, nll
from costeer_cli.models.adapter import DOWN, UP, adapter_of
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.profile import Profile
from costeer_cli.store.database import Store
from costeer_cli.store.experts import ExpertRecord

if TYPE_CHECKING:
    import torch

_EVERY_ROW = 1 << 30
_FIRST_STEP, _LAST_STEP = 0.25, 0.1
_LEAST, _MOST = 0.0, 1.5

Tensors = Mapping[str, "torch.Tensor"]
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One expert: its tensors, named as in peft's files, and what they are scaled by."""

    tensors: Tensors
    scale: float


def merge(
    store: Store,
    profile: Profile,
    others: Sequence[Profile],
    model: LanguageModel,
    held: Sequence[Lesson],
    tell: Tell,
) -> ExpertRecord:
    """Merge the experts of other profiles into that of `profile`, in whose place it is kept.

    Args:
        held: texts of the profile that none of them was trained on.
        tell: is told how many weights were tried.

    Raises:
        UsageError: one of them has no expert, or none that may be used, or nothing is gained.
        ModelCorruptError: a file or the model was changed.
    """
    records = [_usable(store, one, model) for one in (profile, *others)]
    parts = [_part(store.experts.read(record)) for record in records]
    tried = count(1)

    @cache
    def cost(weights: tuple[float, ...]) -> float:
        tell(next(tried))
        with adapter_of(model, merged(parts, weights), 1.0).reading(_EVERY_ROW):
            return nll(model, held, Settings().room)

    best = search(cost, len(parts))
    before, after = cost((1.0, *[0.0] * len(others))), cost(best)
    if not after < before:
        raise UsageError(
            "The texts held out get no likelier with any of the others, so nothing was merged.",
            hint="Keep the profiles apart.",
        )
    tensors = merged(parts, best)
    rank = max(tensor.shape[0] for name, tensor in tensors.items() if name.endswith(DOWN))
    names = [one.name for one in (profile, *others)]
    record = ExpertRecord(
        profile=profile.name,
        model=model.name,
        base=records[0].base,
        settings=records[0].settings
        | {"rank": rank, "alpha": rank, "merged": dict(zip(names, best, strict=True))}
        | {"brought": sorted({d for one in records for d in one.settings.get("brought", ())})},
        scores={"held": {"before": before, "after": after}},
    )
    learned = [number for one in records for number in store.experts.learned(one.id)]
    store.experts.begin(record, learned)
    return store.experts.finish(record.id, written(tensors, record), record.scores)


def _usable(store: Store, profile: Profile, model: LanguageModel) -> ExpertRecord:
    record = store.experts.find(profile.name, model.name)
    if record is None or expert_for(store, profile, model) is None:
        raise UsageError(
            f"{profile.name} has no expert on {model.name}.",
            hint=f"Train one: costeer train --profile {profile.name}",
        )
    return record


def _part(content: bytes) -> Part:
    tensors, about = unpacked(content)
    return Part(tensors, about["settings"]["alpha"] / about["settings"]["rank"])


def merged(parts: Sequence[Part], weights: Sequence[float]) -> dict[str, torch.Tensor]:
    """The weighted sum as one expert of scale 1, whose rank is that of all together."""
    import torch

    found = {}
    for name in sorted({name for part in parts for name in part.tensors}):
        kept = [(part, w) for part, w in zip(parts, weights, strict=True) if name in part.tensors]
        if name.endswith(DOWN):
            found[name] = torch.cat([part.tensors[name] for part, _ in kept], dim=0)
        elif name.endswith(UP):
            scaled = [w * part.scale * part.tensors[name] for part, w in kept]
            found[name] = torch.cat(scaled, dim=1)
    return found


def search(cost: Callable[[tuple[float, ...]], float], parts: int) -> tuple[float, ...]:
    """Weights, one for each part, at which `cost` is low: a compass search.

    It begins at the best of each part alone and of all alike, goes one weight up or down as long
    as that helps, and then halves its step; it looks at some 20 places for two parts.
    """
    alone = [tuple(float(i == n) for i in range(parts)) for n in range(parts)]
    known = {place: cost(place) for place in [*alone, (1 / parts,) * parts]}
    best = min(known, key=lambda place: known[place])
    step = _FIRST_STEP
    while step >= _LAST_STEP:
        around = [
            (*best[:i], min(max(best[i] + way * step, _LEAST), _MOST), *best[i + 1 :])
            for i in range(parts)
            for way in (-1, 1)
        ]
        for place in around:
            if place not in known:
                known[place] = cost(place)
        nearest = min(around, key=lambda place: known[place])
        if known[nearest] < known[best]:
            best = nearest
        else:
            step /= 2
    return best
