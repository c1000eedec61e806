"""What ``casemix compare`` says of two results, as plain data for a page. Asked of the process beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from engine.compare.gains import changed_most, gains
from engine.compare.runs import Run, accounts_of, differences_of, read_run
from engine.compare.sheets import Changed, Sheets
from engine.explain.keys import joined
from engine.results.opened import shown

ROWS, MOST_VALUES = 100, 300


@dataclass(frozen=True)
class Compared:
    """A statement that differs. ``changed``: column, rows, totals before and after, their difference, the row that
    changes most and by how much; ``moves``: column, from, to, rows; ``lost``: column that one result alone has, and
    which; ``columns``: by which gains can be told; ``gains``: column that adds up to lines of value, before, after,
    change; ``cells``: key, column, before, after of the rows that differ most.
    """

    name: str
    rows: tuple[int, int]
    only: tuple[int, int]
    changed: tuple[tuple[str, ...], ...]
    moves: tuple[tuple[str, ...], ...]
    lost: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    gains: dict[str, list[tuple[str, ...]]]
    cells: tuple[tuple[tuple[str, ...], str, str, str], ...]


@dataclass(frozen=True)
class Comparison:
    """``heads``: what the results are of, where that differs; ``moved``: rows that ended elsewhere; ``same``: how many
    statements do not differ; ``by``: the column by which gains are told; ``only``: statement that one result alone
    has, and which.
    """

    heads: list[tuple[str, list[str]]]
    moved: list[list[str]]
    found: list[Compared]
    same: int
    by: str
    only: tuple[tuple[str, str], ...]


def compared(one: str, other: str, by: str, of: str | None, first: Mapping[str, Sequence[str]]) -> Comparison:
    """``by``: nothing for the key that most statements have; ``of``: only rows with this value of it; ``first``: the
    headings of each statement that are looked at first.
    """
    a, b = read_run("A", Path(one)), read_run("B", Path(other))
    counts = accounts_of(a), accounts_of(b)
    moved = [
        [table, state, *(str(part.get((table, state), 0)) for part in counts)]
        for table, state in dict.fromkeys([*counts[0], *counts[1]])
        if counts[0].get((table, state), 0) != counts[1].get((table, state), 0)
    ]
    both = [name for name in a.digests if name in b.digests]
    differing = [name for name in both if a.digests[name] != b.digests[name]]
    only = tuple((name, run.name) for run in (a, b) for name in run.digests if name not in both)
    by = by or _usual(a, differing)
    found = []
    for name in differing:
        with Sheets(a, b, name) as sheets:
            found.append(_compared(sheets, by, of, first.get(name, ())))
    return Comparison(differences_of([a, b]), moved, found, len(both) - len(differing), by, only)


def _usual(run: Run, statements: Sequence[str]) -> str:
    """A heading that is a key: that which most of the statements have; of these, that which finer rows have too."""
    columns = [(column, name) for name in statements for column in run.record["columns"][name]]
    texts = [column["heading"] for column, _ in columns if not column["adds_up"]]
    keys = {column["heading"] for column, _ in columns if column["key"]}
    count, finer = Counter(texts), Counter(column["heading"] for column, _ in columns if not column["key"])
    return max(
        (text for text in dict.fromkeys(texts) if text in keys), key=lambda one: (count[one], finer[one]), default=""
    )


def _compared(sheets: Sheets, by: str, of: str | None, first: Sequence[str]) -> Compared:
    said = sheets.difference()
    changed = tuple(_totals(c) for c in said.changed if not c.moves)
    moves = tuple((c.heading, *map(str, move)) for c in said.changed for move in c.moves)
    order = [*first, *(one for one in sheets.shared if one not in first)]
    adding = [name for name in order if name in sheets.adding and name in sheets.shared]
    has = by in (*sheets.keys, *sheets.shared)
    told: dict[str, list[tuple[str, ...]]] = {}
    everybody = gains(sheets, by) if has else []
    for heading in adding:
        lines = [
            (gain.value, *map(shown, gain.sums[heading]), f"{gain.change(heading):+f}")
            for gain in changed_most(everybody, heading)
        ]
        told |= {heading: lines[:MOST_VALUES]} if lines else {}
    most_of = next((heading for heading in (*told, *(c.heading for c in said.changed if not c.moves))), "")
    named, value = ("", "") if of is None else (by, of)
    rows = sheets.rows_changed(ROWS, named, value, most_of) if has or of is None else ()
    cells = tuple(
        (tuple(map(shown, key)), heading, shown(before), shown(after)) for key, heading, before, after in rows
    )
    columns = tuple(name for name in (*sheets.keys, *sheets.shared) if name not in sheets.adding)
    return Compared(said.statement, said.rows, said.only, changed, moves, tuple(said.lost), columns, told, cells)


def _signed(change: Decimal) -> str:
    return f"{change:+f}" if change else f"{change:f}"


def _totals(changed: Changed) -> tuple[str, ...]:
    sums = (changed.before, changed.after)
    difference = _signed(changed.difference) if any(sums) else ""
    key, most = changed.greatest or ((), None)
    greatest = f"{joined(map(shown, key))}：{most:+f}" if most is not None else ""
    return changed.heading, str(changed.rows), *map(shown, sums), difference, greatest
