"""Outboxes: own posts as text; boosts, direct messages and other people's words left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.mastodon import Mastodon, own_text
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped

ME = "https://example.social/users/mara"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
MENTION = (
    '<span class="h-card"><a href="https://x.example/@other" class="u-url mention">'
    "@<span>other</span></a></span> "
)
LINK = (
    '<a href="https://example.org/a/b"><span class="invisible">https://</span>'
    '<span class="ellipsis">example.org/a</span><span class="invisible">/b</span></a>'
)


def create(content: object = f"<p>{PROSE}</p>", number: int = 1, **post: object) -> dict[str, Any]:
    note = {
        "id": f"{ME}/statuses/{number}",
        "type": "Note",
        "attributedTo": ME,
        "published": "2023-04-05T06:07:08Z",
        "to": [PUBLIC],
        "cc": [f"{ME}/followers"],
        "content": content,
        "tag": [],
        **post,
    }
    to = {key: note[key] for key in ("to", "cc")}
    return {"id": f"{note['id']}/activity", "type": "Create", "actor": ME, "object": note, **to}


def outbox(*activities: object) -> str:
    return json.dumps(
        {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": "outbox.json",
            "type": "OrderedCollection",
            "totalItems": len(activities),
            "orderedItems": activities,
        }
    )


def archive(*activities: object) -> dict[str, str]:
    actor = {"id": ME, "type": "Person", "preferredUsername": "mara", "name": "Mara"}
    return {
        "actor.json": json.dumps(actor),
        "outbox.json": outbox(*activities),
        "likes.json": json.dumps({"type": "OrderedCollection", "orderedItems": ["x"]}),
        "media_attachments/1.png": b"\x89PNG",
    }


def items(tmp_path: Path, *activities: object) -> list[Item]:
    return read(Mastodon(), zipped(tmp_path / "archive.zip", archive(*activities)))


@pytest.mark.parametrize("form", ["zip", "folder", "wrapped", "file"])
def test_a_post_from_every_form(tmp_path: Path, form: str) -> None:
    files = archive(create())
    if form in ("zip", "wrapped"):
        prefix = "archive-2024/" if form == "wrapped" else ""
        path = zipped(tmp_path / "a.zip", {prefix + name: text for name, text in files.items()})
    else:
        path = laid(tmp_path / "a", files) / ("outbox.json" if form == "file" else "")
    (document,) = read(Mastodon(), path)
    assert (document.text, document.kind, document.source) == (PROSE, "post", "mastodon")
    assert document.native_id == f"{ME}/statuses/1"
    assert document.created_at == "2023-04-05T06:07:08+00:00"
    assert document.author == ("" if form == "file" else "@mara")


def test_an_outbox_in_parts(tmp_path: Path) -> None:
    files = archive(create(number=1))
    files["outbox-2.json"] = outbox(create(number=2))
    documents = taken(read(Mastodon(), zipped(tmp_path / "a.zip", files)))
    assert {one.native_id[-1] for one in documents} == {"1", "2"}


def test_boosts_likes_and_strangers_are_others(tmp_path: Path) -> None:
    boost = {"type": "Announce", "object": "https://x.example/1", "to": [PUBLIC]}
    stranger = create(attributedTo="https://x.example/users/other")
    found = items(tmp_path, boost, {"type": "Like", "object": "x"}, stranger, create())
    assert len(taken(found)) == 1
    assert [reason for reason, _ in passed_over(found)] == ["others"] * 3


@pytest.mark.parametrize(
    ("to", "cc", "kept"),
    [
        ([PUBLIC], [], True),
        ("as:Public", [], True),
        ([f"{ME}/followers"], [PUBLIC], True),
        ([f"{ME}/followers"], [], True),
        (["https://x.example/users/other"], [], False),
        ([], [], False),
        (None, None, False),
        ("https://x.example/users/other", "", False),
    ],
)
def test_direct_messages_are_left_out_and_said(
    tmp_path: Path, to: object, cc: object, kept: bool
) -> None:
    found = items(tmp_path, create(to=to, cc=cc))
    assert bool(taken(found)) == kept
    if not kept:
        assert [reason for reason, _ in passed_over(found)] == ["others"]
        (note,) = [item for item in found if isinstance(item, Note)]
        assert note.said == "a direct message, left out"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>One</p><p>Two<br />three</p>", "One\n\nTwo\nthree"),
        (f"<p>{MENTION}{MENTION}I think so too</p>", "I think so too"),
        (f"<p>I asked {MENTION}about it</p>", "I asked @other about it"),
        (f"<p>Read this {LINK} today</p>", "Read this today"),
        (
            "<p>cats &amp; dogs :blobcat: <a href='x'>#<span>cats</span></a></p>",
            "cats & dogs :blobcat: #cats",
        ),
        ('<p class="quote-inline">RE: https://x.example/1</p><p>So true</p>', "So true"),
        ("<blockquote>theirs</blockquote><p>mine</p>", "mine"),
        ("plain words", "plain words"),
        ("<script>x</script>", ""),
    ],
)
def test_html_becomes_the_persons_own_text(content: str, text: str) -> None:
    assert own_text(content) == text


def test_a_reply_says_to_whom_and_a_thread_does_not(tmp_path: Path) -> None:
    tag = [{"type": "Hashtag", "name": "#a"}, {"type": "Mention", "name": "@other@x.example"}]
    reply = create(f"<p>{MENTION}{PROSE}</p>", 1, inReplyTo="https://x.example/5", tag=tag)
    thread = create(number=2, inReplyTo=f"{ME}/statuses/1")
    first, second = taken(items(tmp_path, reply, thread))
    assert (first.kind, first.recipient, first.text) == ("comment", "@other@x.example", PROSE)
    assert (second.kind, second.recipient) == ("post", "")


def test_a_warning_is_its_title_and_a_content_map_will_do(tmp_path: Path) -> None:
    post = create(None, summary="On food", contentMap={"en": f"<p>{PROSE}</p>"})
    (document,) = taken(items(tmp_path, post))
    assert (document.title, document.text) == ("On food", PROSE)


@pytest.mark.parametrize(
    ("activity", "reason"),
    [
        (None, "broken"),
        ("x", "broken"),
        ({}, "broken"),
        ({"type": "Create"}, "unknown"),
        ({"type": "Create", "object": "https://x.example/1"}, "unknown"),
        ({"type": "Create", "object": {"type": ["Note"]}}, "unknown"),
        (create("<p></p>"), "empty"),
        (create(5), "empty"),
        (create("<p>yes</p>"), "short"),
    ],
)
def test_odd_activities_are_counted_and_the_rest_is_read(
    tmp_path: Path, activity: object, reason: str
) -> None:
    found = items(tmp_path, activity, create(number=2))
    assert [one.native_id[-1] for one in taken(found)] == ["2"]
    assert [item.reason for item in found if isinstance(item, Skipped)] == [reason]


def test_what_ends_too_soon_gives_what_it_has(tmp_path: Path) -> None:
    whole = outbox(create(number=1), create(number=2))
    found = read(Mastodon(), write(tmp_path / "outbox.json", whole[:-150]))
    assert len(taken(found)) == 1
    assert [item.reason for item in found if isinstance(item, Skipped)] == ["broken"]


@pytest.mark.parametrize("actor", ["", "[]", "null", '{"id": 5}', "{"])
def test_a_broken_actor_does_no_harm(tmp_path: Path, actor: str) -> None:
    files = archive(create()) | {"actor.json": actor}
    (document,) = read(Mastodon(), zipped(tmp_path / "a.zip", files))
    assert document.author == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("outbox.json", "[]"),
        ("outbox.json", '{"messages": []}'),
        ("likes.json", outbox()),
        ("outbox.json", ""),
        ("outbox.txt", outbox()),
    ],
)
def test_other_files_are_not_taken_for_it(tmp_path: Path, name: str, content: str) -> None:
    assert not Mastodon().sniff(Source(write(tmp_path / name, content)))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just(PUBLIC),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "object", "to", "cc", "content", "tag", "contentMap", "inReplyTo"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(JUNK, max_size=3), JUNK, st.integers(0, 300))
def test_nothing_of_any_shape_brings_it_down(
    tmp_path: Path, activities: list[Any], post: Any, cut: int
) -> None:
    made = (
        [{"type": "Create", "object": {"type": "Note", **post}}] if isinstance(post, dict) else []
    )
    files = archive(*activities, *made)
    files["outbox.json"] = files["outbox.json"][: len(files["outbox.json"]) - cut]
    for item in Mastodon().read(Source(zipped(tmp_path / "a.zip", files)), Identity()):
        assert not isinstance(item, Skipped) or "outbox" in item.where
