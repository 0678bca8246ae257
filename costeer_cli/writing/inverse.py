"""The inverse mode: the context of a draft as it was, and with one fact in it another."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from costeer_cli.errors import UsageError
from costeer_cli.personal.context import Example, PrivateContext
from costeer_cli.steering.policy import Policy
from costeer_cli.writing.assignment import Assignment, Mode

if TYPE_CHECKING:
    from costeer_cli.personal.profile import Profile
    from costeer_cli.store.drafts import DraftRecord


def assignment_of(record: DraftRecord, asked: str, profile: Profile | None) -> Assignment:
    """A draft's assignment, as far as its context and its choices depend on it.

    Args:
        record: the draft.
        asked: its prompt as the person wrote it.
        profile: its profile as it is now.

    Raises:
        UsageError: it was kept by a costeer that kept less.
    """
    settings = record.settings
    try:
        clip = float("inf") if settings["clip"] is None else settings["clip"]
        policy = Policy(settings["strength"], settings["temperature"], clip=clip)
        lengths = settings["max_tokens"], settings["context_tokens"]
        return Assignment(asked, profile, policy, Mode(settings["mode"]), *lengths)
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError("That draft does not say how it was written.") from error


def mentions(context: PrivateContext, fact: str) -> int:
    """How often a fact stands in a context, as whole words, whatever the case."""
    pattern = _whole(fact)
    said = [context.about, *(text for e in context.examples for text in (e.asked, e.wrote))]
    return sum(len(pattern.findall(text)) for text in said)


def swapped(context: PrivateContext, fact: str, other: str) -> PrivateContext:
    """The same context with another value wherever the fact stands."""
    pattern = _whole(fact)

    def swap(text: str) -> str:
        return pattern.sub(lambda _: other, text)

    examples = tuple(Example(swap(one.asked), swap(one.wrote)) for one in context.examples)
    return replace(context, about=swap(context.about), examples=examples)


def _whole(fact: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(fact)}(?!\w)", re.IGNORECASE)
