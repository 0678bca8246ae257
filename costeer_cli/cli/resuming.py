"""Opening a draft that broke off, with what it was begun with."""

from __future__ import annotations

from costeer_cli.cli.common import note
from costeer_cli.cli.opening import (
    chosen_account,
    open_cloud,
    open_expert,
    open_guard,
    open_model,
)
from costeer_cli.errors import UnknownNameError, UsageError
from costeer_cli.personal.library import Library
from costeer_cli.privacy.vault.filling import open_vault
from costeer_cli.store.database import Store
from costeer_cli.store.drafts import DraftRecord
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.desk import Desk, Writing
from costeer_cli.writing.recording import assignment_of


def resumed(
    store: Store,
    record: DraftRecord,
    provider: str | None,
    limits: tuple[int | None, float | None],
    *,
    fallback: bool,
) -> Writing:
    """The writing that goes on with a draft.

    Args:
        provider: another one than the draft was begun with.
        limits: most requests and most US dollars from here on.

    Raises:
        UsageError: it is finished, or what it was begun with is gone.
    """
    offline = record.provider == "none"
    account = None if offline else chosen_account(provider or record.provider)
    try:
        person = Library(store).get(record.profile) if record.profile else None
    except UnknownNameError as error:
        raise UsageError(
            "The profile that draft was begun with is gone.", hint="Write a new one."
        ) from error
    budget = Budget(*limits, account.prices if account else None)
    prompt = record.prompt if offline else open_vault(store).restore(record.prompt)
    assignment = assignment_of(record, person, budget, fallback=fallback, prompt=prompt)
    model = open_model(record.local_model)
    expert = open_expert(store, person, model) if record.settings.get("expert_id") else None
    desk = Desk(store, model, open_cloud(store, account, model, silent=offline), expert=expert)
    open_guard(store)
    writing = desk.resume(assignment, record)
    if desk.cloud.model != record.cloud_model and not offline:
        note("Another cloud model goes on with this text than began it.")
    trained = expert.id if expert else None
    before = record.settings.get("context_sources"), record.settings.get("expert_id")
    if (list(writing.context.sources), trained) != before:
        note("Your history or profile has changed since; the text may become another one.")
    return writing
