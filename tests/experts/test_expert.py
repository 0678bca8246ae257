"""A trained expert: kept, used, and refused where it may not be."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from costeer_cli.errors import BadInputError, CosteerError, ModelCorruptError, UsageError
from costeer_cli.experts.course import Course
from costeer_cli.experts.expert import adopted, expert_for, loaded
from costeer_cli.experts.packing import packed, unpacked
from costeer_cli.experts.training import Look, Settings
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.reader import Reader
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.store.database import Store
from costeer_cli.store.document import Document
from tests.experts.conftest import INSTRUCTIONS, history, written
from tests.models import tiny

FAST = Settings(rank=4, alpha=8, rate=2e-2, room=512)


def silent(_look: Look) -> None:
    """Nobody is told."""


def course(
    store: Store, local: LanguageModel, profile: Profile | None = None, seed: int = 0
) -> Course:
    return Course(store, profile, local, replace(FAST, seed=seed), INSTRUCTIONS)


def numbers(store: Store) -> list[int]:
    return [number for d in store.documents.list(99) if (number := d.id) is not None]


def test_it_is_kept_with_what_was_measured(store: Store, local: LanguageModel) -> None:
    record = course(store, local).run(silent)
    assert store.experts.list() == [record]
    assert (record.state, record.model, record.texts) == ("fresh", "tiny", 8)
    assert list(store.experts.learned(record.id)) == sorted(numbers(store))
    assert record.settings["rank"] == 4
    scores = record.scores
    assert scores["held"]["after"] < scores["held"]["before"]
    assert scores["trained"]["after"] < scores["trained"]["before"]
    (canary,) = scores["canaries"]
    assert 0 <= canary["before"] <= canary["most"]
    assert 0 <= canary["after"] <= canary["most"]
    names = {path.name for path in store.experts.folder.iterdir()}
    assert names == {f"{record.id}.safetensors"}


def test_it_says_what_it_learned(store: Store, local: LanguageModel) -> None:
    assert expert_for(store, None, local) is None
    course(store, local).run(silent)
    expert = expert_for(store, None, local)
    assert expert is not None
    prompt = local.render([{"role": "user", "content": "Write note 3."}])
    tokens = local.encode(written(3))
    after = Reader(local, [prompt, prompt], expert.adapter, 1).read(tokens)[:, :-1]
    likely = after.gather(2, torch.tensor(tokens[1:]).expand(2, -1)[..., None]).mean(dim=(1, 2))
    assert likely[0] > likely[1] + 0.5


def test_another_profile_has_none_of_it(store: Store, local: LanguageModel) -> None:
    mara = parse_profile('name = "mara"', "x")
    course(store, local, mara).run(silent)
    assert expert_for(store, mara, local) is not None
    assert expert_for(store, None, local) is None
    assert expert_for(store, parse_profile('name = "jon"', "x"), local) is None


def test_a_forgotten_text_ends_it_and_training_makes_one_without(
    store: Store, local: LanguageModel
) -> None:
    first = course(store, local).run(silent)
    gone, *others = sorted(numbers(store))
    store.forgetting.forget([gone])
    with pytest.raises(UsageError, match="forgotten"):
        expert_for(store, None, local)
    assert list(store.experts.folder.iterdir()) == []
    second = course(store, local).run(silent)
    assert list(store.experts.learned(second.id)) == others
    assert [record.id for record in store.experts.list()] == [second.id]
    assert second.id != first.id
    assert expert_for(store, None, local) is not None


def test_a_text_forgotten_while_it_trains_stops_it(store: Store, local: LanguageModel) -> None:
    def forgetful(look: Look) -> None:
        if look.step == 5:
            store.forgetting.forget(numbers(store)[:1])

    with pytest.raises(UsageError, match="forgotten"):
        course(store, local).run(forgetful)
    assert expert_for_is_refused(store, local)
    assert list(store.experts.folder.iterdir()) == []


def expert_for_is_refused(store: Store, local: LanguageModel) -> bool:
    try:
        return expert_for(store, None, local) is None
    except UsageError:
        return True


def test_a_text_the_profile_reads_no_more_ends_it(store: Store, local: LanguageModel) -> None:
    wide = parse_profile('name = "mara"', "x")
    narrow = parse_profile('name = "mara"\n[history]\nsources = ["mbox"]', "x")
    course(store, local, wide).run(silent)
    with pytest.raises(UsageError, match="does not read any more"):
        expert_for(store, narrow, local)
    assert expert_for(store, wide, local) is not None


def test_a_text_taken_out_of_the_profile_ends_it(store: Store, local: LanguageModel) -> None:
    mara = parse_profile('name = "mara"', "x")
    brought = Document(text=written(50), source="profile:mara", native_id="1")
    with_text = replace(mara, texts=(brought,))
    course(store, local, with_text).run(silent)
    assert expert_for(store, with_text, local) is not None
    with pytest.raises(UsageError, match="does not read any more"):
        expert_for(store, mara, local)


def test_a_model_that_was_swapped_is_told(
    store: Store, local: LanguageModel, reader_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(reader_folder, tmp_path / "model")
    course(store, load_model(folder, "tiny", "cpu")).run(silent)
    other = tiny.llama(max_position_embeddings=1024, initializer_range=0.11)
    tiny.save(folder, other, tiny.tokenizer())
    with pytest.raises(ModelCorruptError, match="another model than tiny is now") as caught:
        expert_for(store, None, load_model(folder, "tiny", "cpu"))
    assert "costeer train" in (caught.value.hint or "")
    assert expert_for(store, None, local) is not None


def test_ctrl_c_and_on(store: Store, local: LanguageModel) -> None:
    whole = course(store, local)
    wanted = whole.run(silent)
    expected = unpacked(store.experts.read(wanted))[0]

    def stop(look: Look) -> None:
        if look.step == 7:
            raise KeyboardInterrupt

    broken = course(store, local)
    with pytest.raises(KeyboardInterrupt):
        broken.run(stop)
    assert store.experts.find("", "tiny") == wanted
    again = course(store, local)
    assert again.unfinished is not None
    assert again.record.id == broken.record.id
    record = again.run(silent)
    found = unpacked(store.experts.read(record))[0]
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert [one.id for one in store.experts.list()] == [record.id]


@pytest.mark.parametrize("change", ["seed", "texts", "checkpoint"])
def test_what_changed_since_begins_anew(store: Store, local: LanguageModel, change: str) -> None:
    def stop(look: Look) -> None:
        if look.step == 7:
            raise KeyboardInterrupt

    broken = course(store, local)
    with pytest.raises(KeyboardInterrupt):
        broken.run(stop)
    if change == "texts":
        store.documents.add(history(9)[8:])
    if change == "checkpoint":
        path = store.experts.checkpoint(broken.record.id)
        path.write_bytes(path.read_bytes()[:-100])
    again = course(store, local, seed=int(change == "seed"))
    assert (again.unfinished is None) == (change != "checkpoint")
    looks: list[Look] = []
    again.run(looks.append)
    assert looks[0].step == 1
    assert len(list(store.experts.folder.iterdir())) == 1


def test_exported_and_imported(store: Store, local: LanguageModel) -> None:
    record = course(store, local).run(silent)
    content = store.experts.read(record)
    assert b"kettle" not in content
    _, about = unpacked(content)
    assert about.keys() == {"format", "model", "base", "created_at", "settings", "scores"}
    taken = adopted(content, "mara", local, store)
    assert (taken.profile, taken.texts, taken.settings["imported"]) == ("mara", 0, True)
    assert expert_for(store, parse_profile('name = "mara"', "x"), local) is not None
    assert expert_for(store, None, local) is not None


def test_what_is_no_expert_is_not_imported(store: Store, local: LanguageModel) -> None:
    record = course(store, local).run(silent)
    tensors, about = unpacked(store.experts.read(record))
    first = next(iter(tensors))
    for content in (
        b"",
        b"x" * 400,
        packed(tensors, {}),
        packed(tensors, about | {"base": "another"}),
        packed(tensors, about | {"settings": {"rank": 0, "alpha": 1}}),
        packed({first: tensors[first]}, about),
    ):
        with pytest.raises((BadInputError, ModelCorruptError)) as caught:
            adopted(content, "mara", local, store)
        assert isinstance(caught.value, CosteerError)
    assert [one.profile for one in store.experts.list()] == [""]
    assert loaded(packed(tensors, about), local).pairs
