"""On what the figures were measured, and what of ``requirements/benchmarks.txt`` is not installed."""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine import __version__

INSTALL = "python -m pip install -r requirements/benchmarks.txt"


def versions(distributions: Iterable[str]) -> dict[str, str | None]:
    """The installed version of each, None where it is not installed."""
    return {name: installed(name) for name in distributions}


def installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def missing(distributions: Iterable[str]) -> list[str]:
    return [name for name, there in versions(distributions).items() if there is None]


def described(distributions: Iterable[str]) -> str:
    """One sentence: date, machine, load, versions."""
    there = {"Casemix": __version__, "Python": platform.python_version()}
    there |= {name: found for name, found in versions(distributions).items() if found}
    listed = ", ".join(f"{name} {number}" for name, number in there.items())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {processor()}, "
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GB; "
        f"load over 1, 5, 15 minutes at the end: {load}. {listed}."
    )


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()
