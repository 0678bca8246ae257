"""llama-server's own endpoint: ids in and out, and what it hides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.cloud.template import FORMATS
from costeer_cli.cloud.wires.llama_server import LlamaServer
from tests.cloud.wires.bodies import ASK, NINE, PUBLIC, after, assert_pure, fields, keys, strings

URL = "http://127.0.0.1:8080/completion"
FORM = FORMATS["chatml"]
WIRE = LlamaServer(URL, FORM, 2)
KEYS = {
    "prompt", "n_predict", "n_probs", "temperature", "top_k", "top_p", "min_p", "repeat_penalty",
    "cache_prompt", "stream",
}  # fmt: skip
BIRD = "🐦".encode()


def test_a_first_request() -> None:
    assert fields(WIRE.encode(ASK, NINE)) == {
        "prompt": FORM.render(ASK),
        "n_predict": 9,
        "n_probs": 20,
        "temperature": 0,
        "top_k": 0,
        "top_p": 1,
        "min_p": 0,
        "repeat_penalty": 1,
        "cache_prompt": True,
        "stream": True,
    }


def test_trap_11_a_text_goes_as_the_very_tokens_that_were_chosen() -> None:
    said = fields(WIRE.encode(after("De", "ar", ids=True), NINE))
    assert said["prompt"] == [FORM.render(ASK), 100, 101]


def test_trap_11_tokens_without_ids_are_joined_to_a_text() -> None:
    """A list of texts alone would be several prompts."""
    assert fields(WIRE.encode(after("De", "ar"), NINE))["prompt"] == FORM.render(ASK) + "Dear"
    mixed = PublicText("", "", ((b"De", None), (b"ar", 5), (b" A", None), (b"na", None)))
    rendered = FORM.render(mixed)
    assert fields(WIRE.encode(mixed, NINE))["prompt"] == [rendered + "De", 5, " Ana"]


def test_a_piece_of_a_character_without_an_id_is_held_back() -> None:
    request = WIRE.encode(PublicText("", "", ((b"a", 5), (b" " + BIRD[:2], None))), NINE)
    assert fields(request)["prompt"][1:] == [5, " "]
    assert (request.held, fields(request)["n_predict"], request.most) == (BIRD[:2], 11, 9)


@given(PUBLIC)
def test_trap_22_a_body_has_the_keys_and_texts_it_may_have(text: PublicText) -> None:
    said = fields(WIRE.encode(text, NINE))
    assert keys(said) == KEYS
    assert set(strings(said)) == {FORM.render(text) + text.text.decode()}
    assert_pure(WIRE, LlamaServer(URL, FORM, 2), text, NINE)


def test_trap_22_a_peek_adds_one_constant() -> None:
    peek = fields(WIRE.encode(after("a", ids=True), DraftSettings(9, 20, peek=True)))
    assert set(peek) == KEYS | {"logit_bias"}
    assert peek["logit_bias"] == [[2, 10000.0]]
    assert peek["n_predict"] == 1
    assert peek["prompt"][1:] == [100]


def item(token: int, text: str, logprob: float, raw: bytes | None = None) -> dict[str, Any]:
    data = text.encode() if raw is None else raw
    return {"id": token, "token": text, "bytes": list(data), "logprob": logprob}


def event(content: str, own: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    listed = [own | {"top_logprobs": list(others or [own])}]
    return {"content": content, "stop": False, "completion_probabilities": listed}


def test_an_event() -> None:
    the, into = item(450, " The", -0.4), item(512, " In", -1.9)
    step = WIRE.read(event(" The", the, the, into) | {"tokens_evaluated": 57})
    listed = (Listed(-0.4, " The", b" The", 450), Listed(-1.9, " In", b" In", 512))
    assert step.tokens == [(listed[0], listed)]
    assert (step.text, step.finish, step.gap) == (" The", None, False)
    assert (step.prompt_tokens, step.cached_tokens) == (57, None)


def test_the_last_event() -> None:
    last = {"content": "", "stop": True, "stop_type": "eos", "tokens_evaluated": 57}
    step = WIRE.read(last | {"timings": {"cache_n": 48}, "model": "small.gguf"})
    assert (list(step.tokens), step.text, step.finish) == ([], "", "length")
    assert (step.prompt_tokens, step.cached_tokens, step.model) == (57, 48, "small.gguf")


def test_trap_03_an_end_is_listed_with_an_id_and_nothing_else() -> None:
    step = WIRE.read(event("", item(2, "", -0.1)))
    assert step.tokens[0][0] == Listed(-0.1, "", b"", 2)


def test_trap_01_a_hidden_piece_before_a_token_is_a_gap() -> None:
    """The completing token is given the whole character; its twin in the list is not."""
    twin = item(9, "\ufffd", -0.1, BIRD[2:])
    step = WIRE.read(event("🐦", item(9, "🐦", -0.1), twin, item(8, "\ufffd", -3.0, b"\xa7")))
    assert step.gap
    assert not WIRE.read(event("🐦", item(7, "🐦", -0.1))).gap


def test_a_peek_reads_the_likeliest_and_not_the_forced_one() -> None:
    forced = item(2, "", -12.0, b"")
    step = WIRE.read(event("", forced, item(5, "\ufffd", -0.1, BIRD[:2]), forced))
    assert step.tokens[0][0] == Listed(-0.1, "\ufffd", BIRD[:2], 5)
    assert not step.gap


@pytest.mark.parametrize(
    "odd", [{}, {"content": 5}, event("a", item(1, "a", -1.0)) | {"content": []}]
)
def test_an_unknown_form_is_a_lookup_error(odd: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError)):
        WIRE.read(odd)
