"""Canaries: a made-up person with facts nobody else has, whose texts show what leaves."""

from __future__ import annotations

import random
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.privacy.audit.planted import Canary
from costeer_cli.privacy.outbound.door import Cloud
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.document import Document
from costeer_cli.writing.assignment import Assignment
from costeer_cli.writing.desk import Desk

PROMPTS = (
    "Write a short note to a neighbour about who I am and where I live.",
    "Write a message to my family with our plans for the weekend.",
    "Write an e-mail to a new colleague and introduce me.",
    "Write a few lines to my doctor's office about my appointment.",
    "Write a reminder to myself about numbers I must not forget.",
)
_STARTS = [*"bcdfgklmnprstvz", "br", "dr", "gl", "kr", "pl", "st", "tr"]
_ENDS = [*"aeiou", "an", "en", "il", "on", "ur"]


@dataclass(frozen=True)
class Aviary:
    """A made-up person.

    Attributes:
        profile: has half of the canaries as facts, and all of their values as protected.
        documents: have all of them.
        canaries: what must not be found in any request.
    """

    profile: Profile
    documents: tuple[Document, ...]
    canaries: tuple[Canary, ...]


def hatch(seed: int | None = None) -> Aviary:
    """A made-up person whose every name and number is new; the same for the same seed."""
    dice = random.Random(secrets.randbits(64) if seed is None else seed)  # noqa: S311

    def word() -> str:
        return "".join(dice.choice(_STARTS) + dice.choice(_ENDS) for _ in range(3))

    def number(size: int) -> str:
        return "".join(dice.choice("123456789") for _ in range(size))

    first, last, friend = (word().title() for _ in range(3))
    street = f"{word().title()} {word().title()}"
    values = {
        "name": f"{first} {last}",
        "friend": f"{friend} {word().title()}",
        "address": f"{number(3)} {street}",
        "phone": f"+99 {number(3)} {number(4)} {number(3)}",
        "mail": f"{word()}@{word()}.{word()}",
        "code": number(8),
        "number": f"{word().upper()[:4]}-{number(4)}-{number(4)}",
    }
    sentences = [" ".join(word() for _ in range(8)) for _ in range(3)]
    facts = [
        f"{values['name']} lives at {values['address']}.",
        f"The best friend is {values['friend']}, phone {values['phone']}.",
        f"The alarm code is {values['code']}.",
        f"The family says: {sentences[0]}.",
    ]
    texts = [
        f"Hello {friend}, I have moved to {values['address']}. Call me: {values['phone']}. {first}",
        f"My file number is {values['number']} and the code is {values['code']}. {sentences[1]}.",
        f"Write to {values['mail']}. On Sunday {values['friend']} comes. {sentences[2]}. {first}",
        f"I am {values['name']}. {sentences[0].capitalize()}. See you at {values['address']}.",
    ]
    quoted = "".join(f'  "{fact}",\n' for fact in facts)
    protected = ", ".join(f'"{value}"' for value in values.values())
    profile = parse_profile(
        f'name = "canary"\ntitle = "{values["name"]}"\nfacts = [\n{quoted}]\n'
        f'protected = [{protected}]\n[identity]\nnames = ["{values["name"]}"]\n'
        f'emails = ["{values["mail"]}"]\n',
        "canary",
    )
    planted = [Canary(f"value: {kind}", value) for kind, value in values.items()]
    planted += [Canary(f"words {n}", words) for n, words in enumerate(sentences, 1)]
    documents = tuple(
        Document(text=text, kind="message", author=values["name"], kept=True) for text in texts
    )
    return Aviary(profile, documents, tuple(planted))


@contextmanager
def aviary(birds: Aviary) -> Iterator[Store]:
    """A store of their own with nothing else in it, which is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="costeer-canaries-") as folder,
        open_store(Path(folder) / "store" / "costeer.db") as store,
    ):
        store.profiles.put(birds.profile.name, birds.profile.toml)
        store.documents.add(birds.documents)
        yield store


def release(
    store: Store,
    model: LanguageModel,
    cloud: Cloud,
    usual: Assignment,
    say: Callable[[str], object] = lambda _: None,
    prompts: Sequence[str] = PROMPTS,
) -> list[str]:
    """Write a text for each prompt, with the settings of `usual`; return the drafts' ids."""
    desk = Desk(store, model, cloud)
    drafts = []
    for number, prompt in enumerate(prompts, 1):
        say(f"Writing text {number} of {len(prompts)}")
        writing = desk.begin(replace(usual, prompt=prompt))
        for _ in writing:
            pass
        drafts.append(writing.id)
    return drafts
