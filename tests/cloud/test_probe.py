"""The probe says of each service what it can do, and sends nothing but its own words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from costeer_cli.accounts.account import Account
from costeer_cli.cloud import identify
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.probe import BEGUN, INSTRUCTIONS, PROMPT, SPACED, Probe, Trial
from costeer_cli.errors import ProviderError, ProviderUnreachableError
from tests.cloud import services
from tests.cloud.conftest import Serve
from tests.cloud.parrot import LIST, Place, repeat
from tests.cloud.services import chat, chat_events, prefixed
from tests.cloud.serving import NOT_FOUND, Answer, Asked, Respond, Served, as_events, as_json
from tests.cloud.tokens import CharacterTokens


@dataclass
class Looked:
    """What a probe found."""

    verdict: Capability
    trials: list[Trial]
    served: Served
    announced: list[tuple[str, bytes]]


Look = Callable[..., Looked]


@pytest.fixture
def look(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Probe a service, taken for one of a name if given."""

    def look_(
        respond: Respond, name: str = "", tokens: CharacterTokens | None = None, **more: Any
    ) -> Looked:
        if name:
            monkeypatch.setitem(identify._HOSTS, "127.0.0.1", name)
        served = serve(respond)
        account = Account(name="box", base_url=served.url + "/v1", **{"model": "big-1", **more})
        announced: list[tuple[str, bytes]] = []
        line = Line(account.base_url, None, read_timeout=5.0)

        def announce(endpoint: str, body: bytes) -> None:
            assert len(announced) == len(served.paths("POST"))  # before it is sent
            announced.append((endpoint, body))

        try:
            probe = Probe(account, line, announce, tokens)
            return Looked(probe.run(), probe.trials, served, announced)
        finally:
            line.close()

    return look_


ALWAYS: Callable[[dict[str, Any]], bool] = lambda fields: True  # noqa: E731
NEVER: Callable[[dict[str, Any]], bool] = lambda fields: False  # noqa: E731


@pytest.mark.parametrize(
    ("respond", "name", "kind", "wire"),
    [
        (services.vllm, "", Kind.CHAT_CONTINUE_FLAG, "chat"),
        (services.sglang, "", Kind.CHAT_CONTINUE_FLAG, "chat"),
        (services.llama_server, "", Kind.TOKEN_EXACT, "llama-server"),
        (services.ollama, "", Kind.RAW_TEXT, "ollama"),
        (services.tgi, "", Kind.RAW_TEXT, "tgi"),
        (chat(prefixed), "deepseek", Kind.CHAT_PREFIX_MARKER, "chat"),
        (services.mistral(True), "mistral", Kind.CHAT_PREFIX_MARKER, "chat"),
        (services.mistral(False), "mistral", Kind.CHAT_PREFIX_MARKER, "chat"),
        (chat(ALWAYS), "openrouter", Kind.CHAT_IMPLICIT_PREFILL, "chat"),
        (chat(prefixed), "", Kind.CHAT_PREFIX_MARKER, "chat"),
        (chat(ALWAYS), "", Kind.CHAT_CONTINUE_FLAG, "chat"),
    ],
)
def test_a_service_that_goes_on_exactly_is_recognised(
    look: Look, respond: Respond, name: str, kind: Kind, wire: str
) -> None:
    seen = look(respond, name)
    assert (seen.verdict.kind, seen.verdict.wire) == (kind, wire)
    assert seen.verdict.steerable
    assert "goes on exactly" in seen.verdict.reason
    assert seen.trials[-1].works


@pytest.mark.parametrize(
    ("respond", "name"),
    [(services.llama_cpp_python, ""), (services.fireworks, "fireworks"), (services.vllm, "")],
)
def test_raw_prompts_need_a_format(look: Look, respond: Respond, name: str) -> None:
    seen = look(respond, name, template="chatml", wire="completions")
    assert seen.verdict.kind is Kind.RAW_TEXT
    without = look(respond, name, wire="completions")
    assert without.verdict.kind is Kind.NOT_STEERABLE
    assert "--template" in without.verdict.reason


def test_trap_11_a_service_with_our_tokenizer_is_spoken_to_in_ids(look: Look) -> None:
    seen = look(services.vllm, tokens=CharacterTokens())
    assert (seen.verdict.kind, seen.verdict.ids) == (Kind.TOKEN_EXACT, True)
    assert isinstance(json.loads(seen.announced[0][1])["prompt"], list)


@pytest.mark.parametrize(
    "respond", [services.vllm, services.llama_server, services.ollama, chat(prefixed), chat(NEVER)]
)
def test_trap_22_only_known_words_go_out_and_all_are_announced(
    look: Look, respond: Respond
) -> None:
    seen = look(respond)
    posted = [asked for asked in seen.served.asked if asked.method == "POST"]
    assert [(seen.served.url + asked.path, asked.body) for asked in posted] == seen.announced
    assert all(asked.body == b"" for asked in seen.served.asked if asked.method == "GET")
    for asked in posted:
        text = asked.body.decode()
        known = INSTRUCTIONS in text and PROMPT in text
        assert known or asked.path in {"/apply-template", "/tokenize", "/api/chat"}


def test_the_model_that_a_server_has_is_found(look: Look) -> None:
    seen = look(services.sglang, model="")
    assert (seen.verdict.served, seen.verdict.model) == ("big-1", "big-1")
    assert {posted["model"] for posted in seen.served.posted} == {"big-1"}


def changed(change: Callable[[Place, int], Any]) -> Respond:
    """A service that goes on exactly, with another idea of log-probabilities."""
    return chat(ALWAYS, shape=change)


def item(place: Place, logprob: float | None, others: list[dict]) -> dict[str, Any]:
    own = {"token": place.own.text, "logprob": logprob, "bytes": None}
    return {"content": [own | {"top_logprobs": others}], "refusal": None}


def zero(place: Place, most: int) -> dict[str, Any]:
    others = [{"token": p.text, "logprob": -9999.0, "bytes": None} for p in place.others]
    return item(place, 0.0, others)


def positive(place: Place, most: int) -> dict[str, Any]:
    return item(place, 17.25, [{"token": p.text, "logprob": 3.5} for p in place.others])


def stuck(place: Place, most: int) -> dict[str, Any]:
    """The same list at every position."""
    same = [{"token": "rot", "logprob": -0.1}, {"token": " x", "logprob": -3.0}]
    return item(place, None, same)


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (zero, "no candidates beside its own"),
        (lambda place, most: item(place, 0.0, []), "no candidates beside its own"),
        (positive, "no log-probabilities"),
        (lambda place, most: None, "without log-probabilities"),
        (lambda place, most: {"content": None}, "without log-probabilities"),
        (lambda place, most: [-0.1], "unknown form"),
    ],
)
def test_trap_06_broken_lists_with_a_200_are_found(
    look: Look, shape: Callable[[Place, int], Any], says: str
) -> None:
    seen = look(changed(shape))
    assert seen.verdict.kind is Kind.NOT_STEERABLE
    assert says in seen.verdict.reason
    assert len(seen.trials) == 3


def test_one_that_goes_on_without_a_list_can_be_steered_by_proposals(look: Look) -> None:
    seen = look(changed(lambda place, most: None))
    assert not seen.verdict.steerable
    assert seen.verdict.prefills
    assert seen.verdict.wire == "chat"
    assert "--proposals" in seen.verdict.reason
    anew = look(chat(NEVER, shape=lambda place, most: None))
    assert not anew.verdict.prefills
    assert "--proposals" not in anew.verdict.reason


def test_trap_06_the_same_list_everywhere_is_found(look: Look) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.method == "GET":
            return NOT_FOUND
        same = repeat("alpha bravo charlie delta echo foxt", 1)[0]
        return as_events(*chat_events([same] * 4, 20, 4))

    assert "same candidates" in look(respond).verdict.reason


def test_trap_13_a_service_that_begins_anew_is_not_steerable(look: Look) -> None:
    """It closes the turn and answers again, with a 200 and perfect log-probabilities."""
    seen = look(chat(NEVER))
    assert seen.verdict.kind is Kind.NOT_STEERABLE
    assert "begins the answer anew" in seen.verdict.reason
    assert not any(trial.works for trial in seen.trials)


def test_trap_13_nor_one_that_takes_the_text_for_the_users(look: Look) -> None:
    """SGLang without its flag: the model answers what it had begun to write."""

    def respond(asked: Asked) -> Answer:
        if asked.method == "GET":
            return NOT_FOUND
        places = repeat("", 4, plain="Sure, here is the list")
        return as_events(*chat_events(places, 20, 4))

    seen = look(respond)
    assert seen.verdict.kind is Kind.NOT_STEERABLE
    assert "does not go on where the text ends" in seen.verdict.reason


@pytest.mark.parametrize("plain", [" foxtrot golf hotel", " golf hotel"])
def test_trap_11_one_that_mends_the_word_is_not_exact(look: Look, plain: str) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.method == "GET":
            return NOT_FOUND
        return as_events(*chat_events(repeat("", 4, plain=plain), 20, 4))

    assert "mends the broken word" in look(respond).verdict.reason


def test_trap_12_the_echo_is_remembered(look: Look) -> None:
    assert look(services.mistral(True), "mistral").verdict.echoes
    assert look(services.mistral(False), "mistral").verdict.echoes
    assert not look(chat(prefixed), "mistral").verdict.echoes
    unknown = look(services.mistral(True), "openrouter")
    assert unknown.verdict.kind is Kind.NOT_STEERABLE


def test_trap_12_an_echo_of_an_unknown_service_is_found(look: Look) -> None:
    echo = services.mistral(True)
    seen = look(lambda asked: echo(asked) if asked.method == "POST" else NOT_FOUND)
    assert (seen.verdict.kind, seen.verdict.echoes) == (Kind.CHAT_PREFIX_MARKER, True)


@pytest.mark.parametrize(
    "message",
    [
        "top_logprobs must be between 0 and 5, got 20.",
        "Requested sample logprobs of 20, which is greater than max allowed: 5",
        "Ensure that top_logprobs is at most 5.",
        "1 validation error: top_logprobs should be less than or equal to 5 [input_value=20] "
        "see https://errors.pydantic.dev/2.10/v/less_than_equal",
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_service_that_lists_fewer_is_asked_for_fewer(
    look: Look, message: str, status: int
) -> None:
    def refuse(fields: dict[str, Any]) -> Answer | None:
        if fields["top_logprobs"] > 5:
            return as_json({"error": {"message": message}}, status)
        return None

    seen = look(chat(prefixed, refuse), "deepseek")
    assert (seen.verdict.kind, seen.verdict.most_listed) == (Kind.CHAT_PREFIX_MARKER, 5)


def test_trap_17_a_service_that_wants_to_write_more_is_asked_for_more(look: Look) -> None:
    def refuse(fields: dict[str, Any]) -> Answer | None:
        if fields["max_tokens"] < 16:
            message = "Invalid 'max_tokens': integer below minimum value. Expected a value >= 16."
            return as_json({"error": {"message": message}}, 400)
        return None

    seen = look(chat(ALWAYS, refuse), "openrouter")
    assert (seen.verdict.kind, seen.verdict.fewest) == (Kind.CHAT_IMPLICIT_PREFILL, 16)


@pytest.mark.parametrize("status", [400, 422])
def test_trap_18_refused_fields_are_an_answer_and_no_error(look: Look, status: int) -> None:
    """A service that takes no field it does not know, until the one it knows comes."""

    def refuse(fields: dict[str, Any]) -> Answer | None:
        if "continue_final_message" in fields:
            return as_json({"error": {"message": "Extra inputs are not permitted"}}, status)
        return None

    seen = look(chat(prefixed, refuse))
    assert seen.verdict.kind is Kind.CHAT_PREFIX_MARKER
    assert seen.trials[0].found == f"127.0.0.1 refused the request ({status})"


def test_trap_18_one_that_breaks_instead_is_tried_in_another_way(look: Look) -> None:
    def refuse(fields: dict[str, Any]) -> Answer | None:
        return as_json({}, 500) if "continue_final_message" in fields else None

    assert look(chat(prefixed, refuse)).verdict.kind is Kind.CHAT_PREFIX_MARKER
    with pytest.raises(ProviderUnreachableError, match="500"):
        look(chat(NEVER, lambda fields: as_json({}, 500)))


@pytest.mark.parametrize(
    ("status", "retryable"), [(401, False), (402, False), (429, True), (503, True)]
)
def test_what_says_nothing_of_the_way_is_raised(look: Look, status: int, retryable: bool) -> None:
    with pytest.raises(ProviderError, match=str(status)) as raised:
        look(chat(ALWAYS, lambda fields: as_json({}, status)))
    assert raised.value.retryable is retryable


def test_trap_15_a_model_that_thinks_is_not_steerable(look: Look) -> None:
    def respond(asked: Asked) -> Answer:
        return as_events({"choices": [{"delta": {"reasoning_content": "Hm"}}]})

    assert "thinks before it writes" in look(respond).verdict.reason


def warmed(factor: Callable[[float], float]) -> Respond:
    """A service whose lists depend on the temperature it is asked for."""

    def shape(place: Place, most: int, temperature: float = 1.0) -> dict[str, Any]:
        scale = factor(temperature)
        values = {p.text: math.exp(p.logprob * scale) for p in place.listed(most)}
        total = max(sum(values.values()), 1.0)
        listed = [
            {"token": text, "logprob": math.log(v / total) if v else -9999.0}
            for text, v in values.items()
        ]
        return {"content": [listed[0] | {"top_logprobs": listed}], "refusal": None}

    def respond(asked: Asked) -> Answer:
        if asked.method == "GET":
            return NOT_FOUND
        fields = asked.fields
        places = repeat(services.begun_in(fields), fields["max_tokens"])
        events = chat_events(
            places, 20, fields["max_tokens"], shape=shape, temperature=fields["temperature"]
        )
        return as_events(*events)

    return respond


def test_trap_08_temperature_zero_where_it_changes_nothing(look: Look) -> None:
    raw = look(warmed(lambda temperature: 1.0))
    assert raw.verdict.temperature == 0.0


@pytest.mark.parametrize("cold", [200.0, 1.3])
def test_trap_08_temperature_one_where_zero_changes_what_is_listed(look: Look, cold: float) -> None:
    after = look(warmed(lambda temperature: 1.0 if temperature else cold))
    assert after.verdict.steerable
    assert after.verdict.temperature == 1.0


def test_trap_08_temperature_one_where_zero_is_refused(look: Look) -> None:
    def refuse(fields: dict[str, Any]) -> Answer | None:
        return as_json({}, 422) if fields["temperature"] == 0 else None

    assert look(chat(ALWAYS, refuse)).verdict.temperature == 1.0


def test_trap_09_jitter_between_two_answers_is_no_difference(look: Look) -> None:
    jitter = look(warmed(lambda temperature: 1.0 if temperature else 1.002))
    assert jitter.verdict.temperature == 0.0


def test_trap_10_a_service_that_cuts_off_blank_space_is_found(look: Look) -> None:
    keeps = look(chat(ALWAYS))
    assert not keeps.verdict.trims

    def respond(asked: Asked) -> Answer:
        if asked.method == "GET":
            return NOT_FOUND
        fields = asked.fields
        places = repeat(services.begun_in(fields).rstrip(), fields["max_tokens"])
        return as_events(*chat_events(places, 20, fields["max_tokens"]))

    assert look(respond).verdict.trims


def test_trap_10_a_service_that_refuses_it_is_not_sent_any(look: Look) -> None:
    def refuse(fields: dict[str, Any]) -> Answer | None:
        blank = services.begun_in(fields).endswith(" ")
        message = "final assistant content cannot end with trailing whitespace"
        return as_json({"error": {"message": message}}, 400) if blank else None

    seen = look(chat(ALWAYS, refuse))
    assert seen.verdict.trims
    assert seen.verdict.steerable


def test_the_text_is_broken_off_inside_a_word() -> None:
    assert LIST == PROMPT
    assert all(LIST.startswith(begun.decode()) for begun in (BEGUN, SPACED))
