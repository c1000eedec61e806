"""What no generated query may contain, and the types that its result may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

ALLOWED_TYPES = {"BIGINT", "HUGEINT", "INTEGER", "BOOLEAN", "VARCHAR", "DATE", '"NULL"'}
CASTS = {exp.DataType.Type.BIGINT, exp.DataType.Type.INT128, exp.DataType.Type.DATE, exp.DataType.Type.BOOLEAN}
CASTS |= {exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT}
CALLED = {"date_diff"}
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


class Inspector:
    """Watches the queries of one run."""

    def __init__(self, connection: Any, describe: bool = True) -> None:
        self.connection, self.describe = connection, describe
        self.found: list[str] = []
        self.queries = 0

    def __call__(self, query: exp.Expression) -> None:
        self.queries += 1
        self.found += forbidden(query)
        shown = query.expression if isinstance(query, exp.Create) else query
        if self.describe:
            for name, kind, *_ in self.connection.execute("DESCRIBE " + shown.sql("duckdb")).fetchall():
                if kind not in ALLOWED_TYPES:
                    self.found.append(f"{name} is {kind}: {shown.sql('duckdb')[:300]}")
