"""Why a value of an example is what it is: the tree of reasons, on what the example gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.databases.places import open_places
from engine.execute.loading import Loaded
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.explain.origins import Origins
from engine.explain.steps import Step
from engine.explain.walk import Walk
from engine.language.values import Value
from engine.rulebook.book import Book
from engine.rulebook.model import Table
from engine.testing.bench import target_row
from engine.testing.compared import Compared
from engine.testing.runner import run_tests


@dataclass
class _Given(Origins):
    """Every field stands in the example."""

    def where(self, table: Table, row: Row, name: str) -> str:
        return "例子里给出"

    def line(self, table: Table, row: Row, name: str = "") -> str:
        return "例子里给出"


def reasons(book: Book, path: Path, example: str, name: str, grain: str = "", row: int = 0) -> Step | None:
    """The tree of ``name``, as the example compares it in a row (see ``Compared``); ``None`` where it does not, or
    where there is nothing to take apart.
    """
    found: list[Step] = []

    def heard(one: Compared, execution: Execution, keys: dict[str, Value] | None) -> None:
        if (one.name, one.grain, one.row) != (name, grain, row) or found:
            return
        if execution.scope(execution.closing).book.rules.get(name) is None:
            return
        on = target_row(execution, grain or name, keys)
        walk = Walk(execution, _Given(Loaded({}), open_places([])))
        found.append(walk.explain(name, on, execution.own_day(on)))

    for _ in run_tests(book, wanted=lambda file, title: (file, title) == (path, example), heard=heard):
        pass
    return found[0] if found else None
