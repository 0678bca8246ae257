"""Vaults: the person's notes as they read, without what Obsidian and others put there."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.documents.obsidian import Obsidian, plain
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped

APP = {".obsidian/app.json": "{}"}


def vault(path: Path, files: dict[str, str | bytes]) -> Path:
    return laid(path, {**APP, **files})


def items(tmp_path: Path, files: dict[str, str | bytes], *me: str) -> list[Item]:
    return read(Obsidian(), vault(tmp_path / "vault", files), *me)


@pytest.mark.parametrize("form", ["folder", "zip", "wrapped"])
def test_a_note_from_every_form(tmp_path: Path, form: str) -> None:
    note = f"---\ntitle: Rain\ncreated: 2023-05-06\ntags: [horses]\n---\n{PROSE}"
    files = {**APP, "Days/2024-05-01 rain.md": note}
    if form == "folder":
        path = vault(tmp_path / "vault", files)
    else:
        prefix = "My Vault/" if form == "wrapped" else ""
        path = zipped(tmp_path / "v.zip", {prefix + name: text for name, text in files.items()})
    (document,) = read(Obsidian(), path)
    assert (document.text, document.title, document.source) == (PROSE, "Rain", "obsidian")
    assert document.created_at == "2023-05-06T00:00:00+00:00"
    assert document.tags == ("horses",)
    assert document.native_id.endswith("Days/2024-05-01 rain.md")


def test_the_day_in_a_notes_name_is_its_date(tmp_path: Path) -> None:
    (document,) = items(tmp_path, {"2024-05-01.md": PROSE})
    assert (document.title, document.created_at) == ("2024-05-01", "2024-05-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Templates/day.md", "others"),
        ("Meta/99 - Templates/day.md", "others"),
        ("clippings/article.md", "others"),
        ("Readwise/Books/book.md", "others"),
        (".trash/old.md", "others"),
        ("picture.png", "unknown"),
        ("board.canvas", "unknown"),
        ("My templates for life.md", None),
        ("Clippings of my hair.md", None),
    ],
)
def test_folders_of_others_are_counted(tmp_path: Path, name: str, reason: str | None) -> None:
    found = items(tmp_path, {name: PROSE, "mine.md": PROSE + " Mine."})
    assert len(taken(found)) == (1 if reason else 2)
    assert [one for one, _ in passed_over(found)] == ([reason] if reason else [])


def test_what_is_hidden_is_passed_over_without_a_word(tmp_path: Path) -> None:
    hidden = {".obsidian/plugins/x/README.md": PROSE, ".git/x.md": PROSE, ".trash/x.png": b"x"}
    assert items(tmp_path, {**hidden, ".stfolder/x.md": PROSE}) == []


@pytest.mark.parametrize(
    ("settings_file", "content"),
    [
        (".obsidian/templates.json", {"folder": "Meta/Forms"}),
        (".obsidian/plugins/templater-obsidian/data.json", {"templates_folder": "/meta/forms/"}),
    ],
)
def test_the_vaults_own_folder_for_templates(
    tmp_path: Path, settings_file: str, content: dict[str, str]
) -> None:
    files = {settings_file: json.dumps(content), "Meta/Forms/day.md": PROSE, "Meta/me.md": PROSE}
    found = items(tmp_path, files)
    assert [document.title for document in taken(found)] == ["me"]
    assert [reason for reason, _ in passed_over(found)] == ["others"]


@pytest.mark.parametrize("content", ["{", "[]", "null", '{"folder": 5}', '{"folder": "/"}', ""])
def test_broken_settings_do_no_harm(tmp_path: Path, content: str) -> None:
    found = items(tmp_path, {".obsidian/templates.json": content, "me.md": PROSE})
    assert len(taken(found)) == 1


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("see [[Note]] and [[folder/Other note]]", "see Note and Other note"),
        ("see [[Note|the alias]], [[Note#Part|that part]]", "see the alias, that part"),
        ("see [[Note#Part]], [[#Part]] and [[Note#^abc]]", "see Note, Part and Note"),
        ("| [[Note\\|alias]] |", "| alias |"),
        ("see [[Note.md]] and [this](https://x.example)", "see Note and [this](https://x.example)"),
        ("a ![[picture.png]] b ![[Note#Part|300]] c", "a  b  c"),
        ("a ![alt](x.png) b", "a  b"),
        ("a ==marked== b, 1 == 2", "a marked b, 1 == 2"),
        ("a %%hidden%% b", "a  b"),
        ("a\n%%\nhidden\n\nhidden\n%%\nb", "a\n\nb"),
        ("100%% sure", "100%% sure"),
        ("a line ^abc-123\nb", "a line\nb"),
        ("- item ^x1", "- item"),
        ("a^b stays", "a^b stays"),
        ("a `= this.file.name` b", "a  b"),
        ("mood:: good\nkey word:: x\na", "\n\na"),
        ("a [due:: 2024-01-01] b (x:: y)", "a  b "),
        ("std::vector stays", "std::vector stays"),
        ("a\n```dataview\nlist from x\n```\nb", "a\nb"),
        ("a\n```\n100%%\n```\nb %%x%% c", "a\nb  c"),
        ("a <% tp.date.now() %> b", "a  b"),
        ("#tag and - [ ] a task", "#tag and - [ ] a task"),
    ],
)
def test_what_is_obsidians_own_becomes_common_markdown(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@pytest.mark.parametrize(
    ("callout", "text"),
    [
        ("> [!note] Title\n> said by me\n> and more", "Title\nsaid by me\nand more"),
        ("> [!tip]- Folded\n> said by me", "Folded\nsaid by me"),
        ("> [!info|wide]\n> said by me", "said by me"),
        ("> [!quote] Jo\n> theirs", ""),
        ("> [!cite]\n> theirs", ""),
        ("> [!QUOTE]+ Jo\n> theirs", ""),
        ("> just a quotation", ""),
        (
            "> [!note] Outer\n> mine\n> > [!quote] Jo\n> > theirs\n> mine too",
            "Outer\nmine\nmine too",
        ),
        ("> [!note] Outer\n> > theirs", "Outer"),
        ("> [!note] A\n>\n> ```\n> code\n> ```\n> mine", "A\n\nmine"),
    ],
)
def test_callouts_are_the_persons_but_quotations_are_not(
    tmp_path: Path, callout: str, text: str
) -> None:
    (document,) = items(tmp_path, {"a.md": f"{PROSE}\n\n{callout}\n\nThe end."})
    expected = f"{PROSE}\n\n{text}\n\nThe end." if text else f"{PROSE}\n\nThe end."
    assert document.text == expected


@pytest.mark.parametrize(
    ("front", "me", "kept"),
    [
        ("author: Mara", ("Mara",), True),
        ('author: "[[Mara]]"', ("Mara",), True),
        ("author:\n  - '[[Jo]]'\n  - '[[Mara]]'", ("Mara",), True),
        ('author: "[[Jo]]"', ("Mara",), False),
        ("author:\n  - '[[Jo]]'", ("Mara",), False),
        ("author:\n  - '[[Jo]]'", (), True),
        ("author: []", ("Mara",), True),
        ("author: {a: b}", ("Mara",), True),
        ("tags: [clippings]\nsource: https://x.example", (), False),
        ("tags: '#clippings'", (), False),
        ("excalidraw-plugin: parsed", (), False),
        ("tags: [horses]", (), True),
    ],
)
def test_clippings_drawings_and_notes_of_others(
    tmp_path: Path, front: str, me: tuple[str, ...], kept: bool
) -> None:
    found = items(tmp_path, {"a.md": f"---\n{front}\n---\n{PROSE}"}, *me)
    assert bool(taken(found)) == kept
    assert [reason for reason, _ in passed_over(found)] == ([] if kept else ["others"])


def test_the_author_is_named_without_brackets(tmp_path: Path) -> None:
    (document,) = items(tmp_path, {"a.md": f'---\nauthor: "[[Mara]]"\n---\n{PROSE}'}, "mara")
    assert document.author == "Mara"


def test_front_matter_that_templater_fills_in_is_said(tmp_path: Path) -> None:
    note, document = items(tmp_path, {"a.md": f"---\ncreated: {{{{date}}}}\n---\n{PROSE}"})
    assert isinstance(note, Note)
    assert document.text == PROSE


def test_bad_files_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    files = {
        "a.md": b"\x00\x01",
        "b.md": "",
        "c.md": "hi",
        "d.md": "caf\xe9 and some more words".encode("cp1252"),
    }
    found = items(tmp_path, {**files, "e.md": PROSE})
    assert [document.title for document in taken(found)] == ["d", "e"]
    assert [reason for reason, _ in passed_over(found)] == ["binary", "empty", "short"]


def test_several_vaults_in_one_folder(tmp_path: Path) -> None:
    for name in ("One", "Two"):
        vault(tmp_path / "all" / name, {"a.md": f"{PROSE} {name}", "Templates/t.md": PROSE})
    found = read(Obsidian(), tmp_path / "all")
    assert len(taken(found)) == 2
    assert [reason for reason, _ in passed_over(found)] == ["others", "others"]


def test_a_vault_beside_other_files_is_not_the_whole(tmp_path: Path) -> None:
    vault(tmp_path / "all" / "vault", {"a.md": PROSE})
    assert Obsidian().sniff(Source(tmp_path / "all"))
    write(tmp_path / "all" / "letter.txt", PROSE)
    assert not Obsidian().sniff(Source(tmp_path / "all"))


def test_a_folder_of_notes_and_a_single_note_are_no_vault(tmp_path: Path) -> None:
    write(tmp_path / "notes" / "a.md", PROSE)
    assert not Obsidian().sniff(Source(tmp_path / "notes"))
    assert not Obsidian().sniff(Source(tmp_path / "notes" / "a.md"))
    assert not Obsidian().sniff(Source(zipped(tmp_path / "e.zip", {})))


@pytest.mark.parametrize(
    "markdown",
    [
        "%%" * 100_001,
        "<%" * 200_000,
        "[[" * 200_000,
        "![[" * 100_000,
        "![" * 100_000,
        "==a" * 100_000,
        " " * 500_000 + "^",
        "(a:: " * 100_000,
        "`= " * 100_000,
        "> " * 5_000 + "[!note] x",
        "\n".join("> " * depth + "[!note] x" for depth in range(1, 500)),
        "a" * 500_000 + "::",
    ],
)
def test_traps_take_no_time(markdown: str) -> None:
    began = time.process_time()
    plain(markdown)
    assert time.process_time() - began < 5


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["---\n", "> ", "[!note] ", "[!quote]\n", "```\n", "%%", "[[", "|", "]]", "![[", "==",
             "^a", "\n", "a:: b", "author: [", "tags: x\n", "\x00", "\ufeff", "word "]
        )
        | st.text(max_size=6),
        max_size=30,
    )
)  # fmt: skip
def test_nothing_of_any_shape_brings_it_down(tmp_path: Path, parts: list[str]) -> None:
    path = vault(tmp_path / "vault", {"a.md": "".join(parts).encode("utf-8", "replace")})
    for item in Obsidian().read(Source(path), Identity.of(["Mara"])):
        assert not isinstance(item, Skipped) or item.where.endswith("a.md")
