"""What ``casemix compare`` says of two results, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from engine.compare.effect import Effect, Headline, Rates, Rows, headline_of
from engine.compare.gains import Gain, called, changed_most, gains
from engine.compare.runs import Run, differences_of, moved_rows, read_run
from engine.compare.sheets import Changed, Sheets
from engine.explain.keys import joined
from engine.results.shown import shown

ROWS, MOST_VALUES = 100, 300


class Total(NamedTuple):
    """A column of numbers that differs: in how many rows; its totals, empty where they mean nothing; the row that
    changes most, and by how much.
    """

    column: str
    rows: str
    before: str
    after: str
    difference: str
    most: str


class Move(NamedTuple):
    """Rows whose class or text in a column became another."""

    column: str
    before: str
    after: str
    rows: str


class Gained(NamedTuple):
    """The totals of the rows with one value; empty: those without."""

    value: str
    before: str
    after: str
    difference: str


class Cell(NamedTuple):
    """A cell that differs, of the row with this key."""

    key: tuple[str, ...]
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Compared:
    """A statement that differs. ``rows`` of both; ``only``: of one alone; ``changed`` and ``moves``: of columns of
    numbers, and of others; ``lost``: column that one result alone has, and which; ``columns``: by which gains can be
    told; ``gains``: by column that adds up, the greatest change first; ``cells``: of the rows that differ most;
    ``changed_rows``: how many differ of those that both have.

    Figures are texts as the result has them, with every decimal, in the unit of their column.
    """

    name: str
    rows: tuple[int, int]
    only: tuple[int, int]
    changed: tuple[Total, ...]
    moves: tuple[Move, ...]
    lost: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    gains: dict[str, list[Gained]]
    cells: tuple[Cell, ...]
    changed_rows: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {
            "changed": [one._asdict() for one in self.changed],
            "moves": [one._asdict() for one in self.moves],
            "gains": {column: [one._asdict() for one in lines] for column, lines in self.gains.items()},
            "cells": [one._asdict() for one in self.cells],
        }


@dataclass(frozen=True)
class Comparison:
    """``heads``: what the results are of, where that differs; ``moved``: rows that ended elsewhere (table, state, rows
    before and after); ``found``: statements that differ; ``same``: how many do not; ``by``: the column by which gains
    are told; ``only``: statement that one result alone has, and which (A, B); ``effect``: what it comes to;
    ``called``: what values of ``by`` are called, where that is known.
    """

    heads: list[tuple[str, list[str]]]
    moved: list[list[str]]
    found: list[Compared]
    same: int
    by: str
    only: tuple[tuple[str, str], ...]
    effect: Effect
    called: dict[str, str]

    @property
    def differs(self) -> bool:
        """Whether any row or figure does; other rules or data that change nothing are no difference."""
        return bool(self.found or self.moved or self.only)

    def as_dict(self) -> dict[str, Any]:
        return {
            "differs": self.differs, "heads": self.heads, "moved": self.moved, "same": self.same, "by": self.by,
            "only": self.only, "effect": self.effect.as_dict(), "called": self.called,
            "found": [one.as_dict() for one in self.found],
        }  # fmt: skip


def compared(
    one: str, other: str, by: str, of: str | None, first: Mapping[str, Sequence[str]], rows: int = ROWS,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> Comparison:  # fmt: skip
    """``by``: nothing for the key that most statements have; ``of``: only rows with this value of it; ``first``: the
    headings of each statement that are looked at first; ``rows``: of how many of each statement the cells are listed;
    ``names``: of a statement the heading beside which another says what its values are called. Raises ``DataError`` for
    a folder that is no result.
    """
    a, b = read_run("A", Path(one)), read_run("B", Path(other))
    both = [name for name in a.digests if name in b.digests]
    differing = [name for name in both if a.digests[name] != b.digests[name]]
    only = tuple((name, run.name) for run in (a, b) for name in run.digests if name not in both)
    by = by or _usual(a, differing)
    beside = {name: (names or {}).get(name, {}).get(by, "") for name in differing}
    found: list[Compared] = []
    told: dict[str, str] = {}
    headlines: list[Headline] = []
    for name in differing:
        with Sheets(a, b, name) as sheets:
            told |= called(sheets, by, beside[name])
            everybody = gains(sheets, by) if by in (*sheets.keys, *sheets.shared) else []
            found.append(_compared(sheets, by, of, first.get(name, ()), rows, everybody))
            column = _looked_at_first(found[-1], sheets, first.get(name, ()))
            headlines += [headline_of(name, column, by, everybody, told)] if everybody and column else []
    effect = _effect(found, headlines, first)
    return Comparison(
        differences_of([a, b]), moved_rows([a, b]), found, len(both) - len(differing), by, only, effect, told
    )


def _looked_at_first(found: Compared, sheets: Sheets, first: Sequence[str]) -> str:
    """The column that adds up whose total tells most: that which is looked at first, else the first that changes."""
    return next(
        (name for name in first if name in sheets.adding and name in sheets.shared), next(iter(found.gains), "")
    )


def _effect(found: Sequence[Compared], headlines: Sequence[Headline], first: Mapping[str, Sequence[str]]) -> Effect:
    telling = (one for one in headlines if one.more.many or one.less.many)
    rates = tuple(
        Rates(sheet.name, total.column, int(total.rows), total.most)
        for sheet in found
        for total in sheet.changed
        if total.column in first.get(sheet.name, ()) and total.most and not total.before and not total.after
    )
    finest = max(found, key=lambda sheet: max(sheet.rows), default=None)
    rows = Rows(finest.name, max(finest.rows), finest.changed_rows, sum(finest.only)) if finest is not None else None
    return Effect(next(telling, next(iter(headlines), None)), rates, rows)


def _usual(run: Run, statements: Sequence[str]) -> str:
    """A heading that is a key, also of a statement that does not differ: that which most of the ``statements`` have; of
    these, that which finer rows have too, so that no row is a value of its own where they can be put together.
    """
    columns = [(column, name) for name in statements for column in run.record["columns"][name]]
    texts = [column["heading"] for column, _ in columns if not column["adds_up"]]
    keys = {column["heading"] for every in run.record["columns"].values() for column in every if column["key"]}
    count, finer = Counter(texts), Counter(column["heading"] for column, _ in columns if not column["key"])
    return max(
        (text for text in dict.fromkeys(texts) if text in keys), key=lambda one: (count[one], finer[one]), default=""
    )


def _compared(
    sheets: Sheets, by: str, of: str | None, first: Sequence[str], most: int, everybody: Sequence[Gain]
) -> Compared:  # fmt: skip
    said = sheets.difference()
    changed = tuple(_totals(c) for c in said.changed if not c.moves)
    moves = tuple(Move(c.heading, *map(str, move)) for c in said.changed for move in c.moves)
    order = [*first, *(one for one in sheets.shared if one not in first)]
    adding = [name for name in order if name in sheets.adding and name in sheets.shared]
    has = by in (*sheets.keys, *sheets.shared)
    told: dict[str, list[Gained]] = {}
    for heading in adding:
        lines = [
            Gained(gain.value, shown(gain.sums[heading][0]), shown(gain.sums[heading][1]), f"{gain.change(heading):+f}")
            for gain in changed_most(everybody, heading)
        ]
        told |= {heading: lines[:MOST_VALUES]} if lines else {}
    most_of = next((heading for heading in (*told, *(c.heading for c in said.changed if not c.moves))), "")
    named, value = ("", "") if of is None else (by, of)
    rows = sheets.rows_changed(most, named, value, most_of) if has or of is None else ()
    cells = tuple(
        Cell(tuple(map(shown, key)), heading, shown(before), shown(after)) for key, heading, before, after in rows
    )
    columns = tuple(name for name in (*sheets.keys, *sheets.shared) if name not in sheets.adding)
    return Compared(
        said.statement, said.rows, said.only, changed, moves, tuple(said.lost), columns, told, cells, said.changed_rows
    )


def _signed(change: Decimal) -> str:
    return f"{change:+f}" if change else f"{change:f}"


def _totals(changed: Changed) -> Total:
    sums = (changed.before, changed.after)
    difference = _signed(changed.difference) if any(sums) else ""
    key, most = changed.greatest or ((), None)
    greatest = f"{joined(map(shown, key))}：{most:+f}" if most is not None else ""
    before, after = map(shown, sums)
    return Total(changed.heading, str(changed.rows), before, after, difference, greatest)
