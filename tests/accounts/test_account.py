"""What an account may be, and its table in config.toml."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.accounts.account import TEMPLATES, WIRES, Account, Prices, host_of, is_loopback
from costeer_cli.errors import BadInputError, UsageError

URL = "https://api.example.com/v1"


def account(**fields: Any) -> Account:
    return Account(**{"name": "mine", "base_url": URL, **fields})


TEXTS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
ACCOUNTS = st.builds(
    Account,
    name=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True).filter(lambda n: n != "embedded"),
    base_url=st.sampled_from([URL, "http://127.0.0.1:8080/v1", "http://[::1]:1/", "HTTPS://A.b"]),
    model=st.just("") | TEXTS,
    preset=st.none() | st.sampled_from(["vllm", "one-that-is-no-more"]),
    key=st.sampled_from([None, "keyring", "file", "env:MY_KEY", "command:pass show 'a b'"]),
    insecure=st.booleans(),
    template=st.none() | st.sampled_from(TEMPLATES),
    tokenizer=st.none() | TEXTS,
    wire=st.none() | st.sampled_from(WIRES),
    prices=st.builds(Prices, *[st.none() | st.floats(0, 1000)] * 3),
)


@given(ACCOUNTS)
def test_an_account_survives_its_table(made: Account) -> None:
    text = tomlkit.dumps({"providers": {made.name: made.as_table()}})
    table = tomllib.loads(text)["providers"][made.name]
    assert Account.from_table(made.name, table) == made


def test_a_table_has_only_what_is_set() -> None:
    assert account().as_table() == {"base_url": URL}
    full = account(key="keyring", insecure=True, prices=Prices(input=0.0, output=0.5))
    assert full.as_table() == {
        "base_url": URL,
        "key": "keyring",
        "insecure": True,
        "input_price": 0.0,
        "output_price": 0.5,
    }


@pytest.mark.parametrize("name", ["a", "home-server", "0", "x" * 40, "-"])
def test_names(name: str) -> None:
    assert account(name=name).name == name


@pytest.mark.parametrize("name", ["", "x" * 41, "Mine", "a b", "a.b", "a/b", "ä", "a\n", "../a"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(UsageError, match="1 to 40 of a-z"):
        account(name=name)


def test_the_stand_ins_name_is_taken() -> None:
    with pytest.raises(UsageError, match="stand-in"):
        account(name="embedded")


@pytest.mark.parametrize(
    ("url", "host", "address", "root"),
    [
        (
            "https://API.Example.com/v1/",
            "api.example.com",
            "api.example.com",
            "https://API.Example.com",
        ),
        ("http://127.0.0.1:8080/v1", "127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/v1", "::1", "[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "localhost", "localhost", "http://localhost"),
        ("https://gw.example/llama/v1", "gw.example", "gw.example", "https://gw.example/llama"),
        ("https://a.example/api/v1beta", "a.example", "a.example", "https://a.example/api"),
        ("https://a.example./v1", "a.example", "a.example.", "https://a.example."),
        (
            "https://api.deepseek.com/beta",
            *["api.deepseek.com"] * 2,
            "https://api.deepseek.com/beta",
        ),
    ],
)
def test_parts_of_an_address(url: str, host: str, address: str, root: str) -> None:
    made = account(base_url=url)
    assert (made.host, made.address, made.host_root) == (host, address, root)
    assert made.base_url == url.rstrip("/")
    assert made.is_encrypted is url.startswith("https")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "must begin with https"),
        ("api.example.com/v1", "must begin with https"),
        ("ftp://api.example.com", "must begin with https"),
        ("file:///etc/passwd", "must begin with https"),
        ("javascript:alert(1)", "must begin with https"),
        ("https://", "must begin with https|names no host"),
        ("https:///v1", "names no host"),
        ("https://:443/v1", "names no host"),
        ("https://-x/v1", "names no host"),
        ("https://a%2eb/v1", "names no host"),
        ("https://a.b:0/v1", "names no host"),
        ("https://a.b:99999/v1", "not an address"),
        ("https://a.b:port/v1", "not an address"),
        ("https://[::1/v1", "not an address"),
        ("https://sk-user:sk-pass@a.b/v1", "user name, a password or a key"),
        ("http://127.0.0.1@evil.example/v1", "user name, a password or a key"),
        ("https://a.b/v1?api_key=sk-1", r"without \? and #"),
        ("https://a.b/v1#sk-1", r"without \? and #"),
        ("https://a.b/v1 ", "no address has"),
        ("https://a\n.b/v1", "no address has"),
        ("http://127.0.0.1\\.evil.example/", "no address has"),
        ("https://exämple.com/v1", "no address has"),
        ("https://127。0。0。1/", "no address has"),
    ],
)
def test_what_is_no_address(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        account(base_url=url)
    assert str(caught.value).startswith("base_url")
    assert caught.value.hint
    assert "sk-" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1:80", "localhost:1", "LOCALHOST", "[::1]"])
def test_plain_http_on_this_machine(host: str) -> None:
    assert account(base_url=f"http://{host}/v1").is_local


@pytest.mark.parametrize(
    "host",
    ["192.168.1.5:8000", "0.0.0.0", "127.1", "localhost.evil.example", "127.0.0.1.evil.example",
     "evil-localhost", "[::2]", "2130706433", "api.example.com"],
)  # fmt: skip
def test_plain_http_elsewhere_must_be_allowed(host: str) -> None:
    with pytest.raises(UsageError, match=r"Plain http to .* can be read on its way") as caught:
        account(base_url=f"http://{host}/v1")
    assert "https" in str(caught.value.hint)
    assert "--insecure" in str(caught.value.hint)
    made = account(base_url=f"http://{host}/v1", insecure=True)
    assert not made.is_local
    assert not made.is_encrypted


@given(st.ip_addresses())
def test_loopback_is_what_the_numbers_say(number: Any) -> None:
    assert is_loopback(str(number)) is number.is_loopback


def test_a_host_of_nothing() -> None:
    assert host_of("https://[") == host_of("nothing") == ""


@pytest.mark.parametrize(
    "key",
    ["keyring", "file", "env:A", "env:_a1", "command:pass show x", "command: security -w", None],
)
def test_where_a_key_may_be(key: str | None) -> None:
    assert account(key=key).key == key


@pytest.mark.parametrize(
    "key",
    ["", "sk-distinctive", "env:", "env:sk-distinctive", "env:1A", "env:A B", "command:",
     "command:   ", "command:echo 'sk-distinctive", "command:a\nb", "Keyring", "keyring:x"],
)  # fmt: skip
def test_a_key_itself_is_never_taken(key: str) -> None:
    with pytest.raises(UsageError, match="never be the key itself") as caught:
        account(key=key)
    assert "sk-" not in f"{caught.value} {caught.value.hint}"
    assert "env:NAME" in str(caught.value.hint)


@pytest.mark.parametrize("label", ["model", "preset", "tokenizer"])
@pytest.mark.parametrize("text", [" a", "a ", "a\nb", "a\x1b[2J", "x" * 301])
def test_texts_are_short_lines(label: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"{label} must be one short line"):
        account(**{label: text})


@pytest.mark.parametrize(("label", "allowed"), [("template", TEMPLATES), ("wire", WIRES)])
def test_one_of_a_few(label: str, allowed: tuple[str, ...]) -> None:
    for text in allowed:
        assert getattr(account(**{label: text}), label) == text
    with pytest.raises(UsageError, match=f"{label} must be one of: {allowed[0]}, "):
        account(**{label: "other"})


@pytest.mark.parametrize("kind", ["input", "cached", "output"])
@pytest.mark.parametrize("price", [-0.1, float("inf"), float("nan")])
def test_prices_are_dollars(kind: str, price: float) -> None:
    with pytest.raises(UsageError, match=f"{kind}_price must be"):
        Prices(**{kind: price})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "base_url is missing"),
        ({"base_url": 3}, "base_url must be a text in quotes"),
        ({"base_url": URL, "model": ["a"]}, "model must be a text in quotes"),
        ({"base_url": URL, "insecure": "yes"}, "insecure must be true or false"),
        ({"base_url": URL, "insecure": 1}, "insecure must be true or false"),
        ({"base_url": URL, "input_price": "1"}, "input_price must be a number"),
        ({"base_url": URL, "output_price": True}, "output_price must be a number"),
        ({"base_url": URL, "cached_price": -1}, "cached_price must be a number of dollars"),
        ({"base_url": URL, "api_key": "sk-distinctive"}, "unknown key 'api_key'"),
        ({"base_url": URL, "name": "other"}, "unknown key 'name'"),
        ({"base_url": URL, "\x1b[2J": 1}, r"unknown key '\\x1b\[2J'"),
        ({"base_url": "http://10.0.0.1"}, "Plain http"),
        ({"base_url": URL, "key": "sk-distinctive"}, "key must say where"),
        ({"base_url": URL, "wire": "smoke"}, "wire must be one of"),
    ],
)
def test_a_table_that_cannot_be(table: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError, match=f"The provider 'mine': {said}") as caught:
        Account.from_table("mine", table)
    assert caught.value.hint
    assert "sk-" not in f"{caught.value} {caught.value.hint}"


def test_a_table_of_a_name_that_cannot_be() -> None:
    with pytest.raises(BadInputError, match="The provider 'Mine': A provider's name"):
        Account.from_table("Mine", {"base_url": URL})


def test_where_a_key_is_shows_in_no_traceback() -> None:
    """The arguments of a command may be anybody's secret."""
    account = Account(name="box", base_url="https://x.test/v1", key="command:pass show Zwieback")
    assert "Zwieback" not in f"{account} {account!r}"
    assert account.key == "command:pass show Zwieback"
