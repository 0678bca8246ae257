"""Documents as nobody would think them up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from costeer_cli.store.document import Document, utc


def words(most: int | None = None) -> st.SearchStrategy[str]:
    """Any characters at all, lone surrogates included."""
    return st.text(st.characters(), max_size=most)


def moments(latest: datetime = datetime.max) -> st.SearchStrategy[str]:
    """When a document was written; '' where that is not known."""
    return st.just("") | st.datetimes(max_value=latest).map(lambda moment: utc(moment) or "")


def any_documents(said: st.SearchStrategy[str], **fields: Any) -> st.SearchStrategy[Document]:
    """Documents of which anything may be said.

    Args:
        said: what stands in their fields, and after the text's first letter.
        fields: strategies for those that are to be otherwise.
    """
    usual = {
        "text": said.map(lambda text: f"x{text}"),
        "native_id": said,
        "title": said,
        "kind": said,
        "prompt": said,
        "author": said,
        "recipient": said,
        "signature": said,
        "created_at": moments(),
        "tags": st.lists(said, max_size=3).map(tuple),
    }
    return st.builds(Document, **(usual | fields))
