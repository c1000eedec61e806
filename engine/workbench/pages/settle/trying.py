"""What is asked of the process beside: a look over a delivery, the reasons of a row. Plain words in, plain data out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.checked import load
from engine.compare.both_reasons import BothReasons, both_reasons
from engine.execute.period import parse_periods
from engine.explain.explain import Explanation, explanation
from engine.looked_over import Looked, look_over_each


def seen_of(words: Sequence[str]) -> list[tuple[str, Looked]]:
    """By period. ``words``: of ``casemix run``. Addresses of databases are left to the run."""
    _, region, program, *rest = words
    said: dict[str, list[str]] = {}
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        said.setdefault(option, []).append(value)
    data = [place for place in said.get("--data", []) if "://" not in place]
    previous, mapping = (Path(said[name][0]) if name in said else None for name in ("--previous", "--mapping"))
    periods = parse_periods(said["--period"][0])
    found = look_over_each(
        load(region), program, periods, data, Path(said["--out"][0]), previous=previous, mapping=mapping
    )
    return [(str(period), looked) for period, looked in found]


def explained(folder: str, grain: str, key: str) -> Explanation:
    """As ``casemix explain`` has it."""
    return explanation(Path(folder), grain, key)


def both_explained(one: str, other: str, grain: str, key: str) -> BothReasons:
    """As ``casemix explain --against`` has it."""
    return both_reasons(Path(one), Path(other), grain, key)
