"""Sums that an explanation asks: of one group after another, whose rows are set apart when it is first asked of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlglot import exp

from engine.execute.sql.added_up import State
from engine.execute.sql.aggregates import Aggregates
from engine.execute.sql.asked_together import Asked
from engine.execute.sql.groups import Groups
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import InSql, OnRows
from engine.explain.stored.part import PartedFrame
from engine.language import tree
from engine.language.function_laws import Reach
from engine.language.functions import law_of
from engine.language.values import Value
from engine.rulebook.model import Formula


class SumsOfOne(Aggregates):
    """Coarse values are there: nothing is asked beside what is wanted. ``sure``: over which rows, by which keys,
    sums were known in the run, so that there was no row of which it was not known in which group it is.
    """

    def __init__(self, execution: InSql) -> None:
        super().__init__(execution, one_by_one=True)
        self.sure: set[tuple[str, tuple[str, ...], bool]] = set()

    def was_known(self, name: str, grain: str) -> None:
        """The run had a value for the rule ``name``; ``grain`` is that of its rows."""
        execution = self.execution
        scope = execution.scope(execution.closing)
        rule = execution.now.rules.get(name)
        body = None if rule is None else rule.body
        if rule is not None and isinstance(body, Formula):
            rooted = rule.rounding is not None
            bound = execution.judge.bound(body, rule.grain, execution.closing, rule.type, rooted)
            first = execution.first_now(name)
            self.sure |= {(source, scope.keys(grain), first) for source in summed_for_certain(bound)}

    def refuse_doubtful(self, groups: Groups, source: str, keys: tuple[str, ...], first: bool) -> None:
        if (source, keys, first) not in self.sure:
            super().refuse_doubtful(groups, source, keys, first)

    def of_group(self, reading: OnRows, keys: Sequence[Lowered], key: Sequence[Value]) -> list[exp.Expression]:
        own = super().of_group(reading, keys, key)
        if isinstance(reading.frame, PartedFrame):
            reading.frame.set_apart(own)
        return own

    def grouped_rows(
        self, reading: OnRows, keys: list[Lowered], conditions: list[exp.Expression], states: Sequence[State],
        beside: Asked | None = None,
    ) -> list[tuple[tuple, int, list[tuple[bool, Sequence[Any]]]]]:  # fmt: skip
        return super().grouped_rows(reading, keys, conditions, states)


def summed_for_certain(node: tree.Node) -> Iterator[str]:
    """Over which rows a formula sums whatever the other parts of it come to."""
    if isinstance(node, tree.Call):
        law = law_of(node.function)
        if law.reach is Reach.BELOW and node.source:
            yield node.source
        elif not law.lazy and law.reach is Reach.ROW:
            for arg in node.args:
                yield from summed_for_certain(arg)
    elif isinstance(node, tree.Binary) and node.op not in ("且", "或"):
        yield from summed_for_certain(node.left)
        yield from summed_for_certain(node.right)
