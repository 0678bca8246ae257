"""The local model writing alone: `--offline`, no cloud and nothing sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from costeer_cli.models.drafting import positions
from costeer_cli.models.language_model import LanguageModel, Message
from costeer_cli.models.reader import Reader
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Position


class LocalAuthor:
    """Drafts with the local model and the private prompt, which stays in this process."""

    source = "local"
    requests = 0
    outbound_bytes = 0
    prompt_tokens = 0

    def __init__(self, model: LanguageModel, private: Sequence[Message], listed: int = 100) -> None:
        self._listed = listed
        self._reader = Reader(model, [model.render(private)])

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Iterator[Position]:
        """Positions after `accepted`."""
        ids = [choice.id for choice in accepted if choice.id is not None]
        return positions(self._reader, ids, max_tokens, self._listed)
