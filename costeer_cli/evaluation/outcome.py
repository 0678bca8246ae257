"""What one system did with one trial, and where it is kept until all are done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from costeer_cli.files import private_folder, write_private


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Of one system and one trial; None where it was not measured.

    Attributes:
        trial, person, system: whose, and by what.
        nats, gold_tokens, gold_bytes: likelihood of the person's text; tokens are the cloud's.
        text: what was written.
        rouge_1, rouge_l, chrf: likeness to the person's text, 0 to 1.
        length_ratio, repetition: its shape.
        longest_run, copied, values: what it gave away.
        tokens, requests, drafted, seconds, local_seconds, outbound_bytes: what it took.
        steered: tokens that are not the cloud's own.
    """

    trial: str
    person: str
    system: str
    nats: float | None = None
    gold_tokens: int | None = None
    gold_bytes: int | None = None
    text: str | None = None
    rouge_1: float | None = None
    rouge_l: float | None = None
    chrf: float | None = None
    length_ratio: float | None = None
    repetition: float | None = None
    longest_run: int | None = None
    copied: bool | None = None
    values: int | None = None
    tokens: int | None = None
    requests: int | None = None
    drafted: int | None = None
    seconds: float | None = None
    local_seconds: float | None = None
    outbound_bytes: int | None = None
    steered: int | None = None


class Notebook:
    """Outcomes on the disk, one file (0600) each, so that a run that broke off goes on.

    An outcome is found again under everything it depends on; where any of that has changed, it
    is measured anew.
    """

    def __init__(self, root: Path, run: Any) -> None:
        """Open the notebook of one run.

        Args:
            root: holds the notebooks of all runs.
            run: JSON values that say what is the same for all outcomes of this run.
        """
        self.folder = root / _digest(run)
        private_folder(self.folder)

    def get(self, key: Any) -> Outcome | None:
        """What was measured under `key` (JSON values); None where it was not, or is broken."""
        try:
            kept = json.loads(self._file(key).read_text("utf-8"))
            return Outcome(**kept)
        except (OSError, ValueError, TypeError):
            return None

    def put(self, key: Any, outcome: Outcome) -> None:
        """Keep an outcome.

        Raises:
            StoreError: no space, or no permission.
        """
        content = json.dumps(asdict(outcome), ensure_ascii=False)
        write_private(self._file(key), content.encode())

    def forget(self) -> int:
        """Remove what this run has kept; return how many outcomes that were."""
        files = list(self.folder.glob("*.json"))
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _file(self, key: Any) -> Path:
        return self.folder / f"{_digest(key)}.json"


def as_row(outcome: Outcome) -> dict[str, Any]:
    """All numbers of an outcome, without the text."""
    return {f.name: getattr(outcome, f.name) for f in fields(outcome) if f.name != "text"}


def _digest(value: Any) -> str:
    content = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:24]
