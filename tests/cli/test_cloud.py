"""`costeer provider test` and `costeer write` with services on loopback, from end to end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from costeer_cli.cloud.line import HEADERS
from costeer_cli.settings import Config, places
from costeer_cli.store.database import open_default
from tests.cli.conftest import Costeer, Ran
from tests.cli.drafts import own, written
from tests.cloud import services
from tests.cloud.serving import Answer, Asked, Respond, Served, as_events, serving

LIST = "alpha bravo charlie delta echo foxtrot golf hotel"
KEY = "sk-very-secret-0123456789"

Serve = Callable[[Respond], Served]


def closing(_: object) -> bool:
    return False


def speechless(asked: Asked) -> Answer:
    """A service that goes on with a text, a word at a time, and lists nothing."""
    if not asked.path.endswith("/chat/completions"):
        return Answer(status=404)
    last = asked.fields["messages"][-1]
    begun = last["content"] if last["role"] == "assistant" else ""
    left = LIST.removeprefix(begun) if LIST.startswith(begun) else ""
    pieces = re.findall(r" ?\S+", left)
    limit = asked.fields["max_tokens"]
    said = [{"delta": {"content": piece}} for piece in pieces[:limit]]
    ended = {"delta": {}, "finish_reason": "stop" if len(pieces) <= limit else "length"}
    return as_events(*({"choices": [choice]} for choice in [*said, ended]))


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as running:
        yield lambda respond: running.enter_context(serving(respond))


@pytest.fixture
def cloud(costeer: Costeer, serve: Serve) -> Callable[[Respond], Served]:
    """Starts a service and sets it up as the provider in use."""

    def start(respond: Respond, *more: str) -> Served:
        served = serve(respond)
        ran = costeer(
            *("provider", "add", "mine", "--base-url", f"{served.url}/v1"),
            *("--model", "small", "--use", "--yes", *more),
        )
        assert ran.code == 0, ran.err
        return served

    return start


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits before trying again."""
    monkeypatch.setattr("costeer_cli.writing.loop.time.sleep", lambda _: None)


def faulty(respond: Respond, after: int, status: int = 503) -> Respond:
    """A service whose completions fail from the `after`-th on, counted from 0."""
    asked_for = count()

    def answer(asked: Asked) -> Answer:
        if asked.method == "POST" and "completion" in asked.path and next(asked_for) >= after:
            return Answer((b'{"error": {"message": "no ' + asked.body[:9] + b'"}}',), status)
        return respond(asked)

    return answer


def bodies(served: Served) -> list[str]:
    return [a.body.decode() for a in served.asked if a.method == "POST"]


def test_a_service_that_can_be_steered(costeer: Costeer, cloud: Callable[..., Served]) -> None:
    served = cloud(services.vllm)
    ran = costeer("provider", "test", "--json")
    assert ran.code == 0, ran.err
    verdict = ran.json["verdict"]
    assert verdict["steerable"]
    assert (verdict["server"], verdict["kind"]) == ("vllm", "chat_continue_flag")
    assert [trial["works"] for trial in ran.json["trials"]][-1] is True
    table = costeer("provider", "test", "mine")
    assert table.text.splitlines()[-1].startswith("=>  chat_continue_flag  chat")
    assert "of fixed words sent to 127.0.0.1" in table.err
    assert costeer("provider", "list", "--json").json["providers"][0]["verdict"] == verdict["kind"]
    assert "chat_continue_flag" in costeer("doctor").text
    with open_default() as store:
        rows = list(store._connection.rows("SELECT body FROM wire WHERE draft_id LIKE 'probe-%'"))
    logged = [row["body"].decode() for row in rows]
    assert sorted(logged) == sorted(bodies(served))
    assert all("alpha bravo" in body or "costeer-" in body for body in logged)


@pytest.mark.parametrize(
    ("respond", "why"),
    [
        (services.chat(closing), "begins the answer anew"),
        (speechless, "without log-probabilities"),
    ],
)
def test_a_service_that_cannot(
    costeer: Costeer, small: Costeer, cloud: Callable[..., Served], respond: Respond, why: str
) -> None:
    served = cloud(respond)
    ran = costeer("provider", "test")
    assert ran.code == 4
    assert why in ran.text + ran.err
    assert ran.err.count("\n") <= 3
    asked = len(served.asked)
    wrote = small("--provider", "mine", "A note.")
    assert (wrote.code, wrote.out) == (4, b"")
    assert "cannot be steered" in wrote.err
    assert len(served.asked) == asked  # the verdict is remembered, and nothing of the prompt sent


def test_nobody_to_test(costeer: Costeer) -> None:
    assert costeer("provider", "test").code == 2
    assert costeer("provider", "test", "embedded").code == 2
    assert costeer("provider", "test", "nobody").code == 2


def test_a_text_by_a_service(
    small: Costeer, costeer: Costeer, cloud: Callable[..., Served], small_folder: str
) -> None:
    own("jon")
    served = cloud(services.llama_server)
    Config(places().config).set("model", small_folder)
    assert "the first text with mine will show" in costeer("doctor").text
    ran = small("--json", LIST)
    assert ran.code == 0, ran.err
    assert "scored by bytes" in costeer("doctor").text
    made = ran.json
    assert (made["provider"], made["scoring"]) == ("mine", "by_bytes")
    assert made["text"]
    assert made["usage"]["requests"] == made["privacy"]["requests_logged"]
    (draft,) = written()
    with open_default() as store:
        logged = [request.body.decode() for request in store.wire.for_draft(draft["id"])]
        headers = [request.headers for request in store.wire.for_draft(draft["id"])]
    assert logged == bodies(served)[-len(logged) :]
    assert all(h == HEADERS for h in headers)
    assert "Jon" not in "".join(bodies(served))


def test_a_key_goes_to_the_service_and_nowhere_else(
    small: Costeer, costeer: Costeer, cloud: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    served = cloud(services.llama_server, "--key", "env:MY_KEY")
    runs = [costeer("provider", "test"), small(LIST), costeer("draft", "show", "--json")]
    assert [ran.code for ran in runs] == [0, 0, 0]
    headers = [{name.lower(): value for name, value in a.headers.items()} for a in served.asked]
    assert {sent.get("authorization") for sent in headers} == {f"Bearer {KEY}"}
    assert not any(KEY in ran.text + ran.err for ran in runs)
    with open_default() as store:
        assert KEY.encode() not in store.path.read_bytes()


def test_a_dry_run_asks_nobody(
    small: Costeer, costeer: Costeer, cloud: Callable[..., Served]
) -> None:
    served = cloud(services.llama_server)
    ran = small("--dry-run", LIST)
    assert (ran.code, served.asked) == (2, [])
    assert "costeer provider test mine" in ran.err
    costeer("provider", "test")
    asked = len(served.asked)
    ran = small("--dry-run", LIST)
    assert ran.code == 0
    assert LIST in json.loads(ran.text)["prompt"]
    assert f"{served.url}/completion" in ran.err
    assert len(served.asked) == asked


@pytest.mark.usefixtures("quick")
class TestTheCloudStaysAway:
    @pytest.fixture
    def broken(self, costeer: Costeer, cloud: Callable[..., Served]) -> None:
        own("jon")
        cloud(faulty(services.llama_server, after=3))
        assert costeer("provider", "test").code == 0

    def test_what_there_is_is_kept_and_can_be_finished(
        self, broken: None, small: Costeer, costeer: Costeer, cloud: Callable[..., Served]
    ) -> None:
        ran = small("--strength", "2", LIST)
        assert ran.code == 4
        assert "failed (503)" in ran.err
        assert "prompt" not in ran.err  # of what the service quoted
        hint = ran.err.splitlines()[-1]
        cloud(services.llama_server)
        whole = small("--strength", "2", LIST)
        assert whole.code == 0
        if "draft resume" in hint:
            ended = costeer(*hint.partition("costeer ")[2].split())
            assert ended.code == 0, ended.err
            assert ended.text == whole.text

    def test_the_local_model_takes_over(self, broken: None, small: Costeer) -> None:
        ran: Ran = small("--strength", "2", "--fallback", "local", "--json", LIST)
        assert ran.code == 0, ran.err
        assert "The local model finishes the text alone." in ran.err
        assert ran.json["tokens"][-1]["source"] == "local"


def test_budgets(small: Costeer, costeer: Costeer, cloud: Callable[..., Served]) -> None:
    own("jon")
    cloud(services.llama_server)
    assert small("--max-cost", "1", LIST).code == 2  # there are no prices
    ran = small("--max-requests", "1", "--strength", "3", LIST)
    assert ran.code == 0
    cloud(services.llama_server, "--input-price", "1", "--output-price", "2")
    ran = small("--max-cost", "0.5", LIST)
    assert ran.code == 0
    assert "About $" in ran.err
    assert small("--max-cost", "0.0000001", LIST).text == ""


def test_proposals(small: Costeer, costeer: Costeer, cloud: Callable[..., Served]) -> None:
    own("jon")
    served = cloud(speechless)
    assert "--proposals" in costeer("provider", "test").err
    ran = small("--proposals", "--json", LIST)
    assert ran.code == 0, ran.err
    assert ran.json["mode"] == "proposals"
    assert {token["cloud_logprob"] for token in ran.json["tokens"]} <= {None}
    assert "logprobs" not in bodies(served)[-1]
    assert costeer("draft", "show").text == f"{ran.json['text']}\n"
    for refused in (
        ["--temperature", "0"],
        ["--offline"],
        ["--compare"],
        ["--provider", "embedded"],
    ):
        assert small("--proposals", *refused, LIST).code == 2
