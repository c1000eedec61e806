"""``python -m tests.faults [FAULT…] [--scale F] [--cases N]``: the table of ``docs/reliability.md``, made anew.

Each fault is put to whole ``casemix`` processes many times. Exit code 1 if one outcome was not allowed.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults import bad_rows, changes, disk, memory, ranges, server, signals, together
from tests.faults.city import City
from tests.faults.judge import Outcome


@dataclass(frozen=True)
class Fault:
    """``times``: how often at scale 1. ``cases``: of the city, where another number than usual."""

    what: str
    times: int
    run: Callable[[City, int], Outcome]
    cases: int = 0


def _killed(number: signal.Signals) -> Callable[[City, int], Outcome]:
    return lambda city, times: signals.killed(city, times, number)


def _cut(kind: str) -> Callable[[City, int], Outcome]:
    return lambda city, times: changes.cut_before(city, times, kind)


def _changed(kind: str) -> Callable[[City, int], Outcome]:
    return lambda city, times: changes.changed_during(city, times, kind)


def _bad(kind: str) -> Callable[[City, int], Outcome]:
    return lambda city, times: bad_rows.bad_rows(city, kind)


FAULTS = {
    "kill": Fault("SIGKILL, half of the times while it writes", 60, _killed(signal.SIGKILL)),
    "term": Fault("SIGTERM, likewise", 60, _killed(signal.SIGTERM)),
    "int": Fault("SIGINT (Ctrl-C), likewise", 60, _killed(signal.SIGINT)),
    "range-kill": Fault("a range of months, SIGKILL", 40, lambda c, n: ranges.interrupted(c, n, signal.SIGKILL)),
    "range-int": Fault("a range of months, SIGINT (Ctrl-C)", 40, lambda c, n: ranges.interrupted(c, n, signal.SIGINT)),
    "full-out": Fault("`--out` on a full disk (tmpfs of 16 KB up)", 16, disk.full_out),
    "full-tmp": Fault("TMPDIR on a full disk", 16, disk.full_temporary),
    "places": Fault("`--out` or data where they cannot be", 1, disk.places),
    "memory": Fault("`--memory` of 1 to 401 MB", 12, memory.small_memory),
    "addresses": Fault("no more memory from the system (RLIMIT_AS, 250 to 2 000 MB)", 15, memory.limited_memory),
    **{f"cut-{k}": Fault(f"{k} cut short before the run", 40, _cut(k), 2000) for k in changes.FORMATS},
    **{f"change-{k}": Fault(f"{k} changed while it is read", 30, _changed(k), 0) for k in ("parquet", "csv", "duckdb")},
    "change-xlsx": Fault("xlsx changed while it is read", 15, _changed("xlsx"), 2000),
    "change-rules": Fault("rules changed, removed or added during the run", 24, changes.rules_changed),
    "connection": Fault("PostgreSQL ends the session, or stops at once, during the run", 30, server.cut),
    "together": Fault("two runs into one folder", 12, together.two_at_once),
    **{f"bad-{n}": Fault(f"bad rows: {k}", 1, _bad(k), 10**6) for n, k in enumerate(bad_rows.KINDS, 1)},
}
HEAD = "| fault | tried | outcome | seconds | command |\n|---|---|---|---|---|"


def row_of(name: str, asked: argparse.Namespace, work: Path) -> tuple[str, Outcome]:
    """A line of the table, and what it says."""
    fault = FAULTS[name]
    number = fault.cases or asked.cases
    number = number if number < 10**6 else round(number * min(asked.scale, 1))
    city = City(work / str(number), number, asked.town)
    begun = time.monotonic()
    outcome = fault.run(city, max(1, round(fault.times * asked.scale)))
    taken = time.monotonic() - begun
    shown = f"python -m tests.faults {name}{' --town' if asked.town else ''}"
    return f"| {fault.what} | {len(outcome.attempts)} | {outcome.told()} | {taken:.0f} | `{shown}` |", outcome


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"of {', '.join(FAULTS)}; all if none is named")
    parser.add_argument("--scale", type=float, default=1, help="how often, times the usual")
    parser.add_argument("--cases", type=int, default=20000, help="of the city's year")
    parser.add_argument("--town", action="store_true", help="a place of five rules instead of the demonstration city")
    parser.add_argument("--verbose", action="store_true", help="each attempt too, on standard error")
    asked = parser.parse_args(arguments)
    unknown = set(asked.faults) - set(FAULTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {time.strftime('%F')}"
    )
    print(f"\n{HEAD}", flush=True)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as work:
        for name in asked.faults or FAULTS:
            line, outcome = row_of(name, asked, Path(work))
            print(line, flush=True)
            wrong += len(outcome.wrong)
            for attempt in outcome.attempts if asked.verbose else outcome.wrong:
                shown = (
                    f"  {name}: {attempt.label}: {attempt.ended}, {attempt.out}: {attempt.said[-200:]} {attempt.wrong}"
                )
                print(shown, file=sys.stderr, flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
