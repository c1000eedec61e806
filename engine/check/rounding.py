"""Money that is paid, what is aggregated from data rows after a division, and what is written back say how they are rounded."""

from __future__ import annotations

from engine.check.context import Context
from engine.language import tree
from engine.language.types import Kind
from engine.rulebook.bind import BindError
from engine.rulebook.digits import _node, digits_of
from engine.rulebook.model import Formula, Statement
from engine.rulebook.scope import Unreachable

YUAN = (("元", 1),)
_COUNTS = ("计数", "去重计数", "最大", "最小")


def results_say_how_they_are_rounded(context: Context) -> None:
    for entry in context.entries():
        if entry.name in context.broken:
            continue
        if isinstance(entry, Statement):
            _columns(context, entry)
            continue
        for part, node in context.sound_parts(entry):
            for call in node.walk():
                if isinstance(call, tree.Call) and call.source and call.function not in _COUNTS:
                    _aggregated(context, entry.name, part.formula, call)


def _aggregated(context: Context, name: str, formula: Formula, call: tree.Call) -> None:
    source = context.scope.base(call.source or "")
    if source not in context.snapshot.tables:
        return
    if _node(context.scope, context.binder, call.args[0], frozenset()) is None:
        context.add(
            "E802", context.at(formula, call), f"{name} 汇总了 {source} 各行上除不尽的值，没有写明舍入",
            "把被汇总的式子单独立一条规则，写 舍入: 4，再汇总它",
        )  # fmt: skip


def _columns(context: Context, statement: Statement) -> None:
    table = context.snapshot.tables.get(statement.fills or "")
    for column in statement.columns:
        try:
            context.scope.reach(statement.grain, column.name)
            type_ = context.binder.bind(Formula(column.name, tree.Name(column.name)), statement.grain).type
        except (BindError, Unreachable):
            continue
        if type_.kind is not Kind.NUMBER:
            continue
        digits = digits_of(context.scope, context.binder, column.name)
        field = table.fields.get(column.heading) if table is not None else None
        if field is not None:
            allowed = field.digits if field.digits is not None else 6
            if digits is None or digits > allowed:
                context.add(
                    "E803", column.place, f"报表 {statement.name} 回填 {column.heading}，它没有舍入到 {allowed} 位小数",
                    f"在规则 {column.name} 里写 舍入: {allowed}",
                )  # fmt: skip
        elif column.digits is None and type_.unit.powers == YUAN and (digits is None or digits > 2):
            context.add(
                "E801", column.place, f"报表 {statement.name} 的 {column.name} 是金额，没有舍入到分",
                f"要支付的写 舍入: 2；只供参考的写 {column.name}: {{标题: …, 小数: 2}}",
            )  # fmt: skip
        elif column.digits is None and digits is None:
            context.add(
                "E804", column.place, f"报表 {statement.name} 的 {column.name} 除不尽，没有说显示几位小数",
                f"写 {column.name}: {{标题: {column.heading}, 小数: 4}}，或在规则里写 舍入",
            )  # fmt: skip
