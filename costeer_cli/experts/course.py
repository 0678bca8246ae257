"""From a person's history to an expert that is kept: what is learned, how, and with what effect."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.experts.expert import written
from costeer_cli.experts.lessons import Lesson, lessons
from costeer_cli.experts.material import Passage, gather
from costeer_cli.experts.memory import canaries, exposures
from costeer_cli.experts.training import Look, Settings, Trained, Training, nll
from costeer_cli.models.adapter import adapter_of
from costeer_cli.models.fingerprint import fingerprint
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.profile import Profile
from costeer_cli.personal.retrieval import scope_of
from costeer_cli.store.database import Store
from costeer_cli.store.experts import ExpertRecord

_NEWEST = 5000  # texts that are looked at
_SAMPLED = 12  # lessons by which it is told how well the trained texts are known
_EVERY_ROW = 1 << 30


class Course:
    """One training of one profile's expert.

    Attributes:
        material: the texts.
        held: chats of those that are held out.
        training: what there is to do.
    """

    def __init__(
        self,
        store: Store,
        profile: Profile | None,
        model: LanguageModel,
        settings: Settings,
        instructions: str,
        mask: Callable[[str], str] = str,
    ) -> None:
        """Gather what the profile may read.

        Args:
            store: where the texts are, and where the expert is kept.
            profile: whose voice; None for the history without a profile.
            model: what it is trained on.
            settings: how.
            instructions: what stands above every text, in training as in scoring.
            mask: puts placeholders in the place of private values, as they are for scoring.

        Raises:
            UsageError: there is too little text.
        """
        self._store = store
        self._profile = profile
        self._model = model
        self._settings = settings
        self._instructions = instructions
        texts = store.documents.newest(scope_of(profile), _NEWEST)
        brought = list(profile.texts) if profile else []
        self.material = gather([*brought, *texts], lambda text: len(model.encode(text)), mask)
        self._planted = canaries(self.material.texts, settings.seed)
        self._train = self._lessons([*self.material.train, *(c.passage for c in self._planted)])
        self.held = self._lessons(self.material.held)
        self.training = Training(model, self._train, self.held, settings)

    @cached_property
    def record(self) -> ExpertRecord:
        """The unfinished one of the same texts and settings, or a new one."""
        settings = asdict(self._settings) | {
            "material": self.material.digest,
            "brought": list(self.material.brought),
        }
        name, base = self._profile.name if self._profile else "", fingerprint(self._model.folder)
        found = self._store.experts.unfinished(name, self._model.name)
        if found is not None and (found.base, found.settings) == (base, settings):
            return found
        return ExpertRecord(profile=name, model=self._model.name, base=base, settings=settings)

    @cached_property
    def unfinished(self) -> bytes | None:
        """What an earlier run of the same training left where it broke off."""
        try:
            return self._store.experts.checkpoint(self.record.id).read_bytes()
        except OSError:
            return None

    def run(self, tell: Callable[[Look], None]) -> ExpertRecord:
        """Train, measure and keep.

        Raises:
            UsageError: it learned nothing, or a text of it was forgotten meanwhile.
            StoreError: no space; an older expert is still there.
        """
        experts, record = self._store.experts, self.record
        if self.unfinished is None:
            experts.begin(record, self.material.documents)

        def keep(content: bytes) -> None:
            experts.save_checkpoint(record.id, content)

        try:
            trained = self.training.run(tell, keep, self.unfinished)
        except BadInputError:  # a checkpoint that was cut short: from the start
            trained = self.training.run(tell, keep)
        record = replace(record, scores=self._measured(trained))
        return experts.finish(record.id, written(trained.tensors, record), record.scores)

    def _lessons(self, passages: Sequence[Passage]) -> list[Lesson]:
        return lessons(self._model, passages, self._instructions)

    def _measured(self, trained: Trained) -> dict[str, Any]:
        """What it is worth and what it knows by heart; NLL per token in nats, exposure in bits."""
        settings = self._settings
        adapter = adapter_of(self._model, trained.tensors, settings.alpha / settings.rank)
        sample = random.Random(0).sample(self._train, min(_SAMPLED, len(self._train)))  # noqa: S311
        before = nll(self._model, sample, settings.room)
        with adapter.reading(_EVERY_ROW):
            after = nll(self._model, sample, settings.room)
        found = exposures(self._model, adapter, self._planted, self._instructions, settings.seed)
        return {
            "texts": self.material.texts,
            "words": self.material.words,
            "step": trained.step,
            "seconds": round(trained.seconds, 1),
            "held": {"before": trained.before, "after": trained.after},
            "trained": {"before": before, "after": after},
            "canaries": [asdict(one) for one in found],
        }
