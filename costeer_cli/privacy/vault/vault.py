"""Private values leave as placeholders and come back; what goes round comes back unchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from costeer_cli.errors import StoreError
from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.privacy.vault.matching import Match, Matcher
from costeer_cli.privacy.vault.names import is_ordinary, name_parts
from costeer_cli.privacy.vault.placeholders import (
    CAPS,
    FIRST,
    FORM,
    LAST,
    MIDDLE,
    Restorer,
    escape,
    placeholder,
    restore,
)
from costeer_cli.store.vault import Kept

Remember = Callable[[int, str], int | None]


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which placeholders stand for private values.

    Attributes:
        text: the text.
        kinds: how many places were replaced, by kind.
    """

    text: str
    kinds: Counter[Kind]

    @property
    def replaced(self) -> int:
        """How many places were replaced."""
        return self.kinds.total()


class Vault:
    """Private values, and the placeholders that stand for them.

    Whatever the values are, `restore(mask(text).text) == text` for every text, and a placeholder
    means one value only: a way to write a value that is new gets a placeholder of its own
    ([NAME_3_FORM_2]).

    Args:
        entries: the values.
        remember: keeps another way to write the value with this `id`, and gives its number from
            2 on; None for a vault that lives as long as this object.

    Raises:
        StoreError: a value of a kind that there is not.
    """

    def __init__(self, entries: Iterable[Kept] = (), remember: Remember | None = None) -> None:
        self.entries = tuple(entries)
        self._remember = remember
        self._known: dict[str, str] = {}
        self._forms: dict[tuple[int, str], int] = {}
        for entry in self.entries:
            self._learn(entry)
        self._matcher = Matcher(self.entries)

    def mask(self, text: str) -> Masked:
        """`text` with placeholders; what looks like one already is marked, to stay what it is.

        Looks through look-alike letters, zero-width characters, spaced-out letters and other
        groupings of a number. A name's ending stays: "Müllers" is [NAME_3_LAST]s.
        """
        pieces: list[str] = []
        kinds: Counter[Kind] = Counter()
        done = 0
        for match in self._matcher.matches(text):
            name = self._placeholder(match, text[match.start : match.end])
            pieces += [escape(text[done : match.start]), f"[{name}]"]
            kinds[Kind(match.target.value.kind)] += 1
            done = match.end
        return Masked("".join([*pieces, escape(text[done:])]), kinds)

    def restore(self, text: str) -> str:
        """`text` with its values; see `placeholders.restore` for what is understood."""
        return restore(text, self._known)

    def restorer(self) -> Restorer:
        """Restores a text that comes in pieces; it shares what this vault learns meanwhile."""
        return Restorer(self._known)

    def values(self) -> tuple[str, ...]:
        """Everything that must not be written as it is: values, the ways to write them, and the
        parts of names that are not words like any other."""
        found: dict[str, None] = {}
        for target in self._matcher.targets:
            if not target.said and not target.stem:
                found[target.text] = None
        for _, text in self._forms:
            if not is_ordinary(text):
                found[text] = None
        return tuple(found)

    def _learn(self, entry: Kept) -> None:
        try:
            kind = Kind(entry.kind)
        except ValueError as error:
            raise StoreError(
                "The vault holds a value of a kind that this costeer does not know.",
                hint="Update costeer.",
            ) from error
        self._known[placeholder(kind, entry.number)] = entry.text
        for number, form in enumerate(entry.forms, 2):
            self._learn_form(entry, number, form)
        if kind is Kind.NAME:
            parts = name_parts(entry.text)
            for part, text in ((FIRST, parts.first), (MIDDLE, parts.middle), (LAST, parts.last)):
                if text:
                    self._known[placeholder(kind, entry.number, part)] = text

    def _learn_form(self, entry: Kept, number: int, form: str) -> None:
        self._known[placeholder(Kind(entry.kind), entry.number, FORM, str(number))] = form
        self._forms[entry.id, form] = number

    def _placeholder(self, match: Match, written: str) -> str:
        """The name of what comes back exactly as it was written."""
        entry, part = match.target.value, match.target.part
        kind = Kind(entry.kind)
        name = placeholder(kind, entry.number, *filter(None, [part]))
        if self._known[name] == written:
            return name
        if self._known[name].upper() == written:
            return f"{name}_{CAPS}"
        number = self._forms.get((entry.id, written)) or self._new_form(entry, written)
        return placeholder(kind, entry.number, FORM, str(number))

    def _new_form(self, entry: Kept, written: str) -> int:
        number = self._remember(entry.id, written) if self._remember else None
        if number is None:
            number = 1 + max(
                (n for (one, _), n in self._forms.items() if one == entry.id), default=1
            )
        self._learn_form(entry, number, written)
        return number
