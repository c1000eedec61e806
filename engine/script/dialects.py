"""How each engine prints a query, for reading: in lines, with comments."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from engine.execute.sql.database import Database
from engine.script.recorder import DAYS

DIALECTS = ("duckdb", "postgresql", "spark")


def printer_of(dialect: str) -> Callable[[exp.Expression], str]:
    """A printer of :data:`DIALECTS`. It needs no connection, and not the engine's own packages."""
    engine = _engine(dialect)

    def printed(query: exp.Expression) -> str:
        def own(node: exp.Expression) -> exp.Expression:
            if isinstance(node, exp.Anonymous) and node.name == DAYS:
                return engine.days_between(*node.expressions)
            return node

        return engine.printed(query.transform(own), pretty=True)

    return printed


def _engine(dialect: str) -> type[Database]:
    if dialect == "postgresql":
        from engine.execute.sql.engines.postgres import Postgres

        return Postgres
    if dialect == "spark":
        from engine.execute.sql.engines.spark import Spark

        return Spark
    from engine.execute.sql.engines.duckdb import DuckDb

    return DuckDb
