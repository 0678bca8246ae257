"""Real models of a few thousand random weights, made in a moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import tokenizers
import torch
from tokenizers import decoders, models, pre_tokenizers, trainers

from costeer_cli.models import quiet

transformers = quiet.transformers()

START, END, STOP = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
SPECIALS = [START, END, STOP]
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SENTENCES = [
    "The kettle sings before the house is awake.",
    "Dear Ana, thank you for the plums; the jam has set.",
    "We walked to the weir and back, and it rained both ways.",
    "Write a short note to the neighbours about the hedge.",
]
ASK = [{"role": "user", "content": "Write a short note."}]


def tokenizer(template: str | None = CHATML) -> Any:
    """A byte-level BPE tokenizer of 320 tokens at most, with three special ones."""
    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(SENTENCES, trainer)
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=END)
    made.chat_template = template
    return made


def llama(**settings: Any) -> Any:
    """A random Llama of two layers with two query heads to each key/value head."""
    return network("llama", **settings)


def network(kind: str, **settings: Any) -> Any:
    """A random model of any kind that transformers knows, always the same."""
    plain = {
        "vocab_size": 320,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 1,
        "initializer_range": 0.3,
    }
    config = transformers.AutoConfig.for_model(kind, **(plain | settings))
    with torch.random.fork_rng():
        torch.manual_seed(7)
        return transformers.AutoModelForCausalLM.from_config(config).eval()


def save(folder: Path, model: Any, text: Any) -> Path:
    """A folder as transformers saves it."""
    model.save_pretrained(folder)
    text.save_pretrained(folder)
    return folder


def edit(path: Path, **changes: Any) -> None:
    """Change keys of a JSON file; None removes one."""
    content = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}), "utf-8")


def write_gguf(path: Path, model: Any, text: Any) -> None:
    """The GGUF file that llama.cpp's converter would write of a small Llama, in float32."""
    config = model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_vocab_size(config.vocab_size)
    _add_tokenizer(writer, text, config.vocab_size)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        values = tensor.numpy()
        if name.endswith("q_proj.weight"):
            values = _interleaved(values, config.num_attention_heads)
        elif name.endswith("k_proj.weight"):
            values = _interleaved(values, config.num_key_value_heads)
        written = names.get_name(name, try_suffixes=(".weight",))
        assert written, name
        writer.add_tensor(written, np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokenizer(writer: Any, text: Any, size: int) -> None:
    backend = json.loads(text.backend_tokenizer.to_str())["model"]
    ids = {i: token for token, i in text.get_vocab().items()}
    tokens = [ids.get(i, f"[PAD{i}]") for i in range(size)]
    kinds = [
        gguf.TokenType.CONTROL if token in SPECIALS else gguf.TokenType.NORMAL for token in tokens
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in backend["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_chat_template(text.chat_template)


def _interleaved(weights: np.ndarray[Any, Any], heads: int) -> np.ndarray[Any, Any]:
    """The row order that llama.cpp's rotary embedding reads."""
    half = weights.shape[0] // heads // 2
    split = weights.reshape(heads, 2, half, weights.shape[1])
    return np.asarray(split.swapaxes(1, 2).reshape(weights.shape))
