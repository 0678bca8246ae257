"""HTML as a reader sees it, and HTML that was made to do harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.html_text import html_text

TAGS = [
    *("div", "p", "b", "a", "table", "tr", "td", "ul", "ol", "li", "blockquote", "pre", "font"),
    *("script", "style", "head", "body", "html", "svg", "math", "select", "template", "h1", "br"),
]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("<div>one<br></div><div>two</div>", "one\ntwo"),
        ("one<br>two<br><br>three<br><br><br><br>four", "one\ntwo\n\nthree\n\nfour"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("a <b>b</b>old\n  and&nbsp;<i>it</i>", "a bold and it"),
        ("fish &amp; chips &lt;3 &#8364;", "fish & chips <3 €"),
        ('see <a href="https://example.org/x">this page</a>.', "see this page."),
        ("<table><tr><td>1</td><td>one</td></tr><tr><td>2</td><td>two</table>", "1 one\n2 two"),
        ("x<pre>a\n   b\nc</pre>y", "x\n\na\nb\nc\n\ny"),
        ("just text", "just text"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        ("", ""),
        (" \n ", ""),
        ("<!-- nothing -->", ""),
    ],
)
def test_blocks_lines_and_entities(html: str, text: str) -> None:
    assert html_text(html) == text


def test_lists_are_lines_with_a_dash_and_empty_items_go() -> None:
    html = "To do:<ul><li>one</li><li></li><li><p>two</p><ol><li>three</ol></li></ul>done"
    assert html_text(html) == "To do:\n\n- one\n- two\n\n- three\n\ndone"


@pytest.mark.parametrize(
    "html",
    [
        "<script>x = '<p>secret</p>'</script>",
        "<style>secret {}</style>",
        "<head><title>secret</title></head>",
        "<noscript>secret</noscript>",
        "<template><p>secret</p></template>",
        "<select><option>secret</select>",
        "<textarea>secret</textarea>",
        "<svg><text>secret</text></svg>",
        "<p hidden>secret</p>",
        '<div style="color: red; Display :NONE !important"><p>secret</p></div>',
        "<!-- secret -->",
        "<?php secret ?>",
        '<img alt="secret" src="cid:1">',
        "<iframe>secret</iframe>",
    ],
)
def test_what_no_reader_sees_is_gone_and_the_rest_stays(html: str) -> None:
    assert html_text(f"<p>before</p>{html}<p>after</p>") == "before\n\nafter"


def test_emoji_that_are_pictures_stay() -> None:
    assert html_text('hello <img class="emoji" alt="🙂" src="x">') == "hello 🙂"


@pytest.mark.parametrize(
    "html",
    [
        '<meta charset="iso-8859-1"><p>café €</p>',
        '<?xml version="1.0" encoding="utf-16"?><p>café €</p>',
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-7">'
        "<body><p>café €</p>",
    ],
)
def test_what_it_says_of_its_encoding_does_not_matter(html: str) -> None:
    assert html_text(html) == "café €"


def test_control_characters_nul_and_lone_surrogates_do_no_harm() -> None:
    assert html_text("<p>a\x00b\x01\x02\x03c \ud83d d</p>") == "abc ? d"


def test_elements_can_be_left_out_and_the_text_after_them_stays() -> None:
    html = "<p>mine</p><blockquote>theirs<p>more</blockquote> and mine <pre>code</pre> again"
    assert html_text(html, ["//blockquote", "//pre"]) == "mine\n\nand mine again"


def test_what_follows_a_mark_can_be_left_out_with_its_bare_text() -> None:
    html = '<div>mine<p>too</p><div id="cut"></div>From: them<br>theirs<p>theirs</p>theirs</div>'
    path = '//div[@id="cut"]/following-sibling::node()'
    assert html_text(html, [path]) == "mine\n\ntoo"


def test_leaving_out_everything_leaves_nothing() -> None:
    assert html_text("<p>one</p>two", ["//*"]) == ""
    assert html_text("<p>one</p>two", ["/html"]) == "one\n\ntwo"  # nothing is around it


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 300 + "deep",
        "<div>" * 1_500 + "deep",
        "<div>" * 300_000 + "deep",
        "<font>x " * 5_000 + "deep",
        "<blockquote><script>x()</script>" * 5_000 + "deep",
    ],
)
def test_depth_loses_no_text(html: str) -> None:
    text = html_text(f"<p>first</p>{html}")
    assert text.startswith("first")
    assert text.endswith("deep")
    assert "x()" not in text


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<b id={n}><p>x" for n in range(20_000)),
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x",
        "<ul><li>x" * 20_000,
        "<b " * 50_000,
        "<b '" * 50_000,
        "<" * 500_000,
        "<!--" * 50_000,
        "&#" * 100_000,
        "<table>x<b>" * 20_000,
        "<script>" * 50_000,
        " " * 1_000_000 + "x",
        "<i> </i>" * 50_000 + "x",
        "<li></li>" * 50_000,
        "x" * 5_000_000,
    ],
)
def test_traps_take_neither_time_nor_room(html: str) -> None:
    began = time.process_time()
    text = html_text(html)
    assert time.process_time() - began < 10
    assert len(text) <= len(html)


@given(
    st.lists(
        st.one_of(
            st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
            st.sampled_from(
                ["<!--", "-->", "<![CDATA[", "]]>", "&", "&#x", ";", "<", ">", '"', "'"]
            ),
            st.text(max_size=8),
        ),
        max_size=60,
    )
)
def test_any_soup_gives_tidy_text(parts: list[str]) -> None:
    text = html_text("".join(parts), ["//blockquote"])
    assert text == text.strip()
    assert not any(sign in text for sign in "\x00\x01\x02\x03\r")
    assert "\n\n\n" not in text or "<" in "".join(parts)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1))
def test_words_survive_in_whatever_block(words: str) -> None:
    expected = html_text(words)
    for tag in ("p", "div", "td", "blockquote", "h1", "b", "pre"):
        assert html_text(f"<{tag}>{words}</{tag}>") == expected
