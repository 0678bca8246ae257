"""Accounts and presets as JSON and as rows; no key is in either."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from costeer_cli.accounts.account import EMBEDDED, Account
from costeer_cli.accounts.book import Accounts
from costeer_cli.accounts.keys import key_source
from costeer_cli.accounts.presets import NOT_STEERABLE, PRESETS
from costeer_cli.accounts.verdicts import Verdicts
from costeer_cli.cli.common import note
from costeer_cli.errors import BadInputError


def listed(accounts: Accounts, verdicts: Verdicts) -> list[dict[str, Any]]:
    """Every account, and the stand-in, in short."""
    used = accounts.used_name()
    entries = [_in_short(accounts, name, verdicts) for name in accounts.names()]
    entries.append({"name": EMBEDDED, "host": None, "model": None, "verdict": None})
    return [entry | {"used": entry["name"] == used} for entry in entries]


def _in_short(accounts: Accounts, name: str, verdicts: Verdicts) -> dict[str, Any]:
    try:
        account = accounts.get(name)
    except BadInputError as error:
        note(f"{error} It is in {accounts.config.path}.")
        return {"name": name, "host": None, "model": None, "verdict": None}
    kind = (verdicts.get(account) or {}).get("kind")
    return {"name": name, "host": account.address, "model": account.model, "verdict": kind}


def list_rows(entries: list[dict[str, Any]]) -> list[list[str]]:
    """Rows of `listed`: a star, name, host, model, verdict."""
    return [["*" if entry["used"] else " ", entry["name"], *_about(entry)] for entry in entries]


def _about(entry: dict[str, Any]) -> tuple[str, str, str]:
    if entry["name"] == EMBEDDED:
        return "-", "-", "a stand-in in this process"
    return entry["host"] or "?", entry["model"] or "-", entry["verdict"] or "not tested"


def in_full(account: Account, used: bool, verdict: dict[str, Any] | None) -> dict[str, Any]:
    """All of one account; of its key, where it comes from."""
    source = key_source(account)
    return {
        "name": account.name,
        "used": used,
        "base_url": account.base_url,
        "model": account.model,
        "preset": account.preset,
        "key": {"from": source.place, "set": source.is_set} if source else None,
        "insecure": account.insecure,
        "template": account.template,
        "tokenizer": account.tokenizer,
        "wire": account.wire,
        "prices": asdict(account.prices),
        "verdict": verdict,
    }


def full_rows(account: Account, shown: dict[str, Any]) -> list[list[str]]:
    """Rows of `in_full`: a label and a value."""
    verdict = [f"{label} {value}" for label, value in (shown["verdict"] or {}).items()]
    return [
        ["name", account.name + (" (in use)" if shown["used"] else "")],
        ["address", account.base_url + (" (insecure allowed)" if account.insecure else "")],
        ["model", account.model or "the one it serves"],
        ["preset", account.preset or "none"],
        ["key", str(key_source(account) or "none")],
        ["template", account.template or "to be found out"],
        ["tokenizer", account.tokenizer or "to be found out"],
        ["wire", account.wire or "to be found out"],
        ["prices", _prices(shown["prices"])],
        ["verdict", ", ".join(verdict) or "not tested"],
    ]


def _prices(prices: dict[str, float | None]) -> str:
    said = [f"{kind} ${price:g}" for kind, price in prices.items() if price is not None]
    return f"{', '.join(said)} per million tokens" if said else "not set"


def presets_json() -> dict[str, Any]:
    """The presets, and the services that cannot be steered."""
    return {
        "presets": [asdict(preset) for preset in PRESETS.values()],
        "not_steerable": [asdict(service) for service in NOT_STEERABLE.values()],
    }


def preset_rows() -> list[list[str]]:
    """Rows: name, title and what to know."""
    return [[preset.name, f"{preset.title}: {preset.note}"] for preset in PRESETS.values()]


def not_steerable_rows() -> list[list[str]]:
    """Rows: name, title and what is missing."""
    return [
        [service.name, f"{service.title} {service.missing}. {service.note}".rstrip()]
        for service in NOT_STEERABLE.values()
    ]
