"""Reading after several prompts at once gives what plain forward passes give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.errors import TooLongError
from costeer_cli.models import reader as reader_module
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.reader import Reader
from tests.models import tiny

CLOSE = {"atol": 2e-3, "rtol": 0.0}
TIGHT = {"atol": 1e-4, "rtol": 0.0}
PUBLIC = [{"role": "user", "content": "Write one line to a friend."}]
PRIVATE = [{"role": "system", "content": "Writes curtly; keeps a 🐴 called Moss."}, *PUBLIC]
TEXT = "Moss 🐴 says hello; the plums are ripe."


def reference(network: Any, model: LanguageModel, prompt: list[int], text: list[int]) -> Any:
    """Log-probabilities at the end of the prompt and after each token, (1 + n, V)."""
    with torch.no_grad():
        logits = network(torch.tensor([prompt + text]), use_cache=False).logits[0]
    logits[:, torch.from_numpy(~model.vocabulary.writable)] = -torch.inf
    return torch.log_softmax(logits[len(prompt) - 1 :], -1)


def rows(reader: Reader, text: list[int]) -> torch.Tensor:
    """What a reader says before and after each token, (rows, 1 + n, V)."""
    return torch.cat([reader.first[:, None], reader.read(text)], dim=1)


@pytest.fixture(scope="module")
def prompts(model: LanguageModel) -> list[list[int]]:
    prompts = [model.render(PRIVATE), model.render(PUBLIC)]
    assert len(prompts[0]) != len(prompts[1])
    return prompts


@pytest.fixture(scope="module")
def text(model: LanguageModel) -> list[int]:
    return model.encode(TEXT)


@pytest.fixture(scope="module")
def expected(
    plain: Any, model: LanguageModel, prompts: list[list[int]], text: list[int]
) -> torch.Tensor:
    return torch.stack([reference(plain, model, prompt, text) for prompt in prompts])


@pytest.mark.model
class TestTheDefaultModel:
    """Two prompts of unequal length, and a text with an emoji in it."""

    def test_two_rows_are_plain_forward_passes(
        self,
        model: LanguageModel,
        prompts: list[list[int]],
        text: list[int],
        expected: torch.Tensor,
    ) -> None:
        torch.testing.assert_close(rows(Reader(model, prompts), text), expected, **CLOSE)
        turned = rows(Reader(model, prompts[::-1]), text)
        torch.testing.assert_close(turned, expected.flip(0), **CLOSE)

    def test_two_rows_are_two_readers_of_one(
        self, model: LanguageModel, prompts: list[list[int]], text: list[int]
    ) -> None:
        both = rows(Reader(model, prompts), text)
        alone = torch.cat([rows(Reader(model, [prompt]), text) for prompt in prompts])
        torch.testing.assert_close(both, alone, **CLOSE)

    def test_token_by_token_is_one_block(
        self,
        model: LanguageModel,
        prompts: list[list[int]],
        text: list[int],
        expected: torch.Tensor,
    ) -> None:
        reader = Reader(model, prompts)
        single = torch.cat([reader.read([token]) for token in text], dim=1)
        torch.testing.assert_close(single, expected[:, 1:], **CLOSE)
        assert reader.passes == len(text)
        assert reader.tokens == text

    def test_what_was_forgotten_leaves_no_trace(
        self,
        model: LanguageModel,
        prompts: list[list[int]],
        text: list[int],
        expected: torch.Tensor,
    ) -> None:
        reader = Reader(model, prompts)
        reader.read(text[:3] + model.encode(" something else entirely, and longer"))
        reader.forget(3)
        assert reader.tokens == text[:3]
        after = reader.read(text[3:])
        torch.testing.assert_close(after, expected[:, 4:], **CLOSE)
        reader.forget(0)
        torch.testing.assert_close(rows(reader, text), expected, **CLOSE)

    def test_a_token_may_end_inside_a_character(
        self, model: LanguageModel, prompts: list[list[int]], text: list[int]
    ) -> None:
        horse = model.encode(" 🐴")
        parts = [model.vocabulary.text(token) for token in horse]
        assert len(parts) > 1
        assert b"".join(parts) == " 🐴".encode()
        with pytest.raises(UnicodeDecodeError):
            parts[-1].decode()
        reader = Reader(model, prompts)
        reader.read(horse[:-1])
        inside = reader.read(horse[-1:])
        fresh = Reader(model, prompts).read(horse)[:, -1:]
        torch.testing.assert_close(inside, fresh, **CLOSE)


def test_a_prompt_longer_than_a_block_is_read_in_blocks(
    small: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = [list(range(3, 33)), list(range(60, 77))]
    whole = rows(Reader(small, prompts), [5, 6, 7])
    monkeypatch.setattr(reader_module, "_PREFILL_BLOCK", 7)
    torch.testing.assert_close(rows(Reader(small, prompts), [5, 6, 7]), whole, **TIGHT)


@settings(max_examples=15, deadline=None)
@given(
    prompts=st.lists(
        st.lists(st.integers(3, 319), min_size=1, max_size=12), min_size=1, max_size=3
    ),
    steps=st.lists(
        st.one_of(
            st.lists(st.integers(3, 319), min_size=1, max_size=6),
            st.integers(0, 12),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_any_reading_and_forgetting_is_a_plain_pass_over_what_is_left(
    small: LanguageModel, prompts: list[list[int]], steps: list[list[int] | int]
) -> None:
    reader = Reader(small, prompts)
    text: list[int] = []
    passes = 0
    for step in steps:
        if isinstance(step, int):
            reader.forget(step)
            text = text[:step]
        else:
            last = reader.read(step)
            passes += 1
            text = text + step
            assert last.shape == (len(prompts), len(step), 320)
            for row, prompt in enumerate(prompts):
                expected = reference(small.network, small, prompt, text)[-len(step) :]
                torch.testing.assert_close(last[row], expected, **TIGHT)
        assert reader.tokens == text
        assert reader.passes == passes
        assert reader.room == 128 - max(map(len, prompts)) - len(text)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("llama", {}),
        ("mistral", {"sliding_window": 8}),
        ("qwen2", {}),
        ("gemma2", {"head_dim": 8, "sliding_window": 8, "attn_logit_softcapping": 5.0}),
        ("gemma3_text", {"head_dim": 8, "sliding_window": 8}),
        ("gpt_oss", {"head_dim": 8, "num_local_experts": 4, "num_experts_per_tok": 2}),
    ],
)
def test_every_kind_of_plain_attention_is_read_right(
    tmp_path: Path, kind: str, settings: dict[str, Any]
) -> None:
    network = tiny.network(kind, **settings)
    model = load_model(tiny.save(tmp_path / kind, network, tiny.tokenizer()), kind, "cpu")
    prompts, text = [list(range(3, 28)), list(range(50, 61))], list(range(100, 115))
    expected = torch.stack([reference(network, model, prompt, text) for prompt in prompts])
    reader = Reader(model, prompts)
    reader.read([*text[:4], 9, 9, 9])
    reader.forget(4)
    torch.testing.assert_close(reader.read(text[4:]), expected[:, 5:], **TIGHT)
    torch.testing.assert_close(rows(Reader(model, prompts), text), expected, **TIGHT)


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_the_attention_of_other_devices_is_read_right(
    tiny_folder: Path, implementation: str
) -> None:
    model = load_model(tiny_folder, "tiny", "cpu")
    prompts, text = [list(range(3, 28)), list(range(50, 61))], list(range(100, 115))
    expected = rows(Reader(model, prompts), text)
    model.network.set_attn_implementation(implementation)
    torch.testing.assert_close(rows(Reader(model, prompts), text), expected, **TIGHT)


def test_a_prompt_beyond_the_window_is_refused(small: LanguageModel) -> None:
    Reader(small, [[5] * 128])
    with pytest.raises(TooLongError, match="The prompt with its context needs 129 tokens, 1 more"):
        Reader(small, [[5], [5] * 129])


def test_a_text_that_outgrows_the_window_is_refused_and_nothing_is_read(
    small: LanguageModel,
) -> None:
    reader = Reader(small, [[5] * 100, [5] * 20])
    first = reader.read([6] * 20)[:, -1:]
    assert reader.room == 8
    with pytest.raises(TooLongError, match="The text with its prompt needs 129 tokens, 1 more"):
        reader.read([7] * 9)
    assert (len(reader.tokens), reader.passes, reader.room) == (20, 1, 8)
    reader.forget(19)
    torch.testing.assert_close(reader.read([6]), first, **TIGHT)
    reader.read([7] * 8)
    assert reader.room == 0


def test_forgetting_more_than_there_is_changes_nothing(small: LanguageModel) -> None:
    reader = Reader(small, [[5, 6]])
    reader.read([7, 8])
    reader.forget(5)
    assert reader.tokens == [7, 8]
