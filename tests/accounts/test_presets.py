"""Services that are known."""

from __future__ import annotations

from typing import Any

import pytest

from costeer_cli.accounts.account import Account
from costeer_cli.accounts.presets import (
    NOT_STEERABLE,
    PRESETS,
    Preset,
    check_steerable,
    find_preset,
    key_variable,
    new_account,
)
from costeer_cli.errors import NotSteerableError, UnknownNameError, UsageError

CLOUD = [preset for preset in PRESETS.values() if not preset.local]
LOCAL = [preset for preset in PRESETS.values() if preset.local]


def named(thing: Any) -> str:
    return str(thing.name)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=named)
def test_every_preset_makes_an_account(preset: Preset) -> None:
    made = new_account(None, preset.name, {"model": "m"})
    assert made == Account(
        name=preset.name,
        base_url=preset.base_url,
        model="m",
        preset=preset.name,
    )
    assert made.is_local is preset.local
    assert made.is_encrypted is not preset.local
    assert Account.from_table(made.name, made.as_table()) == made


def test_the_presets_there_are() -> None:
    assert set(PRESETS) == {
        *("vllm", "sglang", "llama-server", "llama-cpp-python", "ollama", "tgi"),
        *("fireworks", "together", "deepinfra", "deepseek", "mistral", "openrouter", "cerebras"),
    }
    assert set(NOT_STEERABLE) == {"openai", "azure", "groq", "anthropic", "gemini"}
    assert PRESETS["deepseek"].base_url == "https://api.deepseek.com/beta"


@pytest.mark.parametrize("service", NOT_STEERABLE.values(), ids=named)
def test_what_cannot_be_steered_says_what_is_missing(service: Any) -> None:
    with pytest.raises(NotSteerableError) as caught:
        new_account("mine", service.name, {})
    assert caught.value.exit_code == 4
    assert str(caught.value) == f"{service.title} cannot be steered: it {service.missing}."
    assert "logprobs" in str(caught.value)
    assert "llama-server" in str(caught.value.hint)
    offered = str(caught.value.hint).replace(",", "").replace(";", "").split()
    assert {name for name in PRESETS if name in offered} >= {"vllm", "fireworks"}
    assert not set(NOT_STEERABLE) & set(offered)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1",
        "https://API.OpenAI.com./v1",
        "https://eu.api.openai.com/v1",
        "https://mine.openai.azure.com/openai/v1",
        "https://mine.cognitiveservices.azure.com/openai",
        "https://api.groq.com/openai/v1",
        "https://api.anthropic.com/v1",
        "https://generativelanguage.googleapis.com/v1beta/openai",
    ],
)
def test_their_addresses_are_refused_by_any_name(url: str) -> None:
    with pytest.raises(NotSteerableError):
        check_steerable(url)
    with pytest.raises(NotSteerableError):
        new_account("mine", None, {"base_url": url, "model": "m"})
    with pytest.raises(NotSteerableError):
        new_account("mine", "vllm", {"base_url": url})


@pytest.mark.parametrize(
    "url",
    [
        "https://api.x.ai/v1",
        "http://127.0.0.1:1234/v1",
        "https://api.openai.com.example.org/v1",
        "https://notapi.openai.com.example/v1",
        *(preset.base_url for preset in PRESETS.values()),
    ],
)
def test_what_is_not_known_not_to_work_may_be_tried(url: str) -> None:
    check_steerable(url)
    assert new_account("mine", None, {"base_url": url}).base_url == url


def test_a_server_of_ones_own_may_be_called_anything() -> None:
    made = new_account("openai", None, {"base_url": "http://127.0.0.1:1/v1"})
    assert (made.name, made.preset) == ("openai", None)


def test_a_name_stands_for_the_preset() -> None:
    assert new_account("vllm", None, {}).preset == "vllm"
    with pytest.raises(NotSteerableError):
        new_account("groq", None, {})
    assert new_account("vllm", None, {"base_url": "http://127.0.0.1:1/v1"}).preset is None


def test_what_is_given_goes_over_the_preset() -> None:
    given = {
        "base_url": "http://127.0.0.1:9/v1",
        "wire": None,
        "key": "env:A",
        "template": "chatml",
    }
    made = new_account("box", "llama-server", given)
    assert (made.name, made.preset) == ("box", "llama-server")
    assert (made.base_url, made.wire) == ("http://127.0.0.1:9/v1", None)
    assert (made.key, made.template) == ("env:A", "chatml")


def test_no_such_preset() -> None:
    with pytest.raises(UnknownNameError, match="no preset 'vlm'") as caught:
        find_preset("vlm")
    assert "--presets" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("name", "given"), [(None, {}), ("mine", {}), (None, {"base_url": "https://a.b"})]
)
def test_too_little(name: str | None, given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="Name a preset, or a name and an address"):
        new_account(name, None, given)


def test_which_model() -> None:
    for name in ["ollama", *map(named, CLOUD)]:
        with pytest.raises(UsageError, match="many models; which one") as caught:
            new_account(None, name, {})
        assert "--model" in str(caught.value.hint)
    for name in {*map(named, LOCAL)} - {"ollama"}:
        assert new_account(None, name, {}).model == ""


@pytest.mark.parametrize("preset", PRESETS.values(), ids=named)
def test_the_variable_of_each(preset: Preset) -> None:
    assert key_variable(new_account("mine", preset.name, {"model": "m"})) == preset.key_variable


@pytest.mark.parametrize("preset", CLOUD, ids=named)
def test_no_services_key_goes_to_another_host(preset: Preset) -> None:
    for url in ("https://evil.example/v1", "http://127.0.0.1:1/v1", f"{preset.base_url}.evil"):
        made = Account(name=preset.name, preset=preset.name, base_url=url, model="m")
        if made.host != Account(name="x", base_url=preset.base_url).host:
            assert key_variable(made) is None
    plain = preset.base_url.replace("https", "http")
    made = Account(name="x", preset=preset.name, base_url=plain, insecure=True)
    assert key_variable(made) is None


def test_the_host_says_whose_key_it_is() -> None:
    moved = Account(name="x", preset="openrouter", base_url="https://api.fireworks.ai/other/v1")
    assert key_variable(moved) == "FIREWORKS_API_KEY"
    assert key_variable(Account(name="x", base_url="https://api.fireworks.ai.evil/v1")) is None


@pytest.mark.parametrize("preset", ["vllm", "llama-server"])
def test_a_local_servers_variable_stays_on_this_machine(preset: str) -> None:
    near = Account(name="x", preset=preset, base_url="http://localhost:1234/v1")
    far = Account(name="x", preset=preset, base_url="https://gpu.example/v1")
    assert key_variable(near) == PRESETS[preset].key_variable
    assert key_variable(far) is None
    assert key_variable(Account(name="x", base_url="http://localhost:1234/v1")) is None
