"""XML that was made to do harm, and XML that is only broken."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.xml_stream import XmlStream, children, name_of, text_in
from tests.importers.making import write

SECRET = "the-secret-of-another-file"


def stream(tmp_path: Path, content: str | bytes, *names: str) -> XmlStream:
    source = Source(write(tmp_path / "a.xml", content))
    return XmlStream(source.entries[0], names or ("item",))


def texts(one: XmlStream) -> list[str]:
    return ["".join(element.itertext()) for element in one]


def bomb(levels: int = 12) -> str:
    lines = ['<!ENTITY e0 "xxxxxxxxxxxxxxxxxxxx">']
    lines += [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels)]
    return f"<!DOCTYPE rss [{''.join(lines)}]><rss>&e{levels - 1};<item>a</item></rss>"


@pytest.mark.parametrize(
    "content",
    [
        bomb(),
        bomb().replace("<item>", '<item a="&e11;">'),
        '<!DOCTYPE rss [<!ENTITY x "harmless">]><rss><item>&x;</item></rss>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "{file}">]><rss><item>&x;</item></rss>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "{file}"> %x;]><rss><item>a</item></rss>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><rss><item>&x;</item></rss>',
    ],
)
def test_entities_are_refused_before_anything_is_taken(tmp_path: Path, content: str) -> None:
    secret = write(tmp_path / "secret.txt", SECRET)
    began = time.process_time()
    one = stream(tmp_path, content.replace("{file}", secret.as_uri()))
    with pytest.raises(BadInputError) as caught:
        texts(one)
    assert SECRET not in str(caught.value)
    assert time.process_time() - began < 5


def test_a_doctype_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    dtd = write(tmp_path / "x.dtd", f'<!ENTITY nbsp "{SECRET}">')
    content = f'<!DOCTYPE rss SYSTEM "{dtd.as_uri()}"><rss><item>a&nbsp;b</item></rss>'
    one = stream(tmp_path, content)
    assert texts(one) == ["a&nbsp;b"]
    assert one.troubles == []


def test_what_includes_other_files_includes_nothing(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", SECRET)
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    assert texts(stream(tmp_path, f"<rss><item>a{include}</item></rss>")) == ["a"]


def test_names_know_their_namespaces(tmp_path: Path) -> None:
    content = (
        '<rss xmlns:w="http://wordpress.org/export/1.1/" xmlns:d="http://purl.org/dc/elements/1.1/"'
        ' xmlns:e="http://wordpress.org/export/1.1/excerpt/" xmlns:m="http://example.org/m"'
        ' xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:a="http://www.w3.org/2005/Atom">'
        "<item><w:x>1</w:x><d:x>2</d:x><e:x>3</e:x><c:x>4</c:x><a:x>5</a:x><m:x>6</m:x><x>7</x>"
        "<u:x>8</u:x></item></rss>"
    )
    one = stream(tmp_path, content)
    item = next(iter(one))
    names = ["wp:x", "dc:x", "excerpt:x", "content:x", "x", "other:x", "x", "u:x"]
    assert [name_of(child) for child in children(item, *names)] == names
    list(one)
    assert one.troubles == []


def test_text_is_that_of_the_first_name_that_has_some(tmp_path: Path) -> None:
    one = stream(tmp_path, "<rss><item><a> </a><b>x<i>y</i></b><b>z</b></item></rss>")
    item = next(iter(one))
    assert text_in(item, "a", "b") == "xy"
    assert text_in(item, "c") == ""


def test_items_do_not_pile_up_in_memory(tmp_path: Path) -> None:
    content = (
        "<rss><channel><title>t</title>" + "<item><a>x</a></item>" * 20_000 + "</channel></rss>"
    )
    most = 0
    for item in stream(tmp_path, content):
        parent = item.getparent()
        assert parent is not None
        most = max(most, len(parent))
        assert text_in(item, "a") == "x"
        assert text_in(parent, "title") == "t"
    assert most < 5_000  # what one read of the file holds


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<rss><item>one</item><item>two", ["one"]),
        ("<rss><item>one & two</item><item>three</item></rss>", ["one  two", "three"]),
        ("<rss><item>one</item></wrong></rss>", ["one"]),
        ("<rss>" + "<a>" * 5000 + "<item>one</item></rss>", []),
        ("no xml at all", []),
        ("", []),
        ("<", []),
    ],
)
def test_what_is_not_well_formed_is_read_as_far_as_it_goes_and_said(
    tmp_path: Path, content: str, expected: list[str]
) -> None:
    one = stream(tmp_path, content)
    assert texts(one)[: len(expected)] == expected
    assert [trouble.reason for trouble in one.troubles if isinstance(trouble, Skipped)] == [
        "broken"
    ]


def test_control_characters_are_left_out_and_cut_nothing_off(tmp_path: Path) -> None:
    one = stream(tmp_path, "<rss><item>a\x03b<![CDATA[c\x00\x08d]]></item></rss>")
    assert texts(one) == ["abcd"]
    assert one.troubles == []


@pytest.mark.parametrize(
    ("raw", "text", "noted"),
    [
        ("\ufeff<rss><item>é€</item></rss>".encode(), "é€", False),
        ("<rss><item>é€</item></rss>".encode("cp1252"), "é€", True),
        (b"<?xml version='1.0' encoding='UTF-8'?><rss><item>\xe9</item></rss>", "é", True),
        (
            '<?xml version="1.0" encoding="windows-1251"?><rss><item>да</item></rss>'.encode(
                "cp1251"
            ),
            "да",
            False,
        ),
        (
            '<?xml version="1.0" encoding="UTF-16"?><rss><item>é</item></rss>'.encode("utf-16"),
            "é",
            False,
        ),
    ],
)
def test_encodings(tmp_path: Path, raw: bytes, text: str, noted: bool) -> None:
    one = stream(tmp_path, raw)
    assert texts(one) == [text]
    assert any(isinstance(trouble, Note) for trouble in one.troubles) == noted


def test_an_item_too_large_for_one_text_is_said_and_the_next_is_read(tmp_path: Path) -> None:
    one = stream(tmp_path, f"<rss><item>{'x' * 12_000_000}</item><item>two</item></rss>")
    assert texts(one)[-1:] == ["two"] or one.troubles
    assert one.troubles


def test_what_cannot_be_opened_is_unreadable(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", "<rss/>")
    source = Source(path)
    entry = source.entries[0]
    path.unlink()
    one = XmlStream(entry, ("item",))
    assert texts(one) == []
    assert [trouble.reason for trouble in one.troubles if isinstance(trouble, Skipped)] == [
        "unreadable"
    ]
