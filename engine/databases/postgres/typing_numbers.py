"""Numbers of PostgreSQL as scaled whole numbers of at most 18 digits; longer ones are left to Python.

NUMERIC is exact, so a value times 10^d is, too; it is cast where it was found to be whole.
"""

from __future__ import annotations

from sqlglot import exp

from engine.data.column_kinds import WHOLE, bare, is_text, size
from engine.data.staging.remote.dialect import Typed
from engine.data.staging.sql import Sql, cast, every, func, whole
from engine.databases.postgres.typing_text import as_text, is_shortest, like, trimmed

_NARROW = 18
_LONGEST_SCALE = 20
"""Decimals that a NUMERIC may have here: the reader bounds how long a number is, zeros at its end too."""
_SURE_OF_DOUBLE = 15
"""A decimal of up to 15 digits is the only such one at its double, so it is the shortest text of it."""


def number_typed(kind: str, cell: Sql, digits: int) -> Typed:
    """As a number of ``digits`` decimals."""
    before = _NARROW - digits
    if before < 1:
        return _never()
    if bare(kind) in WHOLE:
        good = exp.true() if WHOLE[bare(kind)] <= before else _within(cell, before)
        wide = cast(cell, "BIGINT")
        return Typed(good, wide * whole(10**digits) if digits else wide)
    if bare(kind) == "numeric":
        return _of_numeric(kind, cell, digits, before)
    if bare(kind) in ("double precision", "real"):
        shown = as_text(cell)
        most = min(before, _SURE_OF_DOUBLE)
        decimals = rf"(\.[0-9]{{1,{digits}}})?" if digits else ""
        short = func("length", shown) <= whole(_SURE_OF_DOUBLE)
        sure: list[Sql] = [is_shortest(), like(shown, rf"^-?[0-9]{{1,{most}}}{decimals}$"), short]
        return Typed(every(sure), _scaled(shown, digits))
    if is_text(kind):
        shown = trimmed(cell)
        zeros = f"0{{0,{_LONGEST_SCALE - digits}}}"
        decimals = rf"\.[0-9]{{1,{digits}}}{zeros}" if digits else r"\.0{1,20}"
        return Typed(like(shown, rf"^[+-]?([0-9]{{1,{before}}}({decimals})?|{decimals})$"), _scaled(shown, digits))
    return _never()


def _of_numeric(kind: str, cell: Sql, digits: int, before: int) -> Typed:
    known = size(kind)
    precision, scale = known if known is not None else (1000, 1000)
    conditions: list[Sql] = []
    if known is None or scale > digits:
        conditions.append(func("trunc", cell, whole(digits)).eq(cell.copy()))
    if known is None or scale > _LONGEST_SCALE:
        conditions.append(func("scale", cell) <= whole(_LONGEST_SCALE))
    if known is None or precision - scale > before:
        conditions.append(_within(cell, before))
    else:  # NaN is a numeric(12,2) too
        conditions.append(cell.copy().neq(cast(exp.Literal.string("NaN"), "INT128")))
    return Typed(every(conditions), _scaled(cell, digits))


def _within(cell: Sql, before: int) -> Sql:
    """At most so many digits before the point; NaN and infinities never are."""
    bound = whole(10**before - 1)
    return exp.Between(this=cell.copy(), low=exp.Neg(this=bound), high=bound.copy())


def _scaled(cell: Sql, digits: int) -> Sql:
    exact = cast(cell, "INT128")
    return cast(exp.paren(exact * whole(10**digits)) if digits else exact, "BIGINT")


def _never() -> Typed:
    return Typed(exp.false(), cast(exp.null(), "BIGINT"))
