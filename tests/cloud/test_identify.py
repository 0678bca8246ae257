"""Which server answers is found out for free, and without a word of anybody's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from costeer_cli.cloud import identify as module
from costeer_cli.cloud.identify import Server, end_id, identify, template_of
from costeer_cli.cloud.template import Template
from costeer_cli.errors import ProviderUnreachableError
from tests.cloud import services
from tests.cloud.conftest import OpenLine, Serve
from tests.cloud.serving import NOT_FOUND, Asked, Respond, as_json

SERVERS: dict[str, tuple[Respond, Server]] = {
    "vllm": (services.vllm, Server("vllm", "big-1")),
    "sglang": (services.sglang, Server("sglang", "big-1", {"model_path": "big-1"})),
    "llama-cpp-python": (services.llama_cpp_python, Server("llama-cpp-python", "small")),
    "ollama": (services.ollama, Server("ollama", "", {"version": "0.12.11"})),
    "tgi": (services.tgi, Server("tgi", "org/big-1", {"model_id": "org/big-1", "version": "3.0"})),
    "": (services.chat(services.prefixed), Server()),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_is_known_by_what_it_lists_and_where(
    serve: Serve, open_line: OpenLine, name: str
) -> None:
    respond, expected = SERVERS[name]
    served = serve(respond)
    assert identify(open_line(served.url + "/v1"), None) == expected
    assert {asked.method for asked in served.asked} == {"GET"}
    assert all(asked.body == b"" for asked in served.asked)


def test_llama_server_and_what_it_tells_of_itself(serve: Serve, open_line: OpenLine) -> None:
    found = identify(open_line(serve(services.llama_server).url + "/v1"), None)
    assert (found.name, found.model) == ("llama-server", "small.gguf")
    assert found.facts["eos_token"] == "<|im_end|>"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.fireworks.ai", "fireworks"),
        ("api.together.xyz", "together"),
        ("api.deepseek.com", "deepseek"),
        ("api.mistral.ai", "mistral"),
        ("openrouter.ai", "openrouter"),
        ("api.cerebras.ai", "cerebras"),
        ("api.deepinfra.com", "deepinfra"),
    ],
)
def test_services_in_the_cloud_are_known_by_their_host(
    open_line: OpenLine, host: str, name: str
) -> None:
    """Nothing is asked: there is no such host here."""
    assert identify(open_line(f"https://{host}/v1"), None) == Server(name)


def test_a_host_that_only_ends_alike_is_another(
    open_line: OpenLine, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HOSTS", {"0.0.1": "one", "27.0.0.1": "two"})
    url = serve(lambda asked: NOT_FOUND).url
    assert identify(open_line(url), None) == Server("one")
    monkeypatch.setattr(module, "_HOSTS", {"27.0.0.1": "two"})
    assert identify(open_line(url), None) == Server()


def test_a_named_wire_settles_it(serve: Serve, open_line: OpenLine) -> None:
    """Such as behind a proxy that lists its own models."""
    served = serve(lambda asked: NOT_FOUND)
    for wire in ("llama-server", "ollama", "tgi"):
        assert identify(open_line(served.url), wire) == Server(wire)
    assert identify(open_line(served.url), "chat") == Server()


@pytest.mark.parametrize(
    "answer",
    [
        as_json([]),
        as_json({"data": None}),
        as_json({"data": ["big-1"]}),
        as_json({"data": [{}]}),
        as_json({"data": [{"id": None, "owned_by": 7}]}),
        as_json("models"),
        as_json({"data": []}, 500),
    ],
)
def test_odd_lists_are_nobodys(serve: Serve, open_line: OpenLine, answer: Any) -> None:
    found = identify(open_line(serve(lambda asked: answer).url), None)
    assert found.name == ""


def test_nobody_there(open_line: OpenLine) -> None:
    with pytest.raises(ProviderUnreachableError):
        identify(open_line("http://127.0.0.1:9"), None)


@pytest.mark.parametrize("respond", [services.llama_server, services.ollama, services.tgi])
def test_a_template_is_learned_from_known_words_alone(
    serve: Serve, open_line: OpenLine, respond: Respond
) -> None:
    served = serve(respond)
    line = open_line(served.url + "/v1")
    server = identify(line, None)
    template = template_of(line.post, server, "big-1")
    assert template == Template(services.HEAD, services.MIDDLE, services.TAIL)
    (posted,) = served.posted
    assert [message["role"] for message in posted["messages"]] == ["system", "user"]
    assert all(message["content"].startswith("costeer-") for message in posted["messages"])


@pytest.mark.parametrize("name", ["vllm", "sglang", "", "fireworks"])
def test_servers_that_render_nothing_are_not_asked(name: str) -> None:
    def never(path: str, body: bytes) -> Any:
        raise AssertionError

    assert template_of(never, Server(name), "big-1") is None
    assert end_id(never, Server(name, facts={"eos_token": "</s>"})) is None


@pytest.mark.parametrize(
    "answer", [None, {}, [], "text", {"prompt": "lost"}, {"_debug_info": None}]
)
@pytest.mark.parametrize("name", ["llama-server", "ollama", "tgi"])
def test_a_server_that_does_not_render_has_no_template(name: str, answer: Any) -> None:
    assert template_of(lambda path, body: answer, Server(name), "big-1") is None


def test_the_end_is_asked_for(serve: Serve, open_line: OpenLine) -> None:
    served = serve(services.llama_server)
    line = open_line(served.url + "/v1")
    assert end_id(line.post, identify(line, None)) == 2
    assert served.posted == [{"content": "<|im_end|>", "parse_special": True, "add_special": False}]


@pytest.mark.parametrize(
    "answer", [None, [], {"tokens": []}, {"tokens": [1, 2]}, {"tokens": ["a"]}]
)
def test_an_end_that_is_not_one_token_is_none(answer: Any) -> None:
    server = Server("llama-server", facts={"eos_token": "</s>"})
    assert end_id(lambda path, body: answer, server) is None
    assert end_id(lambda path, body: answer, Server("llama-server")) is None


def test_what_is_asked_is_json() -> None:
    asked: list[Asked] = []

    def post(path: str, body: bytes) -> Any:
        asked.append(Asked("POST", path, {}, body))
        return None

    template_of(post, Server("ollama"), "big-1")
    assert json.loads(asked[0].body)["_debug_render_only"] is True
    assert (asked[0].path, asked[0].fields["model"]) == ("/api/chat", "big-1")
