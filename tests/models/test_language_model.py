"""A loaded model: rendering, log-probabilities, and what cannot be loaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from costeer_cli.errors import ModelCorruptError, ModelError, TooLongError
from costeer_cli.models import kernels
from costeer_cli.models.language_model import LanguageModel, load_model
from tests.models import tiny


@pytest.fixture
def copy(tmp_path: Path, tiny_folder: Path) -> Path:
    """A tiny model's folder to damage."""
    return shutil.copytree(tiny_folder, tmp_path / "copy")


@pytest.mark.model
class TestTheDefaultModel:
    """SmolLM2, as converted and kept."""

    def test_it_is_what_the_catalogue_says(self, model: LanguageModel) -> None:
        assert model.window == 8192
        assert model.ends == (model.vocabulary.end,)
        assert model.device == "cpu"
        assert model.network.dtype == torch.float32
        assert not model.network.training

    def test_a_prompt_ends_where_the_assistant_starts(self, model: LanguageModel) -> None:
        system = {"role": "system", "content": "Be brief."}
        user = {"role": "user", "content": "A note about plums."}
        ids = model.render([system, user])
        assert model.tokenizer.decode(ids) == (
            "<|im_start|>system\nBe brief.<|im_end|>\n"
            "<|im_start|>user\nA note about plums.<|im_end|>\n"
            "<|im_start|>assistant\n"
        )
        assert all(type(i) is int for i in ids)

    def test_messages_of_any_mapping_are_read_and_left_alone(self, model: LanguageModel) -> None:
        message = MappingProxyType({"role": "user", "content": "Hello"})
        assert model.render([message]) == model.render([{"role": "user", "content": "Hello"}])

    def test_plain_text_gets_no_special_tokens(self, model: LanguageModel) -> None:
        ids = model.encode("Dear Ana,")
        assert b"".join(model.vocabulary.text(i) for i in ids) == b"Dear Ana,"
        assert model.encode("") == []

    def test_log_probabilities_are_normalised_over_what_can_be_written(
        self, model: LanguageModel
    ) -> None:
        with torch.inference_mode():
            logits = model.network(torch.tensor([model.encode("The plums are")])).logits
            before = logits.clone()
            logprobs = model.logprobs(logits)
        assert torch.equal(logits, before)
        assert logprobs.shape == logits.shape
        assert logprobs.dtype == torch.float32
        writable = torch.from_numpy(model.vocabulary.writable)
        assert torch.isfinite(logprobs[..., writable]).all()
        assert (logprobs[..., ~writable] == -torch.inf).all()
        total = logprobs.double().exp().sum(-1)
        torch.testing.assert_close(total, torch.ones_like(total), atol=1e-5, rtol=0)
        difference = (logprobs - logits)[..., writable]
        assert (difference.max(-1).values - difference.min(-1).values).max() < 1e-3


def test_several_ends_are_one_event_with_their_summed_mass(copy: Path) -> None:
    tiny.edit(copy / "generation_config.json", eos_token_id=[1, 2, 40])
    model = load_model(copy, "many ends", "cpu")
    assert model.ends == (1, 2, 40)
    assert model.vocabulary.end == 1
    logits = torch.randn(2, 3, 320, generator=torch.Generator().manual_seed(0))
    before = logits.clone()
    logprobs = model.logprobs(logits)
    assert torch.equal(logits, before)
    possible = torch.softmax(logits[..., 1:], -1)  # only <|im_start|>, id 0, is never written
    torch.testing.assert_close(logprobs[..., 1].exp(), possible[..., [0, 1, 39]].sum(-1))
    assert (logprobs[..., [0, 2, 40]] == -torch.inf).all()
    torch.testing.assert_close(logprobs[..., 3:40], possible[..., 2:39].log())


def test_the_end_of_the_tokenizer_comes_first(copy: Path) -> None:
    tiny.edit(copy / "generation_config.json", eos_token_id=[2, 1])
    assert load_model(copy, "ends", "cpu").ends == (1, 2)


def test_an_end_outside_the_output_layer_is_no_end(copy: Path) -> None:
    tiny.edit(copy / "generation_config.json", eos_token_id=[1, 9000])
    assert load_model(copy, "ends", "cpu").ends == (1,)


def test_half_precision_gives_float32_log_probabilities(small: LanguageModel) -> None:
    logits = torch.randn(1, 320, dtype=torch.bfloat16)
    assert small.logprobs(logits).dtype == torch.float32


def test_what_does_not_fit_is_refused_by_how_much(small: LanguageModel) -> None:
    small.require_window("The prompt", 128)
    with pytest.raises(TooLongError) as raised:
        small.require_window("The prompt", 135)
    assert str(raised.value) == (
        "The prompt needs 135 tokens, 7 more than the window of tiny (128)."
    )
    assert raised.value.exit_code == 2
    assert "--max-tokens" in (raised.value.hint or "")


def test_it_runs_faster_on_a_cpu_only_where_that_changes_nothing(small: LanguageModel) -> None:
    assert small.network.config._attn_implementation == kernels.GROUPED
    assert type(small.network.lm_head) is kernels.FlippedLinear


@pytest.mark.parametrize(
    ("kind", "settings", "sees_all"),
    [
        ("llama", {}, True),
        ("qwen2", {}, True),
        ("mistral", {"sliding_window": 8}, False),
        ("gemma2", {"head_dim": 8, "sliding_window": 8}, False),
    ],
)
def test_a_sliding_window_is_noticed(
    tmp_path: Path, kind: str, settings: dict[str, int], sees_all: bool
) -> None:
    folder = tiny.save(tmp_path / kind, tiny.network(kind, **settings), tiny.tokenizer())
    assert load_model(folder, kind, "cpu").sees_all is sees_all


def test_auto_finds_a_device(tiny_folder: Path) -> None:
    model = load_model(tiny_folder, "tiny")
    assert model.device in {"cpu", "cuda", "mps"}
    assert model.network.device.type == model.device


@pytest.mark.parametrize("device", ["tpu", "", "cuda:7"])
def test_an_unknown_device_is_refused(tiny_folder: Path, device: str) -> None:
    with pytest.raises(ModelError, match=f"There is no device {device!r}") as raised:
        load_model(tiny_folder, "tiny", device)
    assert raised.value.hint == "Use auto, cpu, cuda or mps."


def test_a_model_without_a_chat_template_is_refused(tmp_path: Path) -> None:
    folder = tiny.save(tmp_path / "base", tiny.llama(), tiny.tokenizer(template=None))
    with pytest.raises(ModelError, match="base has no chat template") as raised:
        load_model(folder, "base", "cpu")
    assert raised.value.hint == "Use an instruction-tuned (chat) model."


def test_a_model_without_an_end_is_refused(copy: Path) -> None:
    for name in ("config.json", "generation_config.json", "tokenizer_config.json"):
        tiny.edit(copy / name, eos_token_id=None, eos_token=None)
    with pytest.raises(ModelError, match="endless has no end-of-text token"):
        load_model(copy, "endless", "cpu")


@pytest.mark.parametrize("kind", ["mamba", "recurrent_gemma"])
def test_a_model_whose_state_cannot_be_rolled_back_is_refused(tmp_path: Path, kind: str) -> None:
    folder = tiny.save(tmp_path / kind, tiny.network(kind), tiny.tokenizer())
    with pytest.raises(ModelError, match="cannot be rolled back"):
        load_model(folder, kind, "cpu")


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", shorten),
        ("model.safetensors", Path.unlink),
        ("model.safetensors", lambda path: path.write_bytes(b"")),
        ("config.json", shorten),
        ("config.json", lambda path: path.write_text('{"model_type": "nothing known"}')),
        ("config.json", lambda path: tiny.edit(path, hidden_size="wide")),
        ("tokenizer.json", shorten),
        ("tokenizer.json", lambda path: path.write_text("{}")),
        ("tokenizer_config.json", shorten),
    ],
)
def test_a_damaged_model_is_corrupt(copy: Path, name: str, damage: Callable[[Path], Any]) -> None:
    damage(copy / name)
    with pytest.raises(ModelCorruptError, match=r"^The files of broken cannot be loaded\.$") as e:
        load_model(copy, "broken", "cpu")
    assert e.value.hint == "Fetch it again with: costeer model pull --force"


def test_code_in_a_folder_is_never_run_nor_asked_about(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", asked.append)
    (copy / "mine.py").write_text(f"open({str(copy / 'ran')!r}, 'w').close()")
    tiny.edit(
        copy / "config.json",
        model_type="mine",
        auto_map={"AutoConfig": "mine.Config", "AutoModelForCausalLM": "mine.Model"},
    )
    with pytest.raises(ModelCorruptError) as raised:
        load_model(copy, "mine", "cpu")
    assert "trust_remote_code" in str(raised.value.__cause__)
    assert asked == []
    assert not (copy / "ran").exists()


def test_loading_does_not_change_the_folder(copy: Path) -> None:
    before = {file.name: file.read_bytes() for file in copy.iterdir()}
    load_model(copy, "tiny", "cpu")
    assert {file.name: file.read_bytes() for file in copy.iterdir()} == before
    assert json.loads(before["config.json"])["model_type"] == "llama"
