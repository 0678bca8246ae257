"""What a person sees: the text as it comes, its receipt, two texts side by side."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from costeer_cli.privacy.vault.placeholders import Restorer, restore
from costeer_cli.render.terminal import (
    Stream,
    progress_line,
    receipt_lines,
    short_id,
    side_by_side,
)
from costeer_cli.render.text import harmless
from costeer_cli.steering.choice import Choice
from costeer_cli.store.drafts import new_draft_id
from costeer_cli.writing.events import Chosen, Finished, Requested
from costeer_cli.writing.receipt import Privacy, Receipt, Usage
from tests.render.pieces import chosen, split

relaxed = settings(deadline=None)  # a busy machine is no finding

COLOUR = re.compile(r"\x1b\[[\d;]*(?:3[0-8]|9[0-7]|4[0-8])[\d;]*m")
STYLE = re.compile(r"\x1b\[[\d;]*m")
TEXTS = st.text() | st.text("ab \t\r\n\x1b\x07\x9b🐴馬", max_size=30)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def streamed(choices: list[Choice], out: io.StringIO | None = None, **how: bool) -> str:
    out = io.StringIO() if out is None else out
    stream = Stream(out, **how)
    for choice in choices:
        stream.add(choice)
    stream.close()
    return out.getvalue()


def mixed(*tokens: str) -> list[Choice]:
    """Tokens by turns of the cloud and of the personal context."""
    sources = ("cloud", "steered")
    return [chosen(token.encode(), sources[i % 2]) for i, token in enumerate(tokens)]


@relaxed
@given(TEXTS, st.data(), st.booleans())
def test_however_it_is_split_the_text_comes_out_whole(
    text: str, data: st.DataObject, mark: bool
) -> None:
    tokens = data.draw(split(text.encode()))
    sources = data.draw(st.lists(st.sampled_from(["cloud", "steered", "guard", "local"])))
    choices = [
        chosen(token, sources[i] if i < len(sources) else "cloud") for i, token in enumerate(tokens)
    ]
    body = harmless(text).strip()
    shown = streamed(choices, mark=mark)
    assert (STYLE.sub("", shown) if mark else shown) == (f"{body}\n" if body else "")


def test_steered_words_stand_out_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    choices = mixed("Dear", " Mara", ",", " snow")
    assert streamed(choices) == "Dear Mara, snow\n"
    shown = streamed(choices, Terminal())
    assert STYLE.sub("", shown) == "Dear Mara, snow\n"
    assert re.findall(r"\x1b\[[\d;]+m(?<!\[0m)([^\x1b]*)\x1b\[0m", shown) == ["Mara", "snow"]
    assert COLOUR.search(shown)
    assert streamed(choices, Terminal(), mark=False) == "Dear Mara, snow\n"


@pytest.mark.parametrize(("source", "stands_out"), [("guard", True), ("local", False)])
def test_the_guards_words_stand_out_and_those_of_nobody_do_not(
    source: str, stands_out: bool
) -> None:
    assert ("\x1b" in streamed([chosen(b"word", source)], mark=True)) == stands_out


def test_without_colour_it_still_stands_out() -> None:
    shown = streamed(mixed("Dear", " Mara"), Terminal())  # NO_COLOR is set for every test
    assert not COLOUR.search(shown)
    assert STYLE.sub("", shown) == "Dear Mara\n"
    assert "\x1b[1;4mMara\x1b[0m" in shown


def test_blank_space_is_never_underlined() -> None:
    shown = streamed(mixed("\n\n", " a", " ", "\n b \n"), mark=True)
    assert shown == "\x1b[1;4ma\x1b[0m \n \x1b[1;4mb\x1b[0m\n"


def test_a_character_split_over_tokens_comes_once_and_whole() -> None:
    horse = "🐴".encode()
    shown = streamed([chosen(horse[:2], "steered"), chosen(horse[2:], "cloud")], mark=True)
    assert shown == "🐴\n"
    assert streamed([chosen(b"a "), chosen(horse[:3])]) == "a \ufffd\n"


def test_a_model_cannot_drive_the_terminal() -> None:
    shown = streamed(mixed("a\x1b]0;owned\x07", "\x9b2J", "\x1b[31mred"), mark=True)
    left = re.sub(r"\x1b\[(?:1;4|0)m", "", shown)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", left)


def test_words_are_shown_as_they_come() -> None:
    out = io.StringIO()
    stream = Stream(out)
    stream.show(Requested(1, 0))
    seen = []
    for i, text in enumerate((b" \n", b" one", b" ", b"two", b"  ")):
        stream.show(Chosen(i, chosen(text), text))
        seen.append(out.getvalue())
    stream.show(Finished(RECEIPT))
    assert seen == ["", "one", "one", "one two", "one two"]
    stream.close()
    assert out.getvalue() == "one two\n"


def test_ctrl_c_right_after_a_word_still_ends_the_line() -> None:
    class Interrupted(io.StringIO):
        def write(self, text: str) -> int:
            super().write(text)
            if text != "\n":
                raise KeyboardInterrupt
            return 1

    out = Interrupted()
    stream = Stream(out)
    with pytest.raises(KeyboardInterrupt):
        stream.add(chosen(b" word "))
    stream.close()
    assert out.getvalue() == "word\n"


def test_nothing_but_blank_space_is_nothing() -> None:
    assert streamed([]) == ""
    assert streamed([chosen(b" \n"), chosen(b"\t")]) == ""


RECEIPT = Receipt(
    "stop",
    Usage(
        requests=6,
        tokens=40,
        drafted_tokens=52,
        accepted_tokens=35,
        wasted_tokens=17,
        cloud_prompt_tokens=300,
        cloud_cached_tokens=120,
        cloud_completion_tokens=52,
        local_passes=9,
        cost=None,
        seconds=2.5,
        local_seconds=1.0,
        cloud_seconds=1.5,
    ),
    Privacy(
        requests_logged=6,
        outbound_bytes=1840,
        protected_replaced=0,
        blocked=0,
        steered_tokens=5,
        certified_tokens=35,
        epsilon=None,
    ),
)


def test_the_receipt_says_what_was_steered_what_left_and_where_it_is_kept() -> None:
    draft = new_draft_id()
    lines = receipt_lines(RECEIPT, "embedded", draft)
    assert all("\n" not in line for line in lines)
    said = " ".join(lines)
    for fact in ("40 tokens", "5 chosen", "6 requests", "2.5 s", "16 tokens/s"):
        assert fact in said
    assert "Sent to embedded: 1,840 bytes" in said
    assert f"draft {short_id(draft)}" in said
    assert "--max-tokens" not in said


def test_the_receipt_says_when_a_text_was_cut_short() -> None:
    said = receipt_lines(replace(RECEIPT, finish_reason="length"), "embedded", "0" * 26)
    assert "stopped at --max-tokens" in said[-1]


def test_the_receipt_of_an_offline_text_says_that_nothing_was_sent() -> None:
    usage = replace(RECEIPT.usage, requests=0, seconds=0.0)
    privacy = replace(RECEIPT.privacy, requests_logged=0, outbound_bytes=0, steered_tokens=0)
    said = " ".join(receipt_lines(Receipt("stop", usage, privacy), "none", "0" * 26))
    assert "Nothing was sent" in said
    assert "Sent to" not in said
    assert "0 tokens/s" in said


def test_a_short_id_still_tells_drafts_apart() -> None:
    ids = [new_draft_id() for _ in range(200)]
    assert all(one.startswith(short_id(one)) for one in ids)
    assert len({short_id(one) for one in ids}) > 190


PLAIN = "Dear friend,\n\nI am sorry that dinner has to wait. 馬が走る 🐴🐴 until the snow is gone."
OURS = "Gunnel,\nNo dinner tonight. [bold]Ánte[/bold] rang at four :smile: and I am on the road."


@pytest.mark.parametrize("width", [40, 60, 120])
def test_side_by_side_keeps_to_the_width_and_loses_nothing(width: int) -> None:
    shown = side_by_side(("The cloud alone", "With your context"), (PLAIN, OURS), width)
    assert "\x1b" not in shown
    lines = shown.splitlines()
    in_columns = "The cloud alone" in lines[0] and "With your context" in lines[0]
    assert in_columns == (width >= 60)
    if in_columns:
        assert max(map(cell_len, lines)) <= width
        assert all(line == line.rstrip() for line in lines)
    for text in (PLAIN, OURS):
        assert all(word in shown for word in re.findall(r"[\w\[\]/:]+", text))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_columns_stay_under_their_titles(width: int) -> None:
    lines = side_by_side(("One", "Two"), ("馬" * 60, "b" * 90), width).splitlines()
    start = lines[0].index("Two")
    for line in lines[1:]:
        left = line.split("b")[0]
        assert cell_len(left.rstrip()) < start
        assert "b" not in line or cell_len(left) == start


def test_one_below_the_other_shows_texts_as_they_are() -> None:
    shown = side_by_side(("One", "Two"), (PLAIN, OURS), 59)
    assert shown == f"One\n---\n{PLAIN}\n\nTwo\n---\n{OURS}"


@relaxed
@given(TEXTS.map(harmless), st.sampled_from([40, 60, 75, 120]), st.booleans())
def test_no_character_of_a_text_is_lost(text: str, width: int, first: bool) -> None:
    shown = side_by_side(("A", "B"), (text, "") if first else ("", text), width)
    rules = 2 if width < 60 else 0
    assert sorted("".join(shown.split())) == sorted("AB" + "-" * rules + "".join(text.split()))


def test_the_receipt_says_what_it_cost_where_prices_are_known() -> None:
    paid = replace(RECEIPT, usage=replace(RECEIPT.usage, cost=0.01234))
    (line,) = (line for line in receipt_lines(paid, "cloud", "01abc") if "$" in line)
    assert line == (
        "About $0.0123: 300 tokens read, 120 of them cached, 52 written, 17 of those not used."
    )
    unknown = replace(paid.usage, cloud_prompt_tokens=None, cloud_cached_tokens=None)
    told = receipt_lines(replace(paid, usage=unknown), "cloud", "01abc")
    assert any("an unknown number of tokens read, 52 written" in line for line in told)
    assert not any("$" in line for line in receipt_lines(RECEIPT, "cloud", "01abc"))


def test_how_far_a_text_is() -> None:
    assert progress_line(Requested(3, 40, 2.0)) == "40 tokens, 20 tokens/s, request 3"
    assert progress_line(Requested(1, 0)) == "0 tokens, 0 tokens/s, request 1"
    assert progress_line(Requested(3, 40, 2.0, 0.5)).endswith("request 3, $0.5000")


def told(privacy: Privacy) -> str:
    return " ".join(receipt_lines(replace(RECEIPT, privacy=privacy), "embedded", "0" * 26))


def test_the_receipt_says_what_the_text_tells_of_the_context() -> None:
    greedy = replace(RECEIPT.privacy, steered_tokens=3, epsilon=None, bits=40.2, realised=1.4)
    assert "tells 40 bits at most, 2.0 in fact" in told(greedy)
    unsure = replace(greedy, realised=-5.0)
    assert "tells 40 bits at most, 0.0 in fact" in told(unsure)
    sampled = replace(greedy, epsilon=7.96, delta=1e-5, bits=None)
    assert "tells epsilon 8.0 (delta 1e-05) at most, 1.4 in fact" in told(sampled)
    assert "tells anything at most." in told(replace(greedy, bits=None, realised=None))
    assert "Of your context" not in told(replace(greedy, steered_tokens=0))


def test_the_receipt_says_what_was_held_back() -> None:
    held = replace(RECEIPT.privacy, protected_replaced=2, blocked=1)
    assert "placeholders: 2. Choices the guard refused: 1." in told(held)
    assert "placeholders" not in told(RECEIPT.privacy)


@relaxed
@given(st.lists(st.sampled_from(["[", "NAME", "_", "1", "]", "[NAME_1]", "s", " x "])), st.data())
def test_values_come_back_however_a_placeholder_is_split(
    parts: list[str], data: st.DataObject
) -> None:
    text = "".join(parts)
    known = {"NAME_1": "Zoë"}
    tokens = data.draw(split(text.encode()))
    out = io.StringIO()
    Stream(out, Restorer(known)).show_all([chosen(token) for token in tokens])
    whole = harmless(restore(text, known)).strip()
    assert out.getvalue() == (f"{whole}\n" if whole else "")
