"""A small export of each format, from which broken ones are made; every text in it is a secret."""

from __future__ import annotations

import io
import json
import zipfile

SECRET = "zyxwvutsrq"
TEXT = f"{SECRET} is a word of more than twenty characters."
_DAY = "2024-05-01T10:00:00Z"


def _mail(more: str = "") -> bytes:
    return (
        "From: Mara <mara@example.org>\nTo: Jo <jo@example.org>\nMessage-ID: <1@example.org>\n"
        f"Date: Wed, 1 May 2024 10:00:00 +0200\nSubject: =?utf-8?q?{SECRET}?=\n{more}"
        f"MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\n"
        f"Content-Type: text/plain; charset=utf-8\n\nDear Jo,\n\n{TEXT}\n\nYours,\n"
        "Mara\n-- \nMara\n"
        f"\nOn Tue, Apr 30, 2024 Jo wrote:\n> {TEXT}\n--b\n"
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        f"<p>{TEXT}</p><blockquote>=C3=BC</blockquote>\n--b--\n"
    ).encode()


def _rss(more: str) -> bytes:
    spaces = "".join(
        f' xmlns:{name}="{address}"'
        for name, address in {
            "wp": "http://wordpress.org/export/1.2/",
            "dc": "http://purl.org/dc/elements/1.1/",
            "content": "http://purl.org/rss/1.0/modules/content/",
            "excerpt": "http://wordpress.org/export/1.2/excerpt/",
        }.items()
        if "wordpress" not in address or "wp:" in more
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"{spaces}><channel><title>{SECRET}</title>{more}'
        f"<item><title>{SECRET}</title><dc:creator>Mara</dc:creator><guid>1</guid>"
        f"<content:encoded><![CDATA[<p>{TEXT}</p>]]></content:encoded></item></channel></rss>"
    ).encode()


def _docx() -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats'
            '.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p>'
            "</w:body></w:document>",
        )
    return made.getvalue()


_VALUES: dict[str, dict[str, object]] = {
    "chatgpt": {
        "conversations.json": [
            {
                "title": SECRET,
                "create_time": 1714560000.0,
                "current_node": "b",
                "conversation_id": "c",
                "mapping": {
                    "a": {"id": "a", "message": None, "parent": None, "children": ["b"]},
                    "b": {
                        "id": "b",
                        "parent": "a",
                        "children": [],
                        "message": {
                            "id": "m",
                            "author": {"role": "user", "name": None, "metadata": {}},
                            "create_time": 1714564800.25,
                            "content": {"content_type": "text", "parts": [TEXT, {"text": TEXT}]},
                            "recipient": "all",
                            "metadata": {},
                        },
                    },
                },
            }
        ]
    },
    "claude": {
        "conversations.json": [
            {
                "uuid": "c1",
                "name": SECRET,
                "created_at": _DAY,
                "updated_at": _DAY,
                "account": {"uuid": "a1"},
                "chat_messages": [
                    {
                        "uuid": "m1",
                        "text": TEXT,
                        "content": [{"type": "text", "text": TEXT}],
                        "sender": "human",
                        "created_at": _DAY,
                        "attachments": [{"extracted_content": TEXT}],
                    }
                ],
            }
        ]
    },
    "telegram": {
        "result.json": {
            "name": "Jo",
            "type": "personal_chat",
            "id": 99,
            "messages": [
                {
                    "id": number,
                    "type": "message",
                    "date": "2024-05-01T14:00:00",
                    "date_unixtime": str(1714564800 + number),
                    "from": "Mara",
                    "from_id": "user11",
                    "text": [TEXT, {"type": "link", "text": TEXT}],
                }
                for number in range(2)
            ],
        }
    },
    "slack": {
        "users.json": [{"id": "U1", "name": "mara", "profile": {"email": "mara@example.org"}}],
        "channels.json": [{"id": "C1", "name": "general"}],
        "general/2024-05-01.json": [
            {"type": "message", "user": "U1", "text": TEXT, "ts": f"171456480{number}.000100"}
            for number in range(2)
        ],
    },
    "discord": {
        "Messages/index.json": {"1": "general in Stable"},
        "Messages/c1/channel.json": {"id": "1", "type": 0, "name": "general"},
        "Messages/c1/messages.json": [
            {"ID": 1, "Timestamp": "2024-05-01 10:00:00", "Contents": TEXT, "Attachments": ""}
        ],
    },
    "mastodon": {
        "actor.json": {"id": "https://x.example/users/mara", "name": "Mara"},
        "outbox.json": {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": "outbox.json",
            "type": "OrderedCollection",
            "totalItems": 1,
            "orderedItems": [
                {
                    "type": "Create",
                    "actor": "https://x.example/users/mara",
                    "to": ["https://www.w3.org/ns/activitystreams#Public"],
                    "object": {
                        "id": "https://x.example/users/mara/statuses/1",
                        "type": "Note",
                        "attributedTo": "https://x.example/users/mara",
                        "published": _DAY,
                        "to": ["https://www.w3.org/ns/activitystreams#Public"],
                        "content": f"<p>{TEXT}</p>",
                    },
                }
            ],
        },
    },
    "cogenesis": {
        "dev.json": [
            {
                "tid": "3_7_4",
                "conversations": [{"from": "user", "value": TEXT}],
                "profile": [{"title": TEXT, "text": TEXT, "id": "0"}],
                "additional_profile": f"Name: Mara\nPrivacy_info: {TEXT}; {TEXT}",
            }
        ]
    },
    "lamp": {"questions.json": [{"id": "1", "input": TEXT, "profile": [{"text": TEXT, "id": 2}]}]},
    "longlamp": {
        "val.json": [
            {"name": "Mara", "input": TEXT, "output": TEXT, "profile": [{"abstract": TEXT}]}
        ]
    },
    "jsonl": {
        "a.jsonl": {"id": 1, "text": TEXT, "created_at": _DAY, "author": "Mara", "tags": ["a"]}
    },
}

SEEDS: dict[str, dict[str, bytes]] = {
    name: {path: json.dumps(value).encode() for path, value in files.items()}
    for name, files in _VALUES.items()
} | {
    "text": {"2024-05-01 a.txt": TEXT.encode()},
    "markdown": {"a.md": f"---\ntitle: {SECRET}\ntags: [a]\n---\n# {SECRET}\n{TEXT}\n".encode()},
    "csv": {"a.csv": f'id,text,author\n1,"{TEXT}",Mara\n2,{TEXT},Mara\n'.encode()},
    "git": {".git/HEAD": b"ref: refs/heads/main\n", ".git/objects/x": b"", ".git/refs/x": b""},
    "whatsapp": {
        "WhatsApp Chat with Jo.txt": (
            f"24/12/2021, 18:30 - Mara: {TEXT}\n24/12/2021, 18:31 - Mara: {TEXT}\nand more\n"
            f"24/12/2021, 18:32 - Jo: {TEXT}\n"
        ).encode()
    },
    "x": {
        "data/account.js": b'window.YTD.account.part0 = [{"account": {"username": "mara"}}]',
        "data/tweets.js": b"window.YTD.tweets.part0 = "
        + json.dumps(
            [
                {
                    "tweet": {
                        "id_str": "1",
                        "created_at": "Sat Feb 18 12:33:11 +0000 2023",
                        "full_text": TEXT,
                        "display_text_range": ["0", "40"],
                        "entities": {"urls": [], "user_mentions": []},
                    }
                }
            ]
        ).encode(),
    },
    "reddit": {
        "comments.csv": (
            "id,permalink,date,ip,subreddit,gildings,link,parent,body,media\n"
            f"c1,https://x.example,2023-01-15 12:34:56 UTC,203.0.113.7,horses,0,l,p,{TEXT},\n"
        ).encode()
    },
    "docx": {"a.docx": _docx()},
    "html": {"a.html": f"<html><title>{SECRET}</title><body><p>{TEXT}</p></body></html>".encode()},
    "obsidian": {".obsidian/app.json": b"{}", "a.md": f"{TEXT} [[b]] %%no%%\n".encode()},
    "feed": {"feed.xml": _rss("<link>https://example.org</link>")},
    "wordpress": {
        "blog.xml": _rss(
            "<wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_login>Mara</wp:author_login>"
            "</wp:author>"
        )
    },
    "eml": {"a.eml": _mail()},
    "mbox": {"a.mbox": b"From mara@example.org Wed May  1 10:00:00 2024\n" + _mail() + b"\n"},
    "maildir": {"cur/1:2,S": _mail(), "new/2": _mail("In-Reply-To: <0@example.org>\n")},
}
