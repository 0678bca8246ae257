"""Whether a server on this machine passes what it is asked on to a cloud, where it tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from costeer_cli.accounts.account import forwards_by_name, host_of
from costeer_cli.cloud.line import Line

SOMEBODY = "a cloud"
"""Where a server tells that it passes on, and not to whom."""

_OWNERS = {
    "openai": "openai.com",
    "openai-internal": "openai.com",
    "system": "openai.com",
    "anthropic": "anthropic.com",
    "google": "google.com",
    "azure": "azure.com",
    "openrouter": "openrouter.ai",
}
_HEADERS = {
    "x-litellm-": "whom LiteLLM is set up to ask",
    "llm_provider-": "whom LiteLLM is set up to ask",
    "x-openrouter-": "openrouter.ai",
    "openai-": "openai.com",
    "anthropic-": "anthropic.com",
    "cf-ray": SOMEBODY,  # Cloudflare's, which stands before many clouds and before no localhost
}

Post = Callable[[str, bytes], Any]
"""Sends a free request of known words to a path; what it answers, or None."""


def forwards_to(line: Line, post: Post, server: str, model: str) -> str:
    """Whom a server passes a model's requests on to; '' where it tells of nobody.

    Args:
        line: to a server on this machine, which has been asked something before.
        post: asks it something more.
        server: what it was recognised as.
        model: the model's id.

    Raises:
        ProviderUnreachableError: nobody answers.
    """
    if named := forwards_by_name(model):
        return named
    if server == "ollama":
        return _by_ollama(line, post, model)
    if server:
        return told_by(line.seen)
    listed = _entries(line.get("models"), "data")
    ready = line.get("/health/readiness")
    if isinstance(ready, dict) and "litellm_version" in ready:
        return _HEADERS["x-litellm-"]
    if any("top_provider" in entry for entry in listed):  # OpenRouter's alone have that
        return "openrouter.ai"
    owners = (_OWNERS.get(str(entry.get("owned_by")), "") for entry in listed)
    return next(filter(None, owners), "") or told_by(line.seen)


def told_by(headers: Iterable[str]) -> str:
    """Whom the names of an answer's headers, in lower case, tell of; '' for nobody."""
    for name in headers:
        for start, whom in _HEADERS.items():
            if name.startswith(start):
                return whom
    return ""


def _by_ollama(line: Line, post: Post, model: str) -> str:
    tags = line.get("/api/tags")
    for entry in _entries(tags, "models"):
        if model in (entry.get("name"), entry.get("model"), _untagged(entry.get("name"))):
            return _remote(entry)
    if tags is None:
        return ""
    return _remote(post("/api/show", json.dumps({"model": model}).encode()))


def _untagged(name: object) -> str:
    """`mistral` for `mistral:latest`, which is asked for by either."""
    return str(name).removesuffix(":latest")


def _remote(entry: Any) -> str:
    """Whom Ollama says a model is at."""
    if not isinstance(entry, Mapping):
        return ""
    remote = str(entry.get("remote_host") or "")
    return host_of(remote) or remote or (SOMEBODY if entry.get("remote_model") else "")


def _entries(answer: Any, name: str) -> list[dict[str, Any]]:
    found = answer.get(name) if isinstance(answer, dict) else None
    return [e for e in found if isinstance(e, dict)] if isinstance(found, list) else []
