"""Ollama's own endpoint: raw prompts, one object a line."""

from __future__ import annotations

from hypothesis import given

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.cloud.template import FORMATS
from costeer_cli.cloud.wires.ollama import Ollama
from tests.cloud.wires.bodies import ASK, NINE, PUBLIC, after, assert_pure, fields, keys, strings

URL = "http://127.0.0.1:11434/api/generate"
FORM = FORMATS["llama3"]
WIRE = Ollama(URL, "big-1", FORM)
OPTIONS = {"num_predict", "num_ctx", "temperature", "top_k", "top_p", "min_p", "repeat_penalty"}
KEYS = {
    "model", "prompt", "raw", "stream", "logprobs", "top_logprobs", "truncate", "shift", "options",
} | OPTIONS  # fmt: skip


def test_a_request() -> None:
    assert fields(WIRE.encode(after("Dear", " Ana\n"), NINE)) == {
        "model": "big-1",
        "prompt": FORM.render(ASK) + "Dear Ana\n",
        "raw": True,
        "stream": True,
        "logprobs": True,
        "top_logprobs": 20,
        "truncate": False,
        "shift": False,
        "options": {
            "num_predict": 9,
            "num_ctx": 8192,
            "temperature": 0,
            "top_k": 0,
            "top_p": 1,
            "min_p": 0,
            "repeat_penalty": 1,
        },
    }


def test_trap_21_nothing_is_cut_off_without_a_word() -> None:
    said = fields(WIRE.encode(ASK, NINE))
    assert (said["truncate"], said["shift"]) == (False, False)
    assert said["options"]["num_ctx"] > 4096


@given(PUBLIC)
def test_trap_22_a_body_has_the_keys_and_texts_it_may_have(text: PublicText) -> None:
    said = fields(WIRE.encode(text, NINE))
    assert keys(said) == KEYS
    assert set(strings(said)) == {"big-1", FORM.render(text) + text.text.decode()}
    assert_pure(WIRE, Ollama(URL, "big-1", FORM), text, NINE)


def test_no_more_than_twenty_candidates() -> None:
    assert fields(WIRE.encode(ASK, DraftSettings(9, 40)))["top_logprobs"] == 20
    assert fields(WIRE.encode(ASK, DraftSettings(9, 5)))["top_logprobs"] == 5


def test_a_piece_of_a_character_is_held_back() -> None:
    request = WIRE.encode(after("a", b"\xf0\x9f"), NINE)
    assert request.held == b"\xf0\x9f"
    assert fields(request)["options"]["num_predict"] == 11


def test_a_line() -> None:
    listed = {"token": "t", "logprob": -0.1, "bytes": [116]}
    line = {"model": "big-1", "response": "t", "done": False}
    step = WIRE.read(line | {"logprobs": [listed | {"top_logprobs": [listed]}]})
    assert step.tokens == ((Listed(-0.1, "t", b"t"), (Listed(-0.1, "t", b"t"),)),)
    assert (step.text, step.finish, step.model) == ("t", None, "big-1")
    assert WIRE.by_lines


def test_trap_01_bytes_that_were_made_of_broken_text_are_no_bytes() -> None:
    broken = {"token": "\ufffd", "logprob": -0.1, "bytes": [239, 191, 189]}
    step = WIRE.read({"response": "", "logprobs": [broken | {"top_logprobs": []}]})
    assert step.tokens[0][0].raw == "\ufffd".encode()


def test_the_last_line() -> None:
    last = {"response": "", "done": True, "done_reason": "length", "prompt_eval_count": 41}
    step = WIRE.read(last)
    assert (list(step.tokens), step.finish, step.prompt_tokens) == ([], "length", 41)
    assert WIRE.read({"response": "a", "done": False, "done_reason": "stop"}).finish is None
