"""A trained expert: its file, and whether it may still be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from costeer_cli.errors import BadInputError, ModelCorruptError, UsageError
from costeer_cli.experts.packing import packed, unpacked
from costeer_cli.models.adapter import Adapter, adapter_of
from costeer_cli.models.fingerprint import fingerprint
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.library import Library
from costeer_cli.personal.profile import Profile
from costeer_cli.personal.retrieval import scope_of
from costeer_cli.store.database import Store
from costeer_cli.store.experts import ExpertRecord

if TYPE_CHECKING:
    import torch

_FORMAT = 1


def written(tensors: dict[str, torch.Tensor], record: ExpertRecord) -> bytes:
    """The file of an expert. It names no text and no profile."""
    about = {
        "format": _FORMAT,
        "model": record.model,
        "base": record.base,
        "created_at": record.created_at,
        "settings": {name: record.settings[name] for name in ("rank", "alpha", "rate", "seed")},
        "scores": record.scores,
    }
    return packed(tensors, about)


def loaded(content: bytes, model: LanguageModel) -> Adapter:
    """The adapter that a file holds.

    Raises:
        BadInputError: it is no such file.
        ModelCorruptError: it is for another model.
    """
    tensors, about = unpacked(content)
    try:
        scale = about["settings"]["alpha"] / about["settings"]["rank"]
        base = about["base"]
    except (KeyError, TypeError, ZeroDivisionError) as error:
        raise BadInputError("That is no file of an expert.") from error
    if base != fingerprint(model.folder):
        raise ModelCorruptError(
            f"The expert was trained on another model than {model.name} is now.",
            hint="Train one for it: costeer train",
        )
    return adapter_of(model, tensors, scale)


@dataclass(frozen=True)
class Expert:
    """An expert ready to be read with: its number in the store, and the adapter."""

    id: str
    adapter: Adapter


def expert_for(store: Store, profile: Profile | None, model: LanguageModel) -> Expert | None:
    """The expert of a profile on a model; None where there is none.

    Raises:
        UsageError: it learned from a text that was forgotten, or that is not the profile's now.
        ModelCorruptError: its file was changed, or the model was.
    """
    record = store.experts.find(profile.name if profile else "", model.name)
    if record is None:
        return None
    content = store.experts.read(record)
    readers = [profile, *_merged(store, record)]
    brought = {text.digest for reader in readers if reader for text in reader.texts}
    gone = set(record.settings.get("brought", ())) - brought
    if gone or store.experts.outside(record, map(scope_of, readers)):
        raise UsageError(
            "The expert learned from a text that its profile does not read any more.",
            hint="Train one without it: costeer train",
        )
    return Expert(record.id, loaded(content, model))


def _merged(store: Store, record: ExpertRecord) -> Iterator[Profile]:
    """The profiles whose experts were merged into one, as they are now."""
    library = Library(store)
    for name in record.settings.get("merged", {}):
        if name in library.names():
            yield library.get(name)


def adopted(content: bytes, profile: str, model: LanguageModel, store: Store) -> ExpertRecord:
    """Keep an expert that was trained elsewhere.

    Raises:
        BadInputError: it is no such file.
        ModelCorruptError: it is for another model.
    """
    loaded(content, model)
    _, about = unpacked(content)
    record = ExpertRecord(
        profile=profile,
        model=model.name,
        base=about["base"],
        settings=_dict(about.get("settings")) | {"imported": True},
        scores=_dict(about.get("scores")),
    )
    made = about.get("created_at")
    record = replace(record, created_at=made) if isinstance(made, str) else record
    return store.experts.adopt(record, content)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
