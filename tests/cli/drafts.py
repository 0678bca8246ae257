"""What the tests of writing commands share: a person, a prompt, and what the store then holds."""

from __future__ import annotations

from typing import Any

from costeer_cli.store.database import open_default

JON = 'name = "jon"\ntitle = "Jon, who keeps the weir"\nfacts = ["Jon has a heron called Otis."]\n'
ASK = "Write a short note about bread."


def own(*names: str, more: str = "") -> None:
    """Profiles of one's own, each like Jon's."""
    with open_default() as store:
        for name in names:
            store.profiles.put(name, JON.replace('"jon"', f'"{name}"') + more)


def written() -> list[dict[str, Any]]:
    """Every draft in the store, newest first, with how often something was sent for it."""
    with open_default() as store:
        return [
            {
                "id": draft.id,
                "state": draft.state,
                "prompt": draft.prompt,
                "profile": draft.profile,
                "text": draft.text,
                "requests": store.wire.count(draft.id),
                **draft.settings,
            }
            for draft in store.drafts.list()
        ]


def sent(draft: str = "last") -> list[bytes]:
    """The bodies of every request of a draft."""
    with open_default() as store:
        return [record.body for record in store.wire.for_draft(store.drafts.get(draft).id)]
