"""In whose voice to write; said out loud wherever it was not named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costeer_cli.cli.common import note
from costeer_cli.personal.library import Library
from costeer_cli.settings import Config, places

if TYPE_CHECKING:
    from costeer_cli.personal.profile import Profile
    from costeer_cli.steering.policy import Policy
    from costeer_cli.store.database import Store


def chosen_profile(store: Store, flag: str | None) -> Profile | None:
    """The profile that `flag` names, else that of the settings, else the only own one.

    Which it is goes to stderr, unless the flag named it.

    Raises:
        UnknownNameError: the one that is named does not exist.
        UsageError: none is named and there are several.
        BadInputError: its text is broken.
    """
    setting = Config(places().config).get("profile")
    person = Library(store).choose(flag, setting)
    if flag:
        return person
    if person is not None:
        why = "which the settings name" if setting else "your only profile"
        note(f"Writing as {person.name}, {why}.")
    elif store.documents.count():
        note("No profile: only your history is read. Make one with: costeer profile create NAME")
    return person


def usual_policy(person: Profile | None) -> Policy:
    """How a profile's texts are steered where nothing else is said, the likeliest token taken."""
    from costeer_cli.cli.wanted import Wanted

    plain = Wanted(None, None, 0.0, 0, 1.0, None, 0, None, None, 0.0)
    policy, _ = plain.settle(person.defaults if person else {})
    return policy
