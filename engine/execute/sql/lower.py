"""Bound formulas to lowered values on the rows of one frame."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

from sqlglot import exp

from engine.databases.marks import days_between
from engine.execute.reference.scalars import SCALARS
from engine.execute.sql import ints
from engine.execute.sql.arithmetic import combined, compared, extreme, left_over, minus, places_of, rounded, size_of
from engine.execute.sql.frame import Frame
from engine.execute.sql.ints import Int, TooLarge, grouped
from engine.execute.sql.lowered import (
    NOT_KNOWN,
    Lowered,
    all_of,
    any_of,
    branches,
    case,
    constant,
    is_false,
    is_null,
    is_true,
    merged,
    missing,
    not_,
    number,
    unresolved,
)
from engine.execute.sql.on_rows import OnRows
from engine.language import tree
from engine.language.functions import law_of
from engine.language.types import Kind
from engine.language.values import HALF_AWAY, Unresolved

YEARS = (1, 9999)


class Lowering:
    """Nodes on the rows of a frame under the rules of one day; names are read by ``reading``."""

    def __init__(self, reading: OnRows) -> None:
        self.reading = reading
        self.frame: Frame = reading.frame
        self._short: frozenset[int] = frozenset()

    def in_sql(self, node: tree.Node, day: datetime.date) -> Lowered:
        """``node`` without help of the host. Raises :class:`TooLarge`."""
        before, self._short = self._short, frozenset(id(part) for part in node.walk())
        try:
            return self.node(node, day)
        finally:
            self._short = before

    def node(self, node: tree.Node, day: datetime.date) -> Lowered:
        """``node`` as of the rules of ``day``; what is too large for SQL is worked out on the host."""
        try:
            return self._node(node, day)
        except TooLarge as error:
            if id(node) in self._short:
                raise
            self.reading.execution.too_long(self.reading.current, error.sentence())
            return self.reading.on_host(node, day)

    def truth(self, node: tree.Node, day: datetime.date) -> Lowered:
        """A condition: absent is not an answer, so it is unresolved."""
        return answered(self.node(node, day))

    def _node(self, node: tree.Node, day: datetime.date) -> Lowered:
        if isinstance(node, (tree.Number, tree.Text, tree.Date, tree.Truth)):
            kind = {tree.Number: Kind.NUMBER, tree.Text: Kind.TEXT, tree.Date: Kind.DATE, tree.Truth: Kind.BOOL}
            return constant(kind[type(node)], node.value)
        if isinstance(node, tree.Nothing):
            return constant(Kind.ABSENT, None)
        if isinstance(node, tree.Class):
            return constant(Kind.CLASS, node.word)
        if isinstance(node, tree.Name):
            return self.reading.read(node.id, day)
        if isinstance(node, tree.Unary):
            return self._unary(node, day)
        if isinstance(node, tree.Binary):
            return self._binary(node, day)
        if isinstance(node, tree.Member):
            found = self._member(node, day)
            return negated(found) if node.negated else found
        if isinstance(node, tree.Call):
            return self._call(node, day)
        raise TypeError(f"no SQL for {type(node).__name__}")

    def _unary(self, node: tree.Unary, day: datetime.date) -> Lowered:
        operand = self.node(node.operand, day)
        if node.op == "-":
            return minus(operand)
        if node.op == "非":
            return negated(answered(operand))
        if node.op == "可算":
            if operand.fail is None:
                return constant(Kind.BOOL, True)
            return Lowered(Kind.BOOL, not_(operand.fail))
        gone = missing(operand)
        if operand.fail is None:
            there = gone if node.op == "没有" else exp.true() if gone is None else not_(gone)
            return _truth(exp.false() if there is None else there, None)
        present = exp.false() if isinstance(operand.value, exp.Null) else not_(is_null(operand.value))
        value = not_(present) if node.op == "没有" else present
        return Lowered(Kind.BOOL, case([(operand.fail, exp.Null())], value), operand.fail)

    def _binary(self, node: tree.Binary, day: datetime.date) -> Lowered:
        if node.op in ("且", "或"):
            return self._kleene(node, day)
        left, right = self.node(node.left, day), self.node(node.right, day)
        if node.op in "+-*/":
            return combined(node.op, left, right, self.frame)
        return compared(node.op, left, right)

    def _kleene(self, node: tree.Binary, day: datetime.date) -> Lowered:
        decisive = node.op == "或"
        left = self.truth(node.left, day)
        if left.is_known and left.known is decisive:
            return constant(Kind.BOOL, decisive)
        right = self.truth(node.right, day)
        if right.is_known and right.known is decisive:
            return constant(Kind.BOOL, decisive)
        for one, other in ((left, right), (right, left)):
            if one.is_known:
                return other
        join = exp.Or if decisive else exp.And
        value = exp.Paren(this=join(this=grouped(left.value), expression=grouped(right.value)))
        fail = is_null(value) if left.fail is not None or right.fail is not None else None
        return Lowered(Kind.BOOL, value, fail)

    # -- membership ------------------------------------------------------------

    def _member(self, node: tree.Member, day: datetime.date) -> Lowered:
        value = self.node(node.operand, day)
        gone = missing(value)
        if is_true(gone):
            return unresolved(Kind.BOOL)
        sure = replace(value, fail=None, absent=False)
        items = [self._item(sure, item, day) for item in node.items]
        if all(one.fail is None for one in items):
            found = _truth(any_of([one.value for one in items]) or exp.false(), None)
        else:
            yes, no = constant(Kind.BOOL, True), constant(Kind.BOOL, False)
            found = branches([(one.value, one.fail, yes) for one in items], no, Kind.BOOL)
        if gone is None:
            return found
        return Lowered(Kind.BOOL, case([(gone, exp.Null())], found.value), any_of([gone, found.fail]))

    def _item(self, value: Lowered, item: tree.Node, day: datetime.date) -> Lowered:
        if isinstance(item, tree.Range):
            return self._in_range(value, item)
        if isinstance(item, tree.Between):
            return self._between(value, item, day)
        if isinstance(item, tree.Word):
            return compared("=", value, constant(Kind.TEXT, item.text))
        one = self.node(item, day)
        if isinstance(one.known, frozenset):
            held = [compared("=", value, constant(value.kind, other)).value for other in sorted(one.known, key=str)]
            return _truth(any_of(held) or exp.false(), None)
        return compared("=", value, one)

    def _in_range(self, value: Lowered, item: tree.Range) -> Lowered:
        if value.is_known:
            from engine.execute.reference.scalars import in_code_range

            return constant(Kind.BOOL, in_code_range(str(value.known), item.low, item.high))
        prefix = exp.Substring(this=value.value.copy(), start=ints.whole(1), length=ints.whole(len(item.high)))
        return Lowered(Kind.BOOL, all_of([
            exp.GTE(this=grouped(value.value), expression=exp.Literal.string(item.low)),
            exp.LTE(this=prefix, expression=exp.Literal.string(item.high)),
        ]))  # fmt: skip

    def _between(self, value: Lowered, item: tree.Between, day: datetime.date) -> Lowered:
        parts: list[Lowered] = []
        for bound, closed, op in ((item.low, item.low_closed, ">"), (item.high, item.high_closed, "<")):
            if bound is not None:
                parts.append(compared(op + "=" if closed else op, value, self.node(bound, day)))
        fail = any_of([part.fail for part in parts])
        if all(part.is_known for part in parts):
            return constant(Kind.BOOL, all(part.known for part in parts))
        return _truth(all_of([part.value for part in parts]), fail)

    # -- calls ------------------------------------------------------------

    def _call(self, node: tree.Call, day: datetime.date) -> Lowered:
        own = WORDS.get(node.function)
        if own is not None:
            return own(self, node, day)
        law = law_of(node.function)
        if law.looks_beyond or law.lazy:
            return self.reading.call(node, day)
        return self._on_arguments(node, self._args(node, day))

    def _args(self, node: tree.Call, day: datetime.date) -> list[Lowered]:
        return [self.node(arg, day) for arg in node.args]

    def choose(self, node: tree.Call, day: datetime.date) -> Lowered:
        condition = self.truth(node.args[0], day)
        if condition.is_known:
            return self.node(node.args[1 if condition.known else 2], day)
        first, second = self.node(node.args[1], day), self.node(node.args[2], day)
        return branches([(condition.value, missing(condition), first)], second, _kind(first, second))

    def first_present(self, node: tree.Call, day: datetime.date) -> Lowered:
        lows = []
        for arg in node.args:
            lows.append(self.node(arg, day))
            if lows[-1].certain:
                break
        kind = _kind(*lows)
        found = lows[-1]
        for low in reversed(lows[:-1]):
            steps = []
            if low.fail is not None:
                steps.append((low.fail, unresolved(kind)))
            if not isinstance(low.value, exp.Null):
                steps.append((not_(is_null(low.value)), replace(low, fail=None, absent=False)))
            found = merged(steps, found, kind) if steps else found
        absent = all(low.absent for low in lows)
        return replace(found, absent=absent) if not found.is_known else found

    def same(self, node: tree.Call, day: datetime.date) -> Lowered:
        """Equal, or both absent: absence is an answer here, what cannot be known is none."""
        pair = self._args(node, day)
        if all(low.is_known for low in pair):
            return constant(Kind.BOOL, pair[0].known == pair[1].known)
        steps = [(low.fail, unresolved(Kind.BOOL)) for low in pair if low.fail is not None]
        gone = [missing(replace(low, fail=None)) for low in pair]
        if all(one is not None for one in gone):
            steps.append((all_of([one for one in gone if one is not None]), constant(Kind.BOOL, True)))
        if (either := any_of(gone)) is not None:
            steps.append((either, constant(Kind.BOOL, False)))
        never = any(isinstance(low.value, exp.Null) for low in pair)
        equal = constant(Kind.BOOL, False)
        if not never:
            equal = compared("=", *(replace(low, fail=None, absent=False) for low in pair))
        return merged(steps, equal, Kind.BOOL) if steps else equal

    def extreme_of(self, node: tree.Call, day: datetime.date, smallest: bool, present: bool) -> Lowered:
        return extreme(self._args(node, day), smallest, present)

    def clamp(self, node: tree.Call, day: datetime.date) -> Lowered:
        value, low, high = self._args(node, day)
        turned = compared(">", low, high)
        found = extreme([extreme([value, low], False, False), high], True, False)
        if turned.is_known and turned.known is True:
            wrong: exp.Expression | None = exp.true()
        elif turned.is_known:
            wrong = None
        else:
            every = [part for part in (missing(value), missing(low), missing(high)) if part is not None]
            wrong = all_of(
                [*(not_(part) for part in every), exp.Coalesce(this=grouped(turned.value), expressions=[exp.false()])]
            )
        if wrong is None:
            return found
        if value.absent and is_true(wrong):
            wrong = not_(is_null(value.value))
        return merged([(wrong, unresolved(Kind.NUMBER))], found, Kind.NUMBER)

    def absolute(self, node: tree.Call, day: datetime.date) -> Lowered:
        return size_of(self.node(node.args[0], day))

    def round_by(self, node: tree.Call, day: datetime.date) -> Lowered:
        value = self.node(node.args[0], day)
        digits = self.node(node.args[1], day) if len(node.args) > 1 else constant(Kind.NUMBER, Fraction(0))
        if not digits.is_known:
            return self.reading.on_host(node, day)
        if digits.known is None:
            return replace(constant(Kind.NUMBER, None), fail=value.fail)
        return rounded(value, int(digits.known), law_of(node.function).rounding, self.frame)

    def significant(self, node: tree.Call, day: datetime.date) -> Lowered:
        """By the size of the number: at so many decimals as leave the digits asked for."""
        value, digits = self._args(node, day)
        if value.num is None or value.is_known or value.over is not None or not digits.is_known:
            return self._on_arguments(node, [value, digits])
        low, high = places_of(value.num.size, value.den)
        sure = replace(value, fail=None, absent=False)
        size = size_of(sure)
        kept = [rounded(sure, int(digits.known) - n, HALF_AWAY, self.frame) for n in range(low, high + 1)]
        below = [compared("<", size, constant(Kind.NUMBER, Fraction(10) ** n)).value for n in range(low, high)]
        options = [(holds, None, one) for holds, one in zip(below, kept, strict=False)]
        found = branches(options, kept[-1], Kind.NUMBER)
        return replace(found, fail=value.fail, absent=value.absent)

    def remainder(self, node: tree.Call, day: datetime.date) -> Lowered:
        value, divisor = self._args(node, day)
        over = value.over or divisor.over
        if value.num is None or divisor.num is None or over is not None or (value.is_known and divisor.is_known):
            return self._on_arguments(node, [value, divisor])
        return left_over(value, divisor)

    def _on_arguments(self, node: tree.Call, args: list[Lowered]) -> Lowered:
        """What SQL has no words for: worked out on the host, once for each combination of the arguments."""
        return self.reading.host.scalar(node.function, args)

    def part_of_date(self, node: tree.Call, day: datetime.date, part: Callable[[exp.Expression], Int]) -> Lowered:
        low = self.node(node.args[0], day)
        if low.is_known:
            return constant(Kind.NUMBER, None if low.known is None else SCALARS[node.function](low.known))
        if isinstance(low.value, exp.Null):
            return Lowered(Kind.NUMBER, exp.Null(), low.fail, low.absent)
        return number(part(_month_number(low)), 1, low.fail, low.absent)

    def month_from(self, node: tree.Call, day: datetime.date) -> Lowered:
        args = self._args(node, day)
        if all(low.is_known for low in args):
            try:
                return constant(Kind.MONTH, SCALARS[node.function](*(low.known for low in args)))
            except Unresolved:
                return unresolved(Kind.MONTH)
        if len(args) == 1:
            if isinstance(args[0].value, exp.Null):
                return replace(args[0], kind=Kind.MONTH)
            return Lowered(Kind.MONTH, _month_number(args[0]), args[0].fail, args[0].absent)
        return self.reading.on_host(node, day)

    def days_between(self, node: tree.Call, day: datetime.date) -> Lowered:
        first, last = self._args(node, day)
        fail, absent = any_of([first.fail, last.fail]), first.absent or last.absent
        if first.is_known and last.is_known:
            return constant(Kind.NUMBER, SCALARS[node.function](first.known, last.known))
        if isinstance(first.value, exp.Null) or isinstance(last.value, exp.Null):
            return Lowered(Kind.NUMBER, exp.Null(), fail, absent)
        days = days_between(first.value, last.value)
        return number(Int(days, -3_700_000, 3_700_000, False), 1, fail, absent)

    def unknown(self, node: tree.Call, day: datetime.date) -> Lowered:
        return unresolved(Kind.ABSENT)


def _month_number(low: Lowered) -> exp.Expression:
    """Months since year 0 of a date or a year-month, in 64 bits."""
    if low.kind is Kind.MONTH:
        return exp.cast(low.value.copy(), ints.NARROW_TYPE)
    year = exp.cast(exp.Extract(this=exp.var("YEAR"), expression=low.value.copy()), ints.NARROW_TYPE)
    month = exp.cast(exp.Extract(this=exp.var("MONTH"), expression=low.value.copy()), ints.NARROW_TYPE)
    scaled = exp.Mul(this=year, expression=ints.whole(12))
    return exp.Paren(this=exp.Sub(this=exp.Add(this=scaled, expression=month), expression=ints.whole(1)))


def _year(month: exp.Expression) -> Int:
    return Int(exp.IntDiv(this=grouped(month), expression=ints.whole(12)), *YEARS, False)


def _month(month: exp.Expression) -> Int:
    within = exp.Mod(this=grouped(month), expression=ints.whole(12))
    return ints.add(Int(within, 0, 11, False), ints.constant(1))


def _quarter(month: exp.Expression) -> Int:
    within = exp.Mod(this=grouped(month), expression=ints.whole(12))
    return ints.add(
        Int(exp.IntDiv(this=exp.Paren(this=within), expression=ints.whole(3)), 0, 3, False), ints.constant(1)
    )


def _kind(*lows: Lowered) -> Kind:
    return next((low.kind for low in lows if low.kind is not Kind.ABSENT), Kind.ABSENT)


def _truth(value: exp.Expression, fail: exp.Expression | None) -> Lowered:
    if fail is None and (is_true(value) or is_false(value)):
        return constant(Kind.BOOL, is_true(value))
    return Lowered(Kind.BOOL, value, fail)


def negated(low: Lowered) -> Lowered:
    if low.is_known and low.known is not None:
        return constant(Kind.BOOL, not low.known)
    return replace(low, value=low.value if isinstance(low.value, exp.Null) else not_(low.value), known=NOT_KNOWN)


def answered(low: Lowered) -> Lowered:
    """A condition whose absence is a failure."""
    if low.is_known:
        return unresolved(Kind.BOOL) if low.known is None else low
    if not low.absent:
        return low
    return Lowered(Kind.BOOL, low.value, is_null(low.value) if not isinstance(low.value, exp.Null) else exp.true())


WORDS: dict[str, Callable[[Lowering, tree.Call, datetime.date], Lowered]] = {
    "若": Lowering.choose,
    "缺省": Lowering.first_present,
    "一致": Lowering.same,
    "较大": partial(Lowering.extreme_of, smallest=False, present=False),
    "较小": partial(Lowering.extreme_of, smallest=True, present=False),
    "取高": partial(Lowering.extreme_of, smallest=False, present=True),
    "取低": partial(Lowering.extreme_of, smallest=True, present=True),
    "限定": Lowering.clamp,
    "绝对值": Lowering.absolute,
    "向下取整": Lowering.round_by, "向上取整": Lowering.round_by, "四舍五入": Lowering.round_by,
    "年": partial(Lowering.part_of_date, part=_year),
    "月": partial(Lowering.part_of_date, part=_month),
    "季": partial(Lowering.part_of_date, part=_quarter),
    "年月": Lowering.month_from,
    "有效数字": Lowering.significant,
    "余数": Lowering.remainder,
    "天数": Lowering.days_between,
    "无法确定": Lowering.unknown,
}  # fmt: skip
"""What SQL has words for; any other function of its arguments alone is worked out on the host."""
