"""The line where something is wrong: with the answer, the way, the name or the certificate."""

from __future__ import annotations

import datetime
import ipaddress
import json
import socket
import ssl
import threading
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from costeer_cli.cloud.line import Line
from costeer_cli.cloud.provider import Request
from costeer_cli.errors import NotSteerableError, ProviderError, ProviderUnreachableError
from tests.cloud.conftest import OpenLine, Serve
from tests.cloud.serving import Answer, as_json, as_lines, serving

KEY = "sk-test-51a7"
BODY = '{"prompt": "Dear Ana 🐦"}'.encode()
EVENTS = [{"n": 1, "text": "é🐦"}, {"n": 2, "text": "a\u2028b\u0085c"}, {"n": 3}]
STREAM = b"".join(f"data: {json.dumps(e, ensure_ascii=False)}\n\n".encode() for e in EVENTS)
DONE = b"data: [DONE]\n\n"


def ask(line: Line, body: bytes = BODY) -> Request:
    return Request(line.url("completions"), body, 9)


def streamed(line: Line) -> list[dict]:
    return list(line.events(ask(line)))


def answering(chunks: Iterable[bytes], **more: object):
    made = list(chunks)
    return lambda asked: Answer(made, **more)


@pytest.mark.parametrize(
    ("chunks", "says"),
    [
        ([b"data: {nonsense\n\n"], "no JSON"),
        ([b"data: \xff\xfe\n\n"], "no JSON"),
        ([b"data: [1, 2]\n\n"], "unknown form"),
        ([b'data: "text"\n\n'], "unknown form"),
        ([b'data: {"error": {"message": "' + BODY[12:20] + b'"}}\n\n'], "error of its own"),
        ([b'data: {"error": "' + BODY[12:20] + b'"}\n\n'], "error of its own"),
    ],
)
def test_nonsense_on_the_way_is_the_services_error(
    serve: Serve, open_line: OpenLine, chunks: list[bytes], says: str
) -> None:
    line = open_line(serve(answering([STREAM, *chunks, DONE])).url)
    taken = []
    with pytest.raises(ProviderUnreachableError, match=says) as raised:
        taken.extend(line.events(ask(line)))
    assert "Ana" not in str(raised.value)


@pytest.mark.parametrize(
    ("chunk", "says"),
    [(b"{nonsense\n", "no JSON"), (b"\xff\n", "no JSON"), (b"[1]\n", "unknown form"),
     (b'{"error": "out of memory"}\n', "error of its own")],
)  # fmt: skip
def test_nonsense_in_lines_is_too(
    serve: Serve, open_line: OpenLine, chunk: bytes, says: str
) -> None:
    line = open_line(serve(answering([b'{"n": 1}\n', chunk])).url)
    events = line.lines(ask(line))
    assert next(events) == {"n": 1}
    with pytest.raises(ProviderUnreachableError, match=says):
        next(events)


@pytest.mark.parametrize("way", ["events", "lines"])
def test_an_answer_that_breaks_off_is_noticed(serve: Serve, open_line: OpenLine, way: str) -> None:
    chunk = STREAM if way == "events" else b"".join(as_lines(*EVENTS).chunks)
    line = open_line(serve(answering([chunk], cut=True)).url)
    events = getattr(line, way)(ask(line))
    assert [next(events) for _ in EVENTS] == EVENTS
    with pytest.raises(ProviderUnreachableError, match="in the middle"):
        next(events)


@pytest.mark.parametrize("way", ["events", "lines"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    serve: Serve, open_line: OpenLine, way: str, status: int
) -> None:
    other = serve(answering([STREAM, DONE]))
    location = {"Location": other.url + "/v1/completions"}
    served = serve(answering([], status=status, headers=location))
    line = open_line(served.url, KEY)
    with pytest.raises(ProviderError, match="another address") as raised:
        list(getattr(line, way)(ask(line)))
    assert not raised.value.retryable
    assert line.get("models") is None
    assert line.post("models", BODY) is None
    assert other.asked == []
    assert other.connections == 0


@pytest.mark.parametrize("way", ["events", "lines"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, NotSteerableError),
        (401, ProviderError),
        (404, ProviderError),
        (409, ProviderUnreachableError),
        (429, ProviderUnreachableError),
        (503, ProviderUnreachableError),
    ],
)
def test_a_refusal_is_an_error_and_asked_once(
    serve: Serve, open_line: OpenLine, way: str, status: int, kind: type[ProviderError]
) -> None:
    said = {"error": {"message": f"bad prompt: Dear Ana, key {KEY}"}}
    served = serve(lambda asked: as_json(said, status, **{"Retry-After": "7"}))
    line = open_line(served.url, KEY)
    with pytest.raises(kind) as raised:
        list(getattr(line, way)(ask(line)))
    assert type(raised.value) is kind
    assert len(served.asked) == 1
    assert raised.value.wait == (7.0 if raised.value.retryable else None)
    assert "Dear Ana" in raised.value.detail
    assert not any(word in f"{raised.value!s} {raised.value!r} {raised.value.hint}"
                   for word in ("Ana", KEY))  # fmt: skip


@pytest.mark.parametrize("way", ["events", "lines", "get"])
@pytest.mark.parametrize("failure", ["status", "down", "cut", "json"])
def test_the_key_is_in_no_error(serve: Serve, open_line: OpenLine, way: str, failure: str) -> None:
    answers = {
        "status": lambda asked: as_json({"error": {"message": f"Bad key: {KEY}"}}, 401),
        "cut": answering([b"data: {}\n\n"], cut=True),
        "json": answering([b"data: nonsense\n\n"]),
        "down": answering([]),
    }
    url = serve(answers[failure]).url if failure != "down" else f"http://127.0.0.1:{unused_port()}"
    line = open_line(url, KEY)
    try:
        line.get("models") if way == "get" else list(getattr(line, way)(ask(line)))
    except ProviderError as error:
        told = "".join(traceback.format_exception(error)) + repr(error) + str(error.hint)
        assert KEY not in told
    else:
        assert way == "get"


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_there(open_line: OpenLine) -> None:
    line = open_line(f"http://127.0.0.1:{unused_port()}/v1")
    for ask_ in (lambda: streamed(line), lambda: list(line.lines(ask(line)))):
        with pytest.raises(ProviderUnreachableError, match="does not answer"):
            ask_()
    with pytest.raises(ProviderUnreachableError, match="does not answer"):
        line.get("models")


def test_no_such_host(open_line: OpenLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ProviderUnreachableError, match=r"x\.test is not found"):
        streamed(open_line("https://x.test/v1"))


@pytest.mark.parametrize("way", ["events", "lines"])
@pytest.mark.parametrize("begun", [True, False])
def test_silence_ends_after_a_while(
    serve: Serve, open_line: OpenLine, way: str, begun: bool
) -> None:
    over = threading.Event()
    first = b'data: {"n": 1}\n\n' if way == "events" else b'{"n": 1}\n'

    def silent() -> Iterator[bytes]:
        if begun:
            yield first
        over.wait(5)

    line = open_line(serve(lambda asked: Answer(silent())).url, read_timeout=0.2)
    events = getattr(line, way)(ask(line))
    try:
        if begun:
            assert next(events) == {"n": 1}
        with pytest.raises(ProviderUnreachableError, match="in time"):
            next(events)
    finally:
        over.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody vouches for, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_service_must_prove_who_it_is(
    certificate: Path, open_line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(answering([STREAM, DONE]), context) as served:
        for way in ("events", "lines"):
            line = open_line(served.url, KEY)
            with pytest.raises(ProviderError, match="certificate") as raised:
                list(getattr(line, way)(ask(line)))
            assert not raised.value.retryable
            line.close()
        assert served.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # as the hint says
        line = open_line(served.url, KEY)
        assert streamed(line) == EVENTS
        line.close()
