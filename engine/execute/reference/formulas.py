"""Formulas made ready to be evaluated, each once: bound under the rules of a day, then compiled."""

from __future__ import annotations

import ast
import datetime
from dataclasses import dataclass

from engine.execute.at_most import AtMost
from engine.execute.reference.days import Days
from engine.execute.reference.to_ast import to_ast
from engine.language import tree
from engine.language.types import Type
from engine.language.values import Unresolved
from engine.rulebook.bind import BindError
from engine.rulebook.model import Cases, DecisionTable, Formula, TableRow
from engine.rulebook.parts import branch_condition, cell_condition, strict_columns

MOST_BOUND = 20_000
"""Bound formulas that are kept: an explanation makes formulas of its own."""


@dataclass(frozen=True)
class Choice:
    """A branch or a row of a table: its conditions as formulas (all have to hold), its value, its place."""

    conditions: tuple[Formula, ...]
    value: Formula | None
    place: object


class Formulas:
    """Trees are known by identity, so each is kept alive beside what was made of it."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self._bound: dict[tuple, tuple[tree.Node, tree.Node]] = AtMost(MOST_BOUND)
        self._compiled: dict[tuple, tuple[ast.expr, tree.Node]] = {}
        self._trees: dict[int, tuple[ast.expr, tree.Node]] = {}
        self._choices: dict[int, tuple[list[Choice], Cases | DecisionTable]] = {}
        self._others: dict[tuple[int, int], tuple[list[tuple[Formula, ...]], DecisionTable]] = {}
        self._strict: dict[int, tuple[list[str], DecisionTable]] = {}

    def bound(
        self, formula: Formula, grain: str, day: datetime.date, expected: Type | None = None, rooted: bool = False
    ) -> tree.Node:
        """The tree with every name understood. Raises :class:`Unresolved` for a formula that is wrong."""
        key = (id(formula.tree), grain, self.days.scope(day).book.day, expected, rooted)
        found = self._bound.get(key)
        if found is None:
            found = self._bound[key] = self._newly_bound(formula, grain, day, expected, rooted), formula.tree
        return found[0]

    def _newly_bound(
        self, formula: Formula, grain: str, day: datetime.date, expected: Type | None, rooted: bool
    ) -> tree.Node:
        try:
            return self.days.binder(day).bind(formula, grain, expected, rooted=rooted).tree
        except BindError as error:
            raise Unresolved(error.message, cause=f"公式有错（{error.code}）") from None

    def compiled(
        self, formula: Formula, grain: str, day: datetime.date, expected: Type | None = None, rooted: bool = False
    ) -> ast.expr:
        """What the evaluator takes, for a formula as written."""
        key = (id(formula.tree), grain, self.days.scope(day).book.day, expected)
        found = self._compiled.get(key)
        if found is None:
            found = to_ast(self.bound(formula, grain, day, expected, rooted)), formula.tree
            self._compiled[key] = found
        return found[0]

    def compiled_tree(self, node: tree.Node) -> ast.expr:
        """What the evaluator takes, for a part of a formula that is bound already."""
        if id(node) not in self._trees:
            self._trees[id(node)] = (to_ast(node), node)
        return self._trees[id(node)][0]

    def choices(self, body: Cases | DecisionTable) -> list[Choice]:
        """The branches or rows of a rule in order."""
        if id(body) not in self._choices:
            made = _branches(body) if isinstance(body, Cases) else _rows(body)
            self._choices[id(body)] = (made, body)
        return self._choices[id(body)][0]

    def other_cells(self, body: DecisionTable, column: int) -> list[tuple[Formula, ...]]:
        """For each row of a table its conditions but for that of one column."""
        if (id(body), column) not in self._others:
            made = [_conditions(body, row, column) for row in body.rows]
            self._others[id(body), column] = (made, body)
        return self._others[id(body), column][0]

    def strict_columns(self, body: DecisionTable) -> list[str]:
        """The columns without which a table has no value."""
        if id(body) not in self._strict:
            self._strict[id(body)] = ([body.columns[index] for index in strict_columns(body)], body)
        return self._strict[id(body)][0]


def _branches(body: Cases) -> list[Choice]:
    found = []
    for branch in body.branches:
        condition = branch_condition(body, branch)
        conditions = () if condition is None else (condition,)
        found.append(Choice(conditions, branch.value, branch.provenance.place))
    return found


def _rows(body: DecisionTable) -> list[Choice]:
    return [Choice(_conditions(body, row), row.value, row.provenance.place) for row in body.rows]


def _conditions(body: DecisionTable, row: TableRow, but: int = -1) -> tuple[Formula, ...]:
    cells = [cell_condition(body, row, index) for index in range(len(body.columns)) if index != but]
    return tuple(cell for cell in cells if cell is not None)
