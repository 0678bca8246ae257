"""What leaves the machine, read back from the wire log of real texts for real-looking people."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import pytest

from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.personal.library import Library
from costeer_cli.personal.profile import Profile
from costeer_cli.privacy.outbound.door import INSTRUCTIONS
from costeer_cli.privacy.overlap import overlap
from costeer_cli.steering.choice import Choice
from costeer_cli.store.database import open_default, open_memory
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer

PEOPLE = ["mara-lindqvist", "dev-ramnarine", "njoki-barasa"]
ASK = "Write a short message to a colleague about tomorrow."
TOKENS = 9
DOCUMENTED = [
    "model",
    "messages",
    "continue_token_ids",
    "max_tokens",
    "temperature",
    "top_logprobs",
]


def person(name: str) -> Profile:
    with open_memory() as store:
        return Library(store).get(name)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def runs(texts: Iterable[str], length: int) -> set[str]:
    """Every run of `length` words."""
    found = set()
    for text in texts:
        line = words(text)
        found |= {" ".join(line[i : i + length]) for i in range(len(line) - length + 1)}
    return found


def strings(value: Any) -> list[str]:
    """Every text in a JSON value, as it would be read."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for inner in value.values() for found in strings(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in strings(inner)]
    return []


def wire() -> tuple[list[bytes], list[Choice]]:
    with open_default() as store:
        draft = store.drafts.get("last")
        bodies = [record.body for record in store.wire.for_draft(draft.id)]
        return bodies, store.drafts.choices(draft.id)


def written(run: Costeer, name: str | None, *args: str) -> tuple[list[bytes], list[Choice]]:
    voice = ["--profile", name] if name else []
    ran = run("write", *voice, "--max-tokens", str(TOKENS), *args, ASK)
    assert ran.code == 0, ran.err
    return wire()


def expected(choices: list[Choice], accepted: int, model: str = DEFAULT_MODEL) -> bytes:
    """The only body that may be sent after so many choices: prompt, text, limits."""
    text = b"".join(choice.text for choice in choices[:accepted]).decode("utf-8", "replace")
    body = {
        "model": model,
        "messages": [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": ASK},
            {"role": "assistant", "content": text},
        ],
        "continue_token_ids": [choice.id for choice in choices[:accepted]],
        "max_tokens": TOKENS - accepted,
        "temperature": 0,
        "top_logprobs": 20,
    }
    return json.dumps(body, ensure_ascii=False).encode()


@pytest.mark.model
@pytest.mark.parametrize("name", PEOPLE)
def test_nothing_of_a_person_is_in_any_request(costeer: Costeer, loaded: None, name: str) -> None:
    someone = person(name)
    private_line = "a line that only the history has: seven grey herons stood on one leg"
    with open_default() as store:
        store.documents.add([Document(text=private_line, profile=name)])
    bodies, choices = written(costeer, name)
    assert any(choice.source == "steered" for choice in choices)
    assert len(bodies) > 1

    texts = [*someone.facts, someone.voice, *(text.text for text in someone.texts), private_line]
    whole = [
        *someone.protected,
        *someone.identity_names,
        *someone.identity_emails,
        *someone.facts,
        someone.title,
    ]
    copied = runs(texts, 6) - runs([ASK, INSTRUCTIONS], 6)
    assert len(copied) > 300
    accepted = -1
    for body in bodies:
        request = json.loads(body)
        assert list(request) == DOCUMENTED
        assert [list(message) for message in request["messages"]] == [["role", "content"]] * 3
        # Byte for byte what the prompt and the text accepted so far make, and nothing else.
        before, accepted = accepted, len(request["continue_token_ids"])
        assert before < accepted
        assert body == expected(choices, accepted)
        # And that text itself gives nothing away.
        read = "\n".join(strings(request))
        line = f" {' '.join(words(read))} "
        assert not [value for value in whole if f" {' '.join(words(value))} " in line]
        assert not runs([read], 6) & copied
        found = overlap(read, texts, someone.protected, ASK)
        assert (found.values, found.copied) == (0, False)


@pytest.mark.model
def test_the_first_request_is_the_same_for_everyone(costeer: Costeer, loaded: None) -> None:
    voices = [[], *(["--profile", name] for name in [*PEOPLE, "concise"])]
    for voice in voices:
        ran = costeer("write", *voice, "--max-tokens", str(TOKENS), "--dry-run", ASK)
        assert ran.out == expected([], 0) + b"\n"


def test_steering_and_sampling_show_in_the_text_only(costeer: Costeer, small_folder: str) -> None:
    firsts = set()
    for args in (
        ["--strength", "0.9"],
        ["--strength", "-2", "--temperature", "0.7", "--seed", "4"],
    ):
        bodies, choices = written(costeer, "concise", "--model", small_folder, *args)
        lengths = [len(json.loads(body)["continue_token_ids"]) for body in bodies]
        assert bodies == [expected(choices, length, small_folder) for length in lengths]
        firsts.add(bodies[0])
    assert len(firsts) == 1


def test_the_check_would_find_what_it_looks_for() -> None:
    mara = person("mara-lindqvist")
    copied = runs([text.text for text in mara.texts], 6)
    leak = "I said no dinner tonight ánte rang at four"
    assert runs([leak], 6) & copied
    found = overlap(f"call {mara.protected[0]}", [], mara.protected, ASK)
    assert found.values == 1
    assert strings({"a": ["b", {"c": "d\ne"}], "n": 1}) == ["b", "d\ne"]
