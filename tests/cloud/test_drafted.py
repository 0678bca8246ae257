"""From events to positions: what is lost on the way is noticed, and nothing is made up."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest

from costeer_cli.cloud.drafted import drafted, sensible
from costeer_cli.cloud.listing import Naming
from costeer_cli.cloud.provider import Traffic
from costeer_cli.cloud.template import FORMATS
from costeer_cli.cloud.wires.chat import Chat
from costeer_cli.cloud.wires.completions import Completions
from costeer_cli.cloud.wires.ollama import Ollama
from costeer_cli.cloud.wires.tgi import Tgi
from costeer_cli.cloud.wires.wire import Wire
from costeer_cli.errors import NotSteerableError, ProviderError, ProviderUnreachableError
from costeer_cli.steering.position import Position
from costeer_cli.steering.vocabulary import Vocabulary

CHAT = Chat("https://x.test/v1/chat/completions", "big-1")
OLD = Completions("https://x.test/v1/completions", "big-1", FORMATS["plain"])
OLLAMA = Ollama("http://x.test/api/generate", "big-1", FORMATS["plain"])
TGI = Tgi("http://x.test/generate_stream", FORMATS["plain"])
BIRD, BROKEN = "🐦", "\ufffd"
FIRST, SECOND = BIRD.encode()[:2], BIRD.encode()[2:]


def item(token: str, logprob: float = -0.1, **more: Any) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, **more}


def listing(own: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    return own | {"top_logprobs": [own, *others]}


def event(text: str, *listed: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    logprobs = {"content": list(listed), "refusal": None} if listed else None
    choice = {"delta": {"content": text}, "logprobs": logprobs, "finish_reason": finish}
    return {"choices": [choice]}


def word(text: str, finish: str | None = None) -> dict[str, Any]:
    return event(text, listing(item(text), item(" or", -3.0)), finish=finish)


def draft(
    events: Iterable[dict[str, Any]],
    wire: Wire = CHAT,
    naming: Naming = Naming(),  # noqa: B008
    most: int = 9,
    traffic: Traffic | None = None,
    echoed: bytes = b"",
) -> list[Position]:
    return list(drafted(events, wire, naming, most, traffic or Traffic(), echoed))


def written(positions: list[Position]) -> list[bytes]:
    return [p.chosen.text for p in positions]


def listed(position: Position) -> set[bytes]:
    return {c.text for c in position.candidates}


def test_each_event_is_a_position() -> None:
    role = {"choices": [{"delta": {"role": "assistant", "content": ""}}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 7}}
    found = draft([role, word("Dear"), word(" Ana", "length"), usage])
    assert written(found) == [b"Dear", b" Ana"]
    assert listed(found[0]) == {b"Dear", b" or"}


def test_several_tokens_may_come_in_one_event() -> None:
    both = event("Dear Ana", listing(item("Dear"), item("Hi", -3)), listing(item(" Ana")))
    assert written(draft([both, event("", finish="length")])) == [b"Dear", b" Ana"]


def test_trap_01_a_character_in_pieces_that_are_not_shown_is_one_position() -> None:
    """vLLM: nothing for the first tokens, the whole character for the last."""
    start = event("", listing(item("", -0.5, bytes=[]), item(" a", -1.5)))
    rest = event(BIRD, listing(item(BIRD, -0.2, bytes=list(BIRD.encode())), item("", -3.0)))
    found = draft([word("A"), start, rest, word(" b", "length")])
    assert written(found) == [b"A", BIRD.encode(), b" b"]
    assert listed(found[1]) == {BIRD.encode(), b" a"}
    assert found[1].chosen.logprob == pytest.approx(-0.7)
    assert found[1].chosen.id is None
    assert found[1].unnamed == -0.5


def test_trap_01_a_character_is_known_by_the_text_where_its_tokens_are_broken() -> None:
    """Ollama: U+FFFD for every piece, the character in the text."""
    events = [
        event("", listing(item(BROKEN, -0.5), item(" a", -1.5))),
        event(BIRD, listing(item(BROKEN, -0.2), item(" b", -3.0))),
        word("!", "length"),
    ]
    found = draft(events)
    assert written(found) == [BIRD.encode(), b"!"]
    assert listed(found[0]) == {BIRD.encode(), b" a"}
    assert found[0].chosen.logprob == pytest.approx(-0.7)


def test_trap_01_where_the_first_pieces_are_hidden_nothing_else_is_a_candidate() -> None:
    """What is listed beside the last piece are other ways to end the character."""
    found = draft([event(BIRD, listing(item(BROKEN, -0.2), item(" b", -3.0))), word("!", "length")])
    assert written(found) == [BIRD.encode(), b"!"]
    assert listed(found[0]) == {BIRD.encode()}


def test_trap_01_all_of_it_in_one_event() -> None:
    tokens = [
        listing(item(BROKEN, -0.5), item(" a", -1.5)),
        listing(item(BROKEN)),
        listing(item("!")),
    ]
    found = draft([event(BIRD + "!", *tokens, finish="length")])
    assert written(found) == [BIRD.encode(), b"!"]
    assert listed(found[0]) == {BIRD.encode(), b" a"}


def test_trap_01_pieces_with_bytes_are_positions_of_their_own() -> None:
    events = [
        event("", listing(item("", -0.5, bytes=list(FIRST)), item(" a", -1.5))),
        event(BIRD, listing(item(BROKEN, -0.2, bytes=list(SECOND)))),
        word("!", "length"),
    ]
    assert written(draft(events)) == [FIRST, SECOND, b"!"]


def test_trap_01_tgi_shows_nothing_of_a_piece_and_that_is_no_end() -> None:
    def token(text: str, n: int, logprob: float) -> dict[str, Any]:
        own = {"id": n, "text": text, "logprob": logprob, "special": False}
        other = {"id": 9, "text": " a", "logprob": -3.0, "special": False}
        return {"token": own, "top_tokens": [own, other]}

    events = [token("", 4, -0.3), token(BIRD, 5, -0.3), token("!", 6, -0.1)]
    found = draft([*events[:2], events[2] | {"details": {"finish_reason": "length"}}], TGI)
    assert written(found) == [BIRD.encode(), b"!"]
    assert listed(found[0]) == {BIRD.encode(), b" a"}


def test_trap_01_a_piece_that_stays_one_is_never_written() -> None:
    """The likeliest token that can be named stands in for it, and the draft ends."""
    lost = event("", listing(item(BROKEN, -0.2), item(" a", -2.0), item(" b", -3.0)))
    found = draft([word("A"), lost, word(" b"), word(" c", "length")])
    assert written(found) == [b"A", b" a"]
    assert listed(found[1]) == {b" a", b" b"}
    assert found[1].unnamed == -0.2
    assert written(
        draft([event(BROKEN, *lost["choices"][0]["logprobs"]["content"], finish="length")])
    ) == [b" a"]


def test_trap_01_pieces_alone_cannot_be_steered() -> None:
    with pytest.raises(NotSteerableError, match="does not list"):
        draft([event("", listing(item(BROKEN)), finish="length")])


def test_trap_01_an_unfinished_end_of_a_draft_is_left_for_the_next() -> None:
    lost = event("", listing(item(BROKEN, -0.2), item(" a", -2.0)), finish="length")
    assert written(draft([word("A"), lost])) == [b"A"]


def test_trap_01_half_a_surrogate_is_no_text() -> None:
    half = event(chr(0xD83D), listing(item(chr(0xD83D), -0.2), item(" a", -2.0)), finish="length")
    assert written(draft([half])) == [b" a"]


def test_trap_02_tokens_that_lost_their_space_are_noticed() -> None:
    """SentencePiece, decoded token by token: "Ana" is listed, " Ana" is written."""
    with pytest.raises(NotSteerableError, match="not the text"):
        draft([word("Dear"), event(" Ana", listing(item("Ana"), item("Eva", -3.0)))])


@pytest.mark.parametrize("shown", ["\u2581Ana", "\u0120Ana"])
def test_trap_02_tokens_in_a_vocabularys_own_letters_are_noticed(shown: str) -> None:
    with pytest.raises(NotSteerableError, match="not the text"):
        draft([event(" Ana", listing(item(shown), item("Eva", -3.0)))])


def test_trap_02_sglangs_latin_1_pieces_are_noticed() -> None:
    pieces = [event("", listing(item(FIRST.decode("latin-1")))), event(BIRD, listing(item("x")))]
    with pytest.raises(NotSteerableError, match="not the text"):
        draft(pieces)


def test_trap_02_text_may_come_later_than_its_tokens_or_without_its_first_space() -> None:
    late = [event("", listing(item("De"))), event("Dear", listing(item("ar"))), word("!", "length")]
    assert written(draft(late)) == [b"De", b"ar", b"!"]
    flushed = [event("", listing(item("De"))), event("De", finish="length")]
    assert written(draft(flushed)) == [b"De"]
    assert written(draft([event("Ana", listing(item(" Ana")), finish="length")])) == [b" Ana"]


def test_text_beyond_its_tokens_is_noticed() -> None:
    with pytest.raises(NotSteerableError, match="not the text"):
        draft([event("Dear Ana", listing(item("Dear")))])


@pytest.mark.parametrize("finish", ["stop", "eos", "eos_token"])
def test_trap_04_an_end_that_is_not_listed_is_a_position(finish: str) -> None:
    """Ollama, llama-cpp-python; Together says `eos`."""
    found = draft([word("Dear"), event("", finish=finish)])
    assert written(found) == [b"Dear", b""]
    assert found[1].chosen.logprob == 0.0
    assert written(draft([event("", finish=finish)])) == [b""]


def test_trap_04_an_end_that_is_listed_comes_once() -> None:
    ended = event("", listing(item("<|im_end|>", -0.3), item(" a", -2.0)), finish="stop")
    found = draft([word("Dear"), ended])
    assert written(found) == [b"Dear", b""]
    assert listed(found[1]) == {b"", b" a"}


def test_trap_04_an_end_that_is_listed_as_nothing_is_one() -> None:
    """vLLM with a tokenizer of Mistral's kind: the end has no text."""
    ended = event("", listing(item("", -0.3, bytes=[]), item(" a", -2.0)), finish="stop")
    found = draft([word("Dear"), ended])
    assert written(found) == [b"Dear", b""]
    assert (found[1].chosen.logprob, listed(found[1])) == (-0.3, {b"", b" a"})


def test_trap_04_nothing_comes_after_an_end() -> None:
    ended = event("", listing(item("</s>", -0.3)))
    assert written(draft([ended, word(" more"), word("!")])) == [b""]


def test_what_is_told_behind_an_end_is_taken_down() -> None:
    traffic = Traffic()
    ended = event("", listing(item("</s>", -0.3)), finish="stop")
    draft([word("A"), ended, {"choices": [], "usage": {"prompt_tokens": 30}}], traffic=traffic)
    assert traffic.prompt_tokens == 30


def test_trap_04_a_full_draft_is_not_ended() -> None:
    assert written(draft([word("A"), word(" b", "stop")], most=2)) == [b"A", b" b"]


def test_trap_04_ollamas_end_first_has_no_logprobs_at_all() -> None:
    last = {"response": "", "done": True, "done_reason": "stop", "prompt_eval_count": 9}
    assert written(draft([last], OLLAMA)) == [b""]


def test_trap_06_a_draft_of_nonsense_is_refused_after_a_few_positions() -> None:
    same = draft([event("a", listing(item("a"), item(" b", -3.0)))] * 20)
    taken = []
    with pytest.raises(NotSteerableError, match="same candidates"):
        taken.extend(sensible(same))
    assert len(list(sensible(draft([word("a")] * 7)))) == 7
    varied = draft([event("a", listing(item("a", -0.1 - n / 100))) for n in range(20)])
    with pytest.raises(NotSteerableError, match="no candidates beside"):
        list(sensible(varied))


def test_trap_12_an_echo_is_listed_whether_the_service_lists_it_or_not() -> None:
    """Mistral: the answer begins with the text it continues."""
    begun = b"Dear A"
    rest = [word("na"), word("!", "length")]
    assert written(draft([event("Dear A"), *rest], echoed=begun)) == [begun, b"na", b"!"]
    assert written(draft([event("Dear"), event(" A"), *rest], echoed=begun))[:3] == [
        b"Dear", b" A", b"na",
    ]  # fmt: skip
    together = event("Dear Ana", listing(item("na")))
    assert written(draft([together, rest[1]], echoed=begun)) == [begun, b"na", b"!"]
    assert written(draft([word("Dear A"), *rest], echoed=begun)) == [begun, b"na", b"!"]
    assert written(draft(rest, echoed=begun)) == [b"na", b"!"]


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning_content": "First, "},
        {"reasoning": "First, ", "content": ""},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "First"}]}]},
    ],
)
def test_trap_15_thoughts_are_refused(delta: dict[str, Any]) -> None:
    thought = {"choices": [{"delta": delta, "logprobs": {"content": [listing(item("First"))]}}]}
    with pytest.raises(NotSteerableError, match="thinks before it writes"):
        draft([thought])
    with pytest.raises(NotSteerableError, match="thinks"):
        draft([{"response": "", "thinking": "First", "done": False}], OLLAMA)


def test_trap_15_empty_thoughts_are_none() -> None:
    quiet = word("Dear", "length")
    quiet["choices"][0]["delta"]["reasoning_content"] = ""
    assert written(draft([quiet])) == [b"Dear"]


@pytest.mark.parametrize(
    "choice",
    [
        {"delta": {}, "finish_reason": "content_filter"},
        {"delta": {"refusal": "I can't"}, "finish_reason": None},
        {"delta": {"content": ""}, "logprobs": {"content": None, "refusal": [item("I")]}},
    ],
)
def test_trap_16_refusals_stop_the_text_and_are_no_reason_to_ask_again(choice: dict) -> None:
    azure = {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
    with pytest.raises(ProviderError, match="own filter") as raised:
        draft([azure, word("Dear"), {"choices": [choice]}])
    assert not raised.value.retryable


def test_a_service_without_logprobs_cannot_be_steered() -> None:
    for logprobs in (None, {}, {"content": None}, {"content": []}):
        choice = {"delta": {"content": "Dear"}, "logprobs": logprobs}
        with pytest.raises(NotSteerableError, match="without log-probabilities"):
            draft([{"choices": [choice]}])


def test_logprobs_that_stop_on_the_way_may_come_again() -> None:
    with pytest.raises(ProviderUnreachableError, match="without log-probabilities"):
        draft([word("Dear"), event(" Ana")])


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"choices": [None]},
        {"choices": [{"delta": {"content": 5}}]},
        {"choices": [{"delta": {"content": "a"}, "logprobs": [-0.1]}]},
        {"choices": [{"delta": {"content": "a"}, "logprobs": {"content": [{"token": "a"}]}}]},
        event("a", item("a", bytes=[999])),
        event("a", {"token": 5, "logprob": -0.1}),
        event("a", {"token": "a", "logprob": "much"}),
    ],
)
def test_an_unknown_form_is_an_error_of_the_service(odd: dict[str, Any]) -> None:
    """TGI's `/v1/completions` lists bare numbers."""
    with pytest.raises(NotSteerableError, match="unknown form"):
        draft([odd])
    with pytest.raises(ProviderUnreachableError, match="unknown form"):
        draft([word("Dear"), odd])


@pytest.mark.parametrize("finish", [None, "error", "abort", "insufficient_system_resource"])
def test_an_answer_that_never_begins_is_worth_another_try(finish: str | None) -> None:
    with pytest.raises(ProviderUnreachableError, match="before it began"):
        draft([event("", finish=finish)])
    assert written(draft([word("Dear"), event("", finish=finish)])) == [b"Dear"]


def test_a_draft_that_is_empty_for_its_length_is_empty() -> None:
    assert draft([event("", finish="length")]) == []


def test_what_is_told_of_the_request_is_taken_down_once() -> None:
    traffic = Traffic()
    usage = {"prompt_tokens": 30, "prompt_tokens_details": {"cached_tokens": 16}}
    events = [word("A") | {"usage": usage, "model": "big-1"} for _ in range(4)]
    draft([*events, event("", finish="length")], traffic=traffic)
    assert traffic == Traffic(30, 16, "big-1")
    draft(
        [word("A") | {"usage": {"prompt_tokens": 5, "prompt_tokens_details": None}}],
        traffic=traffic,
    )
    assert (traffic.prompt_tokens, traffic.cached_tokens) == (35, 16)


def test_another_model_under_the_same_name_is_noticed() -> None:
    with pytest.raises(NotSteerableError, match="Another model"):
        draft([word("A") | {"model": "small-1"}], traffic=Traffic(model="big-1"))
    assert draft([word("A") | {"model": None}], traffic=Traffic(model="big-1"))


def test_ids_of_a_known_vocabulary_are_believed() -> None:
    naming = Naming(Vocabulary([b"", FIRST, SECOND, b"!"], 0), frozenset({0}))

    def by_id(n: int, text: str, finish: str | None = None) -> dict[str, Any]:
        logprobs = {
            "tokens": [f"token_id:{n}"],
            "token_logprobs": [-0.1],
            "top_logprobs": [{f"token_id:{n}": -0.1, "token_id:0": -3.0}],
        }
        return {"choices": [{"text": text, "logprobs": logprobs, "finish_reason": finish}]}

    events = [by_id(1, ""), by_id(2, BIRD), by_id(3, "!"), by_id(0, "<|im_end|>", "stop")]
    found = draft(events, OLD, naming)
    assert [(p.chosen.text, p.chosen.id) for p in found] == [
        (FIRST, 1), (SECOND, 2), (b"!", 3), (b"", 0),
    ]  # fmt: skip
    assert all(p.end_logprob is not None and math.isfinite(p.end_logprob) for p in found)
