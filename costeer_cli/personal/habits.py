"""How somebody writes, measured from their texts: never guessed, and nothing of what they say.

Every note is a short sentence for a reader who has to write like them. Where kinds of texts
differ (mail against posts) the note says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from costeer_cli.personal.languages import NAMES, language_of
from costeer_cli.personal.salutations import Salutation, salutation
from costeer_cli.personal.sentences import sentences, words
from costeer_cli.personal.turns import favourite_turns, favourite_words
from costeer_cli.personal.usual import spellings
from costeer_cli.store.document import Document

_KIND_TEXTS = 6  # texts of a kind, and
_KIND_WORDS = 150  # their words, from which it is measured on its own
_DIFFERENT = 1.4  # times as long as those of another kind
_SHARE = 0.1  # of the texts that a greeting, a language has, to be named
_LETTERS = frozenset({"", "email", "letter", "message"})  # kinds that greet

_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]|[:;]-?[)(DP](?!\\w)")
_DASH = re.compile(r"\w ?—|\w [–-] \w")
_CONTRACTED = re.compile(
    r"\b(?:\w+n['’]t|i['’]m|i['’]ll|we['’]re|we['’]ll|you['’]re|they['’]re)\b", re.IGNORECASE
)
_IN_FULL = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|will|would|could|should|have|has|had) not|cannot|can not"
    r"|i am|i will|we are|we will|you are|they are)\b",
    re.IGNORECASE,
)
_FORMS = {
    "de": ("du", r"\b(?:[Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*)\b", "Sie", r"(?<=\w[ ,])(?:Sie|Ihnen)\b"),
    "fr": ("tu", r"\b(?:tu|toi|t'\w+|ton|ta|tes)\b", "vous", r"\b(?:vous|votre|vos)\b"),
    "es": ("tú", r"\b(?:tú|ti|contigo|te)\b", "usted", r"\b(?:usted|ustedes)\b"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it is measured."""

    document: Document
    salutation: Salutation
    words: list[str]
    sentences: list[str]
    language: str


def read(document: Document) -> Reading:
    """A document, its greeting and leave apart."""
    parts = salutation(document.text, document.signature)
    said = words(parts.body)
    return Reading(document, parts, said, sentences(parts.body), language_of(said))


def notes(readings: Sequence[Reading]) -> dict[str, str]:
    """What can be said of how these texts are written, by topic; only what was measured."""
    if not readings:
        return {}
    kinds = _kinds(readings)
    found = {
        "language": _languages(readings),
        "length": _lengths(readings, kinds),
        "greetings": _greetings(readings),
        "tone": _tone(readings, kinds),
        "words": _words(readings),
        "spelling": _spelling(readings),
    }
    return {topic: note for topic, note in found.items() if note}


def _kinds(readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    """The texts of each kind of which there are enough; {} where there are not two such kinds."""
    kinds: dict[str, list[Reading]] = {}
    for reading in readings:
        kinds.setdefault(reading.document.kind, []).append(reading)
    kinds = {
        _plural(kind): those
        for kind, those in sorted(kinds.items(), key=lambda item: -len(item[1]))
        if len(those) >= _KIND_TEXTS and sum(len(one.words) for one in those) >= _KIND_WORDS
    }
    return kinds if len(kinds) > 1 else {}


def _plural(kind: str) -> str:
    return f"{kind.lower()}s" if kind else "other texts"


def _languages(readings: Sequence[Reading]) -> str:
    shares = Counter(NAMES[one.language] for one in readings if one.language)
    total = shares.total()
    named = [(name, n / total) for name, n in shares.most_common(4) if n >= max(2, 0.03 * total)]
    if not named or total < len(readings) / 2:
        return ""
    if len(named) == 1:
        return f"Writes in {named[0][0]}."
    return f"Writes in {_listed([f'{name} ({round(100 * n)} %)' for name, n in named])}."


def _lengths(readings: Sequence[Reading], kinds: dict[str, list[Reading]]) -> str:
    def text(those: Sequence[Reading]) -> float:
        return median(len(one.words) for one in those)

    def sentence(those: Sequence[Reading]) -> float:
        return median(_sentence_lengths(those) or [0])

    lengths = _sentence_lengths(readings)
    if len(lengths) < 4:
        return ""
    low, _, high = quantiles(lengths, n=4)
    whole = _by_kind(text, readings, kinds)
    each = _by_kind(sentence, readings, kinds)
    spread = f", most from {round(low)} to {round(high)}" if round(high) > round(low) else ""
    return f"Words in a text: {whole}. Words in a sentence: {each}{spread}."


def _sentence_lengths(readings: Sequence[Reading]) -> list[int]:
    return [n for one in readings for sentence in one.sentences if (n := len(words(sentence)))]


def _by_kind(
    measure: Callable[[Sequence[Reading]], float],
    readings: Sequence[Reading],
    kinds: dict[str, list[Reading]],
) -> str:
    """A length, or one for each kind where they differ."""
    values = {kind: measure(those) for kind, those in kinds.items()}
    if values and max(values.values()) >= _DIFFERENT * max(min(values.values()), 1):
        return _listed([f"about {_round(value)} in {kind}" for kind, value in values.items()])
    return f"about {_round(measure(readings))}"


def _round(value: float) -> int:
    step = 1 if value < 25 else 5 if value < 100 else 10 if value < 500 else 50
    return max(1, round(value / step) * step)


def _greetings(readings: Sequence[Reading]) -> str:
    letters = [one for one in readings if one.document.kind.lower() in _LETTERS]
    if len(letters) < _KIND_TEXTS:
        return ""
    begins = _shares([one.salutation.greeting for one in letters])
    ends = _shares([one.salutation.closing for one in letters])
    signs = _shares([one.salutation.signed for one in letters])
    parts = []
    if begins:
        parts.append(f"Begins with {begins.replace('“…', '“(name)')}.")
    elif all(not one.salutation.greeting for one in letters):
        parts.append("Begins without a greeting.")
    if ends:
        parts.append(f"Ends with {ends}.")
    if signs:
        parts.append(f"Signs as {signs}.")
    return " ".join(parts)


def _shares(said: Sequence[str]) -> str:
    """What is used how often, out of ten, such as: “Hi …,” (6 in 10) or nothing (2 in 10)."""
    counts: Counter[str] = Counter()
    spelled: dict[str, Counter[str]] = {}
    for one in said:
        counts[one.casefold()] += 1
        spelled.setdefault(one.casefold(), Counter())[one] += 1
    least = max(2, _SHARE * len(said))
    named = [(key, n) for key, n in counts.most_common(4) if n >= least]
    if not any(key for key, _ in named):
        return ""
    texts = []
    for key, n in named:
        what = f"“{spelled[key].most_common(1)[0][0]}”" if key else "nothing"
        share = max(1, round(10 * n / len(said)))
        texts.append(f"{what} (always)" if n == len(said) else f"{what} ({share} in 10)")
    return _listed(texts, "or")


def _tone(readings: Sequence[Reading], kinds: dict[str, list[Reading]]) -> str:
    measures: list[Callable[[Sequence[Reading]], str]] = [
        _contractions,
        *(_address(language) for language in _FORMS),
        _per_sentence(
            "exclamation marks", lambda sentence: sentence.rstrip("\"'”’»)").endswith("!")
        ),
        _emoji,
        _per_sentence("dashes", lambda sentence: bool(_DASH.search(sentence))),
        _per_sentence("dots (…)", lambda sentence: "..." in sentence or "…" in sentence),
        _small_starts,
    ]
    said = []
    for measure in measures:
        each = {kind: note for kind, those in kinds.items() if (note := measure(those))}
        together = measure(readings)
        if len(each) > 1 and len(set(each.values())) > 1:
            said.append(_listed([f"{note} in {kind}" for kind, note in each.items()], ""))
        elif together:
            said.append(together)
    return " ".join(f"{note[0].upper()}{note[1:]}." for note in said)


def _contractions(readings: Sequence[Reading]) -> str:
    texts = [one.salutation.body for one in readings if one.language == "en"]
    short = sum(len(_CONTRACTED.findall(text)) for text in texts)
    full = sum(len(_IN_FULL.findall(text)) for text in texts)
    if short + full < 8:
        return ""
    share = short / (short + full)
    if share >= 0.8:
        return "contractions nearly always (don't, I'm)"
    if share <= 0.2:
        return "hardly any contractions (do not, I am)"
    return "contractions now and then (don't, do not)"


def _address(language: str) -> Callable[[Sequence[Reading]], str]:
    close, close_form, polite, polite_form = _FORMS[language]

    def measure(readings: Sequence[Reading]) -> str:
        texts = [one.salutation.body for one in readings if one.language == language]
        near = sum(bool(re.search(close_form, text)) for text in texts)
        far = sum(bool(re.search(polite_form, text)) for text in texts)
        if near + far < 4:
            return ""
        share = round(10 * near / (near + far))
        how = f"mostly {close}" if share > 5 else f"mostly {polite}"
        how = {0: f"always {polite}", 10: f"always {close}"}.get(share, how)
        return f"in {NAMES[language]} {how}"

    return measure


def _per_sentence(what: str, has: Callable[[str], bool]) -> Callable[[Sequence[Reading]], str]:
    def measure(readings: Sequence[Reading]) -> str:
        ends = [sentence for one in readings for sentence in one.sentences]
        if len(ends) < 20:
            return ""
        share = sum(map(has, ends)) / len(ends)
        if share < 0.005:
            return f"no {what}"
        often = "rarely" if share < 0.04 else "now and then" if share < 0.15 else "often"
        return f"{what} {often}"

    return measure


def _emoji(readings: Sequence[Reading]) -> str:
    used = Counter(sign for one in readings for sign in _EMOJI.findall(one.document.text))
    share = sum(bool(_EMOJI.search(one.document.text)) for one in readings) / len(readings)
    if share < 0.02:
        return "no emoji"
    often = "rarely" if share < 0.1 else "now and then" if share < 0.4 else "often"
    return f"emoji {often} ({' '.join(sign for sign, _ in used.most_common(3))})"


def _small_starts(readings: Sequence[Reading]) -> str:
    starts = [sentence[0] for one in readings for sentence in one.sentences]
    cased = [letter for letter in starts if letter.lower() != letter.upper()]
    share = sum(letter.islower() for letter in cased) / (len(cased) or 1)
    return "sentences often begin with a small letter" if len(cased) >= 20 and share > 0.4 else ""


def _words(readings: Sequence[Reading]) -> str:
    parts = []
    languages = Counter(one.language for one in readings if one.language)
    for language, _ in languages.most_common(3):
        those = [one for one in readings if one.language == language]
        own = favourite_words([one.words for one in those], language)
        turns = favourite_turns([one.sentences for one in those], language)
        where = f" in {NAMES[language]}" if len(languages) > 1 else ""
        if own:
            parts.append(f"Favourite words{where}: {', '.join(own)}.")
        if turns:
            parts.append(f"Turns that come back{where}: {'; '.join(turns)}.")
    return " ".join(parts)


def _spelling(readings: Sequence[Reading]) -> str:
    british, american = spellings()
    said = Counter(word.lower() for one in readings if one.language == "en" for word in one.words)
    german = Counter(word for one in readings if one.language == "de" for word in one.words)
    parts = []
    ours = {
        name: _hits(said, table) for name, table in (("British", british), ("American", american))
    }
    total = sum(counts.total() for counts in ours.values())
    for name, counts in ours.items():
        if total >= 3 and counts.total() >= 0.8 * total:
            parts.append(f"{name} spelling ({', '.join(w for w, _ in counts.most_common(3))}).")
    sharp = sum(n for word, n in german.items() if "ß" in word)
    double = sum(
        n
        for word, n in german.items()
        if re.search(r"(?i)gr[uü]ss|gross|heiss|weiss|strass|ausser|schliess", word)
    )
    if double >= 3 and not sharp:
        parts.append("Swiss spelling in German (ss, no ß).")
    return " ".join(parts)


def _hits(said: Counter[str], table: dict[str, str]) -> Counter[str]:
    return Counter({word: said[word] for word in table if said[word]})


def _listed(items: Sequence[str], last: str = "and") -> str:
    if len(items) < 2 or not last:
        return ", ".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
