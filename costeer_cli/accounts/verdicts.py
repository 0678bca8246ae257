"""What probing a service found, kept for a week so that not every text begins with a probe."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from costeer_cli.accounts.account import Account
from costeer_cli.files import write_private

KEPT = timedelta(days=7)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Verdicts:
    """The verdicts in one JSON file, 0600; a damaged file is as if there were none.

    Args:
        path: the file.
        now: the clock, with a time zone.
    """

    path: Path
    now: Callable[[], datetime] = _now

    def get(self, account: Account) -> dict[str, Any] | None:
        """The verdict on this account as it is now; None where there is none or it is too old."""
        entry = self._fresh().get(_key(account))
        return entry["verdict"] if entry else None

    def put(self, account: Account, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict, of JSON's own types.

        Raises:
            StoreError: the file cannot be written.
        """
        entry = {"at": self.now().isoformat(), "verdict": dict(verdict)}
        self._write(self._fresh() | {_key(account): entry})

    def forget(self, account: Account) -> None:
        """Drop the verdict on this account, where there is one.

        Raises:
            StoreError: the file cannot be written.
        """
        entries = self._fresh()
        if entries.pop(_key(account), None):
            self._write(entries)

    def _write(self, entries: dict[str, Any]) -> None:
        write_private(self.path, json.dumps(entries, indent=1).encode())

    def _fresh(self) -> dict[str, dict[str, Any]]:
        try:
            entries = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(entries, dict):
            return {}
        return {key: entry for key, entry in entries.items() if self._is_fresh(entry)}

    def _is_fresh(self, entry: object) -> bool:
        if not isinstance(entry, dict) or not isinstance(entry.get("verdict"), dict):
            return False
        try:
            age = self.now() - datetime.fromisoformat(entry["at"])
        except (KeyError, TypeError, ValueError):
            return False
        return timedelta(0) <= age <= KEPT


def _key(account: Account) -> str:
    """All that a verdict depends on, so that an edited account is probed anew."""
    parts = (
        account.base_url,
        account.model,
        account.preset,
        account.wire,
        account.template,
        account.tokenizer,
    )
    return json.dumps(parts)
