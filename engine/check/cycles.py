"""No rule may depend on itself in the same period; only 上期 looks back."""

from __future__ import annotations

from engine.check.context import Context
from engine.language import tree
from engine.rulebook.model import Check, Entry, Grain, Rule
from engine.rulebook.parts import names_in, parts


def rules_do_not_depend_on_themselves(context: Context) -> None:
    state: dict[str, int] = {}
    for rule in context.rules():
        _visit(context, rule.name, state, [])


def _visit(context: Context, name: str, state: dict[str, int], path: list[str]) -> None:
    if state.get(name) == 2:
        return
    if state.get(name) == 1:
        circle = [*path[path.index(name) :], name]
        entry = context.snapshot.entries[name]
        context.broken.update(circle)
        context.add("E308", entry.provenance.place, f"规则绕成了圈：{' → '.join(circle)}", "去掉其中一处引用；要用上一期的值写 上期(…)")
        return
    entry = context.snapshot.entries.get(name)
    if not isinstance(entry, (Rule, Grain, Check)) or (isinstance(entry, Rule) and not context.scope._as_rule(name)):
        return
    state[name] = 1
    path.append(name)
    for other in sorted(depends_on(entry)):
        _visit(context, other, state, path)
    path.pop()
    state[name] = 2


def depends_on(entry: Entry) -> set[str]:
    """Names that a formula reads in this period."""
    found: set[str] = set()
    for part in parts(entry):
        found |= names_in(part.formula.tree) - _only_before(part.formula.tree)
    if isinstance(entry, (Rule, Check)):
        found.add(entry.grain)
    return found - {entry.name} if isinstance(entry, Grain) else found


def _only_before(node: tree.Node) -> set[str]:
    """Names read only inside 上期."""
    before: set[str] = set()
    others: set[str] = set()

    def walk(part: tree.Node) -> None:
        if isinstance(part, tree.Call) and part.function == "上期" and part.args:
            before.update(names_in(part.args[0]))
            for rest in part.args[1:]:
                walk(rest)
            return
        if isinstance(part, tree.Name):
            others.add(part.id)
        for child in part.children():
            walk(child)

    walk(node)
    return before - others
