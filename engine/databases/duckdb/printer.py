"""Generated queries in the SQL of DuckDB."""

from __future__ import annotations

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from engine.databases.marks import DAYS, SMALL_QUOTIENT


def printed(query: exp.Expression, pretty: bool = False) -> str:
    """A query; ``pretty``: with plain quotients, for people."""
    if pretty:
        return str(_PRETTY.generate(query))
    return str(_PRINTER.generate(query, copy=False))  # made for this once: a copy takes longer than the printing


def _int_div(printer: DuckDBGenerator, node: exp.IntDiv) -> str:
    """A 128-bit quotient guessed in floating point, ten times as fast as divided; it is taken only where the exact
    remainder proves it, or proves the one below.
    """
    one, other = printer.sql(node, "this"), printer.sql(node, "expression")
    divided = f"{one} // {other}"
    if not node.meta.get(SMALL_QUOTIENT):
        return divided
    guess = f"CAST(CAST({one} AS DOUBLE) / CAST({other} AS DOUBLE) AS BIGINT)"
    rest = f"({one} - CAST({guess} AS INT128) * {other})"
    return (
        f"CASE WHEN {rest} >= 0 AND {rest} < {other} THEN {guess} "
        f"WHEN {rest} < 0 AND {rest} + {other} >= 0 THEN {guess} - 1 ELSE CAST({divided} AS BIGINT) END"
    )


def _call(printer: DuckDBGenerator, node: exp.Anonymous) -> str:
    if node.name != DAYS:
        return printer.anonymous_sql(node)
    return f"DATE_DIFF('day', {', '.join(printer.sql(part) for part in node.expressions)})"


class _Readable(DuckDBGenerator):
    TRANSFORMS = {**DuckDBGenerator.TRANSFORMS, exp.Anonymous: _call}


class _Printer(DuckDBGenerator):
    TRANSFORMS = {**_Readable.TRANSFORMS, exp.IntDiv: _int_div}


_PRINTER = _Printer(dialect=DuckDB(), unsupported_level=ErrorLevel.RAISE)
_PRETTY = _Readable(dialect=DuckDB(), unsupported_level=ErrorLevel.RAISE, pretty=True)
