"""How rows and fields are made where nobody says: by type, range, default and classes."""

from __future__ import annotations

from engine.language.types import Kind, default_digits
from engine.rulebook.model import Field, Table
from engine.synth.hints import PERIOD, Hints, Make, Rows, Span

FEW_ROWS = 20
EMPTY, NOT_THE_DEFAULT = 0.2, 0.1
"""How often a field that may be empty is, and how often one with a default has something else."""


def digits_of(field: Field) -> int:
    return default_digits(field.type.unit) if field.digits is None else field.digits


def countable(field: Field) -> bool:
    """Whether all values of a key are known: classes, rows of a table, years, months, days."""
    return (
        field.refers is not None
        or field.type.kind in (Kind.CLASS, Kind.MONTH, Kind.DATE, Kind.BOOL)
        or field.type.unit.label == "年"
    )


def with_defaults(table: Table, hints: Hints) -> Hints:
    """The same with rows: a table with a dated 归期 has a row a case, countable keys each combination (but for days
    with something else), others a few.
    """
    if hints.rows is not None or hints.each is not None:
        return hints
    when = table.fields.get(table.period_field or "")
    keys = [table.fields[key] for key in table.key]
    if when is not None and when.type.kind is Kind.DATE:
        return Hints(Rows(per_case=1.0), None, None, 0, hints.again, hints.fields, hints.helpers)
    if (
        keys
        and all(countable(key) for key in keys)
        and (len(keys) == 1 or all(k.type.kind is not Kind.DATE for k in keys))
    ):
        chance = hints.chance if hints.chance is not None else (0.05 if table.optional else None)
        return Hints(None, table.key, chance, hints.around, hints.again, hints.fields, hints.helpers)
    return Hints(Rows(FEW_ROWS), None, None, 0, hints.again, hints.fields, hints.helpers)


def default_make(table: Table, field: Field) -> Make:
    """A recipe for a field without a hint."""
    kind = field.type.kind
    chance: float | None = None
    if field.name not in table.key:
        chance = NOT_THE_DEFAULT if field.has_default else 1 - EMPTY if field.nullable else None
    if field.refers is not None:
        return Make("引用", {}, chance=chance)
    if kind is Kind.CLASS:
        return Make("选择", dict.fromkeys(field.type.classes, 1.0), chance=chance)
    if kind is Kind.BOOL:
        return Make("选择", {"是": NOT_THE_DEFAULT, "否": 1 - NOT_THE_DEFAULT}, chance=chance)
    if kind in (Kind.DATE, Kind.MONTH):
        return Make("日期", {"月份": {}, "周末": 1.0, "期间": PERIOD}, chance=chance)
    if kind is Kind.INTERVAL:
        return Make("常数", "任何" if field.wildcard else "≥ 0", chance=chance)
    if kind is Kind.NUMBER:
        return _number(field, chance)
    return Make("编号", {"前缀": "", "位数": 6}, chance=chance)


def _number(field: Field, chance: float | None) -> Make:
    unit = field.type.unit
    low = float(field.range.low) if field.range is not None and field.range.low is not None else 0.0  # type: ignore[arg-type]
    high = float(field.range.high) if field.range is not None and field.range.high is not None else None  # type: ignore[arg-type]
    if unit.powers == (("元", 1),) and high is None:
        return Make("对数正态", {"中位": 1000.0, "离散": 0.7, "最低": low}, chance=chance)
    if high is None:
        high = low + (1 if unit.label in ("倍", "比例", "%") else 100)
    whole = digits_of(field) == 0
    return Make("整数" if whole else "小数", Span(low, high, whole), chance=chance)
