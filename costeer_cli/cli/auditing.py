"""What `costeer audit` needs of the store: what is private, and an auditor that knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from costeer_cli.errors import CosteerError, UnknownNameError
from costeer_cli.files import write_private
from costeer_cli.personal.context import describe
from costeer_cli.personal.library import Library
from costeer_cli.privacy.audit.auditor import Auditor
from costeer_cli.privacy.audit.private import PrivateText, Protected, of_profile, part
from costeer_cli.privacy.folding import folded, words
from costeer_cli.privacy.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from costeer_cli.personal.profile import Profile
    from costeer_cli.privacy.audit.auditor import Progress
    from costeer_cli.store.database import Store
    from costeer_cli.store.drafts import DraftRecord


def open_auditor(store: Store, used: Iterable[str | None]) -> Auditor:
    """An auditor that knows the vault, the person's own profiles, and those that were used.

    Args:
        used: names of profiles that drafts were written with; those that are gone are left out.
    """
    from costeer_cli.privacy.outbound.door import INSTRUCTIONS

    vault = _vault(store)
    return Auditor(
        store, INSTRUCTIONS, *private(store, used), mask=lambda text: vault.mask(text).text
    )


def private(store: Store, used: Iterable[str | None]) -> tuple[list[Protected], list[PrivateText]]:
    """The values that may not leave, and the private texts besides the history."""
    profiles = list(_profiles(store, used))
    protected = [
        value
        for profile in profiles
        for value in of_profile(
            profile.name, profile.protected, profile.identity_names, profile.identity_emails
        )
    ]
    texts = [text for profile in profiles for text in texts_of(profile)]
    return [*_protected(store), *protected], texts


def export_to(path: Path, store: Store, records: Sequence[DraftRecord], progress: Progress) -> None:
    """Write a sealed audit of drafts, whole or not at all."""
    from costeer_cli.privacy.audit.body import Piece
    from costeer_cli.privacy.audit.sealing import Sent, sealed
    from costeer_cli.privacy.outbound.door import INSTRUCTIONS

    protected, texts = private(store, [record.profile for record in records])
    own = [text.text for text in texts]
    drafts = [
        Sent(
            record,
            store.wire.for_draft(record.id),
            [Piece(choice.text, choice.id) for choice in store.drafts.choices(record.id)],
            own + list(_read(store, record)),
        )
        for record in records
    ]
    lines = sealed(drafts, protected, INSTRUCTIONS, progress)
    write_private(path, "".join(lines).encode())


def _read(store: Store, record: DraftRecord) -> Iterator[str]:
    """The documents that the local model read for a draft, as far as they are still there."""
    sources = part(record.settings).get("context_sources")
    for source in sources if isinstance(sources, list) else ():
        kind, _, number = str(source).partition(":")
        if kind == "history" and number.isdecimal():
            with suppress(UnknownNameError):
                document = store.documents.get(int(number))
                yield from (document.title, document.prompt, document.text, document.signature)


def texts_of(profile: Profile) -> Iterator[PrivateText]:
    """What a profile says, and the texts it brings."""
    label = f"profile {profile.name}"
    yield from (PrivateText(label, fact) for fact in profile.facts)
    yield PrivateText(label, profile.voice)
    yield PrivateText(label, describe(profile))
    for number, text in enumerate(profile.texts, 1):
        yield from (PrivateText(f"{label}, text {number}", t) for t in (text.prompt, text.text))


def _ending(text: str) -> str:
    """What all ways to write a number have in common."""
    return f"...{folded(text)[-6:]}"


def _vault(store: Store) -> Vault:
    """The vault as it is; an audit adds nothing to it."""
    return Vault(store.vault.list())


def _protected(store: Store) -> Iterator[Protected]:
    """All that the guard refuses: the vault with the parts of names, and what one goes by."""
    labels: dict[str, str] = {}
    for kept in store.vault.list():
        label = f"vault {kept.kind.upper()}_{kept.number}"
        for text in (kept.text, *kept.forms):
            yield Protected(label, text)
            labels |= dict.fromkeys([text, *words(text), _ending(text)], label)
    for text in _vault(store).values():
        ways = (text, *words(text), _ending(text))
        known = (labels[way] for way in ways if way in labels)
        yield Protected(next(known, "vault"), text)
    for number, value in enumerate(store.identity.list(), 1):
        yield Protected(f"history me {number}", value)


def _profiles(store: Store, used: Iterable[str | None]) -> Iterator[Profile]:
    library = Library(store)
    for name in sorted(library.own() | {name for name in used if name}):
        try:
            yield library.get(name)
        except CosteerError:
            continue  # gone, or broken: there is nothing of it to compare
