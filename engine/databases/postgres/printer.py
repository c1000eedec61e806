"""Generated queries in the SQL of PostgreSQL: exact numbers, texts in code-point order, no name that would be cut."""

from __future__ import annotations

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.generators.postgres import PostgresGenerator

from engine.databases.marks import DAYS, KEY_TYPE, WIDE_DIVISION
from engine.files.errors import RunStopped

LONGEST_NAME = 63
_TYPES = {
    exp.DataType.Type.BIGINT: "BIGINT",
    exp.DataType.Type.INT128: "NUMERIC",
    exp.DataType.Type.INT: "INTEGER",
    exp.DataType.Type.BOOLEAN: "BOOLEAN",
    exp.DataType.Type.DATE: "DATE",
    exp.DataType.Type.VARCHAR: "TEXT",
    exp.DataType.Type.TEXT: "TEXT",
}
_GRAMMAR = frozenset(("COALESCE", "GREATEST", "LEAST", "NULLIF", "EXTRACT"))
"""Written like functions, and none."""
_NO_KEY = {"BIGINT": "0", "INT128": "0", "BOOLEAN": "FALSE", "VARCHAR": "''", "DATE": "DATE '0001-01-01'"}
"""What stands for NULL in a key, beside a comparison of which keys are NULL."""


def printed(query: exp.Expression, pretty: bool = False) -> str:
    """A query. Raises :class:`RunStopped` for a name that would be cut, ``ValueError`` for what is not exact."""
    return str((_PRETTY if pretty else _PRINTER).generate(query))


def qualified(query: exp.Expression) -> str:
    """The same where the session's search_path is anybody's: what is PostgreSQL's own is named with its schema."""
    return str(_QUALIFIED.generate(query))


def quoted(name: str) -> str:
    """A name in double quotes. Raises :class:`RunStopped` for one that the server would cut."""
    if len(name.encode()) > LONGEST_NAME:
        raise RunStopped(f"PostgreSQL 的名称最多 {LONGEST_NAME} 字节（21 个汉字），“{name}” 太长", hint="改短这个名称")
    return '"' + name.replace('"', '""') + '"'


def column_type(kind: str) -> str:
    """The type of a table's column: text in code-point order, whole numbers of 38 digits and not one more."""
    built = exp.DataType.build(kind, dialect="duckdb")
    if built.this is exp.DataType.Type.INT128:
        return "NUMERIC(38, 0)"
    found = _data_type(_PRINTER, built)
    return f'{found} COLLATE "C"' if found == "TEXT" else found


def _data_type(printer: PostgresGenerator, node: exp.DataType) -> str:
    if node.this is exp.DataType.Type.DECIMAL:
        return f"NUMERIC({', '.join(printer.sql(part) for part in node.expressions)})"
    if node.this is exp.DataType.Type.BIT:
        return f"BIT({printer.sql(node.expressions[0])})"
    if node.this not in _TYPES:
        raise ValueError(f"no exact type: {node.sql('duckdb')}")
    found = _TYPES[node.this]
    return f"{home(printer)}{found}" if found in ("TEXT", "DATE") else found  # the others are words of the grammar


def home(printer: PostgresGenerator) -> str:
    """What stands before PostgreSQL's own names."""
    return "pg_catalog." if isinstance(printer, _Qualified) else ""


def _code_points(printer: PostgresGenerator, text: str) -> str:
    return f'{text} COLLATE {home(printer)}"C"'


def _cast(printer: PostgresGenerator, node: exp.Cast) -> str:
    to = printer.sql(node, "to")
    cast = f"CAST({printer.sql(node, 'this')} AS {to})"
    return _code_points(printer, cast) if to.endswith("TEXT") else cast


def _literal(printer: PostgresGenerator, node: exp.Literal) -> str:
    """A text has no collation of its own: one that is compared with another such would be ordered by the database's."""
    if not node.is_string:
        if not node.this.isdigit():
            raise ValueError(f"not a whole number: {node.this}")
        return str(node.this)
    text = "'" + node.this.replace("'", "''") + "'"
    return text if isinstance(node.parent, exp.Cast) else _code_points(printer, text)


def _int_div(printer: PostgresGenerator, node: exp.IntDiv) -> str:
    """``/`` truncates between integers and not between NUMERIC, ``div`` does between NUMERIC."""
    one, other = printer.sql(node, "this"), printer.sql(node, "expression")
    wide = node.meta.get(WIDE_DIVISION)
    if wide is None:  # not known: right for both
        return f"CAST(DIV(CAST({one} AS NUMERIC), {other}) AS BIGINT)"
    return f"DIV({one}, {other})" if wide else f"{one} / {other}"


def _null_safe(printer: PostgresGenerator, node: exp.NullSafeEQ) -> str:
    """IS NOT DISTINCT FROM cannot be hashed: it compares each row with each."""
    one, other = printer.sql(node, "this"), printer.sql(node, "expression")
    stand_in = _NO_KEY.get(node.meta.get(KEY_TYPE, ""))
    if stand_in is None:
        return f"{one} IS NOT DISTINCT FROM {other}"
    return f"COALESCE({one}, {stand_in}) = COALESCE({other}, {stand_in}) AND ({one} IS NULL) = ({other} IS NULL)"


def _constant(printer: PostgresGenerator, node: exp.Boolean | exp.Null) -> str:
    """A bare constant in GROUP BY or ORDER BY would be taken for the place of a column."""
    if isinstance(node, exp.Null):
        text, kind = "NULL", "TEXT"
    else:
        text, kind = ("TRUE" if node.this else "FALSE"), "BOOLEAN"
    return f"CAST({text} AS {kind})" if isinstance(node.parent, (exp.Group, exp.Ordered)) else text


def _refused(printer: PostgresGenerator, node: exp.Expression) -> str:
    raise ValueError(f"not exact: {node.sql('duckdb')}")


def _call(printer: PostgresGenerator, node: exp.Anonymous) -> str:
    """A difference of dates is an integer."""
    if node.name != DAYS:
        return printer.anonymous_sql(node)
    first, last = (printer.sql(part) for part in node.expressions)
    return f"CAST(({last} - {first}) AS BIGINT)"


class _Printer(PostgresGenerator):
    TRANSFORMS = {
        **PostgresGenerator.TRANSFORMS,
        exp.Anonymous: _call,
        exp.Boolean: _constant,
        exp.Cast: _cast,
        exp.DataType: _data_type,
        exp.Div: _refused,
        exp.Identifier: lambda printer, node: quoted(node.this),
        exp.IntDiv: _int_div,
        exp.Literal: _literal,
        exp.Null: _constant,
        exp.NullSafeEQ: _null_safe,
        exp.TryCast: _refused,
    }


class _Qualified(_Printer):
    def func(self, name: str, *args: object, **options: object) -> str:
        own = name if name.upper() in _GRAMMAR else f"{home(self)}{name}"
        return super().func(own, *args, **options)  # type: ignore[arg-type]


_PRINTER = _Printer(dialect=Postgres(), unsupported_level=ErrorLevel.RAISE)
_QUALIFIED = _Qualified(dialect=Postgres(), unsupported_level=ErrorLevel.RAISE)
_PRETTY = _Printer(dialect=Postgres(), unsupported_level=ErrorLevel.RAISE, pretty=True)
