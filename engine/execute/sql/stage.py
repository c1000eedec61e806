"""After the rows are sorted and held: accepted rows with what is worked out already, written once to a file.

Each of a dozen queries of a settlement would otherwise work out every case again from the delivered columns.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.execute.sql.frame import ROW
from engine.execute.sql.low import Low

if TYPE_CHECKING:
    from engine.execute.sql.execution import SqlExecution
    from engine.execute.sql.reading import Reading



def stand_on_settled(execution: SqlExecution, reading: Reading) -> None:
    """From here on the frame has the accepted rows only, and the rules lowered so far are columns."""
    frame, state = reading.frame, execution.states[reading.base]
    if frame.staged.count < frame.database.many:
        return
    worked_out = _columns(reading)
    base = [name for name, column in frame.columns.items() if column.level == 0]
    names = list(dict.fromkeys([*base, *worked_out]))
    query = frame.relation([exp.column(name) for name in names], state.conditions(True))
    table = frame.database.keep_on_disk(query)
    frame.rebase(table, worked_out)
    state.inside, state.refused = [], None
    for other in execution.readings.values():
        if execution.states[other.base].parent == reading.base:
            joined = other.frame.joins["parent", reading.base]
            key = reading.staged(reading.table.key[0]).value
            joined.relation = exp.select(exp.alias_(key.copy(), "k0"), exp.alias_(exp.true(), "there")).from_(
                exp.to_table(table)
            )


def stored(reading: Reading, low: Low) -> Low:
    """A window's value written once, by row number: every later query would sort all rows again."""
    frame = reading.frame
    if frame.staged.count < frame.database.many:
        return low
    low = frame.let_low(low)
    parts = {part.name: part for part in _parts(low)}
    if not parts:
        return low
    query = frame.selected([exp.column(ROW), *parts.values()], reading.execution.widest(reading.base))
    named = [exp.alias_(exp.column("x0"), ROW)]
    named += [exp.alias_(exp.column(f"x{place}"), name) for place, name in enumerate(parts, 1)]
    table = frame.database.keep_on_disk(exp.select(*named).from_(query.subquery("z", copy=False), copy=False))
    relation = exp.select(ROW, *parts).from_(exp.to_table(table))
    joined = frame.join([exp.column(ROW)], relation, [ROW], (ROW, table))
    moved = {name: frame.joined_column(joined, name) for name in parts}

    def there(sql: exp.Expression) -> exp.Expression:
        return moved.get(sql.name, sql) if isinstance(sql, exp.Column) else sql

    fail = None if low.fail is None else frame.let(exp.Coalesce(this=there(low.fail), expressions=[exp.false()]))
    num = None if low.num is None else replace(low.num, sql=there(low.num.sql))
    over = None if low.over is None else replace(low.over, sql=there(low.over.sql))
    return replace(low, value=there(low.value), fail=fail, num=num, over=over, absent=True)


def _columns(reading: Reading) -> list[str]:
    """The columns of the rules that are lowered: numerators, denominators, values and failures."""
    found: dict[str, None] = {}
    for low in reading.lowered():
        found.update(dict.fromkeys(part.name for part in _parts(low)))
    return list(found)


def _parts(low: Low) -> list[exp.Column]:
    parts = (low.value, low.fail, None if low.over is None else low.over.sql)
    return [part for part in parts if isinstance(part, exp.Column) and part.name != ROW]
