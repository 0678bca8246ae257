"""What goes into the vault: what the person marked, who they know, and what a text has in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from costeer_cli.errors import BadInputError
from costeer_cli.privacy.folding import folded
from costeer_cli.privacy.vault.detecting import VERSION, found_in
from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.privacy.vault.ordinary import PARTICLES
from costeer_cli.privacy.vault.people import person
from costeer_cli.privacy.vault.vault import Vault
from costeer_cli.store.database import Store
from costeer_cli.store.document import Document, tidy
from costeer_cli.store.vault import Find, Kept

_SHORTEST = 2  # letters or digits of a value
_AT_ONCE = 100  # documents that are scanned in one transaction


def vault_for(
    store: Store,
    *,
    people: Iterable[str] = (),
    protected: Iterable[str] = (),
    texts: Iterable[str] = (),
) -> Vault:
    """The vault for one piece of writing; what is new in it is kept in the store at once.

    Args:
        store: where the vault is kept.
        people: names, mail addresses and handles of the person and of those they write to.
        protected: what a profile says must not leave this machine.
        texts: the prompt, and everything that the local model reads.

    Raises:
        StoreError: the store cannot be written, or was edited by hand.
        BadInputError: something is protected that stands in nearly every text.
    """
    fill(store, people=people, protected=protected, texts=texts)
    return open_vault(store)


def open_vault(store: Store) -> Vault:
    """The vault as it is, for putting values back."""

    def remember(value_id: int, text: str) -> int | None:
        try:
            text.encode()
        except UnicodeEncodeError:
            return None  # half a character: no store takes it, and no request either
        return store.vault.form(value_id, text)

    return Vault(store.vault.list(), remember)


def fill(
    store: Store,
    *,
    people: Iterable[str] = (),
    protected: Iterable[str] = (),
    texts: Iterable[str] = (),
) -> int:
    """Keep what is private in these; return how many values are new. See `vault_for`."""
    finds = [_protectable(_find(kind_of(value), value)) for value in protected]
    finds += [find for one in people for find in _somebody(one, sure=True)]
    finds += [find for text in texts for find in finds_in(text)]
    return store.vault.found(finds) if finds else 0


def add(store: Store, text: str, kind: Kind | None = None) -> bool:
    """Keep a value because the person says so; return whether it is new.

    Raises:
        BadInputError: it has too few letters or digits to be told from other text.
    """
    find = _protectable(_find(kind or kind_of(text), text))
    return store.vault.add(find.kind, tidy(text), find.key)


def remove(store: Store, values: Iterable[Kept]) -> None:
    """Forget values; those that were found are not found again.

    Raises:
        UnknownNameError: one of them is not there; nothing was changed.
    """
    values = list(values)
    store.vault.remove(values, {folded(value.text) for value in values})


def scan(store: Store, progress: Callable[[int, int], None]) -> int:
    """Look through the documents that were not looked through yet; return how many values are new.

    Args:
        store: the documents and the vault.
        progress: called with how many documents are done, and of how many.
    """
    waiting = store.vault.unscanned(VERSION)
    new = 0
    for start in range(0, len(waiting), _AT_ONCE):
        with store.atomic():
            for number in waiting[start : start + _AT_ONCE]:
                finds = _finds_of(store.documents.get(number))
                new += store.vault.scanned(number, finds, VERSION)
        progress(min(start + _AT_ONCE, len(waiting)), len(waiting))
    return new


def finds_in(text: str) -> list[Find]:
    """What the detectors find in a text."""
    return [_find(span.kind, span.text) for span in found_in(text)]


def kind_of(text: str) -> Kind:
    """What a value seems to be: what a detector takes it for, a name where every word of it
    begins with a capital, else just private."""
    text = tidy(text)
    for span in found_in(text):
        if span.text == text:
            return span.kind
    words = text.split()
    named = all(
        word[0].isalpha() and not (word[0].islower() and word not in PARTICLES)
        and not any(map(str.isdigit, word))
        for word in words
    )  # fmt: skip
    return Kind.NAME if words and len(words) <= 5 and named else Kind.PRIVATE


def _finds_of(document: Document) -> Iterator[Find]:
    yield from finds_in("\n".join([document.title, document.text, document.signature]))
    yield from _somebody(document.author)
    yield from _somebody(document.recipient)


def _somebody(text: str, *, sure: bool = False) -> Iterator[Find]:
    """The name and the address in "Mara Berg <mara@example.org>"; `sure` takes any other text
    for what somebody goes by."""
    name, address = person(text)
    if name:
        yield _find(Kind.NAME, name)
    if address:
        yield _find(Kind.EMAIL, address)
    if sure and not name and not address and len(folded(text)) >= _SHORTEST:
        yield _find(kind_of(text), text)


def _protectable(find: Find) -> Find:
    if len(find.key) < _SHORTEST:
        raise BadInputError(
            "A protected value has two letters or digits at least.",
            hint="Otherwise most of any text would be replaced.",
        )
    return find


def _find(kind: Kind, text: str) -> Find:
    return Find(kind.value, tidy(text), folded(text))
