"""Each case of 分情形 can be reached, and where no 否则 stands, some case always applies."""

from __future__ import annotations

from engine.check.conditions import Conditions
from engine.check.context import Context
from engine.check.pieces import ABSENT_PIECE, Piece, example
from engine.check.trial import outcomes
from engine.language import tree
from engine.language.types import BOOL
from engine.rulebook.model import Cases, Rule
from engine.rulebook.parts import branch_condition


def branches_can_be_reached(context: Context) -> None:
    """Refuses a case that never applies (E703), and cases that leave something out (E704)."""
    for rule in context.rules():
        if (
            isinstance(rule.body, Cases)
            and not context.rests_on_broken(rule.name)
            and not _after_otherwise(context, rule, rule.body)
        ):
            _prove(context, rule, rule.body)


def _after_otherwise(context: Context, rule: Rule, cases: Cases) -> bool:
    """Whether a case stands after 否则."""
    for place, branch in enumerate(cases.branches[:-1]):
        if branch.condition is None:
            later = cases.branches[place + 1].provenance.place
            context.add("E703", later, f"{rule.name}：否则 后面的情形永远轮不到", "把 否则 写在最后")
            return True
    return False


def _prove(context: Context, rule: Rule, cases: Cases) -> None:
    conditions = Conditions(context, rule.grain)
    nodes: list[tree.Node | None] = []
    for branch in cases.branches:
        condition = branch_condition(cases, branch)
        if condition is None:
            nodes.append(None)
            continue
        node = context.understood.tree(condition, rule.grain, BOOL)
        if node is None:
            return
        conditions.gather(node)
        nodes.append(node)
    ways = outcomes(conditions, nodes)
    if ways is None:
        if None not in nodes:
            _not_proved(context, rule, "情形太多")
        return
    reached: set[int] = set()
    missed: dict[str, Piece] | None = None
    for taken, at in ways:
        if taken is not None:
            reached.add(taken)
        elif missed is None and not any(piece.text == ABSENT_PIECE for piece in at.values()):
            missed = at
    _never(context, rule, cases, reached)
    if missed is not None and None not in nodes:
        _missed(context, rule, conditions, missed)


def _never(context: Context, rule: Rule, cases: Cases, reached: set[int]) -> None:
    for index, branch in enumerate(cases.branches):
        if index in reached:
            continue
        place = branch.provenance.place
        if branch.condition is None:
            context.add("W703", place, f"{rule.name}：前面的情形已经包括了一切，否则 轮不到", "可以删去 否则")
        else:
            context.add(
                "E703",
                place,
                f"{rule.name}：情形“{branch.condition.text}”永远轮不到，前面的情形已经包括它，或它自相矛盾",
                "把它移到前面，或改条件",
            )


def _missed(context: Context, rule: Rule, conditions: Conditions, missed: dict[str, Piece]) -> None:
    where = example(missed, conditions.variables)
    if not conditions.guesses:
        context.add(
            "E704",
            rule.provenance.place,
            f"{rule.name} 没有 否则，{where} 时没有一种情形适用",
            "补上这种情形，或写 否则；没有公布数的，写 无法确定(“没有公布”)",
        )
    elif not conditions.waits_for_figure:
        _not_proved(context, rule, f"{where} 时好像没有一种情形适用")


def _not_proved(context: Context, rule: Rule, why: str) -> None:
    context.add(
        "W704",
        rule.provenance.place,
        f"{rule.name} 没有 否则，不能证明总有一种情形适用：{why}",
        "最后一种情形写成 否则；确实不该有的，写 否则: 无法确定(“原因”)",
    )
