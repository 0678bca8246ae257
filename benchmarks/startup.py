"""Start-up time and peak memory.

python -m benchmarks.startup
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import default_folder, median_seconds, table
from costeer_cli.models.catalogue import DEFAULT_MODEL


def _python(code: str) -> float:
    return median_seconds(
        lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True), 15
    )


def _command(*words: str) -> list[str]:
    code = "from costeer_cli.cli.app import main; main()"
    return [sys.executable, "-c", code, *words]


def _write() -> tuple[float, float]:
    """Seconds and peak megabytes of a default `write` with a ready-made person."""
    models = default_folder().parent
    with tempfile.TemporaryDirectory() as home:
        cache = Path(home) / "cache"
        cache.mkdir()
        (cache / "models").symlink_to(models)
        started = time.perf_counter()
        subprocess.run(
            _command("write", "--profile", "dev-ramnarine", "Tell me about yourself."),
            check=True,
            capture_output=True,
            env=os.environ | {"COSTEER_HOME": home},
        )
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return seconds, peak / (1 << (20 if sys.platform == "darwin" else 10))


def main() -> None:
    """Measure and print."""
    libraries = _python("import typer, rich")
    helped = median_seconds(
        lambda: subprocess.run(_command("--help"), check=True, capture_output=True), 15
    )
    load = _python(
        "from costeer_cli.models.language_model import load_model; from pathlib import Path;"
        f"load_model(Path({str(default_folder())!r}), {DEFAULT_MODEL!r}, 'cpu')"
    )
    seconds, megabytes = _write()
    table(
        "Start-up and memory",
        ["", "measured", "against", "ratio"],
        [
            [
                "costeer --help",
                f"{helped:.3f} s",
                f"import typer, rich: {libraries:.3f} s",
                f"{helped / libraries:.2f}x",
            ],
            ["import and load the local model", f"{load:.2f} s", "", ""],
            ["a default write (300 tokens)", f"{seconds:.1f} s", "", ""],
            ["its peak memory", f"{megabytes:.0f} MB", "1,600 MB", f"{megabytes / 1600:.2f}x"],
        ],
    )


if __name__ == "__main__":
    main()
