"""What a body may say: prompt, text and settings, in the form of every wire; nothing else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.cloud import attempts
from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.cloud.template import FORMATS
from costeer_cli.cloud.wires.chat import Chat
from costeer_cli.cloud.wires.completions import Completions
from costeer_cli.cloud.wires.llama_server import LlamaServer
from costeer_cli.cloud.wires.ollama import Ollama
from costeer_cli.cloud.wires.tgi import Tgi
from costeer_cli.privacy.audit.body import Allowed, Departure, Piece, spoken

RULES, ASK, MODEL = "Write the text the user asks for.", "Write a note 🐴.", "large"
HORSE = "🐴".encode()
PIECES = [
    Piece(text, number)
    for number, text in enumerate(
        [b"Dear", b" Ana", b",\n", HORSE[:2], HORSE[2:], b" the weir is up.", b""], 10
    )
]
WIRES: dict[str, Any] = {
    "chat": Chat("http://x/chat", MODEL),
    "chat, marked": Chat(
        "http://x/chat", MODEL, marker={"prefix": True}, extras={"thinking": {"type": "disabled"}}
    ),
    "chat, flagged": Chat(
        "http://x/chat",
        MODEL,
        continuing={"continue_final_message": True, "add_generation_prompt": False},
        extras={
            "top_k": -1,
            "min_p": 0,
            "repetition_penalty": 1,
            "chat_template_kwargs": {"enable_thinking": False},
        },
        trims=True,
    ),
    "chat, routed": Chat(
        "http://x/chat",
        MODEL,
        silent=True,
        fewest=2,
        extras={
            "provider": {
                "require_parameters": True,
                "allow_fallbacks": False,
                "data_collection": "deny",
            }
        },
    ),
    **{
        f"completions, {name}": Completions("http://x/completions", MODEL, template)
        for name, template in FORMATS.items()
    },
    "fireworks": Completions(
        "http://x/completions",
        MODEL,
        FORMATS["chatml"],
        flag=True,
        extras={"context_length_exceeded_behavior": "error"},
    ),
    "llama-server": LlamaServer("http://x/completion", FORMATS["llama3"], 2),
    "ollama": Ollama("http://x/api/generate", MODEL, FORMATS["mistral"]),
    "tgi": Tgi("http://x/generate_stream", FORMATS["gemma"]),
}


def encoded(wire: Any, tokens: int, **settings: Any) -> bytes:
    accepted = tuple((piece.text, piece.id) for piece in PIECES[:tokens] if piece.text)
    most = DraftSettings(**{"max_tokens": 40 - tokens} | settings)
    body: bytes = wire.encode(PublicText(RULES, ASK, accepted), most).body
    return body


def embedded(tokens: int) -> bytes:
    text = b"".join(piece.text for piece in PIECES[:tokens]).decode("utf-8", "replace")
    body = {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": RULES},
            {"role": "user", "content": ASK},
            {"role": "assistant", "content": text},
        ],
        "continue_token_ids": [piece.id for piece in PIECES[:tokens]],
        "max_tokens": 40 - tokens,
        "temperature": 0,
        "top_logprobs": 20,
    }
    return json.dumps(body, ensure_ascii=False).encode()


def allowed() -> Allowed:
    return Allowed(RULES, ASK, PIECES, MODEL)


def departures(*bodies: bytes | dict[str, Any]) -> list[Departure]:
    known = allowed()
    plain = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
    return [one for body in plain for one in known.departures("http://x", body)]


@pytest.mark.parametrize("name", WIRES)
def test_every_wire_says_what_it_may(name: str) -> None:
    known, wire = allowed(), WIRES[name]
    for tokens in range(len(PIECES)):
        assert known.departures("http://x", encoded(wire, tokens)) == [], tokens
    text = b"".join(piece.text for piece in PIECES)
    assert len(text) - 6 <= known.reach <= len(text)


EXTRAS = [(server, wire) for server, wires in attempts._EXTRAS.items() for wire in wires]


@pytest.mark.parametrize(("server", "wire"), EXTRAS)
def test_what_some_service_wants_besides_is_known(server: str, wire: str) -> None:
    extras = attempts._EXTRAS[server][wire]
    known, made = allowed(), Chat("http://x", MODEL, extras=extras)
    assert known.departures("http://x", encoded(made, 0)) == []
    assert known.departures("http://x", encoded(made, 3)) == []


def test_the_stand_in_says_what_it_may() -> None:
    known = allowed()
    for tokens in range(len(PIECES)):
        assert known.departures("in-process", embedded(tokens)) == []
    assert known.reach == len(b"".join(piece.text for piece in PIECES))


def test_a_peek_may_force_the_end_and_nothing_else() -> None:
    wire = WIRES["llama-server"]
    first, peek = encoded(wire, 0), encoded(wire, 3, peek=True)
    assert departures(first, peek) == []
    body = json.loads(peek)
    body["logit_bias"].append([17, 1e4])
    assert [one.what for one in departures(first, peek, body)] == ["a bias"]


def test_token_ids_behind_a_rendered_prompt() -> None:
    wire = Completions(
        "http://x/completions",
        MODEL,
        FORMATS["plain"],
        render=lambda messages: [1, 2, 3],
        tokenize=lambda text: [ord(c) for c in text],
        extras={"return_tokens_as_token_ids": True, "skip_special_tokens": False},
    )
    known = allowed()
    (first,) = known.departures("http://x", encoded(wire, 0))
    assert (first.what, first.checked) == ("a prompt as token ids", False)
    for tokens in range(1, 6):
        assert known.departures("http://x", encoded(wire, tokens)) == []
    other = json.loads(encoded(wire, 3))
    other["prompt"][4] += 1
    (found,) = known.departures("http://x", json.dumps(other).encode())
    assert found.what == "token ids that are not the text's"
    other["prompt"][0] += 1
    (found,) = known.departures("http://x", json.dumps(other).encode())
    assert found.what == "token ids before the text that change"


def test_words_of_a_prompt_format_are_pointed_out() -> None:
    start = {"prompt": f"<|start|>You know Otis {RULES}<|user|>{ASK}<|assistant|>", "stream": True}
    (found,) = departures(start)
    assert (found.what, found.checked) == ("words of the model's prompt format", False)
    assert found.said == "You know Otis"
    assert "Otis" not in repr(found)


def test_a_prompt_format_that_changes_is_no_format() -> None:
    bodies = [
        {"prompt": f"<|s|>{word} {RULES}<|u|>{ASK}<|a|>", "stream": True} for word in ("Hi", "Ho")
    ]
    assert [one.what for one in departures(*bodies)][-1] == (
        "a prompt that is not instructions, prompt and text"
    )


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'"x"', b"{", b"[" * 10_000])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    (found,) = departures(body)
    assert found.checked
    assert found.where == "body"


def changed(change: Any) -> list[Departure]:
    body = json.loads(embedded(3))
    change(body)
    return departures(embedded(0), embedded(2), body)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda b: b.update(user="mara"), "an unknown field"),
        (lambda b: b.update({"Otis the heron": 1}), "an unknown field"),
        (lambda b: b.update(model="mara"), "another model"),
        (lambda b: b.update(model=["mara"]), "another model"),
        (lambda b: b.update(temperature=0.25), "a setting that changes"),
        (lambda b: b.update(max_tokens=4_711), "a limit beyond the first one"),
        (lambda b: b.update(max_tokens=0), "a limit beyond the first one"),
        (lambda b: b.update(stream="mara"), "a text"),
        (lambda b: b.update(logit_bias=[[1, 2.0]]), "a bias"),
        (lambda b: b["continue_token_ids"].append(99), "token ids that are not the text's"),
        (lambda b: b["messages"][0].update(content="Be Mara."), "a message of the system that is"),
        (lambda b: b["messages"][1].update(content="x"), "a message of the user that is not what"),
        (lambda b: b["messages"][2].update(content="Dear Otis"), "a message of the assistant that"),
        (lambda b: b["messages"][2].update(content=5), "a message of the assistant that is not"),
        (lambda b: b["messages"][2].update(name="mara"), "an unknown field"),
        (lambda b: b["messages"].append(b["messages"][1]), "other messages than instructions"),
        (lambda b: b["messages"].append("mara"), "a message that is none"),
        (lambda b: b["messages"][1].update(role="tool"), "other messages than instructions"),
    ],
)
def test_everything_else_is_a_departure(change: Any, what: str) -> None:
    found = changed(change)
    assert any(one.what.startswith(what) for one in found), found
    assert all(one.checked for one in found)
    assert not any("mara" in repr(one).lower() or "Otis" in repr(one) for one in found)


def test_another_text_in_a_raw_prompt_is_a_departure() -> None:
    for name in ("completions, chatml", "ollama", "tgi", "llama-server"):
        body = json.loads(encoded(WIRES[name], 2))
        key = "inputs" if name == "tgi" else "prompt"
        if isinstance(body[key], list):
            body[key].append("Otis")
        else:
            body[key] += "Otis"
        found = departures(encoded(WIRES[name], 0), body)
        assert len(found) == 1, name
        assert found[0].where == key


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, inner in items for leaf in leaves(inner, (*path, key))]
    return [path]


OTHERS: list[Any] = ["Otis", 17.25, None, ["Otis"], {"Otis": 1}, [], {}, "error", "user", True, 0]


@pytest.mark.parametrize("name", WIRES)
def test_no_leaf_can_be_another(name: str) -> None:
    """Whichever value of a request is replaced by whatever else, it is noticed."""
    wire = WIRES[name]
    body = json.loads(encoded(wire, 3))
    for path in leaves(body):
        for value in OTHERS:
            known = allowed()
            for tokens in (0, 1):
                known.departures("http://x", encoded(wire, tokens))
            other = copy.deepcopy(body)
            inside = other
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = value
            found = known.departures("http://x", json.dumps(other).encode())
            assert found or other == body, (path, value)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["messages", "prompt", "role", "content", "logit_bias",
                                       "max_tokens", "model", "continue_token_ids", "x"]),
                      inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_nothing_in_a_body_breaks_it(value: Any) -> None:
    known = allowed()
    for _ in range(2):
        known.departures("http://x", json.dumps({"prompt": value, "messages": value}).encode())
        known.departures("http://x", json.dumps(value).encode())
        spoken(json.dumps(value).encode(), PIECES)


@pytest.mark.parametrize("value", ["Otis", ["Otis"], None, {"Otis": 1}])
def test_a_setting_is_a_number_from_the_first_request_on(value: Any) -> None:
    for name, wire in WIRES.items():
        body = json.loads(encoded(wire, 0))
        inside = body.get("options", body.get("parameters", body))
        inside["top_p"] = value
        assert departures(body), name


def test_all_that_is_spoken() -> None:
    body = {"a": ["b", {"c": "d"}], "n": 1, "ids": [10, 11, 13, 14], "mixed": ["x", 10]}
    said = spoken(json.dumps(body).encode(), PIECES)
    assert said == ["a", "b", "c", "d", "n", "ids", "Dear Ana🐴", "mixed", "xDear"]
    assert spoken(b"not json \xff", PIECES) == ["not json \ufffd"]


def test_what_is_the_same_for_everybody_is_not_spoken() -> None:
    """Else everybody whose friend is called Max would find him in max_tokens."""
    assert spoken(embedded(2), PIECES, RULES, MODEL) == [ASK, "Dear Ana", "Dear Ana"]
    for wire in WIRES.values():
        said = " ".join(spoken(encoded(wire, 2), PIECES, RULES, MODEL))
        assert MODEL not in said
        assert "max" not in said
        assert "text the user asks" not in said
        assert ASK in said
        assert "Dear" in said
