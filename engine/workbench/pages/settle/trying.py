"""What is asked of the process beside: a look over a delivery, the reasons of a row. Plain words in, plain data out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.compare.both_reasons import BothReasons, both_reasons
from engine.execute.period import parse_periods
from engine.explain.explain import Explanation, explanation
from engine.looked_over import Looked, look_over
from engine.remembered import load


def seen_of(words: Sequence[str]) -> list[tuple[str, Looked]]:
    """By period. ``words``: of ``casemix run``. Addresses of databases are left to the run."""
    _, region, program, *rest = words
    said: dict[str, list[str]] = {}
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        said.setdefault(option, []).append(value)
    data = [place for place in said.get("--data", []) if "://" not in place]
    previous, mapping = (Path(said[name][0]) if name in said else None for name in ("--previous", "--mapping"))
    periods, out, book = parse_periods(said["--period"][0]), Path(said["--out"][0]), load(region)
    found = []
    for one in periods:
        to = out if len(periods) == 1 else out / str(one)
        stands_on = previous if one == periods[0] else None  # the others stand on results that are not there yet
        found.append((str(one), look_over(book, program, one, data, to, previous=stands_on, mapping=mapping)))
    return found


def explained(folder: str, grain: str, key: str) -> Explanation:
    """As ``casemix explain`` has it."""
    return explanation(Path(folder), grain, key)


def both_explained(one: str, other: str, grain: str, key: str) -> BothReasons:
    """As ``casemix explain --against`` has it."""
    return both_reasons(Path(one), Path(other), grain, key)
