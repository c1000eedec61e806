"""What is asked of the process beside: a look over a delivery, the reasons of a row. Plain words in, plain data out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.execute.period import parse_periods
from engine.explain.explain import Explanation, explanation
from engine.looked_over import Looked, look_over
from engine.remembered import load


def seen_of(words: Sequence[str]) -> Looked:
    """``words``: of ``casemix run``. Addresses of databases are left to the run."""
    _, region, program, *rest = words
    said: dict[str, list[str]] = {}
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        said.setdefault(option, []).append(value)
    data = [place for place in said.get("--data", []) if "://" not in place]
    previous, mapping = (Path(said[name][0]) if name in said else None for name in ("--previous", "--mapping"))
    period = parse_periods(said["--period"][0])[0]
    return look_over(load(region), program, period, data, Path(said["--out"][0]), previous=previous, mapping=mapping)


def explained(folder: str, grain: str, key: str) -> Explanation:
    """As ``casemix explain`` has it."""
    return explanation(Path(folder), grain, key)
