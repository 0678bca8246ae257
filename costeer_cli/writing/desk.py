"""The desk: brings model, cloud, store and profile together and writes one text after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from costeer_cli.errors import ProviderError
from costeer_cli.local.author import LocalAuthor
from costeer_cli.local.scorer import PairedScorer, Unscored
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.context import PrivateContext, pack
from costeer_cli.personal.retrieval import EXCERPTS, retrieve
from costeer_cli.privacy.outbound.door import INSTRUCTIONS, Cloud, OutboundDoor
from costeer_cli.steering.choice import Choice
from costeer_cli.store.database import Store
from costeer_cli.store.drafts import DraftRecord, State
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.events import Event, Finished, TakenOver
from costeer_cli.writing.loop import Limits, Loop, Scorer
from costeer_cli.writing.patience import Patience
from costeer_cli.writing.proposals import Proposals
from costeer_cli.writing.receipt import Receipt
from costeer_cli.writing.recording import draft_record


class Desk:
    """Writes texts with one local model, one cloud and one store."""

    def __init__(
        self, store: Store, model: LanguageModel, cloud: Cloud, patience: Patience | None = None
    ) -> None:
        self.store = store
        self.model = model
        self.cloud = cloud
        self.patience = patience or Patience()

    def context(self, assignment: Assignment) -> PrivateContext:
        """What the local model will read about the writer; stays on this machine.

        Raises:
            TooLongError: the profile alone is over the budget.
        """
        excerpts = retrieve(self.store, assignment.profile, assignment.prompt, EXCERPTS)
        return pack(
            assignment.profile,
            excerpts,
            assignment.context_tokens,
            lambda messages: len(self.model.render(messages)),
        )

    def preview(self, assignment: Assignment) -> tuple[str, bytes]:
        """Address and exact bytes of the first request; nothing is sent, nothing stored."""
        door = self.cloud.open(assignment.prompt, lambda *_: None)
        try:
            return door.preview(assignment.max_tokens)
        finally:
            door.close()

    def begin(self, assignment: Assignment) -> Writing:
        """Read the prompts and open a draft; iterate over the result to write.

        Raises:
            TooLongError: prompt, context and text do not fit into the model's window.
        """
        context = self.require_room(assignment)
        record = draft_record(self.model, self.cloud, assignment, context)
        with self.store.atomic():
            self.store.drafts.start(record)
            self.store.drafts.use(record.id, context.documents)
        return Writing(self, assignment, context, record)

    def resume(self, assignment: Assignment, record: DraftRecord) -> Writing:
        """Go on with a draft that broke off, from its last token.

        With the same context, settings and seed the text ends as the unbroken one would have.

        Raises:
            TooLongError: prompt, context and text do not fit into the model's window.
        """
        context = self.require_room(assignment)
        self.store.drafts.use(record.id, context.documents)
        return Writing(self, assignment, context, record, self.store.drafts.choices(record.id))

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
        scorer: the local model's part in it, where it has one.
    """

    def __init__(
        self,
        desk: Desk,
        assignment: Assignment,
        context: PrivateContext,
        record: DraftRecord,
        written: Sequence[Choice] = (),
    ) -> None:
        self._desk = desk
        self.assignment = assignment
        self.context = context
        self.receipt: Receipt | None = None
        self.record = record
        self.id = record.id
        self._private = context.messages(INSTRUCTIONS, assignment.prompt)
        self._public = PrivateContext().messages(INSTRUCTIONS, assignment.prompt)
        self._door: OutboundDoor | None = None
        self._loop: Loop | Proposals
        self.scorer: PairedScorer | None = None
        if assignment.mode is Mode.OFFLINE:
            self._loop = self._alone(written)
        else:
            self._door = desk.cloud.open(assignment.prompt, self._log)
            self._loop = self._make(self._door, written)

    @property
    def scoring(self) -> str | None:
        """How candidates are scored: `by_ids` where the cloud's tokens are the local model's,
        else `by_bytes`; None where nothing was scored."""
        shared = self.scorer.shares_tokens if self.scorer is not None else None
        return None if shared is None else "by_ids" if shared else "by_bytes"

    @property
    def choices(self) -> list[Choice]:
        """The text so far."""
        return self._loop.choices

    def __iter__(self) -> Iterator[Event]:
        """Write; the store has every choice however this ends.

        Raises:
            ProviderError: the cloud stays away, and nobody is to take over.
        """
        state: State = "failed"
        reason = "error"
        try:
            for event in self._events():
                if isinstance(event, Finished):
                    self.receipt = event.receipt
                    reason = event.receipt.finish_reason
                    state = "interrupted" if reason == "budget" else "done"
                yield event
        except (KeyboardInterrupt, GeneratorExit):
            state, reason = "interrupted", "interrupted"
            raise
        finally:
            scoring = {"scoring": self.scoring}
            receipt = self.receipt.as_dict() | scoring if self.receipt else None
            self._desk.store.drafts.finish(self.id, state, reason, receipt)
            if self._door is not None:
                self._door.close()

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        """Keep choices in the store (the loop's journal)."""
        self._desk.store.drafts.append(self.id, first_index, choices)

    def _events(self) -> Iterator[Event]:
        try:
            yield from self._loop
        except ProviderError as error:
            if not self.assignment.fallback:
                raise
            yield TakenOver(str(error))
            self._loop = self._alone(self.choices)
            yield from self._loop

    def _alone(self, written: Sequence[Choice]) -> Loop:
        """The local model writes the rest."""
        author = LocalAuthor(self._desk.model, self._private)
        return Loop(author, Unscored(), self.assignment.policy, self, self._limits(), written)

    def _make(self, door: OutboundDoor, written: Sequence[Choice]) -> Loop | Proposals:
        """The cloud writes, in the way the assignment says."""
        scorer: Scorer = Unscored()
        if self.assignment.mode is not Mode.PLAIN and self.assignment.policy.strength != 0.0:
            self.scorer = scorer = PairedScorer(self._desk.model, self._private, self._public)
        if self.assignment.mode is Mode.PROPOSALS:
            return Proposals(door, scorer, self.assignment.policy, self, self._limits(), written)
        return Loop(door, scorer, self.assignment.policy, self, self._limits(), written)

    def _limits(self) -> Limits:
        return Limits(
            max_tokens=self.assignment.max_tokens,
            budget=self.assignment.budget,
            patience=self._desk.patience,
            prompt_tokens=len(self._desk.model.render(self._public)),
            allowance=self.assignment.allowance,
        )

    def _log(self, provider: str, endpoint: str, headers: Mapping[str, str], body: bytes) -> None:
        self._desk.store.wire.record(self.id, provider, endpoint, headers, body)
