"""The hand-labelled mails: each with exactly the words that its writer wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

FOLDER = Path(__file__).parent / "labelled"
_UNSPACED = r"[\u3040-\u30ff\u4e00-\u9fff]"  # a character is a word where no spaces part them
_WORD = re.compile(rf"{_UNSPACED}|\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A raw mail, and its writer's own words from greeting to sign-off."""

    name: str
    mail: bytes
    own: str


def labelled(folder: Path) -> Iterator[Labelled]:
    """The mails in the files of a folder, which part them by lines that begin with `%%%%`."""
    for file in sorted(folder.glob("*.txt")):
        for case in re.split("(?m)^%%%% mail ", file.read_text("utf-8"))[1:]:
            name, rest = case.split("\n", 1)
            mail, own = rest.split("%%%% own\n")
            yield Labelled(f"{file.stem}/{name}", mail.encode(), own.strip())


def words(text: str) -> list[str]:
    """The words of a text, without punctuation and line breaks."""
    return _WORD.findall(text)


def precision_and_recall(pairs: Iterable[tuple[str, str]]) -> tuple[float, float]:
    """Over pairs of what was taken and what should have been: in words, in their order."""
    right = taken = wanted = 0
    for got, own in pairs:
        matcher = SequenceMatcher(None, words(got), words(own), autojunk=False)
        right += sum(block.size for block in matcher.get_matching_blocks())
        taken += len(words(got))
        wanted += len(words(own))
    return right / taken, right / wanted
