"""What a person may call a model."""

from __future__ import annotations

import contextlib
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError, UnknownNameError, UsageError
from costeer_cli.models.catalogue import CATALOGUE, DEFAULT_MODEL, Reference, parse_reference


def test_the_default_is_in_the_catalogue_and_fully_described() -> None:
    assert DEFAULT_MODEL in CATALOGUE
    for name, entry in CATALOGUE.items():
        assert entry.name == name
        assert entry.title
        assert entry.licence
        assert entry.window > 0
        assert entry.file.megabytes > 0
        assert "==" in entry.file.requirement
        assert entry.file.member.endswith(".gguf")
        for checksum in (entry.file.wheel_sha256, entry.file.sha256):
            assert len(checksum) == 64
            assert set(checksum) <= set(string.hexdigits.lower())


def test_every_name_of_the_catalogue_is_a_reference() -> None:
    for name in CATALOGUE:
        assert parse_reference(name) == Reference("catalogue", name)


@pytest.mark.parametrize(
    "text", ["HuggingFaceTB/SmolLM2-360M-Instruct", "a/b", "org_1/model.v2-x", "1/2"]
)
def test_an_owner_and_a_name_are_of_the_hub(text: str) -> None:
    assert parse_reference(text) == Reference("hub", text)


def test_a_folder_with_settings_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    reference = parse_reference(str(tmp_path))
    assert reference == Reference("folder", str(tmp_path))
    assert reference.path == tmp_path


def test_a_folder_wins_over_a_hub_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "owner" / "name").mkdir(parents=True)
    (tmp_path / "owner" / "name" / "config.json").write_text("{}")
    assert parse_reference("owner/name").kind == "folder"
    assert parse_reference("owner/other").kind == "hub"


def test_a_folder_without_settings_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"config\.json is missing") as raised:
        parse_reference(str(tmp_path))
    assert raised.value.hint == "Name a folder saved by transformers, or a .gguf file."


@pytest.mark.parametrize("name", ["model.gguf", "MODEL.GGUF", "two words.Gguf"])
def test_a_gguf_file_is_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"GGUF")
    assert parse_reference(str(path)) == Reference("gguf", str(path))


@pytest.mark.parametrize("name", ["missing.gguf", "owner/missing.gguf"])
def test_a_missing_gguf_file_is_named(name: str) -> None:
    with pytest.raises(UnknownNameError, match=f"There is no file {name}"):
        parse_reference(name)


def test_a_tilde_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.gguf").write_bytes(b"GGUF")
    reference = parse_reference("~/mine.gguf")
    assert reference == Reference("gguf", "~/mine.gguf")
    assert reference.path == tmp_path / "mine.gguf"


@pytest.mark.parametrize(
    "text",
    [
        "gpt-nothing",
        "a/b/c",
        "https://example.test/a",
        "owner/",
        "/name",
        "owner/na me",
        "~nobody-of-that-name/model",
        "x" * 5000,
        "notes.txt",
    ],
)
def test_anything_else_is_unknown(text: str) -> None:
    with pytest.raises(UnknownNameError, match="No model is called") as raised:
        parse_reference(text)
    assert "costeer model list" in (raised.value.hint or "")


@pytest.mark.parametrize("text", ["./model", "../model", ".hidden/model", "-o/model", "o/.model"])
def test_a_mistyped_path_is_never_taken_for_a_hub_name(text: str) -> None:
    with pytest.raises(UnknownNameError):
        parse_reference(text)


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        reference = parse_reference(text)
        assert reference.value == text
        assert reference.kind in {"catalogue", "hub", "folder", "gguf"}
