"""The rows that belong to a row, of finer statements, and differ between two results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from engine.compare.runs import Run, read_run
from engine.compare.sheets import Sheets
from engine.explain.keys import joined
from engine.explain.rows_below import RowsBelow
from engine.results.shown import shown

MOST_LISTED = 100


class ChangedRow(NamedTuple):
    """``cells``: column, before, after, of those that differ."""

    key: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ChangedBelow:
    """Of a finer statement: how many rows of its grain belong to the row on each side, how many of those that both
    results have differ, and those that change most; ``left`` and ``entered``: keys of rows that belong to it on one
    side alone. ``cut``: there are too many to look at all of them.
    """

    statement: str
    grain: str
    rows: tuple[int, int]
    changed: int
    most: tuple[ChangedRow, ...]
    left: tuple[str, ...]
    entered: tuple[str, ...]
    cut: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"most": [one._asdict() for one in self.most]}


def changed_below(
    one: Path, other: Path, before: Sequence[RowsBelow], after: Sequence[RowsBelow]
) -> list[ChangedBelow]:
    """``before`` and ``after``: what belongs to the row in each."""
    if not before or not after:
        return []
    runs = read_run("A", one), read_run("B", other)
    sides = [{rows.statement: rows for rows in side} for side in (before, after)]
    found = [_of_statement(runs, sides[0][name], sides[1][name]) for name in sides[0] if name in sides[1]]
    return [said for said in found if said is not None]


def _of_statement(runs: tuple[Run, Run], before: RowsBelow, after: RowsBelow) -> ChangedBelow | None:
    """Nothing of a statement that one of them does not have, and of one in whose keys the period stands: its rows are
    told by others.
    """
    name = before.statement
    keys = len(next(iter(before.keys | after.keys), ()))
    if any(name not in run.digests or len(run.keys(name)) != keys for run in runs):
        return None
    counts = (before.count, after.count)
    left, entered = (_first(keys) for keys in (before.keys - after.keys, after.keys - before.keys))
    cut = any(rows.count > len(rows.keys) for rows in (before, after))
    if runs[0].digests[name] == runs[1].digests[name]:
        return ChangedBelow(name, before.grain, counts, 0, (), left, entered, cut)
    with Sheets(*runs, name) as sheets:
        among = sheets.among(before.keys | after.keys)
        changed = sheets.count_changed(among)
        telling = sheets.most_telling(sheets.difference()) if changed else ""
        cells = sheets.rows_changed(MOST_LISTED, most_of=telling, among=among) if changed else ()
        most = tuple(
            ChangedRow(joined(map(shown, key)), tuple((h, shown(a), shown(b)) for _, h, a, b in lines))
            for key, lines in groupby(cells, key=lambda cell: cell[0])
        )
    return ChangedBelow(name, before.grain, counts, changed, most, left, entered, cut)


def _first(keys: frozenset[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(joined(key) for key in sorted(keys)[:MOST_LISTED])
