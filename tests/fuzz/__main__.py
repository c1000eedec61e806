"""``python -m tests.fuzz [KIND…] [--seconds N] [--seed S] [--count N]``: attempts for a bounded time.

Prints each fault with the seed that shows it again, and a line of counts a kind. Exit code 1 if there was a fault.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.bounds import TooSlow, peak_megabytes

KINDS = ("formulas", "rulebooks", "deliveries", "names", "silence")
_MOST_SHOWN = 25


def fault_of(attempt: Callable[[int, Path], str], seed: int, folder: Path) -> str:
    """What is wrong with one attempt, or nothing."""
    try:
        return attempt(seed, folder)
    except TooSlow as slow:
        return f"{slow}\n{_where(slow)}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:1500]}\n{_where(error)}"


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"  {frame.filename.split('/main/')[-1]}:{frame.lineno} {frame.name}" for frame in frames[-6:])


def campaign(kind: str, seconds: float, first: int, count: int | None) -> tuple[int, int]:
    """Attempts and faults; each fault is printed, the same one (by where it happened) once."""
    attempt = importlib.import_module(f"tests.fuzz.{kind}").attempt
    begun, seed, seen = time.monotonic(), first, set()
    faults = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        while time.monotonic() - begun < seconds and (count is None or seed < first + count):
            fault = fault_of(attempt, seed, Path(folder))
            if fault:
                faults += 1
                mark = "\n".join(fault.splitlines()[-3:])
                if mark not in seen and len(seen) < _MOST_SHOWN:
                    print(f"--- {kind} --seed {seed} --count 1\n{fault}", flush=True)
                seen.add(mark)
            seed += 1
    tried = seed - first
    print(
        f"{kind}: {tried} attempts in {time.monotonic() - begun:.0f} s (seeds {first} to {seed - 1}), "
        f"{faults} faults ({len(seen)} kinds), peak {peak_megabytes():.0f} MB",
        flush=True,
    )
    return tried, faults


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; all if none is named")
    parser.add_argument("--seconds", type=float, default=600, help="for each kind")
    parser.add_argument("--seed", type=int, default=0, help="of the first attempt")
    parser.add_argument("--count", type=int, help="at most so many attempts")
    asked = parser.parse_args(arguments)
    unknown = set(asked.kinds) - set(KINDS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    faults = [campaign(kind, asked.seconds, asked.seed, asked.count)[1] for kind in asked.kinds or KINDS]
    return 1 if any(faults) else 0


if __name__ == "__main__":
    sys.exit(main())
