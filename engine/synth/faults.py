"""Bad rows on purpose: which faults a table offers, and the finished columns with a fault in a share of the rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from engine.language.types import Kind
from engine.rulebook.model import Field, Table
from engine.synth.defaults import digits_of
from engine.synth.draws import uniform
from engine.synth.hints import Make
from engine.synth.recipes import decimal
from engine.synth.world import name_of

FAULTS = {
    "missing": "必填的空着",
    "order": "日期先后颠倒",
    "negative": "金额为负",
    "digits": "小数位数太多",
    "word": "类别里没有的字",
    "reference": "引用的编码不存在",
}
REJECTED = ("missing", "order", "negative", "digits", "word")
"""What a run rejects. A row that refers to nothing cannot be settled: it is held, and a run stops where none may be."""
NOT_THERE = "不存在"


@dataclass(frozen=True)
class Fault:
    kind: str
    field: Field
    sql: str


def faults_of(table: Table, columns: tuple[str, ...], makes: dict[str, Make], kinds: tuple[str, ...]) -> list[Fault]:
    """Every fault of the kinds wanted that a row of the table may get."""
    found: list[Fault] = []
    for name in columns:
        column = table.fields[name]
        if name in table.key or name == table.period_field:
            continue
        value, kind = name_of(name), column.type.kind
        required = not column.nullable and not column.has_default
        if required:
            found.append(Fault("missing", column, "NULL"))
        make = makes[name]
        if required and kind is Kind.DATE and make.how == "日期" and make.minus and "自" in make.detail:
            found.append(Fault("order", column, f"{name_of(str(make.detail['自']))} + 3"))
        if (
            kind is Kind.NUMBER
            and column.type.unit.powers == (("元", 1),)
            and column.range is not None
            and column.range.low == 0
        ):
            found.append(Fault("negative", column, f"-({value}) - 1"))
        if required and kind is Kind.NUMBER and digits_of(column):
            digits = digits_of(column) + 1
            found.append(Fault("digits", column, f"({value})::{decimal(digits)} + {10.0**-digits:.{digits}f}"))
        if required and kind is Kind.CLASS:
            found.append(Fault("word", column, f"'{NOT_THERE}'"))
        if column.refers is not None:
            found.append(Fault("reference", column, f"'{NOT_THERE}'"))
    return [fault for fault in found if fault.kind in kinds]


def chosen(seed: int, table: Table, faults: list[Fault], share: float) -> str:
    """SQL of the number of the fault a row gets, or NULL: every kind as often as another."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for number, fault in enumerate(faults):
        by_kind[fault.kind].append(number)
    arms, below = [], 0.0
    for numbers in by_kind.values():
        for number in numbers:
            below += share / len(by_kind) / len(numbers)
            arms.append(f"WHEN u < {below!r} THEN {number}")
    drawn = uniform(seed, "i", table.name, "坏行")
    return f"CASE {' '.join(arms)} END".replace("WHEN u <", f"WHEN {drawn} <")


def with_fault(column: Field, sql: str, faults: list[Fault]) -> str:
    """The column with the faults that are of this field."""
    arms = [f"WHEN {number} THEN {f.sql}" for number, f in enumerate(faults) if f.field.name == column.name]
    return f'CASE "@bad" {" ".join(arms)} ELSE {sql} END' if arms else sql
