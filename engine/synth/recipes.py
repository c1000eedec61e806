"""A recipe to an SQL expression. Numbers are doubles until the column is finished; no float ever reaches a file."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.language.types import Kind
from engine.language.values import Month, render
from engine.rulebook.model import Field
from engine.synth.defaults import digits_of
from engine.synth.draws import normal, shared_out, uniform
from engine.synth.hints import NUMERIC, OTHERWISE, Make, Path, Quantity, Span, number, span
from engine.synth.world import text_of


@dataclass
class Recipe:
    """Prints the recipe of one column ``name`` of ``table``; ``row`` is the column with the row number to draw by.

    ``spread``: shares are dealt out evenly (a small table). ``drawn``: what a join supplies for a pick, a date of the
    period or a sum: the columns are made by :mod:`engine.synth.weave`.
    """

    seed: int
    table: str
    name: str
    row: str
    spread: bool
    column: Callable[[Path], str]
    is_text: Callable[[Path], bool]
    drawn: str = ""
    _count: int = 0

    def names(self) -> tuple[str, str, int]:
        self._count += 1
        return self.table, self.name, self._count

    def evenly(self) -> str:
        return (shared_out if self.spread else uniform)(self.seed, self.row, *self.names())

    # -- numbers ---------------------------------------------------------------------------------------------------

    def number(self, quantity: Quantity, whole: bool = False) -> str:
        if isinstance(quantity, float | int):
            return f"{float(quantity)!r}::DOUBLE"
        if isinstance(quantity, Path):
            return f"({self.column(quantity)})::DOUBLE"
        if isinstance(quantity, Span):
            return self.between(quantity, quantity.whole and whole)
        return self.adjusted(quantity, self.plain_number(quantity))

    def adjusted(self, make: Make, sql: str) -> str:
        for sign, parts in (("*", make.times), ("+", make.plus), ("-", make.minus)):
            for part in parts:
                sql = f"({sql} {sign} {self.number(part, whole=sign != '*')})"
        return sql

    def between(self, span_: Span, whole: bool) -> str:
        drawn = uniform(self.seed, self.row, *self.names())
        if whole:
            return f"({span_.low!r} + floor({drawn} * {span_.high - span_.low + 1!r}))"
        return f"({span_.low!r} + {drawn} * {span_.high - span_.low!r})"

    def plain_number(self, make: Make) -> str:
        how, detail = make.how, make.detail
        if how == "整数":
            return self.between(Span(math.floor(detail.low), math.floor(detail.high), True), True)
        if how == "小数":
            return self.between(detail, False)
        if how == "对数正态":
            return self.lognormal(detail)
        if how == "幂律":
            return f"power({self.row} + 1, {-detail!r})"
        if how == "汇总":
            return f"({self.drawn})::DOUBLE"
        if how == "列":
            return f"({self.column(detail)})::DOUBLE"
        if how == "选择":
            return self.choice(detail, self.outcome)
        if how == "按":
            return self.by(detail, lambda quantity: self.number(quantity, True))
        return f"{number(detail) or 0.0!r}::DOUBLE"

    def outcome(self, text: str) -> str:
        between = span(text)
        return self.between(between, between.whole) if between else f"{number(text) or 0.0!r}::DOUBLE"

    def lognormal(self, detail: dict) -> str:
        drawn = normal(self.seed, self.row, *self.names())
        sql = f"({self.number(detail['中位'])} * exp({self.number(detail['离散'])} * {drawn}))"
        if "最低" in detail:
            sql = f"greatest({sql}, {detail['最低']!r})"
        return f"least({sql}, {detail['最高']!r})" if "最高" in detail else sql

    # -- choices ---------------------------------------------------------------------------------------------------

    def choice(self, weights: dict[str, float], outcome: Callable[[str], str]) -> str:
        kept = [(text, weight) for text, weight in weights.items() if weight > 0]
        if len(kept) == 1:
            return outcome(kept[0][0])
        drawn, whole, below = self.evenly(), sum(weight for _, weight in kept), 0.0
        arms = []
        for text, weight in kept[:-1]:
            below += weight
            arms.append(f"WHEN {drawn} < {below / whole!r} THEN {outcome(text)}")
        return f"(CASE {' '.join(arms)} ELSE {outcome(kept[-1][0])} END)"

    def by(self, detail: dict, outcome: Callable[[Quantity], str]) -> str:
        column = f"({self.column(detail['按'])})::VARCHAR"
        arms = [f"WHEN {value} THEN {outcome(q)}" for value, q in self._cases(detail)]
        rest = outcome(detail["取"][OTHERWISE]) if OTHERWISE in detail["取"] else "NULL"
        return f"(CASE {column} {' '.join(arms)} ELSE {rest} END)"

    def _cases(self, detail: dict) -> list[tuple[str, Quantity]]:
        words = {"是": "true", "否": "false"}
        return [(text_of(words.get(v, v)), q) for v, q in detail["取"].items() if v != OTHERWISE]

    def text(self, make: Make) -> str:
        how, detail = make.how, make.detail
        if how == "编号":
            digits = f"({self.row} + 1)::VARCHAR"
            width = f"greatest({detail['位数']}, len({digits}))::INTEGER"
            return f"({text_of(detail['前缀'])} || lpad({digits}, {width}, '0'))"
        if how == "选择":
            return self.choice(detail, text_of)
        if how == "列":
            return f"({self.column(detail)})::VARCHAR"
        if how == "按":
            return self.by(detail, lambda q: self.text(q) if isinstance(q, Make) else text_of(str(q)))
        if how == "常数":
            return text_of(detail)
        return f"({self.plain_number(make)})::VARCHAR"

    def truth(self, make: Make) -> str:
        how, detail = make.how, make.detail
        if how == "概率":
            return f"({self.evenly()} < {make.chance!r})"
        if how == "平日":
            return self.weekday(detail)
        if how == "列":
            return f"({self.column(detail)})"
        return f"({self.text(make)} = '是')"

    def weekday(self, detail: dict) -> str:
        day = self.column(detail["日期"])
        off = "".join(f" AND strftime({day}, '%m-%d') NOT BETWEEN '{a}' AND '{b}'" for a, b in detail["假日"])
        return f"(isodow({day}) <= 5{off})"

    def date(self, make: Make) -> str:
        detail = make.detail
        if make.how == "常数":
            return f"DATE {text_of(detail)}"
        sql = f"({self.column(detail['自'])})" if make.how == "日期" and "自" in detail else self.drawn
        if make.how == "列":
            sql = f"({self.column(detail)})"
        for sign, parts in (("+", make.plus), ("-", make.minus)):
            for part in parts:
                sql = f"({sql} {sign} round({self.number(part, whole=True)})::INTEGER)"
        return sql

    # -- a column --------------------------------------------------------------------------------------------------

    def helper(self, make: Make) -> str:
        """A column that is only used while making."""
        if make.how == "概率":
            return self.truth(make)
        if make.how in NUMERIC or self.numeric(make):
            return self._sometimes(make, self.number(make), "NULL")
        if make.how == "日期":
            return self._sometimes(make, self.date(make), "NULL")
        return self._sometimes(make, self.text(make), "NULL")

    def numeric(self, make: Make) -> bool:
        if make.how == "选择":
            return all(number(text) is not None or span(text) is not None for text in make.detail)
        if make.how == "常数":
            return number(make.detail) is not None
        if make.how == "列":
            return not self.is_text(make.detail)
        if make.how == "按":
            return all(not isinstance(q, Make) or self.numeric(q) for q in make.detail["取"].values())
        return make.how in NUMERIC

    def value(self, field: Field, make: Make, cap: str = "") -> str:
        """A field of a table, typed as it will be written. ``cap``: an upper bound of a number."""
        kind = field.type.kind
        default = literal(field, field.default) if field.has_default else "NULL"
        if make.how == "引用":
            return self._sometimes(make, self.drawn, default)
        if kind is Kind.NUMBER:
            sql = self.number(make)
            return self._sometimes(make, finished(field, f"least({sql}, {cap})" if cap else sql), default)
        if kind is Kind.BOOL:
            sql = self.truth(make)
            return sql if make.how == "概率" else self._sometimes(make, sql, default)
        if kind is Kind.DATE:
            return self._sometimes(make, self.date(make), default)
        if kind is Kind.MONTH and make.how == "日期":
            return self._sometimes(make, f"strftime({self.date(make)}, '%Y-%m')", default)
        return self._sometimes(make, self.text(make), default)

    def _sometimes(self, make: Make, sql: str, otherwise: str) -> str:
        conditions = []
        if make.chance is not None and make.chance < 1 and make.how != "概率":
            conditions.append(f"{self.evenly()} < {make.chance!r}")
        if make.when is not None:
            column, value = make.when
            words = {"是": "true", "否": "false"}
            conditions.append(f"({self.column(column)})::VARCHAR = {text_of(words.get(value, value))}")
        return f"CASE WHEN {' AND '.join(conditions)} THEN {sql} ELSE {otherwise} END" if conditions else sql


def finished(field: Field, sql: str) -> str:
    """A double as the exact decimal that is written, within the range of the field."""
    digits = digits_of(field)
    step = 10.0**-digits
    low, high = None, None
    if field.range is not None:
        if field.range.low is not None:
            low = float(field.range.low) + (0 if field.range.low_closed else step)  # type: ignore[arg-type]
        if field.range.high is not None:
            high = float(field.range.high) - (0 if field.range.high_closed else step)  # type: ignore[arg-type]
    if low is not None:
        sql = f"greatest({sql}, {low!r})"
    if high is not None:
        sql = f"least({sql}, {high!r})"
    return f"round({sql}, {digits})::{decimal(digits)}"


def decimal(digits: int) -> str:
    return f"DECIMAL({max(18, digits + 9)}, {digits})" if digits else "BIGINT"


def literal(field: Field, value: object) -> str:
    """A default as SQL."""
    if value is None:
        return "NULL"
    if field.type.kind is Kind.NUMBER:
        return f"{render(value)}::{decimal(digits_of(field))}"  # type: ignore[arg-type]
    if field.type.kind is Kind.BOOL:
        return str(value).lower()
    if field.type.kind is Kind.DATE:
        return f"DATE '{value}'"
    return text_of(str(value) if isinstance(value, Month) else render(value))  # type: ignore[arg-type]
