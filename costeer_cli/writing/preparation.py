"""What is sent and what is read for one text, settled before it begins.

Private values are replaced in the prompt and in all that the local model reads, so that the whole
text is written with placeholders: the cloud never sees a value, and steering never asks for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from costeer_cli.errors import PrivacyError
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.context import Message, PrivateContext, pack
from costeer_cli.personal.profile import Profile
from costeer_cli.personal.retrieval import EXCERPTS, Excerpt, retrieve
from costeer_cli.privacy.guard import Guard
from costeer_cli.privacy.outbound.door import INSTRUCTIONS
from costeer_cli.privacy.runs import HistoryRuns
from costeer_cli.privacy.vault.filling import vault_for
from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.privacy.vault.vault import Vault
from costeer_cli.store.database import Store
from costeer_cli.writing.assignment import Assignment, Mode


@dataclass(frozen=True)
class Preparation:
    """One text, ready to be written.

    Attributes:
        assignment: what is to be written.
        prompt: as the cloud sees it.
        context: what the local model reads.
        replaced: private values of the prompt that leave as placeholders, by kind.
        vault: puts values back; None where nothing is sent, and so nothing was replaced.
        guard: makes what must not become text refusable, for a text that begins empty.
    """

    assignment: Assignment
    prompt: str
    context: PrivateContext
    replaced: Counter[Kind] = field(default_factory=Counter)
    vault: Vault | None = None
    guard: Callable[[], Guard] | None = None

    @property
    def private(self) -> list[Message]:
        """The chat that the local model reads with the context."""
        return self.context.messages(INSTRUCTIONS, self.prompt)

    @property
    def public(self) -> list[Message]:
        """The same without the context."""
        return PrivateContext().messages(INSTRUCTIONS, self.prompt)

    def restore(self, text: str) -> str:
        """The text with its values."""
        return self.vault.restore(text) if self.vault is not None else text

    def screen(self) -> Callable[[str], None]:
        """A last look at whole public texts before they go out.

        It raises PrivacyError where one tells what the guard should have refused.
        """
        assert self.guard is not None
        before, guard = f"{self.prompt}\n\n", self.guard()

        def look(text: str) -> None:
            refusal = guard.refuses(text.removeprefix(before).encode())
            if refusal is not None or not text.startswith(before):
                raise PrivacyError(
                    "The text holds something protected; nothing more was sent.",
                    hint="See what: costeer audit. Then write a new one.",
                )

        return look


def prepare(
    store: Store,
    model: LanguageModel,
    assignment: Assignment,
    public: str | None = None,
) -> Preparation:
    """Settle what is sent and what is read.

    Args:
        public: the prompt as it was sent before, for a text that is gone on with.

    Raises:
        TooLongError: the profile alone is over the budget.
        StoreError: the vault cannot be written.
    """
    profile = assignment.profile
    excerpts: Sequence[Excerpt] = ()
    if assignment.mode is not Mode.PLAIN:
        excerpts = retrieve(store, profile, assignment.prompt, EXCERPTS)
    if assignment.mode is Mode.OFFLINE:
        context = packed(model, assignment, profile, excerpts)
        return Preparation(assignment, assignment.prompt, context)
    said = [*_said_by(profile), *_said_in(excerpts)]
    vault = vault_for(
        store,
        people=_people(store, profile, excerpts),
        protected=profile.protected if profile else (),
        texts=[assignment.prompt, *said],
    )
    sent = vault.mask(assignment.prompt)
    prompt = sent.text if public is None else public
    context = PrivateContext()
    if assignment.mode is not Mode.PLAIN:
        context = packed(
            model, assignment, _masked_profile(profile, vault), _masked(excerpts, vault)
        )
    runs = HistoryRuns(store.blocks, store.path)
    runs.prepare()
    texts = [*said, context.about, *(example.wrote for example in context.examples)]
    guard = partial(Guard, vault.values(), texts, prompt, runs)
    return Preparation(assignment, prompt, context, sent.kinds, vault, guard)


def packed(
    model: LanguageModel,
    assignment: Assignment,
    profile: Profile | None,
    excerpts: Sequence[Excerpt],
) -> PrivateContext:
    """As much of it as the local model is to read."""
    return pack(
        profile,
        excerpts,
        assignment.context_tokens,
        lambda messages: len(model.render(messages)),
    )


def _people(store: Store, profile: Profile | None, excerpts: Sequence[Excerpt]) -> list[str]:
    documents = [excerpt.document for excerpt in excerpts]
    own = (*profile.identity_names, *profile.identity_emails) if profile else ()
    named = [name for one in documents for name in (one.author, one.recipient) if name]
    return [*store.identity.list(), *own, *named]


def _said_by(profile: Profile | None) -> list[str]:
    return [*profile.facts, profile.voice] if profile else []


def _said_in(excerpts: Sequence[Excerpt]) -> list[str]:
    documents = [excerpt.document for excerpt in excerpts]
    return [said for one in documents for said in (one.text, one.prompt, one.title) if said]


def _masked_profile(profile: Profile | None, vault: Vault) -> Profile | None:
    if profile is None:
        return None
    return replace(
        profile,
        title=vault.mask(profile.title).text,
        facts=tuple(vault.mask(fact).text for fact in profile.facts),
        voice=vault.mask(profile.voice).text,
    )


def _masked(excerpts: Sequence[Excerpt], vault: Vault) -> list[Excerpt]:
    return [
        replace(
            excerpt,
            document=replace(
                excerpt.document,
                text=vault.mask(excerpt.document.text).text,
                prompt=vault.mask(excerpt.document.prompt).text,
                title=vault.mask(excerpt.document.title).text,
            ),
        )
        for excerpt in excerpts
    ]
