"""Saved pages: what the page is about, and nothing of what stands around it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.html_page import HtmlPage
from tests.importers.making import PROSE, passed_over, read, taken, write, zipped

MORE = "Then it was over, and we went out to see what the water had done to the path."


def page(body: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}</head>'
        f"<body>{body}</body></html>"
    )


def declared(word: str, charset: str) -> str:
    return page(f"<p>{word} {PROSE}").replace("utf-8", charset)


BLOG = page(
    '<header class="site-header"><a href="/">The blog</a><nav><ul><li><a href="/">Home</a></li>'
    '<li><a href="/about">About</a></li></ul></nav></header><div id="content"><article>'
    f'<h1>On rain</h1><div class="entry-content"><p>{PROSE}</p><p>Short <b>line</b>.</p>'
    "<ul><li>hay</li><li>oats</li></ul><blockquote><p>They said so.</p></blockquote>"
    f"<pre><code>x = 1</code></pre><p>{MORE}</p></div></article>"
    '<section id="comments" class="comments"><h3>2 comments</h3><ol class="comment-list">'
    '<li class="comment"><p>Lovely piece, I had a horse like that once.</p></li></ol></section>'
    "</div>"
    '<aside class="sidebar"><h3>Recent posts</h3><ul><li><a href="/1">One</a></li></ul></aside>'
    '<footer class="site-footer"><p>© 2023. <a href="/privacy">Privacy policy</a></p></footer>'
    "<script>track()</script>",
    '<title>On rain – The blog</title><meta name="Author" content="Mara Lind">'
    '<meta property="article:published_time" content="2023-02-18T12:33:11+01:00">',
)


def items(tmp_path: Path, content: str | bytes, *me: str) -> list[Item]:
    return read(HtmlPage(), write(tmp_path / "page.html", content), *me)


@pytest.mark.parametrize("me", [(), ("Mara Lind",)])
def test_a_blog_post(tmp_path: Path, me: tuple[str, ...]) -> None:
    (document,) = items(tmp_path, BLOG, *me)
    assert document.text == f"{PROSE}\n\nShort line.\n\n- hay\n- oats\n\n{MORE}"
    assert (document.title, document.author) == ("On rain", "Mara Lind")
    assert (document.kind, document.source) == ("post", "html")
    assert document.created_at == "2023-02-18T11:33:11+00:00"
    assert document.native_id == str(tmp_path / "page.html")
    assert document.prompt == ""


def test_a_page_by_another_is_others(tmp_path: Path) -> None:
    found = items(tmp_path, BLOG, "Jo Other")
    assert passed_over(found) == [("others", "page.html")]
    assert not taken(found)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<p>{PROSE}</p><p>Yes.</p>", f"{PROSE}\n\nYes."),
        (f"{PROSE}<br>Yes.", f"{PROSE}\nYes."),
        (f"<table><tr><td><font size=2>{PROSE}</font></td></tr></table>", PROSE),
        (f"<center><p>{PROSE}</center>", PROSE),
        (f"<main><p>{PROSE}</p></main><footer>All rights reserved</footer>", PROSE),
        (f"<nav><a href=x>Home</a></nav><p>{PROSE}</p>", PROSE),
        (f"<p>{PROSE} <a href='https://x.example'>a link</a></p>", f"{PROSE} a link"),
    ],
)
def test_pages_of_every_age(tmp_path: Path, body: str, text: str) -> None:
    (document,) = items(tmp_path, page(body))
    assert document.text == text


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Rain | Blog</title>", "", "Rain"),
        ("<title>Rain</title><meta property='og:title' content='Great rain'>", "", "Great rain"),
        ("", "<h1>Rain</h1>", "Rain"),
        ("<title>Blog</title>", "<h1>Rain</h1>", "Rain"),
        ("<title> | </title>", "", "my page"),
        ("", "", "my page"),
    ],
)
def test_titles(tmp_path: Path, head: str, body: str, title: str) -> None:
    path = write(tmp_path / "2024-05-01-my-page.html", page(f"{body}<p>{PROSE}</p>", head))
    (document,) = read(HtmlPage(), path)
    assert (document.title, document.text) == (title, PROSE)
    assert document.created_at == "2024-05-01T00:00:00+00:00"


def test_a_date_in_the_page(tmp_path: Path) -> None:
    content = page(f'<time datetime="2023-02-18">then</time><p>{PROSE}</p>')
    assert taken(items(tmp_path, content))[0].created_at == "2023-02-18T00:00:00+00:00"
    odd = page(f'<time datetime="then">then</time><p>{PROSE}</p>')
    modified = Source(tmp_path / "page.html").entries[0].modified
    assert taken(items(tmp_path, odd))[0].created_at[:10] == modified[:10]


@pytest.mark.parametrize(
    ("raw", "text", "noted"),
    [
        (page(f"<p>é€ {PROSE}").encode(), f"é€ {PROSE}", False),
        (b"\xef\xbb\xbf" + page(f"<p>é {PROSE}").encode(), f"é {PROSE}", False),
        (page(f"<p>é€ {PROSE}").encode("cp1252"), f"é€ {PROSE}", True),
        (declared("да", "windows-1251").encode("cp1251"), f"да {PROSE}", False),
        (declared("雨", "Shift_JIS").encode("shift_jis"), f"雨 {PROSE}", False),
        (page(f"<p>雨 {PROSE}").encode("utf-16"), f"雨 {PROSE}", False),
        (declared("é", "unicode_escape").encode("cp1252"), f"é {PROSE}", True),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Path, raw: bytes, text: str, noted: bool) -> None:
    found = items(tmp_path, raw)
    assert [one.text for one in taken(found)] == [text]
    assert any(isinstance(item, Note) for item in found) == noted


@pytest.mark.parametrize(
    "content",
    [
        page('<div class="page_body chat_page"><div class="text">x</div></div>'),
        page('<div class="chatlog__message-group"><div>x</div></div>'),
        page('<div class="outer-cell mdl-cell mdl-cell--12-col">Watched x</div>'),
        "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF='x'>a page</A></DL>",
    ],
)
def test_exports_as_html_are_refused_and_said(tmp_path: Path, content: str) -> None:
    found = items(tmp_path, content)
    assert not taken(found)
    assert passed_over(found) == [("others", "page.html")]
    assert any(isinstance(item, Note) and "HTML" in item.said for item in found)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (page(""), "empty"),
        (page("<p>hi</p>"), "short"),
        (page("<script>" + PROSE + "</script>"), "empty"),
        (b"<p>\x00\x01", "binary"),
    ],
)
def test_what_holds_too_little_is_counted(tmp_path: Path, content: str, reason: str) -> None:
    assert passed_over(items(tmp_path, content)) == [(reason, "page.html")]


@pytest.mark.parametrize(
    ("name", "content", "sure"),
    [
        ("a.html", BLOG, True),
        ("a.HTM", "\ufeff\n <p>x", True),
        ("a.xhtml", "<?xml version='1.0'?><html/>", True),
        ("a.html", "no tag", False),
        ("a.txt", BLOG, False),
        ("a.html", "", False),
    ],
)
def test_what_it_is_sure_of(tmp_path: Path, name: str, content: str, sure: bool) -> None:
    assert HtmlPage().sniff(Source(write(tmp_path / name, content))) == sure


def test_what_a_browser_saved_beside_a_page_is_no_page(tmp_path: Path) -> None:
    files = {"page.html": BLOG, "page_files/frame.html": BLOG, "my_files.html": BLOG}
    source = Source(zipped(tmp_path / "a.zip", files))
    sure = [entry.name for entry in source.entries if HtmlPage().sniff(source.only(entry))]
    assert sure == ["page.html", "my_files.html"]


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 1_900 + PROSE,
        "<div>" * 100_000 + PROSE,
        "".join(f"<b id={n}><p>{PROSE}" for n in range(3_000)),
        "".join(f"<a id={n}><p>{PROSE}" for n in range(3_000)),
        "<ul><li>x" * 5_000 + PROSE,
        f"<table><tr><td>{PROSE}" * 2_000,
        f"<form><p>{PROSE}" * 2_000,
    ],
)
def test_traps_take_no_time(tmp_path: Path, body: str) -> None:
    began = time.process_time()
    assert len(taken(items(tmp_path, page(body)))) <= 1
    assert time.process_time() - began < 10


TAGS = [
    "div",
    "p",
    "b",
    "a",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "article",
    "nav",
    "h1",
    "form",
    "svg",
]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS])
        | st.sampled_from(
            ["<meta name=author content=", "<title>", "<!--", "<time datetime=", "'", ">"]
        )
        | st.binary(max_size=8).map(lambda raw: raw.decode("latin-1")),
        max_size=60,
    )
)
def test_nothing_of_any_shape_brings_it_down(tmp_path: Path, parts: list[str]) -> None:
    path = write(tmp_path / "page.html", page("".join(parts)).encode("latin-1"))
    for item in HtmlPage().read(Source(path), Identity.of(["Mara"])):
        assert not isinstance(item, Skipped) or item.where.endswith("page.html")
