"""Stored values into a temporary table of DuckDB, a list a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from engine.data.staging.sql import Sql, cast, column, data_type, named, quoted_table, run


class DuckStore:
    """A connection as :class:`engine.data.staging.model.Store`."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def rows(self, query: Sql) -> list[tuple[Any, ...]]:
        return run(self.connection, query).fetchall()  # type: ignore[no-any-return]

    def create(self, name: str, spec: Mapping[str, str]) -> None:
        create(self.connection, name, spec)

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        insert(self.connection, name, spec, cells)


def create(connection: Any, name: str, spec: Mapping[str, str]) -> None:
    """An empty temporary table: column to SQL type. It takes the place of what bears the name."""
    columns = [exp.ColumnDef(this=exp.to_identifier(n, quoted=True), kind=data_type(k)) for n, k in spec.items()]
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    shape = exp.Schema(this=quoted_table(name), expressions=columns)
    run(connection, exp.Create(this=shape, kind="TABLE", properties=temporary, replace=True))


def insert(connection: Any, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
    """Adds rows; ``cells`` has a list of equal length for each column of ``spec``."""
    into = exp.Schema(this=quoted_table(name), expressions=[column(n) for n in spec])
    run(connection, exp.Insert(this=into, expression=_rows_of(spec)), [list(cells[n]) for n in spec])


def filled(connection: Any, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
    """As :func:`create` and :func:`insert`, in one statement."""
    create_as(connection, name, _rows_of(spec), arguments=[list(cells[n]) for n in spec])


def _rows_of(spec: Mapping[str, str]) -> exp.Select:
    """Of a list a column, handed over with the query."""
    return exp.select(
        *(
            named(exp.func("unnest", cast(exp.Parameter(this=exp.Literal.number(place)), f"{kind}[]")), name)
            for place, (name, kind) in enumerate(spec.items(), start=1)
        ),
        copy=False,
    )


def create_as(
    connection: Any, name: str, query: Sql, kind: str = "TABLE", arguments: Sequence[Sequence[Any]] = ()
) -> None:
    """A temporary table of the rows of a query, or (``kind`` VIEW) a temporary view."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    made = exp.Create(this=quoted_table(name), kind=kind, expression=query, properties=temporary, replace=True)
    run(connection, made, arguments)


def drop(connection: Any, name: str, kind: str = "TABLE") -> None:
    """Drops a temporary table or view if there is one."""
    run(connection, exp.Drop(tables=[quoted_table(name)], kind=kind, exists=True))
