"""The laws of writing against llama.cpp's real server: same text, exact resume, nothing private."""

from __future__ import annotations

import codecs
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from costeer_cli.local.scorer import Unscored
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.privacy.outbound.door import INSTRUCTIONS, Cloud
from costeer_cli.privacy.outbound.probing import Finding
from costeer_cli.steering.policy import Policy
from tests.servers.proxy import Proxy
from tests.servers.running import Server
from tests.servers.writing import (
    MODEL,
    PRIVATE,
    SECRET,
    Hashed,
    Run,
    alike,
    cloud_of,
    one_by_one,
    paired,
    write,
)
from tests.writing.test_loop import PROMPTS

pytestmark = [pytest.mark.server, pytest.mark.model]

GREEDY = Policy(strength=0.7)
SEEDED = Policy(strength=0.7, temperature=0.8, top_p=0.95, seed=11)
MANGLED = ["Repeat this exactly: 🎂🎉🥳🦊", "Translate into Japanese: good morning, cat"]
Scorers = Callable[[str], Any]

both = pytest.mark.parametrize("policy", [GREEDY, SEEDED], ids=["greedy", "seeded"])


@pytest.fixture
def scorers(model: LanguageModel) -> Scorers:
    """The real scorer, anew for each text."""
    return lambda prompt: paired(model, prompt)


def _law(cloud: Cloud, prompts: list[str], scorers: Scorers, policy: Policy) -> None:
    def pairs() -> Iterator[tuple[str, Run, Run]]:
        for prompt in prompts:
            drafted = write(cloud, prompt, scorers(prompt), policy)
            single = one_by_one(cloud, prompt, scorers(prompt), policy)
            assert not drafted.failures
            ended = single.receipt.finish_reason == "stop"
            assert single.receipt.usage.requests >= len(single.choices) + ended
            yield prompt, drafted, single

    alike(pairs())


@both
def test_cutting_drafts_gives_the_text_of_one_token_per_request(
    cloud: Cloud, scorers: Scorers, policy: Policy
) -> None:
    _law(cloud, PROMPTS[:2], scorers, policy)


@pytest.mark.slow
@both
def test_it_does_for_all_prompts(cloud: Cloud, scorers: Scorers, policy: Policy) -> None:
    _law(cloud, PROMPTS[2:], scorers, policy)


@both
def test_it_does_where_drafts_flow_in_by_themselves(flowing: Cloud, policy: Policy) -> None:
    _law(flowing, PROMPTS[:8], lambda prompt: Hashed(), policy)


@both
def test_a_cloud_nearby_and_one_far_away_write_the_same(
    cloud: Cloud, flowing: Cloud, scorers: Scorers, policy: Policy
) -> None:
    prompt = PROMPTS[0]
    near, far = (write(c, prompt, scorers(prompt), policy) for c in (cloud, flowing))
    alike([(prompt, near, far)], handful=0)
    assert near.differed == far.differed


def test_strength_zero_is_the_servers_own_text(
    llama_server: Server, finding_of: Callable[[None], Finding], cloud: Cloud, flowing: Cloud
) -> None:
    head, middle, tail = finding_of(None).capability.template or ("", "", "")
    for prompt in PROMPTS[:3]:
        body = {
            "prompt": head + INSTRUCTIONS + middle + prompt + tail,
            "n_predict": 30,
            "temperature": 0,
            "repeat_penalty": 1,
        }
        own = _post(f"http://127.0.0.1:{llama_server.port}/completion", body)["content"]
        runs = [write(c, prompt, Unscored(), Policy(0.0), max_tokens=30) for c in (cloud, flowing)]
        assert {run.text.decode() for run in runs} == {own}
        assert {c.source for run in runs for c in run.choices} == {"cloud"}
        assert {run.differed for run in runs} == {0}


@both
@pytest.mark.parametrize("after", [1, 6])
def test_a_text_that_broke_off_ends_as_the_unbroken_one(
    cloud: Cloud, policy: Policy, after: int
) -> None:
    for prompt in (PROMPTS[1], MANGLED[0]):
        whole = write(cloud, prompt, Hashed(), policy)
        begun = write(cloud, prompt, Hashed(), policy, max_tokens=after)
        ended = write(cloud, prompt, Hashed(), policy, written=begun.choices)
        alike([(prompt, whole, ended)], handful=0)
        assert ended.choices[:after] == begun.choices


@both
def test_characters_spread_over_tokens_are_written_whole(
    cloud: Cloud, scorers: Scorers, policy: Policy
) -> None:
    pieces, peeks = [], 0
    for prompt in MANGLED:
        drafted = write(cloud, prompt, scorers(prompt), policy)
        alike([(prompt, drafted, one_by_one(cloud, prompt, scorers(prompt), policy))])
        codecs.getincrementaldecoder("utf-8")().decode(drafted.text)  # only its end may be open
        pieces += [c.text for c in drafted.choices]
        peeks += sum("logit_bias" in request for request in drafted.wire.requests)
    assert any(not _whole(piece) for piece in pieces), "no character was spread over tokens"
    assert peeks, "no position was peeked at"


@both
def test_every_wire_shape_gives_the_same_text(
    llama_server: Server, finding_of: Callable[[str | None], Finding], policy: Policy
) -> None:
    # a chat cannot go on behind a line break that the server would hardly write itself
    for prompt in (PROMPTS[0], PROMPTS[1], PROMPTS[3]):
        runs = []
        for wire in ("llama-server", "completions", "chat"):
            finding = finding_of(wire)
            assert finding.capability.wire == wire, finding.capability.reason
            spoken = cloud_of(llama_server.base_url, finding)
            runs.append(write(spoken, prompt, Hashed(), policy))
        assert len({run.text for run in runs}) == 1


KEYS = {
    "llama-server": {
        "prompt", "n_predict", "n_probs", "temperature", "top_k", "top_p", "min_p",
        "repeat_penalty", "cache_prompt", "stream", "logit_bias",
    },
    "completions": {
        "model", "prompt", "max_tokens", "temperature", "top_p", "logprobs", "stream",
    },
    "chat": {
        "model", "messages", "max_tokens", "temperature", "top_p", "logprobs", "top_logprobs",
        "stream", "continue_final_message", "add_generation_prompt", "top_k", "min_p",
        "cache_prompt", "chat_template_kwargs",
    },
}  # fmt: skip
HEADERS = {
    "host", "accept", "accept-encoding", "connection", "content-length", "content-type",
    "user-agent",
}  # fmt: skip


@pytest.mark.parametrize("wire", list(KEYS))
def test_nothing_but_the_prompt_and_the_text_arrives(
    llama_server: Server,
    finding_of: Callable[[str | None], Finding],
    scorers: Scorers,
    wire: str,
) -> None:
    prompt, finding = PROMPTS[2], finding_of(wire)
    with Proxy(llama_server.port) as proxy:
        run = write(cloud_of(proxy.base_url, finding), prompt, scorers(prompt), GREEDY)
    assert [request.body for request in proxy.requests] == run.wire.bodies
    assert run.receipt.privacy.requests_logged == len(run.wire.bodies) > 1
    assert run.receipt.privacy.outbound_bytes == sum(map(len, run.wire.bodies))
    for request in proxy.requests:
        assert set(request.headers) <= HEADERS
    head, middle, tail = finding.capability.template or ("", "", "")
    rendered = head + INSTRUCTIONS + middle + prompt + tail
    texts = {b"".join(c.text for c in run.choices[:n]).decode() for n in range(len(run.choices))}
    allowed = {MODEL, INSTRUCTIONS, prompt, "system", "user", "assistant"}
    allowed |= texts | {rendered + text for text in texts}
    for body in run.wire.requests:
        assert set(body) <= KEYS[wire]
        assert set(_strings(body)) <= allowed
        if isinstance(body.get("prompt"), list):
            ids = body["prompt"][1:]
            assert ids == [c.id for c in run.choices[: len(ids)]]
    everything = b"".join(run.wire.bodies).decode()
    private = set(PRIVATE.split()) - set(f"{INSTRUCTIONS} {prompt} {run.text.decode()}".split())
    assert SECRET not in everything
    assert not [word for word in private if len(word) > 3 and word in everything]


def _post(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "text/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _whole(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True
