"""Writing what was learned into a profile's TOML; what the person wrote there stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.personal.learning import Fact
from costeer_cli.personal.profile import TOPICS, Profile, parse_profile
from costeer_cli.store.document import tidy

_MEASURED = "Measured by costeer profile learn, which asks before it changes one of these."


def taught(toml: str, origin: str, notes: Mapping[str, str], facts: Sequence[Fact]) -> str:
    """`toml` with what was learned.

    Args:
        toml: a whole profile; comments, order and every other value are kept.
        origin: its name, for messages.
        notes: by topic; each replaces what was learned on it before.
        facts: come after those it has, each with where it comes from as a comment.

    Raises:
        BadInputError: the profile is broken, or laid out so that nothing can be added.
    """
    import tomlkit  # noqa: PLC0415

    before = parse_profile(toml, origin)
    wanted = (
        (*before.facts, *(tidy(fact.text) for fact in facts)),
        before.learned | {topic: tidy(note) for topic, note in notes.items()},
    )
    for inline in (False, True):  # [voice] may be written as { ... } or as voice.description
        document = tomlkit.parse(toml)
        if facts and "facts" not in document:  # a key is always right before everything else
            document = tomlkit.parse(f"facts = []\n{toml}")
        try:
            if facts:
                _add_facts(document["facts"], facts)
            if notes:
                _add_notes(document, notes, inline)
            made = tomlkit.dumps(document).rstrip("\n") + "\n"
            after = parse_profile(made, origin)
        except (ValueError, BadInputError):
            continue
        if (after.facts, after.learned) == wanted and _else(after) == _else(before):
            return made
    raise BadInputError(
        f"{origin}: its layout leaves no place for what was learned.",
        hint='Write it with a table: [voice], and below it: description = "..."',
    )


def _add_facts(array: Any, facts: Sequence[Fact]) -> None:
    for fact in facts:
        array.add_line(tidy(fact.text), indent="  ", comment=fact.origin)
    if not array.as_string().rstrip(" \t]").endswith("\n"):
        array.add_line(indent="")


def _add_notes(document: Any, notes: Mapping[str, str], inline: bool) -> None:
    import tomlkit  # noqa: PLC0415

    if "voice" not in document:
        document["voice"] = tomlkit.table(is_super_table=True)
    voice = document["voice"]
    new = "learned" not in voice
    if new:
        voice["learned"] = tomlkit.inline_table() if inline else _table()
    learned = voice["learned"]
    for topic in TOPICS:
        if topic in notes:
            learned[topic] = tidy(notes[topic])
    if new and not inline:
        learned.add(tomlkit.nl())


def _table() -> Any:
    import tomlkit  # noqa: PLC0415

    table = tomlkit.table()
    table.add(tomlkit.comment(_MEASURED))
    return table


def _else(profile: Profile) -> tuple[object, ...]:
    """What learning must not change."""
    names = set(Profile.__dataclass_fields__) - {"facts", "learned", "voice", "toml"}
    return tuple(getattr(profile, name) for name in sorted(names))
