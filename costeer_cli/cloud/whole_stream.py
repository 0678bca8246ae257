"""The SDK's event stream, read to the very end of the answer, if it has one.

Imported only beside a client, since it needs the SDK.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import openai  # noqa: TID253

from costeer_cli.cloud.pace import Pace

if TYPE_CHECKING:
    from openai._streaming import ServerSentEvent


class WholeStream(openai.Stream[object]):
    """Reads on after `[DONE]`: only a connection whose answer was read can be used again."""

    def _iter_events(self) -> Iterator[ServerSentEvent]:
        pace = Pace(self.response.request.extensions["timeout"]["read"])
        for event in self._decoder.iter_bytes(pace.watch(self.response.iter_bytes())):
            if not event.data.startswith("[DONE]"):
                yield event
            pace.event()
