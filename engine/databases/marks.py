"""What the trees of a settlement may hold beside common SQL: marks on nodes, and a call that each engine writes its own
way. Every printer must know all of them; tests walk what is lowered and hold the list to it.
"""

from __future__ import annotations

from sqlglot import exp

WIDE_DIVISION = "wide division"
"""Says of an :class:`exp.IntDiv` whether one of its operands has 128 bits; absent: both have 64, or it is not known."""
SMALL_QUOTIENT = "small quotient"
"""Marks a 128-bit :class:`exp.IntDiv` whose quotient fits 64 bits: an engine may guess it in floating point, and prove
it by the remainder. ``SIGNED``: of numbers that may be below zero; ``UNSIGNED``: of others."""
SIGNED, UNSIGNED = "signed", "unsigned"
NARROW_DIVISOR = "narrow divisor"
"""Marks an :class:`exp.IntDiv` of 128 bits by what has 64: an engine may look whether the number that is divided fits
64, too."""
LONG_QUOTIENT = "long quotient"
"""Marks an :class:`exp.IntDiv` whose quotient may not fit 64 bits: an engine whose quotients have no more divides in
another way."""
NARROW_SUM = "narrow sum"
"""Marks an :class:`exp.Sum` of 64-bit numbers that fits 64 bits: an engine may leave it there. Others have 128."""
KEY_TYPE = "key type"
"""Says of an :class:`exp.NullSafeEQ` the type of what it compares."""
COMPUTED_FILTER = "computed filter"
"""Says of a :class:`exp.Select` that it filters by a computed column: the filter must stay where it is written."""
MARKS = frozenset((WIDE_DIVISION, SMALL_QUOTIENT, NARROW_DIVISOR, LONG_QUOTIENT, NARROW_SUM, KEY_TYPE, COMPUTED_FILTER))
"""All of them: no other key stands in the ``meta`` of a node."""
DAYS = "days_between"
"""The name of the call of :func:`days_between`."""
CALLS = frozenset((DAYS,))
"""All calls by name: any other function is a node of its own."""
NODES: frozenset[type[exp.Expression]] = frozenset(
    (
        exp.Abs, exp.Add, exp.Alias, exp.And, exp.Anonymous, exp.Boolean, exp.Case, exp.Cast, exp.Coalesce, exp.Column,
        exp.Concat, exp.Count, exp.Create, exp.DPipe, exp.DataType, exp.DataTypeParam, exp.Distinct, exp.EQ,
        exp.Extract, exp.Filter, exp.From, exp.GT, exp.GTE, exp.Greatest, exp.Group, exp.Identifier, exp.If, exp.In,
        exp.IntDiv, exp.Is, exp.Join, exp.LT, exp.LTE, exp.Lag, exp.Least, exp.Limit, exp.Literal, exp.LogicalOr,
        exp.Max, exp.Min, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null, exp.NullSafeEQ, exp.Nullif, exp.Or,
        exp.Order, exp.Ordered, exp.Paren, exp.Properties, exp.RowNumber, exp.Select, exp.Star, exp.Sub, exp.Subquery,
        exp.Substring, exp.Sum, exp.Table, exp.TableAlias, exp.TemporaryProperty, exp.Union, exp.Var, exp.Where,
        exp.Window, exp.WindowSpec,
    )
)  # fmt: skip
"""The nodes of what is lowered. How a database types its own cells is between its dialect and its printer."""


def days_between(first: exp.Expression, last: exp.Expression) -> exp.Expression:
    """Days from one date to another, in 64 bits: each printer writes it in its own way."""
    return exp.Anonymous(this=DAYS, expressions=[first.copy(), last.copy()])
