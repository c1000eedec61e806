"""What became of one attempt, and whether that is allowed: nothing at all or a whole right result, and a sentence."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ABSENT, WHOLE = "no result", "whole result"


@dataclass(frozen=True)
class Attempt:
    """``ended``: exit code (negative: the signal). ``out``: what stands at ``--out``. ``wrong``: what is not right."""

    label: str
    ended: int
    out: str
    said: str = ""
    wrong: str = ""


@dataclass
class Outcome:
    """All attempts of one fault. ``skipped``: why there were none."""

    attempts: list[Attempt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def wrong(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.wrong]

    def told(self) -> str:
        """One line on what came of it."""
        if self.skipped:
            return f"left out: {self.skipped}"
        counts = Counter(attempt.out for attempt in self.attempts)
        parts = [f"{count} × {what}" for what, count in counts.most_common()]
        parts += [f"**{len(self.wrong)} WRONG**: {self.wrong[0].wrong}"] if self.wrong else []
        return "; ".join([*parts, *self.notes])


def state_of(out: Path, allowed: Iterable[dict[str, str]]) -> tuple[str, str]:
    """(what stands at ``out``, what is wrong with it)."""
    if not out.exists():
        return ABSENT, ""
    try:
        record = json.loads((out / "run.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        return "half", f"run.json: {error}"
    there = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    if there != record["files"]:
        return "half", f"files: {sorted(set(there) ^ set(record['files']))}"
    for name, digest in record["files_sha256"].items():
        if hashlib.sha256((out / name).read_bytes()).hexdigest() != digest:
            return "half", f"bytes of {name}"
    if record["digests"] not in list(allowed):
        return "wrong", "digests are of no delivery"
    return WHOLE, ""


def judged(
    label: str, process: subprocess.Popen, out: Path, allowed: Iterable[dict[str, str]], killed: bool = False
) -> Attempt:
    """Waits for the end. ``allowed``: digests that a result may have; ``killed``: by us, so it need say nothing."""
    try:
        _, stderr = process.communicate(timeout=1800)
    except subprocess.TimeoutExpired:
        process.kill()
        return Attempt(label, -9, "hung", wrong="did not end")
    return attempt_of(label, process.returncode, stderr, out, allowed, killed)


def attempt_of(
    label: str, ended: int, stderr: str, out: Path, allowed: Iterable[dict[str, str]], killed: bool = False
) -> Attempt:
    state, wrong = state_of(out, allowed)
    said = " ".join(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stderr).split())[-400:]
    lost = killed and "Exception ignored in" in stderr  # the signal came while Python cleared an object away
    early = killed and state == ABSENT and stderr.rstrip().endswith("KeyboardInterrupt")  # Python itself still began
    if early:
        return Attempt(label, ended, state, said, wrong)
    if not wrong and "Traceback" in stderr and not lost:
        wrong = "a traceback: " + stderr.strip().splitlines()[-1][:200]
    elif not wrong and ended == 0 and state != WHOLE:
        wrong = "exit code 0 without a result"
    elif not wrong and ended != 0 and state == WHOLE and not killed:
        wrong = f"exit code {ended} with a result"
    elif not wrong and (ended > 0 or (ended < 0 and not killed)) and not re.search("[\u4e00-\u9fff]", stderr):
        wrong = f"exit code {ended} without a sentence: {said[-200:]}"
    return Attempt(label, ended, state, said, wrong)
