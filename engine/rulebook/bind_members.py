"""属于: each item of a list gets the meaning that the type of what is tested gives it."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from engine.language import tree
from engine.language.types import BOOL, NUMBER, Kind, Type
from engine.rulebook.bind_errors import BindError
from engine.rulebook.bind_place import BindingPlace
from engine.rulebook.nearest import nearest


def member(at: BindingPlace, node: tree.Member, expected: Type | None) -> tuple[tree.Node, Type]:
    operand, type_ = at.visit(node.operand)
    items = tuple(_item(at, item, operand, type_) for item in node.items)
    return replace(node, operand=operand, items=items), BOOL


def _item(at: BindingPlace, item: tree.Node, operand: tree.Node, type_: Type) -> tree.Node:
    if isinstance(item, tree.Between):
        low = _end(at, item.low, item, operand, type_)
        high = _end(at, item.high, item, operand, type_)
        if type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.MONTH):
            raise BindError("E401", f"{type_} 没有大小，不能用区间", "", item)
        return replace(item, low=low, high=high)
    if isinstance(item, tree.Range):
        if type_.kind is not Kind.TEXT:
            raise BindError("E401", f"编码范围只用于文本，这里是 {type_}", "数的范围写成区间，如 [1, 5]", item)
        if item.low[: len(item.high)] > item.high:
            raise BindError("E401", f"编码范围 {item.low}–{item.high} 前面的大于后面的", "", item)
        return item
    assert isinstance(item, tree.Word)
    parameter = at.scope.book.parameters.get(item.text)
    if type_.kind is Kind.CLASS and item.text in type_.classes:
        return tree.Class(item.text, span=item.span)
    if parameter is not None and not item.quoted and parameter.type.kind is type_.kind:
        return tree.Name(item.text, span=item.span)
    if type_.kind is Kind.CLASS:
        raise BindError(
            "E307",
            f"{item.text} 不是类别 {'、'.join(type_.classes)} 中的一个",
            nearest(item.text, type_.classes),
            item,
        )
    if type_.kind is Kind.NUMBER and item.number is not None:
        at.same(operand, type_, tree.Number(item.text, item.number, span=item.span), NUMBER, "比较", item)
        return tree.Number(item.text, item.number, span=item.span)
    if type_.kind is Kind.BOOL and item.text in ("是", "否"):
        return tree.Truth(item.text == "是", span=item.span)
    if type_.kind is Kind.DATE and item.text[:1].isdigit() and not item.quoted:
        return tree.Date(_date_of(item), span=item.span)
    if type_.kind is Kind.TEXT:
        _refuse_words_for_codes(item)
        return item
    made, made_type = at.visit(tree.Name(item.text, span=item.span), type_)
    at.same(operand, type_, made, made_type, "比较", item)
    return made


_THE_REST = ("其他", "其它", "其余", "别的", "任何", "不限", "全部")
_GLUED = re.compile(r"([A-Za-z][0-9][A-Za-z0-9.]*|[0-9]+\.[0-9][A-Za-z0-9.]*)[\u4e00-\u9fff]+")
"""A code with a Chinese word behind it: F20类."""
_FROM_TO = re.compile(r"([A-Za-z]?[0-9][A-Za-z0-9.]*)(?:到|至)([A-Za-z]?[0-9][A-Za-z0-9.]*)(?:为止|止)?")
"""Two codes with a Chinese word between them: F20至F29."""


def _refuse_words_for_codes(item: tree.Word) -> None:
    """A word that means many codes would be compared as if it were one, and never be equal."""
    if item.quoted:
        return
    if item.text in _THE_REST:
        hint = "表里没有列出的写 其余，什么都行的写 任何，都单独作一格；分情形里写 否则；确有这个编码，加引号：“"
        raise BindError("E316", f"“{item.text}”在这里是一个编码", f"{hint}{item.text}”", item)
    if found := _FROM_TO.fullmatch(item.text):
        hint = f"从 {found[1]} 到 {found[2]} 的都算，写成 {found[1]}–{found[2]}；确有这个编码，加引号：“{item.text}”"
        raise BindError("E316", f"“{item.text}”在这里是一个编码，和它完全相同才算", hint, item)
    if found := _GLUED.fullmatch(item.text):
        hint = f"这一类的都算，写成 {found[1]} 开头（中间空一格）；确有这个编码，加引号：“{item.text}”"
        raise BindError("E316", f"“{item.text}”在这里是一个编码，和它完全相同才算", hint, item)


def _end(
    at: BindingPlace, bound: tree.Node | None, item: tree.Node, operand: tree.Node, type_: Type
) -> tree.Node | None:
    """A bound of an interval, of the type of what is tested."""
    if bound is None:
        return None
    made, bound_type = at.visit(bound)
    at.same(operand, type_, made, bound_type, "比较", item)
    return made


def _date_of(item: tree.Word) -> datetime.date:
    try:
        return datetime.date.fromisoformat(item.text)
    except ValueError:
        raise BindError("E401", f"这里要日期，给的是 {item.text}", "", item) from None
