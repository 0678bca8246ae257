"""Headers read without a body."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.mail.folders import any_aside, is_aside
from costeer_cli.importers.mail.headers import Headers, person

NOW = datetime(2024, 7, 1, tzinfo=UTC)


def test_the_first_of_each_and_nothing_of_the_body() -> None:
    headers = Headers(b"To: a@x\nTO: b@x\nSubject : one\n\ttwo\r\n three\n\nCc: c@x\n")
    assert headers.text("to") == "a@x"
    assert headers.text("Subject") == headers.raw("subject") == "one two three"
    assert "Cc" not in headers
    assert headers.text("Cc") == ""
    assert not Headers(b"no headers at all")


def test_crlf_and_a_head_without_an_end() -> None:
    assert Headers(b"To: a@x\r\nSubject: b\r\n\r\nCc: c").text("Subject") == "b"
    assert Headers(b"To: a@x\nSubject: b").text("Subject") == "b"
    assert Headers(b"To: a@x\nX: " + b"y" * 10_000_000).text("To") == "a@x"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Tom <tom@x.example>", ("Tom", "tom@x.example")),
        ("<tom@x.example>", ("", "tom@x.example")),
        ("tom@x.example (Tom)", ("Tom", "tom@x.example")),
        ('"O\'Hara, \\"Tom\\"" <tom@x.example>', ('O\'Hara, "Tom"', "tom@x.example")),
        ("'Tom' <tom@x.example>", ("Tom", "tom@x.example")),
        ("Tom, Ruth", ("Tom", "")),
        ("undisclosed-recipients:;", ("", "")),
        ("a@x.example, b@y.example", ("", "a@x.example")),
        ("", ("", "")),
        ("@", ("@", "")),
        ("x" * 5_000_000, ("x" * 1000, "")),
    ],
)
def test_people(value: str, found: tuple[str, str]) -> None:
    assert person(value) == found


def test_moments() -> None:
    assert Headers(b"Date: Mon, 3 Jun 2024 10:15:00 GMT\n").moment(NOW)[0].startswith("2024-06-03")
    assert Headers(b"Date: Mon, 3 Jun 2034 10:15:00 GMT\n").moment(NOW)[0] == ""
    assert Headers(b"Date: x\n").moment(NOW) == ("", "no date that can be read")


@given(st.binary(max_size=400))
def test_any_bytes_have_headers(raw: bytes) -> None:
    headers = Headers(b"From: " + raw)
    for name in ("From", "Date", "Subject"):
        assert "\n" not in headers.text(name)
        headers.person(name)
    headers.moment(NOW)
    Headers(b"Date: " + raw).moment(NOW)


@pytest.mark.parametrize(
    "name", ["Drafts", "entwürfe", "SPAM", "Deleted Items", "Corbeille.mbox", '"Chat"', "Bozze.sbd"]
)
def test_folders_of_what_was_not_sent(name: str) -> None:
    assert is_aside(name)


@pytest.mark.parametrize("name", ["Sent", "Gesendet", "Draft horses", "Spamalot", "", "Inbox"])
def test_other_folders(name: str) -> None:
    assert not is_aside(name)


def test_paths() -> None:
    assert any_aside("Mail/Local Folders/Junk")
    assert any_aside("[Gmail].sbd/Drafts")
    assert any_aside(".INBOX.Trash/cur/1")
    assert not any_aside("Mail/.INBOX.Sent/cur/trash-talk")
