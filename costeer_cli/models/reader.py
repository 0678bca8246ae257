"""Reads one growing text after one or several prompts at once, keeping and cutting KV caches."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from costeer_cli.models.language_model import LanguageModel

if TYPE_CHECKING:
    import torch

    from costeer_cli.models.adapter import Adapter

_PREFILL_BLOCK = 2048


class Reader:
    """Rows of one batch, each a prompt of its own, all followed by the same text.

    Every prompt is read once, when the reader is made. `read` appends tokens to the text and
    `forget` takes the newest back; the caches follow, nothing is read twice.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompts: Sequence[Sequence[int]],
        adapter: Adapter | None = None,
        adapted: int = 0,
    ) -> None:
        """Read the prompts (token ids, one per row), the first `adapted` with the adapter.

        Raises:
            TooLongError: a prompt is longer than the model's window.
        """
        import torch

        from costeer_cli.models.kv_cache import growing_cache, stacked  # noqa: PLC0415

        self.model = model
        self.tokens: list[int] = []
        self.passes = 0
        self._adapter, self._adapted = adapter, adapted
        self._lengths = [len(prompt) for prompt in prompts]
        for length in self._lengths:
            model.require_window("The prompt with its context", length)
        layers = model.network.config.get_text_config().num_hidden_layers
        caches, last = [], []
        with torch.inference_mode():
            for row, prompt in enumerate(prompts):
                cache = growing_cache(layers)
                for start in range(0, len(prompt), _PREFILL_BLOCK):
                    ids = torch.tensor(
                        [prompt[start : start + _PREFILL_BLOCK]], device=model.device
                    )
                    with self._reading(int(row < adapted)):
                        logits = model.network(ids, past_key_values=cache, logits_to_keep=1).logits
                caches.append(cache)
                last.append(logits[:, -1])
            self.first = model.logprobs(torch.cat(last))
            self._cache = caches[0] if len(caches) == 1 else stacked(caches, self._lengths)
        longest = max(self._lengths)
        self._starts = torch.tensor([[longest - n] for n in self._lengths], device=model.device)

    @property
    def room(self) -> int:
        """How many more tokens of text fit into the model's window."""
        return self.model.window - max(self._lengths) - len(self.tokens)

    def read(self, tokens: Sequence[int]) -> torch.Tensor:
        """Append tokens; return the log-probabilities after each, (rows, n, V), in nats.

        One forward pass for all rows and all tokens. `first` holds what stands before any text.

        Raises:
            TooLongError: the text has outgrown the window.
        """
        import torch

        self.model.require_window(
            "The text with its prompt", max(self._lengths) + len(self.tokens) + len(tokens)
        )
        rows, held, n = len(self._lengths), max(self._lengths) + len(self.tokens), len(tokens)
        device = self.model.device
        with torch.inference_mode(), self._reading(self._adapted):
            logits = self.model.network(
                torch.tensor([list(tokens)], device=device).expand(rows, n),
                past_key_values=self._cache,
                position_ids=torch.arange(held, held + n, device=device) - self._starts,
                **self._masking(held, n),
            ).logits
            self.tokens.extend(tokens)
            self.passes += 1
            return self.model.logprobs(logits)

    def branch(self, tokens: Sequence[int], parents: Sequence[int]) -> torch.Tensor:
        """Read a tree of continuations of the text at once; nothing is appended to the text.

        Args:
            tokens: one per node.
            parents: the index of each node's parent, smaller than its own; -1 for the text.

        Returns:
            The log-probabilities after each node, (rows, n, V), in nats. `settle` must follow.

        Raises:
            TooLongError: the longest branch has outgrown the window.
        """
        import torch

        depths: list[int] = []
        lines: list[set[int]] = []
        for i, parent in enumerate(parents):
            depths.append(depths[parent] + 1 if parent >= 0 else 0)
            lines.append({i} | (lines[parent] if parent >= 0 else set()))
        held, n = max(self._lengths) + len(self.tokens), len(tokens)
        self.model.require_window("The text with its prompt", held + max(depths) + 1)
        device, rows = self.model.device, len(self._lengths)
        related = torch.zeros((n, n), dtype=torch.bool)
        for i, line in enumerate(lines):
            related[i, list(line)] = True
        seen = torch.ones((rows, n, held + n), dtype=torch.bool, device=device)
        seen[:, :, held:] = related.to(device)
        seen &= torch.arange(held + n, device=device) >= self._starts[:, :, None]
        with torch.inference_mode(), self._reading(self._adapted):
            logits = self.model.network(
                torch.tensor([list(tokens)], device=device).expand(rows, n),
                past_key_values=self._cache,
                position_ids=held + torch.tensor(depths, device=device) - self._starts,
                **self._additive(seen),
            ).logits
            self.passes += 1
            return self.model.logprobs(logits)

    def settle(self, path: Sequence[int], tokens: Sequence[int]) -> None:
        """Of the tree just read, append the nodes of a path from the text on; forget the rest."""
        import torch

        start = max(self._lengths) + len(self.tokens)
        with torch.inference_mode():
            for layer in self._cache.layers:
                layer.settle(start, path)
        self.tokens.extend(tokens[i] for i in path)

    def _reading(self, rows: int) -> AbstractContextManager[None]:
        """The adapter takes part for the first `rows` of a batch while the block runs."""
        if self._adapter is None or rows == 0:
            return nullcontext()
        return self._adapter.reading(rows)

    def _masking(self, held: int, n: int) -> dict[str, Any]:
        """What keeps rows of unequal length from their padding, and tokens from later ones.

        Where every layer sees the whole text, one additive mask for all layers is made here;
        a model with sliding windows makes its own from which places hold tokens.
        """
        import torch

        if len(set(self._lengths)) == 1:
            return {}
        places = torch.arange(held + n, device=self.model.device)
        if not self.model.sees_all:
            return {"attention_mask": places >= self._starts}
        now = torch.arange(held, held + n, device=self.model.device)
        seen = (places >= self._starts[:, :, None]) & (places <= now[:, None])
        return self._additive(seen)

    def _additive(self, seen: torch.Tensor) -> dict[str, Any]:
        """The mask that lets each token see what `seen` (rows, n, length) says."""
        import torch

        from costeer_cli.models.kernels import GROUPED  # noqa: PLC0415

        mask = torch.zeros(seen.shape, dtype=self.model.network.dtype, device=self.model.device)
        mask.masked_fill_(~seen, -torch.inf)
        masking: dict[str, Any] = {"attention_mask": mask[:, None]}
        if self.model.network.config._attn_implementation == GROUPED:
            masking["starts"] = tuple(self._starts.flatten().tolist())
        return masking

    def forget(self, keep: int) -> None:
        """Cut the text to its first `keep` tokens."""
        surplus = len(self.tokens) - keep
        if surplus > 0:
            for layer in self._cache.layers:
                layer.crop(-surplus)
            del self.tokens[keep:]
