"""A rule on a row that has no rows below it: its sums are those of nothing. Most of a million hospitals × groups are
such rows, and need no look at the data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.execute.closures.bodies import body_of
from engine.execute.closures.compile import Code, Run
from engine.execute.closures.pairs import to_cell
from engine.execute.closures.reading import Reading
from engine.execute.closures.rows import Cells
from engine.execute.reference.aggregates import AGGREGATES
from engine.execute.reference.nodes import Called
from engine.language.function_laws import Reach
from engine.language.functions import FUNCTIONS, reach_of
from engine.language.types import Type
from engine.rulebook.model import Formula, Rule

SurelyNone = Callable[[str], Callable[[Cells], bool] | None]
"""Of a source whether it surely has no rows below a row; ``None`` where that is never known."""
_ON_THE_ROW = (Reach.ROW, Reach.TABLE)


class NotNone(Exception):
    """An aggregate may run over rows, or something else is asked that looks at other rows."""


def over_none(rule: Rule, reading: Reading, surely_none: SurelyNone) -> Run:
    """``rule`` on a row. Raises :class:`NotNone` as soon as that needs other rows."""
    return body_of(rule, _OverNone(reading, surely_none)).whole()


class _OverNone:
    """Names and formulas of ``reading``, but for aggregates."""

    def __init__(self, reading: Reading, surely_none: SurelyNone) -> None:
        self.reading, self.surely_none = reading, surely_none

    def name(self, name: str) -> Code:
        return self.reading.name(name)

    def formula(self, formula: Formula, grain: str, expected: Type | None = None, rooted: bool = False) -> Code:
        return self.reading.formula(formula, grain, expected, rooted, self)

    def beyond(self, node: Called) -> Code:
        name = node.name
        if name not in AGGREGATES or len(node.args) > 1:
            return self.reading.beyond(node) if name in FUNCTIONS and reach_of(name) in _ON_THE_ROW else Code(_asked)
        none = self.surely_none(node.source)
        if none is None:
            return Code(_asked)
        empty = to_cell(AGGREGATES[name]([]))

        def run(row: Cells) -> Any:
            if not none(row):
                raise NotNone
            return empty

        return Code(run)


def _asked(row: Cells) -> Any:
    raise NotNone
