"""What is settled before a text: placeholders on the way out, a guard behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from costeer_cli.errors import PrivacyError
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.personal.profile import parse_profile
from costeer_cli.privacy.outbound.door import embedded_cloud
from costeer_cli.privacy.vault import filling
from costeer_cli.settings import Places
from costeer_cli.steering.policy import Policy
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.document import Document
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.desk import Desk
from costeer_cli.writing.preparation import Preparation, prepare
from tests.models import tiny

PHONE = "+49 170 1234567"
SECRET_LINE = "the heron stands on the third stone every single evening"
PROFILE = parse_profile(
    'name = "mara"\ntitle = "Mara Lindqvist, vet"\nprotected = ["Otis Bergmann"]\n'
    f'facts = ["My number is {PHONE}."]\n[voice]\ndescription = "Short and dry."\n'
    '[identity]\nnames = ["Mara Lindqvist"]\nemails = ["mara@example.org"]\n'
    f'[[texts]]\nprompt = "Write a note."\ntext = "Dear Otis Bergmann, {SECRET_LINE}. Mara"\n',
    "mara",
)
PROMPT = f"Write to Otis Bergmann that Mara Lindqvist can be called at {PHONE}."
ASSIGNMENT = Assignment(PROMPT, PROFILE, Policy(1.0), Mode.STEERED, 12)
VALUES = ("Otis", "Bergmann", "Lindqvist", "1234567", "mara@example.org")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    network = tiny.llama(max_position_embeddings=1500)
    folder = tiny.save(tmp_path_factory.mktemp("desk") / "model", network, tiny.tokenizer())
    return load_model(folder, "small", "cpu")


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with open_store(home.store) as store:
        yield store


def prepared(store: Store, model: LanguageModel, mode: Mode = Mode.STEERED) -> Preparation:
    return prepare(store, model, replace(ASSIGNMENT, mode=mode))


@pytest.mark.parametrize("mode", [Mode.STEERED, Mode.PLAIN, Mode.PROPOSALS])
def test_nothing_private_is_in_what_is_sent_or_read(
    store: Store, small: LanguageModel, mode: Mode
) -> None:
    found = prepared(store, small, mode)
    read = str(found.private)
    assert not [value for value in VALUES if value in found.prompt or value in read]
    assert found.restore(found.prompt) == PROMPT
    assert found.replaced.total() == 3
    assert bool(found.context.examples) == (mode is not Mode.PLAIN)
    assert found.public[-1]["content"] == found.prompt


def test_prompt_and_context_use_the_same_placeholders(store: Store, small: LanguageModel) -> None:
    found = prepared(store, small)
    (example,) = found.context.examples
    person = found.prompt.removeprefix("Write to ").split()[0]
    assert example.wrote.startswith(f"Dear {person}, the heron")
    assert found.restore(example.wrote) == PROFILE.texts[0].text


def test_nothing_is_replaced_where_nothing_is_sent(store: Store, small: LanguageModel) -> None:
    found = prepared(store, small, Mode.OFFLINE)
    assert found.prompt == PROMPT
    assert found.vault is None
    assert PHONE in found.context.about
    assert found.restore("[NAME_1]") == "[NAME_1]"


def test_what_an_earlier_prompt_was_sent_as_stays(store: Store, small: LanguageModel) -> None:
    begun = prepared(store, small)
    filling.remove(store, store.vault.list())
    again = prepare(store, small, ASSIGNMENT, begun.prompt)
    assert again.prompt == begun.prompt


@pytest.mark.parametrize(
    "text",
    [
        "Otis Bergmann",
        "OTIS BERGMANN",
        "O t i s B e r g m a n n",
        "Оtis Bergmann",
        "170-123-4567",
        f"As I said, {SECRET_LINE}",
        "and the heron stands on the THIRD, stone",
    ],
)
def test_the_guard_knows_profile_and_texts(store: Store, small: LanguageModel, text: str) -> None:
    found = prepared(store, small)
    assert found.guard is not None
    assert found.guard().refuses(text.encode()) is not None
    with pytest.raises(PrivacyError) as refused:
        found.screen()(f"{found.prompt}\n\nHello. {text}")
    assert text not in str(refused.value) + str(refused.value.hint)


def test_the_guard_knows_texts_that_were_not_read(store: Store, small: LanguageModel) -> None:
    other = "we sold the boat because nobody ever sailed with us"
    bound = Document(text=f"Well, {other}.", source="add", profile="somebody-else")
    store.documents.add([bound])
    found = prepared(store, small)
    assert found.guard is not None
    assert not [example for example in found.context.examples if "boat" in example.wrote]
    assert found.guard().refuses(other.encode()) is not None
    assert found.guard().refuses(b"we sold the boat because nobody") is not None
    assert found.guard().refuses(b"we sold the boat because") is None


def test_the_screen_lets_pass_what_is_public_and_nothing_unknown(
    store: Store, small: LanguageModel
) -> None:
    found = prepared(store, small)
    look = found.screen()
    look(f"{found.prompt}\n\n")
    look(f"{found.prompt}\n\nDear [NAME_1], call me.")
    with pytest.raises(PrivacyError):
        look(f"Another prompt.\n\n{SECRET_LINE}")


def test_a_text_is_written_with_placeholders_and_shown_with_values(
    store: Store, small: LanguageModel
) -> None:
    desk = Desk(store, small, embedded_cloud(small))
    writing = desk.begin(ASSIGNMENT)
    for _ in writing:
        pass
    assert writing.receipt is not None
    assert writing.receipt.privacy.protected_replaced == 3
    assert writing.record.prompt == writing.prepared.prompt
    sent = b"".join(one.body for one in store.wire.for_draft(writing.id)).decode()
    assert not [value for value in VALUES if value in sent]
    again = desk.prepare(
        replace(ASSIGNMENT, prompt=writing.prepared.restore(writing.record.prompt))
    )
    assert again.prompt == writing.record.prompt
