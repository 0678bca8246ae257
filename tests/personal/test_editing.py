"""The person's editor on a private file."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.personal.editing import edit_text


def editor(tmp_path: Path, code: str) -> dict[str, str]:
    """An environment whose editor runs `code` with the file's path in `path`."""
    script = tmp_path / "my editor.py"
    script.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[-1])\n{code}\n")
    return {"EDITOR": f"'{sys.executable}' '{script}' --wait"}


def test_the_text_comes_back_changed(tmp_path: Path) -> None:
    environ = editor(tmp_path, "path.write_text(path.read_text() + ' and more 🐴', 'utf-8')")
    file = tmp_path / "private" / "x.toml"
    assert edit_text("this", file, environ) == "this and more 🐴"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_file_is_private_while_it_is_edited(tmp_path: Path) -> None:
    code = "import stat; path.write_text(oct(stat.S_IMODE(path.stat().st_mode)))"
    assert edit_text("x", tmp_path / "p" / "x.toml", editor(tmp_path, code)) == "0o600"


def test_a_text_left_over_is_gone_on_with(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("left over")
    assert edit_text("stored", file, editor(tmp_path, "pass")) == "left over"


def test_visual_comes_first(tmp_path: Path) -> None:
    environ = editor(tmp_path, "path.write_text('visual')")
    environ = {"VISUAL": environ["EDITOR"], "EDITOR": "no-such-editor"}
    assert edit_text("x", tmp_path / "x.toml", environ) == "visual"


@pytest.mark.parametrize("said", ["", "   ", "'unbalanced"])
def test_without_an_editor(tmp_path: Path, said: str) -> None:
    file = tmp_path / "x.toml"
    with pytest.raises(UsageError, match="No editor is set") as caught:
        edit_text("x", file, {"EDITOR": said})
    assert "export EDITOR" in (caught.value.hint or "")
    assert not file.exists()


def test_an_editor_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no-such-editor cannot be started"):
        edit_text("x", tmp_path / "x.toml", {"EDITOR": "no-such-editor --wait"})


def test_an_editor_that_fails_leaves_what_it_saved(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    with pytest.raises(UsageError, match=r"ended with an error \(3\)") as caught:
        edit_text("x", file, editor(tmp_path, "path.write_text('half'); sys.exit(3)"))
    assert str(file) in (caught.value.hint or "")
    assert file.read_text() == "half"


@pytest.mark.parametrize("code", ["path.write_bytes(b'\\xff')", "path.unlink()"])
def test_what_cannot_be_read_back(tmp_path: Path, code: str) -> None:
    with pytest.raises(BadInputError, match="cannot be read as UTF-8"):
        edit_text("x", tmp_path / "x.toml", editor(tmp_path, code))
