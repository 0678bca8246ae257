"""Reddit's tables: the person's comments and posts, and never an address of a computer."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.reddit import Reddit, own_text
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped

COMMENTS = [
    "id",
    "permalink",
    "date",
    "ip",
    "subreddit",
    "gildings",
    "link",
    "parent",
    "body",
    "media",
]
POSTS = ["id", "permalink", "date", "ip", "subreddit", "gildings", "title", "url", "body"]
IP = "203.0.113.77"


def table(columns: list[str], *rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def comment(body: str = PROSE, number: str = "abc1", **more: str) -> dict[str, str]:
    return {
        "id": number,
        "permalink": f"https://www.reddit.com/r/horses/comments/x/y/{number}/",
        "date": "2023-01-15 12:34:56 UTC",
        "ip": IP,
        "subreddit": "horses",
        "link": "https://www.reddit.com/r/horses/comments/x/y/",
        "body": body,
        **more,
    }


def post(body: str = PROSE, number: str = "p1", **more: str) -> dict[str, str]:
    row = comment(body, number, title="On rain", url="/r/horses/comments/p1/on_rain/", **more)
    return {key: value for key, value in row.items() if key in POSTS}


def export(comments: str = "", posts: str = "") -> dict[str, str]:
    return {
        "comments.csv": comments or table(COMMENTS, comment()),
        "posts.csv": posts or table(POSTS, post()),
        "account_gender.csv": "account_gender\n\n",
        "comment_votes.csv": "id,permalink,direction\nx,y,up\n",
    }


def comments(tmp_path: Path, *bodies: str) -> list[Item]:
    rows = [comment(body, f"c{number}") for number, body in enumerate(bodies)]
    return read(Reddit(), write(tmp_path / "comments.csv", table(COMMENTS, *rows)))


@pytest.mark.parametrize("form", ["zip", "folder", "wrapped"])
def test_comments_and_posts_from_every_form(tmp_path: Path, form: str) -> None:
    files = export()
    if form in ("zip", "wrapped"):
        prefix = "export_mara_2024/" if form == "wrapped" else ""
        path = zipped(tmp_path / "r.zip", {prefix + name: text for name, text in files.items()})
    else:
        path = laid(tmp_path / "r", files)
    one, two = read(Reddit(), path)
    assert (one.text, one.kind, one.native_id, one.title) == (PROSE, "comment", "t1_abc1", "")
    assert (two.text, two.kind, two.native_id, two.title) == (PROSE, "post", "t3_p1", "On rain")
    assert one.recipient == two.recipient == "r/horses"
    assert one.created_at == "2023-01-15T12:34:56+00:00"
    assert one.source == "reddit"


def test_the_address_of_the_computer_is_never_kept(tmp_path: Path) -> None:
    for document in taken(read(Reddit(), zipped(tmp_path / "r.zip", export()))):
        assert IP not in repr(astuple(document))


@pytest.mark.parametrize("name", ["comments.csv", "posts.csv", "Comments.CSV"])
def test_one_table_alone(tmp_path: Path, name: str) -> None:
    content = export()["posts.csv" if "posts" in name else "comments.csv"]
    assert len(taken(read(Reddit(), write(tmp_path / name, content)))) == 1


def test_more_columns_in_another_order(tmp_path: Path) -> None:
    columns = ["body", "gildings_silver", "gildings_supergold", *COMMENTS[:-2]]
    path = write(tmp_path / "comments.csv", "\ufeff" + table(columns, comment()))
    assert taken(read(Reddit(), path))[0].text == PROSE


@pytest.mark.parametrize("body", ["[deleted]", "[removed]", "", "  \n "])
def test_what_is_gone_is_empty(tmp_path: Path, body: str) -> None:
    items = comments(tmp_path, body, PROSE)
    assert len(taken(items)) == 1
    assert passed_over(items) == [("empty", "comments.csv row 1")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("> theirs\n\nmine", "mine"),
        ("&gt; theirs\n\nmine &amp; mine", "mine & mine"),
        ("mine\n\n> theirs\n>> and theirs\n\nmine too", "mine\n\nmine too"),
        ("mine\n```\ncode\n```\nmine too", "mine\nmine too"),
        ("# Loud\n\nmine", "Loud\n\nmine"),
        ("a > b", "a > b"),
        ("> theirs", ""),
    ],
)
def test_quotations_and_code_go(body: str, text: str) -> None:
    assert own_text(body) == text


def test_a_comment_may_have_several_lines_commas_and_quotes(tmp_path: Path) -> None:
    body = 'Well, "yes", I said,\nand then\n\nI left, ' + PROSE
    assert taken(comments(tmp_path, body))[0].text == body


def test_a_post_without_text_is_its_title_but_not_that_of_a_link(tmp_path: Path) -> None:
    title = "Does anybody else's mare like to stand in the rain?"
    rows = [
        post("", "p1") | {"title": title},
        post("", "p2") | {"title": title, "url": "https://news.example/story"},
        post("", "p3") | {"title": title, "url": "https://www.reddit.com/r/horses/comments/p3/"},
    ]
    items = read(Reddit(), write(tmp_path / "posts.csv", table(POSTS, *rows)))
    assert [(one.native_id, one.text) for one in taken(items)] == [
        ("t3_p1", title),
        ("t3_p3", title),
    ]
    assert passed_over(items) == [("empty", "posts.csv row 2")]


def test_private_messages_are_left_out_and_said(tmp_path: Path) -> None:
    files = export() | {"messages.csv": "id,body\n1,x\n", "chat_history.csv": "id,message\n1,x\n"}
    items = read(Reddit(), zipped(tmp_path / "r.zip", files))
    assert [reason for reason, _ in passed_over(items)] == ["others", "others"]
    assert sum(isinstance(item, Note) for item in items) == 2


def test_the_comments_of_another_service_are_not_reddits(tmp_path: Path) -> None:
    youtube = "Comment ID,Channel ID,Comment Create Timestamp,Price,Video ID,Comment Text\n"
    assert not Reddit().sniff(Source(write(tmp_path / "comments.csv", youtube)))
    files = {"comments.csv": youtube, "posts.csv": table(POSTS, post())}
    items = read(Reddit(), zipped(tmp_path / "r.zip", files))
    assert len(taken(items)) == 1
    assert passed_over(items) == [("unknown", "r.zip: comments.csv")]


@pytest.mark.parametrize("date", ["", "yesterday", "2023-99-15 12:34:56 UTC"])
def test_no_date_is_no_reason_to_leave_it_out(tmp_path: Path, date: str) -> None:
    path = write(tmp_path / "comments.csv", table(COMMENTS, comment(date=date)))
    assert taken(read(Reddit(), path))[0].created_at == ""


def test_rows_that_are_cut_or_too_long_are_counted(tmp_path: Path) -> None:
    content = table(COMMENTS, comment()) + "\r\n" + ",,,\r\n" + "x," * 40 + "\r\n"
    items = read(Reddit(), write(tmp_path / "comments.csv", content))
    assert len(taken(items)) == 1
    assert {reason for reason, _ in passed_over(items)} <= {"broken", "empty", "short"}
    assert len(passed_over(items)) == 2


def test_an_unclosed_quote_is_named_and_what_came_before_is_kept(tmp_path: Path) -> None:
    content = table(COMMENTS, comment()) + 'x,p,d,i,s,g,l,p,"' + "never closed\n" * 1_500_000
    items = read(Reddit(), write(tmp_path / "comments.csv", content))
    assert len(taken(items)) == 1
    assert passed_over(items) == [("broken", "comments.csv row 2")]


def test_an_old_encoding_and_nul_are_read(tmp_path: Path) -> None:
    content = table(COMMENTS, comment("a café and some\x00 more words")).encode("cp1252")
    items = read(Reddit(), write(tmp_path / "comments.csv", content))
    assert taken(items)[0].text == "a café and some more words"
    assert [item for item in items if isinstance(item, Note)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, 500))
def test_nothing_of_any_shape_brings_it_down(tmp_path: Path, junk: bytes, at: int) -> None:
    raw = table(COMMENTS, comment(), comment("> x\n" + PROSE)).encode()
    at = max(at, len(table(COMMENTS)))
    path = write(tmp_path / "comments.csv", raw[:at] + junk + raw[at:])
    for item in Reddit().read(Source(path), Identity()):
        assert not isinstance(item, Skipped) or "comments.csv" in item.where
