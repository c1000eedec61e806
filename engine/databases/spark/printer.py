"""Trees printed for Spark SQL (4.x, ANSI mode), where its arithmetic on 128 bits would go wrong unseen.

INT128 is DECIMAL(38, 0). Spark's own traps: ``div`` gives 64 bits and wraps without an error beyond them; ``/`` of two
DECIMAL(38, 0) keeps 20 digits before the point; the sum of BIGINT is BIGINT.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

from engine.databases.marks import DAYS, LONG_QUOTIENT, NARROW_SUM

WIDE = "DECIMAL(38, 0)"
HALF = "10000000000000000000"
"""10^19: the quotient of 38 digits by it, and what is left below it, have at most 19 digits, which ``/`` holds."""
BELOW_HALF = "9999999999999999999"


def printed(query: exp.Expression, pretty: bool = False) -> str:
    return str((_PRETTY if pretty else _PRINTER).generate(query))


def no_rows(spec: Mapping[str, str]) -> str:
    """A query of no rows with these columns and types."""
    nulls = [exp.alias_(exp.cast(exp.Null(), kind, dialect="duckdb"), name) for name, kind in spec.items()]
    return printed(exp.select(*nulls).where(exp.false()))


def _int_div(printer: SparkGenerator, node: exp.IntDiv) -> str:
    one, other = printer.sql(node, "this"), printer.sql(node, "expression")
    return _long_quotient(one, other) if node.meta.get(LONG_QUOTIENT) else f"{one} DIV {other}"


def _long_quotient(one: str, other: str) -> str:
    """A quotient of up to 38 digits by a divisor above zero.

    Below 10^19 the divisor is widened by 10^19 first: a = q·(b·10^19) + r and r = p·b + s give a quot b = q·10^19 + p.
    From 10^19 on the quotient has at most 19 digits. Nothing overflows in the branch that is not taken, either.
    """
    small, large = f"LEAST({other}, {BELOW_HALF})", f"GREATEST({other}, {HALF})"
    wide = f"CAST({small} * {HALF} AS {WIDE})"
    twice = f"{_quotient(one, wide)} * {HALF} + {_quotient(f'({one} % {wide})', small)}"
    return (
        f"CASE WHEN {other} IS NULL THEN CAST(NULL AS {WIDE}) WHEN {other} < {HALF} "
        f"THEN CAST({twice} AS {WIDE}) ELSE {_quotient(one, large)} END"
    )


def _quotient(one: str, other: str) -> str:
    """Exact while it has at most 20 digits: what is divided is a multiple of the divisor."""
    dividend, divisor = f"CAST({one} AS {WIDE})", f"CAST({other} AS {WIDE})"
    return f"CAST(({dividend} - {dividend} % {divisor}) / {divisor} AS {WIDE})"


def _sum(printer: SparkGenerator, node: exp.Sum) -> str:
    of = printer.sql(node, "this")
    return f"SUM({of})" if node.meta.get(NARROW_SUM) else f"SUM(CAST({of} AS {WIDE}))"


def _extreme(name: str) -> Callable[[SparkGenerator, exp.Greatest | exp.Least], str]:
    """``least`` and ``greatest`` want two arguments; they skip NULL."""

    def made(printer: SparkGenerator, node: exp.Greatest | exp.Least) -> str:
        parts = [printer.sql(part) for part in (node.this, *node.expressions)]
        return parts[0] if len(parts) == 1 else f"{name}({', '.join(parts)})"

    return made


def _call(printer: SparkGenerator, node: exp.Anonymous) -> str:
    if node.name != DAYS:
        return printer.anonymous_sql(node)
    first, last = (printer.sql(part) for part in node.expressions)
    return f"CAST(DATEDIFF({last}, {first}) AS BIGINT)"


class _Printer(SparkGenerator):
    TRANSFORMS = {
        **SparkGenerator.TRANSFORMS,
        exp.Anonymous: _call,
        exp.IntDiv: _int_div,
        exp.Sum: _sum,
        exp.Least: _extreme("LEAST"),
        exp.Greatest: _extreme("GREATEST"),
        exp.NullSafeEQ: lambda printer, node: printer.binary(node, "<=>"),
    }
    TYPE_MAPPING = {**SparkGenerator.TYPE_MAPPING, exp.DataType.Type.INT128: WIDE}


_PRINTER = _Printer(dialect=Spark(), unsupported_level=ErrorLevel.RAISE)
_PRETTY = _Printer(dialect=Spark(), unsupported_level=ErrorLevel.RAISE, pretty=True)
