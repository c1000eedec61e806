"""The figures of parameters: there is one, it is of the parameter's type, and it is likely."""

from __future__ import annotations

import datetime
from fractions import Fraction

from engine.check.context import Context
from engine.language import tree
from engine.language.types import Kind
from engine.rulebook.constants import literal
from engine.rulebook.model import REQUIRED, Formula, Parameter
from engine.rulebook.nearest import nearest


def parameters_have_figures_of_their_type(context: Context) -> None:
    """Refuses a parameter without a figure that is not 待定, and a figure that is not of its type."""
    for parameter in context.entries():
        if not isinstance(parameter, Parameter) or parameter.name in context.broken:
            continue
        if not parameter.values:
            _no_figure(context, parameter)
            continue
        for day, formula in parameter.values:
            _of_its_type(context, parameter, day, formula)
        first, formula = parameter.values[0]
        if context.program is not None and first > context.snapshot.day:
            context.add(
                "W707",
                formula.place,
                f"{parameter.name} 从 {first} 起才有取值，规则从 {context.snapshot.day} 起施行，这以前用到它会算不出",
                "补上更早的取值，或确认这以前用不到",
            )


def _no_figure(context: Context, parameter: Parameter) -> None:
    if parameter.provenance.status == REQUIRED or context.written(parameter.name, "取值") != parameter.provenance.place:
        return
    context.add(
        "E320",
        parameter.provenance.place,
        f"参数 {parameter.name} 没有 取值",
        "写 取值: {2025-01-01: 数}；政策还没有定的写 状态: 待定；"
        "只有几档没有公布的，改写成 表，那几档写 无法确定(“没有公布”)",
    )


def _of_its_type(context: Context, parameter: Parameter, day: datetime.date, formula: Formula) -> None:
    type_ = parameter.type
    words = formula.tree.items if isinstance(formula.tree, tree.Items) else (formula.tree,)
    if type_.kind is Kind.CLASS:
        for word in words:
            text = _word(word)
            if text not in type_.classes:
                context.add(
                    "E307",
                    formula.at(word),
                    f"{parameter.name} 自 {day} 取 {text or formula.text}，"
                    f"不是类别 {'、'.join(type_.classes)} 中的一个",
                    nearest(text, type_.classes),
                )
        return
    if type_.many or type_.kind not in (Kind.NUMBER, Kind.DATE, Kind.BOOL):
        return
    try:
        value = literal(formula.tree)
    except ValueError:
        value = None
    kinds = {Kind.BOOL: bool, Kind.DATE: datetime.date}
    if (
        value is None
        or isinstance(value, (bool, datetime.date, str)) is (type_.kind is Kind.NUMBER)
        or (type_.kind in kinds and not isinstance(value, kinds[type_.kind]))
    ):
        wanted = {
            Kind.NUMBER: "一个数，如 0.5、50%",
            Kind.DATE: "一个日期，如 2025-01-01",
            Kind.BOOL: "是 或 否",
        }
        context.add(
            "E405",
            formula.place,
            f"{parameter.name} 的取值“{formula.text}”不是{wanted[type_.kind].split('，')[0]}",
            f"取值写{wanted[type_.kind]}；要算的写成规则（粒度 和 公式）",
        )
    elif isinstance(value, Fraction) and type_.unit.label in ("比例", "%") and value >= 2 and "%" not in formula.text:
        context.add(
            "W405",
            formula.place,
            f"{parameter.name} 的单位是 {type_.unit}，取值 {formula.text} 就是 {value * 100}%",
            f"是不是 {formula.text}%？不是就把单位写成 倍",
        )


def _word(node: tree.Node) -> str:
    if isinstance(node, tree.Name):
        return node.id
    if isinstance(node, (tree.Word, tree.Number)):
        return node.text
    if isinstance(node, tree.Class):
        return node.word
    if isinstance(node, tree.Truth):
        return "是" if node.value else "否"
    return node.value if isinstance(node, tree.Text) else ""
