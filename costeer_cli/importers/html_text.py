"""HTML to the text a reader sees: paragraphs, lines and lists kept, everything else gone."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from costeer_cli.store.document import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


# What stands for an edge in the stream of text, until it is known what the edges come to.
_LINE, _PARAGRAPH, _BULLET, _BREAK = "\x01", "\x02", "\x03", "\n"
_APART = _tags("blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul")
_BLOCKS = _APART | _tags(
    "address article aside body caption center dd details dialog div dt fieldset figcaption footer "
    "form header legend li main nav section summary tbody tfoot thead tr"
)
_UNSEEN = _tags(
    "applet audio button canvas datalist embed head iframe input map math noembed noframes "
    "noscript object option rp script select style svg template textarea title video"
)
_LISTS = frozenset({"ol", "ul"})
_INSIDE_A_LIST = _LISTS | {"li"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EMPTY_BULLETS = re.compile("\x03[\x01\x02\x03 \n]*")
_EDGES = re.compile("[\x01\x02\n][\x01\x02 \n]*")
_NOT_DISPLAYED = (
    "//*[@hidden or contains(translate(@style, 'DISPLAYNOE ', 'displaynoe'), 'display:none')]"
)
_CLOSING = {
    **dict.fromkeys(_BLOCKS, _LINE),
    **dict.fromkeys(_APART, _PARAGRAPH),
    **dict.fromkeys(("td", "th"), " "),
}
_OPENING = {**_CLOSING, "br": _BREAK, "li": _LINE + _BULLET}
_ENDLESS_TAG = re.compile("<[^<>]{30000,}>")
_PROGRAMS = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)


def html_text(html: str, without: Sequence[str] = ()) -> str:
    """The text of an HTML document or of a part of one, tidied.

    A link is its text, an item of a list a line with `- ` before it, a row of a table a line;
    pictures are left out but for emoji. Scripts, styles, forms' fields and what is not displayed
    are left out. Nothing is ever fetched. Any string is fine, however broken or deeply nested.

    Args:
        html: unicode text; what it says of its own encoding does not matter.
        without: XPath expressions for more to leave out, like `//blockquote` or
            `//div[@id="appendonsend"]/following-sibling::node()`; elements or their text.
    """
    root = html_tree(html)
    if root is None:
        return _bare(html)
    for path in without:
        leave_out(root, path)
    return tree_text(root)


def html_tree(html: str) -> _Element | None:
    """`html` as a tree with `<html>` on top; None where it is empty or nested beyond reason."""
    from lxml import etree  # noqa: PLC0415

    parser = etree.HTMLParser(
        encoding="utf-8",  # else a <meta> would decide
        huge_tree=True,  # 2,048 levels instead of 256, which replies to replies do reach
        remove_comments=True,
        remove_pis=True,
        no_network=True,
    )
    # A picture inside its tag is no text, and a hundred thousand attributes are a trap.
    raw = _CONTROL.sub("", _ENDLESS_TAG.sub(" ", html)).encode("utf-8", "replace")
    try:
        root: _Element | None = etree.fromstring(raw, parser)
    except (etree.LxmlError, ValueError):
        return None
    too_deep = any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)
    return None if too_deep else root


def leave_out(root: _Element, path: str) -> None:
    """Take the nodes that the XPath expression `path` finds out of the tree; what follows stays."""
    found = root.xpath(path)
    # Text first: taking an element out gives the text after it to another.
    for one in sorted(found, key=lambda one: not isinstance(one, str)):
        _leave_out_text(one) if isinstance(one, str) else _leave_out_element(one)


def tree_text(root: _Element) -> str:
    """The text of a tree, as `html_text` gives it; takes out of the tree what is not seen."""
    from lxml import etree  # noqa: PLC0415

    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    leave_out(root, _NOT_DISPLAYED)
    text = "".join(_pieces(root))
    while "  " in text:
        text = text.replace("  ", " ")
    for edge in (_LINE, _PARAGRAPH, _BREAK):
        text = text.replace(f" {edge}", edge)
    text = _EMPTY_BULLETS.sub("\x01- ", text)
    return tidy(_EDGES.sub(lambda run: _edge(run[0]), text))


def _leave_out_element(element: _Element) -> None:
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is None:
        parent.text = f"{parent.text or ''} {element.tail}"
    elif element.tail:
        before.tail = f"{before.tail or ''} {element.tail}"
    parent.remove(element)


def _leave_out_text(found: Any) -> None:
    holder = found.getparent()
    if holder is None:
        return
    if found.is_tail:
        holder.tail = None
    else:
        holder.text = None


def _pieces(root: _Element) -> Iterator[str]:
    from lxml import etree  # noqa: PLC0415

    verbatim = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):  # an entity or a comment
            continue
        if event == "start":
            yield _emoji(element) if tag == "img" else _edge_of(_OPENING, element)
            verbatim += tag == "pre"
            said = element.text
        else:
            verbatim -= tag == "pre"
            yield _edge_of(_CLOSING, element)
            said = element.tail
        if said:
            yield _said(said, verbatim)


def _edge_of(edges: dict[str, str], element: _Element) -> str:
    if element.tag in _LISTS and (parent := element.getparent()) is not None:
        return _LINE if parent.tag in _INSIDE_A_LIST else _PARAGRAPH
    return edges.get(element.tag, "")


def _emoji(element: _Element) -> str:
    alt = element.get("alt") or ""
    return alt if len(alt) <= 8 and not alt.isascii() and not any(map(str.isalpha, alt)) else ""


def _said(text: str, verbatim: int) -> str:
    if verbatim:
        return _BREAK.join(_said(line, 0) for line in text.split("\n"))
    # Several times as fast as a regular expression.
    before, after = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * before}{' '.join(text.split())}{' ' * after}"


def _edge(run: str) -> str:
    """One or two line ends, as a browser would show the run of edges."""
    run = run.replace(" ", "")
    if _PARAGRAPH in run:
        return "\n\n"
    # A <br> at the end of a block only ends its last line; one in a block of its own is a gap.
    return "\n" * min(2, max(1, run.count(_BREAK) + (run[0] == _LINE)))


def _bare(html: str) -> str:
    """The text of what cannot be made a tree of."""
    text = re.sub(r"<[^<>]*>", " ", _PROGRAMS.sub(" ", _CONTROL.sub("", html)))
    return tidy(re.sub(r"[ \t]+", " ", entities.unescape(text)))
