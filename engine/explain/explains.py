"""What a step may ask of the walk that came to it: to explain what it read, and how much is shown."""

from __future__ import annotations

import datetime
from typing import Protocol

from engine.execute.reference.execution import Execution
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.explain.origins import Origins
from engine.explain.reading import Reading
from engine.explain.steps import Step
from engine.language import tree


class Explains(Protocol):
    """``execution``: whose values are explained; ``rows``: how many rows of a sum are listed (``None``: only the
    largest are named); ``folder``: where the result is, to say what explains the rest.
    """

    execution: Execution
    origins: Origins
    folder: str
    rows: int | None

    def explain(self, name: str, row: Row, day: datetime.date) -> Step:
        """``name`` as read from ``row``."""

    def read(self, reading: Reading, step: Step) -> None:
        """Below ``step``: one for each name read on the row, and one for each call that looks beyond it."""

    def of_period(self, execution: Execution) -> Explains:
        """The same walk over another period, one rule deep."""

    def own_copy(self, node: tree.Call) -> Called:
        """A call made ready apart from the rule's, to ask for the rows of its window."""
