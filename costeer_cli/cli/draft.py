"""`costeer draft`: the texts written so far, with every choice."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from costeer_cli.cli.common import confirm, note, one_line, print_json, print_rows
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.store.document import tidy

if TYPE_CHECKING:
    from costeer_cli.privacy.vault.vault import Vault
    from costeer_cli.store.database import Store
    from costeer_cli.store.drafts import DraftRecord

app = typer.Typer(
    help="The texts written so far. They are kept on this machine only.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)

Id = Annotated[str, typer.Argument(help="A draft's id, the start of one, or last.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(
    json: Json = False,
    limit: Annotated[int, typer.Option(help="How many of the newest.", min=1)] = 20,
) -> None:
    """List the newest drafts."""
    with open_default() as store:
        records = [_restored(store, record) for record in store.drafts.list(limit)]
    if json:
        print_json({"drafts": [_summary(record) for record in records]})
    elif not records:
        note("No drafts yet. Write one with: costeer write")
    else:
        rows = [
            [r.id[:14], r.created_at[:16], r.state, r.profile or "-", one_line(r.prompt)]
            for r in records
        ]
        print_rows(rows)


@app.command()
def show(draft: Id = "last", json: Json = False) -> None:
    """Print a draft's text, or everything about it with --json."""
    from costeer_cli.render.document import tokens
    from costeer_cli.render.terminal import Stream
    from costeer_cli.render.text import whole

    with open_default() as store:
        record = store.drafts.get(tidy(draft))
        choices = store.drafts.choices(record.id)
        requests = store.wire.for_draft(record.id)
        vault = _vault(store, record.provider == "none")
    if json:
        made = _summary(replace(record, prompt=vault.restore(record.prompt)))
        made |= {"text": vault.restore(whole(choices)), "tokens": tokens(choices)}
        sent = [{"at": r.at, "endpoint": r.endpoint, "body": r.body.decode()} for r in requests]
        print_json({"draft": made | {"receipt": record.receipt, "requests": sent}})
        return
    Stream(sys.stdout, vault.restorer()).show_all(choices)


@app.command()
def resume(
    draft: Id = "last",
    provider: Annotated[str | None, typer.Option(help="Another cloud than before.")] = None,
    max_requests: Annotated[int | None, typer.Option(help="Most requests to the cloud.")] = None,
    max_cost: Annotated[float | None, typer.Option(help="Most US dollars.")] = None,
    fallback: Annotated[
        Literal["local"] | None,
        typer.Option(help="Who finishes where the cloud stays away: local, or nobody."),
    ] = None,
    json: Json = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the text here.")
    ] = None,
) -> None:
    """Finish a draft that broke off: the text is the one it would have become."""
    from costeer_cli.cli.delivery import Delivery
    from costeer_cli.cli.resuming import resumed

    delivery = Delivery(json=json, output=output, stream=True)
    with open_default() as store:
        record = store.drafts.get(tidy(draft))
        limits = max_requests, max_cost
        delivery.deliver(resumed(store, record, provider, limits, fallback=fallback is not None))


@app.command()
def accept(
    draft: Id = "last",
    edited: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The text as you changed it; else the draft as it is."),
    ] = None,
) -> None:
    """Make a draft's final text part of your history, for the next one to learn from.

    It is read for the profile the draft was written with, and `costeer tune` goes by it. Accepting
    a draft again replaces the text.
    """
    from datetime import UTC, datetime

    from costeer_cli.render.text import whole
    from costeer_cli.store.document import Document

    with open_default() as store:
        record = store.drafts.get(tidy(draft))
        if edited is None and record.state != "done":
            raise UsageError(
                "That draft is not finished.",
                hint=f"costeer draft resume {record.id[:14]}; or name your text with --edited.",
            )
        vault = _vault(store, record.provider == "none")
        made = vault.restore(whole(store.drafts.choices(record.id)))
        text = made if edited is None else _edited(edited)
        if not tidy(text):
            raise BadInputError("There is no text to accept.")
        document = Document(
            text=text,
            source="accepted",
            native_id=record.id,
            prompt=vault.restore(record.prompt),
            created_at=datetime.now(UTC).isoformat(),
            profile=record.profile,
            kept=True,
        )
        result = store.documents.add([document])
    if result.duplicate:
        note("That text is in the history already.")
        return
    whose = f" of {record.profile}" if record.profile else ""
    note(f"Accepted into the history{whose}." if result.added else "Replaced what was accepted.")


@app.command()
def delete(
    draft: Id, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Delete a draft with its choices and its wire log."""
    with open_default() as store:
        record = store.drafts.get(tidy(draft))
        if confirm(f"Delete draft {record.id[:14]}?", yes):
            store.drafts.delete(record.id)
            note("Deleted.")


def _edited(file: Path) -> str:
    """What is in a file.

    Raises:
        BadInputError: it cannot be read as text.
    """
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise BadInputError(f"Cannot read {file}: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise BadInputError(f"{file} is not UTF-8.", hint="Save it as UTF-8.") from None


def _vault(store: Store, offline: bool) -> Vault:
    """What puts private values back; nothing was replaced in a text that never left."""
    from costeer_cli.privacy.vault.filling import open_vault
    from costeer_cli.privacy.vault.vault import Vault

    return Vault() if offline else open_vault(store)


def _restored(store: Store, record: DraftRecord) -> DraftRecord:
    """The draft with the values of its prompt; the vault is opened where there is one."""
    if "[" not in record.prompt:
        return record
    vault = _vault(store, record.provider == "none")
    return replace(record, prompt=vault.restore(record.prompt))


def _summary(record: DraftRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "created_at": record.created_at,
        "state": record.state,
        "finish_reason": record.finish_reason,
        "profile": record.profile,
        "prompt": record.prompt,
        "provider": record.provider,
        "cloud_model": record.cloud_model,
        "local_model": record.local_model,
        "settings": record.settings,
    }
