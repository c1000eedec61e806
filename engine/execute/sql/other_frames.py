"""A value that a row of one big table reads on a row of another (an item's, of its case): the two are joined by key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlglot import exp

from engine.databases.trees import made_of
from engine.execute.sql import ints
from engine.execute.sql.frame import RowsOf
from engine.execute.sql.lowered import Lowered, any_of, constant, merged, missing, unresolved
from engine.execute.sql.on_rows import OnRows


def value_there(reading: OnRows, other: OnRows, keys: list[Lowered], lower: Callable[[], Lowered]) -> Lowered:
    """A value of the row of another frame that has these keys."""
    other.used = True
    low = lower()
    if any(isinstance(key.value, exp.Null) for key in keys):
        fail = any_of([key.fail for key in keys])
        return Lowered(low.kind, exp.Null(), fail, True)
    names = reading.execution.scope(reading.execution.closing).keys(other.base)
    own_keys = [other.staged(name) for name in names]
    conditions = reading.execution.conditions_from(other.base, reading.base)
    aligned = [_aligned_key(key, own) for key, own in zip(keys, own_keys, strict=True)]
    mark = (other.base, *(made_of(part) for part in [*conditions, *aligned]))
    relation = RowsOf(other.frame, conditions, {})
    joined = reading.frame.join(aligned, relation, [key.value.name for key in own_keys], mark)
    assert isinstance(joined.relation, RowsOf)
    joined.relation.columns |= dict.fromkeys(key.value.name for key in own_keys)
    joined.relation.columns |= dict.fromkeys(_parts(low))
    there = reading.frame.joined_column(joined, "there")
    found = _moved(low, lambda name: reading.frame.joined_column(joined, name))
    stored = reading.execution.judge.table(other.base)
    gone = exp.Is(this=there, expression=exp.Null())
    blank = any_of([missing(key) for key in keys])
    fails = any_of([key.fail for key in keys])
    steps = []
    if fails is not None:
        steps.append((fails, unresolved(low.kind)))
    if blank is not None:
        steps.append((blank, constant(low.kind, None)))
    optional = stored.table.optional or stored.table.sparse
    if not stored.delivered and not stored.table.optional:
        optional = False
    steps.append((gone, constant(low.kind, None) if optional else unresolved(low.kind)))
    return reading.frame.let_low(merged(steps, found, low.kind))


def _parts(low: Lowered) -> list[str]:
    parts = [low.value, low.fail, None if low.over is None else low.over.sql]
    return [part.name for part in parts if isinstance(part, exp.Column)]


def _aligned_key(key: Lowered, own: Lowered) -> exp.Expression:
    if key.num is None or own.num is None:
        return key.value
    assert own.over is None and key.over is None
    if own.den % key.den == 0:
        return ints.scaled(key.num, own.den // key.den).sql
    return exp.Case().when(
        exp.EQ(
            this=exp.Mod(this=ints.grouped(key.value), expression=ints.whole(key.den // own.den)),
            expression=ints.whole(0),
        ),
        ints.truncated(key.num, ints.constant(key.den // own.den)).sql,
    )


def _moved(low: Lowered, column: Callable[[str], exp.Expression]) -> Lowered:
    """``low`` as read through a join."""

    def moved(sql: Any) -> Any:
        return column(sql.name) if isinstance(sql, exp.Column) else sql

    fail = None if low.fail is None else moved(low.fail)
    if fail is not None:
        fail = exp.Coalesce(this=fail, expressions=[exp.false()])
    num = None if low.num is None else replace(low.num, sql=moved(low.num.sql))
    over = None if low.over is None else replace(low.over, sql=moved(low.over.sql))
    return replace(low, value=moved(low.value), fail=fail, num=num, over=over)
