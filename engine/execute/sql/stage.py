"""After the rows are sorted and held: accepted rows with what is worked out already, written once to a file.

Each of a dozen queries of a settlement would otherwise work out every case again from the delivered columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from engine.execute.sql.frame import ROW

if TYPE_CHECKING:
    from engine.execute.sql.execution import SqlExecution
    from engine.execute.sql.reading import Reading

MANY = 100_000
"""Rows from which it pays."""


def stand_on_settled(execution: SqlExecution, reading: Reading) -> None:
    """From here on the frame has the accepted rows only, and the rules lowered so far are columns."""
    frame, state = reading.frame, execution.states[reading.base]
    if frame.staged.count < MANY:
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


def _columns(reading: Reading) -> list[str]:
    """The columns of the rules that are lowered: numerators, denominators, values and failures."""
    found: dict[str, None] = {}
    for low in reading.lowered():
        for part in (low.value, low.fail, low.over.sql if low.over is not None else None):
            if isinstance(part, exp.Column) and part.name != ROW:
                found[part.name] = None
    return list(found)
