"""What no generated query may contain, and the types that its result may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from engine.databases.interface import Database
from engine.databases.marks import DAYS

ALLOWED_TYPES = {"BIGINT", "HUGEINT", "INTEGER", "BOOLEAN", "VARCHAR", "DATE", '"NULL"', "NUMERIC"}
POSTGRES_TYPES = {16: "BOOLEAN", 20: "BIGINT", 23: "INTEGER", 25: "VARCHAR", 1082: "DATE", 1700: "NUMERIC"}
CASTS = {exp.DataType.Type.BIGINT, exp.DataType.Type.INT128, exp.DataType.Type.DATE, exp.DataType.Type.BOOLEAN}
CASTS |= {exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT}
CALLED = {DAYS}
INEXACT = (
    exp.Div, exp.Avg, exp.Median, exp.Quantile, exp.ApproxQuantile, exp.ApproxDistinct, exp.PercentileCont,
    exp.PercentileDisc, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop, exp.Pow, exp.Sqrt,
    exp.Round, exp.Floor, exp.Ceil, exp.TryCast, exp.Star,
)  # fmt: skip


def forbidden(query: exp.Expression) -> Iterator[str]:
    """Everything in a tree that could round, overflow unseen, or come out differently elsewhere."""
    for node in query.walk():
        yield from _about(node)


def _about(node: exp.Expression) -> Iterator[str]:
    if isinstance(node, INEXACT) and not (isinstance(node, exp.Star) and _counted(node)):
        yield f"{type(node).__name__}: {node.sql('duckdb')}"
    if isinstance(node, exp.Cast) and node.to.this not in CASTS:
        yield f"cast: {node.sql('duckdb')}"
    if isinstance(node, exp.Literal) and not node.is_string and (not node.this.isdigit() or len(node.this) > 38):
        yield f"literal: {node.this}"
    if isinstance(node, exp.Identifier) and not node.args.get("quoted") and not node.this.isascii():
        yield f"name: {node.this}"
    if isinstance(node, exp.Order):
        yield from (f"order: {one.sql('duckdb')}" for one in node.expressions if not _placed(one))
    if isinstance(node, exp.Anonymous) and node.this.lower() not in CALLED:
        yield f"function: {node.this}"
    if isinstance(node, exp.Join) and (node.args.get("on") is None or node.side != "LEFT"):
        yield f"join: {node.sql('duckdb')}"
    if isinstance(node, exp.Case) and node.args.get("default") is None:
        yield f"CASE without ELSE: {node.sql('duckdb')}"
    if isinstance(node, (exp.IntDiv, exp.Mod)) and _may_be_zero(node.expression):
        yield f"divisor: {node.sql('duckdb')}"


def _counted(node: exp.Star) -> bool:
    """COUNT(*), or SELECT * of a subquery that names its columns."""
    return isinstance(node.parent, (exp.Count, exp.Select))


def _placed(one: exp.Expression) -> bool:
    """Whether it says where NULL goes; a row number never is."""
    if not isinstance(one, exp.Ordered):
        return isinstance(one, exp.Column) and one.name == "rn"
    return one.args.get("nulls_first") is not None or (isinstance(one.this, exp.Column) and one.this.name == "rn")


def _may_be_zero(divisor: exp.Expression) -> bool:
    return isinstance(divisor, exp.Literal) and divisor.this == "0"


def result_types(database: Database, query: exp.Expression) -> list[tuple[str, str]]:
    """Column and type of the result of a query, as the engine tells them."""
    if database.name == "duckdb":
        described = database.connection.execute("DESCRIBE " + database.printed(query)).fetchall()  # type: ignore[attr-defined]
        return [(name, kind) for name, kind, *_ in described]
    if database.name.startswith("postgresql"):
        return _types_in_postgres(database, query)
    if database.name == "spark":
        return _types_in_spark(database, query)
    return []


def _types_in_spark(database: Any, query: exp.Expression) -> list[tuple[str, str]]:
    """DECIMAL is a whole number where it has no decimals."""
    found = [(f.name, f.dataType.simpleString()) for f in database.session.sql(database.printed(query)).schema.fields]
    names = {
        "bigint": "BIGINT",
        "int": "INTEGER",
        "string": "VARCHAR",
        "void": '"NULL"',
        "boolean": "BOOLEAN",
        "date": "DATE",
    }
    return [(name, "NUMERIC" if kind.endswith(",0)") else names.get(kind, kind)) for name, kind in found]


def _types_in_postgres(database: Any, query: exp.Expression) -> list[tuple[str, str]]:
    """A NUMERIC has no scale of its own: it is told by every number of the result."""
    with database.connection.cursor() as cursor:
        cursor.execute(database.printed(query))
        types = [
            (column.name, POSTGRES_TYPES.get(column.type_code, str(column.type_code))) for column in cursor.description
        ]
        rows = cursor.fetchall()
    whole = [kind != "NUMERIC" or all(_is_whole(row[at]) for row in rows) for at, (_, kind) in enumerate(types)]
    return [(name, kind if good else "NUMERIC with decimals") for (name, kind), good in zip(types, whole, strict=True)]


def _is_whole(cell: Any) -> bool:
    return cell is None or (cell.as_tuple().exponent == 0 and len(cell.as_tuple().digits) <= 38)


class Inspector:
    """Watches the queries of one run."""

    def __init__(self, database: Database, describe: bool = True) -> None:
        self.database, self.describe = database, describe
        self.found: list[str] = []
        self.queries = 0

    def __call__(self, query: exp.Expression) -> None:
        self.queries += 1
        self.found += forbidden(query)
        shown = query.expression if isinstance(query, exp.Create) else query
        if self.describe:
            for name, kind in result_types(self.database, shown):
                if kind not in ALLOWED_TYPES:
                    self.found.append(f"{name} is {kind}: {shown.sql('duckdb')[:300]}")
