"""The text of a mail's parts, whatever they claim to be."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.mail.body import NoBodyError, read_body, unflowed
from tests.importers.mail.posting import PROSE

CAFE = "Un café noir, s'il vous plaît."


def part(content: bytes, kind: str = "text/plain", encoding: str = "8bit") -> bytes:
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + content


def multipart(kind: str, *parts: bytes) -> bytes:
    inside = b"".join(b"--b\n" + one + b"\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="b"\n\n'.encode() + inside + b"--b--\n"


@pytest.mark.parametrize(
    ("claimed", "real", "guessed"),
    [
        ("utf-8", "utf-8", False),
        ("iso-8859-1", "iso-8859-1", False),
        ("iso-8859-1", "utf-8", False),
        ("us-ascii", "utf-8", False),
        ("unknown-8bit", "utf-8", False),
        ("unknown-8bit", "cp1252", True),
        ("utf-8", "cp1252", True),
        ("utf-16", "utf-16", False),
        ("rot13", "utf-8", False),
        ("idna", "utf-8", False),
        ("x" * 500, "utf-8", False),
        ("utf-8", "utf-8-sig", False),
    ],
)
def test_encodings_that_lie(claimed: str, real: str, guessed: bool) -> None:
    body = read_body(part(CAFE.encode(real), f'text/plain; charset="{claimed}"'))
    assert (body.text, body.guessed) == (CAFE, guessed)


def test_smart_quotes_in_what_claims_to_be_latin_1() -> None:
    raw = "“Aye”, he said – and left".encode("cp1252")
    assert (
        read_body(part(raw, "text/plain; charset=iso-8859-1")).text == "“Aye”, he said – and left"
    )


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (base64.encodebytes(CAFE.encode()), "base64"),
        (base64.b64encode(CAFE.encode())[:-2], "base64"),
        (b"Un caf=C3=A9 noir, s'il vous =\npla=C3=AEt.", "quoted-printable"),
        (CAFE.encode(), "x-unknown"),
        (CAFE.encode(), "7bit"),
    ],
)
def test_transfer_encodings(content: bytes, encoding: str) -> None:
    text = read_body(part(content, "text/plain; charset=utf-8", encoding)).text
    assert text[:25] == CAFE[:25]


def test_of_an_alternative_the_plain_one() -> None:
    html = part(b"<p>in <b>HTML</b></p>", "text/html; charset=utf-8")
    assert read_body(multipart("alternative", part(b"plain"), html)).text == "plain"
    assert read_body(multipart("alternative", part(b" \n"), html)).text == "in HTML"
    assert read_body(multipart("alternative", html)).text == "in HTML"
    assert read_body(multipart("alternative", part(b"\n"))).text == ""


def test_html_in_what_claims_to_be_plain() -> None:
    assert read_body(part(b"<!DOCTYPE html><p>One</p><p>Two</p>")).text == "One\n\nTwo"


def test_attachments_and_mails_inside_are_not_the_text() -> None:
    attached = b"Content-Disposition: attachment; filename=a.txt\n" + part(b"attached")
    named = part(b"named", "text/plain; name=a.txt")
    inner = part(b"Subject: x\n\ninner", "message/rfc822", "7bit")
    picture = part(b"\x89PNG", "image/png")
    whole = multipart("mixed", part(b"one"), picture, attached, named, inner, part(b"two"))
    assert read_body(whole).text == "one\n\ntwo"


def test_of_a_signed_mail_the_first_part() -> None:
    signature = part(b"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature")
    assert read_body(multipart("signed", part(b"one"), signature)).text == "one"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (part(b"BEGIN:VCALENDAR", "text/calendar"), "others"),
        (multipart("alternative", part(b"come"), part(b"BEGIN", "text/calendar")), "others"),
        (multipart("mixed", part(b"come"), part(b"BEGIN", "text/calendar")), "others"),
        (multipart("encrypted", part(b"Version: 1", "application/pgp-encrypted")), "undecodable"),
        (part(b"MIIC", "application/pkcs7-mime", "base64"), "undecodable"),
        (part(b"one\x00two"), "binary"),
        (part(b"word " * 400_000), "large"),
        (b"Content-Type: multipart/mixed; boundary=b\n" + b"\n--b\n" * 9, None),
    ],
)
def test_mails_without_words_to_read(raw: bytes, reason: str | None) -> None:
    if reason is None:
        assert read_body(raw).text == ""
        return
    with pytest.raises(NoBodyError) as error:
        read_body(raw)
    assert error.value.reason == reason


def test_an_attached_invitation_is_only_an_attachment() -> None:
    invitation = b"Content-Disposition: attachment; filename=a.ics\n" + part(b"B", "text/calendar")
    assert read_body(multipart("mixed", part(b"come"), invitation)).text == "come"


@pytest.mark.parametrize(("deep", "reason"), [(50, None), (3000, "large")])
def test_a_nest_of_parts_does_not_bring_it_down(deep: int, reason: str | None) -> None:
    one = b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n"
    nest = b"".join(one % (n, n) for n in range(deep)) + part(b"one")
    if reason is None:
        assert read_body(nest).text == "one"
        return
    with pytest.raises(NoBodyError, match=reason):
        read_body(nest)


def test_a_part_that_was_cut_off_is_taken() -> None:
    whole = multipart("mixed", part(b"one and more"))
    assert read_body(whole[:-6]).text == "one and more"


@pytest.mark.parametrize(
    ("flowed", "text"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("one \n> two \n> three\nfour", "one \n> two \n> three\nfour"),
        ("one\n-- \nMaya", "one\n-- \nMaya"),
        ("one \n\ntwo", "one \ntwo"),
        (" > not quoted\n From me", "> not quoted\nFrom me"),
        ("last ", "last "),
    ],
)
def test_flowed_text_is_unwrapped(flowed: str, text: str) -> None:
    assert unflowed(flowed) == text


def test_flowed_text_with_the_space_deleted() -> None:
    assert unflowed("cof \nfee", joined=True) == "coffee"
    kind = "text/plain; charset=utf-8; format=flowed; delsp=yes"
    assert read_body(part(b"two  \nwords", kind)).text == "two words"


@given(st.lists(st.text("ab cd", min_size=1, max_size=200), min_size=1, max_size=4))
def test_what_a_program_flows_comes_back(paragraphs: list[str]) -> None:
    words = [" ".join(paragraph.split()) or "x" for paragraph in paragraphs]
    flowed = "\n".join(" \n".join(paragraph.split(" ")) for paragraph in words)
    assert unflowed(flowed) == "\n".join(words)


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(str.strip))
def test_what_the_standard_library_writes_is_read(text: str) -> None:
    one = EmailMessage()
    one.set_content(f"{PROSE} {text}")
    two = MIMEMultipart("alternative")
    two.attach(MIMEText(f"{PROSE} {text}", "plain", "utf-8"))
    assert read_body(bytes(one)).text == read_body(bytes(two)).text
    assert read_body(bytes(one)).text.startswith(PROSE)


@given(
    st.binary(max_size=300), st.sampled_from(["text/html", "text/plain", "multipart/x; boundary=b"])
)
def test_any_bytes_are_read_or_refused(raw: bytes, kind: str) -> None:
    for encoding in ("8bit", "base64", "quoted-printable", "uuencode"):
        reason = "none"
        try:
            read_body(part(raw, kind, encoding))
        except NoBodyError as error:
            reason = error.reason
        assert reason in ("none", "binary", "undecodable", "broken", "others")
