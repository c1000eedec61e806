"""Engines that the kit is run with: a function from a case to the result of each row, in key order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

from kit import PERIOD, PROGRAM, RESULT, Case
from kit_closures import closures, row_by_row
from kit_given import MANY, ONE

from engine.data.staging.model import StagedTable
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.run import MemoryTables, execute
from engine.execute.sql.run import execute as execute_in_sql
from engine.language.values import Unresolved, Value
from tests.databases import chosen, open_database
from tests.databases.lowered import Lowered
from tests.databases.uploaded import in_memory

LOWERED = Lowered()
"""Looks through every query of the kit."""
Engine = Callable[[Case], list[Value | Unresolved]]


def reference(case: Case) -> list[Value | Unresolved]:
    return _values(execute(case.book, PROGRAM, PERIOD, MemoryTables(case.rows)), case)


def _values(execution: Execution, case: Case) -> list[Value | Unresolved]:
    return [_value(execution, row) for row in execution.rows_of(case.grain)]


def in_sql(name: str, case: Case) -> list[Value | Unresolved]:
    """With the rows in SQL: the many where there are many, so that sums go up from SQL, else the one."""
    with open_database(name) as database:
        database.watch = LOWERED
        big = [MANY] if MANY in case.rows else [ONE]
        data = in_memory(case.book, PROGRAM, PERIOD, MemoryTables(case.rows), database, big)
        data.staged = {name: _with_reasons(staged, case.rows[name]) for name, staged in data.staged.items()}
        run = execute_in_sql(case.book, PROGRAM, PERIOD, data)
        execution, readings = run.judge, run.big.readings
        rows = execution.rows_of(case.grain)
        assert not LOWERED.strange, f"no printer was told of {LOWERED.strange}: see engine/databases/marks.py"
        if execution.scope(execution.closing).base(case.grain) not in readings:
            return [_value(execution, row) for row in rows]
        reading = readings[rows[0].grain] if rows else None
        if reading is None:
            return []
        found = reading.frame.fetch([reading.own(RESULT)], order=reading.key_order())
        return [
            _reason(execution, row) if failed else value for row, ([value], [failed]) in zip(rows, found, strict=True)
        ]


def _with_reasons(staged: StagedTable, records: list[dict[str, object]]) -> StagedTable:
    """Rows with the reasons that the kit gives for what is unresolved, which no database keeps."""
    made = {f.name: getattr(staged, f.name) for f in dataclasses.fields(staged)}
    kept = {"records": lambda self, numbers: {rn: dict(records[rn]) for rn in numbers}}
    return type("Kept", (StagedTable,), kept)(**made)  # type: ignore[no-any-return]


def _value(execution: Execution, row: Row) -> Value | Unresolved:
    try:
        return execution.value(RESULT, row, execution.own_day(row))
    except Unresolved as error:
        return error


def _reason(execution: Execution, row: Row) -> Value | Unresolved:
    found = _value(execution, row)
    assert isinstance(found, Unresolved), f"unresolved in SQL, {found} otherwise"
    return found


ENGINES: dict[str, Engine] = {"reference": reference, "closures": closures, "row by row": row_by_row}
ENGINES |= {name: partial(in_sql, name) for name in chosen("mariadb")}
