"""What goes wrong becomes one of costeer's errors, and repeats nothing that was sent."""

from __future__ import annotations

import json
import math
import socket
import ssl
import time
from email.utils import formatdate

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.cloud.faults import refused, translated, wait_asked
from costeer_cli.errors import NotSteerableError, ProviderError, ProviderUnreachableError

SECRET = "sk-very-secret and a private prompt"


def answer(status: int, body: str = SECRET, **headers: str) -> httpx2.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, text=body, headers=names)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 520, 529])
def test_what_may_pass_is_worth_another_try(status: int) -> None:
    error = refused("x.test", answer(status))
    assert isinstance(error, ProviderUnreachableError)
    assert error.retryable
    assert error.status == status
    assert str(status) in str(error)


@pytest.mark.parametrize("status", [*range(400, 408), 410, 411, 413, 415, 418, 422, 451, 501])
def test_what_lasts_is_not(status: int) -> None:
    error = refused("x.test", answer(status))
    assert not error.retryable
    assert error.exit_code == 4
    assert error.hint
    assert str(status) in str(error)


@pytest.mark.parametrize("status", [400, 405, 415, 422, 501])
def test_a_request_that_does_not_fit_says_something_of_the_service(status: int) -> None:
    assert isinstance(refused("x.test", answer(status)), NotSteerableError)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 413])
def test_others_say_something_of_the_account(status: int) -> None:
    assert type(refused("x.test", answer(status))) is ProviderError


@pytest.mark.parametrize(
    "detail",
    [
        "This model's maximum context length is 4096 tokens.",
        '{"error": {"code": "context_length_exceeded"}}',
        "the request exceeds the available context size",
        "input length exceeds the context window",
    ],
)
def test_trap_21_a_text_that_is_too_long_is_called_that(detail: str) -> None:
    error = refused("x.test", answer(400, detail))
    assert "too long" in str(error)
    assert not isinstance(error, NotSteerableError)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_told_as_such(status: int) -> None:
    error = refused("x.test", answer(status, location="https://y.test"))
    assert "another address" in str(error)
    assert not error.retryable


@pytest.mark.parametrize("status", [307, 400, 401, 404, 429, 500])
def test_the_answer_is_kept_and_never_shown(status: int) -> None:
    error = refused("x.test", answer(status, SECRET * 1000))
    for shown in (str(error), repr(error), str(error.hint)):
        assert "secret" not in shown
        assert "private" not in shown
    assert error.detail.startswith(SECRET)
    assert len(error.detail) <= 4096


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0.0), ("7", 7.0), (" 1.5 ", 1.5), ("-3", 0.0)],
)
def test_seconds_to_wait(value: str, seconds: float) -> None:
    assert wait_asked({"retry-after": value}) == seconds
    assert refused("x.test", answer(429, retry_after=value)).wait == seconds


@pytest.mark.parametrize("ahead", [30, -30])
def test_a_date_to_wait_for(ahead: int) -> None:
    wait = wait_asked({"retry-after": formatdate(time.time() + ahead, usegmt=True)})
    assert wait == pytest.approx(max(ahead, 0), abs=2)


@pytest.mark.parametrize("value", ["", "soon", "nan", "inf", "-inf", "1e999", "Wed, 99 Foo 2026"])
def test_what_is_no_time_to_wait_is_none(value: str) -> None:
    assert wait_asked({"retry-after": value}) is None
    assert wait_asked({}) is None


@given(st.text(max_size=20))
def test_any_header_is_a_time_to_wait_or_none(value: str) -> None:
    wait = wait_asked({"retry-after": value})
    assert wait is None or (math.isfinite(wait) and wait >= 0.0)


def raised(error: Exception, cause: Exception | None = None) -> ProviderError:
    with pytest.raises(ProviderError) as caught, translated("x.test"):
        raise error from cause
    return caught.value


def test_a_name_that_is_not_found() -> None:
    for code in (socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL):
        error = raised(httpx2.ConnectError("?"), socket.gaierror(code, "whatever it is called"))
        assert "not found" in str(error)
        assert error.retryable


def test_a_certificate_that_is_not_valid_stays_so() -> None:
    error = raised(httpx2.ConnectError("?"), ssl.SSLCertVerificationError(1, "self-signed"))
    assert "certificate" in str(error)
    assert not error.retryable
    bare = raised(ssl.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"))
    assert "certificate" in str(bare)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx2.ReadTimeout("?"), "in time"),
        (httpx2.ConnectTimeout("?"), "in time"),
        (httpx2.ConnectError("?"), "does not answer"),
        (httpx2.ReadError("?"), "in the middle"),
        (httpx2.RemoteProtocolError("?"), "in the middle"),
        (httpx2.DecodingError("?"), "broken"),
        (json.JSONDecodeError("?", SECRET, 0), "no JSON"),
    ],
)
def test_what_may_pass_on_the_way(error: Exception, says: str) -> None:
    told = raised(error)
    assert told.retryable
    assert says in str(told)
    assert "secret" not in repr(told)


@pytest.mark.parametrize("error", [httpx2.InvalidURL("?"), httpx2.TooManyRedirects("?")])
def test_what_cannot_be_asked(error: Exception) -> None:
    assert not raised(error).retryable


def test_mistakes_of_our_own_are_not_hidden() -> None:
    with pytest.raises(KeyError), translated("x.test"):
        raise KeyError("a")
