"""Every token's bytes: what a tokenizer splits is put together again exactly."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import tokenizers
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tokenizers import decoders, models, normalizers, pre_tokenizers

from costeer_cli.errors import ModelError
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.token_bytes import read_vocabulary
from costeer_cli.steering.vocabulary import Vocabulary
from tests.models import tiny

PIECES = [
    "é",
    "e\u0301",
    "\u200d",
    "👩\u200d👩\u200d👧",
    "🏳️\u200d🌈",
    "漢字",
    "한",
    "ا",
    "\u202e",
    "ﬁ",
]
PIECES += ["\r\n", "\n\n", " ", "  ", "\t", "naïve", "word", "don't", "123"]
TEXT = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))

LACKING = {0x04, 0x06, 0x13, 0x14, 0x16, 0x1D, 0xC0, 0xC1, 0xF1, 0xF2, *range(0xF5, 0x100)}
"""Bytes that SmolLM2's tokenizer has no token for, and drops: control characters, and what only
unassigned planes or invalid UTF-8 use."""


def joined(vocabulary: Vocabulary, ids: list[int]) -> bytes:
    return b"".join(vocabulary.text(i) for i in ids)


@pytest.mark.model
class TestTheDefaultTokenizer:
    """Of SmolLM2: byte-level BPE with 17 special tokens."""

    @given(text=TEXT)
    @example("The 🐴 café — naïve 漢字\r\ne\u0301\u200d")
    def test_bytes_of_the_ids_are_the_bytes_of_the_text(
        self, model: LanguageModel, text: str
    ) -> None:
        assume(not LACKING & set(text.encode()))
        assert joined(model.vocabulary, model.encode(text)) == text.encode()

    def test_specials_are_never_written_and_the_end_is_empty(self, model: LanguageModel) -> None:
        vocabulary = model.vocabulary
        assert len(vocabulary) == 49152
        assert vocabulary.end == model.tokenizer.convert_tokens_to_ids("<|im_end|>") == 2
        assert vocabulary.text(2) == b""
        for token_id in {*range(17)} - {2}:
            assert vocabulary.texts[token_id] is None
            assert not vocabulary.writable[token_id]
            with pytest.raises(ValueError, match="never written"):
                vocabulary.text(token_id)
        assert vocabulary.writable.sum() == 49152 - 16

    def test_every_byte_can_be_written_and_no_two_tokens_are_alike(
        self, model: LanguageModel
    ) -> None:
        texts = [text for text in model.vocabulary.texts if text]
        assert len(texts) == len(set(texts))
        alone = {text[0] for text in texts if len(text) == 1}
        assert alone == set(range(256)) - LACKING


def test_a_byte_level_vocabulary_of_any_words() -> None:
    tokenizer = tiny.tokenizer()
    vocabulary = read_vocabulary(tokenizer, 330, [1])
    for text in [*tiny.SENTENCES, "any byte: \x00\x7f\xff 🐴 \r\n"]:
        assert joined(vocabulary, tokenizer.encode(text, add_special_tokens=False)) == text.encode()
    assert {bytes([byte]) for byte in range(256)} <= set(vocabulary.texts)
    assert vocabulary.texts[0] is None
    assert vocabulary.texts[1] == b""
    assert vocabulary.texts[320:] == (None,) * 10
    assert len(vocabulary) == 330


def test_ids_beyond_the_output_layer_are_left_out() -> None:
    vocabulary = read_vocabulary(tiny.tokenizer(), 300, [1])
    assert len(vocabulary) == 300
    assert vocabulary.texts[:2] == (None, b"")


def test_several_ends_are_one() -> None:
    vocabulary = read_vocabulary(tiny.tokenizer(), 320, (2, 1, 40))
    assert vocabulary.end == 2
    assert vocabulary.texts[:3] == (None, None, b"")
    assert vocabulary.texts[40] is None


def test_an_added_token_that_is_not_special_is_its_own_text() -> None:
    tokenizer = tiny.tokenizer()
    tokenizer.add_tokens(["<think>", "dé 漢"])
    tokenizer.add_special_tokens({"extra_special_tokens": ["<|tool|>"]})
    vocabulary = read_vocabulary(tokenizer, len(tokenizer), [1])
    assert vocabulary.texts[320:] == (b"<think>", "dé 漢".encode(), None)


def sentencepiece(decoder: Any, *, metaspace: bool) -> Any:
    """A tokenizer as Llama 2 and Gemma have: words with a mark for the space, and byte tokens."""
    pieces = ["<unk>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    pieces += ["\u2581", "h", "e", "l", "o", "he", "ll", "llo", "\u2581he", "é", "漢", "\n"]
    merges = [("h", "e"), ("l", "l"), ("ll", "o"), ("\u2581", "he")]
    backend = tokenizers.Tokenizer(
        models.BPE(
            vocab={piece: i for i, piece in enumerate(pieces)},
            merges=merges,
            unk_token="<unk>",
            byte_fallback=True,
            fuse_unk=True,
        )
    )
    if metaspace:
        backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=False)
    else:
        backend.normalizer = normalizers.Replace(" ", "\u2581")
    backend.decoder = decoder
    backend.add_special_tokens(["<unk>", "</s>"])
    return tiny.transformers.PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="</s>")


BYTE_FALLBACK = decoders.Sequence(
    [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
)


@pytest.mark.parametrize(
    ("decoder", "metaspace"), [(BYTE_FALLBACK, False), (decoders.Metaspace(), True)]
)
def test_sentencepiece_bytes_are_those_of_the_text(decoder: Any, metaspace: bool) -> None:
    tokenizer = sentencepiece(decoder, metaspace=metaspace)
    vocabulary = read_vocabulary(tokenizer, len(tokenizer), [1])

    @given(TEXT.filter(lambda text: "\u2581" not in text))  # SentencePiece itself confuses it
    @example("hello hello  é漢\r\n🐴 e\u0301")
    def check(text: str) -> None:
        ids = tokenizer.encode(text, add_special_tokens=False)
        assert joined(vocabulary, ids) == text.encode()

    check()
    assert vocabulary.text(tokenizer.convert_tokens_to_ids("\u2581he")) == b" he"
    assert vocabulary.text(tokenizer.convert_tokens_to_ids("<0x9F>")) == b"\x9f"
    assert vocabulary.texts[:2] == (None, b"")


@pytest.mark.parametrize("decoder", [None, decoders.WordPiece(), decoders.BPEDecoder()])
def test_an_unknown_kind_is_refused(decoder: Any) -> None:
    tokenizer = tiny.tokenizer()
    tokenizer.backend_tokenizer.decoder = decoder
    with pytest.raises(ModelError, match="cannot read as bytes") as raised:
        read_vocabulary(tokenizer, 320, [1])
    assert raised.value.hint == "Use a model with a byte-level or SentencePiece tokenizer."


def test_a_tokenizer_without_a_description_is_refused() -> None:
    with pytest.raises(ModelError, match="cannot read as bytes"):
        read_vocabulary(tiny.transformers.ByT5Tokenizer(), 384, [1])
    with pytest.raises(ModelError, match="cannot read as bytes"):
        read_vocabulary(SimpleNamespace(), 384, [1])
