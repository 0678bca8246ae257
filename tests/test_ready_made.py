"""The ready-made profiles: well formed, private values kept out of public prompts, voices apart."""

from __future__ import annotations

import importlib.resources
import itertools
import re
import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "profiles"
FILES = sorted(FOLDER.glob("*.toml"))
PREFERENCES = {"concise", "creative", "uplifting", "verbose"}
KINDS = {"email", "note", "post", "review", "letter", "report", "message"}
NEEDED = {"name", "title", "kind", "facts", "protected", "voice", "identity", "demo"}
PHONE = re.compile(r"\+?\d[\d -]{7,}\d")
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\w")
SMILEY = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
# Numbers set aside for fiction: Sweden, the United Kingdom, North America.
FICTIONAL = re.compile(r"^(?:070174(?:0[6]\d\d)|\+?447700900\d{3}|\d{3}55501\d\d)$")


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold())


def secrets(profile: dict[str, Any]) -> set[str]:
    """Every word of a name, an e-mail or a protected value, case-folded."""
    identity = profile["identity"]
    values = [*identity["names"], *identity["emails"], *profile["protected"]]
    return {word for value in values for word in words(value)}


def sentence_length(profile: dict[str, Any]) -> float:
    """Mean number of words between full stops, over all texts of one profile."""
    text = " ".join(entry["text"] for entry in profile["texts"])
    return len(words(text)) / len(re.findall(r"[.!?](?:\s|$)", text))


def runs(profile: dict[str, Any], length: int) -> set[tuple[str, ...]]:
    """Every run of `length` words in one profile's texts."""
    bodies = [words(entry["text"]) for entry in profile["texts"]]
    return {
        tuple(body[start : start + length])
        for body in bodies
        for start in range(len(body) - length + 1)
    }


PROFILES = {path.stem: read(path) for path in FILES}
PEOPLE = {stem: profile for stem, profile in PROFILES.items() if profile["kind"] == "person"}

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
each_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
each_person = pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 8
    assert {stem for stem in PROFILES if stem not in PEOPLE} == PREFERENCES
    assert len(PEOPLE) >= 4


def test_the_installed_package_brings_every_file() -> None:
    shipped = importlib.resources.files("costeer_cli.profiles")
    names = {entry.name for entry in shipped.iterdir() if entry.name.endswith(".toml")}
    assert names == {path.name for path in FILES}


@each_file
def test_bytes_are_tidy(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert text == unicodedata.normalize("NFC", text)
    assert "\r" not in text
    assert "\t" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not [number for number, line in enumerate(text.split("\n"), 1) if line != line.rstrip()]
    assert text.count("—") <= 2


@each_profile
def test_keys_are_exactly_those_allowed(profile: dict[str, Any]) -> None:
    assert set(profile) >= NEEDED
    assert set(profile) <= NEEDED | {"defaults", "texts"}
    assert set(profile["voice"]) == {"description"}
    assert set(profile["identity"]) == {"names", "emails"}
    assert set(profile["demo"]) == {"prompt"}
    assert set(profile.get("defaults", {})) <= {"strength", "temperature"}
    for entry in profile.get("texts", []):
        assert set(entry) == {"title", "kind", "prompt", "created_at", "text"}
        assert entry["kind"] in KINDS


@each_profile
def test_values_have_the_right_types(profile: dict[str, Any]) -> None:
    lists = [profile["facts"], profile["protected"], *profile["identity"].values()]
    assert all(isinstance(values, list) for values in lists)
    flat = [profile["voice"]["description"], profile["demo"]["prompt"], *itertools.chain(*lists)]
    for entry in profile.get("texts", []):
        flat += [entry["title"], entry["prompt"], entry["text"]]
    for value in flat:
        assert isinstance(value, str)
        assert value
        assert value == value.strip()
    assert all(isinstance(value, float) for value in profile.get("defaults", {}).values())


@each_file
def test_name_is_the_stem(path: Path) -> None:
    assert PROFILES[path.stem]["name"] == path.stem
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", path.stem)


@each_profile
def test_title_is_one_short_line(profile: dict[str, Any]) -> None:
    title = profile["title"]
    assert 0 < len(title) < 70
    assert "\n" not in title
    assert not title.endswith(".")


@each_profile
def test_voice_is_two_to_five_sentences(profile: dict[str, Any]) -> None:
    sentences = re.findall(r"[.!?][\")]*(?:\s|$)", profile["voice"]["description"])
    assert 2 <= len(sentences) <= 5


@each_profile
def test_prompts_are_one_public_sentence(profile: dict[str, Any]) -> None:
    private = secrets(profile)
    prompts = [profile["demo"]["prompt"], *(text["prompt"] for text in profile.get("texts", []))]
    for prompt in prompts:
        assert "\n" not in prompt
        assert len(re.findall(r"[.!?]", prompt)) == 1
        assert prompt[-1] in ".?"
        assert not private.intersection(words(prompt))
    assert len(set(prompts)) == len(prompts)


@each_profile
def test_texts_are_dated_in_the_past(profile: dict[str, Any]) -> None:
    for entry in profile.get("texts", []):
        created = entry["created_at"]
        assert isinstance(created, datetime)
        assert created.utcoffset() == timedelta(0)
        assert created < datetime.now(UTC)


@pytest.mark.parametrize("name", sorted(PREFERENCES))
def test_a_preference_says_nothing_about_anybody(name: str) -> None:
    profile = PROFILES[name]
    assert profile["kind"] == "preference"
    assert profile["facts"] == profile["protected"] == []
    assert profile["identity"] == {"names": [], "emails": []}
    assert len(profile.get("texts", [])) <= 2


@each_person
def test_a_person_brings_enough_to_steer_by(person: dict[str, Any]) -> None:
    assert 6 <= len(person["facts"]) <= 10
    assert len(set(person["facts"])) == len(person["facts"])
    assert len(person["texts"]) >= 5
    assert len({entry["kind"] for entry in person["texts"]}) >= 5
    for entry in person["texts"]:
        assert 60 <= len(words(entry["text"])) <= 180, entry["title"]


@each_person
def test_a_person_s_details_recur(person: dict[str, Any]) -> None:
    first = {word for name in person["identity"]["names"] for word in name.split()}
    names = set(re.findall(r"\b[A-ZÁÉÍÓÚÑ][\w-]{3,}", " ".join(person["facts"]))) - first
    bodies = [entry["text"].casefold() for entry in person["texts"]]
    often = [name for name in names if sum(name.casefold() in body for body in bodies) >= 2]
    assert len(often) >= 3, sorted(names)


@each_person
def test_identity_is_one_person_and_protected(person: dict[str, Any]) -> None:
    identity = person["identity"]
    assert identity["names"]
    assert person["title"].startswith(identity["names"][0])
    assert identity["emails"]
    assert set(identity["emails"]) <= set(person["protected"])
    assert len(person["protected"]) >= len(identity["emails"]) + 1


@each_file
def test_addresses_and_numbers_are_fictional_and_protected(path: Path) -> None:
    text, profile = path.read_text("utf-8"), PROFILES[path.stem]
    emails = EMAIL.findall(text)
    assert {email.partition("@")[2] for email in emails} <= {"example.org", "example.com"}
    assert set(emails) <= set(profile["protected"])
    for number in PHONE.findall(re.sub(r"(?m)^created_at = .*$", "", text)):
        assert FICTIONAL.match(re.sub(r"[ -]", "", number)), number
        assert number in profile["protected"]


@each_person
def test_protected_values_stand_in_some_texts_but_not_in_facts(person: dict[str, Any]) -> None:
    texts = " ".join(entry["text"] for entry in person["texts"])
    public = " ".join([*person["facts"], person["title"], person["voice"]["description"]])
    assert any(value in texts for value in person["protected"])
    assert not [value for value in person["protected"] if value.casefold() in public.casefold()]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(sorted(PEOPLE), 2)))
def test_no_two_people_share_a_text_or_a_phrase(one: str, other: str) -> None:
    assert not runs(PEOPLE[one], 6) & runs(PEOPLE[other], 6)
    assert not set(PEOPLE[one]["protected"]) & set(PEOPLE[other]["protected"])


def test_nobody_repeats_a_text() -> None:
    texts = [text["text"] for profile in PROFILES.values() for text in profile.get("texts", [])]
    prompts = [text["prompt"] for profile in PROFILES.values() for text in profile.get("texts", [])]
    assert len(set(texts)) == len(texts)
    assert len(set(prompts)) == len(prompts)


def test_the_voices_can_be_told_apart_by_measure() -> None:
    terse, rambling = PROFILES["mara-lindqvist"], PROFILES["edmundo-barria"]
    assert 2 * sentence_length(terse) < sentence_length(rambling)
    assert 2 * sentence_length(PROFILES["concise"]) < sentence_length(PROFILES["verbose"])
    lower = [entry["text"] for entry in PROFILES["dev-ramnarine"]["texts"]]
    assert sum(letter.isupper() for letter in "".join(lower)) < 5


def test_accents_and_smileys_are_there_to_be_broken() -> None:
    texts = {
        stem: " ".join(entry["text"] for entry in person["texts"])
        for stem, person in PEOPLE.items()
    }
    assert any(not text.isascii() for text in texts.values())
    assert sum(bool(re.search("[À-ÿ]", text)) for text in texts.values()) >= 3
    assert sum(bool(SMILEY.search(text)) for text in texts.values()) >= 3
