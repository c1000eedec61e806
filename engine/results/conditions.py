"""Which rows are wanted: ``机构编码=H01``, ``住院总费用>=1000``, ``原因~身份证``, ``入院日期=`` (absent)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from engine.data.staging.sql import Sql, cast, column, date, func, negated, text
from engine.files.errors import DataError

OPERATORS = ("!=", "<=", ">=", "=", "<", ">", "!~", "~", "^")
"""Equal and not; of numbers and days order; texts that have something, that do not, that begin with it."""
NUMBER, TEXT, DAY, TRUTH = "数", "文字", "日期", "是否"
_WRITTEN = re.compile(r"(?P<heading>.+?)(?P<operator>!=|<=|>=|!~|=|<|>|~|\^)(?P<value>.*)", re.DOTALL)
_COMPARED = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_TRUTHS = {"是": exp.true, "否": exp.false}


@dataclass(frozen=True)
class Condition:
    """``value``: as people write it; empty stands for absent, with = and != only."""

    heading: str
    operator: str
    value: str


def parse_condition(written: str, headings: list[str]) -> Condition:
    """The heading is the longest that fits: one may hold a sign. Raises :class:`DataError`."""
    for heading in sorted(headings, key=len, reverse=True):
        rest = written[len(heading) :].lstrip() if written.startswith(heading) else ""
        for operator in OPERATORS:
            if rest.startswith(operator):
                return Condition(heading, operator, rest[len(operator) :].strip())
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise DataError(f"看不懂条件 {written}", "写成 列=值，运算可以是 = != < <= > >= ~（含有） !~ ^（开头是）")
    raise DataError(f"没有列 {found['heading'].strip()}", f"有：{'、'.join(headings)}")


def parse_order(written: str, headings: list[str]) -> tuple[str, bool]:
    """A heading, and whether the greatest come first: ``-列``; one that itself begins so is that heading."""
    if written.startswith("-") and written not in headings:
        return written[1:], True
    return written, False


def sql_of(condition: Condition, kind: str) -> Sql:
    """The condition on a column of a kind; NULL meets none but absence. Raises :class:`DataError`."""
    cell, value = column(condition.heading), condition.value
    if condition.operator not in OPERATORS:
        raise DataError(f"没有运算 {condition.operator}", f"可以写 {' '.join(OPERATORS)}")
    if value == "":
        empty: Sql = exp.Is(this=cell.copy(), expression=exp.Null())
        if kind == TEXT:
            empty = exp.paren(exp.or_(empty, exp.EQ(this=cell.copy(), expression=text(""))))
        if condition.operator not in ("=", "!="):
            raise DataError(f"{condition.heading} {condition.operator} 后面要写值", "空值写 列= 或 列!=")
        return empty if condition.operator == "=" else negated(empty)
    if condition.operator in ("~", "!~", "^"):
        shown = func("lower", cell if kind == TEXT else cast(cell, "VARCHAR"))
        name = "starts_with" if condition.operator == "^" else "contains"
        has = func(name, shown, text(value.lower()))
        return negated(has) if condition.operator == "!~" else has
    return _COMPARED[condition.operator](this=cell, expression=_value(condition, kind))


def _value(condition: Condition, kind: str) -> Sql:
    value = condition.value
    try:
        if kind == NUMBER:
            return _number(value)
        if kind == DAY:
            return date(datetime.date.fromisoformat(value))
        if kind == TRUTH:
            return _TRUTHS[value]()
    except (ValueError, InvalidOperation, KeyError):
        said = {NUMBER: "要和数比，如 1000.50", DAY: "要和日期比，如 2025-03-01", TRUTH: "写 是 或 否"}[kind]
        raise DataError(f"{condition.heading}{condition.operator}{value[:40]}：{said}") from None
    return text(value)


def _number(value: str) -> Sql:
    """Exact, of at most 38 digits."""
    number = Decimal(value.replace(",", "").replace("，", ""))
    if not number.is_finite():
        raise ValueError(value)
    plain = format(number, "f")
    whole, _, decimals = plain.lstrip("-").partition(".")
    if len(whole) + len(decimals) > 38:
        raise ValueError(value)
    return cast(text(plain), f"DECIMAL({max(len(whole) + len(decimals), 1)}, {len(decimals)})")
