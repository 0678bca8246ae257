"""HTML mail: what its program marks as quoted or as a signature goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.mail.markup import mail_text


@pytest.mark.parametrize(
    "quoted",
    [
        '<blockquote type="cite">other</blockquote>',
        "<blockquote>other</blockquote>",
        '<div class="gmail_quote"><div>other</div></div>',
        '<div class="gmail_quote"><div class="gmail_attr">--------- Forwarded</div>'
        "other<blockquote>more</blockquote>other</div>",
        '<div class="moz-cite-prefix">other</div>',
        '<div class="x yahoo_quoted">other</div>',
        '<div class="protonmail_quote">other</div>',
    ],
)
def test_quotations_become_a_mark(quoted: str) -> None:
    text, signature = mail_text(f"<p>mine</p>{quoted}<p>too</p>")
    assert "other" not in text
    assert text.split() == ["mine", ">", "too"]
    assert signature == ""


@pytest.mark.parametrize("name", ["appendonsend", "divRplyFwdMsg"])
def test_all_below_outlooks_marks_goes(name: str) -> None:
    html = f'<body><div><p>mine</p><div id="{name}">x</div>tail<p>x</p></div><div>x</div>y</body>'
    assert mail_text(html)[0] == "mine"


@pytest.mark.parametrize("name", ["gmail_signature", "moz-signature", "Signature"])
def test_signatures_are_kept_apart(name: str) -> None:
    html = f'<p>mine</p><div class="{name}">-- <br>Maya<br>Harbourlight</div><p>more</p>'
    assert mail_text(html) == ("mine\n\nmore", "Maya\nHarbourlight")


def test_a_quoted_signature_is_not_the_writers() -> None:
    html = '<p>mine</p><blockquote>x<div class="gmail_signature">Tom</div></blockquote>'
    assert mail_text(html)[1] == ""


def test_what_is_only_indented_stays() -> None:
    html = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">mine</blockquote>'
    assert mail_text(html)[0] == "mine"


def test_scripts_styles_and_what_is_hidden_go() -> None:
    html = "<head><title>t</title><style>s</style></head><script>x</script><p>mine</p>"
    assert mail_text(html)[0] == "mine"


def test_deep_and_broken_html_is_read() -> None:
    assert "mine" in mail_text("<div>" * 50_000 + "mine")[0]
    assert mail_text("<p>mine</div></span><<b>")[0].startswith("mine")
    assert mail_text("") == ("", "")


@given(
    st.lists(
        st.sampled_from(
            [
                "<div class=gmail_quote>",
                "</div>",
                "<blockquote>",
                "x",
                "<p",
                "&#0;",
                "<div id=appendonsend>",
                "<html>",
                "<div id=Signature>",
                "</blockquote>",
                "\x00",
                "<!--",
            ]
        ),
        max_size=15,
    )
)
def test_any_html_is_read(pieces: list[str]) -> None:
    text, signature = mail_text("".join(pieces))
    assert isinstance(text, str)
    assert isinstance(signature, str)
