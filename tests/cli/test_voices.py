"""In whose voice is written, and with which defaults."""

from __future__ import annotations

import pytest

from costeer_cli.cli.voices import chosen_profile, usual_policy
from costeer_cli.errors import UnknownNameError, UsageError
from costeer_cli.settings import Config, Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer
from tests.cli.drafts import ASK, own


def chosen(flag: str | None = None) -> str | None:
    with open_default() as store:
        profile = chosen_profile(store, flag)
    return profile.name if profile else None


def test_what_the_flag_names_needs_no_telling(capsys: pytest.CaptureFixture[str]) -> None:
    own("ann", "jon")
    assert chosen("ann") == "ann"
    assert capsys.readouterr() == ("", "")


def test_the_settings_choice_is_told(capsys: pytest.CaptureFixture[str], home: Places) -> None:
    own("ann", "jon")
    Config(home.config).set("profile", "jon")
    assert chosen() == "jon"
    assert capsys.readouterr() == ("", "Writing as jon, which the settings name.\n")


def test_the_only_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    own("jon")
    assert chosen() == "jon"
    assert capsys.readouterr() == ("", "Writing as jon, your only profile.\n")


def test_nobody_is_told_where_there_is_a_history(capsys: pytest.CaptureFixture[str]) -> None:
    assert chosen() is None
    assert capsys.readouterr().err == ""  # `write` says that there is nothing personal at all
    with open_default() as store:
        store.documents.add([Document(text="a text")])
    assert chosen() is None
    assert "No profile: only your history is read." in capsys.readouterr().err


def test_among_several_and_for_an_unknown_one_it_stops(home: Places) -> None:
    own("ann", "jon")
    with pytest.raises(UsageError, match="several profiles: ann, jon"):
        chosen()
    with pytest.raises(UnknownNameError):
        chosen("nobody")
    Config(home.config).set("profile", "gone")
    with pytest.raises(UnknownNameError, match="the settings name it"):
        chosen()


def test_write_tells_it_on_stderr_only(small: Costeer) -> None:
    own("jon")
    ran = small("--offline", ASK)
    assert "Writing as jon, your only profile." in ran.err
    assert "Writing as" not in ran.text
    assert "Writing as" not in small("--offline", "--profile", "jon", ASK).err


def test_the_profiles_provider_then_the_flag(small: Costeer) -> None:
    own("jon", more='[defaults]\nprovider = "no-such-cloud"\n')
    ran = small(ASK)
    assert ran.code == 2
    assert "no-such-cloud" in ran.err
    assert small("--provider", "embedded", ASK).code == 0


def test_the_defaults_are_those_of_the_profile_that_is_chosen(small: Costeer) -> None:
    own("ann", more="[defaults]\nstrength = 0.25\ntemperature = 0.6\n")
    own("jon", more="[defaults]\nstrength = 2\n")
    ann = small("--json", "--profile", "ann", ASK).json
    jon = small("--json", "--profile", "jon", ASK).json
    assert (ann["strength"], ann["temperature"]) == (0.25, 0.6)
    assert (jon["strength"], jon["temperature"]) == (2.0, 0.0)
    light = small("--json", "--profile", "ann", "--strength", "light", ASK).json
    assert light["strength"] not in (0.25, 2.0)
    assert light["temperature"] == 0.6


def test_the_usual_way_of_steering_is_costeers() -> None:
    usual = usual_policy(None)
    assert (usual.strength, usual.soften, usual.mix) == (0.5, 0.1, 0.07)
    assert (usual.temperature, usual.seed, usual.clip) == (0.0, 0, 4.0)


def test_a_profile_has_a_usual_way_of_its_own() -> None:
    own("jon", more="[defaults]\nstrength = 0.8\nmix = 0.2\nclip = 2\ntemperature = 0.7\n")
    with open_default() as store:
        usual = usual_policy(chosen_profile(store, "jon"))
    assert (usual.strength, usual.soften, usual.mix, usual.clip) == (0.8, 0.1, 0.2, 2.0)
    assert usual.temperature == 0.0  # comparisons are of the likeliest tokens
