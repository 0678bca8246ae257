"""The accounts in config.toml."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest

from costeer_cli.accounts.account import Account, Prices
from costeer_cli.accounts.book import Accounts
from costeer_cli.errors import BadInputError, UnknownNameError, UsageError
from costeer_cli.files import write_private
from costeer_cli.settings import Config, Places

BOX = Account(name="box", base_url="http://127.0.0.1:8080/v1", preset="llama-server")
FAR = Account(
    name="far",
    base_url="https://api.fireworks.ai/inference/v1",
    model="m",
    key="keyring",
    prices=Prices(input=0.2, output=0.9),
)


@pytest.fixture
def accounts(home: Places) -> Accounts:
    return Accounts(Config(home.config))


def test_none_on_a_fresh_machine(accounts: Accounts, home: Places) -> None:
    assert accounts.names() == accounts.all() == []
    assert accounts.used() is None
    assert accounts.used_name() == "embedded"
    assert not home.config.exists()


def test_put_and_get(accounts: Accounts, home: Places) -> None:
    accounts.put(FAR)
    accounts.put(BOX)
    assert accounts.names() == ["far", "box"]
    assert accounts.all() == [FAR, BOX]
    assert accounts.get("far") == FAR
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600
    assert home.config.read_text("utf-8").startswith("[providers.far]\nbase_url = ")


def test_one_of_that_name(accounts: Accounts) -> None:
    accounts.put(FAR)
    changed = replace(FAR, model="other", key=None)
    with pytest.raises(UsageError, match="provider far already") as caught:
        accounts.put(changed)
    assert "--yes" in str(caught.value.hint)
    assert accounts.get("far") == FAR
    accounts.put(changed, replace=True)
    assert accounts.all() == [changed]


def test_comments_stay(accounts: Accounts, home: Places) -> None:
    before = (
        '# my own file\nprofile = "mara"  # vet\n\n[providers.box]  # in the cellar\n'
        'base_url = "http://127.0.0.1:8080/v1"  # the port\n# which model\nmodel = "old"  # big\n'
    )
    write_private(home.config, before.encode())
    accounts.put(replace(BOX, model="new"), replace=True)
    accounts.put(FAR)
    text = home.config.read_text("utf-8")
    for comment in ("# my own file", "# vet", "# in the cellar", "# the port", "# which", "# big"):
        assert comment in text
    assert accounts.all() == [replace(BOX, model="new"), FAR]
    accounts.remove("far")
    accounts.config.set("provider", "box")
    accounts.config.set("provider", None)
    accounts.put(replace(BOX, model="old", preset=None), replace=True)
    assert home.config.read_text("utf-8").rstrip() == before.rstrip()


def test_an_unknown_name(accounts: Accounts) -> None:
    accounts.put(BOX)
    for action in (accounts.get, accounts.remove, accounts.used):
        with pytest.raises(UnknownNameError, match="no provider 'bx'") as caught:
            action("bx")
        assert "costeer provider list" in str(caught.value.hint)
    assert accounts.all() == [BOX]


def test_which_one_is_used(accounts: Accounts) -> None:
    accounts.put(BOX)
    assert accounts.used() == BOX
    accounts.put(FAR)
    assert accounts.used() is None
    assert accounts.used("far") == FAR
    accounts.config.set("provider", "far")
    assert accounts.used() == FAR
    assert accounts.used_name() == "far"
    assert accounts.used("box") == BOX
    assert accounts.used("embedded") is None
    accounts.config.set("provider", "embedded")
    assert accounts.used() is None
    assert accounts.used_name() == "embedded"


def test_the_stand_in_may_be_chosen_over_the_only_one(accounts: Accounts) -> None:
    accounts.put(BOX)
    accounts.config.set("provider", "embedded")
    assert accounts.used() is None


def test_a_setting_that_names_nothing(accounts: Accounts) -> None:
    accounts.put(BOX)
    accounts.config.set("provider", "gone")
    with pytest.raises(BadInputError, match="names 'gone', which there is not") as caught:
        accounts.used()
    assert "costeer provider use" in str(caught.value.hint)


def test_remove(accounts: Accounts, home: Places) -> None:
    accounts.put(BOX)
    accounts.put(FAR)
    accounts.config.set("provider", "far")
    accounts.remove("box")
    assert accounts.used() == FAR
    accounts.remove("far")
    assert accounts.config.read() == {}
    assert accounts.used() is None


def test_a_damaged_account_harms_no_other(accounts: Accounts) -> None:
    accounts.put(BOX)
    accounts.config.set_table("providers", "bad", {"base_url": "nowhere"})
    assert accounts.names() == ["box", "bad"]
    assert accounts.get("box") == BOX
    with pytest.raises(BadInputError, match="'bad': base_url must begin"):
        accounts.all()
    accounts.remove("bad")
    assert accounts.all() == [BOX]


@pytest.mark.parametrize("text", ["providers = 3\n", "[providers]\nbox = 1\n", "[[providers]]\n"])
def test_what_is_no_table_is_refused_and_kept(accounts: Accounts, home: Places, text: str) -> None:
    write_private(home.config, text.encode())
    for action in (accounts.names, lambda: accounts.put(BOX, replace=True)):
        with pytest.raises(BadInputError, match="providers must be tables"):
            action()
    assert home.config.read_text("utf-8") == text
