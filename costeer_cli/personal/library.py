"""Every profile there is: the person's own first, then the ready-made ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from costeer_cli.errors import UnknownNameError, UsageError
from costeer_cli.personal.profile import Profile, parse_profile

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from costeer_cli.store.database import Store

Origin = Literal["yours", "ready-made"]


class Library:
    """Profiles by name.

    Args:
        store: where the person's own are; one of them hides a ready-made one of the same name.
        ready_made: a folder of `<name>.toml`; the ones that costeer brings where it is None.
    """

    def __init__(self, store: Store, ready_made: Traversable | None = None) -> None:
        from importlib.resources import files  # noqa: PLC0415

        self._store = store
        self._folder = files("costeer_cli.profiles") if ready_made is None else ready_made

    def names(self) -> list[str]:
        """Every name, sorted."""
        return sorted(self.own() | self.ready_made())

    def own(self) -> set[str]:
        """The names of the person's own profiles."""
        return {row.name for row in self._store.profiles.list()}

    def ready_made(self) -> set[str]:
        """The names of the profiles that costeer brings."""
        return {
            entry.name.removesuffix(".toml")
            for entry in self._folder.iterdir()
            if entry.name.endswith(".toml")
        }

    def origin(self, name: str) -> Origin:
        """Whose profile `name` is.

        Raises:
            UnknownNameError: nobody's.
        """
        if name in self.own():
            return "yours"
        if name in self.ready_made():
            return "ready-made"
        import difflib  # noqa: PLC0415

        close = difflib.get_close_matches(name, self.names(), n=3)
        raise UnknownNameError(
            f"There is no profile {name!r}.",
            hint=f"Did you mean {' or '.join(close)}?"
            if close
            else "See what there is with: costeer profile list",
        )

    def toml(self, name: str) -> str:
        """The profile's text.

        Raises:
            UnknownNameError: there is no such profile.
        """
        if self.origin(name) == "yours":
            return self._store.profiles.get(name).toml
        return self._folder.joinpath(f"{name}.toml").read_text("utf-8")

    def get(self, name: str) -> Profile:
        """The profile called `name`.

        Raises:
            UnknownNameError: there is none.
            BadInputError: its text is broken, or made for another version of costeer.
        """
        return parse_profile(self.toml(name), f"The profile {name}")

    def choose(self, flag: str | None, config_value: str | None) -> Profile | None:
        """The profile to write with: the flag's, else the settings', else the only own one.

        Returns:
            None where neither is given and the person has no profile of their own.

        Raises:
            UnknownNameError: the one that is named does not exist.
            UsageError: none is named and there are several; nobody's voice is picked silently.
        """
        if flag:
            return self.get(flag)
        if config_value:
            if config_value not in self.names():
                raise UnknownNameError(
                    f"There is no profile {config_value!r}, but the settings name it.",
                    hint="Set another with: costeer profile use NAME (or --none)",
                )
            return self.get(config_value)
        own = sorted(self.own())
        if len(own) > 1:
            raise UsageError(
                f"You have several profiles: {', '.join(own)}.",
                hint="Name one with --profile, or set one with: costeer profile use NAME",
            )
        return self.get(own[0]) if own else None
