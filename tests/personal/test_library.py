"""Profiles by name, and the one that is chosen when none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError, UnknownNameError, UsageError
from costeer_cli.personal.library import Library
from costeer_cli.store.database import Store


@pytest.fixture
def library(store: Store, ready_made: Path) -> Library:
    return Library(store, ready_made)


def own(store: Store, *names: str) -> None:
    for name in names:
        store.profiles.put(name, f'name = "{name}"\ntitle = "Own {name}"')


def test_own_profiles_come_first(store: Store, library: Library) -> None:
    own(store, "jon", "mara")
    assert library.names() == ["concise", "jon", "mara"]
    assert library.get("mara").title == "Own mara"
    assert library.get("concise").title == "Ready concise"
    assert [library.origin(name) for name in library.names()] == ["ready-made", "yours", "yours"]
    store.profiles.delete("mara")
    assert library.get("mara").title == "Ready mara"


def test_unknown_names_suggest_close_ones(library: Library) -> None:
    with pytest.raises(UnknownNameError, match="no profile 'consise'") as caught:
        library.get("consise")
    assert caught.value.hint == "Did you mean concise?"
    with pytest.raises(UnknownNameError) as caught:
        library.get("zzz")
    assert "costeer profile list" in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["../mara", "mara.toml", "__init__", "", "/etc/passwd"])
def test_a_name_is_never_a_path(library: Library, name: str) -> None:
    with pytest.raises(UnknownNameError):
        library.get(name)


def test_a_broken_profile_is_named(store: Store, library: Library) -> None:
    store.profiles.put("odd", 'name = "odd"\nmood = "blue"')
    with pytest.raises(BadInputError, match="The profile odd: unknown key 'mood'"):
        library.get("odd")
    assert "odd" in library.names()


def chosen(library: Library, flag: str | None, config: str | None) -> str | None:
    profile = library.choose(flag, config)
    return profile.name if profile else None


def test_the_flag_then_the_settings_then_the_only_one(store: Store, library: Library) -> None:
    assert chosen(library, None, None) is None  # ready-made ones are not chosen unasked
    own(store, "jon")
    assert chosen(library, None, None) == "jon"
    assert chosen(library, None, "concise") == "concise"
    assert chosen(library, "mara", "concise") == "mara"


def test_among_several_none_is_chosen_silently(store: Store, library: Library) -> None:
    own(store, "jon", "ann")
    with pytest.raises(UsageError, match="several profiles: ann, jon") as caught:
        library.choose(None, None)
    assert "--profile" in (caught.value.hint or "")
    assert chosen(library, None, "jon") == "jon"


def test_a_named_one_must_exist(library: Library) -> None:
    with pytest.raises(UnknownNameError, match="'nobody'"):
        library.choose("nobody", "mara")
    with pytest.raises(UnknownNameError, match="settings name it") as caught:
        library.choose(None, "nobody")
    assert "profile use" in (caught.value.hint or "")


def test_the_installed_ones(store: Store) -> None:
    library = Library(store)
    assert {"concise", "mara-lindqvist"} <= set(library.names())
    assert library.origin("concise") == "ready-made"
    assert library.get("concise").kind == "preference"
