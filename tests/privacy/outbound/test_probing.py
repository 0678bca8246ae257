"""What the probe sends is public, and written down before it goes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from costeer_cli.accounts.account import Account
from costeer_cli.cloud.capability import Kind
from costeer_cli.cloud.probe import INSTRUCTIONS, PROMPT
from costeer_cli.errors import PrivacyError, ProviderError, ProviderUnreachableError, StoreError
from costeer_cli.privacy.outbound.probing import probe
from costeer_cli.privacy.outbound.seal import sealed
from tests.cloud import services
from tests.cloud.conftest import Serve
from tests.cloud.serving import Answer, Asked, Served, as_json

KEY = "sk-test-51a7"


def account(served: Served) -> Account:
    return Account(name="box", base_url=served.url + "/v1", model="big-1")


def test_every_body_is_in_the_log_before_it_is_sent(serve: Serve) -> None:
    served = serve(services.llama_server)
    entries: list[tuple[str, str, Mapping[str, str], bytes]] = []

    def record(provider: str, endpoint: str, headers: Mapping[str, str], body: bytes) -> None:
        assert len(entries) == len(served.paths("POST"))
        entries.append((provider, endpoint, headers, body))

    finding = probe(account(served), KEY, record)
    assert finding.capability.kind is Kind.TOKEN_EXACT
    assert [trial.works for trial in finding.trials] == [True]
    posted = [asked for asked in served.asked if asked.method == "POST"]
    assert finding.requests == len(posted) == len(entries) == 3
    assert [(e[0], e[1], e[3]) for e in entries] == [
        ("box", served.url + asked.path, asked.body) for asked in posted
    ]
    assert all(asked.headers["authorization"] == f"Bearer {KEY}" for asked in served.asked)
    assert KEY not in str(entries)
    assert INSTRUCTIONS in entries[-1][3].decode()
    assert PROMPT in entries[-1][3].decode()


def test_what_cannot_be_written_down_is_not_sent(serve: Serve) -> None:
    served = serve(services.llama_server)

    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    with pytest.raises(StoreError):
        probe(account(served), None, full)
    assert served.posted == []


def test_all_that_was_tried_is_told(serve: Serve) -> None:
    finding = probe(account(serve(services.chat(lambda fields: False))), None, lambda *_: None)
    assert finding.capability.kind is Kind.NOT_STEERABLE
    assert len(finding.trials) == 3
    assert not any(trial.works for trial in finding.trials)
    assert finding.requests >= 3


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ProviderError), (503, ProviderUnreachableError)]
)
def test_a_probe_that_fails_lets_go_of_the_line(
    serve: Serve, status: int, kind: type[ProviderError]
) -> None:
    served = serve(lambda asked: as_json({"error": {"message": KEY}}, status))
    with pytest.raises(kind) as raised:
        probe(account(served), KEY, lambda *_: None)
    assert type(raised.value) is kind
    assert KEY not in f"{raised.value!s}{raised.value!r}"


def test_offline_nobody_beyond_this_machine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COSTEER_OFFLINE", "1")
    far = Account(name="far", base_url="https://cloud.invalid/v1", model="m")
    with pytest.raises(PrivacyError, match=r"far is at cloud\.invalid"):
        probe(far, KEY, lambda *_: None)


def test_offline_who_passes_on_is_sent_none_of_the_words(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSTEER_OFFLINE", "1")

    def respond(asked: Asked) -> Answer:
        if asked.path == "/health/readiness":
            return as_json({"litellm_version": "1.9"})
        return services.chat(lambda fields: True)(asked)

    served = serve(respond)
    with pytest.raises(PrivacyError, match="box passes all on to whom LiteLLM"):
        probe(account(served), KEY, lambda *_: None)
    assert served.posted == []
    assert probe(account(serve(services.llama_server)), KEY, lambda *_: None).requests


def test_a_probe_reaches_the_service_out_of_a_sealed_process(serve: Serve) -> None:
    served = serve(services.vllm)
    with sealed():
        finding = probe(account(served), None, lambda *_: None)
    assert finding.capability.steerable
