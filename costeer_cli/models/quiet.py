"""transformers and torch, imported without chatter, telemetry or a way to a hub."""

from __future__ import annotations

import os
import warnings
from typing import Any


def silence(*, offline: bool = True) -> None:
    """Set what the libraries read at import: no telemetry, bars or notices, no hub unless asked.

    Call before the first import of transformers or huggingface_hub in the process.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["HF_HUB_VERBOSITY"] = "error"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"
    os.environ["TQDM_DISABLE"] = "1"
    # Threads that wait by spinning without end make two busy programs on one machine crawl (18
    # times slower was measured), sleeping at once costs a busy one 2.5 times; read with torch.
    os.environ.setdefault("GOMP_SPINCOUNT", "50000")
    os.environ["HF_HUB_OFFLINE"] = "1" if offline else "0"


def transformers(*, offline: bool = True) -> Any:
    """The transformers module with warnings and bars off."""
    silence(offline=offline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers
