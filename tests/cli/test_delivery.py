"""Where a text goes: streamed, whole, as JSON, into a file, beside the cloud's own."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.cli.delivery import Delivery
from costeer_cli.errors import UsageError
from costeer_cli.render.text import harmless
from costeer_cli.settings import Places
from costeer_cli.store.database import open_default
from costeer_cli.writing.desk import Writing
from tests.cli.conftest import Costeer, Ran, Terminal
from tests.cli.drafts import ASK, own, sent, written

# Design, section 5. Keys only grow: one that goes missing here breaks somebody's program.
KEYS = {
    "": "id text profile provider cloud_model local_model strength temperature seed mode scoring "
    "finish_reason tokens context usage privacy",
    "tokens": "text source cloud_logprob delta steered_logprob rank certified",
    "context": "tokens sources",
    "usage": "requests tokens drafted_tokens accepted_tokens wasted_tokens cloud_prompt_tokens "
    "cloud_cached_tokens cloud_completion_tokens local_passes cost seconds local_seconds "
    "cloud_seconds",
    "privacy": "requests_logged outbound_bytes protected_replaced blocked steered_tokens "
    "certified_tokens epsilon delta bits realised",
}


def assert_documented(made: dict[str, Any]) -> None:
    assert set(made) - {"compare"} == set(KEYS[""].split())
    for name in ("context", "usage", "privacy"):
        assert set(made[name]) == set(KEYS[name].split())
    for token in made["tokens"]:
        assert set(token) == set(KEYS["tokens"].split())
        assert token["source"] in {"cloud", "steered", "guard", "local"}


@pytest.fixture
def real(costeer: Costeer, loaded: None) -> Costeer:
    """`costeer write` with the default model, in Jon's voice, and few tokens."""
    own("jon")

    def run(*args: str) -> Ran:
        return costeer("write", "--strength", "1", "--max-tokens", "6", *args, ASK)

    return run


@pytest.mark.model
def test_one_text_however_it_is_delivered(real: Costeer, tmp_path: Path) -> None:
    file = tmp_path / "text.md"
    streamed, at_once = real(), real("--no-stream")
    made, into_file = real("--json"), real("--output", str(file))
    text = made.json["text"]
    assert len(text.split()) > 3
    assert streamed.text == at_once.text == file.read_text("utf-8") == f"{text}\n"
    assert into_file.out == b""
    assert_documented(made.json)
    assert "".join(token["text"] for token in made.json["tokens"]).strip() == text
    for ran in (streamed, at_once, made, into_file):
        assert (ran.code, "\x1b" in ran.err) == (0, False)
        assert "plays the cloud" in ran.err
        assert "Sent to embedded" in ran.err
        assert text not in ran.err
    kept = written()
    assert [draft["text"].decode().strip() for draft in kept] == [text] * 4
    assert kept[2]["id"][:14] in at_once.err


@pytest.mark.model
def test_the_document_says_what_the_store_has(real: Costeer) -> None:
    made = real("--json").json
    (draft,) = written()
    assert made["id"] == draft["id"]
    assert (made["profile"], made["mode"], made["provider"]) == ("jon", "steered", "embedded")
    assert made["finish_reason"] == "length"
    usage, privacy, tokens = made["usage"], made["privacy"], made["tokens"]
    bodies = sent()
    assert usage["tokens"] == len(tokens) == 6
    assert usage["requests"] == privacy["requests_logged"] == len(bodies)
    assert privacy["outbound_bytes"] == sum(map(len, bodies))
    steered = sum(token["source"] == "steered" for token in tokens)
    assert privacy["steered_tokens"] == steered > 0
    assert privacy["certified_tokens"] == sum(token["certified"] for token in tokens)
    # Every steered token cuts a draft, so requests = disagreements + 1; the last needs none.
    assert usage["requests"] == steered + (tokens[-1]["source"] == "cloud")
    assert all(token["rank"] > 0 for token in tokens if token["source"] == "steered")
    assert all(token["steered_logprob"] <= 0 for token in tokens)


@pytest.mark.model
def test_strength_0_is_the_clouds_own_text(real: Costeer) -> None:
    compared = real("--json", "--compare").json
    assert_documented(compared)
    assert_documented(compared["compare"])
    plain = compared["compare"]
    assert (compared["mode"], plain["mode"], plain["strength"]) == ("steered", "plain", 0.0)
    assert plain["context"] == {"tokens": 0, "sources": []}
    assert plain["privacy"]["steered_tokens"] == 0
    assert plain["usage"]["requests"] == 1
    assert plain["text"] != compared["text"]
    none = real("--json", "--strength", "0").json
    assert none["text"] == plain["text"]
    assert none["privacy"]["epsilon"] == 0.0
    assert [t["text"] for t in none["tokens"]] == [t["text"] for t in plain["tokens"]]


def test_noise_comes_out_harmless_and_whole(small: Costeer) -> None:
    own("jon")
    texts = []
    for seed in range(3):
        args = ("--max-tokens", "30", "--temperature", "1.5", "--seed", str(seed), ASK)
        made, streamed = small("--json", *args).json, small(*args)
        texts.append(made["text"])
        assert "".join(token["text"] for token in made["tokens"]).strip() == made["text"]
        assert streamed.text.split() == harmless(made["text"]).split()
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", streamed.out)
    assert any(text != harmless(text) for text in texts)  # the random model writes such things


def test_json_is_one_document_and_nothing_else(small: Costeer) -> None:
    own("jon")
    ran = small("--json", "--compare", ASK)
    assert ran.out.startswith(b"{")
    assert ran.out.endswith(b"}\n")
    assert ran.json["compare"]["id"] != ran.json["id"]
    assert small("--json", "--stream", ASK).json["text"] == ran.json["text"]


def test_compare_shows_both_at_once(small: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    own("jon")
    made = small("--json", "--compare", ASK).json
    monkeypatch.setenv("COLUMNS", "40")
    ran = small("--compare", ASK)
    assert ran.code == 0
    one, other = ran.text.split("\n\nWith your context\n-----------------\n")
    assert one == f"The cloud alone\n---------------\n{harmless(made['compare']['text'])}"
    assert other == f"{harmless(made['text'])}\n"
    monkeypatch.setenv("COLUMNS", "100")
    first = small("--compare", ASK).text.splitlines()[0].split("  ")
    assert (first[0], first[-1].strip()) == ("The cloud alone", "With your context")
    assert [draft["mode"] for draft in written()][:2] == ["steered", "plain"]


def test_compare_into_a_file_is_the_steered_text(small: Costeer, tmp_path: Path) -> None:
    own("jon")
    file = tmp_path / "text.md"
    ran = small("--compare", "-o", str(file), ASK)
    assert (ran.code, ran.out) == (0, b"")
    assert (
        file.read_bytes().strip()
        == written()[0]["text"].decode("utf-8", "replace").strip().encode()
    )


def test_an_empty_text_is_no_line(small: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    own("jon")
    monkeypatch.setattr(Writing, "choices", [])
    ran = small("--no-stream", ASK)
    assert (ran.code, ran.out) == (0, b"")


# Into a file


def test_a_file_is_private_and_replaced_whole(small: Costeer, tmp_path: Path) -> None:
    own("jon")
    file = tmp_path / "my [text] ü.md"
    file.write_text("old\n" * 9999)
    file.chmod(0o644)
    ran = small("-o", str(file), ASK)
    assert (ran.code, ran.out) == (0, b"")
    assert f"Written to {file}." in ran.err
    assert b"old" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*text*")] == [file.name]


def test_a_file_beside_one(small: Costeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert small("-o", "text.md", ASK).code == 0
    assert (tmp_path / "text.md").is_file()


def test_a_link_is_followed(small: Costeer, tmp_path: Path) -> None:
    file, link = tmp_path / "real.md", tmp_path / "link.md"
    file.write_text("old")
    link.symlink_to(file)
    assert small("-o", str(link), ASK).code == 0
    assert link.is_symlink()
    assert file.read_text("utf-8", "replace") != "old"


@pytest.mark.parametrize(
    "output", ["missing/text.md", ".", "folder", "file/text.md", "loop", "fifo", "x" * 300, ""]
)
@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--json"]])
def test_what_cannot_be_a_file_is_refused_before_anything(
    costeer: Costeer,
    no_model: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    output: str,
    more: list[str],
    home: Places,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").touch()
    Path("loop").symlink_to("loop")
    os.mkfifo("fifo")
    ran = costeer("write", "-o", output, *more, ASK)
    assert (ran.code, ran.out) == (2, b"")
    assert "Cannot write" in ran.err
    assert not home.data.exists()


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no /dev/null here")
def test_a_device_is_never_replaced() -> None:
    with pytest.raises(UsageError, match="is no file"):
        Delivery(json=False, output=Path("/dev/null"), stream=True)


def test_a_file_that_cannot_be_written_in_the_end_loses_nothing(
    small: Costeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "text.md"
    file.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    ran = small("-o", str(file), ASK)
    assert (ran.code, ran.out) == (1, b"")
    assert "No space left" in ran.err
    assert file.read_text() == "old"
    assert written()[0]["state"] == "done"


# On a terminal


def test_on_a_terminal_steered_words_stand_out(
    small: Costeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    own("jon")
    args = ("--strength", "2", ASK)
    piped = small(*args).text
    for colours in (False, True):
        if colours:
            monkeypatch.delenv("NO_COLOR")
        shown = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Terminal(shown, encoding="utf-8", newline=""))
            assert small(*args).code == 0
            text = shown.getvalue().decode("utf-8")
        codes = set(re.findall(r"\x1b\[[\d;]*m", text))
        assert codes == ({"\x1b[1;36m", "\x1b[0m"} if colours else {"\x1b[1;4m", "\x1b[0m"})
        assert re.sub(r"\x1b\[[\d;]*m", "", text) == piped


# Ctrl-C


@pytest.fixture
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Presses Ctrl-C when so many events of a text have been shown."""
    follow = Writing.__iter__

    def press(after: int) -> None:
        def interrupted(self: Writing) -> Iterator[Any]:
            events = follow(self)
            for _ in range(after):
                if (event := next(events, None)) is None:
                    return
                yield event
            events.throw(KeyboardInterrupt())  # type: ignore[attr-defined]

        monkeypatch.setattr(Writing, "__iter__", interrupted)

    return press


@pytest.mark.parametrize("how", ["", "--json", "--no-stream", "--compare", "-o=text.md"])
def test_ctrl_c_keeps_what_there_is(
    small: Costeer,
    ctrl_c: Callable[[int], None],
    how: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    own("jon")
    ctrl_c(4)
    ran = small(*how.replace("=", " ").split(), ASK)
    assert ran.code == 130
    draft = written()[0]
    assert draft["state"] == "interrupted"
    assert f"costeer draft resume {draft['id'][:14]}" in ran.err
    with open_default() as store:
        count = len(store.drafts.choices(draft["id"]))
    assert count > 0
    assert f"Stopped after {count} tokens; they are kept." in ran.err
    text = harmless(draft["text"].decode("utf-8", "replace")).strip()
    assert ran.text == (f"{text}\n" if not how else "")
    assert not Path("text.md").exists()


def test_the_hint_of_ctrl_c_leads_to_the_text(
    small: Costeer, costeer: Costeer, ctrl_c: Callable[[int], None]
) -> None:
    own("jon")
    ctrl_c(5)
    ran = small(ASK)
    words = ran.err.splitlines()[-1].partition("costeer ")[2].split()
    ctrl_c(10**6)
    ended = costeer(*words)
    assert ended.code == 0
    assert ended.text.startswith(ran.text.removesuffix("\n"))
    assert ended.text == small(ASK).text
    assert costeer(*words).code == 2  # there is nothing left to finish


def test_ctrl_c_at_once_is_a_draft_too(small: Costeer, ctrl_c: Callable[[int], None]) -> None:
    own("jon")
    ctrl_c(1)
    ran = small(ASK)
    assert (ran.code, ran.out) == (130, b"")
    assert "Stopped after 0 tokens" in ran.err
    assert written()[0]["state"] == "interrupted"
