"""The desk: one text after another, each kept whatever happens. The model is small and random."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from costeer_cli.cloud.embedded import EmbeddedProvider
from costeer_cli.cloud.provider import Request
from costeer_cli.errors import ProviderUnreachableError, StoreError, TooLongError
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.privacy.outbound.door import embedded_cloud
from costeer_cli.settings import Places
from costeer_cli.steering.policy import Policy
from costeer_cli.store.database import open_store
from costeer_cli.store.document import Document
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.desk import Desk, Writing
from costeer_cli.writing.events import Chosen, Finished, Requested, TakenOver
from costeer_cli.writing.patience import Patience
from tests.models import tiny

PROFILE = parse_profile(
    'name = "jon"\ntitle = "Jon, who keeps the weir"\nfacts = ["Jon has a heron called Otis."]\n'
    '[voice]\ndescription = "Short and dry, always about water."\n'
    '[[texts]]\nprompt = "Write a note."\ntext = "The weir is up. Otis is not amused."\n',
    "jon",
)
PLAIN = Assignment("Write a short note about today.", PROFILE, Policy(0.0), Mode.PLAIN, 10)
STEERED = Assignment(PLAIN.prompt, PROFILE, Policy(1.5), Mode.STEERED, 10)
OFFLINE = replace(STEERED, mode=Mode.OFFLINE)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """A random model with room for a profile."""
    network = tiny.llama(max_position_embeddings=1200)
    folder = tiny.save(tmp_path_factory.mktemp("desk") / "model", network, tiny.tokenizer())
    return load_model(folder, "small", "cpu")


@pytest.fixture
def desk(home: Places, small: LanguageModel) -> Iterator[Desk]:
    with open_store(home.store) as store:
        yield Desk(store, small, embedded_cloud(small), Patience(tries=1))


def text(writing: Writing) -> bytes:
    return b"".join(choice.text for choice in writing.choices)


def finished(writing: Writing) -> Writing:
    events = list(writing)
    assert isinstance(events[-1], Finished)
    assert writing.receipt == events[-1].receipt
    return writing


def but(assignment: Assignment, **changes: Any) -> Assignment:
    return replace(assignment, **changes)


def test_what_was_written_is_kept_with_all_that_was_sent(desk: Desk) -> None:
    writing = desk.begin(STEERED)
    events = list(writing)
    kept = desk.store.drafts.get(writing.id)
    assert (kept.state, kept.finish_reason) == ("done", "length")
    assert kept.text == text(writing)
    assert desk.store.drafts.choices(writing.id) == writing.choices
    assert writing.receipt is not None
    receipt = writing.receipt.as_dict() | {"scoring": writing.scoring}
    assert kept.receipt == json.loads(json.dumps(receipt))
    sent = desk.store.wire.for_draft(writing.id)
    usage, privacy = writing.receipt.usage, writing.receipt.privacy
    assert usage.requests == privacy.requests_logged == len(sent)
    assert privacy.outbound_bytes == sum(len(request.body) for request in sent)
    assert [e.number for e in events if isinstance(e, Requested)] == list(range(1, len(sent) + 1))
    assert [e.choice for e in events if isinstance(e, Chosen)] == writing.choices


def test_the_record_says_how_it_was_made(desk: Desk) -> None:
    record = desk.begin(but(STEERED, policy=Policy(1.5, 0.7, 40, 0.9, math.inf, 11))).record
    assert (record.profile, record.prompt) == ("jon", STEERED.prompt)
    assert (record.provider, record.cloud_model, record.local_model) == (
        "embedded",
        "small",
        "small",
    )
    assert record.settings == {
        "strength": 1.5,
        "temperature": 0.7,
        "top_k": 40,
        "top_p": 0.9,
        "clip": None,
        "seed": 11,
        "mode": "steered",
        "max_tokens": 10,
        "context_tokens": 1000,
        "context_sources": ["profile:jon", "profile:jon:1"],
        "gate": 1.0,
        "soften": 0.0,
        "mix": 0.0,
        "expert": None,
        "expert_id": None,
        "allowance": None,
    }
    assert desk.store.drafts.get(record.id).settings == record.settings
    json.dumps(record.settings, allow_nan=False)


def test_the_personal_context_moves_the_text(desk: Desk) -> None:
    plain, steered = finished(desk.begin(PLAIN)), finished(desk.begin(STEERED))
    assert text(plain) != text(steered)
    assert plain.receipt is not None
    assert steered.receipt is not None
    assert plain.receipt.privacy.steered_tokens == 0
    assert steered.receipt.privacy.steered_tokens > 0
    assert plain.context.tokens == 0
    assert steered.context.tokens > 0


def test_strength_0_is_the_cloud_alone_and_nobody_is_read_about_in_vain(desk: Desk) -> None:
    none = finished(desk.begin(but(STEERED, policy=Policy(0.0))))
    plain = finished(desk.begin(PLAIN))
    assert text(none) == text(plain)
    assert none.receipt is not None
    assert none.receipt.usage.local_passes == 0
    assert none.receipt.usage.requests == 1
    assert none.receipt.privacy.epsilon == 0.0


def test_nobodys_voice_is_the_cloud_alone(desk: Desk) -> None:
    nobody = finished(desk.begin(but(STEERED, profile=None)))
    assert text(nobody) == text(finished(desk.begin(PLAIN)))
    assert nobody.record.profile is None
    assert nobody.record.settings["context_sources"] == []


def test_offline_sends_nothing_and_still_knows_the_person(desk: Desk) -> None:
    offline = finished(desk.begin(OFFLINE))
    assert desk.store.wire.for_draft(offline.id) == []
    assert offline.receipt is not None
    assert offline.receipt.usage.requests == 0
    assert offline.receipt.privacy.outbound_bytes == 0
    assert (offline.record.provider, offline.record.cloud_model) == ("none", "")
    assert {choice.source for choice in offline.choices} == {"local"}
    assert offline.context.sources == ("profile:jon", "profile:jon:1")
    assert text(offline) != text(finished(desk.begin(PLAIN)))


def test_the_preview_is_the_first_request_and_leaves_no_trace(desk: Desk) -> None:
    preview = desk.preview(desk.prepare(STEERED))
    assert desk.store.drafts.list() == []
    writing = desk.begin(STEERED)
    next(iter(writing))
    assert desk.store.wire.count(writing.id) == 0  # asked for, and not yet sent
    writing = finished(desk.begin(STEERED))
    assert desk.store.wire.for_draft(writing.id)[0].body == preview[1]


def test_history_takes_part(desk: Desk) -> None:
    ids = desk.store.documents.add([Document(text="Today the short note was about plums.")])
    context = desk.context(STEERED)
    assert context.sources[:2] == ("profile:jon", "history:1"), ids
    assert "plums" in str(context.messages("", ""))
    assert context.tokens <= STEERED.context_tokens


def test_a_draft_goes_with_every_text_that_was_read_for_it(desk: Desk) -> None:
    documents = desk.store.documents
    documents.add([Document(text="Today the short note was about plums.")])
    broken, plain = desk.begin(STEERED), desk.begin(PLAIN)
    documents.add([Document(text="Today there was another short note.")])
    finished(desk.resume(STEERED, desk.store.drafts.get(broken.id)))
    for number in (1, 2):
        assert desk.store.forgetting.traces([number]).drafts == (broken.id,)
    desk.store.forgetting.forget([2])
    assert [record.id for record in desk.store.drafts.list()] == [plain.id]


def test_a_profile_over_the_budget_is_refused(desk: Desk) -> None:
    with pytest.raises(TooLongError, match=r"The profile needs \d+ tokens, \d+ more than"):
        desk.begin(but(STEERED, context_tokens=10))
    assert desk.store.drafts.list() == []


@pytest.mark.parametrize("mode", list(Mode))
def test_what_does_not_fit_is_refused_by_how_much(desk: Desk, mode: Mode) -> None:
    fitting = but(STEERED, mode=mode, max_tokens=1)
    read = desk.prepare(fitting).context
    assert (read.tokens > 0) == (mode is not Mode.PLAIN)
    with pytest.raises(TooLongError) as caught:
        desk.prepare(but(fitting, max_tokens=desk.model.window))
    needed, over = (int(word) for word in str(caught.value).split() if word.isdigit())
    assert over == needed - desk.model.window
    desk.prepare(but(fitting, max_tokens=desk.model.window - over))
    for refused in (desk.model.window, desk.model.window - over + 1):
        with pytest.raises(TooLongError):
            desk.begin(but(fitting, max_tokens=refused))
    assert desk.store.drafts.list() == []


def test_a_text_that_is_given_up_is_kept_so_far(desk: Desk) -> None:
    writing = desk.begin(STEERED)
    events = iter(writing)
    seen = [e.choice for e in islice(events, 6) if isinstance(e, Chosen)]
    assert desk.store.drafts.get(writing.id).state == "writing"
    events.close()  # type: ignore[attr-defined]
    kept = desk.store.drafts.get(writing.id)
    assert (kept.state, kept.finish_reason, kept.receipt) == ("interrupted", "interrupted", None)
    assert desk.store.drafts.choices(writing.id) == seen
    assert seen


def test_a_cloud_that_fails_half_way_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = finished(desk.begin(STEERED))
    stream, calls = EmbeddedProvider.stream, iter(range(99))

    def failing(self: EmbeddedProvider, request: Request) -> Any:
        if next(calls) == 2:
            raise ProviderUnreachableError("Gone.")
        return stream(self, request)

    monkeypatch.setattr(EmbeddedProvider, "stream", failing)
    writing = desk.begin(STEERED)
    with pytest.raises(ProviderUnreachableError):
        list(writing)
    kept = desk.store.drafts.get(writing.id)
    assert (kept.state, kept.finish_reason, kept.receipt) == ("failed", "error", None)
    assert 0 < len(writing.choices) < len(whole.choices)
    assert text(whole).startswith(kept.text)
    assert kept.text == text(writing)
    assert desk.store.wire.count(writing.id) == 3  # the one that failed may have arrived


def test_what_cannot_be_logged_is_not_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise StoreError("Full.")

    sent: list[bytes] = []
    monkeypatch.setattr(desk.store.wire, "record", full)
    monkeypatch.setattr(EmbeddedProvider, "stream", lambda _, body: sent.append(body))
    writing = desk.begin(STEERED)
    with pytest.raises(StoreError):
        list(writing)
    assert sent == []
    assert desk.store.drafts.get(writing.id).state == "failed"


def test_what_is_sent_is_made_of_the_prompt_and_the_text_alone(desk: Desk) -> None:
    def sent(profile: Profile | None, strength: float) -> list[bytes]:
        made = but(STEERED, profile=profile, policy=Policy(strength))
        writing = finished(desk.begin(made))
        return [request.body for request in desk.store.wire.for_draft(writing.id)]

    first = {sent(profile, strength)[0] for profile in (PROFILE, None) for strength in (1.5, 0.0)}
    assert len(first) == 1
    body = json.loads(first.pop())
    assert "weir" not in str(body)
    assert "Otis" not in str(body)


def test_two_texts_at_one_desk_do_not_touch(desk: Desk) -> None:
    alone = finished(desk.begin(STEERED)).choices
    one, other = desk.begin(STEERED), desk.begin(PLAIN)
    for _ in zip(one, other, strict=False):
        pass
    assert one.choices == alone[: len(one.choices)]
    assert one.choices
    assert desk.store.drafts.choices(one.id) == one.choices
    assert desk.store.drafts.choices(other.id) == other.choices


def test_a_text_that_broke_off_is_finished_as_it_would_have_been(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for policy in (Policy(1.5), Policy(1.5, temperature=0.9, seed=5)):
        assignment = but(STEERED, policy=policy)
        whole = finished(desk.begin(assignment))
        for after in (1, 4, 9):
            broken = desk.begin(assignment)
            for event in broken:
                if isinstance(event, Chosen) and event.index + 1 == after:
                    break
            record = desk.store.drafts.get(broken.id)
            assert len(desk.store.drafts.choices(broken.id)) == after
            resumed = finished(desk.resume(assignment, record))
            assert text(resumed) == text(whole)
            assert desk.store.drafts.get(broken.id).text == text(whole)
            assert desk.store.drafts.get(broken.id).state == "done"
            sent = desk.store.wire.for_draft(broken.id)
            assert [request.n for request in sent] == list(range(1, len(sent) + 1))


def test_the_local_model_takes_over_where_it_may(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, stream = iter(range(99)), EmbeddedProvider.stream

    def failing(self: EmbeddedProvider, request: Request) -> Any:
        if next(calls) > 0:
            raise ProviderUnreachableError("Gone for good.")
        return stream(self, request)

    monkeypatch.setattr(EmbeddedProvider, "stream", failing)
    writing = desk.begin(but(STEERED, fallback=True))
    events = list(writing)
    assert [e.reason for e in events if isinstance(e, TakenOver)] == ["Gone for good."]
    sources = [choice.source for choice in writing.choices]
    turn = sources.index("local")
    assert turn > 0
    assert set(sources[turn:]) == {"local"}
    assert "local" not in sources[:turn]
    kept = desk.store.drafts.get(writing.id)
    assert (kept.state, kept.text) == ("done", text(writing))
    assert desk.store.drafts.choices(writing.id) == writing.choices


def test_a_spent_budget_leaves_a_draft_to_go_on_with(desk: Desk) -> None:
    whole = finished(desk.begin(STEERED))
    assert whole.receipt is not None
    assert whole.receipt.usage.requests > 1
    writing = finished(desk.begin(but(STEERED, budget=Budget(requests=1))))
    assert writing.receipt is not None
    assert writing.receipt.finish_reason == "budget"
    record = desk.store.drafts.get(writing.id)
    assert record.state == "interrupted"
    assert text(finished(desk.resume(STEERED, record))) == text(whole)
