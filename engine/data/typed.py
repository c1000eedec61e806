"""One delivery of a table, typed: its key and its columns, before places are laid over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.data.cells.columns import cells_of
from engine.data.cells.reader import read_column
from engine.data.values import BadCell, Cell, OutOfRange
from engine.files.raw import RawTable
from engine.language.types import Kind
from engine.language.values import render
from engine.rulebook.model import Table

KEY_TWICE, KEY_EMPTY, SHAPE = "D104", "D105", "D106"


@dataclass(frozen=True)
class Rejected:
    """A row that is not used. ``key_text``: its key, comma-separated, as far as it was read; ``line`` in ``origin``.

    ``field``: the first one at fault ("" if it is the whole row); ``reason`` (Chinese) names every field at fault.
    ``amounts``: its yuan columns as far as they could be read, so that the account adds up.
    ``code``: D101 … D106 of :mod:`engine.data.load`, or the name of the check that rejected the row.
    ``when``: its 归期 as far as it could be read: whether it may belong to the run at all.
    """

    key_text: str
    line: int
    field: str
    reason: str
    code: str
    origin: str = ""
    amounts: tuple[tuple[str, Fraction], ...] = ()
    when: Cell = None


Key = tuple[Cell, ...]


@dataclass(frozen=True)
class Part:
    """``keys[i]`` and ``columns[name][i]`` belong to ``lines[i]``; ``None`` for a key that could not be read.

    ``keyless`` are the rows without a key that can be used: each is rejected.
    """

    origin: str
    keys: list[Key | None]
    columns: dict[str, list[Cell | BadCell]]
    lines: Sequence[int]
    keyless: tuple[Rejected, ...]


def typed_part(table: Table, raw: RawTable, wanted: Sequence[str]) -> Part:
    """The wanted columns of ``raw`` that it has, as values. A key column may be missing if it has a default."""
    place_of = {name: place for place, name in enumerate(raw.columns)}
    columns = {
        name: read_column(table.fields[name], cells_of(table.fields[name], raw, place_of[name]))
        for name in wanted
        if name in place_of
    }
    for name in table.key:
        if name not in columns:
            columns[name] = [table.fields[name].default] * len(raw.rows)
    keyless = [Rejected("", row.line, "", row.reason, SHAPE, raw.origin) for row in raw.broken]
    keys: list[Key | None] = []
    for line, *cells in zip(raw.lines, *(columns[name] for name in table.key), strict=True):
        if any(cell is None or type(cell) in (BadCell, OutOfRange) for cell in cells):
            others = {name: column[len(keys)] for name, column in columns.items()}
            row = _without_key(table, raw.origin, line, cells)
            keyless.append(replace(row, amounts=yuan(table, others), when=when(table, others)))
            keys.append(None)
        else:
            keys.append(tuple(cells))
    keyless.sort(key=lambda row: row.line)
    return Part(raw.origin, keys, columns, raw.lines, tuple(keyless))


def yuan(table: Table, cells: Mapping[str, Cell | BadCell]) -> tuple[tuple[str, Fraction], ...]:
    """The yuan fields of a row and what stands in them, as far as it is a number (in range or not)."""
    found = []
    for name, cell in cells.items():
        type_ = table.fields[name].type
        value = cell.value if isinstance(cell, OutOfRange) else cell
        if type_.kind is Kind.NUMBER and type_.unit.powers == (("元", 1),) and isinstance(value, Fraction):
            found.append((name, value))
    return tuple(found)


def when(table: Table, cells: Mapping[str, Cell | BadCell]) -> Cell:
    """The 归期 of a row; ``None`` if the table has none or it could not be read."""
    cell = cells.get(table.period_field or "")
    return None if isinstance(cell, BadCell | OutOfRange) else cell


def key_text(cells: Sequence[Cell | BadCell]) -> str:
    """A key as people write it: its values separated by commas; what could not be read is empty."""
    return ",".join("" if isinstance(cell, BadCell | OutOfRange) else render(cell) for cell in cells)


def _without_key(table: Table, origin: str, line: int, cells: list[Cell | BadCell]) -> Rejected:
    faults = []
    for name, cell in zip(table.key, cells, strict=True):
        if cell is None:
            faults.append((name, f"{name}：主键为空", KEY_EMPTY))
        elif isinstance(cell, OutOfRange):
            faults.append((name, f"主键{cell.reason}", KEY_EMPTY))
        elif isinstance(cell, BadCell):
            faults.append((name, f"{name}：{cell.reason}", cell.code))
    return Rejected(key_text(cells), line, faults[0][0], "；".join(why for _, why, _ in faults), faults[0][2], origin)
