"""The connection that runs the generated queries, and small tables of values that the host worked out."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlglot import exp

Watch = Callable[[exp.Expression], None]


class Database:
    """``watch`` sees every generated query before it runs."""

    dialect = "duckdb"

    def __init__(self, connection: Any, watch: Watch | None = None) -> None:
        self.connection = connection
        self.watch = watch
        self._made = 0
        self._computed_filter = False
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def limit(self, memory: str) -> None:
        """At most so much memory (6GB); what does not fit goes to disk."""
        self._folder()
        self.connection.execute(f"SET memory_limit = {exp.Literal.string(memory).sql(self.dialect)}")

    def _folder(self) -> Path:
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="casemix-")
            place = exp.Literal.string(self._scratch.name).sql(self.dialect)
            self.connection.execute(f"SET temp_directory = {place}")
            stage = exp.Literal.string(str(Path(self._scratch.name) / "stage.duckdb")).sql(self.dialect)
            self.connection.execute(f"ATTACH {stage} AS stage")
        return Path(self._scratch.name)

    def days_between(self, first: exp.Expression, last: exp.Expression) -> exp.Expression:
        """Days from one date to another, in 64 bits."""
        return exp.Anonymous(this="date_diff", expressions=[exp.Literal.string("day"), first.copy(), last.copy()])

    def keep_filters_up(self) -> None:
        """The next query filters by a computed column. DuckDB would push that down through every layer, writing out
        each column where it is read: the condition doubles with each layer.
        """
        self._computed_filter = True

    def run(self, query: exp.Expression) -> Any:
        return self._run(self.text(query))

    def _run(self, text: str, parameters: Sequence[Any] = ()) -> Any:
        disabled, self._computed_filter = self._computed_filter, False
        self.connection.execute(f"SET disabled_optimizers = '{'filter_pushdown' if disabled else ''}'")
        return self.connection.execute(text, parameters)

    def rows(self, query: exp.Expression) -> list[tuple]:
        return self.run(query).fetchall()  # type: ignore[no-any-return]

    def row(self, query: exp.Expression) -> tuple:
        return self.rows(query)[0]

    def text(self, query: exp.Expression) -> str:
        if self.watch is not None:
            self.watch(query)
        return query.sql(self.dialect)

    def table(self, columns: Sequence[tuple[str, str, Sequence[Any]]]) -> str:
        """A temporary table of (name, type, cells); returns its name."""
        self._made += 1
        name = f"m{self._made}"
        listed = [
            exp.alias_(
                exp.cast(
                    exp.func("unnest", exp.Parameter(this=exp.Literal.number(str(place)))), kind, dialect="duckdb"
                ),
                column,
            )
            for place, (column, kind, _) in enumerate(columns, 1)
        ]
        create = exp.Create(
            this=exp.to_table(name),
            kind="TABLE",
            expression=exp.select(*listed),
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        )
        self.connection.execute(create.sql("duckdb"), [_cells(cells) for _, _, cells in columns])
        return name

    def drop(self, name: str) -> None:
        """Drops a table that was made here."""
        if name:
            self.connection.execute(exp.Drop(tables=[exp.to_table(name)], kind="TABLE").sql(self.dialect))

    def keep_on_disk(self, query: exp.Expression) -> str:
        """The rows of ``query`` as a table of a file that goes with the run; returns its name."""
        self._folder()
        self._made += 1
        name = f"stage.s{self._made}"
        self.run(exp.Create(this=exp.to_table(name), kind="TABLE", expression=query))
        return name

    def copy(self, query: exp.Expression, path: Path) -> None:
        """The rows of ``query`` as a Parquet file."""
        self._run(f"COPY ({self.text(query)}) TO $1 (FORMAT parquet, COMPRESSION zstd)", [str(path)])

    def keep(self, query: exp.Expression) -> str:
        """A temporary table of a query's rows; returns its name."""
        self._made += 1
        name = f"m{self._made}"
        create = exp.Create(
            this=exp.to_table(name),
            kind="TABLE",
            expression=query,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        )
        self.run(create)
        return name


def _cells(cells: Sequence[Any]) -> list[Any]:
    """Big numbers go in as text: a list parameter takes the type of its first element."""
    return [
        str(cell)
        if isinstance(cell, int) and not isinstance(cell, bool)
        else cell.isoformat()
        if isinstance(cell, datetime.date)
        else cell
        for cell in cells
    ]
