"""RSS and Atom: the person's posts, whoever else writes there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import Identity, UnknownPersonError
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.feed import Feed, moment
from tests.importers.making import PROSE, passed_over, read, taken, write, zipped

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)
ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:b="http://schemas.google.com/blogger/2018"'


def rss(*items: str, channel: str = "<title>Blog</title>") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    inner = f"<channel>{channel}{inner}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0" {SPACES}>{inner}</rss>'


def atom(*entries: str, top: str = "<title>Blog</title>") -> str:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<?xml version="1.0" encoding="utf-8"?><feed {ATOM}>{top}{inner}</feed>'


def feed(tmp_path: Path, content: str | bytes, *me: str) -> list[Item]:
    return read(Feed(), write(tmp_path / "feed.xml", content), *me)


FULL = (
    "<title>On &amp;amp; rain</title><link>https://example.org/1</link>"
    '<guid isPermaLink="false">tag:1</guid><pubDate>Sat, 18 Feb 2023 12:33:11 +0100</pubDate>'
    "<dc:creator>Mara Lind</dc:creator><category>horses</category><category>rain</category>"
    f"<category>horses</category><description>{PROSE[:20]}...</description>"
    f"<content:encoded><![CDATA[<p>{PROSE}</p><blockquote>theirs</blockquote><pre>code</pre>]]></content:encoded>"
)


@pytest.mark.parametrize("me", [(), ("Mara Lind",)])
def test_a_post_in_rss(tmp_path: Path, me: tuple[str, ...]) -> None:
    (document,) = feed(tmp_path, rss(FULL), *me)
    assert document.text == PROSE
    assert (document.source, document.kind, document.native_id) == ("feed", "post", "tag:1")
    assert (document.title, document.author) == ("On & rain", "Mara Lind")
    assert document.created_at == "2023-02-18T11:33:11+00:00"
    assert document.tags == ("horses", "rain")
    assert document.prompt == ""


@pytest.mark.parametrize(
    "content",
    [
        f'<content type="html">&lt;p&gt;{PROSE}&lt;/p&gt;</content>',
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{PROSE}</p></div></content>',
        f'<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>{PROSE}</h:p>'
        "<h:blockquote>theirs</h:blockquote></h:div></content>",
        f'<content type="text">{PROSE}</content>',
        f"<summary>{PROSE}</summary>",
        f"<content> </content><summary>{PROSE}</summary>",
    ],
)
def test_a_post_in_atom(tmp_path: Path, content: str) -> None:
    entry = (
        '<title type="html">Rain</title><id>urn:1</id><link href="https://example.org/1"/>'
        "<published>2023-02-18T12:33:11+01:00</published><updated>2024-01-01T00:00:00Z</updated>"
        f"<author><name>Mara</name><email>m@example.org</email></author>"
        f'<category term="rain"/>{content}'
    )
    (document,) = feed(tmp_path, atom(entry), "mara")
    assert (document.text, document.title, document.native_id) == (PROSE, "Rain", "urn:1")
    assert (document.author, document.tags) == ("Mara", ("rain",))
    assert document.created_at == "2023-02-18T11:33:11+00:00"


def test_an_old_feed_in_rdf(tmp_path: Path) -> None:
    content = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>B</title><dc:creator>Mara</dc:creator></channel><item><title>Rain</title>"
        f"<link>https://example.org/1</link><description>{PROSE}</description></item></rdf:RDF>"
    )
    (document,) = feed(tmp_path, content, "Mara")
    assert (document.text, document.native_id, document.author) == (
        PROSE,
        "https://example.org/1",
        "Mara",
    )


def test_other_peoples_posts_are_others(tmp_path: Path) -> None:
    item = f"<description>{PROSE}</description>"
    items = feed(
        tmp_path,
        rss(
            f"<dc:creator>Other</dc:creator>{item}",
            f"<author>mara@example.org (Mara L.)</author>{item}",
            item,
            channel="<managingEditor>else@example.org</managingEditor>",
        ),
        "mara@example.org",
    )
    assert [document.author for document in taken(items)] == ["Mara L."]
    assert passed_over(items) == [("others", "feed.xml entry 1"), ("others", "feed.xml entry 3")]


def test_of_an_unknown_person_one_author_is_fine_and_two_are_not(tmp_path: Path) -> None:
    item = f"<description>{PROSE}</description>"
    one, two = f"<dc:creator>A</dc:creator>{item}", f"<dc:creator>B</dc:creator>{item}"
    assert len(taken(feed(tmp_path, rss(one, one, item)))) == 3
    with pytest.raises(UnknownPersonError):
        feed(tmp_path, rss(one, two))


@pytest.mark.parametrize("end", ["…", "[…]", "...", "[&amp;#8230;]", " Read more »"])
def test_a_post_that_is_cut_off_is_taken_and_said(tmp_path: Path, end: str) -> None:
    note, document = feed(tmp_path, rss(f"<description>{PROSE} {end}</description>"))
    assert isinstance(note, Note)
    assert "beginning" in note.said
    assert document.text.startswith(PROSE)


def test_a_description_that_is_html_and_one_that_is_not(tmp_path: Path) -> None:
    html = "<description>&lt;p>One and one&lt;/p>&lt;p>make two &amp;amp; a half</description>"
    plain = "<description>One and one\n\nmake two &amp;amp; a half</description>"
    first, second = feed(tmp_path, rss(html, plain))
    assert first.text == second.text == "One and one\n\nmake two & a half"


def test_names_of_other_vocabularies_are_not_mixed_up(tmp_path: Path) -> None:
    item = (
        f"<media:title>wrong</media:title><media:content url='x'>wrong wrong wrong</media:content>"
        f"<title>Rain</title><description>{PROSE}</description>"
    )
    (document,) = feed(tmp_path, rss(item))
    assert (document.title, document.text) == ("Rain", PROSE)


@pytest.mark.parametrize("style", ["old", "new"])
def test_bloggers_comments_and_templates_are_others(tmp_path: Path, style: str) -> None:
    def entry(kind: str, author: str, number: int) -> str:
        said = (
            f"<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>"
            if style == "old"
            else f"<b:type>{kind.upper()}</b:type>"
        )
        return (
            f"<id>urn:{number}</id><author><name>{author}</name></author>{said}"
            f"<category term='rain'/><content type='html'>{PROSE}</content>"
        )

    content = atom(
        entry("post", "Mara", 1),
        entry("template", "Mara", 2),
        entry("comment", "Other", 3),
        entry("comment", "Mara", 4),
        entry("page", "Mara", 5),
    )
    items = feed(tmp_path, content, "Mara")
    assert [(one.native_id, one.kind) for one in taken(items)] == [
        ("urn:1", "post"),
        ("urn:4", "comment"),
        ("urn:5", "post"),
    ]
    assert taken(items)[0].tags == ("rain",)
    assert [reason for reason, _ in passed_over(items)] == ["others", "others"]
    unknown = feed(tmp_path, content)
    assert [one.native_id for one in taken(unknown)] == ["urn:1", "urn:5"]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("Sat, 18 Feb 2023 12:33:11 GMT", "2023-02-18T12:33:11+00:00"),
        ("Sat, 18 Feb 2023 12:33:11 -0500", "2023-02-18T17:33:11+00:00"),
        ("2023-02-18T12:33:11Z", "2023-02-18T12:33:11+00:00"),
        ("2023-02-18", "2023-02-18T00:00:00+00:00"),
        ("0000-00-00 00:00:00", ""),
        ("Sat, 99 Foo 2023", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates(written: str, iso: str) -> None:
    assert moment(written) == iso


def test_short_and_empty_posts_are_counted(tmp_path: Path) -> None:
    items = feed(tmp_path, rss("<title>x</title>", "<description>hi</description>", FULL))
    assert len(taken(items)) == 1
    assert [reason for reason, _ in passed_over(items)] == ["empty", "short"]


def test_what_ends_too_soon_gives_what_it_has(tmp_path: Path) -> None:
    items = feed(tmp_path, rss(FULL, FULL)[:-60])
    assert len(taken(items)) >= 1
    assert ("broken", "feed.xml") in passed_over(items)


def test_a_name_that_nothing_can_have_does_no_harm(tmp_path: Path) -> None:
    content = f"<description><h:p>{PROSE}</h:p><content:>and more</content:></description>"
    assert PROSE in taken(feed(tmp_path, rss(content)))[0].text


def test_entities_are_refused(tmp_path: Path) -> None:
    content = f'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item>{FULL}</item></channel></rss>'
    with pytest.raises(BadInputError):
        feed(tmp_path, content)


def test_a_feed_in_a_zip_is_read_by_itself(tmp_path: Path) -> None:
    source = Source(
        zipped(tmp_path / "a.zip", {"Blogs/feed.atom": atom(f"<content>{PROSE}</content>")})
    )
    assert not Feed().sniff(source)
    alone = source.only(source.entries[0])
    assert Feed().sniff(alone)
    assert len(taken(list(Feed().read(alone, Identity())))) == 1


@pytest.mark.parametrize(
    ("name", "content", "sure"),
    [
        ("a.rss", rss(), True),
        ("a.atom", atom(), True),
        ("a.xml", f"\ufeff\n<!-- made by x --><?xml-stylesheet href='x'?>{rss()}", True),
        ("a.xml", f"<!DOCTYPE rss SYSTEM 'x.dtd'>{rss()[21:]}", True),
        ("feed", rss(), True),
        ("a.html", rss(), False),
        ("a.xml", "<html><body>about <rss> feeds</body></html>", False),
        ("a.xml", "<feed><entry/></feed>", False),
        (
            "a.xml",
            rss().replace("xmlns:dc", "xmlns:wp='http://wordpress.org/export/1.2/' xmlns:dc"),
            False,
        ),
        ("a.xml", "", False),
    ],
)
def test_what_it_is_sure_of(tmp_path: Path, name: str, content: str, sure: bool) -> None:
    assert Feed().sniff(Source(write(tmp_path / name, content))) == sure


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120), st.integers(0, 1500), st.integers(0, 40), st.booleans())
def test_nothing_of_any_shape_brings_it_down(
    tmp_path: Path, junk: bytes, at: int, gap: int, use_atom: bool
) -> None:
    whole = (
        atom(f"<id>1</id><content>{PROSE}</content>" * 3) if use_atom else rss(FULL, FULL)
    ).encode()
    path = write(tmp_path / "feed.xml", whole[:at] + junk + whole[at + gap :])
    try:
        for item in Feed().read(Source(path), Identity()):
            assert not isinstance(item, Skipped) or "feed.xml" in item.where
    except BadInputError:
        pass
