"""Each form of a list is read by its structure, whoever sends it from wherever."""

from __future__ import annotations

from typing import Any

import pytest

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.wires.forms import contents, counted, number, text, tokens
from costeer_cli.cloud.wires.wire import Step

THE, IN = {"token": " The", "logprob": -0.4}, {"token": " In", "logprob": -1.9}


def test_contents() -> None:
    listed = contents([THE | {"bytes": [32, 84, 104, 101], "top_logprobs": [THE, IN]}, IN])
    assert listed == (
        (Listed(-0.4, " The", b" The"), (Listed(-0.4, " The"), Listed(-1.9, " In"))),
        (Listed(-1.9, " In"), ()),
    )


@pytest.mark.parametrize("raw", [{}, {"bytes": None}])
def test_trap_19_bytes_may_be_missing(raw: dict[str, Any]) -> None:
    """TGI has no `bytes`, llama-cpp-python and OpenAI null."""
    assert contents([THE | raw])[0][0] == Listed(-0.4, " The")


@pytest.mark.parametrize(("name", "value"), [("id", 450), ("token_id", 450)])
def test_ids_go_by_two_names(name: str, value: int) -> None:
    assert contents([THE | {name: value}])[0][0].id == 450


@pytest.mark.parametrize("value", [-1, None, "450", 4.5])
def test_what_is_no_id_is_none(value: object) -> None:
    assert contents([THE | {"id": value}])[0][0].id is None
    arrays = {"tokens": [" The"], "token_logprobs": [-0.4], "token_ids": [value]}
    assert tokens(arrays)[0][0].id is None


def test_ids_in_the_place_of_texts() -> None:
    """vLLM with `return_tokens_as_token_ids`."""
    shown = {"token": "token_id:578", "logprob": -0.4, "bytes": [116]}
    assert contents([shown])[0][0] == Listed(-0.4, id=578)
    arrays = {
        "tokens": ["token_id:578"],
        "token_logprobs": [-0.41],
        "top_logprobs": [{"token_id:578": -0.41, "token_id:763": -1.7}],
        "text_offset": [0],
    }
    assert tokens(arrays) == (
        (Listed(-0.41, id=578), [Listed(-0.41, id=578), Listed(-1.7, id=763)]),
    )


def test_arrays() -> None:
    arrays = {
        "tokens": [" The", " cat"],
        "token_logprobs": [-0.4, -1.9],
        "top_logprobs": [{" The": -0.4, " In": -1.9}, {" cat": -1.9}],
        "text_offset": [-1, -1],
    }
    assert tokens(arrays) == (
        (Listed(-0.4, " The"), [Listed(-0.4, " The"), Listed(-1.9, " In")]),
        (Listed(-1.9, " cat"), [Listed(-1.9, " cat")]),
    )


def test_trap_19_together_sends_arrays_on_chat_with_one_map() -> None:
    arrays: dict[str, Any] = {
        "token_ids": [450],
        "tokens": [" The"],
        "token_logprobs": [-0.4],
        "top_logprobs": {" The": -0.4, " In": -1.9},
    }
    assert tokens(arrays) == (
        (Listed(-0.4, " The", None, 450), [Listed(-0.4, " The"), Listed(-1.9, " In")]),
    )
    two = {"tokens": ["a", "b"], "token_logprobs": [-1.0, -2.0], "top_logprobs": {"a": -1.0}}
    assert tokens(two) == ((Listed(-1.0, "a"), []), (Listed(-2.0, "b"), []))


def test_trap_19_arrays_may_lack_all_but_tokens() -> None:
    assert tokens({"tokens": ["a"]}) == ((Listed(None, "a"), []),)
    bare = {"tokens": ["a"], "token_logprobs": [None], "top_logprobs": [None]}
    assert tokens(bare) == ((Listed(None, "a"), []),)


def test_trap_19_content_is_found_whatever_the_endpoint() -> None:
    """llama-server and Ollama answer `/v1/completions` with it, Fireworks if asked by a flag."""
    more = {"sampling_logprob": -0.3, "text_offset": 0, "token_id": 450}
    found = tokens({"content": [THE | more], "refusal": None})
    assert found == ((Listed(-0.4, " The", None, 450), ()),)


@pytest.mark.parametrize("nothing", [None, {}, {"content": None, "refusal": []}, {"content": []}])
def test_nothing_is_nothing(nothing: dict[str, Any] | None) -> None:
    assert list(tokens(nothing)) == []


@pytest.mark.parametrize("value", [None, -9999.0, -3.4028234663852886e38, float("-inf")])
def test_trap_05_stand_ins_are_read_and_are_no_numbers(value: float | None) -> None:
    listed = contents([THE | {"logprob": value, "top_logprobs": [IN]}])
    assert listed[0][0].known is None
    assert tokens({"tokens": ["a"], "token_logprobs": [value]})[0][0].known is None


def test_arrays_of_unequal_length_are_an_unknown_form() -> None:
    with pytest.raises(ValueError, match="zip"):
        tokens({"tokens": ["a", "b"], "token_logprobs": [-1.0]})


@pytest.mark.parametrize(
    ("usage", "prompt", "cached"),
    [
        (None, None, None),
        ({}, None, None),
        ({"prompt_tokens": 57}, 57, None),
        ({"prompt_tokens": 57, "prompt_tokens_details": None}, 57, None),
        ({"prompt_tokens": 57, "prompt_tokens_details": {"cached_tokens": 48}}, 57, 48),
        ({"prompt_tokens": 57, "prompt_cache_hit_tokens": 40}, 57, 40),
        ({"prompt_tokens": "57"}, None, None),
    ],
)
def test_what_is_told_of_a_request(
    usage: dict[str, Any] | None, prompt: int | None, cached: int | None
) -> None:
    step = counted({"usage": usage, "model": "big-1"}, Step(text="a"))
    assert (step.prompt_tokens, step.cached_tokens) == (prompt, cached)
    assert (step.text, step.model) == ("a", "big-1")


def test_texts_and_numbers_are_what_they_should_be() -> None:
    assert (text("a"), text(""), text(None)) == ("a", "", "")
    assert (number(0), number(None), number(1.5)) == (0, None, None)
    with pytest.raises(TypeError):
        text(["a"])
