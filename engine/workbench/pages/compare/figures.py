"""What ``casemix compare`` says of two results, as plain data for a page. Asked of the process beside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.compare.gains import gains
from engine.compare.runs import accounts_of, differences_of, read_run
from engine.compare.sheets import Sheets
from engine.results.opened import shown

ROWS, MOST_VALUES = 100, 300


@dataclass(frozen=True)
class Compared:
    """A statement that differs. ``changed``: column, rows, totals before and after; ``moves``: column, from, to, rows;
    ``columns``: by which gains can be told; ``gains``: column that adds up to lines of value, before, after, change;
    ``cells``: key, column, before, after of the first rows that differ.
    """

    name: str
    rows: tuple[int, int]
    only: tuple[int, int]
    changed: tuple[tuple[str, ...], ...]
    moves: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    gains: dict[str, list[tuple[str, ...]]]
    cells: tuple[tuple[tuple[str, ...], str, str, str], ...]


def compared(one: str, other: str, by: str) -> tuple[list[tuple[str, list[str]]], list[list[str]], list[Compared], int]:
    """What the results are of, where that differs; rows that ended elsewhere; each statement that differs; how many do
    not.
    """
    a, b = read_run("A", Path(one)), read_run("B", Path(other))
    counts = accounts_of(a), accounts_of(b)
    moved = [
        [table, state, *(str(part.get((table, state), 0)) for part in counts)]
        for table, state in dict.fromkeys([*counts[0], *counts[1]])
        if counts[0].get((table, state), 0) != counts[1].get((table, state), 0)
    ]
    both = [name for name in a.digests if name in b.digests]
    found = []
    for name in both:
        if a.digests[name] != b.digests[name]:
            with Sheets(a, b, name) as sheets:
                found.append(_compared(sheets, by))
    return differences_of([a, b]), moved, found, len(both) - len(found)


def _compared(sheets: Sheets, by: str) -> Compared:
    said = sheets.difference()
    changed = tuple((c.heading, str(c.rows), shown(c.before), shown(c.after)) for c in said.changed if not c.moves)
    moves = tuple((c.heading, *map(str, move)) for c in said.changed for move in c.moves)
    adding = [name for name in sheets.shared if name in sheets.adding]
    told: dict[str, list[tuple[str, ...]]] = {}
    for heading in adding if by in (*sheets.keys, *sheets.shared) else ():
        lines = [
            (gain.value or "（空）", *map(shown, gain.sums[heading]), f"{gain.change(heading):+f}")
            for gain in gains(sheets, by)
            if gain.change(heading)
        ]
        told |= {heading: lines[:MOST_VALUES]} if lines else {}
    cells = tuple(
        (tuple(map(shown, key)), heading, shown(before), shown(after))
        for key, heading, before, after in sheets.rows_changed(ROWS)
    )
    columns = tuple(name for name in (*sheets.keys, *sheets.shared) if name not in sheets.adding)
    return Compared(said.statement, said.rows, said.only, changed, moves, columns, told, cells)
