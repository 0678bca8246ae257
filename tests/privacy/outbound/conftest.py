"""The hand-made services of the cloud room, for the door that leads there."""

from __future__ import annotations

from tests.cloud.conftest import serve

__all__ = ["serve"]
