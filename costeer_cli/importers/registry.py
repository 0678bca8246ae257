"""Which importer reads a path: a sure one, or none."""

from __future__ import annotations

from functools import cache

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.chatgpt import ChatGPT
from costeer_cli.importers.chats.claude import Claude
from costeer_cli.importers.chats.discord import Discord
from costeer_cli.importers.chats.slack import Slack
from costeer_cli.importers.chats.telegram import Telegram
from costeer_cli.importers.chats.whatsapp import WhatsApp
from costeer_cli.importers.cogenesis import CoGenesis
from costeer_cli.importers.csv_table import Csv
from costeer_cli.importers.documents.docx import Docx
from costeer_cli.importers.documents.obsidian import Obsidian
from costeer_cli.importers.exported import Exported
from costeer_cli.importers.git_log import GitLog
from costeer_cli.importers.jsonl import Jsonl
from costeer_cli.importers.lamp import Lamp, LongLamp
from costeer_cli.importers.mail.eml import Eml
from costeer_cli.importers.mail.maildir import Maildir
from costeer_cli.importers.mail.mbox import Mbox
from costeer_cli.importers.markdown import Markdown
from costeer_cli.importers.protocol import Importer
from costeer_cli.importers.source import Source
from costeer_cli.importers.text import Text
from costeer_cli.importers.web.feed import Feed
from costeer_cli.importers.web.html_page import HtmlPage
from costeer_cli.importers.web.mastodon import Mastodon
from costeer_cli.importers.web.reddit import Reddit
from costeer_cli.importers.web.wordpress import WordPress
from costeer_cli.importers.web.x_archive import XArchive

GROUP = "costeer.importers"


@cache
def importers() -> tuple[Importer, ...]:
    """Every importer, the particular before the general; third parties' before plain files.

    Raises:
        BadInputError: an installed third-party importer cannot be loaded.
    """
    exports = (ChatGPT(), Claude(), Discord(), Slack(), Telegram(), WhatsApp())
    archives = (Mastodon(), Reddit(), XArchive(), Feed(), WordPress())
    folders = (GitLog(), Maildir())
    research = (CoGenesis(), Lamp(), LongLamp())
    known = (
        Obsidian(),
        *exports,
        *archives,
        *folders,
        *research,
        Mbox(),
        Eml(),
        Docx(),
        Jsonl(),
        Csv(),
        Exported(),
    )
    return (*known, *_third_party(), HtmlPage(), Markdown(), Text())


def sniff(source: Source) -> Importer | None:
    """The importer that is sure of `source`, or None."""
    return next((one for one in importers() if one.sniff(source)), None)


def _third_party() -> list[Importer]:
    from importlib.metadata import entry_points  # noqa: PLC0415  (16 ms that --help spares)

    found: list[Importer] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found.append(point.load()())
        except Exception as error:
            raise BadInputError(
                f"The importer {point.name!r} cannot be loaded ({type(error).__name__}).",
                hint="Update or uninstall the package that brings it.",
            ) from error
    return found
