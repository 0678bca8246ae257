"""Where a provider's key is: a variable, the system keyring, a private file or a command."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from costeer_cli.accounts.account import Account, words
from costeer_cli.accounts.presets import key_variable
from costeer_cli.accounts.secret import Secret
from costeer_cli.errors import ProviderError, UsageError
from costeer_cli.settings import Config, places

SERVICE = "costeer"
OVERRIDE = "COSTEER_API_KEY"
COMMAND_SECONDS = 60

T = TypeVar("T")


@dataclass(frozen=True)
class KeySource:
    """Where a key would come from; `is_set` is None where looking would ask or run something."""

    place: str
    is_set: bool | None

    def __str__(self) -> str:
        if self.is_set is None:
            return self.place
        return f"{self.place} ({'set' if self.is_set else 'not set'})"


class _NoKeyringError(ProviderError):
    """There is no keyring that can be used."""

    usual_hint = "Keep the key elsewhere: --key env:NAME, file or command:... with provider add."


def find_key(account: Account, environ: Mapping[str, str] = os.environ) -> Secret | None:
    """The key for `account`: COSTEER_API_KEY, else where the account says, else the variable of
    the service at that very host; None where there is none.

    Raises:
        UsageError: the place it should be in is empty, or holds what cannot be a key.
        ProviderError: the keyring or the command failed.
    """
    if value := environ.get(OVERRIDE):
        return Secret(value, OVERRIDE)
    kind, _, rest = (account.key or "").partition(":")
    if kind == "env":
        return _from_variable(account, rest, environ)
    if kind == "keyring":
        return _from_keyring(account)
    if kind == "file":
        return _from_file(account, environ)
    if kind == "command":
        return _from_command(account, words(rest), environ)
    variable = key_variable(account)
    value = environ.get(variable) if variable else None
    return Secret(value, str(variable)) if value else None


def key_source(account: Account, environ: Mapping[str, str] = os.environ) -> KeySource | None:
    """Where `find_key` would look, without asking a keyring or running a command; None where
    no key is known of."""
    if environ.get(OVERRIDE):
        return KeySource(OVERRIDE, True)
    kind, _, rest = (account.key or "").partition(":")
    if kind == "keyring":
        return KeySource("the system keyring", None)
    if kind == "file":
        return KeySource(str(keys_file(environ)), _kept(environ).get(_user(account)) is not None)
    if kind == "command":  # its arguments may be anybody's secret
        return KeySource(f"the command {words(rest)[0]}", None)
    variable = rest if kind == "env" else key_variable(account)
    return KeySource(variable, bool(environ.get(variable))) if variable else None


def store_key(account: Account, key: Secret, environ: Mapping[str, str] = os.environ) -> str:
    """Keep `key` where the account says (`keyring` or `file`), or in the file where there is no
    keyring; return which of the two it was.

    Raises:
        ProviderError: there is a keyring, and it refused.
        StoreError: the file cannot be written.
    """
    if account.key == "keyring" and _put_in_keyring(_user(account), key):
        return "keyring"
    _kept(environ).set(_user(account), key.reveal())
    return "file"


def delete_key(account: Account, environ: Mapping[str, str] = os.environ) -> None:
    """Forget the key that `store_key` kept for this account, where there is one.

    Raises:
        ProviderError: the keyring refused, or is no longer there.
    """
    user = _user(account)
    if account.key == "file" and user in _kept(environ).read():
        _kept(environ).set(user, None)
    if account.key == "keyring":

        def forget(keyring: Any) -> None:
            if keyring.get_password(SERVICE, user) is not None:
                keyring.delete_password(SERVICE, user)

        _with_keyring(forget)


def keys_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The file for keys where there is no keyring, 0600."""
    return places(environ).keys


def _kept(environ: Mapping[str, str]) -> Config:
    return Config(keys_file(environ))


def _user(account: Account) -> str:
    """Under what a key is kept: bound to the host, so that it cannot be sent to another."""
    return f"{account.name}@{account.address}"


def _from_variable(account: Account, name: str, environ: Mapping[str, str]) -> Secret:
    if value := environ.get(name):
        return Secret(value, name)
    raise UsageError(
        f"The key for {account.name} should be in {name}, which is not set.",
        hint=f"Set {name}, or give the key another place: {_again(account, 'keyring')}",
    )


def _from_file(account: Account, environ: Mapping[str, str]) -> Secret:
    value = _kept(environ).get(_user(account))
    if value is None:
        raise _not_kept(account, str(keys_file(environ)))
    return Secret(value, f"The key in {keys_file(environ)}")


def _from_keyring(account: Account) -> Secret:
    value = _with_keyring(lambda keyring: keyring.get_password(SERVICE, _user(account)))
    if value is None:
        raise _not_kept(account, "the system keyring")
    return Secret(value, "The key in the system keyring")


def _put_in_keyring(user: str, key: Secret) -> bool:
    """Whether it is there now: there may be no keyring, or one that forgets at once."""

    def put(keyring: Any) -> bool:
        keyring.set_password(SERVICE, user, key.reveal())
        return bool(keyring.get_password(SERVICE, user) == key.reveal())

    try:
        return _with_keyring(put)
    except _NoKeyringError:
        return False


def _with_keyring(action: Callable[[Any], T]) -> T:
    import keyring  # noqa: PLC0415
    from keyring.errors import NoKeyringError  # noqa: PLC0415

    try:
        return action(keyring)
    except NoKeyringError:
        raise _NoKeyringError("This system has no keyring that can be used.") from None
    except Exception as error:  # back ends are other people's, and raise what they like
        raise ProviderError(
            f"The system keyring refused ({type(error).__name__}).",
            hint="Unlock it and try again, or keep the key elsewhere: --key env:NAME or file.",
        ) from None


def _from_command(account: Account, argv: list[str], environ: Mapping[str, str]) -> Secret:
    import subprocess  # noqa: PLC0415  (5 ms of every command that asks for no key)

    where = f"The command {argv[0]} for the key of {account.name}"
    hint = "Run it yourself to see why; it must print the key and nothing else."
    try:
        ran = subprocess.run(  # noqa: S603  (theirs to choose; no shell)
            argv,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ProviderError(f"{where} took over {COMMAND_SECONDS} s.", hint=hint) from None
    except OSError as error:
        raise ProviderError(f"{where} cannot be run: {error.strerror}.", hint=hint) from None
    if ran.returncode:
        raise ProviderError(f"{where} failed with code {ran.returncode}.", hint=hint)
    printed = ran.stdout.decode("utf-8", "replace").rstrip("\r\n")
    if not printed:
        raise ProviderError(f"{where} printed nothing.", hint=hint)
    return Secret(printed, f"What the command {argv[0]} printed")


def _not_kept(account: Account, place: str) -> UsageError:
    return UsageError(
        f"There is no key for {account.name} at {account.address} in {place}.",
        hint=f"Give it with: {_again(account, account.key or 'keyring')}",
    )


def _again(account: Account, key: str) -> str:
    return f"costeer provider add {account.name} ... --key {key} --yes"
