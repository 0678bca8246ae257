"""One cloud provider as the person set it up: where it is and what it needs, never its key."""

from __future__ import annotations

import ipaddress
import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from costeer_cli.errors import BadInputError, UsageError

EMBEDDED = "embedded"
"""The stand-in's name, which no account may have."""

TEMPLATES = ("chatml", "llama3", "mistral", "gemma", "phi3", "plain")
WIRES = ("completions", "chat", "llama-server", "ollama", "tgi")

_TEXTS = ("base_url", "model", "preset", "key", "template", "tokenizer", "wire")
_PRICES = ("input", "cached", "output")
_KEYS = (*_TEXTS, "insecure", *(f"{kind}_price" for kind in _PRICES))


@dataclass(frozen=True)
class Prices:
    """US dollars per million tokens; None where the person has not said."""

    input: float | None = None
    cached: float | None = None
    output: float | None = None

    def __post_init__(self) -> None:
        for kind in _PRICES:
            price = getattr(self, kind)
            if price is not None and not 0 <= price < math.inf:
                raise UsageError(
                    f"{kind}_price must be a number of dollars, 0 or more.",
                    hint="It is per million tokens, such as 0.6; leave it out where it is unknown.",
                )


@dataclass(frozen=True, kw_only=True)
class Account:
    """A provider under the person's own name for it.

    Attributes:
        name: 1 to 40 of a-z, 0-9 and hyphens; not `embedded`.
        base_url: http(s), without a trailing slash, such as http://127.0.0.1:8080/v1.
        model: as the service knows it; '' where a server has one only.
        preset: the preset it was made from.
        key: where the key is: `env:NAME`, `keyring`, `file`, `command:ARGV...`, or None.
        insecure: plain http beyond this machine is allowed.
        template: how a raw prompt is made, one of `TEMPLATES`; None lets costeer find out.
        tokenizer: a model whose tokenizer the service's model has, where it lists token ids.
        wire: one of `WIRES`; None lets costeer find out.
        prices: what tokens cost.

    Raises:
        UsageError: a field is not as said here; its value is not in the message.
    """

    name: str
    base_url: str
    model: str = ""
    preset: str | None = None
    key: str | None = field(default=None, repr=False)
    insecure: bool = False
    template: str | None = None
    tokenizer: str | None = None
    wire: str | None = None
    prices: Prices = field(default_factory=Prices)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        _check_name(self.name)
        _check_url(self.base_url)
        _check_key(self.key)
        for label, one_of in (("template", TEMPLATES), ("wire", WIRES)):
            if getattr(self, label) not in (None, *one_of):
                raise UsageError(
                    f"{label} must be one of: {', '.join(one_of)}.",
                    hint="Leave it out to let costeer find out.",
                )
        for label in ("model", "preset", "tokenizer"):
            text = getattr(self, label) or ""
            if len(text) > 300 or not text.isprintable() or text != text.strip():
                raise UsageError(
                    f"{label} must be one short line without blanks around it.",
                    hint="Give it as the service spells it.",
                )
        if self._scheme == "http" and not (self.is_local or self.insecure):
            raise UsageError(
                f"Plain http to {self.host} can be read on its way.",
                hint="Use https, or allow it with --insecure (in config.toml: insecure = true).",
            )

    @property
    def _scheme(self) -> str:
        return urlsplit(self.base_url).scheme

    @property
    def host(self) -> str:
        """The host in lower case, without a port."""
        return host_of(self.base_url)

    @property
    def address(self) -> str:
        """The host in lower case, and the port where the address names one."""
        return urlsplit(self.base_url).netloc.lower()

    @property
    def is_local(self) -> bool:
        """Whether the service is on this machine: 127.0.0.0/8, ::1 or localhost."""
        return is_loopback(self.host)

    @property
    def is_encrypted(self) -> bool:
        """Whether requests go by https."""
        return self._scheme == "https"

    @property
    def host_root(self) -> str:
        """`base_url` without a final `/v1` or the like: where servers have their own endpoints."""
        return re.sub(r"/v\d+[a-z0-9]*$", "", self.base_url)

    @classmethod
    def from_table(cls, name: str, table: Mapping[str, Any]) -> Account:
        """The account of a `[providers.NAME]` table.

        Raises:
            BadInputError: an unknown key, or a value that cannot be; the message names the key.
        """
        where = f"The provider {name!r}"
        for key, value in table.items():
            if key not in _KEYS:
                raise BadInputError(
                    f"{where}: unknown key {key!r}.", hint=f"Allowed here: {', '.join(_KEYS)}."
                )
            _check_type(where, key, value)
        if "base_url" not in table:
            raise BadInputError(
                f"{where}: base_url is missing.",
                hint='Such as: base_url = "http://127.0.0.1:8080/v1"',
            )
        plain = {key: value for key, value in table.items() if not key.endswith("_price")}
        try:
            prices = Prices(**{kind: table.get(f"{kind}_price") for kind in _PRICES})
            return cls(name=name, prices=prices, **plain)
        except UsageError as error:
            raise BadInputError(f"{where}: {error}", hint=error.hint) from None

    def as_table(self) -> dict[str, str | float | bool]:
        """What is set, as `from_table` takes it."""
        table: dict[str, str | float | bool] = {
            label: text for label in _TEXTS if (text := getattr(self, label))
        }
        if self.insecure:
            table["insecure"] = True
        for kind in _PRICES:
            if (price := getattr(self.prices, kind)) is not None:
                table[f"{kind}_price"] = price
        return table


def host_of(url: str) -> str:
    """The host of an address in lower case, without a port; '' where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its name or number; nothing is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def forwards_by_name(model: str) -> str:
    """Whose cloud Ollama asks for a model of this name, such as `gpt-oss:120b-cloud`; '' for
    one that it runs itself."""
    tag = model.rpartition(":")[2] if ":" in model else ""
    return "ollama.com" if tag == "cloud" or tag.endswith("-cloud") else ""


def _check_name(name: str) -> None:
    if name == EMBEDDED:
        raise UsageError(
            f"{EMBEDDED} is the name of the stand-in in this process.", hint="Take another name."
        )
    if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
        raise UsageError(
            "A provider's name is 1 to 40 of a-z, 0-9 and hyphens.", hint="Such as: home-server"
        )


def _check_url(url: str) -> None:
    such = "Such as: https://api.example.com/v1 or http://127.0.0.1:8080/v1"
    if not all("!" <= character <= "~" for character in url) or "\\" in url:
        raise UsageError("base_url has a character no address has.", hint=such)
    if "@" in url:
        raise UsageError(
            "base_url must not hold a user name, a password or a key.",
            hint="Say where the key is with --key, such as --key env:MY_KEY.",
        )
    if "?" in url or "#" in url:
        raise UsageError("base_url must end with its path, without ? and #.", hint=such)
    try:
        parts = urlsplit(url)
        port_is_one = parts.port != 0
    except ValueError:
        raise UsageError("base_url is not an address.", hint=such) from None
    if parts.scheme not in ("http", "https"):
        raise UsageError("base_url must begin with https:// or http://.", hint=such)
    host = parts.hostname or ""
    named = re.fullmatch(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?", host)
    if not port_is_one or not (named or parts.netloc.startswith("[")):
        raise UsageError("base_url names no host.", hint=such)


def _check_key(key: str | None) -> None:
    if key in (None, "keyring", "file"):
        return
    kind, _, rest = (key or "").partition(":")
    if kind == "env" and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", rest):
        return
    if kind == "command" and rest.isprintable() and words(rest):
        return
    raise UsageError(
        "key must say where the key is, and never be the key itself.",
        hint="One of: env:NAME, keyring, file, command:PROGRAM ARGUMENTS.",
    )


def words(command: str) -> list[str]:
    """The program and arguments of a command line; [] where its quotes are not closed."""
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _check_type(where: str, key: str, value: object) -> None:
    if key in _TEXTS:
        fits, kind = isinstance(value, str), "a text in quotes"
    elif key == "insecure":
        fits, kind = isinstance(value, bool), "true or false"
    else:
        fits, kind = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    if not fits:
        raise BadInputError(f"{where}: {key} must be {kind}.", hint="Mend it in config.toml.")
