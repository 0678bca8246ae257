"""The libraries say nothing and ask nobody, as a fresh process sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.models import tiny

SWITCHES = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TQDM_DISABLE": "1",
}


def run(script: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *args], capture_output=True, text=True, check=True
    )


def test_importing_the_module_imports_nothing_heavy() -> None:
    script = """
import sys
import costeer_cli.models.quiet, costeer_cli.models.shelf, costeer_cli.models.language_model
print(sorted({"torch", "transformers", "huggingface_hub", "tokenizers"} & set(sys.modules)))
"""
    assert run(script).stdout == "[]\n"


def test_transformers_comes_offline_and_without_telemetry() -> None:
    script = """
import json, os
from costeer_cli.models import quiet
transformers = quiet.transformers()
from huggingface_hub import constants
print(json.dumps({
    "environ": dict(os.environ),
    "offline": constants.HF_HUB_OFFLINE,
    "telemetry_off": constants.HF_HUB_DISABLE_TELEMETRY,
    "bars_off": constants.HF_HUB_DISABLE_PROGRESS_BARS,
    "verbosity": transformers.logging.get_verbosity() == transformers.logging.ERROR,
    "bars": transformers.logging.is_progress_bar_enabled(),
}))
"""
    done = run(script)
    seen = json.loads(done.stdout)
    assert done.stderr == ""
    environ = seen.pop("environ")
    assert SWITCHES.items() <= environ.items()
    assert environ["HF_HUB_OFFLINE"] == "1"
    assert seen == {
        "offline": True,
        "telemetry_off": True,
        "bars_off": True,
        "verbosity": True,
        "bars": False,
    }


def test_only_a_pull_opens_the_way_to_a_hub() -> None:
    script = """
import os
from costeer_cli.models import quiet
quiet.silence(offline=False)
from huggingface_hub import constants
print(constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY, os.environ["DO_NOT_TRACK"])
"""
    assert run(script).stdout == "False True 1\n"


def test_converting_and_loading_print_nothing(tmp_path: Path) -> None:
    tiny.write_gguf(tmp_path / "tiny.gguf", tiny.llama(), tiny.tokenizer())
    script = """
import sys
from pathlib import Path
from costeer_cli.models.language_model import load_model
from costeer_cli.models.shelf import Shelf, ready
folder = ready(Shelf(Path(sys.argv[1])), sys.argv[2])
load_model(folder, "tiny", "cpu").render([{"role": "user", "content": "Hello"}])
"""
    done = run(script, str(tmp_path / "shelf"), str(tmp_path / "tiny.gguf"))
    assert (done.stdout, done.stderr) == ("", "")
