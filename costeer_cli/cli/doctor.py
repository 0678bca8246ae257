"""`costeer doctor`: is everything in order on this machine?"""

from __future__ import annotations

import platform
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from costeer_cli import __version__
from costeer_cli.cli.common import counted, print_json, print_rows
from costeer_cli.cli.opening import chosen_account, model_name
from costeer_cli.errors import CosteerError, StoreError
from costeer_cli.models.catalogue import parse_reference
from costeer_cli.models.shelf import Shelf
from costeer_cli.settings import Config, places

_RECENT = 50  # drafts
_SCORINGS = {
    "by_ids": "shared by cloud and local model: scored by ids",
    "by_bytes": "not shared by cloud and local model: scored by bytes, exactly",
}


def doctor(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check the store, the settings, the local model and the machine; fetch and send nothing."""
    checks = [
        _checked(name, check)
        for name, check in (
            ("costeer", lambda: f"{__version__}, Python {platform.python_version()}"),
            ("file modes", _modes),  # first: opening the store mends its mode
            ("settings", _settings),
            ("store", _store),
            ("profile", _profile),
            ("provider", _provider),
            ("model", _model),
            ("tokenizers", _tokenizers),
            ("device", _device),
        )
    ]
    if json:
        print_json({"checks": checks})
    else:
        print_rows([["ok" if c["ok"] else "!!", str(c["name"]), str(c["found"])] for c in checks])
    if not all(check["ok"] for check in checks):
        raise typer.Exit(1)


def _checked(name: str, check: Callable[[], str]) -> dict[str, str | bool]:
    try:
        return {"name": name, "ok": True, "found": check()}
    except CosteerError as error:
        return {"name": name, "ok": False, "found": f"{error} {error.hint or ''}".strip()}


def _settings() -> str:
    here = places()
    found = Config(here.config).read()
    return f"{here.config}: " + (", ".join(sorted(found)) or "nothing set")


def _store() -> str:
    from costeer_cli.store.database import open_store

    path = places().store
    nearest = next(place for place in path.parents if place.exists())
    if not nearest.is_dir():
        raise StoreError(f"{nearest} is not a folder.", hint="Move it away.")
    if not path.exists():
        return f"{path}: not made yet"
    with open_store(path) as store:
        texts = counted(store.documents.count(), "text")
        return f"{path}: {texts}, {counted(len(store.profiles.list()), 'profile')}"


def _profile() -> str:
    from costeer_cli.personal.library import Library
    from costeer_cli.store.database import open_memory, open_store

    here = places()
    with open_store(here.store) if here.store.exists() else open_memory() as store:
        chosen = Library(store).choose(None, Config(here.config).get("profile"))
    return f"{chosen.name}: {chosen.title}" if chosen else "none set; name one with --profile"


def _provider() -> str:
    from costeer_cli.accounts.keys import key_source
    from costeer_cli.accounts.verdicts import Verdicts

    account = chosen_account(None)
    if account is None:
        return "embedded: a stand-in in this process; no cloud is set up"
    kept = Verdicts(places().verdicts).get(account) or {}
    source = key_source(account)
    verdict = kept.get("kind", "not tested yet: costeer provider test")
    return f"{account.name} at {account.address}: {verdict}; key: {source or 'none'}"


def _model() -> str:
    name = model_name()
    folder = Shelf(places().models).find(parse_reference(name))
    return f"{name}: {folder or 'not fetched yet; it is at first use'}"


def _tokenizers() -> str:
    """How the local model scores this cloud's candidates; the first that come decide it."""
    from costeer_cli.store.database import open_store

    here, account = places(), chosen_account(None)
    if account is None:
        return _SCORINGS["by_ids"]
    model = model_name()
    drafts = []
    if here.store.exists():
        with open_store(here.store) as store:
            drafts = store.drafts.list(_RECENT)
    for draft in drafts:
        scoring = (draft.receipt or {}).get("scoring")
        if scoring and (draft.provider, draft.local_model) == (account.name, model):
            return _SCORINGS[scoring]
    return f"the first text with {account.name} will show whether they are shared"


def _device() -> str:
    from costeer_cli.models.quiet import silence

    silence()
    import torch

    mps = torch.backends.mps.is_available()
    name = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    return f"{name}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _modes() -> str:
    from costeer_cli.accounts.keys import keys_file

    here = places()
    open_to_others = [
        path
        for path in (here.data, here.store, here.config, keys_file())
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        raise _too_open(open_to_others)
    return "nobody else can read your data"


def _too_open(paths: list[Path]) -> CosteerError:
    return CosteerError(
        f"Others can read {', '.join(map(str, paths))}.", hint="Mend it with: chmod go-rwx"
    )
