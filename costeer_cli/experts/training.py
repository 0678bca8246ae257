"""Training an expert: until texts it does not learn from stop getting likelier, and no further."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.experts.lessons import IGNORED, Lesson, batches, padded
from costeer_cli.experts.lora import trainable
from costeer_cli.experts.packing import packed, unpacked
from costeer_cli.models.language_model import LanguageModel

if TYPE_CHECKING:
    import torch

_FEWEST_STEPS, _MOST_STEPS = 24, 160
_LOOKS = 12  # at what is held out, while training
_WARM_UP = 3  # steps
_LAST_RATE = 0.1  # of the first
_BEST, _FIRST, _SECOND = "best", "first moment", "second moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to train.

    Attributes:
        rank, alpha: of the matrices; what they add is scaled by alpha / rank.
        rate: of learning, at its highest.
        room: tokens read in one step, padding counted.
        patience: looks at what is held out without a gain before it ends.
        seed: the same one, on the same machine, trains the same expert.
    """

    rank: int = 16
    alpha: int = 32
    rate: float = 3e-4
    room: int = 512
    patience: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """How far it is: after `step` of at most `steps`, the loss of the newest step and the last
    loss of what is held out, in nats per token; `seconds` since this run began."""

    step: int
    steps: int
    loss: float
    held: float
    seconds: float


@dataclass(frozen=True)
class Trained:
    """An expert.

    Attributes:
        tensors: of its best step, named as in peft's files.
        step: which that was; 0 where nothing got better.
        before, after: NLL per token of what is held out, in nats, without it and with it.
        seconds: of training, breaks not counted.
    """

    tensors: dict[str, torch.Tensor]
    step: int
    before: float
    after: float
    seconds: float


@dataclass
class _State:
    """Where training stands; with the parameters and their moments it can go on from there."""

    step: int = 0
    losses: list[float] = field(default_factory=list)  # of what is held out, look by look
    best_step: int = 0
    seconds: float = 0.0


class Training:
    """One training, from the start or from where another one broke off."""

    def __init__(
        self,
        model: LanguageModel,
        train: Sequence[Lesson],
        held: Sequence[Lesson],
        settings: Settings,
    ) -> None:
        self._model = model
        self._train = train
        self._held = held
        self._settings = settings
        self.steps = steps_for(train, settings)
        self._every = max(2, self.steps // _LOOKS)

    def run(
        self,
        tell: Callable[[Look], None],
        keep: Callable[[bytes], None],
        unfinished: bytes | None = None,
    ) -> Trained:
        """Train.

        Args:
            tell: is told how far it is, after every step.
            keep: is given what a later run can go on from, after every look.
            unfinished: that, of a run that broke off.

        Raises:
            UsageError: it learned nothing that holds for other texts.
            BadInputError: `unfinished` is not of such a training.
        """
        import torch

        with trainable(
            self._model, self._settings.rank, self._settings.alpha, self._settings.seed
        ) as parameters:
            optimizer = torch.optim.AdamW(parameters.values(), weight_decay=0.0)
            best = {name: p.detach().clone() for name, p in parameters.items()}
            state = _State()
            if unfinished is not None:
                state = _restore(unfinished, parameters, optimizer, best)
            began = time.perf_counter() - state.seconds
            if not state.losses:
                state.losses.append(nll(self._model, self._held, self._settings.room))
            for batch in islice(self._batches(), state.step, self.steps):
                if self._has_ended(state):
                    break
                loss = self._step(batch, state.step, parameters, optimizer)
                state.step += 1
                state.seconds = time.perf_counter() - began
                if state.step % self._every == 0 or state.step == self.steps:
                    self._look(state, parameters, best)
                    state.seconds = time.perf_counter() - began
                    keep(_frozen(state, parameters, optimizer, best))
                tell(Look(state.step, self.steps, loss, state.losses[-1], state.seconds))
        if state.best_step == 0:
            raise UsageError(
                "Other texts of the same person got no likelier, so this expert is not kept.",
                hint="Bring in more of what you wrote: costeer history import",
            )
        return Trained(best, state.best_step, state.losses[0], min(state.losses), state.seconds)

    def seconds(self) -> float:
        """How long it takes at most, from one step that is tried; nothing is kept of that."""
        import torch

        batch = max(islice(self._batches(), 8), key=lambda some: sum(len(x.tokens) for x in some))
        with trainable(self._model, self._settings.rank, self._settings.alpha, 0) as parameters:
            optimizer = torch.optim.AdamW(parameters.values())
            began = time.perf_counter()
            self._step(batch, 0, parameters, optimizer)
            taken = time.perf_counter() - began
        read = sum(len(lesson.tokens) for lesson in self._held) / sum(len(x.tokens) for x in batch)
        looks = 1 + self.steps // self._every
        return taken * (self.steps + looks * read / 3)  # a look goes forward alone

    def _batches(self) -> Iterator[list[Lesson]]:
        """The batch of every step: a matter of the seed and the step alone."""
        epoch = 0
        while True:
            shuffle = random.Random(f"{self._settings.seed}/{epoch}")  # noqa: S311
            yield from batches(self._train, self._settings.room, shuffle)
            epoch += 1

    def _step(
        self,
        batch: Sequence[Lesson],
        step: int,
        parameters: dict[str, torch.nn.Parameter],
        optimizer: torch.optim.Optimizer,
    ) -> float:
        import torch

        for group in optimizer.param_groups:
            group["lr"] = self._settings.rate * _share(step, self.steps)
        total, count = _loss(self._model, batch)
        loss = total / count
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return float(loss.detach())

    def _look(
        self,
        state: _State,
        parameters: dict[str, torch.nn.Parameter],
        best: dict[str, torch.Tensor],
    ) -> None:
        held = nll(self._model, self._held, self._settings.room)
        if held < min(state.losses):
            state.best_step = state.step
            for name, parameter in parameters.items():
                best[name].copy_(parameter.detach())
        state.losses.append(held)

    def _has_ended(self, state: _State) -> bool:
        since = len(state.losses) - 1 - state.losses.index(min(state.losses))
        return since >= self._settings.patience


def steps_for(train: Sequence[Lesson], settings: Settings) -> int:
    """The most steps: every text twice, but neither too few to learn nor too many to wait for."""
    tokens = sum(len(lesson.tokens) for lesson in train)
    return min(max(_FEWEST_STEPS, math.ceil(2 * tokens / settings.room)), _MOST_STEPS)


def nll(model: LanguageModel, made: Sequence[Lesson], room: int) -> float:
    """NLL per token of the person's own words, in nats, by the network as it is now."""
    import torch

    total, count = 0.0, 0
    with torch.no_grad():
        for batch in batches(made, room, None):
            loss, targets = _loss(model, batch)
            total += float(loss)
            count += targets
    return total / max(count, 1)


def _loss(model: LanguageModel, batch: Sequence[Lesson]) -> tuple[torch.Tensor, int]:
    """The sum over the targets of a batch, in nats, and how many they are."""
    import torch

    tokens, targets = padded(batch, model.device)
    first = min(lesson.spans[0][0] for lesson in batch if lesson.spans) - 1
    kept = tokens.shape[1] - first
    logits = model.network(tokens, use_cache=False, logits_to_keep=kept).logits
    wanted = targets[:, first + 1 :]
    asked = wanted != IGNORED
    losses = torch.nn.functional.cross_entropy(
        logits[:, :-1][asked].float(), wanted[asked], reduction="sum"
    )
    return losses, int(asked.sum())


def _share(step: int, steps: int) -> float:
    """Of the highest rate: a short rise, then a straight way down."""
    if step < _WARM_UP:
        return (step + 1) / (_WARM_UP + 1)
    return 1.0 - (1.0 - _LAST_RATE) * (step - _WARM_UP) / max(1, steps - _WARM_UP)


def _frozen(
    state: _State,
    parameters: dict[str, torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    best: dict[str, torch.Tensor],
) -> bytes:
    tensors: dict[str, torch.Tensor] = {}
    for name, parameter in parameters.items():
        moments = optimizer.state[parameter]
        tensors[name] = parameter
        tensors[f"{_BEST}/{name}"] = best[name]
        tensors[f"{_FIRST}/{name}"] = moments["exp_avg"]
        tensors[f"{_SECOND}/{name}"] = moments["exp_avg_sq"]
    return packed(tensors, asdict(state))


def _restore(
    unfinished: bytes,
    parameters: dict[str, torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    best: dict[str, torch.Tensor],
) -> _State:
    import torch

    tensors, about = unpacked(unfinished)
    try:
        state = _State(**about)
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(tensors[name])
                best[name].copy_(tensors[f"{_BEST}/{name}"])
                optimizer.state[parameter] = {
                    "step": torch.tensor(float(state.step)),
                    "exp_avg": tensors[f"{_FIRST}/{name}"].to(parameter.device),
                    "exp_avg_sq": tensors[f"{_SECOND}/{name}"].to(parameter.device),
                }
    except (KeyError, TypeError, RuntimeError) as error:
        raise BadInputError("The unfinished training cannot be gone on with.") from error
    return state
