"""The databases that settle, one file each; ``open_engine`` finds the one that ``--engine`` names."""

from __future__ import annotations

from engine.execute.sql.database import Database, Watch


def open_engine(name: str, watch: Watch | None = None) -> Database:
    """The database of an ``--engine`` other than the reference: ``duckdb``. Imported when it is wanted."""
    if name.startswith(("postgresql://", "postgres://")):
        from engine.execute.sql.engines.postgres import Postgres

        return Postgres(name, watch)
    if name == "spark" or name.startswith("sc://"):
        from engine.execute.sql.engines.spark import Spark

        return Spark("" if name == "spark" else name, watch)
    from engine.execute.sql.engines.duckdb import DuckDb

    return DuckDb(watch)
