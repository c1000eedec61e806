"""Stops a run in which a table that settled rows lead to (a register of hospitals) came without a single row: what is
worked out for each of its rows would be worked out for none, and nobody would be told.
"""

from __future__ import annotations

from engine.execute.reference.asks import Stands
from engine.execute.reference.outcome import Outcome
from engine.files.errors import RunStopped


def must_have_rows(execution: Stands) -> list[str]:
    """The delivered tables that have to be complete and that something reads, but for those whose rows are settled."""
    scope, selection = execution.scope(execution.closing), execution.selection
    found = []
    for name, stored in selection.tables.items():
        table = execution.now.tables[name]
        complete = stored.delivered and not (table.optional or table.sparse or stored.ranged)
        apart = name in selection.computed_tables or name in selection.main_tables
        if complete and not apart and name in execution.wanted_tables and scope.keys(name):
            found.append(name)
    return found


def stop_if_a_table_has_no_rows(execution: Outcome) -> None:
    """Raises :class:`RunStopped` for a delivered table that has to be complete, is empty, and is referred to.

    A row that is missing among others is told where a sum is asked for; of an empty table nothing is ever asked.
    """
    scope = execution.scope(execution.closing)
    details = []
    for name in must_have_rows(execution):
        if execution.came_in(name):
            continue
        below = [
            f"{main} 有 {rows} 行"
            for main in execution.selection.main_tables
            if scope.determines(main, scope.keys(name)) and (rows := execution.came_in(main))
        ]
        if below:
            details.append(f"表 {name} 交来了，可是没有一行；{'、'.join(below)}要归到它")
    if details:
        hint = "检查这张表有没有交全、表头下面有没有数据；确实可以没有行的表，在规则里写 可缺行: 是"
        raise RunStopped(f"{execution.period} 有表是空的", details, hint)
