"""`costeer context`: what the local model would read for a prompt, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costeer_cli.cli.common import counted, note, one_title, print_json, print_rows
from costeer_cli.cli.opening import model_name, open_default, open_tokenizer
from costeer_cli.cli.prompt import read_prompt
from costeer_cli.personal.library import Library
from costeer_cli.settings import Config, places

if TYPE_CHECKING:
    from costeer_cli.personal.context import Example, PrivateContext
    from costeer_cli.personal.profile import Profile
    from costeer_cli.personal.retrieval import Excerpt


@dataclass(frozen=True, slots=True)
class Part:
    """A text the local model would read: how it was found, what is read of it, what it costs."""

    excerpt: Excerpt
    example: Example
    tokens: int


def context(
    prompt: Annotated[
        list[str] | None, typer.Argument(help="What would be written; - stands for stdin.")
    ] = None,
    profile: Annotated[str | None, typer.Option("--profile", "-p", help="Whose voice.")] = None,
    context_tokens: Annotated[
        int, typer.Option(help="Most the local model reads about you.", min=0)
    ] = 1000,
    model: Annotated[str | None, typer.Option(help="The local model, which counts.")] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON, with every text as it would be read.")
    ] = False,
) -> None:
    """Show what the local model would read about you for a prompt, and why; nothing is sent."""
    from costeer_cli.personal.context import pack
    from costeer_cli.personal.retrieval import EXCERPTS, retrieve

    asked = read_prompt(prompt or [])
    with open_default() as store:
        person = Library(store).choose(profile, Config(places().config).get("profile"))
        excerpts = retrieve(store, person, asked, EXCERPTS)
    preferred = str(person.defaults.get("model") or "") if person else ""
    tokenizer = open_tokenizer(model_name(model or preferred))
    packed = pack(person, excerpts, context_tokens, lambda chat: len(tokenizer.render(chat)))
    parts = _parts(packed, excerpts, lambda one: len(tokenizer.render(one.messages("", ""))))
    left_out = len(excerpts) - len(parts)
    if json:
        shown = _as_json(packed, parts, person) | {
            "prompt": asked,
            "model": tokenizer.name,
            "budget": context_tokens,
            "left_out": left_out,
        }
        print_json({"context": shown})
        return
    if packed.about:
        typer.echo(packed.about + "\n")
    print_rows([_row(part) for part in parts])
    note(
        f"{packed.tokens} of {context_tokens} tokens of {tokenizer.name}:"
        f" {counted(len(parts), 'text')}{', and the profile ' + person.name if person else ''}."
    )
    if left_out:
        note(f"There is no room for {counted(left_out, 'more text')}; see --context-tokens.")


def _parts(
    packed: PrivateContext, excerpts: list[Excerpt], count: Callable[[PrivateContext], int]
) -> list[Part]:
    """The texts in it, most telling first, with what each adds to the tokens."""
    from costeer_cli.personal.context import source_of

    found = {source_of(excerpt.document): excerpt for excerpt in excerpts}
    sources = [source for source in packed.sources if source in found]
    sizes = [count(replace(packed, examples=packed.examples[:n])) for n in range(len(sources) + 1)]
    return [
        Part(found[source], example, sizes[n + 1] - sizes[n])
        for n, (source, example) in enumerate(zip(sources, packed.examples, strict=True))
    ]


def _row(part: Part) -> list[str]:
    document, excerpt = part.excerpt.document, part.excerpt
    cut = " (cut)" if len(part.example.wrote) < len(document.text) else ""
    return [
        str(document.id or document.source),
        excerpt.why,
        f"{excerpt.score:.2f}",
        f"{part.tokens} tokens{cut}",
        one_title(document),
    ]


def _as_json(packed: PrivateContext, parts: list[Part], person: Profile | None) -> dict[str, Any]:
    from costeer_cli.personal.context import source_of

    return {
        "tokens": packed.tokens,
        "profile": person.name if person else None,
        "about": packed.about,
        "facts": list(person.facts) if person else [],
        "voice": person.voice if person else "",
        "texts": [
            {
                "id": part.excerpt.document.id,
                "source": source_of(part.excerpt.document),
                "title": part.excerpt.document.title,
                "why": part.excerpt.why,
                "score": round(part.excerpt.score, 4),
                "tokens": part.tokens,
                "asked": part.example.asked,
                "text": part.example.wrote,
                "whole": len(part.example.wrote) == len(part.excerpt.document.text),
            }
            for part in parts
        ],
    }
