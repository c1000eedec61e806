"""The row that a key names, in Python or where the data lie; keys that are like one that no row has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.sql.data_rows import DataRows
from engine.execute.sql.frame import ROW
from engine.execute.sql.ints import whole
from engine.explain.keys import joined
from engine.explain.stored.rows import StoredRows
from engine.language.types import Kind
from engine.language.values import Value, render

FEW = 2_000
"""Of a table with so many rows all keys are looked at."""
COMPARED = 200
"""Of each length, and of those that begin and those that end alike, so many keys of more rows."""


def row_of(execution: Execution, grain: str, key: tuple[Value, ...]) -> Row | None:
    """The settled row of ``grain`` at a key."""
    rows = _elsewhere(execution, grain)
    if rows is None:
        return next((row for row in execution.rows_of(grain) if row.key == key), None)
    for row in rows_at(execution, grain, key):
        if settled(rows, row) and execution.in_grain(grain, row):
            return row
    return None


def rows_at(execution: Execution, grain: str, key: tuple[Value, ...]) -> Sequence[Row]:
    """The rows of the table below ``grain`` at a key, whatever became of them."""
    base = execution.scope(execution.closing).base(grain)
    rows = _elsewhere(execution, grain)
    if rows is None:
        return [row for row in execution.selection.everything.get(base, ()) if row.key == key]
    reading = rows.readings[base]
    return rows.rows_where(reading, reading.at_key(key), of=[])


def settled(rows: DataRows, row: Row) -> bool:
    """Whether a delivered row was settled."""
    if isinstance(rows, StoredRows):
        return rows.settled(row)
    reading = rows.readings[row.grain]
    number = exp.EQ(this=exp.column(ROW), expression=whole(row.number))
    return bool(rows.count_of(reading, [*rows.conditions(row.grain, False), number]))


def is_key(execution: Execution, grain: str, text: str) -> bool:
    """Whether the only key of a settled row of ``grain`` is written so."""
    rows = _elsewhere(execution, grain)
    if rows is None:
        return any(render(row.key[0]) == text for row in execution.rows_of(grain))
    scope = execution.scope(execution.closing)
    (name,) = scope.keys(grain)
    type_ = scope.dimension_type(name)
    return (type_ is None or type_.kind is Kind.TEXT) and row_of(execution, grain, (text,)) is not None


def keys_like(execution: Execution, grain: str, key: str) -> list[str]:
    """Keys of rows of ``grain``, as people write them, to look for the one that was meant."""
    rows = _elsewhere(execution, grain)
    if rows is None or rows.readings[execution.scope(execution.closing).base(grain)].frame.staged.count <= FEW:
        return [joined(render(part) for part in row.key) for row in execution.rows_of(grain)]
    reading = rows.readings[execution.scope(execution.closing).base(grain)]
    names = execution.scope(execution.closing).keys(grain)
    low = reading.staged(names[0])
    if len(names) != 1 or low.kind is not Kind.TEXT or not key:
        return []
    length = exp.Length(this=low.value.copy())
    found: set[str] = set()
    for many in (len(key) - 1, len(key), len(key) + 1):
        for start, sign in ((whole(1), key[0]), (exp.Length(this=low.value.copy()), key[-1])):
            part = exp.Substring(this=low.value.copy(), start=start, length=whole(1))
            alike = [
                exp.EQ(this=length.copy(), expression=whole(many)),
                exp.EQ(this=part, expression=exp.Literal.string(sign)),
            ]
            conditions = [*rows.conditions(reading.base, False), *rows.member(reading, grain, False), *alike]
            query = reading.frame.selected([low.value], conditions, [low.value], COMPARED)
            found |= {text for (text,) in reading.frame.database.rows(query)}
    return sorted(found)


def _elsewhere(execution: Execution, grain: str) -> DataRows | None:
    """The engine that holds the rows of ``grain``, if they are not here."""
    elsewhere, base = execution.elsewhere, execution.scope(execution.closing).base(grain)
    return elsewhere if isinstance(elsewhere, DataRows) and elsewhere.holds(base) else None
