"""`costeer provider`: the cloud services that may write."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated, Any

import typer

from costeer_cli.accounts.account import EMBEDDED, TEMPLATES, WIRES, Account, Prices
from costeer_cli.accounts.book import Accounts
from costeer_cli.accounts.keys import delete_key, key_source, keys_file, store_key
from costeer_cli.accounts.presets import new_account
from costeer_cli.accounts.secret import Secret
from costeer_cli.accounts.verdicts import Verdicts
from costeer_cli.cli import account_table, examination
from costeer_cli.cli.common import confirm, is_interactive, note, print_json, print_rows
from costeer_cli.errors import BadInputError, CosteerError, UsageError
from costeer_cli.settings import Config, places

app = typer.Typer(
    help="The cloud services that may write; they see the prompt and the text, nothing else.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)

app.command("test")(examination.examination)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Name = Annotated[str, typer.Argument(help="The provider's name.")]
Price = Annotated[float | None, typer.Option(metavar="USD", help="Per million tokens.")]


@app.command()
def add(
    name: Annotated[
        str | None, typer.Argument(help="Its name: a-z, 0-9 and hyphens; else the preset's.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="A known service to begin with (list --presets).")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Its address, such as https://host/v1.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model, as the service calls it.")] = None,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="Where its key is, never the key: env:NAME, keyring, file, command:..., or none.",
        ),
    ] = None,
    key_stdin: Annotated[
        bool, typer.Option("--key-stdin", help="Read the key to keep from stdin.")
    ] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Allow plain http beyond this machine.")
    ] = False,
    template: Annotated[
        str | None, typer.Option(help=f"Prompt format: {', '.join(TEMPLATES)}.")
    ] = None,
    tokenizer: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A model with the same tokenizer.")
    ] = None,
    wire: Annotated[
        str | None, typer.Option(help=f"Its interface: auto, {', '.join(WIRES)}.")
    ] = None,
    input_price: Price = None,
    cached_price: Price = None,
    output_price: Price = None,
    use_: Annotated[bool, typer.Option("--use", help="Use it when none is named.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace one of that name.")] = False,
) -> None:
    """Set up a cloud service, or a server of your own; nothing is sent."""
    said = {
        "base_url": base_url,
        "model": model,
        "key": key or ("keyring" if key_stdin else None),
        "insecure": insecure or None,
        "template": template,
        "tokenizer": tokenizer,
        "wire": wire,
    }
    prices = Prices(input_price, cached_price, output_price)
    account = new_account(name, preset, _fields(said) | {"prices": prices})
    if not _add(account, yes, key_stdin, keep_key=key is None):
        note("Nothing was changed.")
        raise typer.Exit(1)
    if use_:
        _config().set("provider", account.name)
    _tell(account.name)


@app.command("list")
def list_(
    presets: Annotated[
        bool, typer.Option("--presets", help="The services known, and what some of them lack.")
    ] = False,
    json: Json = False,
) -> None:
    """List the providers you have set up; * marks the one in use."""
    if presets and json:
        print_json(account_table.presets_json())
    elif presets:
        print_rows(account_table.preset_rows())
        typer.echo("\nThese cannot be steered:")
        print_rows(account_table.not_steerable_rows())
    else:
        entries = account_table.listed(_accounts(), _verdicts())
        if json:
            print_json({"providers": entries})
        else:
            print_rows(account_table.list_rows(entries))


@app.command()
def show(name: Name, json: Json = False) -> None:
    """Show a provider and where its key comes from, never the key."""
    accounts = _accounts()
    account = accounts.get(name)
    used = accounts.used_name() == name
    shown = account_table.in_full(account, used, _verdicts().get(account))
    if json:
        print_json({"provider": shown})
    else:
        print_rows(account_table.full_rows(account, shown))


@app.command()
def use(
    name: Annotated[str, typer.Argument(help=f"The provider's name, or {EMBEDDED}.")],
) -> None:
    """Set the provider that is used when none is named."""
    account = _accounts().used(name)
    _config().set("provider", name)
    if account:
        note(f"{name} ({account.address}) is now the cloud provider.")
    else:
        note("The stand-in in this process is used; nothing is sent.")


@app.command()
def remove(name: Name, yes: Yes = False) -> None:
    """Forget a provider, and its key where costeer keeps it."""
    accounts = _accounts()
    old = _existing(name)
    if not confirm(f"Remove the provider {name} and the key kept for it?", yes):
        note("Nothing was removed.")
        raise typer.Exit(1)
    accounts.remove(name)
    if old:
        _forget_key(old)
        _verdicts().forget(old)
    note(f"Removed {name}. In use now: {accounts.used_name()}.")


def _config() -> Config:
    return Config(places().config)


def _accounts() -> Accounts:
    return Accounts(_config())


def _verdicts() -> Verdicts:
    return Verdicts(places().verdicts)


def _fields(said: dict[str, Any]) -> dict[str, Any]:
    """What was said, where `none` and `auto` take away what the preset says."""
    given = {label: value for label, value in said.items() if value is not None}
    if given.get("key") == "none":
        given["key"] = None
    if given.get("wire") == "auto":
        given["wire"] = None
    return given


def _existing(name: str) -> Account | None:
    """The account of that name; None where its table cannot be read."""
    try:
        return _accounts().get(name)
    except BadInputError:
        return None


def _add(account: Account, yes: bool, key_stdin: bool, keep_key: bool) -> bool:
    """Write the account down, and keep its key; False where the person thought better of it."""
    accounts = _accounts()
    old = None
    if account.name in accounts.names():
        if not confirm(f"Replace the provider {account.name}?", yes):
            return False
        old = _existing(account.name)
    before = accounts.used_name()
    if old and keep_key and not key_stdin and old.address == account.address:
        account = replace(account, key=old.key)
    elif account.key in ("keyring", "file"):
        account = _keep_key(account, _ask_key(account, key_stdin))
    elif key_stdin:
        raise UsageError(
            "A key from stdin is kept in the keyring or the file.",
            hint="Say --key keyring or --key file with --key-stdin, or leave --key out.",
        )
    accounts.put(account, replace=True)
    if old and (old.key, old.address) != (account.key, account.address):
        _forget_key(old)
    if before not in (EMBEDDED, accounts.used_name()):
        _config().set("provider", before)  # a second account does not put the first one out of use
    return True


def _ask_key(account: Account, key_stdin: bool) -> Secret:
    if key_stdin:
        given = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\r\n")
        return Secret(given, "The key from stdin")
    if not is_interactive():
        raise UsageError(
            f"The key for {account.name} must be typed in, and there is no terminal.",
            hint="Pipe it in with --key-stdin, or say where it is with --key env:NAME.",
        )
    asked = f"Key for {account.name} at {account.address} (not shown)"
    return Secret(str(typer.prompt(asked, hide_input=True, err=True)).strip())


def _keep_key(account: Account, key: Secret) -> Account:
    kept = replace(account, key=store_key(account, key))
    if kept.key == "keyring":
        note("The key is in the system keyring.")
    else:
        why = "" if account.key == "file" else "This system has no keyring that can be used. "
        note(f"{why}The key is in {keys_file()}, which only you can read; it is not encrypted.")
    return kept


def _forget_key(account: Account) -> None:
    try:
        delete_key(account)
    except CosteerError as error:
        note(f"{error} The old key of {account.name} is not forgotten.")


def _tell(name: str) -> None:
    """What was set up, and what to do next."""
    account = _accounts().get(name)
    note(f"Set up {name}: {account.model or 'its model'} at {account.address}.")
    source = key_source(account)
    if source and source.is_set is False and not account.is_local:
        note(f"There is no key yet: set {source.place}, or say --key keyring.")
    used = _accounts().used_name()
    if used != name:
        note(f"In use is {used}; change that with: costeer provider use {name}")
    note(f"Try it with: costeer provider test {name}")
