"""Takes a model from the Hugging Face hub; only ever asked to by a person, by name."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

from costeer_cli.errors import ModelUnavailableError
from costeer_cli.models import quiet

_WANTED = ["*.json", "*.safetensors", "*.model", "*.jinja", "tokenizer*"]


def fetch_repository(name: str, folder: Path, *, afresh: bool) -> None:
    """Download weights, tokenizer and settings of `name` into `folder`.

    Args:
        name: an id such as `owner/name`.
        folder: new, or what an interrupted download left, which goes on from there.
        afresh: empty the folder first, but not before the hub has answered.

    Raises:
        ModelUnavailableError: no network, no such model, or none with safetensors weights.
        OSError: no space beside `folder`.
    """
    quiet.silence(offline=False)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    where: dict[str, Any] = {
        "local_dir": folder,
        "cache_dir": folder / ".cache",
        "allow_patterns": _WANTED,
        "library_name": "costeer",
    }
    try:
        # without a network the real call hands back what is in the folder, be it half a model
        listed = snapshot_download(name, dry_run=True, **where)
        has_weights = any(file.filename.endswith(".safetensors") for file in listed)
        if has_weights and afresh:
            shutil.rmtree(folder)
        if has_weights:
            snapshot_download(name, **where)
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise _unavailable(name) from error
    if not has_weights:
        raise ModelUnavailableError(
            f"{name} holds no safetensors weights.",
            hint="Use another model, or download its .gguf file and name that.",
        )
    sizes = {file.filename: file.file_size for file in listed}
    if any(_size(folder / filename) != size for filename, size in sizes.items()):
        raise _unavailable(name)
    for file in (folder, *folder.rglob("*")):
        file.chmod(0o700 if file.is_dir() else 0o600)


def _unavailable(name: str) -> ModelUnavailableError:
    return ModelUnavailableError(
        f"Cannot fetch {name} from the Hugging Face hub.",
        hint="Check its spelling and the network; some models need HF_TOKEN.",
    )


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
