"""Files of this machine typed here, by DuckDB as for its own engine, and handed to Spark as one typed Parquet file.

The outcome is that of ``load_table``; single rows are read back here too, where that takes a millisecond.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.duckdb_files import memory_connection
from engine.data.places import Places
from engine.data.plain_paths import literal_path
from engine.data.staging.model import StagedTable
from engine.data.staging.sql import cast, column, func, named, quoted_table, run, select_from, text
from engine.data.staging.stage import stage_table
from engine.data.staging.upload import create_as, drop
from engine.rulebook.model import Table


class TypedHere:
    """A DuckDB beside Spark; ``folder`` takes the typed files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = memory_connection()
        self.connection.execute(f"SET temp_directory = {exp.Literal.string(str(folder / 'typing')).sql('duckdb')}")

    def interrupt(self) -> None:
        self.connection.interrupt()

    def close(self) -> None:
        self.connection.close()

    def stage(
        self, table: Table, places: Places, columns_needed: Collection[str], optional_columns: frozenset[str], name: str
    ) -> tuple[StagedTable, Path]:
        """The table and the Parquet file of its rows, which bear the same name here and there."""
        staged = stage_table(
            self.connection, table, places,
            columns_needed=columns_needed, optional_columns=optional_columns, name=name,
        )  # fmt: skip
        path = self.folder / f"{name}.parquet"
        query = select_from(quoted_table(staged.relation), *self._columns(staged.relation))
        sql = query.sql("duckdb")
        self.connection.execute(f"COPY ({sql}) TO $1 (FORMAT parquet, COMPRESSION snappy)", [str(path)])
        typed = exp.select("*").from_(func("read_parquet", text(literal_path(path))))
        drop(self.connection, staged.relation, self._kind(staged.relation))
        create_as(self.connection, staged.relation, typed, "VIEW")
        return staged, path

    def _columns(self, relation: str) -> list[Any]:
        """Parquet has no whole numbers of 128 bits: DuckDB would write floats."""
        described = run(self.connection, exp.Describe(this=quoted_table(relation))).fetchall()
        wide = {name for name, kind, *_ in described if kind == "HUGEINT"}
        return [
            named(cast(column(name), "DECIMAL(38, 0)"), name) if name in wide else column(name)
            for name, *_ in described
        ]

    def _kind(self, relation: str) -> str:
        tables = exp.select("table_type").from_("information_schema.tables")
        (kind,) = run(self.connection, tables.where(column("table_name").eq(text(relation)))).fetchone()
        return "VIEW" if kind == "VIEW" else "TABLE"
