"""Where keys are, and that they go nowhere else."""

from __future__ import annotations

import shlex
import stat
import sys
from pathlib import Path

import pytest
from keyring.backends import fail, null

from costeer_cli.accounts import keys
from costeer_cli.accounts.account import Account
from costeer_cli.accounts.keys import delete_key, find_key, key_source, keys_file, store_key
from costeer_cli.accounts.secret import Secret
from costeer_cli.errors import BadInputError, CosteerError, ProviderError, UsageError
from costeer_cli.settings import Places
from tests.accounts import keyrings

KEY = "sk-distinctive-4711"
URL = "https://api.fireworks.ai/inference/v1"


def account(key: str | None = None, url: str = URL, name: str = "mine") -> Account:
    return Account(name=name, base_url=url, model="m", key=key)


def found(made: Account) -> str | None:
    secret = find_key(made)
    return secret.reveal() if secret else None


def prints(code: str) -> str:
    """The reference of a command that runs this Python code."""
    return "command:" + shlex.join([sys.executable, "-c", code])


def told(error: CosteerError) -> str:
    """All a person is shown of it."""
    assert error.hint
    said = f"{error} {error.hint}"
    assert KEY not in said
    return said


def test_no_key_anywhere() -> None:
    assert find_key(account()) is None
    assert key_source(account(url="https://a.example/v1")) is None
    assert str(key_source(account())) == "FIREWORKS_API_KEY (not set)"


def test_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREWORKS_API_KEY", "of-the-service")
    assert found(account()) == "of-the-service"
    assert str(key_source(account())) == "FIREWORKS_API_KEY (set)"
    monkeypatch.setenv("MINE", "of-the-account")
    assert found(account("env:MINE")) == "of-the-account"
    assert str(key_source(account("env:MINE"))) == "MINE (set)"
    monkeypatch.setenv("COSTEER_API_KEY", "over-all")
    for made in (account(), account("env:MINE"), account("env:NONE"), account("keyring")):
        assert found(made) == "over-all"
        assert str(key_source(made)) == "COSTEER_API_KEY (set)"
    monkeypatch.setenv("COSTEER_API_KEY", "")
    assert found(account("env:MINE")) == "of-the-account"


def test_a_services_variable_goes_to_no_other_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREWORKS_API_KEY", KEY)
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    for url in ("https://fireworks.example/v1", "http://127.0.0.1:8000/v1"):
        made = Account(name="fireworks", preset="fireworks", base_url=url, model="m")
        assert find_key(made) is None
        assert key_source(made) is None
    far = Account(name="vllm", preset="vllm", base_url="https://gpu.example/v1")
    assert find_key(far) is None


def test_an_environment_of_its_own(home: Places) -> None:
    given = {"COSTEER_HOME": str(home.config.parent), "FIREWORKS_API_KEY": "other"}
    secret = find_key(account(), given)
    assert secret is not None
    assert secret.reveal() == "other"


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is not None:
        monkeypatch.setenv("MINE", value)
    with pytest.raises(UsageError, match="should be in MINE, which is not set") as caught:
        find_key(account("env:MINE"))
    assert "Set MINE" in told(caught.value)
    assert str(key_source(account("env:MINE"))) == "MINE (not set)"


@pytest.mark.parametrize("name", ["COSTEER_API_KEY", "MINE", "FIREWORKS_API_KEY"])
def test_what_no_key_has(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, f"{KEY}\n")
    with pytest.raises(UsageError, match=f"{name} has a blank, a line break") as caught:
        find_key(account("env:MINE" if name == "MINE" else None))
    told(caught.value)


def test_the_keyring(memory: keyrings.Memory, home: Places) -> None:
    made = account("keyring")
    assert store_key(made, Secret(KEY)) == "keyring"
    assert memory.kept == {("costeer", "mine@api.fireworks.ai"): KEY}
    assert found(made) == KEY
    assert key_source(made) == keys.KeySource("the system keyring", None)
    assert str(key_source(made)) == "the system keyring"
    assert not keys_file().exists()
    delete_key(made)
    delete_key(made)
    assert memory.kept == {}
    with pytest.raises(UsageError, match=r"no key for mine at api\.fireworks\.ai") as caught:
        find_key(made)
    assert "--key keyring" in told(caught.value)


@pytest.mark.parametrize("place", ["keyring", "file"])
def test_a_kept_key_is_bound_to_its_address(place: str) -> None:
    store_key(account(place, "https://a.example/v1"), Secret(KEY))
    for url in ("https://b.example/v1", "https://a.example:8443/v1"):
        with pytest.raises(UsageError, match="There is no key for mine at"):
            find_key(account(place, url))
    with pytest.raises(UsageError, match="There is no key for other at"):
        find_key(account(place, "https://a.example/v1", name="other"))
    assert found(account(place, "https://a.example/v2")) == KEY


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_where_no_keyring_can_be_used(
    monkeypatch: pytest.MonkeyPatch, home: Places, backend: type[fail.Keyring]
) -> None:
    keyrings.use(monkeypatch, backend())
    made = account("keyring")
    assert store_key(made, Secret(KEY)) == "file"
    assert keys_file() == home.config.with_name("keys.toml")
    assert stat.S_IMODE(keys_file().stat().st_mode) == 0o600
    assert found(account("file")) == KEY
    assert str(key_source(account("file"))) == f"{keys_file()} (set)"


def test_a_keyring_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    keyrings.use(monkeypatch, fail.Keyring())
    for action in (find_key, delete_key):
        with pytest.raises(ProviderError, match="no keyring that can be used") as caught:
            action(account("keyring"))
        assert "env:NAME" in told(caught.value)


def test_a_locked_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyrings.use(monkeypatch, keyrings.Locked())
    for action in (find_key, delete_key, lambda made: store_key(made, Secret(KEY))):
        with pytest.raises(ProviderError, match=r"refused \(KeyringLocked\)") as caught:
            action(account("keyring"))
        assert "Unlock it" in told(caught.value)
    assert not keys_file().exists()


def test_a_backend_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.Backend")
    with pytest.raises(ProviderError, match=r"refused \(ModuleNotFoundError\)"):
        find_key(account("keyring"))


def test_a_keyring_that_holds_nonsense(memory: keyrings.Memory) -> None:
    memory.kept["costeer", "mine@api.fireworks.ai"] = f"{KEY} {KEY}"
    with pytest.raises(UsageError, match="The key in the system keyring has a blank") as caught:
        find_key(account("keyring"))
    told(caught.value)


def test_the_file(home: Places) -> None:
    one, other = account("file"), account("file", name="other")
    delete_key(one)
    assert not keys_file().exists()
    store_key(one, Secret("first"))
    store_key(one, Secret(KEY))
    store_key(other, Secret("second"))
    assert (found(one), found(other)) == (KEY, "second")
    assert stat.S_IMODE(keys_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(keys_file().parent.stat().st_mode) == 0o700
    delete_key(one)
    assert KEY not in keys_file().read_text("utf-8")
    assert found(other) == "second"
    with pytest.raises(UsageError, match="There is no key for mine") as caught:
        find_key(one)
    assert "--key file" in told(caught.value)
    assert str(key_source(one)) == f"{keys_file()} (not set)"


def test_a_damaged_file(home: Places) -> None:
    store_key(account("file"), Secret(KEY))
    keys_file().write_text(f'"a" = "{KEY}\n{KEY}"')
    with pytest.raises(BadInputError, match="not valid TOML") as caught:
        find_key(account("file"))
    told(caught.value)


def test_nothing_kept_is_nothing_to_delete(memory: keyrings.Memory) -> None:
    memory.kept["costeer", "mine@api.fireworks.ai"] = KEY
    delete_key(account("env:MINE"))
    delete_key(account())
    assert memory.kept


@pytest.mark.parametrize("end", ["", "\\n", "\\r\\n"])
def test_a_command(end: str) -> None:
    made = account(prints(f"print('{KEY}', end='{end}')"))
    assert found(made) == KEY


def test_a_command_sees_the_environment_and_no_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT", "of-the-vault")
    code = "import os, sys; print(os.environ['VAULT'] + sys.stdin.read())"
    assert found(account(prints(code))) == "of-the-vault"


def test_a_command_is_not_for_a_shell(tmp_path: Path) -> None:
    made = account(f"command:printf %s a;touch${{IFS}}{tmp_path}/made")
    assert found(made) == f"a;touch${{IFS}}{tmp_path}/made"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (f"print('{KEY}'); raise SystemExit(3)", "failed with code 3"),
        (f"import sys; sys.stderr.write('{KEY}')", "printed nothing"),
        ("print()", "printed nothing"),
        (f"print('{KEY}\\n{KEY}')", "has a blank, a line break"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "has a blank, a line break"),
    ],
)
def test_a_command_that_gives_no_key(
    capfd: pytest.CaptureFixture[str], code: str, said: str
) -> None:
    with pytest.raises((ProviderError, UsageError), match=said) as caught:
        find_key(account(prints(code)))
    told(caught.value)
    assert KEY not in "".join(capfd.readouterr())


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(ProviderError, match="cannot be run: No such file") as caught:
        find_key(account(f"command:/no/such/program {KEY}"))
    told(caught.value)


def test_a_command_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "COMMAND_SECONDS", 0.2)
    with pytest.raises(ProviderError, match="took over") as caught:
        find_key(account(prints("import time; time.sleep(30)")))
    told(caught.value)


def test_the_source_of_a_command_is_its_program_alone() -> None:
    assert str(key_source(account(f"command:vault read {KEY}"))) == "the command vault"
