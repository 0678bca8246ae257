"""A made-up person, whose facts are looked for in what was sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.privacy.audit.planted import LETTERS, escapes
from costeer_cli.privacy.folding import folded
from costeer_cli.privacy.outbound.door import INSTRUCTIONS, embedded_cloud
from costeer_cli.settings import Places
from costeer_cli.steering.policy import Policy
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.canaries import PROMPTS, aviary, hatch, release
from tests.models import tiny

BIRDS = hatch(7)
USUAL = Assignment(PROMPTS[0], BIRDS.profile, Policy(1.0), Mode.STEERED, 8, 600)


def test_the_same_seed_is_the_same_person_and_no_seed_is_a_new_one() -> None:
    assert hatch(7) == BIRDS
    assert hatch() != hatch()


def test_every_canary_stands_in_the_private_context() -> None:
    assert len(BIRDS.canaries) == len({canary.text for canary in BIRDS.canaries}) == 10
    documents = folded(" ".join(one.text for one in BIRDS.documents))
    for canary in BIRDS.canaries:
        assert folded(canary.text) in documents, canary.label
        assert len(folded(canary.text)) >= LETTERS
    facts = folded(" ".join(BIRDS.profile.facts))
    assert sum(folded(canary.text) in facts for canary in BIRDS.canaries) >= 5


def test_values_are_protected_and_sentences_are_not() -> None:
    values = {canary.text for canary in BIRDS.canaries if canary.label.startswith("value")}
    assert set(BIRDS.profile.protected) == values
    assert len(values) == 7


@pytest.mark.parametrize("seed", range(20))
def test_no_part_of_a_canary_is_in_what_is_public(seed: int) -> None:
    public = folded(" ".join((INSTRUCTIONS, *PROMPTS)))
    for canary in hatch(seed).canaries:
        letters = folded(canary.text)
        parts = [letters[i : i + LETTERS] for i in range(len(letters) - LETTERS + 1)]
        assert not [part for part in parts if part in public]


def test_their_store_is_private_their_own_and_gone_afterwards(home: Places) -> None:
    with aviary(BIRDS) as store:
        path = store.path
        assert store.profiles.get("canary").toml == BIRDS.profile.toml
        assert store.documents.count() == len(BIRDS.documents)
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.parent.stat().st_mode & 0o077 == 0
    assert not path.exists()
    assert not path.parent.parent.exists()
    assert not home.store.exists()


def test_it_is_gone_even_if_something_fails() -> None:
    seen: list[Path] = []

    def failing() -> None:
        with aviary(BIRDS) as store:
            seen.append(store.path)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert not seen[0].exists()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    network = tiny.llama(max_position_embeddings=2048)
    folder = tiny.save(tmp_path_factory.mktemp("canaries") / "m", network, tiny.tokenizer())
    return load_model(folder, "small", "cpu")


def test_texts_are_written_with_the_usual_settings(small: LanguageModel) -> None:
    seen: list[str] = []
    with aviary(BIRDS) as store:
        drafts = release(store, small, embedded_cloud(small), USUAL, seen.append, PROMPTS[:2])
        records = [store.drafts.get(draft) for draft in drafts]
        requests = [one for draft in drafts for one in store.wire.for_draft(draft)]
        read = {source for record in records for source in record.settings["context_sources"]}
    assert [record.prompt for record in records] == list(PROMPTS[:2])
    assert {record.profile for record in records} == {"canary"}
    assert {record.settings["strength"] for record in records} == {1.0}
    assert "profile:canary" in read
    assert any(source.startswith("history:") for source in read)
    assert len(requests) >= 2
    assert list(escapes(BIRDS.canaries, requests)) == []
    assert seen == ["Writing text 1 of 2", "Writing text 2 of 2"]
