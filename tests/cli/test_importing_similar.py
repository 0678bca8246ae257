"""What `costeer history import` says of texts that are nearly the same."""

from __future__ import annotations

from pathlib import Path

from costeer_cli.store.database import open_default
from tests.cli.conftest import Costeer

WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(90))


def test_they_are_passed_over_counted_and_a_copy_brings_back_what_was_kept(
    costeer: Costeer, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text(WORDS)
    (folder / "b.txt").write_text(WORDS.upper() + ".")
    (folder / "c.md").write_text("Quite another text, and a short one.")
    for run in ("2 new, 0 changed, 0 already there", "0 new, 0 changed, 2 already there"):
        ran = costeer("history", "import", str(folder), "--yes")
        assert ran.code == 0
        assert run in ran.err
        assert "1 similar" in ran.err
    with open_default() as store:
        assert store.documents.count() == 2
    costeer("history", "add", WORDS + " by hand")
    copy = tmp_path / "all.jsonl"
    costeer("history", "export", "-o", str(copy))
    costeer("history", "forget", "--after", "1970-01-01", "--yes")
    ran = costeer("history", "import", str(copy), "--yes")
    assert "3 new" in ran.err
    assert "similar" not in ran.err
