"""A desk that writes with a hostile service on loopback and a small random model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from costeer_cli.accounts.account import Account
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.privacy.outbound.door import remote_cloud
from costeer_cli.settings import Places
from costeer_cli.steering.policy import Policy
from costeer_cli.store.database import Store, open_store
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.desk import Desk, Writing
from costeer_cli.writing.patience import Patience
from tests.cloud.conftest import Serve, serve
from tests.cloud.serving import Respond, Served
from tests.models import tiny
from tests.privacy.attacks.person import PROFILE, PROMPT

__all__ = ["serve"]

ASSIGNMENT = Assignment(PROMPT, PROFILE, Policy(1.0), Mode.STEERED, 12)
WAYS = {
    "chat": Capability(Kind.CHAT_IMPLICIT_PREFILL, "chat", model="big-1"),
    "completions": Capability(
        Kind.RAW_TEXT, "completions", model="big-1", template=("<s>", "<u>", "<a>")
    ),
}

Begin = Callable[..., tuple[Writing, Served]]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    network = tiny.llama(max_position_embeddings=1500)
    folder = tiny.save(tmp_path_factory.mktemp("attack") / "model", network, tiny.tokenizer())
    return load_model(folder, "small", "cpu")


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with open_store(home.store) as store:
        yield store


@pytest.fixture
def begin(store: Store, small: LanguageModel, serve: Serve) -> Begin:
    """Opens a draft that a service is to write; `more` goes to the assignment."""

    def begin_(respond: Respond, way: str = "chat", **more: Any) -> tuple[Writing, Served]:
        served = serve(respond)
        account = Account(name="mallory", base_url=f"{served.url}/v1", model="big-1")
        cloud = remote_cloud(account, None, WAYS[way], nearby=more.pop("nearby", True))
        desk = Desk(store, small, cloud, Patience(tries=2, first=0.0, longest=0.0))
        return desk.begin(replace(ASSIGNMENT, **more)), served

    return begin_
