"""The accounts in `config.toml`, each a table `[providers.NAME]` that a person may edit."""

from __future__ import annotations

from dataclasses import dataclass

from costeer_cli.accounts.account import EMBEDDED, Account
from costeer_cli.errors import BadInputError, UnknownNameError, UsageError
from costeer_cli.settings import Config

_SECTION = "providers"


@dataclass(frozen=True)
class Accounts:
    """The accounts of one `config.toml`.

    Raises:
        BadInputError: from every method: the file cannot be read.
    """

    config: Config

    def names(self) -> list[str]:
        """All names, in the order of the file."""
        return list(self.config.tables(_SECTION))

    def get(self, name: str) -> Account:
        """One account.

        Raises:
            UnknownNameError: none of that name.
            BadInputError: its table cannot be read as an account.
        """
        tables = self.config.tables(_SECTION)
        if name not in tables:
            raise UnknownNameError(
                f"There is no provider {name!r}.",
                hint="See what there is with: costeer provider list",
            )
        return Account.from_table(name, tables[name])

    def all(self) -> list[Account]:
        """Every account, in the order of the file.

        Raises:
            BadInputError: one of the tables cannot be read as an account.
        """
        return [self.get(name) for name in self.names()]

    def put(self, account: Account, replace: bool = False) -> None:
        """Write `account` down; comments in the file stay.

        Raises:
            UsageError: there is one of that name, and it is not to be replaced.
        """
        if account.name in self.names() and not replace:
            raise UsageError(
                f"There is a provider {account.name} already.", hint="Replace it with --yes."
            )
        self.config.set_table(_SECTION, account.name, account.as_table())

    def remove(self, name: str) -> None:
        """Take an account out; where it was the one in use by name, no longer.

        Raises:
            UnknownNameError: none of that name.
        """
        if name not in self.names():
            self.get(name)
        self.config.set_table(_SECTION, name, None)
        if self.config.get("provider") == name:
            self.config.set("provider", None)

    def used_name(self, name: str | None = None) -> str:
        """The name of what `used` gives; `embedded` for the stand-in. Nothing is checked."""
        if name := name or self.config.get("provider"):
            return name
        names = self.names()
        return names[0] if len(names) == 1 else EMBEDDED

    def used(self, name: str | None = None) -> Account | None:
        """The account called `name`; else the one of the setting `provider`; else the only one
        there is. None is the stand-in in this process, by its name or where nothing is chosen.

        Raises:
            UnknownNameError, BadInputError: as `get`.
        """
        chosen = self.used_name(name)
        if chosen == EMBEDDED:
            return None
        try:
            return self.get(chosen)
        except UnknownNameError as error:
            if name:
                raise
            raise BadInputError(
                f"The setting provider names {chosen!r}, which there is not.",
                hint="Choose with: costeer provider use NAME (or embedded)",
            ) from error
