"""Closures in the place of simpleeval: the evaluator of an execution, for what the host works out in bulk."""

from __future__ import annotations

import ast
import datetime
from typing import TYPE_CHECKING, Any

from engine.execute.closures.compile import Code, Run, code_of
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.reference.evaluator import Evaluator
from engine.execute.reference.nodes import Called
from engine.language.values import Value

if TYPE_CHECKING:
    from engine.execute.reference.execution import Execution
    from engine.execute.reference.rows import Row


class ClosureEvaluator(Evaluator):
    """Values, failures and their order are the reference evaluator's: it compiles a formula when it first sees it.

    ``_make_evaluator`` of an execution gives it; what an evaluator in between does in ``_call`` (asking a database for
    an aggregate) is done here too: ``class Fast(ClosureEvaluator, SqlEvaluator)``.
    """

    def __init__(self, execution: Execution) -> None:
        super().__init__(execution)
        self._made: dict[int, tuple[Run, ast.expr]] = {}
        self._names = _OnRows(self)

    def evaluate(self, node: ast.expr, row: Row, day: datetime.date) -> Value:
        if self.watch is not None:
            return super().evaluate(node, row, day)
        made = self._made.get(id(node))
        if made is None:
            made = self._made[id(node)] = code_of(node, self._names).run, node
        return to_value(made[0]((row, day)))  # type: ignore[no-any-return]

    def beyond(self, node: Called, row: Row, day: datetime.date) -> Value:
        """A call that looks beyond the row."""
        before = self.row, self.day
        self.row, self.day = row, day
        try:
            return self._call(node)
        finally:
            self.row, self.day = before


class _OnRows:
    """A row is (row of the execution, day)."""

    def __init__(self, evaluator: ClosureEvaluator) -> None:
        self.evaluator = evaluator

    def name(self, name: str) -> Code:
        value = self.evaluator.execution.value

        def read(row: Any) -> Any:
            return to_cell(value(name, row[0], row[1]))

        return Code(read)

    def beyond(self, node: Called) -> Code:
        def call(row: Any) -> Any:
            return to_cell(self.evaluator.beyond(node, row[0], row[1]))

        return Code(call)
