"""A text's assignment as it is kept with its draft, and read back to go on with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from costeer_cli.errors import UsageError
from costeer_cli.experts.expert import Expert
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.profile import Profile
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.privacy.outbound.door import Cloud
from costeer_cli.steering.policy import Policy
from costeer_cli.store.drafts import DraftRecord
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.preparation import Preparation

_EARLIER = {"gate": 1.0, "soften": 0.0, "mix": 0.0, "expert": None}
"""How a draft was begun before there were these."""


def draft_record(
    model: LanguageModel, cloud: Cloud, prepared: Preparation, expert: Expert | None = None
) -> DraftRecord:
    """The draft of a text, before its first token."""
    assignment = prepared.assignment
    offline = assignment.mode is Mode.OFFLINE
    return DraftRecord(
        profile=assignment.profile.name if assignment.profile else None,
        prompt=prepared.prompt,
        provider="none" if offline else cloud.name,
        cloud_model="" if offline else cloud.model,
        local_model=model.name,
        settings=settings_of(assignment, prepared.context.sources)
        | {"expert_id": expert.id if expert else None},
    )


def settings_of(assignment: Assignment, sources: Sequence[str]) -> dict[str, Any]:
    """How a text is written, as JSON values; an infinite clip is null."""
    settings = {
        **asdict(assignment.policy),
        "mode": str(assignment.mode),
        "max_tokens": assignment.max_tokens,
        "context_tokens": assignment.context_tokens,
        "context_sources": list(sources),
        "allowance": asdict(assignment.allowance) if assignment.allowance else None,
    }
    return settings | ({"clip": None} if settings["clip"] == float("inf") else {})


def assignment_of(
    record: DraftRecord,
    profile: Profile | None,
    budget: Budget,
    *,
    fallback: bool,
    prompt: str | None = None,
) -> Assignment:
    """The assignment a draft was begun with.

    Args:
        profile: the profile of that name as it is now.
        prompt: what was asked for; None where nothing of it was replaced.

    Raises:
        UsageError: the draft is finished, or was kept by a costeer that kept less.
    """
    if record.state == "done":
        raise UsageError(
            "That draft is finished.", hint="See it with: costeer draft show, or write a new one."
        )
    settings = dict(record.settings)
    try:
        if settings["clip"] is None:
            settings["clip"] = float("inf")
        settings = _EARLIER | settings
        policy = Policy(**{field.name: settings[field.name] for field in fields(Policy)})
        allowance = settings.get("allowance")
        return Assignment(
            record.prompt if prompt is None else prompt,
            profile,
            policy,
            Mode(settings["mode"]),
            settings["max_tokens"],
            settings["context_tokens"],
            budget,
            fallback,
            Allowance(**allowance) if allowance else None,
        )
    except (KeyError, ValueError) as error:
        raise UsageError("That draft does not say how it was begun.") from error
