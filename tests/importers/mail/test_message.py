"""One mail: whose it is, what is passed over, what becomes of its headers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.mail.message import read_mail
from costeer_cli.importers.protocol import Item
from costeer_cli.store.document import Document
from tests.importers.mail.posting import ME, PROSE, documents, mail, notes, reasons


def read(raw: bytes, me: Identity = ME) -> list[Item]:
    return list(read_mail(raw, "a.mbox, mail 1", me, "mbox"))


def only(raw: bytes) -> Document:
    (document,) = documents(read(raw))
    return document


def test_a_mail_becomes_a_document() -> None:
    text = f"Dear Tom,\n\n{PROSE}\n\nYours,\nMaya\n-- \nMaya Lindqvist\nHarbourlight Ltd"
    assert read(mail(text)) == [
        Document(
            text=f"Dear Tom,\n\n{PROSE}\n\nYours,\nMaya",
            source="mbox",
            native_id="<one@lindqvist.example>",
            title="Ferry",
            kind="email",
            author="Maya Lindqvist",
            recipient="Tom Ashworth",
            signature="Maya Lindqvist\nHarbourlight Ltd",
            created_at="2024-06-03T10:15:00+00:00",
        )
    ]


@pytest.mark.parametrize(
    "sender",
    [
        "maya@lindqvist.example",
        "MAYA+lists@Lindqvist.example",
        "Somebody <maya@lindqvist.example>",
        "maya@lindqvist.example (Maya)",
        "=?utf-8?q?Maya_Lindqvist?= <maya@elsewhere.example>",
        '"Lindqvist, M." <maya@lindqvist.example>',
        "Lindqvist, Maya <maya@lindqvist.example>",
    ],
)
def test_the_person_is_known_by_address_or_name(sender: str) -> None:
    assert documents(read(mail(From=sender)))


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "Tom Ashworth <tom@ashworth.example>"},
        {"From": "Maya Lindqvist <notifications@hub.example>"},
        {"From": "Maya Lindqvist <drive-shares-noreply@docs.example>"},
        {"From": "Maya Lindqvist <hello@network.example>", "List_Unsubscribe": "<mailto:x@y>"},
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Content_Type": "text/calendar; method=REPLY"},
        {"Content_Type": "multipart/report; report-type=disposition-notification"},
        {"Content_Class": "urn:content-classes:calendarmessage"},
        {"X_Gmail_Labels": "Sent,Chat"},
        {"X_Gmail_Labels": "Borradores"},
        {"X_Mozilla_Status": "0008"},
        {"X_Mozilla_Draft_Info": "internal/draft; vcard=0"},
        {"X_Spam_Flag": "YES"},
        {"Subject": "Sailmaker Digest, Vol 12, Issue 3", "List_Id": "<sailmaker.lists.example>"},
    ],
)
def test_others_and_programs_are_passed_over(headers: dict[str, str]) -> None:
    assert reasons(read(mail(**headers))) == ["others"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Precedence": "list", "List_Id": "<sailmaker.lists.example>"},
        {"X_Mozilla_Status": "0001"},
        {"X_Mozilla_Status": "rubbish"},
        {"X_Gmail_Labels": "Sent,Chatham,Opened"},
        {"Subject": "A digest of our talk"},
        {"From": "Maya Lindqvist <maya@elsewhere.example>"},
    ],
)
def test_the_persons_own_are_not(headers: dict[str, str]) -> None:
    assert documents(read(mail(**headers)))


def test_a_mail_without_from_is_broken() -> None:
    for raw in (mail(From=""), b"", b"\x00" * 50, b"just words\n\nand more"):
        assert reasons(read(raw)) == ["broken"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("> all of this\n> is quoted", "others"),
        ("---------- Forwarded message ---------\nFrom: Tom <t@x.example>\n\n" + PROSE, "others"),
        ("", "empty"),
        ("Yes!", "short"),
        ("FYI\n\nOn 3 Jun 2024, at 10:15, Tom <t@x.example> wrote:\n\n> x", "short"),
        ("word " * 300_000, "large"),
        ("\x00" + PROSE, "binary"),
    ],
)
def test_mails_without_own_words(text: str, reason: str) -> None:
    assert reasons(read(mail(text))) == [reason]


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Caf=E9?= =?iso-8859-1?Q?_noir?=", "Café noir"),
        ("=?unknown-8bit?Q?Caf=E9?=", "Café"),
        ("=?utf-8?B?broken", "=?utf-8?B?broken"),
        ("=?utf-8?Q?a=00b?= x", "ab x"),
        ("one\n two", "one two"),
        ("Grüße", "Grüße"),
        ("", ""),
    ],
)
def test_subjects_are_decoded(subject: str, title: str) -> None:
    assert only(mail(Subject=subject)).title == title


@pytest.mark.parametrize(
    ("to", "recipient"),
    [
        ("tom@ashworth.example", "tom@ashworth.example"),
        ("Tom <tom@ashworth.example>, Ruth <ruth@abara.example>", "Tom"),
        ('"Ashworth, Tom" <tom@ashworth.example>', "Ashworth, Tom"),
        ("=?utf-8?Q?J=C3=BCrgen?= <j@x.example>", "Jürgen"),
        ("undisclosed-recipients:;", ""),
        ("Tom, Ruth", "Tom"),
    ],
)
def test_recipients(to: str, recipient: str) -> None:
    assert only(mail(To=to)).recipient == recipient


def test_without_to_the_copy_is_the_recipient() -> None:
    assert only(mail(To="", Cc="Ruth <ruth@abara.example>")).recipient == "Ruth"
    assert only(mail(To="")).recipient == ""


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Mon, 3 Jun 2024 12:15:00 +0200 (CEST)", "2024-06-03T10:15:00+00:00"),
        ("3 Jun 24 10:15 GMT", "2024-06-03T10:15:00+00:00"),
        ("2024-06-03T12:15:00+02:00", "2024-06-03T10:15:00+00:00"),
        ("Mon, 3 Jun 2024 10:15:00 -0000", "2024-06-03T10:15:00+00:00"),
    ],
)
def test_dates(date: str, moment: str) -> None:
    found = read(mail(Date=date))
    assert documents(found)[0].created_at == moment
    assert notes(found) == []


@pytest.mark.parametrize(
    "date",
    ["", "yesterday", "Mon, 99 Jun 2024 10:15:00", "Thu, 1 Jan 1970 00:00:00 +0000", "9" * 400],
)
def test_a_date_that_cannot_be_read_is_left_out_and_said(date: str) -> None:
    found = read(mail(Date=date))
    assert documents(found)[0].created_at == ""
    assert notes(found) == ["no date that can be read"]


def test_a_date_from_the_future_is_left_out_and_said() -> None:
    soon, late = (datetime.now(UTC) + timedelta(days=days) for days in (1, 3))
    assert notes(read(mail(Date=format_datetime(soon)))) == []
    found = read(mail(Date=format_datetime(late)))
    assert documents(found)[0].created_at == ""
    assert notes(found) == ["a date from the future, left out"]


def test_without_a_date_it_is_when_it_was_received() -> None:
    received = "by mx.example with SMTP id 1;\n\tMon, 3 Jun 2024 12:15:00 +0200"
    assert only(mail(Date="", Received=received)).created_at == "2024-06-03T10:15:00+00:00"


def test_the_id_is_the_message_id_or_none() -> None:
    assert only(mail(Message_ID="\n <two@x>")).native_id == "<two@x>"
    assert only(mail(**{"Message-ID": ""})).native_id == ""
    assert only(mail(**{"Message-ID": "<" + "a" * 2000 + ">"})).native_id == ""


def test_an_old_encoding_is_said() -> None:
    raw = mail("Grüße aus Köln, es regnet seit Tagen.").decode().encode("cp1252")
    found = read(raw)
    assert documents(found)[0].text == "Grüße aus Köln, es regnet seit Tagen."
    assert notes(found) == ["not UTF-8, read as Windows-1252"]


def test_nothing_says_what_was_written() -> None:
    for raw in (mail("> quoted secret"), mail(Date="never secret"), mail("secret \x00")):
        said = [item for item in read(raw) if not isinstance(item, Document)]
        assert said
        assert "secret" not in repr(said)


@given(
    st.integers(0, len(mail()) - 1),
    st.binary(max_size=30),
    st.integers(0, 60),
    st.sampled_from(
        [
            "multipart/mixed; boundary=b",
            "multipart/alternative; boundary=b",
            "message/rfc822",
            'text/plain; charset="\xff"; format=flowed',
            "text/html; charset=utf-7",
            "multipart/mixed; boundary*=utf-8''%00; boundary*0=x",
            "text/plain; charset*=bogus'x'y",
        ]
    ),
    st.lists(
        st.sampled_from(
            [
                "--b",
                "--b--",
                "",
                "Content-Type: text/html",
                PROSE,
                "> x",
                "-- ",
                "<p>",
                "begin 644 x",
            ]
        ),
        max_size=12,
    ),
)
def test_any_mail_is_read_or_passed_over(
    at: int, put: bytes, gone: int, kind: str, lines: list[str]
) -> None:
    whole = mail("\n".join(lines) or PROSE, Content_Type=kind, Content_Transfer_Encoding="base64")
    for raw in (whole, mail("\n".join(lines), Content_Type=kind)):
        changed = raw[:at] + put + raw[at + gone :]
        found = read(changed)
        assert len(documents(found)) + len(reasons(found)) == 1
