"""交来: what may be delivered in the place of what a rule gives is a field, and one that fits."""

from __future__ import annotations

from engine.check.context import Context
from engine.language.types import default_digits
from engine.rulebook.delivered import worked_out


def delivered_values_fit_their_rules(context: Context) -> None:
    """Refuses a 交来 that is no field (E401), has more decimals than the rule, or is always there (E806)."""
    for rule in context.rules():
        if not rule.delivered or rule.name in context.broken:
            continue
        tables = context.snapshot.columns.get(rule.delivered, [])
        place = context.written(rule.name, "交来", rule.delivered)
        if not tables:
            message = f"{rule.name} 的 交来 写了 {rule.delivered}，它不是字段"
            context.add("E401", place, message, "写交来的表里的字段；要先算出来的，写进 公式 或 分情形")
            continue
        field = context.snapshot.tables[tables[0]].fields[rule.delivered]
        table = context.snapshot.tables[tables[0]]
        worked = context.snapshot.rules[worked_out(rule.name)]
        digits = default_digits(field.type.unit) if field.digits is None else field.digits
        if worked.rounding is not None and digits is not None and digits > worked.rounding.digits:
            message = f"{rule.name} 的 舍入 是 {worked.rounding.digits} 位，交来的 {field.name} 有 {digits} 位小数"
            hint = f"给字段写 小数: {worked.rounding.digits}，或把 舍入 写成 {digits}：交来的不再舍入"
            context.add("E806", place, message, hint)
        if not (table.optional or table.sparse or (field.nullable and not field.has_default)):
            message = f"{rule.name} 的 交来 写了 {field.name}，表 {table.name} 一定要交，这个字段总是有值，规则永远不算"
            context.add(
                "E806",
                place,
                message,
                "给表写 可空: 是（可以不交）或 可缺行: 是，或给字段写 可空: 是；不要算的，删去规则",
            )
