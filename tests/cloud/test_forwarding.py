"""Servers on this machine that pass on what they are asked, and those that do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from costeer_cli.accounts.account import Account
from costeer_cli.cloud.capability import Capability
from costeer_cli.cloud.forwarding import SOMEBODY, forwards_to, told_by
from costeer_cli.cloud.probe import Probe
from tests.cloud import services
from tests.cloud.conftest import OpenLine, Serve
from tests.cloud.serving import NOT_FOUND, Answer, Asked, Respond, as_json

LITELLM = "whom LiteLLM is set up to ask"


def also(respond: Respond, **answers: Any) -> Respond:
    """A service with more paths, named with _ for /."""

    def answer(asked: Asked) -> Answer:
        name = asked.path.strip("/").replace("/", "_")
        return as_json(answers[name]) if name in answers else respond(asked)

    return answer


def with_headers(respond: Respond, **headers: str) -> Respond:
    def answer(asked: Asked) -> Answer:
        given = respond(asked)
        return Answer(given.chunks, given.status, given.headers | headers)

    return answer


def tag(name: str, **more: str) -> dict[str, Any]:
    return {"name": name, "model": name, "size": 7, "details": {"family": "gptoss"}, **more}


REMOTE = {"remote_host": "https://ollama.com:443", "remote_model": "gpt-oss:120b"}
TAGS = {"models": [tag("big-1:latest"), tag("far:latest", **REMOTE), tag("mine", **REMOTE)]}


@pytest.mark.parametrize(
    ("model", "whom"),
    [
        ("big-1", ""),
        ("big-1:latest", ""),
        ("far", "ollama.com"),
        ("far:latest", "ollama.com"),
        ("mine", "ollama.com"),
        ("gpt-oss:20b-cloud", "ollama.com"),
        ("shown", "ollama.com"),
        ("other", ""),
    ],
)
def test_ollama_tells_of_each_model(
    serve: Serve, open_line: OpenLine, model: str, whom: str
) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.path == "/api/show":
            return as_json({"details": {}} | (REMOTE if asked.fields["model"] == "shown" else {}))
        return also(services.ollama, api_tags=TAGS)(asked)

    line = open_line(serve(respond).url + "/v1")
    assert forwards_to(line, line.post, "ollama", model) == whom


@pytest.mark.parametrize(
    ("answer", "whom"),
    [
        ({"models": [tag("big-1", remote_host="box.example.com")]}, "box.example.com"),
        ({"models": [tag("big-1", remote_model="gpt-oss")]}, SOMEBODY),
        ({"models": [tag("big-1", remote_host="", remote_model="")]}, ""),
        ({"models": [None, 7, {"name": None}]}, ""),
        ({"models": {"big-1": 7}}, ""),
        ([], ""),
    ],
)
def test_ollama_may_tell_it_in_odd_ways(
    serve: Serve, open_line: OpenLine, answer: Any, whom: str
) -> None:
    line = open_line(serve(also(services.ollama, api_tags=answer)).url + "/v1")
    assert forwards_to(line, line.post, "ollama", "big-1") == whom


def gateway(asked: Asked) -> Answer:
    """A service that does nothing but go on with a chat."""
    return services.chat(lambda fields: True)(asked)


@pytest.mark.parametrize(
    ("respond", "whom"),
    [
        (also(gateway, health_readiness={"status": "healthy", "litellm_version": "1.9"}), LITELLM),
        (with_headers(gateway, **{"X-LiteLLM-Version": "1.9"}), LITELLM),
        (with_headers(gateway, **{"llm_provider-cf-ray": "8a"}), LITELLM),
        (with_headers(gateway, **{"CF-Ray": "8a-FRA"}), SOMEBODY),
        (with_headers(gateway, **{"openai-organization": "ours"}), "openai.com"),
        (also(gateway, v1_models={"data": [{"id": "gpt-5", "owned_by": "openai"}]}), "openai.com"),
        (also(gateway, v1_models={"data": [{"id": "x"}, {"id": "y", "top_provider": {}}]}),
         "openrouter.ai"),
        (also(gateway, v1_models={"data": [{"id": "x", "owned_by": "me and you"}]}), ""),
        (also(gateway, v1_models={"data": [{"id": "x", "owned_by": None}, 7]}), ""),
        (also(gateway, v1_models="nonsense", health_readiness="ok"), ""),
        (gateway, ""),
        (services.vllm, ""),
    ],
)  # fmt: skip
def test_gateways_tell_of_themselves(
    serve: Serve, open_line: OpenLine, respond: Respond, whom: str
) -> None:
    line = open_line(serve(respond).url + "/v1")
    line.get("models")
    server = "vllm" if respond is services.vllm else ""
    assert forwards_to(line, line.post, server, "gpt-5") == whom


def test_names_of_headers() -> None:
    assert told_by({"server", "date", "content-type", "x-request-id", "via"}) == ""
    assert told_by({"server", "x-openrouter-id"}) == "openrouter.ai"


def probed(
    served: Any, open_line: OpenLine, permit: Callable[[str], object] = str
) -> tuple[Capability, Probe]:
    account = Account(name="box", base_url=f"{served.url}/v1", model="far")
    line = open_line(account.base_url)
    probe = Probe(account, line, lambda *_: None, None, permit)
    return probe.run(), probe


def test_the_verdict_names_them(serve: Serve, open_line: OpenLine) -> None:
    served = serve(also(services.ollama, api_tags=TAGS))
    verdict, _ = probed(served, open_line)
    assert verdict.steerable
    assert verdict.forwards == "ollama.com"
    assert verdict.reason.endswith("; it passes all on to ollama.com")
    assert Capability.from_dict(verdict.as_dict()) == verdict


def test_who_tells_only_when_it_answers_is_named_too(serve: Serve, open_line: OpenLine) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.method == "GET":
            return NOT_FOUND
        return with_headers(gateway, **{"CF-Ray": "8a"})(asked)

    verdict, _ = probed(serve(respond), open_line)
    assert verdict.forwards == SOMEBODY


def test_who_serves_by_itself_is_not_named(serve: Serve, open_line: OpenLine) -> None:
    for respond in (services.ollama, services.vllm, services.llama_server, gateway):
        verdict, _ = probed(serve(respond), open_line)
        assert verdict.forwards == ""
        assert "passes" not in verdict.reason


def test_none_of_the_words_is_sent_without_leave(serve: Serve, open_line: OpenLine) -> None:
    class NoLeaveError(Exception):
        pass

    def permit(forwards: str) -> None:
        if forwards:
            raise NoLeaveError

    served = serve(also(services.ollama, api_tags=TAGS))
    with pytest.raises(NoLeaveError):
        probed(served, open_line, permit)
    assert served.posted == []
