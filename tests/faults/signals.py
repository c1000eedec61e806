"""A settlement that is killed at many moments: over its whole length, and again and again while it writes."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.faults.city import City
from tests.faults.judge import Outcome, judged
from tests.interruptions import as_from_a_terminal


def killed(city: City, times: int, number: signal.Signals, seed: int = 1) -> Outcome:
    """``number`` is sent ``times`` times; every third time a former result stands there and is to be replaced.

    Afterwards one undisturbed run must leave nothing of all these behind.
    """
    rng, outcome = random.Random(seed), Outcome()
    place = city.work / f"killed-{number.name}"
    temporary = place / "tmp"
    temporary.mkdir(parents=True)
    former = place / "former"
    city.engine(*city.settling(city.other, former))
    left_behind = 0
    allowed = [city.digests, city.digests_of(city.other)]
    for count in range(times):
        out = place / "out"
        shutil.rmtree(out, ignore_errors=True)
        replacing = count % 3 == 2
        if replacing:
            shutil.copytree(former, out)
        more = ("--replace",) if replacing else ()
        process = city.started(city.settling(city.data, out, *more), temporary, preexec_fn=as_from_a_terminal)
        if count % 2:
            moment = f"{city.seconds * (count + 0.5) / times:.2f} s"
            wait(process, city.seconds * (count + 0.5) / times)
        else:
            late = rng.uniform(0, 0.8)
            moment = f"{late:.2f} s into writing"
            _wait_for_writing(process, place)
            wait(process, late)
        if process.poll() is None:
            process.send_signal(number)
        attempt = judged(f"{number.name} after {moment}", process, out, allowed, killed=True)
        if replacing and attempt.out == "no result":
            attempt = type(attempt)(
                attempt.label, attempt.ended, attempt.out, attempt.said, "the former result is gone"
            )
        outcome.attempts.append(attempt)
        left_behind += _left(place, temporary) != "nothing"
    ended = sum(attempt.ended == 0 for attempt in outcome.attempts)
    outcome.notes.append(f"{ended} had ended before; something was left behind after {left_behind} of them")
    shutil.rmtree(place / "out", ignore_errors=True)
    last = city.started(city.settling(city.data, place / "out"), temporary)
    attempt = judged("undisturbed, afterwards", last, place / "out", [city.digests])
    left = _left(place, temporary)
    if left != "nothing" and not attempt.wrong:
        attempt = type(attempt)(attempt.label, attempt.ended, attempt.out, attempt.said, f"still there: {left}")
    outcome.notes.append(f"after the next run: {left}")
    outcome.attempts.append(attempt)
    shutil.rmtree(place)
    return outcome


def wait(process: subprocess.Popen, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.01)


def _wait_for_writing(process: subprocess.Popen, place: Path) -> None:
    before = set(place.glob(".out.partial-*"))
    while process.poll() is None and not set(place.glob(".out.partial-*")) - before:
        time.sleep(0.005)


def _left(place: Path, temporary: Path) -> str:
    partial, scratch = len(list(place.glob(".out.*"))), len(list(temporary.glob("casemix-*")))
    parts = [f"{partial} hidden beside --out" if partial else "", f"{scratch} in TMPDIR" if scratch else ""]
    return ", ".join(part for part in parts if part) or "nothing"
