"""Services as they answer on the wire, each in a few lines, with one model behind all of them.

Shapes are those of the services' own sources. What a service makes of a text that is begun is
what matters: some go on, some close the turn and begin anew, some take it for the user's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.cloud.parrot import END, Piece, Place, repeat
from tests.cloud.serving import NOT_FOUND, Answer, Asked, Respond, as_events, as_json, as_lines
from tests.cloud.tokens import CharacterTokens

HEAD, MIDDLE, TAIL = "<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n", "<|im_end|>\nA:"

Shape = Callable[[Place, int], dict[str, Any]]


def contents(place: Place, most: int, **more: bool) -> dict[str, Any]:
    """`logprobs` of the chat API; `ids`, `bytes` and `text` say what else is told of a token."""
    own, *_ = listed = [_item(piece, **more) for piece in place.listed(most)]
    return {"content": [own | {"top_logprobs": listed}], "refusal": None}


def arrays(place: Place, most: int, by_id: bool = False) -> dict[str, Any]:
    """`logprobs` of the old completions API."""
    own, *_ = named = [
        (f"token_id:{piece.id}" if by_id else _shown(piece), piece.logprob)
        for piece in place.listed(most)
    ]
    return {
        "tokens": [own[0]],
        "token_logprobs": [own[1]],
        "top_logprobs": [dict(named)],
        "text_offset": [-1],
    }


def chat_events(places: list[Place], most: int, limit: int, **more: Any) -> Iterator[dict]:
    """The events of `/chat/completions`: the first with a role alone, the last with usage."""
    shape = more.pop("shape", contents)
    model = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "big-1"}
    first = {"role": "assistant", "content": ""}
    yield model | {"choices": [{"index": 0, "delta": first, "finish_reason": None}]}
    for place in places:
        delta = {"content": _shown(place.own, hidden=True)}
        logprobs = shape(place, most, **more)
        yield model | {"choices": [{"delta": delta, "logprobs": logprobs, "finish_reason": None}]}
    yield model | {"choices": [{"delta": {}, "finish_reason": _finish(places, limit)}]}
    details = {"cached_tokens": 16}
    yield model | {"choices": [], "usage": {"prompt_tokens": 30, "prompt_tokens_details": details}}


def completion_events(places: list[Place], most: int, limit: int, shape: Shape) -> Iterator[dict]:
    """The events of `/completions`."""
    for n, place in enumerate(places, 1):
        text = _shown(place.own, hidden=True)
        finish = _finish(places, limit) if n == len(places) else None
        choice = {"text": text, "logprobs": shape(place, most), "finish_reason": finish}
        yield {"object": "text_completion", "model": "big-1", "choices": [choice]}
    if not places:
        choice = {"text": "", "logprobs": None, "finish_reason": "stop"}
        yield {"object": "text_completion", "model": "big-1", "choices": [choice]}


def begun_in(fields: dict[str, Any]) -> str:
    """The assistant's text that a chat ends with; '' where it ends with the user's."""
    last = fields["messages"][-1]
    return last["content"] if last["role"] == "assistant" else ""


def raw_begun(prompt: str) -> str:
    """What stands behind the template in a raw prompt."""
    return prompt.rpartition(TAIL)[2] if TAIL in prompt else prompt.rpartition("assistant\n")[2]


def models(owner: str, *names: str) -> Answer:
    """What `/models` lists."""
    listed = [{"id": name, "object": "model", "owned_by": owner} for name in names]
    return as_json({"object": "list", "data": listed})


def vllm(asked: Asked) -> Answer:
    """Chat with two flags, completions by text or ids; the sampled token first, k + 1 of them."""
    if asked.path == "/v1/models":
        return models("vllm", "big-1")
    fields = asked.fields if asked.method == "POST" else {}
    if asked.path == "/v1/chat/completions":
        if fields.get("continue_final_message") and fields.get("add_generation_prompt", True):
            return as_json({"error": {"message": "Cannot set both.", "code": 400}}, 400)
        exactly = fields.get("continue_final_message", False)
        places = repeat(begun_in(fields), fields["max_tokens"], anew=not exactly)
        return as_events(*chat_events(places, fields["top_logprobs"], fields["max_tokens"]))
    if asked.path == "/v1/completions":
        by_id = fields.get("return_tokens_as_token_ids", False)
        prompt = fields["prompt"]
        begun = raw_begun(prompt if isinstance(prompt, str) else CharacterTokens().decode(prompt))
        places = repeat(begun, fields["max_tokens"])
        events = completion_events(
            places,
            fields.get("logprobs", 0) + 1,
            fields["max_tokens"],
            lambda place, most: arrays(place, most, by_id),
        )
        return as_events(*events)
    return NOT_FOUND


def sglang(asked: Asked) -> Answer:
    """Chat with a flag; without it, the last message of the assistant's becomes the user's."""
    if asked.path == "/v1/models":
        return models("sglang", "big-1")
    if asked.path == "/model_info":
        return as_json({"model_path": "big-1"})
    if asked.path == "/v1/chat/completions":
        fields = asked.fields
        places = repeat(
            begun_in(fields), fields["max_tokens"], anew=not fields.get("continue_final_message")
        )
        return as_events(*chat_events(places, fields["top_logprobs"], fields["max_tokens"]))
    return NOT_FOUND


def llama_server(asked: Asked) -> Answer:
    """Its own endpoint: ids and bytes of every candidate; special tokens without a text."""
    if asked.path == "/v1/models":
        return models("llamacpp", "small.gguf")
    if asked.path == "/props":
        return as_json({"default_generation_settings": {}, "eos_token": END})
    fields = asked.fields if asked.method == "POST" else {}
    if asked.path == "/apply-template":
        system, user = (message["content"] for message in fields["messages"])
        return as_json({"prompt": HEAD + system + MIDDLE + user + TAIL})
    if asked.path == "/tokenize":
        return as_json({"tokens": [2]})
    if asked.path == "/completion":
        prompt = fields["prompt"]
        if not isinstance(prompt, str) and all(isinstance(part, str) for part in prompt):
            return as_json({"error": {"message": "several prompts"}}, 400)
        first, *ids = [prompt] if isinstance(prompt, str) else prompt
        begun = raw_begun(first) + CharacterTokens().decode(ids)
        return as_events(*_native(repeat(begun, fields["n_predict"]), fields), done=False)
    return NOT_FOUND


def llama_cpp_python(asked: Asked) -> Answer:
    """Completions in the old form; no id, no end, nothing but a text."""
    if asked.path == "/v1/models":
        return models("me", "small")
    if asked.path == "/v1/completions":
        fields = asked.fields
        limit = fields["max_tokens"]
        places = [p for p in repeat(raw_begun(fields["prompt"]), limit) if p.own.text != END]
        return as_events(*completion_events(places, fields["logprobs"], limit, arrays))
    return NOT_FOUND


def ollama(asked: Asked) -> Answer:
    """Its own endpoint, one object a line; an end is not listed."""
    if asked.path == "/v1/models":
        return models("library", "big-1", "other")
    if asked.path == "/api/version":
        return as_json({"version": "0.12.11"})
    fields = asked.fields if asked.method == "POST" else {}
    if asked.path == "/api/chat" and fields.get("_debug_render_only"):
        system, user = (message["content"] for message in fields["messages"])
        rendered = HEAD + system + MIDDLE + user + TAIL
        return as_json({"model": "big-1", "_debug_info": {"rendered_template": rendered}})
    if asked.path == "/api/generate" and fields["raw"]:
        limit = fields["options"]["num_predict"]
        places = [p for p in repeat(raw_begun(fields["prompt"]), limit) if p.own.text != END]
        lines = [
            {
                "model": "big-1",
                "response": place.own.text,
                "done": False,
                "logprobs": contents(place, fields["top_logprobs"])["content"],
            }
            for place in places
        ]
        reason = "length" if len(places) == limit else "stop"
        last = {"model": "big-1", "response": "", "done": True, "done_reason": reason}
        return as_lines(*lines, last | {"prompt_eval_count": 41, "eval_count": len(places)})
    return NOT_FOUND


def tgi(asked: Asked) -> Answer:
    """Its own endpoint: ids, and special tokens marked as such; five candidates at most."""
    if asked.path == "/v1/models":
        return models("org/big-1", "org/big-1")
    if asked.path == "/info":
        return as_json({"model_id": "org/big-1", "version": "3.0"})
    fields = asked.fields if asked.method == "POST" else {}
    if asked.path == "/chat_tokenize":
        system, user = (message["content"] for message in fields["messages"])
        text = "<s>" + HEAD + system + MIDDLE + user + TAIL
        return as_json({"tokenize_response": [], "templated_text": text})
    if asked.path == "/generate_stream":
        parameters = fields["parameters"]
        if parameters["top_n_tokens"] > 5:
            return as_json({"error": "`top_n_tokens` must be >= 0 and <= 5"}, 422)
        places = repeat(raw_begun(fields["inputs"]), parameters["max_new_tokens"])
        return as_events(*_streamed(places, parameters), done=False)
    return NOT_FOUND


def fireworks(asked: Asked) -> Answer:
    """Completions with `logprobs` as a flag; unknown fields are refused."""
    known = {"model", "prompt", "max_tokens", "temperature", "top_p", "logprobs", "top_logprobs"}
    fields = asked.fields
    if extra := set(fields) - known - {"stream", "context_length_exceeded_behavior"}:
        message = f"Extra inputs are not permitted, field: {min(extra)!r}"
        return as_json({"error": {"message": message}}, 400)
    places = repeat(raw_begun(fields["prompt"]), fields["max_tokens"])
    events = completion_events(
        places, fields["top_logprobs"], fields["max_tokens"], lambda p, k: contents(p, k, ids=True)
    )
    return as_events(*events)


def chat(
    exactly: Callable[[dict[str, Any]], bool],
    refuse: Callable[[dict[str, Any]], Answer | None] = lambda fields: None,
    **more: Any,
) -> Respond:
    """A service with `/chat/completions` alone, that goes on where `exactly` says so."""

    def respond(asked: Asked) -> Answer:
        if not asked.path.endswith("/chat/completions") or asked.method != "POST":
            return NOT_FOUND
        fields = asked.fields
        refused = refuse(fields)
        if refused is not None:
            return refused
        limit = fields["max_tokens"]
        places = repeat(begun_in(fields), limit, anew=not exactly(fields))
        return as_events(*chat_events(places, fields.get("top_logprobs", 0), limit, **more))

    return respond


def prefixed(fields: dict[str, Any]) -> bool:
    """Whether the last message is marked as a beginning."""
    return bool(fields["messages"][-1].get("prefix"))


def mistral(listed: bool) -> Respond:
    """Marked beginnings go on, and come back first; with or without log-probabilities."""

    def respond(asked: Asked) -> Answer:
        if asked.path != "/v1/chat/completions":
            return NOT_FOUND
        fields = asked.fields
        begun, most = begun_in(fields), fields.get("top_logprobs", 1)
        again = [Place(Piece(begun, 7, 0.0), ())] if begun else []
        places = repeat(begun, fields["max_tokens"])
        events = list(chat_events([*again, *places], most, len(again) + fields["max_tokens"]))
        if again and not listed:
            del events[1]["choices"][0]["logprobs"]
        return as_events(*events)

    return respond


def _native(places: list[Place], fields: dict[str, Any]) -> Iterator[dict]:
    counted = {"tokens_evaluated": 57, "stop": False}
    for place in places:
        listed = [_item(piece, ids=True) for piece in place.listed(fields["n_probs"])]
        item = listed[0] | {"top_logprobs": listed}
        text = _shown(place.own, hidden=True)
        yield counted | {"content": text, "completion_probabilities": [item]}
    yield counted | {"content": "", "stop": True, "model": "s.gguf", "timings": {"cache_n": 48}}


def _streamed(places: list[Place], parameters: dict[str, Any]) -> Iterator[dict]:
    for n, place in enumerate(places, 1):
        listed = [
            {"id": p.id, "text": p.text, "logprob": p.logprob, "special": p.text == END}
            for p in place.listed(parameters["top_n_tokens"])
        ]
        details = None
        if n == len(places):
            reason = "eos_token" if place.own.text == END else "length"
            details = {"finish_reason": reason, "generated_tokens": n}
        yield {"index": n, "token": listed[0], "top_tokens": listed, "details": details}


def _item(piece: Piece, *, ids: bool = False, raw: bool = True) -> dict[str, Any]:
    item: dict[str, Any] = {"token": _shown(piece, hidden=ids), "logprob": piece.logprob}
    if raw:
        item["bytes"] = piece.raw if ids else list(_shown(piece).encode())
    return item | ({"id": piece.id} if ids else {})


def _shown(piece: Piece, *, hidden: bool = False) -> str:
    return "" if hidden and piece.text == END else piece.text


def _finish(places: list[Place], limit: int) -> str:
    return "stop" if len(places) < limit or places[-1].own.text == END else "length"
