"""The hard switch: with `offline = true` nothing that leads beyond this machine may be asked."""

from __future__ import annotations

import os
from collections.abc import Mapping

from costeer_cli.accounts.account import Account, forwards_by_name
from costeer_cli.errors import PrivacyError
from costeer_cli.settings import is_offline


def require_allowed(
    account: Account, forwards: str = "", environ: Mapping[str, str] = os.environ
) -> None:
    """Refuse a service beyond this machine where this machine is to stay by itself.

    Nothing is looked up and nothing is asked.

    Args:
        forwards: whom the service passes all on to, as far as it told.

    Raises:
        PrivacyError: the account leads beyond this machine, and that is switched off.
        BadInputError: the settings cannot be read.
    """
    forwards = forwards or forwards_by_name(account.model)
    if (account.is_local and not forwards) or not is_offline(environ):
        return
    whither = f"passes all on to {forwards}" if account.is_local else f"is at {account.host}"
    raise PrivacyError(
        f"{account.name} {whither}, and offline is switched on; nothing was sent.",
        hint="Use a model on this machine, or switch it off: offline = false in config.toml"
        " and no COSTEER_OFFLINE.",
    )
