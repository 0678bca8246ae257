"""Chats labelled by hand: only the person's own words, and nearly all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.importers.chats.slack import Slack
from costeer_cli.importers.chats.telegram import Telegram
from costeer_cli.importers.chats.whatsapp import WhatsApp
from tests.importers.mail.labelled_set import precision_and_recall, words
from tests.importers.making import read, taken, write

FOLDER = Path(__file__).parent / "labelled"
BEGIN = 1714564800  # seconds since 1970, 1 May 2024
PEOPLE = (("U1", "Mara", False), ("U2", "Ole", False), ("U3", "Ida", False), ("U9", "Flow", True))


@dataclass(frozen=True, slots=True)
class Chat:
    """A transcript in its service's own form, and Mara's words in it."""

    name: str
    text: str
    own: str


def whatsapp() -> Iterator[Chat]:
    """Transcripts whose lines begin with `+` where `|` parts own words from what is not."""
    for name, text in _parted("whatsapp"):
        lines, own = [], []
        for line in text.splitlines():
            if line.startswith("+"):
                head, said, *rest = line[1:].split("|")
                own.append(said)
                lines.append("".join([head, said, *rest]))
            else:
                lines.append(line[1:])
        yield Chat(name, "\n".join(lines) + "\n", "\n".join(own))


def in_json(service: str) -> Iterator[Chat]:
    """Transcripts whose lines are messages, with only the fields that are not usual."""
    for name, text in _parted(service):
        messages, own = text.split("%%%% own\n")
        yield Chat(name, "\n".join(line[1:] for line in messages.splitlines()), own)


def _parted(service: str) -> Iterator[tuple[str, str]]:
    for case in re.split("(?m)^%%%% chat ", (FOLDER / f"{service}.txt").read_text("utf-8"))[1:]:
        name, text = case.split("\n", 1)
        yield name, text


def of_whatsapp(chat: Chat, folder: Path) -> str:
    path = write(folder / chat.name, chat.text)
    return _said(read(WhatsApp(), path, "Mara"))


def of_telegram(chat: Chat, folder: Path) -> str:
    usual = {"type": "message", "from": "Mara", "from_id": "user11"}
    messages = [
        usual | {"id": n, "date_unixtime": str(BEGIN + 300 * n)} | one
        for n, one in enumerate(_messages(chat), 1)
    ]
    whole = {"name": "Ole", "type": "personal_chat", "id": 99, "messages": messages}
    return _said(read(Telegram(), write(folder / "result.json", json.dumps(whole)), "user11"))


def of_slack(chat: Chat, folder: Path) -> str:
    users = [
        {"id": key, "name": name.lower(), "is_bot": bot, "profile": {"display_name": name}}
        for key, name, bot in PEOPLE
    ]
    day = [
        {"type": "message", "user": "U1", "ts": f"{BEGIN + 300 * n}.000000"} | one
        for n, one in enumerate(_messages(chat))
    ]
    for name, value in {
        "users.json": users,
        "channels.json": [{"id": "C1", "name": "general"}],
        "general/2024-05-01.json": day,
    }.items():
        write(folder / name, json.dumps(value))
    return _said(read(Slack(), folder, "Mara"))


def _messages(chat: Chat) -> list[dict[str, Any]]:
    return [json.loads(line) for line in chat.text.splitlines()]


def _said(items: list[Any]) -> str:
    return "\n".join(document.text for document in taken(items))


SERVICES: dict[str, tuple[list[Chat], Callable[[Chat, Path], str]]] = {
    "whatsapp": (list(whatsapp()), of_whatsapp),
    "telegram": (list(in_json("telegram")), of_telegram),
    "slack": (list(in_json("slack")), of_slack),
}


@pytest.mark.parametrize("service", SERVICES)
def test_own_words_of_labelled_chats(service: str, tmp_path: Path) -> None:
    chats, own = SERVICES[service]
    got = [(own(chat, tmp_path / str(n)), chat.own) for n, chat in enumerate(chats)]
    precision, recall = precision_and_recall(got)
    assert precision >= 0.98
    assert recall >= 0.95


@pytest.mark.parametrize("service", SERVICES)
def test_taking_everything_would_not_do(service: str) -> None:
    chats, _ = SERVICES[service]
    assert precision_and_recall((chat.text, chat.own) for chat in chats)[0] < 0.7


def test_the_labelled_chats_are_many() -> None:
    assert sum(len(chats) for chats, _ in SERVICES.values()) >= 30
    assert all(words(chat.own) for chats, _ in SERVICES.values() for chat in chats)
