"""Which texts of the history a profile reads, as its [history] says."""

from __future__ import annotations

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.personal.compose import TEMPLATE, compose
from costeer_cli.personal.profile import parse_profile
from costeer_cli.personal.retrieval import retrieve
from costeer_cli.store.database import Store
from costeer_cli.store.document import Document

PLACES = [
    ("old mare", "email", "2018-12-31T23:59:59+00:00", None),
    ("first mare", "email", "2019-01-01T00:00:00+00:00", None),
    ("late mare", "Email", "2023-12-31T23:59:59+00:00", None),
    ("new mare", "email", "2024-01-01T00:00:00+00:00", None),
    ("posted mare", "post", "2020-01-01T00:00:00+00:00", None),
    ("undated mare", "email", "", None),
    ("bound mare", "note", "2001-01-01T00:00:00+00:00", "jon"),
]


@pytest.mark.parametrize(
    ("history", "read"),
    [
        ("", {"old", "first", "late", "new", "posted", "undated", "bound"}),
        ("after = 2019-01-01", {"first", "late", "new", "posted", "bound"}),
        ("before = 2024-01-01", {"old", "first", "late", "posted", "bound"}),
        ('kinds = ["email"]', {"old", "first", "late", "new", "undated", "bound"}),
        ('kinds = ["post", "letter"]', {"posted", "bound"}),
        (
            'after = 2019-01-01\nbefore = 2024-01-01T00:00:00Z\nkinds = ["EMAIL"]',
            {"first", "late", "bound"},
        ),
    ],
)
@pytest.mark.parametrize("prompt", ["the mare", "nothing of the kind"])
def test_retrieval_keeps_to_it(store: Store, history: str, read: set[str], prompt: str) -> None:
    store.documents.add(
        Document(text=text, kind=kind, created_at=moment, profile=profile)
        for text, kind, moment, profile in PLACES
    )
    profile = parse_profile(f'name = "jon"\n[history]\n{history}', "x")
    found = retrieve(store, profile, prompt, 20)
    assert {excerpt.document.text.split()[0] for excerpt in found} == read


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ('after = "secret"', '[history]: "after" must be a date'),
        ("before = 10:00:00", '[history]: "before" must be a date'),
        ('kinds = "secret"', '[history]: "kinds" must be a list'),
        ('since = "secret"', "[history]: unknown key 'since'"),
        ("after = 2024-01-01\nbefore = 2024-01-01", '"before" must be later than "after"'),
        ('[voice.learned]\nmood = "secret"', "[voice.learned]: unknown key 'mood'"),
        ("[voice.learned]\ntone = 5", '[voice.learned]: "tone" must be a text'),
    ],
)
def test_what_is_wrong_is_named_by_its_place(history: str, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_profile(f'name = "x"\n[history]\n{history}', "x.toml")
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_template_shows_every_key() -> None:
    shown = [line.removeprefix("# ") for line in TEMPLATE.splitlines()]
    start = shown.index("[defaults]")
    keys = [line for line in shown[start:] if line.startswith("[") or " = " in line]
    made = parse_profile('name = "x"\n' + "\n".join(keys), "x")
    assert set(made.defaults) == {"strength", "temperature", "model", "provider"}
    assert made.history_tags == ("work",)
    assert made.history_sources == ("mbox",)
    assert made.history_kinds == ("email",)
    assert (made.history_after[:10], made.history_before[:10]) == ("2019-01-01", "2024-01-01")
    assert parse_profile(compose("x"), "x").history_after == ""
