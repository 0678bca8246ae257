"""The hand-made services of the cloud room, for the door that leads there, and models to write."""

from __future__ import annotations

from tests.cli.conftest import kept_model, small_folder
from tests.cloud.conftest import serve

__all__ = ["kept_model", "serve", "small_folder"]
