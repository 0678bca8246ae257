"""Who wrote what of a commit message."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.commit_message import own_words
from costeer_cli.store.document import tidy

OWN = "Keep the mare dry\n\nIt rained in, and she minds that more than she shows."


@pytest.mark.parametrize(
    "below",
    [
        "",
        "\n",
        "\n\nSigned-off-by: Mara <mara@example.org>",
        "\n\nFixes: #12\nReviewed-by: Jo Roe <jo@example.org>\n Tested-by: x\n",
        "\n\nCloses #3, #4",
        "\n\nRefs ABC-12",
        "\n\nChange-Id: I3f0a\n\nCo-authored-by: Jo <jo@users.noreply.example.com>",
        '\n\nFixes: 1234567890ab ("Let the rain in")\nCc: Jo <jo@example.org>',
        "\n\n(cherry picked from commit 0123456789abcdef0123456789abcdef01234567)",
        "\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.",
        "\n\nSee merge request stable/horses!7",
        "\n\n- [x] I have read the rules\n- [ ] Tests pass",
        "\n\n# ------------------------ >8 ------------------------\n# Do not touch\ndiff --git",
        "\n\n# Please enter the commit message for your changes.\n# On branch main",
        "\n\nSquashed commit of the following:\n\ncommit 01234567\nAuthor: Jo\n\n    Theirs",
        "\n\n# This is a combination of 2 commits.\n# This is the 1st commit message:\n",
        "\r\n\r\nSigned-off-by: Mara <mara@example.org>\r\n",
    ],
)
def test_what_stands_below_is_left_out(below: str) -> None:
    assert own_words(OWN + below) == OWN


@pytest.mark.parametrize(
    "message",
    [
        OWN,
        "fix(stable): keep the mare dry",
        "Merge the two stables into one",
        "Update the feeding plan for winter",
        "Revert to the old feed, since the mare prefers it",
        "Bump the number of horses",
        "Keep her dry\n\nNote: she minds it.\n\nFixes the roof, which let the rain in 3 places.",
        "Keep her dry\n\n* the roof\n* the door",
        "Keep her dry\n\nSee 12 horses for what else this does.",
        "Add rain.py\n\nIt tells when it rains.",
    ],
)
def test_what_was_written_is_kept(message: str) -> None:
    assert own_words(message) == message


def test_what_a_service_made_of_a_squash() -> None:
    message = (
        "Keep the mare dry (#12)\n\n* Mend the roof\n\nIt let the rain in.\n\n* Mend the door\n\n"
        "---------\n\nCo-authored-by: Jo <jo@example.org>"
    )
    assert own_words(message) == "Keep the mare dry\n\nIt let the rain in."


@pytest.mark.parametrize(
    "message",
    [
        "Merge branch 'rain' into main\n\nWith a few words.",
        "Merge pull request #12 from mara/rain\n\nKeep the mare dry",
        "Merge remote-tracking branch 'origin/main'",
        "Merged in rain (pull request #12)",
        'Revert "Keep the mare dry"\n\nThis reverts commit 0123456.',
        "fixup! Keep the mare dry",
        "squash! Keep the mare dry\n\nMore.",
        "vault backup: 2024-05-01 10:00:00",
        "Auto-commit of all the notes",
        "Bump horses from 1.0 to 2.0",
        "Initial commit",
        "Update README.md",
        "Create stable.py (#3)",
        "Add files via upload",
        "v1.2.3",
        "Release 2.0",
        f"{OWN}\n\nGenerated with a helper",
        f"{OWN}\n\nCo-Authored-By: Helper <noreply@helper.example>",
    ],
)
def test_what_nobody_wrote(message: str) -> None:
    assert own_words(message) is None


@pytest.mark.parametrize("message", ["", "\n\n", "Signed-off-by: Mara <mara@example.org>"])
def test_nothing_is_nothing(message: str) -> None:
    assert own_words(message) == ""


PARTS = [
    "* ",
    "a-",
    "-by: ",
    "<a@b>",
    "Fixes: ",
    "#1",
    "\n",
    "\n\n",
    "<",
    "@",
    "generated with ",
    " ",
]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=5)).map("".join))
def test_no_message_is_an_error_and_nothing_is_added(message: str) -> None:
    kept = own_words(message)
    assert kept is None or set(kept) <= set(tidy(message)) | {"\n"}


@pytest.mark.parametrize("part", [*PARTS, "a-by: <a@b", "\n\nFixes: #1", "\n\n* x"])
def test_no_message_takes_long(part: str) -> None:
    begun = time.process_time()
    own_words("subject\n" + part * (64 * 1024 // len(part)))
    own_words("a-by: " + part * (64 * 1024 // len(part)))
    assert time.process_time() - begun < 2
