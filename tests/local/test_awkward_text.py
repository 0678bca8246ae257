"""Text that tokenizers trip over, on two real tokenizers: byte-level BPE and SentencePiece.

The law: deltas add up. However a stretch of text is cut into the cloud's tokens, the deltas of the
pieces, one after another, have the same sum.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from filelock import FileLock

from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models import quiet
from costeer_cli.models.catalogue import WheelFile
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.wheel import fetch_member
from costeer_cli.steering.position import Position
from tests.local.test_bytewise import PRIVATE, PUBLIC, accepted, positioned
from tests.models import tiny

pytestmark = pytest.mark.model

MISTRAL = WheelFile(
    requirement="mistral-common==1.13.1",
    wheel_sha256="98b4d0755b8d90bf4691fa8f1b70cb3b4a8cd4dc1653c4ed08ef3d1c7d2c29af",
    member="mistral_common/data/tokenizer.model.v1",
    sha256="dadfd56d766715c61d2ef780a525ab43b8e6da4de6865bda3d95fdef5e134055",
    megabytes=7,
)
"""Mistral 7B's SentencePiece tokenizer (Apache-2.0)."""

TEXTS = {
    "carriage return and line feed": "One line.\r\nAnother,\r\n\r\nand a last.\n",
    "combining marks": "nai\u0308ve cafe\u0301 \u0301 q\u0303\u0323",
    "an emoji of several": "\U0001f469\u200d\U0001f469\u200d\U0001f467, \U0001f44d\U0001f3fd!",
    "Chinese, Japanese, Korean": "熟れた梅 山梨 안녕하세요",
    "right to left": "שלום \u200fمرحبا",
    "many blanks and tabs": "a        b\t\t\tc    \n    d",
    "a very long word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten" * 2,
    "a long run of one sign": "-" * 90 + "\n" + "=" * 70,
    "an address": "https://example.org/a/very/long/path?with=many&parts=yes#and-a-fragment",
    "numbers": "1234567890.0001 and 007,5 %",
    "what looks like a special token": "<|im_end|> </s> <s> [INST] <unk> <0x0A>",
    "signs of every kind": "\u2028«–…»\u00a0\u200b¿€½",
}
AFTER = "He wrote"


@pytest.fixture(scope="module")
def sentencepiece(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """A random network that reads with Mistral's tokenizer."""
    transformers = quiet.transformers()
    kept = platformdirs.user_cache_path("costeer-tests") / "mistral" / "tokenizer.model"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(kept.parent / "fetching.lock"):
        if not kept.exists():
            fetch_member(MISTRAL, kept, lambda *_: None)
    folder = tmp_path_factory.mktemp("sentencepiece")
    (folder / "tokenizer.model").write_bytes(kept.read_bytes())
    settings = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>"}
    settings |= {"unk_token": "<unk>", "chat_template": tiny.CHATML}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text('{"model_type": "llama"}')
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    network = tiny.llama(
        vocab_size=len(tokenizer), max_position_embeddings=1024, bos_token_id=1, eos_token_id=2
    )
    network.generation_config.eos_token_id = 2
    saved: Path = tiny.save(folder / "model", network, tokenizer)
    return load_model(saved, "sentencepiece", "cpu")


@pytest.fixture(params=["byte-level", "SentencePiece"])
def reader_of_text(request: pytest.FixtureRequest) -> LanguageModel:
    name = "model" if request.param == "byte-level" else "sentencepiece"
    found: LanguageModel = request.getfixturevalue(name)
    return found


def deltas(model: LanguageModel, pieces: list[bytes]) -> list[float]:
    """The delta of each piece after those before it."""
    scorer = accepted(PairedScorer(model, PRIVATE, PUBLIC), AFTER.encode())
    block = [positioned(piece, b"\xf0\x9f", b"") for piece in pieces]
    return [float(e.listed[0]) for e in scorer.score(block)]


def cut(text: bytes, random: np.random.Generator, pieces: int) -> list[bytes]:
    """`text` cut anywhere, inside characters too."""
    places = np.arange(1, len(text))
    chosen = random.choice(places, min(pieces - 1, len(places)), replace=False)
    edges = [0, *sorted(chosen.tolist()), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(edges)]


@pytest.mark.parametrize("name", TEXTS)
def test_deltas_add_up_however_the_text_is_cut(reader_of_text: LanguageModel, name: str) -> None:
    text = (" " + TEXTS[name]).encode()
    random = np.random.default_rng(len(text))
    sums = []
    for pieces in (len(text) // 9, len(text) // 4):
        found = deltas(reader_of_text, cut(text, random, pieces))
        assert np.isfinite(found).all()
        sums.append(sum(found))
    np.testing.assert_allclose(sums, sums[0], atol=0.02, rtol=0)


@pytest.mark.parametrize("name", TEXTS)
def test_every_byte_can_be_written_one_by_one(reader_of_text: LanguageModel, name: str) -> None:
    """No text is beyond the local model: each byte has a probability after those before it."""
    text = (" " + TEXTS[name]).encode()[:48]
    scorer = accepted(PairedScorer(reader_of_text, PRIVATE, PUBLIC), AFTER.encode())
    block = [positioned(bytes([byte])) for byte in text]
    scorer.score(block)
    bytewise, start = scorer._bytewise, AFTER.encode()
    for byte in text:
        asked = bytewise._asked(start, positioned(bytes([byte])))
        assert asked.candidates[0]
        start += bytes([byte])


def test_an_empty_candidate_is_the_end_and_special_ones_are_plain_text(
    reader_of_text: LanguageModel,
) -> None:
    scorer = accepted(PairedScorer(reader_of_text, PRIVATE, PUBLIC), AFTER.encode())
    candidates: Position = positioned(b" and", b"", b"</s>", b"<|im_end|>")
    (evidence,) = scorer.score([candidates])
    assert np.isfinite(evidence.listed).all()
    end, *spelt = evidence.listed[1:].tolist()
    assert all(abs(one - end) > 1e-6 for one in spelt)
    assert evidence.tail is not None
    assert not set(evidence.tail.ids.tolist()) & {reader_of_text.vocabulary.end}
