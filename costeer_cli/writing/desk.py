"""The desk: brings model, cloud, store and profile together and writes one text after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from costeer_cli.errors import ProviderError
from costeer_cli.experts.expert import Expert
from costeer_cli.local.author import LocalAuthor
from costeer_cli.local.scorer import PairedScorer, Unscored
from costeer_cli.models.adapter import Adapter
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.context import PrivateContext
from costeer_cli.privacy.outbound.door import Cloud, OutboundDoor
from costeer_cli.privacy.outbound.seal import sealed
from costeer_cli.privacy.vault.placeholders import Restorer
from costeer_cli.steering.choice import Choice
from costeer_cli.store.database import Store
from costeer_cli.store.drafts import DraftRecord, State
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.events import Event, Finished, TakenOver
from costeer_cli.writing.loop import Limits, Loop, Scorer
from costeer_cli.writing.patience import Patience
from costeer_cli.writing.preparation import Preparation, prepare
from costeer_cli.writing.proposals import Proposals
from costeer_cli.writing.receipt import Receipt
from costeer_cli.writing.recording import draft_record


class Desk:
    """Writes texts with one local model, one cloud and one store."""

    def __init__(
        self,
        store: Store,
        model: LanguageModel,
        cloud: Cloud,
        patience: Patience | None = None,
        expert: Expert | None = None,
    ) -> None:
        self.store = store
        self.model = model
        self.cloud = cloud
        self.patience = patience or Patience()
        self.expert = expert

    def context(self, assignment: Assignment) -> PrivateContext:
        """What would be read about the writer where nothing was sent, and so nothing masked.

        Raises:
            TooLongError: the profile alone is over the budget.
        """
        return prepare(self.store, self.model, replace(assignment, mode=Mode.OFFLINE)).context

    def prepare(self, assignment: Assignment, public: str | None = None) -> Preparation:
        """Settle what is sent and what is read, if all of it fits into the model's window.

        Args:
            public: the prompt as it was sent before, for a text that is gone on with.

        Raises:
            TooLongError: prompt, context and text do not fit, or the profile is over the budget.
            StoreError: the vault cannot be written.
        """
        prepared = prepare(self.store, self.model, assignment, public)
        self.model.require_window(
            "The prompt with its context and --max-tokens",
            len(self.model.render(prepared.private)) + assignment.max_tokens,
        )
        return prepared

    def preview(self, prepared: Preparation) -> tuple[str, bytes]:
        """Address and exact bytes of the first request; nothing is sent, no draft is kept."""
        door = self.cloud.open(prepared.prompt, lambda *_: None, prepared.screen())
        try:
            return door.preview(prepared.assignment.max_tokens)
        finally:
            door.close()

    def begin(self, assignment: Assignment) -> Writing:
        """Read the prompts and open a draft; iterate over the result to write.

        Raises:
            TooLongError: prompt, context and text do not fit into the model's window.
        """
        prepared = self.prepare(assignment)
        record = draft_record(self.model, self.cloud, prepared, self.expert)
        with self.store.atomic():
            self.store.drafts.start(record)
            self.store.drafts.use(record.id, prepared.context.documents)
        return Writing(self, prepared, record)

    def resume(self, assignment: Assignment, record: DraftRecord) -> Writing:
        """Go on with a draft that broke off, from its last token.

        With the same context, settings and seed the text ends as the unbroken one would have.

        Raises:
            TooLongError: prompt, context and text do not fit into the model's window.
        """
        prepared = self.prepare(assignment, record.prompt)
        self.store.drafts.use(record.id, prepared.context.documents)
        written = self.store.drafts.choices(record.id)
        if self.cloud.model != record.cloud_model:  # ids mean something else to another model
            written = [replace(choice, id=None) for choice in written]
        return Writing(self, prepared, record, written)


class Writing:
    """One text being written.

    Attributes:
        prepared: what is sent and what is read.
        id: of the draft in the store.
        record: the draft as it was opened.
        context: what the local model reads.
        receipt: set once the text is finished.
        scorer: the local model's part in it, where it has one.
    """

    def __init__(
        self,
        desk: Desk,
        prepared: Preparation,
        record: DraftRecord,
        written: Sequence[Choice] = (),
    ) -> None:
        self._desk = desk
        self.prepared = prepared
        self.assignment = prepared.assignment
        self.context = prepared.context
        self.receipt: Receipt | None = None
        self.record = record
        self.id = record.id
        self._door: OutboundDoor | None = None
        self._loop: Loop | Proposals
        self.scorer: PairedScorer | None = None
        if self.assignment.mode is Mode.OFFLINE:
            self._loop = self._alone(written)
        else:
            self._door = desk.cloud.open(prepared.prompt, self._log, prepared.screen())
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

    @property
    def text(self) -> str:
        """The text so far for people: values in the place of placeholders, no blanks around it."""
        said = b"".join(choice.text for choice in self.choices).decode("utf-8", "replace")
        return self.prepared.restore(said.strip())

    def restorer(self) -> Restorer | None:
        """Puts private values back into a text that comes in pieces."""
        vault = self.prepared.vault
        return None if vault is None else vault.restorer()

    def __iter__(self) -> Iterator[Event]:
        """Write, while only the door reaches out of this process.

        The store has every choice however this ends.

        Raises:
            ProviderError: the cloud stays away, and nobody is to take over.
        """
        state: State = "failed"
        reason = "error"
        try:
            with sealed():
                for event in self._events():
                    if not isinstance(event, Finished):
                        yield event
                        continue
                    self.receipt = self._completed(event.receipt)
                    reason = event.receipt.finish_reason
                    state = "interrupted" if reason == "budget" else "done"
                    yield Finished(self.receipt)
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

    def _completed(self, receipt: Receipt) -> Receipt:
        replaced = self.prepared.replaced.total()
        return replace(receipt, privacy=replace(receipt.privacy, protected_replaced=replaced))

    def _events(self) -> Iterator[Event]:
        try:
            yield from self._loop
        except ProviderError as error:
            if not self.assignment.fallback:
                raise
            yield TakenOver(str(error))
            self._loop = self._alone(self.choices)
            yield from self._loop

    @property
    def _adapter(self) -> Adapter | None:
        """The expert, where the placeholders it writes can be put back."""
        expert = self._desk.expert
        return None if expert is None or self.prepared.vault is None else expert.adapter

    def _alone(self, written: Sequence[Choice]) -> Loop:
        """The local model writes the rest."""
        author = LocalAuthor(self._desk.model, self.prepared.private, expert=self._adapter)
        return Loop(author, Unscored(), self.assignment.policy, self, self._limits(), written)

    def _make(self, door: OutboundDoor, written: Sequence[Choice]) -> Loop | Proposals:
        """The cloud writes, in the way the assignment says."""
        scorer: Scorer = Unscored()
        guard = self.prepared.guard() if self.prepared.guard is not None else None
        policy = self.assignment.policy
        if self.assignment.mode is not Mode.PLAIN and policy.weighs:
            self.scorer = scorer = PairedScorer(
                self._desk.model,
                self.prepared.private,
                self.prepared.public,
                self._adapter,
                apart=policy.expert is not None,
            )
        if self.assignment.mode is Mode.PROPOSALS:
            return Proposals(
                door, scorer, self.assignment.policy, self, self._limits(), written, guard
            )
        return Loop(door, scorer, self.assignment.policy, self, self._limits(), written, guard)

    def _limits(self) -> Limits:
        return Limits(
            max_tokens=self.assignment.max_tokens,
            budget=self.assignment.budget,
            patience=self._desk.patience,
            prompt_tokens=len(self._desk.model.render(self.prepared.public)),
            allowance=self.assignment.allowance,
        )

    def _log(self, provider: str, endpoint: str, headers: Mapping[str, str], body: bytes) -> None:
        self._desk.store.wire.record(self.id, provider, endpoint, headers, body)
