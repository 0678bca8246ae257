"""Raw prompts: what is rendered, what is learned, and what of a text can be sent."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.accounts.account import TEMPLATES
from costeer_cli.cloud.provider import PublicText
from costeer_cli.cloud.template import FORMATS, Template, as_ids, named_template, sendable
from costeer_cli.errors import NotSteerableError, UsageError

ASK = PublicText("Write.", "A note.")


def rendering(template: str) -> Template:
    return Template.learned(
        lambda messages: template.format(system=messages[0]["content"], user=messages[1]["content"])
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_format_keeps_both_texts_in_order(name: str) -> None:
    rendered = named_template(name).render(ASK)
    assert rendered.index("Write.") < rendered.index("A note.") < len(rendered)
    assert rendered.endswith(FORMATS[name].tail)


def test_an_unknown_format_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="alpaca") as raised:
        named_template("alpaca")
    assert "chatml" in (raised.value.hint or "")


def test_a_template_is_learned_from_one_rendering() -> None:
    learned = rendering("<|im_start|>system\n{system}<|im_end|>\nU:{user}<|im_end|>\nA:")
    assert learned.render(ASK) == "<|im_start|>system\nWrite.<|im_end|>\nU:A note.<|im_end|>\nA:"


@pytest.mark.parametrize(
    "template",
    ["", "{system}", "{user}", "{system}{user}{user}", "{system}{system}{user}", "{user}{system}"],
)
def test_a_template_that_loses_or_turns_around_its_words_is_refused(template: str) -> None:
    with pytest.raises(NotSteerableError, match="chat template") as raised:
        rendering(template)
    assert "--template" in (raised.value.hint or "")


@pytest.mark.parametrize(
    "begin", ["<s>", "<bos>", "<|begin_of_text|>", "<\uff5cbegin\u2581of\u2581sentence\uff5c>"]
)
def test_trap_14_no_begin_of_text_is_rendered_since_servers_add_one(begin: str) -> None:
    assert rendering(begin + "[{system}|{user}]") == Template("[", "|", "]")
    assert rendering(begin + begin + "[{system}|{user}]").head == begin + "["
    assert not any(begin in FORMATS[name].render(ASK) for name in FORMATS)


@given(st.text(st.characters(codec="utf-8"), max_size=12), st.booleans(), st.data())
def test_what_is_sent_and_what_is_held_are_the_text(
    text: str, trimmed: bool, data: st.DataObject
) -> None:
    whole = text.encode()
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    sent, held = sendable(cut, trimmed=trimmed)
    assert sent.encode() + held == cut
    if trimmed:
        assert sent == sent.rstrip()
    else:
        assert len(held) < 4
    assert sendable(sent.encode(), trimmed=trimmed) == (sent, b"")


@pytest.mark.parametrize("trimmed", [True, False])
def test_trap_10_blank_space_at_the_end_is_held_back_where_it_would_be_cut_off(
    trimmed: bool,
) -> None:
    expected = ("Dear Ana,", b"\n\n") if trimmed else ("Dear Ana,\n\n", b"")
    assert sendable(b"Dear Ana,\n\n", trimmed=trimmed) == expected


@pytest.mark.parametrize("text", [b"\xff", b"a\x9fb", b"\xf0\x9fa"])
def test_bytes_that_are_no_characters_cannot_be_sent(text: bytes) -> None:
    with pytest.raises(NotSteerableError, match="whole characters"):
        sendable(text)


BIRD = "🐦".encode()


@pytest.mark.parametrize(
    ("accepted", "pieces", "held"),
    [
        ([], [], b""),
        ([(b"a", 1), (b" b", 2)], [1, 2], b""),
        ([(b"a", 1), (b" b", None), (b" c", None), (b" d", 4)], [1, " b c", 4], b""),
        ([(BIRD[:2], 1), (BIRD[2:], 2)], [1, 2], b""),
        ([(b"a", 1), (BIRD[:2], None), (BIRD[2:], None)], [1, "🐦"], b""),
        ([(b"a", 1), (BIRD[:2], None), (BIRD[2:], 3), (b"b", 4)], [1, "🐦", 4], b""),
        ([(b"a", 1), (b" " + BIRD[:2], 2), (BIRD[2:], None)], [1, " 🐦"], b""),
        ([(b"a", 1), (BIRD[:1], 2), (BIRD[1:2], 3), (BIRD[2:], None)], [1, "🐦"], b""),
        ([(b"a", 1), (b" b" + BIRD[:2], None)], [1, " b"], BIRD[:2]),
        ([(b"a", 1), (BIRD[:2], None)], [1], BIRD[:2]),
        ([(b"a", 1), (BIRD[:2], 2)], [1, 2], b""),
    ],
)
def test_trap_11_tokens_with_ids_go_as_they_are_and_the_others_as_whole_characters(
    accepted: list[tuple[bytes, int | None]], pieces: list[int | str], held: bytes
) -> None:
    assert as_ids(accepted) == (pieces, held)


@given(st.text(st.characters(codec="utf-8"), max_size=10), st.data())
def test_ids_and_texts_together_are_the_text(text: str, data: st.DataObject) -> None:
    """However it is cut into tokens, and whichever of them have ids."""
    whole, accepted = text.encode(), []
    while whole:
        size = data.draw(st.integers(1, len(whole)))
        accepted.append((whole[:size], data.draw(st.none() | st.just(len(accepted)))))
        whole = whole[size:]
    pieces, held = as_ids(accepted)
    named = {token_id: token for token, token_id in accepted if token_id is not None}
    parts = [named[p] if isinstance(p, int) else p.encode() for p in pieces]
    assert b"".join(parts) + held == text.encode()
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(pieces))


def test_pieces_that_make_no_character_are_refused() -> None:
    with pytest.raises(NotSteerableError, match="whole characters"):
        as_ids([(BIRD[:2], None), (b"a", 1)])
    with pytest.raises(NotSteerableError, match="whole characters"):
        as_ids([(b"a", 1), (b"\x9f", None)])
