"""TGI's own endpoint: ids, special tokens marked as such, five candidates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.cloud.template import FORMATS
from costeer_cli.cloud.wires.tgi import Tgi
from tests.cloud.wires.bodies import ASK, NINE, PUBLIC, after, assert_pure, fields, keys, strings

URL = "http://127.0.0.1:3000/generate_stream"
FORM = FORMATS["mistral"]
WIRE = Tgi(URL, FORM)
KEYS = {"inputs", "parameters", "max_new_tokens", "do_sample", "details", "top_n_tokens"}


def test_trap_08_a_request_without_anything_that_changes_what_is_listed() -> None:
    """Listed values come after temperature, top-k and top-p."""
    assert fields(WIRE.encode(after("Dear", " Ana\n"), NINE)) == {
        "inputs": FORM.render(ASK) + "Dear Ana\n",
        "parameters": {
            "max_new_tokens": 9,
            "do_sample": False,
            "details": True,
            "top_n_tokens": 5,
        },
    }


@given(PUBLIC)
def test_trap_22_a_body_has_the_keys_and_texts_it_may_have(text: PublicText) -> None:
    said = fields(WIRE.encode(text, NINE))
    assert keys(said) == KEYS
    assert set(strings(said)) == {FORM.render(text) + text.text.decode()}
    assert_pure(WIRE, Tgi(URL, FORM), text, NINE)


def test_candidates_and_held_pieces() -> None:
    assert fields(WIRE.encode(ASK, DraftSettings(9, 3)))["parameters"]["top_n_tokens"] == 3
    request = WIRE.encode(after("a", b"\xf0\x9f"), NINE)
    assert request.held == b"\xf0\x9f"
    assert fields(request)["parameters"]["max_new_tokens"] == 11


def token(text: str, n: int, *, special: bool = False) -> dict[str, Any]:
    return {"id": n, "text": text, "logprob": -0.4, "special": special}


def test_an_event() -> None:
    listed = [token(" The", 450), token("</s>", 2, special=True)]
    step = WIRE.read({"index": 1, "token": listed[0], "top_tokens": listed, "details": None})
    assert [(own, list(others)) for own, others in step.tokens] == [
        (
            Listed(-0.4, " The", None, 450),
            [Listed(-0.4, " The", None, 450), Listed(-0.4, raw=b"", id=2)],
        )
    ]
    assert (step.text, step.finish) == (" The", None)


@pytest.mark.parametrize(
    ("reason", "finish"), [("length", "length"), ("eos_token", "stop"), ("stop_sequence", "stop")]
)
def test_the_last_event(reason: str, finish: str) -> None:
    event = {"token": token("</s>", 2, special=True), "top_tokens": []}
    step = WIRE.read(event | {"details": {"finish_reason": reason, "generated_tokens": 3}})
    assert (step.text, step.finish) == ("", finish)
    assert step.tokens[0][0] == Listed(-0.4, raw=b"", id=2)


def test_trap_19_candidates_may_be_left_out() -> None:
    """TGI leaves out empty lists."""
    assert WIRE.read({"token": token("a", 1)}).tokens[0][1] == []


def test_an_unknown_form_is_a_lookup_error() -> None:
    with pytest.raises(KeyError):
        WIRE.read({"generated_text": "a"})
