"""The hard switch: what it lets through, and that it opens by no mistake."""

from __future__ import annotations

import socket

import pytest

from costeer_cli.accounts.account import Account, forwards_by_name
from costeer_cli.accounts.switch import require_allowed
from costeer_cli.errors import BadInputError, PrivacyError
from costeer_cli.settings import Config, Places, is_offline

FAR = Account(name="far", base_url="https://api.cloud.test/v1", model="big-1")
NEAR = [
    Account(name="near", base_url=url, model="small")
    for url in ("http://127.0.0.1:8080/v1", "http://[::1]:8080", "http://localhost:11434")
]


@pytest.fixture(autouse=True)
def nobody_looks_anything_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_up(*_: object) -> None:
        raise AssertionError("a host was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)


@pytest.fixture
def offline(home: Places) -> None:
    home.config.parent.mkdir(parents=True, exist_ok=True)
    home.config.write_text("offline = true\n")


def test_it_is_off_where_nobody_switched_it_on(home: Places) -> None:
    assert not is_offline()
    for account in (FAR, *NEAR):
        require_allowed(account)
        require_allowed(account, "ollama.com")


def test_beyond_this_machine_nothing_goes(offline: None) -> None:
    with pytest.raises(
        PrivacyError, match=r"far is at api\.cloud\.test.*nothing was sent"
    ) as raised:
        require_allowed(FAR)
    assert raised.value.exit_code == 3
    assert "offline = false" in str(raised.value.hint)
    for account in NEAR:
        require_allowed(account)


def test_what_passes_on_is_beyond_it_too(offline: None) -> None:
    with pytest.raises(PrivacyError, match=r"near passes all on to openrouter\.ai"):
        require_allowed(NEAR[0], "openrouter.ai")
    cloudy = Account(name="near", base_url="http://127.0.0.1:11434", model="gpt-oss:120b-cloud")
    with pytest.raises(PrivacyError, match=r"near passes all on to ollama\.com"):
        require_allowed(cloudy)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1.cloud.test", "https://localhost.cloud.test", "https://192.168.1.5/v1"],
)
def test_a_name_that_looks_near_is_far(offline: None, url: str) -> None:
    with pytest.raises(PrivacyError):
        require_allowed(Account(name="far", base_url=url))


@pytest.mark.parametrize("said", ["1", "true", "TRUE", "yes", "on", "2", "nonsense"])
def test_the_variable_switches_it_on(said: str) -> None:
    assert is_offline({"COSTEER_OFFLINE": said, "COSTEER_HOME": "/nowhere"})
    with pytest.raises(PrivacyError):
        require_allowed(FAR, environ={"COSTEER_OFFLINE": said, "COSTEER_HOME": "/nowhere"})


@pytest.mark.parametrize("said", ["", "0", "false", "No", "OFF"])
def test_the_variable_cannot_switch_it_off(
    offline: None, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("COSTEER_OFFLINE", said)
    assert is_offline()
    assert not is_offline({"COSTEER_OFFLINE": said, "COSTEER_HOME": "/nowhere"})


@pytest.mark.parametrize("said", ['"true"', "1", '"yes"', "[]", '""'])
def test_a_setting_that_says_neither_is_refused(home: Places, said: str) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text(f"offline = {said}\n")
    with pytest.raises(BadInputError, match="true or false"):
        require_allowed(FAR)


def test_settings_that_cannot_be_read_are_no_leave(home: Places) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text("offline = \n")
    with pytest.raises(BadInputError):
        require_allowed(FAR)


def test_another_setting_leaves_it_as_it_is(offline: None, home: Places) -> None:
    Config(home.config).set("provider", "far")
    assert is_offline()


@pytest.mark.parametrize(
    ("model", "whom"),
    [
        ("gpt-oss:120b-cloud", "ollama.com"),
        ("glm-4.6:cloud", "ollama.com"),
        ("user/qwen3:480b-cloud", "ollama.com"),
        ("gpt-oss:120b", ""),
        ("cloud", ""),
        ("cloud-model:7b", ""),
        ("mistral-cloud", ""),
        ("", ""),
    ],
)
def test_models_that_ollama_asks_a_cloud_for(model: str, whom: str) -> None:
    assert forwards_by_name(model) == whom
