"""Signatures, disclaimers, footers and phones; greetings and postscripts stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.mail.own_words import own_words
from costeer_cli.importers.mail.signatures import without_signature

TEXT = "Dear Tom,\n\nthe ferry leaves at seven.\n\nYours,\nMaya"
CONTACT = "Maya Lindqvist\nHead of Operations\nT: +44 131 555 0142 | www.harbourlight.example"


def parts(text: str) -> tuple[str, str]:
    own, below = without_signature(text.split("\n"), "Maya Lindqvist")
    return "\n".join(own), "\n".join(below)


@pytest.mark.parametrize("dashes", ["-- ", "--", "- -- ", "—"])
def test_below_dashes_is_the_signature(dashes: str) -> None:
    assert parts(f"{TEXT}\n\n{dashes}\n{CONTACT}") == (TEXT, CONTACT)


def test_below_a_sign_off_and_a_name_is_the_signature() -> None:
    assert parts(f"{TEXT}\n\n{CONTACT}") == (TEXT, CONTACT)
    assert parts(f"{TEXT}\nHead of Operations\nHarbourlight") == (
        TEXT,
        "Head of Operations\nHarbourlight",
    )


def test_a_card_takes_what_follows_it_but_no_postscript() -> None:
    motto = "My working day may not be yours. Please do not feel obliged to answer before noon."
    assert parts(f"{TEXT}\n\n{CONTACT}\n{motto}") == (TEXT, f"{CONTACT}\n{motto}")
    assert parts(f"{TEXT}\n\nMaya Lindqvist (she/her)\nOperations\n\n{motto}")[0] == TEXT
    assert parts(f"{TEXT}\n\n{CONTACT}\n\nPS: bring gloves.") == (
        f"{TEXT}\n\nPS: bring gloves.",
        CONTACT,
    )
    for number in ("T. 944 555 014", "c: (207) 555-0142", "944 555 014", "tel. kom. 600 555 014"):
        assert parts(f"{TEXT}\n\nOperations\n{number}\n\n{motto}")[0] == TEXT
    text = "It leaves at seven.\n\nYours\nMaya Lindqvist"
    assert parts(f"{text}\nKeeper of the rope\n\n{motto}")[0] == text
    assert parts(f"{text}\nI forgot the rope, it is in the shed.\n\n{motto}")[1] == ""
    text = "It leaves at seven.\n\nBest, Maya"
    assert parts(f"{text}\n\n{CONTACT}") == (text, CONTACT)
    text = "It leaves at seven.\n\nThanks and a good journey to all of you,\nMaya"
    assert parts(f"{text}\n\nMaya Lindqvist\nHarbourlight\n{motto}")[0] == text
    assert parts(f"{TEXT}\n\n{motto}") == (f"{TEXT}\n\n{motto}", "")


@pytest.mark.parametrize(
    "sign_off", ["With best wishes,", "Pozdrawiam", "Terveisin", "Med vennlig hilsen", "Sevgiler"]
)
def test_a_sign_off_in_any_of_many_languages(sign_off: str) -> None:
    text = f"It leaves at seven.\n\n{sign_off}\nMaya"
    assert parts(f"{text}\n\nHead of Operations\nHarbourlight") == (
        text,
        "Head of Operations\nHarbourlight",
    )


@pytest.mark.parametrize(
    "device",
    [
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/x>",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Verstuurd vanaf mijn iPad",
        "Inviato da Libero Mail per Android",
        "Skickat från min iPhone",
        "Sent with Proton Mail secure email.",
        "iPhoneから送信",
        "发自我的iPhone",
        "Lähetetty iPhonesta",
        "iPhone'umdan gönderildi",
    ],
)
def test_what_a_phone_adds_goes(device: str) -> None:
    assert parts(f"{TEXT}\n\n{device}") == (TEXT, "")
    assert parts(f"{device}") == ("", "")


@pytest.mark.parametrize(
    "footer",
    [
        "_______________________________________________\nsails mailing list\nsails@x.example",
        "-- \nYou received this message because you are subscribed to the Google Groups x.\nmore",
        "-=-=-=-=-=-=-\nGroups.io Links: x",
        "---\nThis email has been checked for viruses by Avast antivirus software.",
        "Please consider the environment before printing this mail.",
        "________________________________________\nNow free at http://mail.example",
        "You are receiving this because you signed up.\nUnsubscribe: https://loft.example/bye",
        "This message was sent using IMP, the Internet Messaging Program.",
        "This email is intended for the named recipient only and may be confidential.",
        "Join Zoom Meeting\nhttps://zoom.example/j/1\n\nMeeting ID: 1",
        "Le informazioni contenute nella presente comunicazione sono riservate e destinate"
        " esclusivamente alle persone indicate. La diffusione è proibita.",
        "CONFIDENTIALITY NOTICE: this is intended solely for the addressee.",
        "This email is confidential and intended solely for the addressee. If you received it in "
        "error, notify the sender and delete it.\n\nHarbourlight Ltd, registered in Scotland",
    ],
)
def test_footers_and_disclaimers_are_neither(footer: str) -> None:
    assert parts(f"{TEXT}\n\n{footer}") == (TEXT, "")


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "\n\nP.S. Bring +44 131 555 0142 with you",
        TEXT + "\n\nPS: the key is under the pot",
        "We need:\n\nmilk\neggs\nbread",
        "Part one\n________________________\nPart two, in which nobody rings anybody.",
        "Thanks for the list!\nHere goes\n\nmilk\neggs",
        "The numbers:\n\nFergus: 0131 555 0188\nMary: 0131 555 0190\nKim: 0131 555 0191",
        "Best of all was the soup\nReally\n\nand the bread was good too, as always.",
        "The report is confidential and only intended for the board.\n\nYours,\nMaya",
        "I sent this on the mailing list\n\nand nobody answered.",
        "I sent you the wrong email by mistake, it is confidential, delete the attachment.",
        "Part one.\n\n--\n\n"
        + "Part two is longer than any signature would ever be.\n" * 9
        + "End.",
        "Sent the ladder back yesterday, with the Galaxy on the roof of the car.",
        "Please check the margins before printing.\nThey were off last time.",
    ],
)
def test_own_words_that_look_like_it_stay(text: str) -> None:
    assert parts(text) == (text, "")


def test_a_name_alone_is_not_a_signature() -> None:
    assert parts("The ferry leaves at seven.\n\nMaya Lindqvist") == (
        "The ferry leaves at seven.\n\nMaya Lindqvist",
        "",
    )


def test_own_words_joins_lines_that_a_program_broke() -> None:
    text = (
        "The ferry leaves at seven from the old pier, the one with the crane, and\n"
        "nobody has told me why. I will be there at six. The captain says it is all\n"
        "because of the tide.\n"
        "Maya\n\n"
        "- one\n- two"
    )
    own = own_words(text)
    assert own.text == text.replace("and\nnobody", "and nobody").replace("all\nbe", "all be")
    assert (own.signature, own.cut) == ("", False)


def test_short_lines_and_long_lines_stay_as_they_are() -> None:
    poem = "The sea is never full,\nand yet the rivers\ndo not learn from it"
    assert own_words(poem).text == poem
    long = "word " * 40 + "end.\n" + "word " * 40 + "end."
    assert own_words(long).text == long


def test_signs_that_nobody_sees_hide_nothing() -> None:
    assert own_words("Dry enough.\n\n\u2063Get BlueMail for Android\u200b").text == "Dry enough."


def test_what_is_embedded_leaves_no_mark() -> None:
    assert own_words("One.\n[image: logo.png]\n[cid:image001.png@01D]\nTwo.").text == "One.\nTwo."


def test_a_signed_mail_without_its_armour() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- - one\ntwo\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----"
    )
    assert own_words(text).text == "- one\ntwo"
    assert own_words(text.partition("\n-----BEGIN PGP SIGNATURE")[0]).text == "- one\ntwo"
    assert own_words("-----BEGIN PGP SIGNED MESSAGE-----\n").text == ""


_LINES = st.sampled_from(
    [*TEXT.split("\n"), *CONTACT.split("\n"), "-- ", "Sent from my iPhone", "", "___________"]
) | st.text(max_size=30).filter(lambda line: "\n" not in line)


@given(st.lists(_LINES, max_size=20))
def test_nothing_is_invented(lines: list[str]) -> None:
    own, below = without_signature(lines, "Maya Lindqvist")
    rest = iter(lines)
    assert all(any(line == other for other in rest) for line in [*own, *below])


@given(st.lists(_LINES, max_size=20).map("\n".join))
def test_cutting_twice_is_cutting_once_or_less(text: str) -> None:
    once = own_words(text).text
    assert len(own_words(once).text) <= len(once)


@pytest.mark.parametrize("unit", ["1", "12.", "a.", "-", "_", "iphone", "a@", " "])
def test_a_long_line_takes_no_long_time(unit: str) -> None:
    line = unit * (60_000 // len(unit))
    begun = time.process_time()
    own_words(f"It leaves at seven.\n\nBest wishes\nMaya\n\n{line}", "Maya Lindqvist")
    own_words(f"From: a\nTo: b\nDate: {line}\n\n{line}", "Maya Lindqvist")
    assert time.process_time() - begun < 2
