"""The local model writing alone."""

from __future__ import annotations

from itertools import islice

import pytest

from costeer_cli.errors import TooLongError
from costeer_cli.local.author import LocalAuthor
from costeer_cli.models.drafting import positions
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from tests.local.written import choice

pytestmark = pytest.mark.model

PRIVATE = [
    {"role": "system", "content": "Writes curtly; keeps a horse called Moss."},
    {"role": "user", "content": "Write one line to a friend."},
]


def test_it_drafts_what_the_model_says_after_the_private_prompt(model: LanguageModel) -> None:
    author = LocalAuthor(model, PRIVATE, listed=7)
    reader = Reader(model, [model.render(PRIVATE)])
    drafted = list(author.draft([], 6))
    assert drafted == list(positions(reader, [], 6, 7))
    assert all(len(position.candidates) == 7 for position in drafted)


def test_it_goes_on_after_what_was_accepted(model: LanguageModel) -> None:
    author = LocalAuthor(model, PRIVATE)
    draft = author.draft([], 20)
    first = [position.chosen.id for position in islice(draft, 3)]
    draft.close()  # type: ignore[attr-defined]
    ids = [token for token in [*first[:2], *model.encode(" Moss")] if token is not None]
    fresh = positions(Reader(model, [model.render(PRIVATE)]), ids, 3, 100)
    again = author.draft([choice(model, token) for token in ids], 3)
    assert [p.chosen.id for p in again] == [p.chosen.id for p in fresh]


def test_a_hundred_candidates_are_listed_unless_told_otherwise(model: LanguageModel) -> None:
    (position,) = LocalAuthor(model, PRIVATE).draft([], 1)
    assert len(position.candidates) == 100
    assert position.tail_mass < 0.2


def test_nothing_is_sent(model: LanguageModel) -> None:
    author = LocalAuthor(model, PRIVATE)
    list(author.draft([], 2))
    assert author.source == "local"
    assert (author.requests, author.outbound_bytes, author.prompt_tokens) == (0, 0, 0)


def test_a_context_beyond_the_window_is_refused(model: LanguageModel) -> None:
    too_long = [{"role": "user", "content": "plum " * (model.window + 1)}]
    with pytest.raises(TooLongError, match="more than the window of smollm2-135m"):
        LocalAuthor(model, too_long)
