"""Money that is paid, what is aggregated after a division, and what is written back say how they are rounded."""

from __future__ import annotations

from engine.check.context import Context
from engine.check.cycles import depends_on
from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import law_of
from engine.language.types import Kind
from engine.rulebook.bind import BindError
from engine.rulebook.chains import in_order
from engine.rulebook.digits import digits_of, digits_of_node
from engine.rulebook.model import Formula, Grain, Statement
from engine.rulebook.scope import Unreachable
from engine.rulebook.wanted import reaching

YUAN = (("元", 1),)


def results_say_how_they_are_rounded(context: Context) -> None:
    """Refuses an aggregate of what has no last decimal (E802), and a column that is money (E801), is written back
    (E803) or has no end (E804) without a word on digits."""
    endless: set[str] = set()
    for name in in_order({rule.name for rule in context.rules()}, lambda n: depends_on(context, n)):
        if name in context.snapshot.rules and not context.rests_on_broken(name):
            digits_of(context.scope, context.binder, name)
    for entry in context.entries():
        if isinstance(entry, Statement) or context.rests_on_broken(entry.name):
            continue
        for part, node in context.sound_parts(entry):
            for call in node.walk():
                if isinstance(call, tree.Call) and call.source and not law_of(call.function).takes_endless:
                    _aggregated(context, entry.name, part.formula, call, endless)
                elif isinstance(call, tree.Call) and law_of(call.function).takes is Takes.POOL_AND_WEIGHT:
                    _shared(context, entry.name, part.formula, call)
    endless = reaching(context.snapshot, endless, context.scope.computed)
    for entry in context.entries():
        if isinstance(entry, Statement) and not context.rests_on_broken(entry.name):
            _columns(context, entry, endless)
        elif isinstance(entry, Grain):
            _keys(context, entry)


def _aggregated(context: Context, name: str, formula: Formula, call: tree.Call, endless: set[str]) -> None:
    source = context.scope.base(call.source or "")
    if source not in context.snapshot.tables:
        return
    if digits_of_node(context.scope, context.binder, call.args[0], frozenset()) is not None:
        return
    endless.add(name)
    summed = call.args[0]
    rule = summed.id if isinstance(summed, tree.Name) else ""
    context.add(
        "E802",
        formula.at(call),
        f"{name} 汇总了 {source} 各行上的{f' {rule}，它' if rule else '式子，它'}除不尽，没有写明舍入",
        f"在规则 {rule} 里写 舍入: 4（位数照办法）" if rule else "把被汇总的式子单独立一条规则，写 舍入: 4，再汇总它",
    )


def _shared(context: Context, name: str, formula: Formula, call: tree.Call) -> None:
    """What is shared out is money: a pool that is no whole number of fen could not be shared at run time."""
    pool = call.args[0]
    digits = digits_of_node(context.scope, context.binder, pool, frozenset())
    if digits is None or digits > 2:
        context.add(
            "E801",
            formula.at(pool),
            f"{name} 分摊的总额没有舍入到分",
            "把总额立成一条规则，写 舍入: 2，这里写它的名字",
        )


def _keys(context: Context, grain: Grain) -> None:
    """A key without a last decimal would show as equal where it is not."""
    for key in grain.key:
        rule = context.snapshot.rules.get(key)
        if rule is None or not context.scope.as_rule(key) or context.rests_on_broken(key):
            continue
        if digits_of(context.scope, context.binder, key) is None:
            context.add(
                "E804",
                rule.provenance.place,
                f"{key} 是粒度 {grain.name} 的键，它除不尽",
                f"在规则 {key} 里写 舍入，键才分得清",
            )


def _columns(context: Context, statement: Statement, endless: set[str]) -> None:
    table = context.snapshot.tables.get(statement.fills or "")
    for column in statement.columns:
        try:
            context.scope.reach(statement.grain, column.name)
            type_ = context.binder.bind(Formula(column.name, tree.Name(column.name)), statement.grain).type
        except (BindError, Unreachable):
            continue
        if type_.kind is not Kind.NUMBER:
            continue
        if column.name in endless:
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
