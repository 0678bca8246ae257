"""`costeer write`: what is asked, in whose voice, how steered, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.settings import Config, Places
from costeer_cli.steering.strength import DEFAULT_STRENGTH, PRESETS
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer
from tests.cli.drafts import ASK, own, sent, written

# What is asked


@pytest.mark.parametrize(
    ("args", "given", "prompt"),
    [
        ([ASK], b"not read", ASK),
        (ASK.split(), b"", ASK),
        ([], f"\ufeff{ASK}\r\n".encode(), ASK),
        (["-"], ASK.encode(), ASK),
        (["Answer this:", "-"], b"Dear you\n", "Answer this:\n\nDear you"),
        (["Grüße 🐴 [bold]"], b"", "Grüße 🐴 [bold]"),
        (["--", "--json"], b"", "--json"),
    ],
)
def test_the_prompt(small: Costeer, args: list[str], given: bytes, prompt: str) -> None:
    ran = small("--dry-run", *args, given=given)
    assert ran.code == 0
    assert json.loads(ran.out)["messages"][1] == {"role": "user", "content": prompt}


@pytest.mark.parametrize(
    ("args", "given", "said"),
    [
        ([""], b"", "The prompt is empty"),
        ([" ", "\t"], b"", "The prompt is empty"),
        ([], b"", "The prompt is empty"),
        ([], b"\n \n", "The prompt is empty"),
        (["-"], b"", "The prompt is empty"),
        ([], None, "There is no prompt"),
        ([], b"\x89PNG\r\n\xff", "not UTF-8"),
        (["-"], b"\x7fELF\0\0", "binary"),
        (["-", "-"], b"x", "only once"),
        (
            [ASK, "--profile", "consise"],
            b"",
            "There is no profile 'consise'.\nDid you mean concise?",
        ),
        ([ASK, "--profile", "zzz"], b"", "costeer profile list"),
        ([ASK, "--strength", "nan"], b"", "finite number"),
        ([ASK, "--strength", "inf"], b"", "finite number"),
        ([ASK, "--strength=-inf"], b"", "finite number"),
        ([ASK, "--strength", "1e999"], b"", "finite number"),
        ([ASK, "--strength", "strong"], b"", "default, light, paper"),
        ([ASK, "--strength", ""], b"", "default, light, paper"),
        ([ASK, "--strength", "1", "--ftrl", "20,2,1,2,10"], b"", "use one of them"),
        ([ASK, "--ftrl", "20,2,1"], b"", "T,alpha,beta,lambda,eta"),
        ([ASK, "--ftrl", "20,2,1,2,ten"], b"", "T,alpha,beta,lambda,eta"),
        ([ASK, "--ftrl", "2.5,2,1,2,10"], b"", "T,alpha,beta,lambda,eta"),
        ([ASK, "--ftrl", "20,2,1,0,10"], b"", "lambda > 0"),
        ([ASK, "--ftrl", "20,2,nan,2,10"], b"", "finite number"),
        ([ASK, "--ftrl", "999999999999,2,1,2,10"], b"", "at most"),
        ([ASK, "--max-tokens", "0"], b"", "--max-tokens"),
        ([ASK, "--max-tokens", "-3"], b"", "--max-tokens"),
        ([ASK, "--context-tokens", "-1"], b"", "--context-tokens"),
        ([ASK, "--temperature", "-0.1"], b"", "temperature"),
        ([ASK, "--temperature", "nan"], b"", "temperature"),
        ([ASK, "--top-p", "0"], b"", "top-p"),
        ([ASK, "--top-k", "-1"], b"", "top-k"),
        ([ASK, "--clip", "nan"], b"", "clip"),
        ([ASK, "--seed", "one"], b"", "--seed"),
        ([ASK, "--offline", "--compare"], b"", "no cloud"),
    ],
)
def test_what_is_refused(
    costeer: Costeer, no_model: None, args: list[str], given: bytes | None, said: str
) -> None:
    ran = costeer("write", *args, given=given)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err
    assert written() == []


# Whose voice


def test_the_settings_name_the_profile(small: Costeer, costeer: Costeer) -> None:
    own("ann", "jon")
    assert costeer("profile", "use", "jon").code == 0
    assert small("--json", ASK).json["profile"] == "jon"
    assert small("--json", "--profile", "ann", ASK).json["profile"] == "ann"
    assert costeer("profile", "use", "--none").code == 0
    ran = small(ASK)
    assert (ran.code, ran.out) == (2, b"")
    assert "You have several profiles: ann, jon." in ran.err
    assert "--profile" in ran.err


def test_settings_that_name_nobody(costeer: Costeer, no_model: None, home: Places) -> None:
    Config(home.config).set("profile", "gone")
    ran = costeer("write", ASK)
    assert ran.code == 2
    assert "There is no profile 'gone', but the settings name it." in ran.err


def test_the_only_own_profile_is_taken(small: Costeer) -> None:
    own("jon")
    made = small("--json", ASK).json
    assert made["profile"] == "jon"
    assert made["context"]["sources"] == ["profile:jon"]


def test_without_a_voice_it_says_so_and_writes(small: Costeer) -> None:
    ran = small("--json", ASK)
    assert ran.code == 0
    assert "Nothing personal yet" in ran.err
    assert ran.json["profile"] is None
    assert ran.json["context"] == {"tokens": 0, "sources": []}
    with open_default() as store:
        store.documents.add([Document(text="Bread is what I think of when I write a note.")])
    ran = small("--json", ASK)
    assert "Nothing personal yet" not in ran.err
    assert ran.json["context"]["sources"] == ["history:1"]


def test_the_profiles_defaults_then_the_flags(small: Costeer) -> None:
    own("jon", more="[defaults]\nstrength = 0.25\ntemperature = 0.6\n")
    made = small("--json", ASK).json
    assert (made["strength"], made["temperature"]) == (0.25, 0.6)
    made = small("--json", "--strength", "0", "--temperature", "0", ASK).json
    assert (made["strength"], made["temperature"]) == (0.0, 0.0)


def test_the_profiles_model_then_the_flag(costeer: Costeer, small_folder: str) -> None:
    own("jon", more='[defaults]\nmodel = "no-such-model"\n')
    ran = costeer("write", "--max-tokens", "2", ASK)
    assert ran.code == 2
    assert "no-such-model" in ran.err
    assert costeer("write", "--max-tokens", "2", "--model", small_folder, ASK).code == 0


def test_a_broken_profile_is_named_and_not_quoted(costeer: Costeer, no_model: None) -> None:
    with open_default() as store:
        store.profiles.put("jon", 'name = "jon"\nmood = "my secret"')
    ran = costeer("write", ASK)
    assert ran.code == 2
    assert "unknown key 'mood'" in ran.err
    assert "secret" not in ran.err


# How it is steered


@pytest.mark.parametrize(
    ("args", "strength"),
    [
        ([], DEFAULT_STRENGTH),
        (["--strength", "default"], DEFAULT_STRENGTH),
        (["--strength", "paper"], PRESETS["paper"]),
        (["--strength", "light"], PRESETS["light"]),
        (["--strength=-0.5"], -0.5),
        (["--strength", "0"], 0.0),
        (["--ftrl", "20,2,1,2,10"], PRESETS["paper"]),
        (["--ftrl", " 1, 2, 1, 2, 10 "], PRESETS["light"]),
        (["--ftrl", "0,2,1,2,10"], 0.0),
    ],
)
def test_the_strength(small: Costeer, args: list[str], strength: float) -> None:
    own("jon")
    ran = small("--json", *args, ASK)
    assert ran.json["strength"] == pytest.approx(strength, abs=1e-12)
    said = f"are the strength {strength:.4f}." in ran.err
    assert said == ("--ftrl" in args)


def test_ftrl_is_its_strength(small: Costeer) -> None:
    own("jon")
    ftrl = small("--json", "--ftrl", "20,2,1,2,10", ASK).json
    paper = small("--json", "--strength", "paper", ASK).json
    assert ftrl["tokens"] == paper["tokens"]


def test_every_knob_reaches_the_policy(small: Costeer) -> None:
    own("jon")
    knobs = ["--temperature", "0.9", "--top-k", "7", "--top-p", "0.8", "--clip", "2", "--seed", "5"]
    small(*knobs, "--context-tokens", "300", ASK)
    (draft,) = written()
    wanted = {"temperature": 0.9, "top_k": 7, "top_p": 0.8, "clip": 2.0, "seed": 5}
    assert wanted.items() <= draft.items()
    assert (draft["context_tokens"], draft["max_tokens"], draft["mode"]) == (300, 6, "steered")


def test_seeds(small: Costeer) -> None:
    own("jon")

    def tokens(*args: str) -> Any:
        return small("--json", "--temperature", "1", *args, ASK).json["tokens"]

    assert tokens("--seed", "7") == tokens("--seed", "7")
    assert tokens("--seed", "7") != tokens("--seed", "8")
    drawn = [small("--json", "--temperature", "1", ASK).json for _ in range(2)]
    assert drawn[0]["seed"] != drawn[1]["seed"]
    assert tokens("--seed", str(drawn[0]["seed"])) == drawn[0]["tokens"]
    assert small("--json", ASK).json["seed"] == 0  # greedy: there is nothing to draw


# What does not fit


def test_a_prompt_over_the_window_says_by_how_much(small: Costeer) -> None:
    own("jon")
    ran = small("very " * 3000)
    assert (ran.code, ran.out) == (2, b"")
    needed, over = (int(word) for word in ran.err.split() if word.isdigit())
    assert over == needed - 2048 > 0
    assert "--max-tokens" in ran.err
    assert written() == []


@pytest.mark.parametrize("more", [[], ["--compare"], ["--offline"], ["--dry-run"]])
def test_a_profile_over_the_budget_is_refused_before_anything_is_written(
    small: Costeer, more: list[str]
) -> None:
    own("jon")
    ran = small("--context-tokens", "10", *more, ASK)
    assert (ran.code, ran.out) == (2, b"")
    assert "The profile needs" in ran.err
    assert "more than there is room for" in ran.err
    assert "--context-tokens" in ran.err
    assert written() == []


@pytest.mark.parametrize("more", [["--compare"], ["--dry-run"]])
def test_a_text_over_the_window_is_refused_before_anything_is_written(
    small: Costeer, more: list[str]
) -> None:
    own("jon")
    ran = small("--max-tokens", "2000", *more, ASK)
    assert (ran.code, ran.out) == (2, b"")
    assert "more than the window" in ran.err
    assert written() == []


# Nothing sent


def test_offline_sends_nothing(small: Costeer) -> None:
    own("jon")
    ran = small("--offline", "--json", ASK)
    made = ran.json
    assert (made["provider"], made["cloud_model"], made["mode"]) == ("none", "", "offline")
    assert made["usage"]["requests"] == 0
    assert made["privacy"]["requests_logged"] == made["privacy"]["outbound_bytes"] == 0
    assert {token["source"] for token in made["tokens"]} == {"local"}
    assert "Nothing was sent." in ran.err
    assert "plays the cloud" not in ran.err
    (draft,) = written()
    assert draft["requests"] == 0


def test_a_dry_run_is_the_first_request_byte_for_byte_and_leaves_nothing(
    small: Costeer, home: Places
) -> None:
    own("jon")
    dry = small("--dry-run", "Grüße 🐴\nan alle")
    assert written() == []
    small("Grüße 🐴\nan alle")
    assert dry.out == sent()[0] + b"\n"
    assert "tokens about you stay here: profile:jon." in dry.err
    assert "heron" not in dry.text + dry.err


def test_a_dry_run_in_json(small: Costeer) -> None:
    own("jon")
    plain, made = small("--dry-run", ASK), small("--dry-run", "--json", ASK).json
    assert set(made) == {"request", "endpoint", "stays_here"}
    assert made["request"] == plain.text.rstrip("\n")
    assert made["stays_here"]["sources"] == ["profile:jon"]
    assert made["stays_here"]["context_tokens"] > 0


def test_a_dry_run_of_an_offline_text(small: Costeer) -> None:
    own("jon")
    ran = small("--dry-run", "--offline", ASK)
    assert (ran.code, ran.out) == (0, b"")
    assert "Nothing would be sent." in ran.err
    assert small("--dry-run", "--offline", "--json", ASK).json["request"] is None
    assert written() == []


def test_nothing_is_written_where_one_stands(
    small: Costeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert small(ASK).code == 0
    assert list(here.iterdir()) == []
