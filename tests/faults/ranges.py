"""A range of months that is ended at many moments, a former one in its place: all months of one, or of the other.

A process that is killed may leave months of both, if it was among the renames; then nothing may join them.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from engine.data.record import read_record
from engine.execute.stands_on import DATA, Former, refuse_unfit
from engine.files.errors import RunStopped
from engine.rulebook.book import load
from tests.faults.city import MONTHS, City
from tests.faults.judge import ABSENT, WHOLE, Attempt, Outcome, attempt_of, state_of
from tests.faults.signals import wait
from tests.interruptions import as_from_a_terminal

Digests = dict[str, dict[str, str]]


def interrupted(city: City, times: int, number: signal.Signals, seed: int = 1) -> Outcome:
    """``number`` is sent ``times`` times; every second time over a former range. An undisturbed one comes last."""
    rng, outcome = random.Random(seed), Outcome()
    place = city.work / f"range-{number.name}"
    former, whole = place / "former", place / "whole"
    city.engine(*city.settling_months(city.other, former))
    begun = time.monotonic()
    city.engine(*city.settling_months(city.data, whole))
    seconds = time.monotonic() - begun
    ranges = [_digests(former), _digests(whole)]
    for count in range(times):
        out = place / "out"
        shutil.rmtree(out, ignore_errors=True)
        if count % 2:
            shutil.copytree(former, out)
        more = ("--replace",) if count % 2 else ()
        process = city.started(city.settling_months(city.data, out, *more), preexec_fn=as_from_a_terminal)
        late = rng.uniform(0.2, 1.05) * seconds
        if count % 4 < 2:  # at the very end
            _wait_for_the_last(process, out)
        else:
            wait(process, late)
        if process.poll() is None:
            process.send_signal(number)
        _, stderr = process.communicate(timeout=1800)
        attempt = attempt_of(f"{number.name} {count}", process.returncode, stderr, place / "none", [], killed=True)
        outcome.attempts.append(_judged(city, attempt, out, ranges, bool(more), number is signal.SIGKILL))
    shutil.rmtree(place / "out", ignore_errors=True)
    city.engine(*city.settling_months(city.data, place / "out"))
    left = [path.name for path in (place / "out").iterdir() if path.name.startswith(".")]
    found = _digests(place / "out") == ranges[1] and not left
    outcome.attempts.append(Attempt("undisturbed, afterwards", 0, WHOLE, wrong="" if found else f"not whole: {left}"))
    shutil.rmtree(place)
    return outcome


def _wait_for_the_last(process: subprocess.Popen, out: Path) -> None:
    last = f"2025-{MONTHS:02d}"
    while process.poll() is None and not list(out.glob(f".2025-01..{last}.partial-*/{last}")):
        time.sleep(0.002)


def _months(out: Path) -> list[Path]:
    return sorted(path for path in out.glob("2025-*") if path.is_dir()) if out.exists() else []


def _digests(out: Path) -> Digests:
    return {month.name: dict(read_record(month).said["digests"]) for month in _months(out)}


def _judged(city: City, attempt: Attempt, out: Path, ranges: list[Digests], replacing: bool, killed: bool) -> Attempt:
    wrong = attempt.wrong if "exit code 0 without a result" not in attempt.wrong else ""
    allowed = [digests[month.name] for digests in ranges for month in _months(out)]
    half = [f"{month.name}: {said}" for month in _months(out) if (said := state_of(month, allowed)[1])]
    if half:
        return Attempt(attempt.label, attempt.ended, "half", attempt.said, wrong or half[0])
    there = _digests(out)
    if not there:
        return Attempt(attempt.label, attempt.ended, ABSENT, attempt.said, wrong or ("gone" if replacing else ""))
    if there in ranges:
        kind = "the whole range" if there == ranges[1] else "the former range"
        return Attempt(attempt.label, attempt.ended, kind, attempt.said, wrong)
    try:
        refuse_unfit(load(city.region), [Former(DATA, read_record(month)) for month in _months(out)])
    except RunStopped:
        wrong = wrong or ("" if killed else "months of two ranges")
        return Attempt(attempt.label, attempt.ended, "months of two ranges, not joined", attempt.said, wrong)
    return Attempt(attempt.label, attempt.ended, "wrong", attempt.said, "months of two ranges, joined")
