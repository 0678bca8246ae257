"""The SDK's event stream, read to the very end of the answer.

Imported only beside a client, since it needs the SDK.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import openai  # noqa: TID253

if TYPE_CHECKING:
    from openai._streaming import ServerSentEvent


class WholeStream(openai.Stream[object]):
    """Reads on after `[DONE]`: only a connection whose answer was read can be used again."""

    def _iter_events(self) -> Iterator[ServerSentEvent]:
        for event in super()._iter_events():
            if not event.data.startswith("[DONE]"):
                yield event
