"""`costeer provider`. What an account is made of: tests/accounts."""

from __future__ import annotations

import getpass
import json
import os
import pty
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from keyring.backends import fail

from costeer_cli.accounts.account import Account
from costeer_cli.accounts.book import Accounts
from costeer_cli.accounts.keys import find_key, keys_file
from costeer_cli.accounts.presets import NOT_STEERABLE, PRESETS
from costeer_cli.accounts.verdicts import Verdicts
from costeer_cli.cli import common
from costeer_cli.files import write_private
from costeer_cli.settings import Config, Places
from tests.accounts import keyrings
from tests.cli.conftest import Costeer, Ran

KEY = "sk-distinctive-4711"
FIREWORKS = ["--preset", "fireworks", "--model", "accounts/m"]


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> keyrings.Memory:
    """The system's keyring, in memory."""
    backend = keyrings.Memory()
    keyrings.use(monkeypatch, backend)
    return backend


@pytest.fixture
def accounts(home: Places) -> Accounts:
    return Accounts(Config(home.config))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed at hidden questions, one after the other; the questions come in its place."""
    answers: list[str] = []

    def ask(question: str = "") -> str:
        answers.append(question)
        return answers.pop(0)

    monkeypatch.setattr(getpass, "getpass", ask)
    return answers


def ok(ran: Ran) -> Ran:
    assert ran.code == 0, ran.err
    return ran


def test_nothing_set_up(costeer: Costeer, home: Places) -> None:
    ran = ok(costeer("provider", "list"))
    assert (ran.text, ran.err) == ("*  embedded  -  -  a stand-in in this process\n", "")
    assert costeer("provider", "list", "--json").json == {
        "providers": [
            {"name": "embedded", "host": None, "model": None, "verdict": None, "used": True}
        ]
    }
    assert not home.config.exists()
    assert not home.cache.exists()


def test_add_a_server_of_ones_own(costeer: Costeer, accounts: Accounts, home: Places) -> None:
    ran = ok(costeer("provider", "add", "--preset", "llama-server"))
    assert ran.out == b""
    assert ran.err.splitlines() == [
        "Set up llama-server: its model at 127.0.0.1:8080.",
        "Try it with: costeer provider test llama-server",
    ]
    assert accounts.used() == Account(
        name="llama-server",
        base_url="http://127.0.0.1:8080/v1",
        preset="llama-server",
    )
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600
    assert ok(costeer("provider", "list")).text.splitlines() == [
        "*  llama-server  127.0.0.1:8080  -  not tested",
        "   embedded      -               -  a stand-in in this process",
    ]


def test_add_with_everything(costeer: Costeer, accounts: Accounts) -> None:
    ran = costeer(
        *["provider", "add", "box", "--base-url", "http://10.0.0.7:8000/v1/", "--insecure"],
        *["--model", "a/b", "--key", "env:BOX_KEY", "--template", "chatml", "--tokenizer", "c/d"],
        *["--wire", "completions", "--input-price", "0.2", "--cached-price", "0.1"],
        *["--output-price", "0.6", "--use"],
    )
    assert ok(ran).err.splitlines() == [
        "Set up box: a/b at 10.0.0.7:8000.",
        "There is no key yet: set BOX_KEY, or say --key keyring.",
        "Try it with: costeer provider test box",
    ]
    assert accounts.config.read() == {
        "provider": "box",
        "providers": {
            "box": {
                "base_url": "http://10.0.0.7:8000/v1",
                "model": "a/b",
                "key": "env:BOX_KEY",
                "template": "chatml",
                "tokenizer": "c/d",
                "wire": "completions",
                "insecure": True,
                "input_price": 0.2,
                "cached_price": 0.1,
                "output_price": 0.6,
            }
        },
    }
    shown = ok(costeer("provider", "show", "box"))
    assert shown.text.splitlines() == [
        "name       box (in use)",
        "address    http://10.0.0.7:8000/v1 (insecure allowed)",
        "model      a/b",
        "preset     none",
        "key        BOX_KEY (not set)",
        "template   chatml",
        "tokenizer  c/d",
        "wire       completions",
        "prices     input $0.2, cached $0.1, output $0.6 per million tokens",
        "verdict    not tested",
    ]


def test_show_as_json(
    costeer: Costeer, accounts: Accounts, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIREWORKS_API_KEY", KEY)
    ok(costeer("provider", "add", *FIREWORKS, "--input-price", "1"))
    Verdicts(home.cache / "providers.json").put(accounts.get("fireworks"), {"kind": "id", "k": 5})
    assert costeer("provider", "show", "fireworks", "--json").json == {
        "provider": {
            "name": "fireworks",
            "used": True,
            "base_url": "https://api.fireworks.ai/inference/v1",
            "model": "accounts/m",
            "preset": "fireworks",
            "key": {"from": "FIREWORKS_API_KEY", "set": True},
            "insecure": False,
            "template": None,
            "tokenizer": None,
            "wire": None,
            "prices": {"input": 1.0, "cached": None, "output": None},
            "verdict": {"kind": "id", "k": 5},
        }
    }
    text = costeer("provider", "show", "fireworks").text
    assert "key        FIREWORKS_API_KEY (set)\n" in text
    assert "verdict    kind id, k 5\n" in text
    (entry, _) = costeer("provider", "list", "--json").json["providers"]
    assert entry == {
        "name": "fireworks",
        "host": "api.fireworks.ai",
        "model": "accounts/m",
        "verdict": "id",
        "used": True,
    }


def test_show_without_a_key(costeer: Costeer) -> None:
    ok(costeer("provider", "add", "x", "--base-url", "https://a.example/v1"))
    assert costeer("provider", "show", "x", "--json").json["provider"]["key"] is None
    assert "key        none\n" in costeer("provider", "show", "x").text


def test_a_hint_where_the_key_is_missing(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "set FIREWORKS_API_KEY" in ok(costeer("provider", "add", *FIREWORKS)).err
    monkeypatch.setenv("FIREWORKS_API_KEY", KEY)
    assert "no key" not in ok(costeer("provider", "add", *FIREWORKS, "-y")).err


def test_flags_go_over_the_preset(costeer: Costeer, accounts: Accounts) -> None:
    ok(
        costeer(
            *["provider", "add", "box", "--preset", "vllm", "--base-url", "http://localhost:9/v1"],
            *["--wire", "auto", "--key", "none"],
        )
    )
    made = accounts.get("box")
    assert (made.preset, made.base_url, made.wire) == ("vllm", "http://localhost:9/v1", None)
    assert made.key is None


def test_a_name_stands_for_the_preset(costeer: Costeer, accounts: Accounts) -> None:
    ok(costeer("provider", "add", "sglang"))
    assert accounts.get("sglang").preset == "sglang"


@pytest.mark.parametrize("service", NOT_STEERABLE.values(), ids=lambda service: service.name)
def test_what_cannot_be_steered(costeer: Costeer, home: Places, service: Any) -> None:
    host = service.hosts[0].replace("*", "mine")
    for args in (
        ["--preset", service.name],
        [service.name],
        ["mine", "--base-url", f"https://{host}/v1", "--model", "m"],
    ):
        ran = costeer("provider", "add", *args)
        assert (ran.code, ran.out) == (4, b"")
        what, hint = ran.err.splitlines()
        assert what == f"Error: {service.title} cannot be steered: it {service.missing}."
        assert "llama-server" in hint
    assert not home.config.exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "Name a preset, or a name and an address."),
        (["mine"], "Name a preset, or a name and an address."),
        (["--preset", "vlm"], "There is no preset 'vlm'."),
        (["Mine", "--preset", "vllm"], "A provider's name is"),
        (["embedded", "--preset", "vllm"], "embedded is the name of the stand-in"),
        (["x", "--base-url", "http://10.0.0.1/v1"], "Plain http to 10.0.0.1 can be read"),
        (["x", "--base-url", f"https://a:{KEY}@a.b"], "must not hold a user name"),
        (["x", "--base-url", f"https://a.b/?k={KEY}"], "must end with its path"),
        (["vllm", "--key", KEY], "never be the key itself"),
        (["vllm", "--key", f"env:{KEY}"], "never be the key itself"),
        (["vllm", "--wire", "smoke"], "wire must be one of"),
        (["vllm", "--template", "smoke"], "template must be one of"),
        (["vllm", "--input-price", "-1"], "input_price must be"),
        (["fireworks"], "Fireworks AI has many models; which one?"),
        (["vllm", "--key", "keyring"], "must be typed in, and there is no terminal"),
        (["vllm", "--key", "env:A", "--key-stdin"], "A key from stdin is kept in"),
        (["vllm", "--key", "none", "--key-stdin"], "A key from stdin is kept in"),
        (["vllm", "--key-stdin"], "The key from stdin is empty"),
    ],
)
def test_what_cannot_be_set_up(
    costeer: Costeer, home: Places, memory: keyrings.Memory, args: list[str], said: str
) -> None:
    ran = costeer("provider", "add", *args)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 2
    assert KEY not in ran.err
    assert not home.config.exists()
    assert memory.kept == {}


def test_a_key_from_stdin(costeer: Costeer, accounts: Accounts, memory: keyrings.Memory) -> None:
    ran = ok(costeer("provider", "add", *FIREWORKS, "--key-stdin", given=f"{KEY}\n".encode()))
    assert "The key is in the system keyring." in ran.err
    assert memory.kept == {("costeer", "fireworks@api.fireworks.ai"): KEY}
    assert accounts.get("fireworks").key == "keyring"
    assert "key        the system keyring\n" in costeer("provider", "show", "fireworks").text
    source = costeer("provider", "show", "fireworks", "--json").json["provider"]["key"]
    assert source == {"from": "the system keyring", "set": None}


@pytest.mark.parametrize("given", [b"two\nlines\n", b"\xff\xfe", b"a b", b"\n"])
def test_a_key_from_stdin_that_is_none(costeer: Costeer, home: Places, given: bytes) -> None:
    ran = costeer("provider", "add", "vllm", "--key-stdin", given=given)
    assert ran.code == 2
    assert ran.err.startswith("Error: The key from stdin ")
    assert not home.config.exists()


def test_a_key_that_is_typed(costeer: Costeer, memory: keyrings.Memory, typed: list[str]) -> None:
    typed.append(KEY)
    ran = ok(costeer("provider", "add", *FIREWORKS, "--key", "keyring", given=None))
    assert memory.kept == {("costeer", "fireworks@api.fireworks.ai"): KEY}
    asked = "".join(typed) + ran.err
    assert "Key for fireworks at api.fireworks.ai (not shown)" in asked
    assert KEY not in asked


def test_nobody_types_a_key(
    costeer: Costeer, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_question: str = "") -> str:
        raise EOFError

    monkeypatch.setattr(getpass, "getpass", gone)
    ran = costeer("provider", "add", "vllm", "--key", "keyring", given=None)
    assert (ran.code, ran.out) == (1, b"")
    assert not home.config.exists()


def test_a_typed_key_is_not_on_the_screen(home: Places) -> None:
    run = (
        "import sys; sys.argv[0] = 'costeer'; from costeer_cli.cli.app import main; main()",
        *("provider", "add", "vllm", "--key", "keyring"),
    )
    backend = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    above, below = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-c", *run],
        env=os.environ | backend,
        stdin=below,
        stdout=below,
        stderr=below,
        start_new_session=True,
    )
    os.close(below)
    screen = b""
    try:
        while b"(not shown): " not in screen:  # the blank comes once nothing is echoed
            screen += os.read(above, 4096)
        os.write(above, f"{KEY}\n".encode())
        while b"Try it with" not in screen:
            screen += os.read(above, 4096)
        assert started.wait(60) == 0
    finally:
        started.kill()
        started.wait()
        os.close(above)
    assert KEY.encode() not in screen
    assert KEY in keys_file().read_text("utf-8")


@pytest.mark.parametrize("place", ["keyring", "file"])
def test_a_key_in_a_file(
    costeer: Costeer, accounts: Accounts, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    keyrings.use(monkeypatch, fail.Keyring())
    ran = ok(costeer("provider", "add", "vllm", "--key", place, "--key-stdin", given=KEY.encode()))
    kept = f"The key is in {keys_file()}, which only you can read; it is not encrypted."
    why = "This system has no keyring that can be used. " if place == "keyring" else ""
    assert f"{why}{kept}" in ran.err.splitlines()
    assert stat.S_IMODE(keys_file().stat().st_mode) == 0o600
    assert accounts.get("vllm").key == "file"
    secret = find_key(accounts.get("vllm"))
    assert secret is not None
    assert secret.reveal() == KEY
    assert ok(costeer("provider", "remove", "vllm", "--yes")).err.startswith("Removed vllm.")
    assert KEY not in keys_file().read_text("utf-8")


def test_a_locked_keyring_is_no_reason_for_a_file(
    costeer: Costeer, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyrings.use(monkeypatch, keyrings.Locked())
    ran = costeer("provider", "add", "vllm", "--key-stdin", given=KEY.encode())
    assert ran.code == 4
    assert "Unlock it" in ran.err
    assert KEY not in ran.err
    assert not keys_file().exists()
    assert not home.config.exists()


def test_replacing_is_asked(costeer: Costeer, accounts: Accounts) -> None:
    ok(costeer("provider", "add", *FIREWORKS))
    ran = costeer("provider", "add", "fireworks", "--model", "other")
    assert ran.code == 2
    assert "--yes" in ran.err
    assert accounts.get("fireworks").model == "accounts/m"
    ok(costeer("provider", "add", "fireworks", "--model", "other", "--yes"))
    assert accounts.get("fireworks").model == "other"


def test_thinking_better_of_it(
    costeer: Costeer, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(costeer("provider", "add", *FIREWORKS))
    monkeypatch.setattr(common, "is_interactive", lambda: True)
    for args in (["add", "fireworks", "--model", "other"], ["remove", "fireworks"]):
        ran = costeer("provider", *args, given=b"n\n")
        assert (ran.code, ran.text.strip()) == (1, "")
        assert "Nothing was " in ran.err
    assert accounts.get("fireworks").model == "accounts/m"


def test_the_key_stays_where_the_address_does(
    costeer: Costeer, accounts: Accounts, memory: keyrings.Memory
) -> None:
    ok(costeer("provider", "add", *FIREWORKS, "--key-stdin", given=KEY.encode()))
    ok(costeer("provider", "add", "fireworks", "--model", "other", "-y"))
    assert accounts.get("fireworks").key == "keyring"
    assert list(memory.kept.values()) == [KEY]
    moved = ["--base-url", "https://b.example/v1"]
    ok(costeer("provider", "add", *FIREWORKS, *moved, "-y"))
    assert accounts.get("fireworks").key is None
    assert memory.kept == {}


def test_another_place_for_the_key_clears_the_old_one(
    costeer: Costeer, accounts: Accounts, memory: keyrings.Memory
) -> None:
    ok(costeer("provider", "add", "vllm", "--key-stdin", given=b"first"))
    to_file = ["add", "vllm", "--key", "file", "--key-stdin", "-y"]
    ok(costeer("provider", *to_file, given=KEY.encode()))
    assert memory.kept == {}
    assert KEY in keys_file().read_text("utf-8")
    ok(costeer("provider", "add", "vllm", "--key", "env:VLLM_API_KEY", "-y"))
    assert KEY not in keys_file().read_text("utf-8")
    assert accounts.get("vllm").key == "env:VLLM_API_KEY"


def test_a_second_one_does_not_put_the_first_out_of_use(
    costeer: Costeer, accounts: Accounts
) -> None:
    ok(costeer("provider", "add", "vllm"))
    assert accounts.used_name() == "vllm"
    ran = ok(costeer("provider", "add", *FIREWORKS))
    assert "In use is vllm; change that with: costeer provider use fireworks" in ran.err
    assert accounts.used_name() == "vllm"
    ok(costeer("provider", "add", "sglang", "--use"))
    assert accounts.used_name() == "sglang"


def test_use(costeer: Costeer, accounts: Accounts) -> None:
    ok(costeer("provider", "add", "vllm"))
    ok(costeer("provider", "add", *FIREWORKS))
    ran = ok(costeer("provider", "use", "fireworks"))
    assert (ran.out, ran.err) == (
        b"",
        "fireworks (api.fireworks.ai) is now the cloud provider.\n",
    )
    assert "*  fireworks" in costeer("provider", "list").text
    ran = ok(costeer("provider", "use", "embedded"))
    assert "nothing is sent" in ran.err
    assert accounts.used() is None
    assert "*  embedded" in costeer("provider", "list").text


@pytest.mark.parametrize("command", [["show"], ["use"], ["remove"], ["remove", "--yes"]])
def test_no_such_provider(costeer: Costeer, home: Places, command: list[str]) -> None:
    ran = costeer("provider", *command, "nobody")
    assert (ran.code, ran.out) == (2, b"")
    assert "There is no provider 'nobody'." in ran.err
    assert not home.config.exists()


def test_the_stand_in_cannot_be_removed(costeer: Costeer) -> None:
    assert costeer("provider", "remove", "embedded", "--yes").code == 2


def test_remove(
    costeer: Costeer, accounts: Accounts, memory: keyrings.Memory, home: Places
) -> None:
    ok(costeer("provider", "add", "vllm"))
    ok(costeer("provider", "add", *FIREWORKS, "--use", "--key-stdin", given=KEY.encode()))
    verdicts = Verdicts(home.cache / "providers.json")
    account = accounts.get("fireworks")
    verdicts.put(account, {"kind": "id"})
    ran = costeer("provider", "remove", "fireworks")
    assert ran.code == 2
    assert "--yes" in ran.err
    ran = ok(costeer("provider", "remove", "fireworks", "--yes"))
    assert (ran.out, ran.err) == (b"", "Removed fireworks. In use now: vllm.\n")
    assert accounts.names() == ["vllm"]
    assert memory.kept == {}
    assert verdicts.get(account) is None


def test_remove_where_the_keyring_is_locked(
    costeer: Costeer, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(costeer("provider", "add", "vllm", "--key-stdin", given=KEY.encode()))
    keyrings.use(monkeypatch, keyrings.Locked())
    ran = ok(costeer("provider", "remove", "vllm", "--yes"))
    assert "The old key of vllm is not forgotten." in ran.err
    assert accounts.names() == []


def test_settings_edited_by_hand(costeer: Costeer, accounts: Accounts, home: Places) -> None:
    text = (
        '# mine\nprovider = "gone"  # some day\n[providers.bad]\nbase_url = "nowhere"\n'
        '[providers.box]  # in the cellar\nbase_url = "http://127.0.0.1:1/v1"\n'
    )
    write_private(home.config, text.encode())
    ran = ok(costeer("provider", "list"))
    assert "The provider 'bad': base_url must begin with https://" in ran.err
    assert str(home.config) in ran.err
    assert "  bad       ?            -  not tested" in ran.text
    assert "*" not in ran.text
    assert costeer("provider", "show", "bad").code == 2
    assert costeer("provider", "use", "bad").code == 2
    ok(costeer("provider", "use", "box"))
    ok(costeer("provider", "add", "bad", "--preset", "vllm", "--yes"))
    ok(costeer("provider", "remove", "bad", "--yes"))
    assert home.config.read_text("utf-8") == (
        '# mine\nprovider = "box"  # some day\n'
        '[providers.box]  # in the cellar\nbase_url = "http://127.0.0.1:1/v1"\n'
    )


def test_the_services_known(costeer: Costeer, home: Places) -> None:
    ran = ok(costeer("provider", "list", "--presets"))
    can, cannot = ran.text.split("\nThese cannot be steered:\n")
    assert [line.split()[0] for line in can.splitlines()] == list(PRESETS)
    assert [line.split()[0] for line in cannot.splitlines()] == list(NOT_STEERABLE)
    assert "Groq can continue a text, but gives no logprobs." in cannot
    shown = costeer("provider", "list", "--presets", "--json").json
    assert set(shown) == {"presets", "not_steerable"}
    assert [preset["name"] for preset in shown["presets"]] == list(PRESETS)
    assert shown["presets"][0] == {
        "name": "llama-server",
        "title": "llama.cpp llama-server",
        "base_url": "http://127.0.0.1:8080/v1",
        "key_variable": "LLAMA_API_KEY",
        "local": True,
        "many": False,
        "note": "exact, by token ids; any number of candidates",
    }
    assert {"name", "title", "hosts", "missing", "note"} == set(shown["not_steerable"][0])
    assert not home.config.exists()


def test_a_narrow_terminal(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    ok(costeer("provider", "add", *FIREWORKS))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    for args in (["list"], ["list", "--presets"], ["show", "fireworks"]):
        ran = ok(costeer("provider", *args))
        assert max(map(len, ran.text.splitlines())) <= 60
        assert "\x1b" not in ran.text


def test_the_key_is_in_no_output(
    costeer: Costeer,
    accounts: Accounts,
    memory: keyrings.Memory,
    typed: list[str],
    home: Places,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("COSTEER_API_KEY", "FIREWORKS_API_KEY", "VLLM_API_KEY", "MINE"):
        monkeypatch.setenv(name, KEY)
    command = shlex.join(["echo", KEY])
    typed.extend([KEY, KEY])
    runs = [
        costeer("provider", "add", *FIREWORKS, "--key-stdin", given=KEY.encode()),
        costeer("provider", "add", "vllm", "--key", "keyring", given=None),
        costeer("provider", "add", "sglang", "--key", "file", given=None),
        costeer("provider", "add", "a", "--preset", "vllm", "--key", "env:MINE"),
        costeer("provider", "add", "b", "--preset", "vllm", "--key", f"command:{command}"),
        costeer("provider", "add", "c", "--preset", "vllm", "--key", KEY),
        costeer("provider", "add", "c", "--base-url", f"https://{KEY}@a.example/v1"),
        costeer("provider", "add", "d", "--preset", "vllm"),
    ]
    for with_override in (True, False):
        if not with_override:
            monkeypatch.delenv("COSTEER_API_KEY")
        runs.extend(
            costeer("provider", command, name, *flags)
            for command in ("show", "use")
            for name in (*accounts.names(), "embedded")
            for flags in (([], ["--json"]) if command == "show" else ([],))
        )
    runs.extend(costeer("provider", "list", *flags) for flags in ([], ["--json"], ["--presets"]))
    keyrings.use(monkeypatch, keyrings.Locked())
    runs.extend(costeer("provider", "remove", name, "--yes") for name in accounts.names())
    assert sum(ran.code == 0 for ran in runs) > 30
    for ran in runs:
        assert KEY not in ran.err
        assert KEY.encode() not in ran.out
    assert KEY in json.dumps(list(memory.kept.values()))
    assert KEY not in home.config.read_text("utf-8")


def test_a_settings_file_that_cannot_be_written(costeer: Costeer, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    ran = costeer("provider", "add", "vllm")
    assert ran.code in (1, 2)
    assert "Traceback" not in ran.err
    assert str(tmp_path / "home") in ran.err
