"""Types of 沿: what it is on the first row, and on each later one, where 前值 is what it was on the row before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.types import Kind, Type
from engine.rulebook.bind_errors import BindError
from engine.rulebook.bind_place import BindingPlace
from engine.rulebook.bind_rows import put_in_order
from engine.rulebook.bind_units import bare

_NO_VALUES = (Kind.INTERVAL, Kind.ABSENT)
SIZE = "写成 {}(…, 范围 [0, 100000], 舍入 2)：每一行先舍入，再看在不在范围里，这样推多少行都不会越推越大"


def along(at: BindingPlace, node: tree.Call, expected: Type | None) -> tuple[tree.Node, Type]:
    """A number says 范围 and 舍入, so that its size is known on whichever row; nothing else can."""
    if at.is_along:
        hint = "先把里面的立成一条规则，这里写它的名字"
        raise BindError("E317", f"{node.function} 里面不能再写 {node.function}", hint, node)
    put_in_order(at, node)
    first, first_type = at.along(None).visit(node.args[0], expected)
    before = _type_before(first, first_type, expected, node)
    later, later_type = at.along(before).visit(node.args[1], before)
    type_ = at.same(first, before, later, later_type, "放在一起", node)
    if type_.kind is Kind.CLASS and expected is None:
        type_ = replace(before, classes=tuple(dict.fromkeys((*before.classes, *later_type.classes))))
    _refuse_other_sizes(node, type_)
    return replace(node, args=(first, later)), type_


def _type_before(first: tree.Node, first_type: Type, expected: Type | None, node: tree.Call) -> Type:
    """What 前值 is: as 首行, which a bare number or 空 leaves to what is asked for."""
    if expected is not None and first_type.kind is Kind.ABSENT:
        return expected
    left_open = first_type.kind is Kind.CLASS or (bare(first) is not None and not first_type.unit.powers)
    if expected is not None and expected.kind is first_type.kind and left_open:
        return expected
    if first_type.many or first_type.kind in _NO_VALUES:
        what = "看不出 前值 是什么" if first_type.kind is Kind.ABSENT else f"是 {first_type}"
        hint = "在规则里写明 单位、类别 或 类型" if first_type.kind is Kind.ABSENT else ""
        raise BindError("E401", f"{node.function} 的首行{what}", hint, node.args[0])
    return first_type


def _refuse_other_sizes(node: tree.Call, type_: Type) -> None:
    missing = [word for word, given in (("范围", node.within), ("舍入", node.rounded)) if given is None]
    if type_.kind is Kind.NUMBER and missing:
        message = f"{node.function} 的结果是数，要写 {' 和 '.join(missing)}"
        raise BindError("E315", message, SIZE.format(node.function), node)
    if type_.kind is not Kind.NUMBER and len(missing) < 2:
        raise BindError("E315", f"{node.function} 的结果是 {type_}，不写 范围 和 舍入", "删去 范围 和 舍入", node)


ALONG_CALLS: dict[Takes, Callable] = {Takes.FIRST_AND_LATER: along}
