"""A loaded model: its tokenizer, its vocabulary as bytes, and log-probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costeer_cli.errors import ModelCorruptError, ModelError, TooLongError
from costeer_cli.models import quiet
from costeer_cli.models.token_bytes import read_vocabulary
from costeer_cli.models.tokenizer import Message, encode, render
from costeer_cli.steering.vocabulary import Vocabulary

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A causal language model on this machine.

    Attributes:
        name: the reference it was loaded by.
        network: the transformers model, in inference mode.
        tokenizer: its transformers tokenizer.
        vocabulary: its tokens as bytes.
        ends: the ids that end a text.
        window: how many tokens it can read at once.
        device: where it runs: `cpu`, `cuda` or `mps`.
        folder: where it was loaded from.
    """

    name: str
    network: Any
    tokenizer: Any
    vocabulary: Vocabulary
    ends: tuple[int, ...]
    window: int
    device: str
    folder: Path
    _mask: torch.Tensor = field(repr=False)

    def render(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of a chat up to where the assistant starts to write."""
        return render(self.tokenizer, messages)

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text, without special tokens."""
        return encode(self.tokenizer, text)

    @property
    def sees_all(self) -> bool:
        """Whether every layer attends to the whole text, however long."""
        config = self.network.config.get_text_config()
        kinds = set(getattr(config, "layer_types", None) or [])
        return kinds <= {"full_attention"} and not getattr(config, "sliding_window", None)

    def require_window(self, what: str, tokens: int) -> None:
        """Refuse what does not fit.

        Raises:
            TooLongError: says by how many tokens.
        """
        if tokens > self.window:
            raise TooLongError(
                f"{what} needs {tokens} tokens, {tokens - self.window} more than the window of "
                f"{self.name} ({self.window}).",
                hint="Shorten the prompt, lower --max-tokens, or use a model with a longer window.",
            )

    def logprobs(self, logits: torch.Tensor) -> torch.Tensor:
        """Log-probabilities over what can be written, (..., V), float32, in nats.

        Special tokens get -inf; the ends of text are one event, at `vocabulary.end`.
        """
        import torch

        logits = logits.float()
        if len(self.ends) > 1:
            merged = torch.logsumexp(logits[..., list(self.ends)], dim=-1)
            logits = logits.index_fill(
                -1, torch.tensor(self.ends, device=logits.device), -torch.inf
            )
            logits[..., self.vocabulary.end] = merged
        return torch.log_softmax(logits + self._mask, dim=-1)


def load_model(folder: Path, name: str, device: str = "auto") -> LanguageModel:
    """Load a model folder from this disk only.

    On a CPU it runs in float32: bfloat16 and float16 are no faster there for short blocks, and
    their rounding depends on how many tokens are scored at once, which would make the text
    depend on how drafts are cut. On CUDA it runs in bfloat16, on MPS in float16.

    Code that a folder brings along is never run.

    Raises:
        ModelCorruptError: the files cannot be read.
        ModelError: a model of a kind that cannot be used, or no such device.
    """
    transformers = quiet.transformers()
    import torch

    from costeer_cli.models import kernels  # noqa: PLC0415

    device = _device(device)
    dtype = {"cuda": torch.bfloat16, "mps": torch.float16}.get(device, torch.float32)
    try:
        where = {"local_files_only": True, "trust_remote_code": False}
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **where)
        network = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, **where)
    except Exception as error:  # tokenizers raises no narrower class
        raise ModelCorruptError(f"The files of {name} cannot be loaded.") from error
    _require_usable(name, tokenizer, network)
    network = network.to(device).eval()
    if device == "cpu":
        kernels.speed_up(network)
    width = network.get_output_embeddings().weight.shape[0]
    ends = _ends(tokenizer, network, width)
    if not ends:
        raise ModelError(
            f"{name} has no end-of-text token.", hint="Use an instruction-tuned (chat) model."
        )
    vocabulary = read_vocabulary(tokenizer, width, ends)
    mask = torch.zeros(width, device=device)
    mask[torch.from_numpy(~vocabulary.writable).to(device)] = -torch.inf
    window = int(network.config.get_text_config().max_position_embeddings)
    return LanguageModel(name, network, tokenizer, vocabulary, ends, window, device, folder, mask)


def _device(wanted: str) -> str:
    import torch

    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if wanted == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there.get(wanted):
        raise ModelError(
            f"There is no device {wanted!r} on this machine.", hint="Use auto, cpu, cuda or mps."
        )
    return wanted


def _require_usable(name: str, tokenizer: Any, network: Any) -> None:
    if not tokenizer.chat_template:
        raise ModelError(
            f"{name} has no chat template.", hint="Use an instruction-tuned (chat) model."
        )
    kinds = set(getattr(network.config.get_text_config(), "layer_types", None) or [])
    if network._is_stateful or not kinds <= {"full_attention", "sliding_attention"}:
        raise ModelError(
            f"{name} is not a plain attention model: its state cannot be rolled back.",
            hint="Use a Llama-like or Qwen-like model.",
        )


def _ends(tokenizer: Any, network: Any, width: int) -> tuple[int, ...]:
    """Ids that end a text: the tokenizer's first, then the generation settings'."""
    more = network.generation_config.eos_token_id
    ids = [tokenizer.eos_token_id, *(more if isinstance(more, list) else [more])]
    return tuple(dict.fromkeys(int(i) for i in ids if i is not None and i < width))
