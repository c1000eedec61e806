"""A rounded formula whose exact numbers would be too long for SQL: what a row has itself × a factor, + a rest.

The host works out factor and rest for each combination of what is found elsewhere, as fractions in lowest terms. SQL
adds whole units and what is left over apart: no number is longer than the two denominators together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from sqlglot import exp

from engine.execute.closures.compile import Code, Run, code_of
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.reference.formulas import Formulas
from engine.execute.sql import ints
from engine.execute.sql.frame import Frame
from engine.execute.sql.ints import Int, grouped
from engine.execute.sql.lowered import Lowered, number
from engine.language import tree
from engine.language.values import HALF_AWAY, Unresolved, Value

REST = ""
"""The name of what is added without a factor of the row's own."""
Terms = dict[str, Fraction]
"""By name of the row's own what it is multiplied by, and the rest."""
Leaves = Mapping[str, Value | Unresolved]


class NoSum(Exception):
    """A formula that is no such sum."""


def terms_of(node: tree.Node, own: frozenset[str], formulas: Formulas) -> Callable[[Leaves], Terms | None]:
    """Factors and rest of a bound formula from the values of what is not ``own``.

    ``None``: absent; raises :class:`Unresolved`. Raises :class:`NoSum` where ``own`` is divided by, multiplied with
    itself, or asked for in another way than by + − × ÷.
    """
    run = _sum(node, own, formulas)

    def terms(leaves: Leaves) -> Terms | None:
        return run({name: to_cell(value) for name, value in leaves.items()})

    return terms


def _sum(node: tree.Node, own: frozenset[str], formulas: Formulas) -> Callable[[dict[str, Any]], Terms | None]:
    if not own & node.names:
        return _rest(code_of(formulas.compiled_tree(node), _LeafNames()).run)
    if isinstance(node, tree.Name):
        one = {node.id: Fraction(1)}
        return lambda cells: one
    if isinstance(node, tree.Unary) and node.op == "-":
        inner = _sum(node.operand, own, formulas)
        return lambda cells: _scaled(inner(cells), Fraction(-1))
    if isinstance(node, tree.Binary) and node.op in "+-*/":
        left, right = _sum(node.left, own, formulas), _sum(node.right, own, formulas)
        if node.op == "+":
            return lambda cells: _added(left(cells), right(cells))
        if node.op == "-":
            return lambda cells: _added(left(cells), _scaled(right(cells), Fraction(-1)))
        if node.op == "*" and not own & node.right.names:
            return lambda cells: _multiplied(left(cells), right(cells))
        if node.op == "*" and not own & node.left.names:
            return lambda cells: _multiplied(right(cells), left(cells))
        if node.op == "/" and not own & node.right.names:
            return lambda cells: _multiplied(left(cells), right(cells), inverse=True)
    raise NoSum


def _rest(run: Run) -> Callable[[dict[str, Any]], Terms | None]:
    def rest(cells: dict[str, Any]) -> Terms | None:
        found = to_value(run(cells))
        return None if found is None else {REST: found}

    return rest


def _scaled(terms: Terms | None, factor: Fraction) -> Terms | None:
    return None if terms is None else {name: value * factor for name, value in terms.items()}


def _added(left: Terms | None, right: Terms | None) -> Terms | None:
    if left is None or right is None:
        return None
    return {name: left.get(name, Fraction(0)) + right.get(name, Fraction(0)) for name in {**left, **right}}


def _multiplied(terms: Terms | None, factor: Terms | None, inverse: bool = False) -> Terms | None:
    if terms is None or factor is None:
        return None
    by = factor[REST]
    if inverse and not by:
        raise Unresolved("除以零", cause="除以零")
    return _scaled(terms, 1 / by if inverse else by)


class _LeafNames:
    """Names are what a combination has."""

    def name(self, name: str) -> Code:
        def read(cells: dict[str, Any]) -> Any:
            found = cells[name]
            if found.__class__ is Unresolved:
                raise found.again()
            return found

        return Code(read)

    def beyond(self, node: Any) -> Code:
        raise NoSum


@dataclass(frozen=True)
class Share:
    """Of one combination, in units of the last decimal that is kept: ``factors`` ÷ ``under`` of each number of the
    row's own, and ``units`` and ``left`` ÷ ``below`` of one, which is less than one.

    It all lies between ``low`` and ``high``; what has factors is no further from zero than ``most``.
    """

    factors: tuple[int, ...]
    under: int
    units: int
    left: int
    below: int
    low: Fraction
    high: Fraction
    most: Fraction

    @property
    def numbers(self) -> tuple[int, ...]:
        """What SQL needs of it."""
        return (*self.factors, self.under, self.units, self.left, self.below)


def share_of(terms: Terms, own: Mapping[str, Lowered], unit: Fraction) -> Share:
    """``own``: the row's own numbers in SQL, a whole number over a constant each."""
    each = [terms.get(name, Fraction(0)) / low.den / unit for name, low in own.items()]
    rest = terms.get(REST, Fraction(0)) / unit
    under = lcm(*(factor.denominator for factor in each))
    units = rest.__floor__()
    left = rest - units
    ends = [
        sorted((factor * low.num.low, factor * low.num.high))
        for factor, low in zip(each, own.values(), strict=True)
        if low.num is not None
    ]
    least, greatest = sum((end[0] for end in ends), Fraction(0)), sum((end[1] for end in ends), Fraction(0))
    whole = tuple(int(factor * under) for factor in each)
    most = max(abs(least), abs(greatest))
    return Share(whole, under, units, left.numerator, left.denominator, least + rest, greatest + rest, most)


def added_up(
    own: Sequence[Lowered], shares: Sequence[Share], columns: Sequence[Int], digits: int, mode: str, frame: Frame
) -> Lowered:
    """``columns``: :attr:`Share.numbers` of each row's combination. Raises :class:`ints.TooLarge`."""
    *factors, under, units, left, below = columns
    product = ints.constant(0)
    for one_own, factor in zip(own, factors, strict=True):
        assert one_own.num is not None
        product = ints.add(product, ints.multiply(one_own.num, factor))
    product = frame.let_int(product)
    most = max(share.most for share in shares).__ceil__() + 1
    whole, over = _floor(product, under, most, frame)
    # over ÷ under + left ÷ below is less than two
    part = frame.let_int(ints.add(ints.multiply(over, below), ints.multiply(left, under)))
    one = frame.let_int(ints.multiply(under, below))
    full = exp.GTE(this=grouped(part.sql), expression=grouped(one.sql))
    low, high = min(s.low for s in shares).__floor__(), max(s.high for s in shares).__ceil__()
    carried = exp.Case().when(full.copy(), ints.whole(1), copy=False).else_(ints.whole(0), copy=False)
    sums = ints.add(ints.add(whole, units), Int(exp.cast(carried, ints.NARROW_TYPE, dialect="duckdb"), 0, 1, False))
    down = frame.let_int(Int(sums.sql, low, high, sums.wide))
    taken = exp.Case().when(full, ints.typed(ints.subtract(part, one)), copy=False).else_(ints.typed(part), copy=False)
    rest = frame.let_int(Int(taken, 0, one.high - 1, part.wide or one.wide))
    found = ints.narrowed(_rounded(down, rest, one, mode))
    if digits < 0:
        return number(ints.scaled(found, 10**-digits), 1, None, False)
    return number(found, 10**digits, None, False)


def _floor(product: Int, under: Int, most: int, frame: Frame) -> tuple[Int, Int]:
    """The whole number below ``product`` ÷ ``under``, and what it times ``under`` leaves: from zero to below that.

    Nothing is divided twice: what is left is multiplied out, which costs next to nothing.
    """
    nearest = frame.let_int(ints.truncated(product, under, most))
    rest = _left_over(product, nearest, under)
    if product.low >= 0:
        return nearest, rest
    rest = frame.let_int(rest)
    below = exp.LT(this=grouped(rest.sql), expression=ints.whole(0))
    step = exp.Case().when(below.copy(), ints.typed(ints.constant(-1)), copy=False)
    whole = ints.add(nearest, Int(step.else_(ints.typed(ints.constant(0)), copy=False), -1, 0, False))
    raised = exp.Case().when(below, ints.typed(ints.add(rest, under)), copy=False)
    over = Int(raised.else_(ints.typed(rest), copy=False), 0, under.high - 1, rest.wide or under.wide)
    return frame.let_int(whole), frame.let_int(over)


def _left_over(product: Int, whole: Int, under: Int) -> Int:
    """What whole times ``under`` leaves of ``product``: nearer to zero than ``under``, with the sign of ``product``."""
    wide = product.wide or whole.wide or under.wide
    first = exp.cast(whole.sql.copy(), ints.WIDE_TYPE, dialect="duckdb") if wide else grouped(whole.sql)
    if max(product.size, 1) + under.high > ints.WIDE:
        raise ints.TooLarge(product.size + under.high)
    taken = exp.Mul(this=first, expression=grouped(under.sql))
    low = 0 if product.low >= 0 else 1 - under.high
    return Int(exp.Sub(this=grouped(product.sql), expression=exp.Paren(this=taken)), low, under.high - 1, wide)


def _rounded(down: Int, rest: Int, one: Int, mode: str) -> Int:
    """``down`` + ``rest`` ÷ ``one``, of which the last is less than one, to a whole number."""
    twice = ints.scaled(rest, 2)

    def compare(test: Callable[..., exp.Expression], left: Int, right: Int) -> exp.Expression:
        return test(this=grouped(left.sql), expression=grouped(right.sql))

    some = compare(exp.GT, rest, ints.constant(0))
    half_up, above = compare(exp.GTE, twice, one), compare(exp.GT, twice, one)
    odd = exp.NEQ(this=exp.Mod(this=grouped(down.sql), expression=ints.whole(2)), expression=ints.whole(0))
    even = exp.Or(
        this=exp.Paren(this=above.copy()),
        expression=exp.Paren(this=exp.And(this=exp.Paren(this=half_up.copy()), expression=exp.Paren(this=odd))),
    )
    up, up_below_zero = {
        HALF_AWAY: (half_up, above), "四舍六入五成双": (even, even), "进一": (some, exp.false()),
        "去尾": (exp.false(), some), "上": (some, some), "下": (exp.false(), exp.false()),
    }[mode]  # fmt: skip
    if down.low >= 0 or up.sql() == up_below_zero.sql():
        goes_up = up
    else:
        negative = exp.LT(this=grouped(down.sql), expression=ints.whole(0))
        goes_up = exp.Case().when(negative, up_below_zero.copy(), copy=False).else_(up.copy(), copy=False)
    step = exp.Case().when(goes_up.copy(), ints.typed(ints.constant(1)), copy=False)
    return ints.add(down, Int(step.else_(ints.typed(ints.constant(0)), copy=False), 0, 1, False))
