"""What the benchmark says of a process: how it ended, and the memory of all that it started."""

import textwrap
from pathlib import Path

import pytest

from benchmarks.clearing import ratio
from benchmarks.processes import Run, timed

HUNDRED_MB = 100_000_000


def script(folder: Path, text: str) -> list[str]:
    """A module of its own for ``python -m``."""
    (folder / "of_its_own.py").write_text(textwrap.dedent(text))
    return ["of_its_own"]


@pytest.fixture(autouse=True)
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_memory_of_children_is_counted(tmp_path: Path) -> None:
    child = f"import time; x = bytearray({HUNDRED_MB}); time.sleep(0.5)"
    command = script(tmp_path, f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")
    run = timed(command, tmp_path / "log")
    assert not run.died and run.megabytes > HUNDRED_MB / 1e6


def test_a_process_that_was_killed_is_said_to_have_died(tmp_path: Path) -> None:
    run = timed(script(tmp_path, "import os; os.kill(os.getpid(), 9)"), tmp_path / "log")
    assert run.died == "ended by SIGKILL"


def test_the_last_words_of_a_failure_are_kept(tmp_path: Path) -> None:
    run = timed(script(tmp_path, "raise SystemExit('no room left')"), tmp_path / "log")
    assert run.died == "exit 1: no room left"


def test_a_ratio_is_of_runs_of_the_same_round() -> None:
    ours = [Run(seconds, 0, 0, 0) for seconds in (2.0, 6.0)]
    theirs = [Run(seconds, 0, 0, 0) for seconds in (1.0, 2.0)]
    assert ratio(ours, theirs) == "2.50 (2.00–3.00)"
    assert ratio(ours, ours) == "" == ratio(ours, [Run(1, 0, 0, 0, "ended by SIGKILL")])
