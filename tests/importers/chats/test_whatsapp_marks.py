"""What WhatsApp writes itself is told from what was typed, in several languages."""

from __future__ import annotations

import pytest

from costeer_cli.importers.chats.whatsapp_marks import typed
from tests.importers.making import PROSE


@pytest.mark.parametrize(
    "text",
    [
        "<Media omitted>",
        "<Medien ausgeschlossen>",
        "<Multimedia omitido>",
        "<Médias omis>",
        "<Media omessi>",
        "<Mídia oculta>",
        "<Без медиафайлов>",
        "<メディアなし>",
        "< Média vynechána >",
        "\u200eimage omitted",
        "image omitted",
        "GIF omitted",
        "Bild weggelassen",
        "imagen omitida",
        "image absente",
        "immagine omessa",
        "áudio ocultado",
        "afbeelding weggelaten",
        "null",
        "\u200e<attached: 00000003-PHOTO-2021-12-24.jpg>",
        "<Anhang: 00000003-PHOTO-2021-12-24.jpg>",
        "<pièce jointe : 00000003-AUDIO.opus>",
        "IMG-20211224-WA0001.jpg (file attached)",
        "\u200eIMG-20211224-WA0001.jpg (Datei angehängt)",
        "My long report.pdf (file attached)",
        "PTT-20211224-WA0001.opus (soubor byl přiložen)",
        "This message was deleted",
        "You deleted this message.",
        "Diese Nachricht wurde gelöscht.",
        "Se eliminó este mensaje.",
        "Ce message a été supprimé",
        "Essa mensagem foi apagada",
        "Questo messaggio è stato eliminato",
        "Dit bericht is verwijderd",
        "このメッセージは削除されました",
        "Missed voice call, click to call back",
        "location: https://maps.google.com/?q=52.1,13.2",
        "\u200eAnything at all",
    ],
)
def test_nothing_was_typed(text: str) -> None:
    assert typed(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "This message was deleted by me because it was wrong",
        "The image omitted one thing",
        "x < y and y > z",
        "<3 <3",
        "Look at my report.pdf (the second page) please",
        "I edited it <as you said>",
        "nullify",
    ],
)
def test_typed(text: str) -> None:
    assert typed(text) == text


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (f"{PROSE} <This message was edited>", PROSE),
        (f"{PROSE}\u200e <Diese Nachricht wurde bearbeitet.>", PROSE),
        (f"{PROSE} <Se editó este mensaje.>", PROSE),
        (f"IMG-1.jpg (file attached)\n{PROSE}", PROSE),
        (f"{PROSE} \u200e<attached: 3-PHOTO.jpg>", PROSE),
        (f"{PROSE}\n\u200eimage omitted", PROSE),
        (f"\u200ePOLL:\n{PROSE}\n\u200eOPTION: yes (1 vote)", PROSE),
        ("thanks @\u2068Mara\u2069", "thanks @Mara"),
    ],
)
def test_marks_around_words_go(text: str, own: str) -> None:
    assert typed(text) == own
