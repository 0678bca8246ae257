"""What is worth a try with whom, and what goes along."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from costeer_cli.accounts.account import WIRES
from costeer_cli.cloud.attempts import attempts
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.cloud.identify import Server
from costeer_cli.cloud.template import FORMATS

CHATML = FORMATS["chatml"]
NAMES = [
    "", "vllm", "sglang", "llama-server", "llama-cpp-python", "ollama", "tgi", "fireworks",
    "together", "deepinfra", "deepseek", "mistral", "openrouter", "cerebras",
]  # fmt: skip


def tried(
    name: str, *, wire: str | None = None, template: bool = True, ids: bool = False
) -> list[Capability]:
    form = CHATML if template else None
    return list(attempts(Server(name), wire, form, 2 if template else None, tokenizer=ids))


def kinds(found: Iterable[Capability]) -> list[tuple[str, str]]:
    return [(str(c.kind), c.wire) for c in found]


FLAG, MARK, BARE = (
    ("chat_continue_flag", "chat"),
    ("chat_prefix_marker", "chat"),
    ("chat_implicit_prefill", "chat"),
)
RAW, EXACT = ("raw_text", "completions"), ("token_exact", "completions")
EXPECTED = {
    "": [RAW, FLAG, MARK, BARE],
    "vllm": [EXACT, RAW, FLAG],
    "sglang": [FLAG],
    "llama-server": [("token_exact", "llama-server"), RAW, FLAG],
    "llama-cpp-python": [RAW],
    "ollama": [("raw_text", "ollama")],
    "tgi": [("raw_text", "tgi"), BARE],
    "fireworks": [EXACT, RAW],
    "together": [RAW, BARE],
    "deepinfra": [RAW, BARE],
    "deepseek": [MARK],
    "mistral": [MARK, MARK],
    "openrouter": [BARE],
    "cerebras": [EXACT, RAW, BARE],
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_tried_the_likeliest_first(name: str) -> None:
    assert kinds(tried(name, ids=True)) == EXPECTED[name]
    assert kinds(tried(name)) == [k for k in EXPECTED[name] if k != EXACT]


@pytest.mark.parametrize("name", NAMES)
def test_without_a_template_no_raw_text_is_tried(name: str) -> None:
    found = tried(name, template=False)
    assert all(c.wire == "chat" and c.template is None for c in found)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wire", WIRES)
def test_a_named_wire_is_kept_to(name: str, wire: str) -> None:
    everything = tried(name, ids=True)
    assert tried(name, wire=wire, ids=True) == [c for c in everything if c.wire == wire]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_of_the_server_is_in_each(name: str) -> None:
    for found in tried(name, ids=True):
        assert found.server == name
        assert found.kind is not Kind.NOT_STEERABLE
        assert found.most_listed == (5 if name in {"fireworks", "tgi"} else 20)
        assert found.fewest == (2 if name == "deepseek" else 1)


@pytest.mark.parametrize("name", NAMES)
def test_trap_08_temperature_zero_only_where_listed_values_are_raw(name: str) -> None:
    raw = {"vllm", "sglang", "llama-server", "llama-cpp-python", "ollama"}
    for found in tried(name, ids=True):
        assert found.temperature == (0.0 if name in raw or found.wire == "tgi" else 1.0)


def test_trap_12_mistral_is_expected_to_echo() -> None:
    assert [c.echoes for c in tried("mistral")] == [True, False]
    assert not any(c.echoes for name in NAMES if name != "mistral" for c in tried(name))


def test_trap_13_every_chat_says_that_it_goes_on_as_the_service_wants_it() -> None:
    (flagged,) = tried("sglang")
    assert flagged.continuing == {"continue_final_message": True, "add_generation_prompt": False}
    assert flagged.marker == {}
    (marked,) = tried("deepseek")
    assert (marked.marker, marked.continuing) == ({"prefix": True}, {})
    (bare,) = tried("openrouter")
    assert (bare.marker, bare.continuing) == ({}, {})
    assert not [c for c in tried("ollama") if c.wire != "ollama"]


def test_trap_14_a_server_adds_what_a_text_begins_with_and_ids_have_it() -> None:
    by_ids, by_text, _ = tried("vllm", ids=True)
    assert by_ids.template is None
    assert by_ids.ids
    assert by_text.template == (CHATML.head, CHATML.middle, CHATML.tail)
    assert "add_special_tokens" not in by_text.extras | by_ids.extras


@pytest.mark.parametrize("name", ["vllm", "sglang", "llama-server", "deepseek"])
def test_trap_15_thinking_is_switched_off_where_it_can_be(name: str) -> None:
    (chat,) = [c for c in tried(name) if c.wire == "chat"]
    off = {"chat_template_kwargs": {"enable_thinking": False}}
    assert (
        chat.extras.items()
        >= ({"thinking": {"type": "disabled"}} if name == "deepseek" else off).items()
    )


def test_trap_18_unknown_services_are_sent_no_fields_of_others() -> None:
    for name in ("", "together", "deepinfra", "cerebras", "mistral"):
        assert all(c.extras == {} for c in tried(name, ids=True))


def test_trap_18_each_server_is_sent_its_own() -> None:
    by_ids, *_ = tried("vllm", ids=True)
    neutral = {"top_k": -1, "min_p": 0, "repetition_penalty": 1}
    assert by_ids.extras == neutral | {
        "return_tokens_as_token_ids": True,
        "skip_special_tokens": False,
    }
    (provider,) = tried("openrouter")
    assert provider.extras["provider"] == {
        "require_parameters": True,
        "allow_fallbacks": False,
        "data_collection": "deny",
    }


def test_trap_21_a_text_that_is_too_long_is_to_be_refused_and_not_cut() -> None:
    for found in tried("fireworks", ids=True):
        assert found.extras == {"context_length_exceeded_behavior": "error"}
        assert found.flag


def test_extras_of_one_attempt_are_not_anothers() -> None:
    first = tried("vllm", ids=True)
    first[0].extras["x"] = 1
    assert "x" not in tried("vllm", ids=True)[0].extras
