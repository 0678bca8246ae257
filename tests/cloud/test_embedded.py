"""The stand-in for the cloud learns what the body says and nothing else."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.cloud.embedded import EmbeddedProvider
from costeer_cli.cloud.provider import DraftSettings, Provider, PublicText, Request, Traffic
from costeer_cli.errors import NotSteerableError, ProviderError, TooLongError
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.steering.position import Position

pytestmark = pytest.mark.model

ASK = PublicText("Write what is asked for.", "Name three garden birds.")
FIVE = DraftSettings(5, 4)


@pytest.fixture
def provider(model: LanguageModel) -> EmbeddedProvider:
    return EmbeddedProvider(model)


def after(text: PublicText, positions: list[Position]) -> PublicText:
    """The text that accepts what was drafted."""
    drafted = tuple((p.chosen.text, p.chosen.id) for p in positions)
    return PublicText(text.instructions, text.prompt, text.accepted + drafted)


def fields(request: Request) -> dict[str, Any]:
    """The body as JSON."""
    return json.loads(request.body)


def agree(one: list[Position], other: list[Position]) -> None:
    assert [p.chosen.id for p in one] == [p.chosen.id for p in other]
    for a, b in zip(one, other, strict=True):
        assert [c.logprob for c in a.candidates] == pytest.approx(
            [c.logprob for c in b.candidates], abs=2e-3
        )


def test_it_is_a_provider(provider: EmbeddedProvider, model: LanguageModel) -> None:
    held: Provider = provider
    assert (held.name, held.model) == ("embedded", model.name)
    assert (held.flows, held.stride, dict(held.headers)) == (False, None, {})
    assert held.traffic == Traffic(prompt_tokens=0)
    request = held.encode(ASK, FIVE)
    assert (request.endpoint, request.most, request.held) == ("in-process", 5, b"")


def test_the_body_is_json_with_the_documented_keys(
    provider: EmbeddedProvider, model: LanguageModel
) -> None:
    accepted = ((b"Robin", 11), (b" \xf0\x9f", 12), (b"\x90\xa6", 13))
    request = provider.encode(PublicText(ASK.instructions, ASK.prompt, accepted), FIVE)
    assert fields(request) == {
        "model": model.name,
        "messages": [
            {"role": "system", "content": "Write what is asked for."},
            {"role": "user", "content": "Name three garden birds."},
            {"role": "assistant", "content": "Robin 🐦"},
        ],
        "continue_token_ids": [11, 12, 13],
        "max_tokens": 5,
        "temperature": 0,
        "top_logprobs": 4,
    }


def test_a_character_cut_in_two_is_shown_as_such_and_sent_as_ids(
    provider: EmbeddedProvider,
) -> None:
    body = fields(provider.encode(PublicText("", "", ((b" \xf0\x9f", 12),)), FIVE))
    assert body["messages"][2]["content"] == " \ufffd"
    assert body["continue_token_ids"] == [12]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    instructions=st.text(max_size=20),
    prompt=st.text(max_size=20),
    accepted=st.lists(st.tuples(st.binary(min_size=1, max_size=4), st.integers(0, 9)), max_size=5),
    most=st.integers(1, 99),
)
def test_encoding_is_pure(
    provider: EmbeddedProvider,
    model: LanguageModel,
    instructions: str,
    prompt: str,
    accepted: list[tuple[bytes, int]],
    most: int,
) -> None:
    text = PublicText(instructions, prompt, tuple(accepted))
    request = provider.encode(text, DraftSettings(most))
    assert request == provider.encode(text, DraftSettings(most))
    assert request == EmbeddedProvider(model).encode(text, DraftSettings(most))
    said = fields(request)
    assert [m["content"] for m in said["messages"][:2]] == [instructions, prompt]
    assert said["continue_token_ids"] == [token for _, token in accepted]
    assert (said["max_tokens"], said["top_logprobs"]) == (most, 20)


def test_encoding_is_pure_between_drafts(provider: EmbeddedProvider, model: LanguageModel) -> None:
    before = provider.encode(ASK, FIVE)
    text = after(ASK, list(provider.stream(before)))
    assert provider.encode(ASK, FIVE) == before
    assert provider.encode(text, FIVE) == EmbeddedProvider(model).encode(text, FIVE)


def test_a_draft_has_the_length_and_width_asked_for(provider: EmbeddedProvider) -> None:
    drafted = list(provider.stream(provider.encode(ASK, FIVE)))
    assert len(drafted) == 5
    assert all(len(position.candidates) == 4 for position in drafted)
    assert all(position.chosen in position.candidates for position in drafted)
    assert all(0.0 <= position.tail_mass < 1.0 for position in drafted)


def test_a_body_alone_gives_what_it_gives_after_other_drafts(
    provider: EmbeddedProvider, model: LanguageModel
) -> None:
    drafted = list(provider.stream(provider.encode(ASK, FIVE)))
    for text in (after(ASK, drafted[:2]), after(ASK, drafted), ASK):
        request = provider.encode(text, FIVE)
        agree(list(provider.stream(request)), list(EmbeddedProvider(model).stream(request)))


def test_a_cut_draft_does_not_show_in_the_next(
    provider: EmbeddedProvider, model: LanguageModel
) -> None:
    draft = provider.stream(provider.encode(ASK, DraftSettings(50)))
    first = list(islice(draft, 3))
    draft.close()
    other = model.encode(" Certainly")[0]
    text = after(ASK, first[:1])
    chosen = (model.vocabulary.text(other), other)
    text = PublicText(text.instructions, text.prompt, (*text.accepted, chosen))
    request = provider.encode(text, FIVE)
    agree(list(provider.stream(request)), list(EmbeddedProvider(model).stream(request)))


def test_another_prompt_is_read_afresh(provider: EmbeddedProvider, model: LanguageModel) -> None:
    list(provider.stream(provider.encode(ASK, FIVE)))
    request = provider.encode(PublicText(ASK.instructions, "Name a tree."), FIVE)
    agree(list(provider.stream(request)), list(EmbeddedProvider(model).stream(request)))


def test_the_accepted_text_is_read_as_tokens_not_as_text(
    provider: EmbeddedProvider, model: LanguageModel
) -> None:
    """Two ways to split the same text are two different requests."""
    whole = model.encode("Robin")
    letters = [token for letter in "Robin" for token in model.encode(letter)]
    assert len(letters) == 5 != len(whole)
    drafts = [
        list(
            provider.stream(
                provider.encode(
                    PublicText(
                        "", ASK.prompt, tuple((model.vocabulary.text(i), i) for i in tokens)
                    ),
                    DraftSettings(1),
                )
            )
        )
        for tokens in (whole, letters)
    ]
    assert drafts[0][0].chosen.logprob != drafts[1][0].chosen.logprob


def test_what_it_read_is_counted(provider: EmbeddedProvider, model: LanguageModel) -> None:
    messages = [
        {"role": "system", "content": ASK.instructions},
        {"role": "user", "content": ASK.prompt},
    ]
    prompt = len(model.render(messages))
    drafted = list(provider.stream(provider.encode(ASK, DraftSettings(2))))
    assert provider.traffic.prompt_tokens == prompt
    provider.stream(provider.encode(after(ASK, drafted), DraftSettings(2)))
    assert provider.traffic.prompt_tokens == 2 * prompt + 2


def test_a_token_without_an_id_is_refused(provider: EmbeddedProvider) -> None:
    text = PublicText(ASK.instructions, ASK.prompt, ((b"Robin", 11), (b" and", None)))
    with pytest.raises(ProviderError, match="continues its own tokens only") as raised:
        provider.stream(provider.encode(text, FIVE))
    assert "Robin" not in str(raised.value)
    assert provider.traffic.prompt_tokens == 0


def test_it_lists_its_candidates_and_does_not_propose(provider: EmbeddedProvider) -> None:
    with pytest.raises(NotSteerableError, match="lists its candidates"):
        provider.propose(provider.encode(ASK, FIVE))


def test_a_prompt_beyond_the_window_is_refused(
    provider: EmbeddedProvider, model: LanguageModel
) -> None:
    text = PublicText("", "plum " * (model.window + 1))
    with pytest.raises(TooLongError):
        provider.stream(provider.encode(text, FIVE))


def test_the_weights_are_shared_and_nothing_else(
    provider: EmbeddedProvider, model: LanguageModel
) -> None:
    public = [{"role": "user", "content": ASK.prompt}]
    private = [{"role": "system", "content": "Loves wrens above all birds."}, *public]
    request = provider.encode(ASK, FIVE)
    before = list(provider.stream(request))
    scorer = PairedScorer(model, private, public)
    scorer.score(before)
    agree(list(provider.stream(request)), before)
    reader: Any = provider._reader
    assert reader.model.network is scorer.model.network is model.network
    assert reader is not scorer._reader
    held = {layer.keys.data_ptr() for layer in scorer._reader._cache.layers}
    assert not held & {layer.keys.data_ptr() for layer in reader._cache.layers}
