"""Quotations and forwarded mails, and what only looks like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.mail.quotes import without_quotes

OWN = "Mine it is."


def own(text: str) -> str:
    """The own lines, blank ones left out."""
    return "\n".join(line for line in without_quotes(text.split("\n"))[0] if line.strip())


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, Jun 3, 2024 at 10:15 AM Tom <tom@x.example> wrote:",
        "On Mon, Jun 3, 2024 at 10:15 AM Tom Ashworth-Featherstonehaugh <\ntom@x.example> wrote:",
        "On Monday, June 3, 2024 at 10:15 AM, Some Very\nLong Name <tom@x.example> wrote:",
        "On 03/06/2024 10:15, Tom wrote:",
        "Am 03.06.24 um 10:15 schrieb Tom:",
        "Am Mo., 3. Juni 2024 um 10:15 Uhr schrieb Tom <\ntom@x.example>:",
        "Tom <tom@x.example> schrieb am Mo., 3. Juni 2024, 10:15:",
        "Le lun. 3 juin 2024 à 10:15, Tom <tom@x.example> a\nécrit :",
        "El lun, 3 jun 2024 a las 10:15, Tom (<tom@x.example>)\nescribió:",
        "Op ma 3 jun 2024 om 10:15 schreef Tom <tom@x.example>:",
        "Il giorno lun 3 giu 2024 alle ore 10:15 Tom <tom@x.example> ha scritto:",
        "Em seg., 3 de jun. de 2024 às 10:15, Tom <tom@x.example> escreveu:",
        "Den mån 3 juni 2024 kl 10:15 skrev Tom <tom@x.example>:",
        "pon., 3 cze 2024 o 10:15 Tom <tom@x.example> napisał(a):",
        "пн, 3 июн. 2024 г. в 10:15, Tom <tom@x.example>:",
        "2024-06-03 10:15 GMT+02:00 Tom <tom@x.example>:",
        "Στις Δευ 3 Ιουν 2024 στις 10:15 π.μ., Tom <\ntom@x.example> έγραψε:",
        "In a message dated 6/3/2024 10:15:00 A.M., tom@x.example writes:",
        "-----Original Message-----\nFrom: Tom [mailto:tom@x.example]\nSent: 3 June 2024",
        "----- Ursprüngliche Nachricht -----\nVon: Tom",
        "-------- Message transféré --------\nSujet : x",
        "---------- Forwarded message ---------",
        "Begin forwarded message:\n\nFrom: Tom\nSubject: x",
        "From: Tom\nSent: Monday\nTo: Maya\nSubject: x",
        "De : Tom\nEnvoyé : lundi\nÀ : Maya\nObjet : x",
        "Fra: Tom\nSendt: mandag\nTil: Maya\nEmne: x",
        "________________________________\nVan: Tom\nVerzonden: maandag\nAan: Maya\nOnderwerp: x",
        "---- On Mon, 03 Jun 2024 10:15:00 +0200 Tom <tom@x.example> wrote ----",
        "  On Mon, 3 Jun 2024 at 10:15, Tom<tom@x.example> wrote:   theirs",
        ">>> Tom Ashworth <tom@x.example> 06/03/24 10:15 AM >>>",
        "Od: Tom\nWysłano: poniedziałek\nDo: Maya\nTemat: x",
        "差出人: Tom\n送信日時: 2024年6月3日\n宛先: Maya\n件名: x",
        "发件人: Tom\n发送时间: 2024年6月3日\n收件人: Maya\n主题: x",
        "------------------&nbsp;原始邮件&nbsp;------------------\n发件人: Tom",
        "From: Tom\nDate: Monday, 3 June 2024 at 10:15\nTo: Maya\nSubject: x",
        "From: Tom <tom@x.example>\nDate: Monday\nTo: Maya",
        "From: Tom\nSent: Monday\nTo: Maya; Ruth;\n Ilse; Daniel;\n somebody else\nSubject: x",
    ],
)
def test_nothing_below_an_introduction_is_own(introduction: str) -> None:
    lines, cut = without_quotes(f"{OWN}\n\n{introduction}\n\nSomebody else's.".split("\n"))
    assert [line for line in lines if line] == [OWN]
    assert cut


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, Jun 3, 2024 at 10:15 AM Tom <tom@x.example> wrote:",
        "Tom wrote:",
        "Tom Ashworth <tom@x.example> writes:",
        "Quoting Tom <tom@x.example>:",
        "Zitat von Tom:",
        "Monday, June 3, 2024, 10:15:00 AM, you wrote:",
        '--- In sails@groups.example, "tom" <tom@...> wrote:',
        "Tom <tom@x.example> 于2024年6月3日周一 10:15写道：",
        "2024年6月3日(月) 10:15 Tom <tom@x.example>:",
        "-----Original Message-----\nFrom: Tom\nSent: Monday\nSubject: x",
    ],
)
def test_own_words_below_a_marked_quotation_are_own(introduction: str) -> None:
    assert own(f"{introduction}\n\n> theirs\n>\n> theirs\n{OWN}") == OWN


def test_prose_right_above_an_introduction_stays() -> None:
    text = f"{OWN}\nOn Mon, Jun 3, 2024 at 10:15 AM Tom <tom@x.example> wrote:\n> theirs"
    assert own(text) == OWN


def test_a_sentence_with_an_hour_above_an_introduction_stays() -> None:
    text = f"We left at 10:15. {OWN}\nTom <tom@x.example> wrote:\n> theirs"
    assert own(text) == f"We left at 10:15. {OWN}"


def test_answers_between_the_lines_are_own_and_apart() -> None:
    lines, cut = without_quotes(["> one?", "Yes.", "> two?", "No.", ">> deep", "> three?"])
    assert [line for line in lines if line] == ["Yes.", "No."]
    assert lines[1] == ""
    assert cut


def test_a_quotation_with_initials_is_one() -> None:
    text = f"TA> theirs\nTA>> older\n{OWN}\nTom> theirs"
    assert own(text) == OWN


@pytest.mark.parametrize(
    "prose",
    [
        "On Monday I wrote:\nthe ferry is late.",
        "On 3 June 2024 I wrote:\nthe ferry is late.",
        "Am 3. Juni 2024 schrieb ich Ihnen:\nkeine Antwort.",
        "He wrote: no.",
        "Le 12 mars 1944, mon grand-père a écrit :\nil neige.",
        "On 3 June 2024 Peter wrote:\nno.",
        "MOM>me is not what anyone says",
        "She wrote to me on 3 June:\nit is over.",
        "Subject: the lost oar\nDate: any day",
        "To: the cabin\nFrom: Monday on",
        "From: Leith\nTo: Oslo\nDate: 3 May\n\nAnd back on Monday.",
        "Von: Hamburg\nAn: Leith\nDatum: am dritten Mai\nThema: das Wetter",
        "At 10:15 we left.\nNobody said:",
        "-----\nA new part of the letter",
        "______________________\nSomething below a rule",
        "---- Part two ----\nIt goes on",
        "Write to tom@x.example about this:\nhe knows.",
        "In 2024 I will be there at 10:15:\nno doubt.",
    ],
)
def test_prose_that_looks_like_it_stays(prose: str) -> None:
    lines, cut = without_quotes(prose.split("\n"))
    assert lines == prose.split("\n")
    assert not cut


@given(
    st.lists(
        st.sampled_from(
            ["> q", "", OWN, "On 3 Jun 2024, Tom <t@x.de> wrote:", "From: x", "To: y", "Date: z"]
        )
        | st.text(max_size=20).filter(lambda line: "\n" not in line),
        max_size=14,
    )
)
def test_only_lines_that_were_there_and_no_quoted_ones(lines: list[str]) -> None:
    kept, cut = without_quotes(lines)
    rest = iter([*lines, ""])
    assert all(any(line == other for other in rest) for line in kept if line)
    assert not any(line.startswith(">") for line in kept)
    assert cut or kept == lines


def test_a_long_text_takes_no_long_time() -> None:
    text = ["On the " + "word " * 30 + "1:15"] * 5_000 + ["x" * 200_000, "From: " * 10_000]
    assert without_quotes(text) == (text, False)
