"""Names, types, units and grains of every formula."""

from __future__ import annotations

from engine.check.context import Context
from engine.check.cycles import depends_on, in_order
from engine.language import tree
from engine.language.functions import PERIOD_NAMES
from engine.rulebook.bind import BindError
from engine.rulebook.model import Formula, Rule
from engine.rulebook.parts import parts
from engine.rulebook.stack import nearest


def formulas_have_meaning(context: Context) -> None:
    """Binds every part of every entry; refuses what cannot be bound, at its node, and every other unknown name beside it."""
    _types_first(context)
    for entry in context.entries():
        if isinstance(entry, Rule) and not context.scope._as_rule(entry.name):
            continue
        if entry.name in context.broken:
            continue
        failed_choice = False
        for part in parts(entry):
            if part.grain and not context.scope.is_grain(part.grain):
                continue
            if part.role == "condition" and failed_choice:
                continue
            try:
                context.binder.bind(part.formula, part.grain, part.expected, rooted=part.rooted)
            except BindError as error:
                context.broken.add(entry.name)
                failed_choice = failed_choice or part.role == "by"
                _tell(context, entry.name, part.formula, error)


def _tell(context: Context, name: str, formula: Formula, error: BindError) -> None:
    if not error.code or error.code == "E409":
        return
    if error.code not in ("E303", "E307"):
        context.add(error.code, formula.at(error.node), f"{name}：{error.message}", error.hint)
        return
    first = error.node.id if isinstance(error.node, tree.Name) else ""
    if first not in context.ill_written:
        context.add(error.code, formula.at(error.node), f"{name}：{error.message}", error.hint)
    for node in formula.tree.walk():
        if isinstance(node, tree.Name) and node.id != first and _is_unknown(context, node.id):
            known = [*context.snapshot.entries, *context.snapshot.columns, *PERIOD_NAMES]
            context.add("E303", formula.at(node), f"{name}：没有 {node.id} 这个名字", nearest(node.id, known))


def _is_unknown(context: Context, name: str) -> bool:
    book = context.snapshot
    known = name in book.entries or name in book.columns or name in PERIOD_NAMES or name in context.ill_written
    return not known and name not in _class_words(context)


def _class_words(context: Context) -> set[str]:
    found: set[str] = set()
    for entry in context.snapshot.entries.values():
        type_ = getattr(entry, "type", None)
        found.update(type_.classes if type_ is not None else ())
    for table in context.snapshot.tables.values():
        for field in table.fields.values():
            found.update(field.type.classes)
    return found


def _types_first(context: Context) -> None:
    """Work out the types of rules from the ground up, so that a long chain of rules is no deep recursion."""
    wanted = {rule.name for rule in context.rules()}
    for name in in_order(wanted, lambda n: depends_on(context, n)):
        entry = context.snapshot.entries.get(name)
        if isinstance(entry, Rule) and context.scope._as_rule(name) and entry.name not in context.broken:
            try:
                context.binder.rule_type(name)
            except BindError:
                continue
