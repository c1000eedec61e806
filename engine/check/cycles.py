"""No rule may depend on itself in the same period; only 上期 looks back."""

from __future__ import annotations

from engine.check.context import Context
from engine.language import tree
from engine.language.function_laws import Reach
from engine.language.functions import FUNCTIONS, law_of, reach_of
from engine.rulebook.chains import in_order
from engine.rulebook.model import Check, Grain, Rule
from engine.rulebook.parts import names_in, parts
from engine.rulebook.problems import Place
from engine.rulebook.scope import Access, Unreachable

HINTS = {
    "粒度": "粒度只能由粗到细地缩小",
    "规则": "去掉其中一处引用；要用上一期的值写 上期(…)",
    "推算": "各行要一行接一行地推算，写 沿(首行, 后行, 每 …, 按 …)：后行里的 前值 就是前面一行的结果",
}
"""What to do about a circle: of grains, of rules, and of rules that look along the rows of a group."""


def rules_do_not_depend_on_themselves(context: Context) -> None:
    """Refuses a circle of rules, narrowed grains and keys; told once, at its first place, whichever way it was met."""
    found: dict[frozenset[str], list[str]] = {}
    start = sorted({rule.name for rule in context.rules()} | {n for n in context.names if n in context.snapshot.grains})
    list(in_order(start, lambda n: depends_on(context, n), found))
    for circle in found.values():
        context.broken.update(circle)
        context.binder.circular.update(circle)
        places = {name: context.snapshot.entries[name].provenance.place for name in circle}
        first = min(circle, key=lambda name: (places[name], name))
        turned = circle[circle.index(first) :] + circle[: circle.index(first)]
        kind = "规则" if any(name in context.snapshot.rules for name in turned) else "粒度"
        context.add(
            "E308",
            _where(context, turned[0], turned[1 % len(turned)]) or places[first],
            f"{kind}绕成了圈：{' → '.join([*_shortened(turned), turned[0]])}",
            HINTS["推算" if kind == "规则" and _looks_along(context, circle) else kind],
        )


def _looks_along(context: Context, circle: list[str]) -> bool:
    """Whether what stands in the circle reads others of it on the rows of a group, in their order."""
    nodes = (
        node for name in circle for part in parts(context.snapshot.entries[name]) for node in part.formula.tree.walk()
    )
    calls = (node for node in nodes if isinstance(node, tree.Call) and node.function in FUNCTIONS)
    return any(law_of(call.function).orders_rows and call.names & set(circle) for call in calls)


def _shortened(circle: list[str]) -> list[str]:
    return circle if len(circle) <= 8 else [*circle[:4], f"…（共 {len(circle)} 条）", *circle[-2:]]


def _where(context: Context, name: str, other: str) -> Place | None:
    """Where ``name`` mentions ``other``."""
    entry = context.snapshot.entries[name]
    for part in parts(entry):
        for node in part.formula.tree.walk():
            if isinstance(node, tree.Name) and node.id == other:
                return part.formula.at(node)
    return None


def depends_on(context: Context, name: str) -> set[str]:
    """Names of rules, checks and grains that ``name`` reads in this period; worked out once."""
    if name not in context.needs:
        context.needs[name] = frozenset(_depends_on(context, name))
    return set(context.needs[name])


def _depends_on(context: Context, name: str) -> set[str]:
    entry = context.snapshot.entries.get(name)
    if not isinstance(entry, (Rule, Grain, Check)) or (isinstance(entry, Rule) and not context.scope.as_rule(name)):
        return set()
    found: set[str] = set()
    for part in parts(entry):
        now = names_now(part.formula.tree)
        found |= now
        for other in now:
            found |= _keys_on_the_way(context, part.grain, other)
    if isinstance(entry, Grain):
        found |= {entry.of} if entry.of else set(entry.key)
        if not entry.of:
            found.discard(name)
    else:
        found |= {entry.grain}
    known = context.snapshot
    return {n for n in found if n in known.rules or n in known.grains or n in known.checks}


def _keys_on_the_way(context: Context, grain: str, name: str) -> set[str]:
    """Rules that give the keys by which ``name`` is found from a row of ``grain``."""
    try:
        access = context.scope.reach(grain, name)
    except Unreachable:
        return set()
    found: set[str] = set()
    steps: list[Access] = list(access.keys)
    while steps:
        step = steps.pop()
        if step.kind == "rule":
            found.add(step.name)
        steps.extend(step.keys)
    return found


def names_now(node: tree.Node) -> set[str]:
    """Names read in this period: all but those inside 上期."""
    if isinstance(node, tree.Call) and reach_of(node.function) is Reach.PERIOD and node.args:
        return set().union(*(names_now(arg) for arg in node.args[1:]), set())
    if isinstance(node, tree.Call):
        alone = tree.Call(node.function, (), source=node.source, per=node.per, by=node.by)
        found = names_in(alone) | {key for key, _ in node.keys}
    else:
        found = names_in(node) if not list(node.children()) else set()
    return found.union(*(names_now(child) for child in node.children()), set())
