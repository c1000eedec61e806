"""The order in which two workers begin: each with what is long, so that at the end they share only what is short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
SPARK = (
    "tests/regions/test_same_on_every_engine.py",
    "tests/databases/test_spark.py",
    "tests/databases/test_spark_connect.py",
    "tests/differential/test_undelivered_tables.py",
    "tests/schemes/",
    "tests/explain/test_other_ways_in.py",
    "tests/watching/test_watched_runs.py",
)
"""What Spark works out; it is started and warmed up once if one worker has all of it."""
BROWSER = ("tests/workbench/",)
"""What mostly waits, for a browser."""


def in_halves(items: Sequence[Item], names: Sequence[str]) -> list[Item]:
    """``items``, of which ``names`` says the files: xdist gives the first half to one worker and the second to another,
    and who is done takes from the end of what the other has. Spark begins the first, the browser the second.
    """
    spark, browser, others = [], [], []
    for item, name in zip(items, names, strict=True):
        (spark if name.startswith(SPARK) else browser if name.startswith(BROWSER) else others).append(item)
    before = max(len(items) // 2 - len(spark), 0)
    return [*spark, *others[:before], *browser, *others[before:]]
