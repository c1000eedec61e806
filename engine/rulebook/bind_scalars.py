"""Types and units of calls to scalar functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import law_of
from engine.language.types import ABSENT_TYPE, BOOL, MONTH, NUMBER, Kind, Type, Unit
from engine.rulebook.bind_errors import BindError
from engine.rulebook.bind_place import BindingPlace

DAY = Unit((("天", 1),))


def ordered(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    made, type_ = at.alike(node, node.args, expected)
    if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH, Kind.ABSENT):
        raise BindError("E401", f"{node.function} 用于数或日期，这里是 {type_}", "", node)
    return replace(node, args=made), type_


def first(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    made, type_ = at.alike(node, node.args, expected)
    return replace(node, args=made), type_


def same(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    made, _ = at.alike(node, node.args, None)
    return replace(node, args=made), BOOL


def numbers(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    made, type_ = at.alike(node, node.args, expected)
    at.need(type_, Kind.NUMBER, node)
    return replace(node, args=made), type_


def plain(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    operand, type_ = at.visit(node.args[0], expected)
    at.need(type_, Kind.NUMBER, operand)
    for digits in node.args[1:]:
        least, most = law_of(node.function).places or (0, 0)
        if not (isinstance(digits, tree.Number) and digits.value.denominator == 1 and least <= digits.value <= most):
            raise BindError("E315", f"{node.function} 的位数写 {least} 到 {most} 的整数", "", digits)
    return replace(node, args=(operand, *node.args[1:])), type_


def choose(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    condition, type_ = at.visit(node.args[0])
    at.need(type_, Kind.BOOL, condition)
    made, common = at.alike(node, node.args[1:], expected)
    return replace(node, args=(condition, *made)), common


def days(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    made = []
    for arg in node.args[:2]:
        one, type_ = at.visit(arg)
        at.need(type_, Kind.DATE, one)
        made.append(one)
    if len(node.args) > 2:
        calendar = node.args[2]
        if not _is_workday_field(at, calendar):
            raise BindError(
                "E315",
                f"{node.function} 的第三项写工作日历里的是否字段，如 工作日",
                "日历表的主键是一个日期",
                calendar,
            )
        made.append(calendar)
    return replace(node, args=tuple(made)), NUMBER.with_unit(DAY)


def _is_workday_field(at: BindingPlace, node: tree.Node) -> bool:
    """A yes/no field of one table, which has a date for its key."""
    tables = at.scope.book.columns.get(node.id, []) if isinstance(node, tree.Name) else []
    if not isinstance(node, tree.Name) or len(tables) != 1:
        return False
    key = at.scope.book.tables[tables[0]].key
    kinds = [at.scope.field_type(tables[0], name).kind for name in (node.id, *key)]
    return kinds == [Kind.BOOL, Kind.DATE]


def part_of_date(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    operand, type_ = at.visit(node.args[0])
    if type_.kind not in (Kind.DATE, Kind.MONTH):
        raise BindError("E401", f"{node.function} 用于日期或年月，这里是 {type_}", "", operand)
    return replace(node, args=(operand,)), NUMBER.with_unit(Unit((), law_of(node.function).label or ""))


def month(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    made = []
    for arg in node.args:
        one, type_ = at.visit(arg)
        at.need(type_, Kind.DATE if len(node.args) == 1 else Kind.NUMBER, one)
        made.append(one)
    return replace(node, args=tuple(made)), MONTH


def unknown(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    if not isinstance(node.args[0], tree.Text):
        raise BindError("E315", "无法确定 里写引号括起来的原因", "", node)
    return node, ABSENT_TYPE


SCALAR_CALLS: dict[Takes, Callable] = {
    Takes.ORDERED: ordered,
    Takes.NUMBERS: numbers,
    Takes.ALIKE: first,
    Takes.TWO_ALIKE: same,
    Takes.NUMBER: plain,
    Takes.CHOICE: choose,
    Takes.DATES: days,
    Takes.DATES_AND_CALENDAR: days,
    Takes.DATE_OR_MONTH: part_of_date,
    Takes.YEAR_AND_MONTH: month,
    Takes.REASON: unknown,
}
