"""Generated queries in the SQL of DuckDB."""

from __future__ import annotations

from functools import cache, lru_cache

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from engine.databases.marks import DAYS, NARROW_DIVISOR, SIGNED, SMALL_QUOTIENT


def printed(query: exp.Expression, pretty: bool = False) -> str:
    """A query; ``pretty``: with plain quotients, for people."""
    if pretty:
        return str(_PRETTY.generate(query))
    return str(_PRINTER.generate(query, copy=False))  # made for this once: a copy takes longer than the printing


_NARROW = 2**63 - 1


def _int_div(printer: DuckDBGenerator, node: exp.IntDiv) -> str:
    """A 128-bit quotient takes fifty times as long as one of 64 bits. Where the numbers of a row happen to have 64,
    they are divided so; else the quotient is guessed in floating point, and taken only where the exact remainder proves
    it, or proves the one below.
    """
    one, other = printer.sql(node, "this"), printer.sql(node, "expression")
    divided = f"{one} // {other}"
    ways = []
    kind = "INT128"
    small = node.meta.get(SMALL_QUOTIENT)
    if node.meta.get(NARROW_DIVISOR):
        ways.append(f"WHEN {one} BETWEEN -{_NARROW} AND {_NARROW} THEN CAST({one} AS BIGINT) // {other}")
    if small:
        kind = "BIGINT"
        guess = f"CAST(CAST({one} AS DOUBLE) / CAST({other} AS DOUBLE) AS BIGINT)"
        rest = f"({one} - CAST({guess} AS INT128) * {other})"
        above = f"{one} >= 0 AND " if small == SIGNED else ""
        ways.append(f"WHEN {above}{rest} >= 0 AND {rest} < {other} THEN {guess}")
        ways.append(f"WHEN {above}{rest} < 0 AND {rest} + {other} >= 0 THEN {guess} - 1")
    return f"CASE {' '.join(ways)} ELSE CAST({divided} AS {kind}) END" if ways else divided


def _call(printer: DuckDBGenerator, node: exp.Anonymous) -> str:
    if node.name != DAYS:
        return printer.anonymous_sql(node)
    return f"DATE_DIFF('day', {', '.join(printer.sql(part) for part in node.expressions)})"


def _type(printer: DuckDBGenerator, node: exp.DataType) -> str:
    """sqlglot compares each type with five others."""
    if any(part for name, part in node.args.items() if name != "this"):
        return printer.datatype_sql(node)
    return _plain_type(node.this)


@cache
def _plain_type(kind: exp.DType) -> str:
    return exp.DataType(this=kind).sql("duckdb")


def _identifier(printer: DuckDBGenerator, node: exp.Identifier) -> str:
    return _name(node.this, bool(node.quoted))


@lru_cache(maxsize=4096)
def _name(name: str, quoted: bool) -> str:
    return exp.Identifier(this=name, quoted=quoted).sql("duckdb")


def _column(printer: DuckDBGenerator, node: exp.Column) -> str:
    if node.args.keys() - {"this", "table"}:
        return printer.column_sql(node)
    table = node.args.get("table")
    return f"{printer.sql(table)}.{printer.sql(node.this)}" if table else printer.sql(node.this)


class _Readable(DuckDBGenerator):
    TRANSFORMS = {
        **DuckDBGenerator.TRANSFORMS,
        exp.Anonymous: _call, exp.DataType: _type, exp.Identifier: _identifier, exp.Column: _column,
    }  # fmt: skip


class _Printer(DuckDBGenerator):
    TRANSFORMS = {**_Readable.TRANSFORMS, exp.IntDiv: _int_div}


_PRINTER = _Printer(dialect=DuckDB(), unsupported_level=ErrorLevel.RAISE)
_PRETTY = _Readable(dialect=DuckDB(), unsupported_level=ErrorLevel.RAISE, pretty=True)
