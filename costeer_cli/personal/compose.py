"""Making a profile's TOML: from nothing, or from another profile's, comments kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from costeer_cli.personal.profile import check_name, load_toml, parse_profile
from costeer_cli.store.document import tidy

if TYPE_CHECKING:
    from tomlkit.items import String

TEMPLATE = """\
name = "name"
title = ""
kind = "person"
# True sentences about you; only the model on this machine reads them.
facts = []
# Values that must never leave this machine as they are: numbers, addresses, names.
protected = []

[voice]
# How you write, in plain words.
description = ""

[identity]
names = []
emails = []

# What it writes with, unless you say otherwise:
# [defaults]
# strength = 0.5
# temperature = 0.7
# model = "smollm2-135m"
# provider = "work"

# Which texts of your history it reads; without this, all that are not another profile's:
# [history]
# tags = ["work"]          # any of these
# sources = ["mbox"]       # any of these; see: costeer history list
# kinds = ["email"]        # email, letter, note, post, message, comment, commit, ...
# after = 2019-01-01       # from this day on
# before = 2024-01-01      # up to the day before
"""


def compose(
    name: str,
    *,
    base: str | None = None,
    origin: str = "The new profile",
    title: str = "",
    voice: str = "",
    facts: Sequence[str] = (),
) -> str:
    """The TOML of a profile called `name`.

    Args:
        name: what it will be called, whatever the base is called.
        base: the TOML to begin with; None for a short template.
        origin: where `base` comes from, for messages.
        title, voice: replace the base's where they are given.
        facts: come after the base's.

    Raises:
        BadInputError: the name may not be one, or the base is broken.
    """
    import tomlkit  # noqa: PLC0415

    check_name(name)
    text = TEMPLATE if base is None else base
    if "name" not in load_toml(text, origin):
        text = f'name = "{name}"\n{text}'
    parse_profile(text, origin)  # below here every key is what it should be
    document = tomlkit.parse(text)
    document["name"] = name
    if title or base is None:
        document["title"] = tidy(title) or name
    if facts:
        array = document.setdefault("facts", tomlkit.array())
        array.extend(tidy(fact) for fact in facts)
        array.multiline(True)
    if voice:
        table = document.setdefault("voice", tomlkit.table())
        table["description"] = _string(tidy(voice))
    made = tomlkit.dumps(document)
    parse_profile(made, origin)
    return made


def _string(text: str) -> String:
    import tomlkit  # noqa: PLC0415

    return tomlkit.string(text, multiline="\n" in text)
