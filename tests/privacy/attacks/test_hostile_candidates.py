"""A service whose candidates spell what is protected, with numbers that make them win."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from costeer_cli.errors import CosteerError
from costeer_cli.steering.policy import Policy
from costeer_cli.writing.assignment import Mode
from tests.cloud.serving import Answer, Asked, as_events
from tests.privacy.attacks.conftest import Begin
from tests.privacy.attacks.mallory import chat_event, drafts, listing_of, speller
from tests.privacy.attacks.person import LINE, told

SPELLINGS: dict[str, list[str | bytes]] = {
    "whole": [" Otis Bergmann", " called"],
    "tokens": [" O", "tis", " Ber", "gm", "ann", " said"],
    "letters": [" ", *"OtisBergmann", " said"],
    "spaced": [f" {letter}" for letter in "OtisBergmann"],
    "capitals": [" OTIS", " BERG", "MANN", "!"],
    "cyrillic": [" Оt", "іs", " Веr", "gm", "аnn"],
    "fullwidth": [" Ｏｔｉｓ", " Ｂｅｒｇｍａｎｎ"],
    "mathematical": [" 𝐎𝐭𝐢𝐬", " 𝐁𝐞𝐫𝐠𝐦𝐚𝐧𝐧"],
    "zero width": [" O\u200bt\u200bis", " Ber\u2060g", "\u00ad", "mann"],
    "tags": [" O\U000e0061t", "is", " Berg\U000e0020mann"],
    "accents": [" O\u0308t\u0301is", " Be\u0301rgma\u0300nn"],
    "bidi": [" \u202eO\u202ctis", " \u2066Berg\u2069mann"],
    "split characters": [b" \xd0", b"\x9etis Berg", b"m", b"\xd0", b"\xb0nn"],
    "invalid bytes": [b" O\xfft", b"\xfeis", b" Ber\xc3", b"gmann"],
    "combining over tokens": [" Berg", "\u0301", "mann"],
    "phone": [" +49", " 170", " 12", "345", "67"],
    "phone apart": [" 1-7-0-1-2", "-3-4-5-6-7"],
    "phone in other digits": [" ١٧٠", "١٢٣٤", "٥٦٧"],
    "mail": [" mara", "@", "weir", ".example"],
    "mail with words": [" mara @ weir", " . example"],
    "line": [f" {word}" for word in LINE.split()],
    "line with marks": [f" {word.upper()}," for word in LINE.split()],
}


def run(writing: Any) -> None:
    """Write; whatever the service does, no error but a planned one comes of it."""
    try:
        for _ in writing:
            pass
    except CosteerError:
        pass


def assert_pure(writing: Any, served: Any) -> None:
    """Nothing arrived that tells anything, and all that arrived is on record."""
    bodies = [asked.body for asked in served.asked]
    assert not [value for body in bodies for value in told(body)]
    kept = writing._desk.store.wire.for_draft(writing.id)
    assert [one.body for one in kept] == bodies
    assert not told(json.dumps(writing.choices and _text(writing)).encode())


def _text(writing: Any) -> str:
    return b"".join(choice.text for choice in writing.choices).decode("utf-8", "replace")


@pytest.mark.parametrize("way", ["chat", "completions"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_draft_that_spells_a_value_is_cut_before_it(
    begin: Begin, spelling: str, way: str
) -> None:
    pieces = SPELLINGS[spelling]
    if way == "completions" and any(isinstance(piece, bytes) for piece in pieces):
        pytest.skip("completions list texts alone")
    writing, served = begin(speller(pieces, " rain", " and"), way, max_tokens=20)
    run(writing)
    assert writing.choices
    # a text with a broken character cannot be gone on with: the service takes text only
    assert len(served.asked) > any(isinstance(piece, str) for piece in pieces)
    assert_pure(writing, served)


@pytest.mark.parametrize(
    "policy", [Policy(1.0, 1.0, seed=5), Policy(-2.0, 1.5, seed=6), Policy(0.0)]
)
@pytest.mark.parametrize("spelling", ["letters", "cyrillic", "phone"])
def test_sampling_does_not_get_round_it(begin: Begin, spelling: str, policy: Policy) -> None:
    pieces = SPELLINGS[spelling]
    writing, served = begin(speller(pieces, " rain", sure=0.9999), policy=policy, max_tokens=24)
    run(writing)
    assert_pure(writing, served)


@pytest.mark.parametrize("count", [2, 12])
def test_where_every_candidate_is_protected_the_text_goes_on_without_them(
    begin: Begin, count: int
) -> None:
    values = [" Otis Bergmann", " Bergmann.", " Zwieback", " Lindqvist", " +49 170 1234567"]
    listing = listing_of(*(values * 3)[:count])
    writing, served = begin(drafts(lambda _: [listing] * 3), max_tokens=8)
    run(writing)
    assert_pure(writing, served)


def test_thousands_of_candidates_cost_no_more_than_the_few_that_were_asked_for(
    begin: Begin,
) -> None:
    share = math.log(0.5 / 5000)
    listing = [(" rain", math.log(0.5)), *((f" x{n}", share) for n in range(5000))]
    writing, served = begin(drafts(lambda _: [listing] * 4), max_tokens=4)
    run(writing)
    assert_pure(writing, served)
    assert len(writing.choices) == 4
    assert writing.scorer.passes < 40


def test_duplicates_do_not_add_up_to_more_than_one(begin: Begin) -> None:
    listing = [(" rain", -0.1)] + [(" Zwieback", -0.1)] * 50
    writing, served = begin(drafts(lambda _: [listing] * 4), max_tokens=4)
    run(writing)
    assert_pure(writing, served)


NUMBERS = [
    float("nan"), float("inf"), -float("inf"), 5.0, 1e308, -1e308, -1e-320, None, True, "0", "x",
    [], {}, 10**400, -(10**400), "nan", "1e999",
]  # fmt: skip


@pytest.mark.parametrize("own", NUMBERS, ids=range(17))
@pytest.mark.parametrize("other", [-3.0, float("nan"), 0.0, 10**400], ids=range(4))
def test_numbers_that_are_none_end_in_an_error_or_in_a_text(
    begin: Begin, own: Any, other: Any
) -> None:
    listing = [(" rain", own), (" Zwieback", other), (" and", -4.0)]
    writing, served = begin(drafts(lambda _: [listing] * 3), max_tokens=4)
    run(writing)
    assert_pure(writing, served)
    for choice in writing.choices:
        for value in (choice.cloud_logprob, choice.steered_logprob):
            assert value is None or (value <= 1e-6 and not math.isnan(value))


STRANGE: dict[str, dict[str, Any]] = {
    "finish that is a list": {"choices": [{"delta": {}, "finish_reason": ["stop"]}]},
    "finish that is a table": {"choices": [{"delta": {"content": "x"}, "finish_reason": {}}]},
    "choices that are none": {"choices": None},
    "no choices at all": {},
    "choices that are a text": {"choices": "ab"},
    "usage that is a text": {"choices": [], "usage": "all"},
    "counts beyond any": {"choices": [], "usage": {"prompt_tokens": 10**300}},
    "counts below none": {"choices": [], "usage": {"prompt_tokens": -(10**30)}},
    "a model that is a list": {"model": [1], "choices": []},
    "content that is a number": {"choices": [{"delta": {"content": 5}}]},
    "half characters": {"choices": [{"delta": {"content": "\ud83d"}}]},
    "candidates that are texts": {
        "choices": [{"delta": {"content": "x"}, "logprobs": {"content": ["x", "y"]}}]
    },
    "bytes that are none": {
        "choices": [
            {
                "delta": {"content": "x"},
                "logprobs": {"content": [{"token": "x", "logprob": -1, "bytes": [300, -1]}]},
            }
        ]
    },
    "ids beyond any": {
        "choices": [
            {
                "delta": {"content": " so"},
                "logprobs": {
                    "content": [
                        {"token": " so", "logprob": -0.1, "id": 10**30, "bytes": [32, 115, 111]}
                    ]
                },
            }
        ]
    },
    "a token of its own id": {
        "choices": [
            {
                "delta": {"content": "x"},
                "logprobs": {"content": [{"token": "token_id:" + "9" * 5000, "logprob": -0.1}]},
            }
        ]
    },
}


@pytest.mark.parametrize("event", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("first", [True, False])
def test_answers_of_no_form_end_in_an_error_or_in_a_text(
    begin: Begin, event: dict[str, Any], first: bool
) -> None:
    good = chat_event(listing_of(" rain", " and"))
    events = [event] if first else [good, event, good]
    writing, served = begin(lambda _: as_events(*events), max_tokens=4)
    run(writing)
    assert_pure(writing, served)


@pytest.mark.parametrize(
    "raw",
    [
        b'data: {"choices": [], "id": ' + b"9" * 6000 + b"}\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        b'data: {"choices": ' + b"[" * 5000 + b"]" * 5000 + b"}\n\n",
        b"data: \xff\xfe\x00\n\n",
        b"\xef\xbb\xbfdata: {}\n\n",
        b"event: error\ndata: {}\n\n",
        b"data: 7\n\n",
        b"data: null\n\n",
        b"id: 1\nretry: 99999999999999999999999999\n\n",
    ],
    ids=range(9),
)
def test_what_is_no_json_ends_in_an_error(begin: Begin, raw: bytes) -> None:
    writing, served = begin(lambda _: Answer([raw]), max_tokens=4)
    run(writing)
    assert_pure(writing, served)


@pytest.mark.parametrize("size", [5_000, 300_000])
@pytest.mark.parametrize("own", [True, False])
def test_overlong_tokens_are_no_candidates(begin: Begin, size: int, own: bool) -> None:
    long = " rain" * (size // 5)
    pieces = listing_of(long, " and") if own else listing_of(" and", long, " so")
    writing, served = begin(drafts(lambda _: [pieces] * 4), max_tokens=4)
    run(writing)
    assert_pure(writing, served)
    assert not [choice for choice in writing.choices if len(choice.text) > 2000]


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.PROPOSALS])
def test_other_ways_of_writing_are_guarded_as_well(begin: Begin, mode: Mode) -> None:
    def respond(asked: Asked) -> Answer:
        events = [chat_event(listing_of(p, " rain")) for p in SPELLINGS["tokens"]]
        if mode is Mode.PROPOSALS:
            for event in events:
                del event["choices"][0]["logprobs"]
        return as_events(*events, {"choices": [{"delta": {}, "finish_reason": "length"}]})

    policy = Policy(1.0, 1.0, clip=0.1, seed=3)
    writing, served = begin(respond, mode=mode, policy=policy, max_tokens=8)
    run_most(writing, 200)
    assert_pure(writing, served)


def run_most(writing: Any, most: int) -> None:
    """Write, for as many events."""
    events = iter(writing)
    try:
        for _ in range(most):
            if next(events, None) is None:
                return
    except CosteerError:
        return
    finally:
        events.close()
