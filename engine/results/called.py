"""What the codes of a result are called, where one of its statements says it beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlglot import exp

from engine.data.duckdb_files import memory_connection
from engine.data.staging.sql import column, run
from engine.results.tables import STATEMENT, Table, rows_in

MOST_CALLED = 2000
"""Values of a heading: more of them are not told."""


Called = Mapping[str, tuple[str, Mapping[str, str]]]
"""By heading of codes, the heading of their names, and the name of each."""


def values_called(folder: Path, tables: Sequence[Table], beside: Mapping[str, Mapping[str, str]]) -> Called:
    """``beside``: of a statement, the headings of codes with those of their names. Codes that two rows call otherwise
    are left out.
    """
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for table in tables:
        there = {one.heading for one in table.columns}
        for heading, name in beside.get(table.name, {}).items() if table.kind == STATEMENT else ():
            if {heading, name} <= there and heading not in found:
                found[heading] = name, _called(folder / table.file, heading, name)
    return found


def _called(file: Path, heading: str, name: str) -> dict[str, str]:
    query = exp.select(column(heading), column(name)).distinct().from_(rows_in(file)).limit(MOST_CALLED + 1)
    with memory_connection() as connection:
        rows = [(str(value), str(text)) for value, text in run(connection, query).fetchall() if value and text]
    values = [value for value, _ in rows]
    return {value: text for value, text in rows if values.count(value) == 1} if len(rows) <= MOST_CALLED else {}
