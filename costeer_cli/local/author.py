"""The local model writing alone: `--offline`, no cloud and nothing sent."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from costeer_cli.models.adapter import Adapter
from costeer_cli.models.drafting import positions
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.models.tokenizer import Message
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Position


class LocalAuthor:
    """Drafts with the local model and the private prompt, which stays in this process."""

    source = "local"
    requests = 0
    outbound_bytes = 0
    prompt_tokens = 0
    cached_tokens = 0
    flows = False
    stride = None

    def __init__(
        self,
        model: LanguageModel,
        private: Sequence[Message],
        listed: int = 100,
        expert: Adapter | None = None,
    ) -> None:
        self._listed = listed
        self._reader = Reader(model, [model.render(private)], expert, adapted=1)

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Generator[Position, None, None]:
        """Positions after `accepted`."""
        return positions(self._reader, self._ids(accepted), max_tokens, self._listed)

    def _ids(self, accepted: Sequence[Choice]) -> list[int]:
        """The text so far in this model's tokens, also where a cloud with others wrote it."""
        model, ids = self._reader.model, list[int]()
        for choice in accepted:
            own = choice.id if choice.id is not None else model.vocabulary.find(choice.text)
            if own is None or model.vocabulary.texts[own : own + 1] != (choice.text,):
                text = b"".join(choice.text for choice in accepted)
                return model.encode(text.decode("utf-8", "replace"))
            ids.append(own)
        return ids
