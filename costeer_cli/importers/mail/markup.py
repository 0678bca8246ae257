"""The text of an HTML mail, without what its program marks as quoted or as a signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from costeer_cli.importers.html_text import html_text, html_tree, tree_text

if TYPE_CHECKING:
    from lxml.etree import _Element

# Names that mail programs give, as id or class, in lower case.
_QUOTES = frozenset(
    (
        "gmail_attr",
        "gmail_signature_prefix",
        "moz-cite-prefix",
        "moz-forward-container",
        "moz-email-headers-table",
        "yahoo_quoted",
        "reply-intro",
        "protonmail_quote",
        "tutanota_quote",
        "mail-editor-reference-message-container",
    )
)
_SIGNATURES = frozenset(
    (
        "gmail_signature",
        "moz-signature",
        "protonmail_signature_block",
        "signature",
        "ms-outlook-mobile-signature",
        "ms-outlook-ios-signature",
        "outlooksignature",
        "applemailsignature",
    )
)
_BELOW = frozenset(("divrplyfwdmsg", "appendonsend"))  # all that follows is quoted
_INDENTED = re.compile(r"border(?:-left)?:\s*(?:none|0)", re.IGNORECASE)


def mail_text(html: str) -> tuple[str, str]:
    """A mail's HTML as text, and its signature where the program marked one.

    A quotation becomes a line `>`, as in a plain mail. Any string is fine, however broken.
    """
    root = html_tree(html)
    if root is None:
        return html_text(html), ""
    for element in list(root.iter("*")):
        marks = _marks(element)
        if marks & _BELOW:
            _leave_out_rest(element)
        elif _is_quote(element, marks):
            _replace(element, "> ")
    signatures = [element for element in root.iter("*") if _marks(element) & _SIGNATURES]
    said = []
    for element in signatures:
        if text := tree_text(element).strip("- \n"):
            said.append(text)
        _replace(element, "")
    return tree_text(root), "\n".join(said)


def _marks(element: _Element) -> set[str]:
    return set(f"{element.get('id') or ''} {element.get('class') or ''}".lower().split())


def _is_quote(element: _Element, marks: set[str]) -> bool:
    if element.tag == "blockquote":  # some editors indent with it
        return element.get("type") == "cite" or not _INDENTED.search(element.get("style") or "")
    if "gmail_quote" in marks:  # answers between the quotations stand in it too
        begins = "".join(element.itertext("*")).lstrip()[:20]
        return begins.startswith("-----") or element.find(".//blockquote") is None
    return bool(marks & _QUOTES)


def _replace(element: _Element, text: str) -> None:
    """Put a line of `text` in the place of `element`; what follows it stays."""
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "p", text, tail


def _leave_out_rest(element: _Element) -> None:
    """Leave out `element` and everything below it in the mail."""
    _replace(element, "")
    above: _Element | None = element
    while above is not None and (parent := above.getparent()) is not None:
        for later in list(above.itersiblings()):
            parent.remove(later)
        above.tail = None
        above = parent
