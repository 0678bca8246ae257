"""Turns a GGUF file into a folder that loads in a second: safetensors, tokenizer, settings."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from costeer_cli.errors import ModelCorruptError, ModelUnavailableError
from costeer_cli.models import quiet
from costeer_cli.models.wheel import Progress


def convert_gguf(source: Path, target: Path, progress: Progress) -> None:
    """De-quantise `source` to float32 and save it as the folder `target`, whole or not at all.

    float32 keeps every de-quantised value exactly and is read straight from the file mapping.

    Raises:
        ModelCorruptError: not a GGUF file that transformers can read.
        ModelUnavailableError: no space for the converted model.
    """
    transformers = quiet.transformers()
    import torch
    from safetensors.torch import save_file

    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".convert."))
    try:
        where = {"pretrained_model_name_or_path": str(source.parent), "gguf_file": source.name}
        progress("Converting", 1, 4)
        tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
        tokenizer.save_pretrained(scratch)
        progress("Converting", 2, 4)
        model = transformers.AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
        progress("Converting", 3, 4)
        weights = model.state_dict()
        if model.config.tie_word_embeddings:
            weights.pop("lm_head.weight", None)
        save_file(
            {name: tensor.contiguous() for name, tensor in weights.items()},
            scratch / "model.safetensors",
            metadata={"format": "pt"},
        )
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.config.dtype = torch.float32
        model.config.save_pretrained(scratch)
        model.generation_config.save_pretrained(scratch)
        for file in scratch.iterdir():
            file.chmod(0o600)
        if target.exists():
            shutil.rmtree(target)
        scratch.rename(target)
        progress("Converting", 4, 4)
    except Exception as error:  # tokenizers raises no narrower class
        if not _is_of_the_disk(error):
            raise _unreadable(source) from error
        raise ModelUnavailableError(
            f"Cannot keep the converted model of {source.name} in {target.parent}.",
            hint="Free some space, or set COSTEER_HOME to another disk.",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_of_the_disk(error: Exception) -> bool:
    """Whether the system refused; transformers reports bad files as OSError without a number.

    safetensors and tokenizers only say "(os error 28)" in an exception of their own.
    """
    return getattr(error, "errno", None) is not None or "(os error " in str(error)


def _unreadable(source: Path) -> ModelCorruptError:
    return ModelCorruptError(
        f"{source.name} is not a GGUF model that can be read.",
        hint="Use a GGUF of a Llama-like instruction-tuned model, or a transformers folder.",
    )
