"""Each case of 分情形 can be reached, and where no 否则 stands, some case always applies."""

from __future__ import annotations

from engine.check.context import Context
from engine.check.domains import ABSENT_PIECE, OTHER, Conditions, example
from engine.language import tree
from engine.language.types import BOOL, Kind
from engine.rulebook.bind import BindError
from engine.rulebook.model import Cases, Rule
from engine.rulebook.parts import branch_condition


def branches_can_be_reached(context: Context) -> None:
    for rule in context.rules():
        if isinstance(rule.body, Cases) and rule.name not in context.broken:
            _order_of_otherwise(context, rule, rule.body)
            _prove(context, rule, rule.body)


def _order_of_otherwise(context: Context, rule: Rule, cases: Cases) -> None:
    for place, branch in enumerate(cases.branches[:-1]):
        if branch.condition is None:
            later = cases.branches[place + 1].provenance.place
            context.add("E703", later, f"{rule.name}：否则 后面的情形永远轮不到", "把 否则 写在最后")


def _prove(context: Context, rule: Rule, cases: Cases) -> None:
    conditions = Conditions(context, rule.grain)
    nodes: list[tree.Node | None] = []
    for branch in cases.branches:
        condition = branch_condition(cases, branch)
        if condition is None:
            nodes.append(None)
            continue
        try:
            node = context.binder.bind(condition, rule.grain, BOOL).tree
        except BindError:
            return
        conditions.gather(node)
        nodes.append(node)
    _classes_of_choice(conditions, cases)
    assignments = conditions.assignments()
    if assignments is None:
        return
    reached: set[int] = set()
    missed = ""
    for at in assignments:
        taken = None
        for index, node in enumerate(nodes):
            holds = True if node is None else conditions.holds(node, at)
            if holds is None:
                taken = -1
                break
            if holds:
                taken = index
                break
        if taken is None and not missed and not _unsure(at):
            missed = example(at, conditions.variables)
        reached.add(taken if taken is not None else -1)
    for index, branch in enumerate(cases.branches):
        if index in reached:
            continue
        if branch.condition is None:
            context.add("W703", branch.provenance.place, f"{rule.name}：前面的情形已经包括了一切，否则 轮不到", "可以删去 否则")
        else:
            context.add(
                "E703", branch.provenance.place, f"{rule.name}：情形“{branch.condition.text}”永远轮不到，前面的情形已经包括它",
                "调整先后，或改条件",
            )  # fmt: skip
    if missed and None not in nodes:
        context.add(
            "E704", rule.provenance.place, f"{rule.name} 没有 否则，{missed} 时没有一种情形适用",
            "补上这种情形，或写 否则",
        )  # fmt: skip


def _classes_of_choice(conditions: Conditions, cases: Cases) -> None:
    """Under 按 a class is always one of its classes: nothing else can come."""
    if cases.by is not None and isinstance(cases.by.tree, tree.Name):
        variable = conditions.variables.get(repr(cases.by.tree))
        parameter = conditions.context.snapshot.parameters.get(cases.by.tree.id)
        if variable is not None and parameter is not None and parameter.type.kind is Kind.CLASS:
            variable.words = parameter.type.classes


def _unsure(at: dict) -> bool:
    return any(piece.text == ABSENT_PIECE or piece.sample is OTHER for piece in at.values())
