"""Archives of X: what is the person's, whole, and nothing of anybody else's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.x_archive import XArchive, own_text
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped

LONG = " ".join(f"Sentence number {n} of a long post." for n in range(40))
ACCOUNT = {"account": {"username": "mara", "accountId": "7", "email": "mara@example.org"}}


def tweet(text: str, number: str = "1", **more: object) -> dict[str, Any]:
    fields = {
        "id_str": number,
        "id": number,
        "created_at": "Sat Feb 18 12:33:11 +0000 2023",
        "full_text": text,
        "retweeted": False,
        "display_text_range": ["0", str(len(text))],
        "entities": {"urls": [], "user_mentions": []},
        **more,
    }
    return {"tweet": fields}


def script(name: str, rows: object) -> str:
    return f"window.YTD.{name}.part0 = {json.dumps(rows, indent=2)}"


def archive(tweets: list[dict[str, Any]], **more: str) -> dict[str, str]:
    return {
        "Your archive.html": "<html>",
        "data/account.js": script("account", [ACCOUNT]),
        "data/tweets.js": script("tweets", tweets),
        "data/like.js": script("like", [{"like": {"fullText": "somebody else's"}}]),
        **{f"data/{name}.js".replace("_", "-"): text for name, text in more.items()},
    }


@pytest.mark.parametrize("form", ["zip", "folder", "wrapped", "file"])
def test_a_tweet_from_every_form(tmp_path: Path, form: str) -> None:
    files = archive([tweet(PROSE, "99")])
    if form == "zip":
        path = zipped(tmp_path / "twitter.zip", files)
    elif form == "wrapped":
        path = zipped(
            tmp_path / "t.zip", {f"twitter-2024/{name}": text for name, text in files.items()}
        )
    elif form == "folder":
        path = laid(tmp_path / "twitter", files)
    else:
        path = laid(tmp_path / "twitter", files) / "data" / "tweets.js"
    (document,) = read(XArchive(), path)
    assert document.text == PROSE
    assert (document.source, document.native_id, document.kind) == ("x", "99", "post")
    assert document.created_at == "2023-02-18T12:33:11+00:00"
    assert document.author == ("" if form == "file" else "@mara")
    assert document.prompt == ""


@pytest.mark.parametrize("name", ["tweet.js", "tweets.js", "tweets-part1.js", "Tweets.JS"])
def test_older_and_sharded_names(tmp_path: Path, name: str) -> None:
    kind = "tweet" if name == "tweet.js" else "tweets"
    path = write(tmp_path / name, script(kind, [tweet(PROSE)]))
    assert len(taken(read(XArchive(), path))) == 1


def test_every_part_is_read(tmp_path: Path) -> None:
    files = archive([tweet(PROSE, "1")], tweets_part1=script("tweets", [tweet(PROSE + "2", "2")]))
    documents = taken(read(XArchive(), zipped(tmp_path / "t.zip", files)))
    assert sorted(document.native_id for document in documents) == ["1", "2"]


def test_a_tweet_without_its_wrapping_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "tweet.js", script("tweet", [tweet(PROSE)["tweet"]]))
    assert taken(read(XArchive(), path))[0].text == PROSE


def test_what_was_passed_on_is_others(tmp_path: Path) -> None:
    tweets = [
        tweet(f"RT @other: {PROSE}", "1", retweeted=False),
        tweet(PROSE, "2", retweeted_status={"id": "5"}),
        tweet(f"RT is not a boost here. {PROSE}", "3"),
    ]
    items = read(XArchive(), zipped(tmp_path / "t.zip", archive(tweets)))
    assert [document.native_id for document in taken(items)] == ["3"]
    assert [reason for reason, _ in passed_over(items)] == ["others", "others"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("@one @two I think so too, dear.", "I think so too, dear."),
        (".@one I think so too, dear.", "I think so too, dear."),
        ("Look https://t.co/abc123 what I found https://t.co/x", "Look what I found"),
        ("https://t.co/abc123", ""),
        ("Thanks to @one for it", "Thanks to @one for it"),
        ("a\nb https://t.co/x", "a\nb"),
        ("mail me at me@example.org", "mail me at me@example.org"),
    ],
)
def test_mentions_before_it_and_short_links_go(raw: str, text: str) -> None:
    assert own_text(raw) == text


def test_entities_are_what_they_stand_for(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", archive([tweet("Tea &amp; cake &lt;3 for the two of us")]))
    assert taken(read(XArchive(), path))[0].text == "Tea & cake <3 for the two of us"


def test_a_reply_is_a_comment_to_somebody_and_a_thread_is_not(tmp_path: Path) -> None:
    tweets = [
        tweet(f"@other {PROSE}", "1", in_reply_to_screen_name="other"),
        tweet(f"@Mara {PROSE}", "2", in_reply_to_screen_name="Mara"),
    ]
    reply, thread = taken(read(XArchive(), zipped(tmp_path / "t.zip", archive(tweets))))
    assert (reply.kind, reply.recipient, reply.text) == ("comment", "@other", PROSE)
    assert (thread.kind, thread.recipient, thread.text) == ("post", "", PROSE)


@pytest.mark.parametrize("shape", ["core", "noteTweetResults", "flat"])
def test_a_long_post_is_taken_once_and_whole(tmp_path: Path, shape: str) -> None:
    inner = {"text": f"@other {LONG} https://t.co/zzz"}
    note = {"noteTweetId": "500", "createdAt": "2023-03-01T10:00:00.000Z"}
    note |= inner if shape == "flat" else {shape: inner}
    other = {"noteTweetId": "501", "createdAt": "2023-03-02T10:00:00.000Z", "core": {"text": PROSE}}
    notes = script("note_tweet", [{"noteTweet": note}, {"noteTweet": other}])
    cut = f"@other {LONG[:250]}… https://t.co/short"
    files = archive([tweet(cut, "1"), tweet(LONG[:30], "2")], note_tweet=notes)
    documents = {
        one.native_id: one for one in taken(read(XArchive(), zipped(tmp_path / "t.zip", files)))
    }
    assert documents["1"].text == LONG
    assert documents["2"].text == LONG[:30].strip()
    assert documents["501"].text == PROSE
    assert documents["501"].created_at == "2023-03-02T10:00:00+00:00"
    assert set(documents) == {"1", "2", "501"}


def test_a_note_that_names_its_tweet_is_found(tmp_path: Path) -> None:
    note = {"noteTweet": {"noteTweetId": "5", "tweetId": "1", "noteTweetResults": {"text": LONG}}}
    files = archive([tweet(LONG[:60], "1")], note_tweet=script("note_tweet", [note, {}, 3]))
    items = read(XArchive(), zipped(tmp_path / "t.zip", files))
    assert [(one.native_id, one.text) for one in taken(items)] == [("1", LONG)]
    assert [reason for reason, _ in passed_over(items)] == ["broken", "broken"]


def test_direct_messages_are_left_out_and_said(tmp_path: Path) -> None:
    private = script("direct_messages", [{"dmConversation": {"messages": [{"text": PROSE}]}}])
    items = read(XArchive(), zipped(tmp_path / "t.zip", archive([], direct_messages=private)))
    assert passed_over(items) == [("others", "direct-messages.js")]
    assert [item.said for item in items if isinstance(item, Note)] == ["direct messages, left out"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"tweet": {"id_str": "1"}}, "broken"),
        ({"tweet": {"full_text": PROSE}}, "broken"),
        ({"tweet": {"full_text": None, "id_str": "1"}}, "broken"),
        ({"tweet": {"full_text": [PROSE], "id_str": "1"}}, "broken"),
        (tweet("hi"), "short"),
        (tweet("@other https://t.co/x"), "empty"),
        ({}, "broken"),
        ([], "broken"),
        (None, "broken"),
    ],
)
def test_odd_rows_are_counted_and_the_rest_is_read(tmp_path: Path, row: Any, reason: str) -> None:
    path = write(tmp_path / "tweets.js", script("tweets", [row, tweet(PROSE, "2")]))
    items = read(XArchive(), path)
    assert [one.native_id for one in taken(items)] == ["2"]
    assert [item.reason for item in items if isinstance(item, Skipped)] == [reason]


@pytest.mark.parametrize("moment", [None, "", "yesterday", 5, "Sat Feb 99 12:33:11 +0000 2023"])
def test_no_date_is_no_reason_to_leave_it_out(tmp_path: Path, moment: object) -> None:
    path = write(tmp_path / "tweets.js", script("tweets", [tweet(PROSE, created_at=moment)]))
    assert taken(read(XArchive(), path))[0].created_at == ""


def test_a_file_that_ends_too_soon_gives_what_it_has(tmp_path: Path) -> None:
    whole = script("tweets", [tweet(PROSE, "1"), tweet(PROSE, "2")])
    items = read(XArchive(), write(tmp_path / "tweets.js", whole[:-80]))
    assert [one.native_id for one in taken(items)] == ["1"]
    assert [item.reason for item in items if isinstance(item, Skipped)] == ["broken"]


def test_an_old_encoding_a_mark_and_nul_are_read(tmp_path: Path) -> None:
    raw = script("tweets", [tweet("CAFE \x00 and some more words")]).replace("\\u0000", "\x00")
    items = read(
        XArchive(), write(tmp_path / "tweets.js", raw.replace("CAFE", "café").encode("cp1252"))
    )
    assert taken(items)[0].text == "café  and some more words"
    assert any(isinstance(item, Note) for item in items)
    marked = b"\xef\xbb\xbf\r\n" + script("tweets", [tweet(PROSE)]).encode()
    assert taken(read(XArchive(), write(tmp_path / "tweet.js", marked)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tweets.js", "var tweets = [];"),
        ("tweets.js", script("like", [])),
        ("like.js", script("like", [])),
        ("notes.js", script("tweets", [])),
        ("tweets.js", ""),
    ],
)
def test_other_scripts_are_not_taken_for_it(tmp_path: Path, name: str, content: str) -> None:
    assert not XArchive().sniff(Source(write(tmp_path / name, content)))


def test_an_archive_far_below_other_things_is_not_the_whole(tmp_path: Path) -> None:
    laid(tmp_path / "mine" / "exports" / "x", archive([tweet(PROSE)]))
    write(tmp_path / "mine" / "diary.md")
    assert not XArchive().sniff(Source(tmp_path / "mine"))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["tweet", "full_text", "id_str", "noteTweet", "core", "text", "noteTweetId"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(JUNK, max_size=3), st.lists(JUNK, max_size=2), st.integers(0, 400))
def test_nothing_of_any_shape_brings_it_down(
    tmp_path: Path, tweets: list[Any], notes: list[Any], cut: int
) -> None:
    files = archive(tweets, note_tweet=script("note_tweet", notes))
    files["data/tweets.js"] = files["data/tweets.js"][: 40 + cut]
    for item in XArchive().read(Source(zipped(tmp_path / "t.zip", files)), Identity()):
        assert not isinstance(item, Skipped) or "tweet" in item.where
