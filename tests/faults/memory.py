"""Too little memory: a small ``--memory``, and a process that gets no more from the system."""

from __future__ import annotations

import resource
import shutil

from tests.faults.city import City
from tests.faults.judge import ABSENT, Attempt, Outcome, judged

_ENDED = (-11, -6, 127)
"""A thread could not be made: what the C library does then."""


def small_memory(city: City, times: int) -> Outcome:
    """``--memory`` from 1 MB up."""
    outcome, out = Outcome(), city.work / "memory"
    for number in range(times):
        size = f"{round(1 + 400 * (number / max(times - 1, 1)) ** 2)}MB"
        process = city.started(city.settling(city.data, out, "--memory", size))
        outcome.attempts.append(judged(f"--memory {size}", process, out, [city.digests]))
        shutil.rmtree(out, ignore_errors=True)
    return outcome


def limited_memory(city: City, times: int) -> Outcome:
    """RLIMIT_AS from 250 MB of addresses up."""
    outcome, out = Outcome(), city.work / "limited"
    for number in range(times):
        megabytes = 250 + 1750 * number // max(times - 1, 1)

        def limit(size: int = megabytes << 20) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (size, size))

        process = city.started(city.settling(city.data, out), preexec_fn=limit)
        attempt = judged(f"{megabytes} MB of addresses", process, out, [city.digests])
        if attempt.ended in _ENDED and attempt.out == ABSENT:  # before anything could be said
            attempt = Attempt(attempt.label, attempt.ended, "no result, ended by the C library", attempt.said)
        outcome.attempts.append(attempt)
        shutil.rmtree(out, ignore_errors=True)
    return outcome
