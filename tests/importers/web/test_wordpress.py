"""WordPress's exports: own posts and comments, as readers saw them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import Identity, UnknownPersonError
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.feed import Feed
from costeer_cli.importers.web.wordpress import WordPress, own_text
from tests.importers.making import PROSE, passed_over, read, taken, write

MARA = ("mara", "mara@example.org", "Mara Lind")


def author(login: str, mail: str, shown: str) -> str:
    return (
        f"<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[{login}]]></wp:author_login>"
        f"<wp:author_email>{mail}</wp:author_email>"
        f"<wp:author_display_name><![CDATA[{shown}]]></wp:author_display_name></wp:author>"
    )


def post(
    content: str = f"<!-- wp:paragraph --><p>{PROSE}</p><!-- /wp:paragraph -->",
    number: int = 1,
    by: str = "mara",
    kind: str = "post",
    status: str = "publish",
    more: str = "",
) -> str:
    return (
        f"<item><title>Rain &amp;amp; mud</title><link>https://example.org/?p={number}</link>"
        f"<pubDate>Sat, 18 Feb 2023 12:33:11 +0000</pubDate>"
        f"<dc:creator><![CDATA[{by}]]></dc:creator>"
        f'<guid isPermaLink="false">https://example.org/?p={number}</guid>'
        f"<description></description><content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<excerpt:encoded><![CDATA[an excerpt that is never the text]]></excerpt:encoded>"
        f"<wp:post_id>{number}</wp:post_id><wp:post_date_gmt>2023-02-18 11:33:11</wp:post_date_gmt>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>"
        '<category domain="category" nicename="horses"><![CDATA[Horses & more]]></category>'
        f"{more}</item>"
    )


def comment(
    number: int, name: str, mail: str = "", kind: str = "comment", approved: str = "1"
) -> str:
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id>"
        f"<wp:comment_author><![CDATA[{name}]]></wp:comment_author>"
        f"<wp:comment_author_email>{mail}</wp:comment_author_email>"
        f"<wp:comment_author_IP>203.0.113.5</wp:comment_author_IP>"
        f"<wp:comment_date_gmt>2023-03-01 10:00:00</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{PROSE}]]></wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>"
        "</wp:comment>"
    )


def wxr(*items: str, authors: tuple[str, ...] = (author(*MARA),), version: str = "1.2") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" ?><!-- This is a WordPress eXtended RSS file -->'
        f'<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/{version}/">'
        f"<channel><title>Blog</title>{''.join(authors)}{''.join(items)}</channel></rss>"
    )


def blog(tmp_path: Path, content: str | bytes, *me: str) -> list[Item]:
    return read(WordPress(), write(tmp_path / "blog.xml", content), *me)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
@pytest.mark.parametrize("me", [(), ("mara@example.org",), ("Mara Lind",), ("mara",)])
def test_a_post(tmp_path: Path, version: str, me: tuple[str, ...]) -> None:
    (document,) = blog(tmp_path, wxr(post(), version=version), *me)
    assert document.text == PROSE
    assert (document.title, document.kind, document.source) == ("Rain & mud", "post", "wordpress")
    assert document.native_id == "https://example.org/?p=1"
    assert document.author == "Mara Lind"
    assert document.created_at == "2023-02-18T11:33:11+00:00"
    assert document.tags == ("Horses & more",)


def test_it_is_not_taken_for_a_feed(tmp_path: Path) -> None:
    source = Source(write(tmp_path / "blog.xml", wxr(post())))
    assert WordPress().sniff(source)
    assert not Feed().sniff(source)


def test_other_authors_posts_are_others(tmp_path: Path) -> None:
    people = (author(*MARA), author("jo", "jo@example.org", "Jo"))
    items = blog(tmp_path, wxr(post(), post(number=2, by="jo"), authors=people), "Mara Lind")
    assert [one.native_id[-1] for one in taken(items)] == ["1"]
    assert passed_over(items) == [("others", "blog.xml item 2")]


def test_of_an_unknown_person_several_authors_cannot_be_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnknownPersonError):
        blog(tmp_path, wxr(post(), post(number=2, by="jo")))


@pytest.mark.parametrize(
    ("kind", "status", "kept"),
    [
        ("post", "publish", True),
        ("page", "draft", True),
        ("recipe", "private", True),
        ("post", "trash", False),
        ("post", "auto-draft", False),
        ("attachment", "inherit", False),
        ("revision", "inherit", False),
        ("nav_menu_item", "publish", False),
    ],
)
def test_what_was_not_written_or_was_thrown_away_is_left_out(
    tmp_path: Path, kind: str, status: str, kept: bool
) -> None:
    items = blog(tmp_path, wxr(post(kind=kind, status=status)))
    assert bool(taken(items)) == kept
    assert bool(passed_over(items)) != kept


@pytest.mark.parametrize("me", [(), ("Mara Lind",), ("mara@example.org",)])
def test_only_own_comments_are_taken(tmp_path: Path, me: tuple[str, ...]) -> None:
    said = (
        comment(1, "Reader", "reader@example.org")
        + comment(2, "mara", "Mara@example.org")
        + comment(3, "Mara Lind", "somebody@else.example")  # a name anybody can type
        + comment(4, "mara", "mara@example.org", kind="pingback")
        + comment(5, "mara", "mara@example.org", approved="spam")
    )
    items = blog(tmp_path, wxr(post(more=said)), *me)
    _, own = taken(items)
    assert own.native_id == "https://example.org/?p=1#comment-2"
    assert (own.kind, own.text, own.title) == ("comment", PROSE, "Rain & mud")
    assert own.created_at == "2023-03-01T10:00:00+00:00"
    assert "203.0.113.5" not in repr(own)
    assert [reason for reason, _ in passed_over(items)] == ["others"] * 4


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<!-- wp:paragraph -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:list -->"
         "<ul><li>a</li>\n<li>b</li></ul><!-- /wp:list -->", "One two\n\n- a\n- b"),
        ("One\n\nTwo\nthree <b>four</b>.\r\n\r\nFive", "One\n\nTwo\nthree four.\n\nFive"),
        ("<h2>Head</h2>\nOne\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nTwo",
         "Head\n\nOne\n\n- a\n- b\n\nTwo"),
        ('[caption id="a" width="3"]<img src="x" alt="pic"> The mare[/caption]\n\nOne',
         "The mare\n\nOne"),
        ('One [gallery ids="1,2"] two [embed]x[/embed] three', "One two x three"),
        ("He said [sic] it [1] was", "He said [sic] it [1] was"),
        ("One[code]x = 1[/code] two [quote author=Jo]theirs[/quote] three", "One two three"),
        ("One [quote] that never ends", "One [quote] that never ends"),
        ("One<blockquote>theirs</blockquote>\n\nTwo<pre>code</pre>", "One\n\nTwo"),
        ("One<!--more-->\n\nTwo", "One\n\nTwo"),
        ("<!-- wp:code --><pre class='wp-block-code'><code>x</code></pre><!-- /wp:code -->", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_content_as_readers_saw_it(content: str, text: str) -> None:
    assert own_text(content) == text


@pytest.mark.parametrize(
    "content",
    [
        "[a b=c " * 20_000,
        "[code]" * 20_000 + "[/code]",
        "[a" + " b=c" * 50_000,
        "[quote][/code]" * 20_000,
        "\n \n" * 50_000,
        " " * 500_000 + "\n",
        '[a b="' * 20_000,
    ],
)
def test_traps_in_the_content_take_no_time(content: str) -> None:
    began = time.process_time()
    own_text(content)
    assert time.process_time() - began < 5


def test_control_characters_in_a_post_cut_nothing_off(tmp_path: Path) -> None:
    items = blog(tmp_path, wxr(post(f"One\x03 and {PROSE}"), post(number=2)))
    assert [one.text for one in taken(items)] == [f"One and {PROSE}", PROSE]
    assert passed_over(items) == []


def test_no_date_and_no_guid(tmp_path: Path) -> None:
    content = wxr(post()).replace("2023-02-18 11:33:11", "0000-00-00 00:00:00")
    content = content.replace("Sat, 18 Feb 2023 12:33:11 +0000", "")
    content = content.replace('<guid isPermaLink="false">https://example.org/?p=1</guid>', "")
    (document,) = blog(tmp_path, content)
    assert document.created_at == ""
    assert document.native_id == "https://example.org/?p=1#1"


def test_what_ends_too_soon_gives_what_it_has(tmp_path: Path) -> None:
    items = blog(tmp_path, wxr(post(), post(number=2))[:-100])
    assert len(taken(items)) >= 1
    assert ("broken", "blog.xml") in passed_over(items)


def test_entities_are_refused(tmp_path: Path) -> None:
    content = wxr(post()).replace("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss', 1)
    with pytest.raises(BadInputError):
        blog(tmp_path, content)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120), st.integers(0, 3000), st.integers(0, 60))
def test_nothing_of_any_shape_brings_it_down(
    tmp_path: Path, junk: bytes, at: int, gap: int
) -> None:
    whole = wxr(post(more=comment(1, "mara", "mara@example.org")), post(number=2)).encode()
    path = write(tmp_path / "blog.xml", whole[:at] + junk + whole[at + gap :])
    try:
        for item in WordPress().read(Source(path), Identity()):
            assert not isinstance(item, Skipped) or "blog.xml" in item.where
    except BadInputError:
        pass
