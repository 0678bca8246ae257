"""Addresses that are not what they look like, and services that point elsewhere."""

from __future__ import annotations

import json
import socket
import sys

import pytest

from costeer_cli.accounts.account import is_loopback
from costeer_cli.errors import CosteerError, PrivacyError, ProviderError
from costeer_cli.privacy.outbound.seal import Passage, sealed
from tests.cloud.conftest import Serve
from tests.cloud.serving import Answer, as_json
from tests.privacy.attacks.conftest import Begin
from tests.privacy.attacks.mallory import chat_event, listing_of
from tests.privacy.attacks.test_hostile_candidates import run


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 201, 204, 300, 399])
def test_nobody_is_led_elsewhere(begin: Begin, serve: Serve, status: int) -> None:
    elsewhere = serve(lambda _: as_json({}))
    headers = {"Location": f"{elsewhere.url}/v1/chat/completions", "Refresh": "0"}
    writing, served = begin(lambda _: Answer([b"{}"], status, headers), max_tokens=3)
    with pytest.raises(ProviderError):
        list(writing)
    assert served.asked
    assert not elsewhere.asked
    assert not elsewhere.connections


def test_cookies_and_tags_do_not_come_back(begin: Begin) -> None:
    """Whatever a service hands out to know somebody again."""
    event = f"data: {json.dumps(chat_event(listing_of(' rain', ' fog')))}\n\n".encode()
    marks = {
        "Set-Cookie": "who=mara; Path=/; Max-Age=99999999",
        "ETag": '"mara"',
        "Alt-Svc": 'h2="127.0.0.1:9"; ma=99999',
        "Link": "<http://127.0.0.1:9/>; rel=preconnect",
        "X-Request-Id": "mara",
        "WWW-Authenticate": 'Basic realm="mara"',
    }
    writing, served = begin(lambda _: Answer([event], 200, marks), max_tokens=6)
    run(writing)
    assert len(served.asked) > 2
    heads = [
        {name: value for name, value in asked.headers.items() if name != "content-length"}
        for asked in served.asked
    ]
    assert all(head == heads[0] for head in heads)
    assert "mara" not in str(heads)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.example.org",
        "127.0.0.1.nip.io",
        "127.evil.example",
        "xn--localhost-x",
        "localtest.me",
    ],
)
def test_names_that_look_like_this_machine_are_none_of_it(host: str) -> None:
    """They count as remote whatever they resolve to: `offline` must hold without a look-up."""
    assert not is_loopback(host)


def connects(place: str, port: int) -> None:
    """What Python tells of before it connects; nothing is connected."""
    with socket.socket() as line:
        sys.audit("socket.connect", line, (place, port))


@pytest.mark.parametrize(
    ("place", "port"), [("192.0.2.7", 9), ("127.0.0.1", 10), ("::ffff:192.0.2.7", 9)]
)
def test_a_name_of_this_machine_leads_nowhere_else(place: str, port: int) -> None:
    """Where a resolver was changed so that localhost is another machine, nothing goes there."""
    with sealed(), Passage("http://localhost:9"):
        connects("127.0.0.1", 9)
        with pytest.raises(PrivacyError):
            connects(place, port)


@pytest.mark.parametrize("place", ["192.0.2.7", "127.0.0.2", "::1", "0.0.0.0"])
def test_a_passage_leads_to_one_service(place: str) -> None:
    with sealed(), Passage("http://127.0.0.1:9"):
        connects("127.0.0.1", 9)
        with pytest.raises(PrivacyError):
            connects(place, 9)


def test_a_service_that_points_to_a_file_is_not_followed(begin: Begin) -> None:
    headers = {"Location": "file:///etc/passwd"}
    writing, _ = begin(lambda _: Answer([b""], 302, headers), max_tokens=3)
    with pytest.raises(CosteerError):
        list(writing)
    assert not writing.choices
