"""Generated queries in the SQL of MariaDB, for a session with the settings of :mod:`engine.databases.mariadb.session`.

INT128 is DECIMAL(38, 0): arithmetic has 65 digits, and no bound of ours is above 38. ``DIV`` of decimals is exact,
an error beyond 64 bits; ``/`` rounds, so a longer quotient divides a multiple of the divisor. GREATEST, LEAST and
FILTER are not what they are elsewhere; a truth is 0 or 1.
"""

from __future__ import annotations

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.generators.mysql import MySQLGenerator

from engine.databases.marks import DAYS, LONG_QUOTIENT
from engine.files.errors import RunStopped

LONGEST_NAME = 64
WIDE = "DECIMAL(38, 0)"
_LARGEST = 2**63 - 1
_CASTS = {
    exp.DataType.Type.BIGINT: "SIGNED",
    exp.DataType.Type.INT: "SIGNED",
    exp.DataType.Type.INT128: WIDE,
    exp.DataType.Type.BOOLEAN: "SIGNED",
    exp.DataType.Type.DATE: "DATE",
    exp.DataType.Type.VARCHAR: "CHAR",
    exp.DataType.Type.TEXT: "CHAR",
}
SHORT_TEXT = 191
"""Characters of a text that can be part of a key."""
SHORT, LONG = f"VARCHAR({SHORT_TEXT})", "LONGTEXT"
_COLUMNS = {
    exp.DataType.Type.BIGINT: "BIGINT",
    exp.DataType.Type.INT: "INT",
    exp.DataType.Type.INT128: WIDE,
    exp.DataType.Type.BOOLEAN: "BOOLEAN",
    exp.DataType.Type.DATE: "DATE",
    exp.DataType.Type.VARCHAR: SHORT,
    exp.DataType.Type.TEXT: SHORT,
}


def printed(query: exp.Expression, pretty: bool = False) -> str:
    """A query. Raises :class:`RunStopped` for a name that is too long, ``ValueError`` for what is not exact."""
    return str((_PRETTY if pretty else _PRINTER).generate(query))


def quoted(name: str) -> str:
    """A name in backticks. Raises :class:`RunStopped` for one that the server would refuse."""
    if len(name) > LONGEST_NAME:
        raise RunStopped(f"MariaDB 的名称最多 {LONGEST_NAME} 个字，“{name}” 太长", hint="改短这个名称")
    return "`" + name.replace("`", "``") + "`"


def column_type(kind: str) -> str:
    """The type of a table's column: VARCHAR is a text that can be part of a key, TEXT one of any length."""
    built = exp.DataType.build(kind, dialect="duckdb")
    if built.this is exp.DataType.Type.DECIMAL:
        return _decimal(built)
    if built.this not in _COLUMNS:
        raise ValueError(f"no exact type: {kind}")
    found = LONG if kind == "TEXT" else _COLUMNS[built.this]
    return f"{found} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin" if found in (SHORT, LONG) else found


def _decimal(node: exp.DataType) -> str:
    return f"DECIMAL({', '.join(part.name for part in node.expressions)})"


def _data_type(printer: MySQLGenerator, node: exp.DataType) -> str:
    if node.this is exp.DataType.Type.DECIMAL:
        return _decimal(node)
    if node.this not in _CASTS:
        raise ValueError(f"no exact type: {node.sql('duckdb')}")
    return _CASTS[node.this]


def _cast(printer: MySQLGenerator, node: exp.Cast) -> str:
    """A truth is a number here already."""
    if node.to.this is exp.DataType.Type.BOOLEAN and not isinstance(node.this, exp.Null):
        is_text = isinstance(node.this, exp.Literal) and node.this.is_string
        return node.name.upper() if is_text else printer.sql(node, "this")
    return f"CAST({printer.sql(node, 'this')} AS {printer.sql(node, 'to')})"


def _literal(printer: MySQLGenerator, node: exp.Literal) -> str:
    """Beyond 64 bits with a sign a number would have none."""
    if node.is_string:
        return "'" + node.this.replace("'", "''") + "'"
    if not node.this.isdigit():
        raise ValueError(f"not a whole number: {node.this}")
    return str(node.this) if int(node.this) <= _LARGEST else f"CAST('{node.this}' AS {WIDE})"


def _int_div(printer: MySQLGenerator, node: exp.IntDiv) -> str:
    one, other = printer.sql(node, "this"), printer.sql(node, "expression")
    if node.meta.get(LONG_QUOTIENT):
        return f"CAST(({one} - {one} % {other}) / {other} AS {WIDE})"
    return f"({one} DIV {other})"


def _filter(printer: MySQLGenerator, node: exp.Filter) -> str:
    """The aggregate of what is NULL where the condition does not hold."""
    condition = node.expression.this
    aggregate = node.this.copy()
    of = aggregate.this
    if isinstance(of, exp.Distinct):
        of.set("expressions", [exp.Case(ifs=[exp.If(this=condition.copy(), true=one)]) for one in of.expressions])
    else:
        counted = exp.Literal.number(1) if isinstance(of, exp.Star) else of
        aggregate.set("this", exp.Case(ifs=[exp.If(this=condition.copy(), true=counted)]))
    return printer.sql(aggregate)


def _extreme(printer: MySQLGenerator, node: exp.Greatest | exp.Least) -> str:
    """GREATEST is NULL where one of them is; ours skips those."""
    parts = [printer.sql(part) for part in (node.this, *node.expressions)]
    if len(parts) == 1:
        return parts[0]
    filled = (f"COALESCE({', '.join(parts[n:] + parts[:n])})" for n in range(len(parts)))
    return f"{'LEAST' if isinstance(node, exp.Least) else 'GREATEST'}({', '.join(filled)})"


_CALLS = {
    DAYS: "DATEDIFF({1}, {0})",
    "casemix_text": "CONVERT({0} USING utf8mb4) COLLATE utf8mb4_nopad_bin",
    "casemix_double": "CAST({0} AS DOUBLE)",
    "casemix_after": "(TIMESTAMP {0} + INTERVAL {1} SECOND)",
}
"""Calls that are no functions here, by name."""


def _call(printer: MySQLGenerator, node: exp.Anonymous) -> str:
    parts = [printer.sql(part) for part in node.expressions]
    form = _CALLS.get(node.name)
    return printer.anonymous_sql(node) if form is None else form.format(*parts)


def _joined(printer: MySQLGenerator, node: exp.DPipe) -> str:
    return f"CONCAT({printer.sql(node, 'this')}, {printer.sql(node, 'expression')})"


_CONSTANTS = (exp.Literal, exp.Neg, exp.Boolean, exp.Null)
"""By which rows are neither ordered nor told apart; a number would be taken for the place of a column."""


def _group(printer: MySQLGenerator, node: exp.Group) -> str:
    keys = ["NULL" if isinstance(key, _CONSTANTS) else printer.sql(key) for key in node.expressions]
    return f" GROUP BY {', '.join(keys)}"


def _ordered(printer: MySQLGenerator, node: exp.Ordered) -> str:
    """NULL is the least here; where it shall be last of what rises, first of what falls, that is a key of its own."""
    by, falls = printer.sql(node, "this"), bool(node.args.get("desc"))
    if isinstance(node.this, _CONSTANTS):
        return "NULL"
    first = node.args.get("nulls_first")
    shown = f"{by} DESC" if falls else by
    if bool(first) == (not falls):
        return shown
    return f"{by} IS NOT NULL, {shown}" if falls else f"{by} IS NULL, {shown}"


def _refused(printer: MySQLGenerator, node: exp.Expression) -> str:
    raise ValueError(f"not exact: {node.sql('duckdb')}")


class _Printer(MySQLGenerator):
    TRANSFORMS = {
        **MySQLGenerator.TRANSFORMS,
        exp.Anonymous: _call,
        exp.Boolean: lambda printer, node: "TRUE" if node.this else "FALSE",
        exp.Cast: _cast,
        exp.DPipe: _joined,
        exp.DataType: _data_type,
        exp.Div: _refused,
        exp.Filter: _filter,
        exp.Greatest: _extreme,
        exp.Group: _group,
        exp.Identifier: lambda printer, node: quoted(node.this),
        exp.IntDiv: _int_div,
        exp.Least: _extreme,
        exp.Literal: _literal,
        exp.LogicalAnd: lambda printer, node: f"MIN({printer.sql(node, 'this')})",
        exp.LogicalOr: lambda printer, node: f"MAX({printer.sql(node, 'this')})",
        exp.NullSafeEQ: lambda printer, node: f"{printer.sql(node, 'this')} <=> {printer.sql(node, 'expression')}",
        exp.Ordered: _ordered,
        exp.RegexpLike: lambda printer, node: f"{printer.sql(node, 'this')} REGEXP {printer.sql(node, 'expression')}",
        exp.TryCast: _refused,
    }


_PRINTER = _Printer(dialect=MySQL(), unsupported_level=ErrorLevel.RAISE)
_PRETTY = _Printer(dialect=MySQL(), unsupported_level=ErrorLevel.RAISE, pretty=True)
