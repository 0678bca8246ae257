"""The line: exact bytes to one host, and an answer read however it is cut."""

from __future__ import annotations

import gzip
import json
import logging
import subprocess
import time
from collections.abc import Iterable, Iterator

import pytest

from costeer_cli import __version__
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.provider import Request
from costeer_cli.errors import ProviderUnreachableError
from tests.cloud.conftest import OpenLine, Serve
from tests.cloud.serving import NOT_FOUND, Answer, as_events, as_json, as_lines, serving

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
    ("base", "path", "url"),
    [
        ("https://x.test/v1", "completions", "https://x.test/v1/completions"),
        ("https://x.test/v1/", "completions", "https://x.test/v1/completions"),
        ("https://x.test/v1", "/props", "https://x.test/props"),
        ("https://x.test/beta", "/props", "https://x.test/props"),
        ("http://[::1]:8080", "/props", "http://[::1]:8080/props"),
        ("http://127.0.0.1:8080", "completions", "http://127.0.0.1:8080/completions"),
        ("http://x.test:1/box/v1", "/props", "http://x.test:1/box/props"),
        ("http://x.test:1/box", "/props", "http://x.test:1/box/props"),
        ("http://x.test:1/v1beta", "/props", "http://x.test:1/props"),
        ("http://127.0.0.1:11434/api", "/api/generate", "http://127.0.0.1:11434/api/generate"),
    ],
)
def test_addresses_stay_under_the_base_url(
    open_line: OpenLine, base: str, path: str, url: str
) -> None:
    assert open_line(base).url(path) == url


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("way", ["events", "lines", "get", "post"])
def test_only_what_http_needs_goes_out_with_the_body(
    serve: Serve, open_line: OpenLine, monkeypatch: pytest.MonkeyPatch, way: str, key: str | None
) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "sk-of-another")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: private")
    served = serve(lambda asked: Answer([b"\n"], headers={"Set-Cookie": "a=b"}))
    line = open_line(served.url + "/v1", key)
    for _ in range(2):
        if way in {"get", "post"}:
            line.get("models") if way == "get" else line.post("models", BODY)
        else:
            list(getattr(line, way)(ask(line)))
    assert len(served.asked) == 2
    for asked in served.asked:
        headers = asked.headers
        assert set(headers) <= {
            "host", "accept", "accept-encoding", "connection", "content-length", "content-type",
            "user-agent", *({"authorization"} if key else ()),
        }  # fmt: skip
        assert headers.get("authorization") == (f"Bearer {key}" if key else None)
        assert headers["user-agent"] == f"costeer/{__version__}"
        assert asked.body == (b"" if way == "get" else BODY)
        assert "another" not in str(asked.headers)
        assert way == "get" or headers["content-type"] == "application/json"


@pytest.mark.parametrize("way", ["events", "lines"])
def test_the_wire_log_has_every_header_but_the_key_and_what_http_needs(
    serve: Serve, open_line: OpenLine, way: str
) -> None:
    served = serve(lambda asked: Answer([b"\n"]))
    line = open_line(served.url, KEY)
    list(getattr(line, way)(ask(line)))
    (asked,) = served.asked
    needed = {"host": served.url.removeprefix("http://"), "connection": "keep-alive"}
    needed |= {"content-length": str(len(BODY)), "authorization": f"Bearer {KEY}"}
    logged = {name.lower(): value for name, value in line.headers.items()}
    assert asked.headers == logged | needed


@pytest.mark.parametrize("way", ["events", "lines", "get"])
def test_another_service_is_asked_through_the_persons_own_proxy(
    serve: Serve, open_line: OpenLine, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    proxy = serve(lambda asked: Answer([b"\n"]))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    line = open_line("http://cloud.invalid/v1", KEY)
    line.get("models") if way == "get" else list(getattr(line, way)(ask(line)))
    (asked,) = proxy.asked
    assert asked.path.startswith("http://cloud.invalid/v1/")


@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_library_tells_what_goes_out(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, level: str
) -> None:
    """Whatever OPENAI_LOG asks for, and however the libraries call their loggers."""
    monkeypatch.setenv("OPENAI_LOG", level)
    for name in ("openai", "httpx2", "httpcore2", "h2", "hpack"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    line = Line(serve(answering([STREAM, DONE])).url, KEY)
    assert streamed(line) == EVENTS
    line.close()
    for name in ("openai._base_client", "httpx2", "httpcore2.http11", "hpack.hpack"):
        logging.getLogger(name).error("Bearer %s", KEY)
    assert caplog.text == ""


def test_nothing_is_run_to_find_out_what_machine_this_is(
    serve: Serve, open_line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> None:
        raise AssertionError("a program was run")

    monkeypatch.setattr(subprocess, "Popen", run)
    line = open_line(serve(answering([STREAM, DONE])).url, KEY)
    assert streamed(line) == EVENTS
    assert line._client.platform_headers() == {}


def test_the_headers_of_the_wire_log_have_no_key(open_line: OpenLine) -> None:
    assert KEY not in str(open_line("https://x.test/v1", KEY).headers)


def test_trap_20_a_stream_may_be_cut_anywhere(serve: Serve, open_line: OpenLine) -> None:
    """All places at once: byte by byte; and each place alone."""
    whole = STREAM + DONE
    cuts = [[whole[n : n + 1] for n in range(len(whole))]]
    cuts += [[whole[:n], whole[n:]] for n in range(1, len(whole))]
    answers = iter(cuts)
    served = serve(lambda asked: Answer(next(answers)))
    line = open_line(served.url)
    for _ in range(len(cuts)):
        assert streamed(line) == EVENTS


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_trap_20_keep_alives_before_and_between_are_nothing(
    serve: Serve, open_line: OpenLine, ending: str
) -> None:
    lines = ["", "", ": keep-alive", "", ":", ": OPENROUTER PROCESSING", ""]
    for event in EVENTS:
        lines += ["event: message", f"data: {json.dumps(event)}", "", ": ping", "", ""]
    whole = ending.join([*lines, "data: [DONE]", "", ""]).encode()
    assert streamed(open_line(serve(answering([whole])).url)) == EVENTS


def test_trap_20_blank_lines_before_a_plain_answer(serve: Serve, open_line: OpenLine) -> None:
    line = open_line(serve(answering([b"\n", b"\n\n", b'{"a": 1}'])).url)
    assert line.get("models") == {"a": 1}


def test_a_stream_needs_no_done(serve: Serve, open_line: OpenLine) -> None:
    assert streamed(open_line(serve(answering([STREAM])).url)) == EVENTS


def test_nothing_is_read_into_an_answer_after_its_end(serve: Serve, open_line: OpenLine) -> None:
    """What comes behind `[DONE]` is no text, but the next request can use the connection."""
    served = serve(answering([STREAM, DONE, b": bye\n\n"]))
    line = open_line(served.url)
    assert [streamed(line) for _ in range(3)] == [EVENTS] * 3
    assert served.connections == 1


def test_lines_are_cut_at_line_feeds_alone(serve: Serve, open_line: OpenLine) -> None:
    whole = b"".join(as_lines(*EVENTS).chunks)
    assert "\u2028".encode() in whole
    answers = iter([whole[:n], b"", whole[n:]] for n in range(1, len(whole)))
    served = serve(lambda asked: Answer([c for c in next(answers) if c]))
    line = open_line(served.url)
    for _ in range(len(whole) - 1):
        assert list(line.lines(ask(line))) == EVENTS
    assert served.connections == 1


def test_lines_may_be_blank_or_end_without_a_line_feed(serve: Serve, open_line: OpenLine) -> None:
    line = open_line(serve(answering([b'\n\r\n{"n": 1}\r\n\n{"n": 2}'])).url)
    assert list(line.lines(ask(line))) == [{"n": 1}, {"n": 2}]


def test_answers_may_be_compressed(serve: Serve, open_line: OpenLine) -> None:
    packed = gzip.compress(STREAM + DONE)
    chunks = [packed[n : n + 7] for n in range(0, len(packed), 7)]
    headers = {"Content-Encoding": "gzip"}
    assert streamed(open_line(serve(answering(chunks, headers=headers)).url)) == EVENTS
    broken = open_line(serve(answering([b"no gzip"], headers=headers)).url)
    with pytest.raises(ProviderUnreachableError):
        streamed(broken)
    with pytest.raises(ProviderUnreachableError):
        broken.get("models")


@pytest.mark.parametrize("way", ["events", "lines"])
def test_closing_early_hangs_up(serve: Serve, open_line: OpenLine, way: str) -> None:
    event = b'data: {"n": 1}\n\n' if way == "events" else b'{"n": 1}\n'

    def endless() -> Iterator[bytes]:
        for _ in range(2000):
            yield event * 50
            time.sleep(0.005)

    served = serve(lambda asked: Answer(endless()))
    line = open_line(served.url)
    events = getattr(line, way)(ask(line))
    assert next(events) == {"n": 1}
    assert not served.hung_up.is_set()
    events.close()
    assert served.hung_up.wait(5)


@pytest.mark.parametrize("way", ["events", "lines"])
def test_answers_read_to_their_end_use_one_connection(
    serve: Serve, open_line: OpenLine, way: str
) -> None:
    answer = as_events(*EVENTS) if way == "events" else as_lines(*EVENTS)
    served = serve(lambda asked: answer)
    line = open_line(served.url)
    for _ in range(3):
        assert list(getattr(line, way)(ask(line))) == EVENTS
        line.get("models")
    assert served.connections == 1


def test_a_kept_connection_that_the_server_closed_is_not_used(open_line: OpenLine) -> None:
    with serving(answering([STREAM, DONE], headers={"Connection": "close"})) as served:
        line = open_line(served.url)
        assert [streamed(line) for _ in range(2)] == [EVENTS] * 2
        assert served.connections == 2
        line.close()


def test_this_machine_is_not_asked_through_a_proxy(
    serve: Serve, open_line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, served = serve(answering([])), serve(answering([STREAM, DONE]))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert streamed(open_line(served.url)) == EVENTS
    assert proxy.connections == 0


def test_free_questions(serve: Serve, open_line: OpenLine) -> None:
    served = serve(lambda asked: as_json({"a": 1}) if asked.path == "/v1/models" else NOT_FOUND)
    line = open_line(served.url + "/v1")
    assert line.get("models") == {"a": 1}
    assert line.get("/props") is None
    assert line.post("models", BODY) == {"a": 1}
    assert line.post("/props", BODY) is None
    assert served.asked[2].body == BODY
    assert served.paths("GET") == ["/v1/models", "/props"]
    nonsense = open_line(serve(answering([b"\xff<html>"])).url)
    assert nonsense.get("models") is None
