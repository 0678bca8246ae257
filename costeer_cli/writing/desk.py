"""The desk: brings model, store and profile together and writes one text after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from costeer_cli.local.author import LocalAuthor
from costeer_cli.local.scorer import PairedScorer, Unscored
from costeer_cli.models.language_model import LanguageModel, Message
from costeer_cli.personal.context import PrivateContext, pack
from costeer_cli.personal.retrieval import retrieve
from costeer_cli.privacy.outbound import INSTRUCTIONS, OutboundDoor, embedded_door
from costeer_cli.steering.choice import Choice
from costeer_cli.store.database import Store
from costeer_cli.store.drafts import DraftRecord, State
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.events import Event, Finished
from costeer_cli.writing.loop import Drafter, Loop, Scorer
from costeer_cli.writing.receipt import Receipt

_EXCERPTS = 12


class Desk:
    """Writes texts with one local model and one store."""

    def __init__(self, store: Store, model: LanguageModel) -> None:
        self.store = store
        self.model = model

    def context(self, assignment: Assignment) -> PrivateContext:
        """What the local model will read about the writer; stays on this machine.

        Raises:
            TooLongError: the profile alone is over the budget.
        """
        excerpts = retrieve(self.store, assignment.profile, assignment.prompt, _EXCERPTS)
        return pack(
            assignment.profile,
            excerpts,
            assignment.context_tokens,
            lambda messages: len(self.model.render(messages)),
        )

    def preview(self, assignment: Assignment) -> bytes:
        """The exact bytes of the first request; nothing is sent and nothing is stored."""
        door = embedded_door(self.model, assignment.prompt, lambda *_: None)
        return door.preview(assignment.max_tokens)

    def begin(self, assignment: Assignment) -> Writing:
        """Read the prompts and open a draft; iterate over the result to write.

        Raises:
            TooLongError: prompt, context and text do not fit into the model's window.
        """
        context = self.require_room(assignment)
        public = PrivateContext().messages(INSTRUCTIONS, assignment.prompt)
        private = context.messages(INSTRUCTIONS, assignment.prompt)
        return Writing(self, assignment, context, private, public)

    def require_room(self, assignment: Assignment) -> PrivateContext:
        """The context that takes part, if all that is read and written fits into the window.

        Raises:
            TooLongError: prompt, context and text do not fit into the model's window.
        """
        context = PrivateContext()
        if assignment.mode is not Mode.PLAIN:
            context = self.context(assignment)
        self.model.require_window(
            "The prompt with its context and --max-tokens",
            len(self.model.render(context.messages(INSTRUCTIONS, assignment.prompt)))
            + assignment.max_tokens,
        )
        return context


class Writing:
    """One text being written.

    Attributes:
        id: of the draft in the store.
        record: the draft as it was opened.
        context: what the local model reads.
        receipt: set once the text is finished.
    """

    def __init__(
        self,
        desk: Desk,
        assignment: Assignment,
        context: PrivateContext,
        private: Sequence[Message],
        public: Sequence[Message],
    ) -> None:
        self._store = desk.store
        self.assignment = assignment
        self.context = context
        self.receipt: Receipt | None = None
        self.record = _record(desk.model, assignment, context)
        self.id = self.record.id
        drafter: Drafter
        scorer: Scorer = Unscored()
        if assignment.mode is Mode.OFFLINE:
            drafter = LocalAuthor(desk.model, private)
        else:
            drafter = self._door(desk.model)
        if assignment.mode is Mode.STEERED and assignment.policy.strength != 0.0:
            scorer = PairedScorer(desk.model, private, public)
        self._loop = Loop(
            drafter, scorer, assignment.policy, self, max_tokens=assignment.max_tokens
        )
        self._store.drafts.start(self.record)

    @property
    def choices(self) -> list[Choice]:
        """The text so far."""
        return self._loop.choices

    def __iter__(self) -> Iterator[Event]:
        """Write; the store has every choice however this ends."""
        state: State = "failed"
        reason = "error"
        try:
            for event in self._loop:
                if isinstance(event, Finished):
                    self.receipt = event.receipt
                    state, reason = "done", event.receipt.finish_reason
                yield event
        except (KeyboardInterrupt, GeneratorExit):
            state, reason = "interrupted", "interrupted"
            raise
        finally:
            receipt = self.receipt.as_dict() if self.receipt else None
            self._store.drafts.finish(self.id, state, reason, receipt)

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        """Keep choices in the store (the loop's journal)."""
        self._store.drafts.append(self.id, first_index, choices)

    def _door(self, model: LanguageModel) -> OutboundDoor:
        def record(provider: str, endpoint: str, body: bytes) -> None:
            self._store.wire.record(self.id, provider, endpoint, {}, body)

        return embedded_door(model, self.assignment.prompt, record)


def _record(model: LanguageModel, assignment: Assignment, context: PrivateContext) -> DraftRecord:
    settings: dict[str, Any] = {
        **asdict(assignment.policy),
        "mode": str(assignment.mode),
        "max_tokens": assignment.max_tokens,
        "context_tokens": assignment.context_tokens,
        "context_sources": list(context.sources),
    }
    if settings["clip"] == float("inf"):
        settings["clip"] = None
    offline = assignment.mode is Mode.OFFLINE
    return DraftRecord(
        profile=assignment.profile.name if assignment.profile else None,
        prompt=assignment.prompt,
        provider="none" if offline else "embedded",
        cloud_model="" if offline else model.name,
        local_model=model.name,
        settings=settings,
    )
