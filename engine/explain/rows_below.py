"""Which rows of finer statements belong to a row: by the region's own keys, as its sums have them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.execute.reference.rows import Row
from engine.execute.sql.data_rows import DataRows
from engine.explain.values_below import Below, BelowHere
from engine.explain.values_there import BelowThere
from engine.explain.walk import Walk
from engine.language.values import Unresolved, render

MOST = 200_000
"""Rows of a statement whose keys are told; of more, the first."""


@dataclass(frozen=True)
class RowsBelow:
    """``grain``: of the rows; ``count`` of them; ``keys``: by which ``statement`` has them, as people read them."""

    statement: str
    grain: str
    count: int
    keys: frozenset[tuple[str, ...]]


def rows_below(walk: Walk, grain: str, row: Row) -> list[RowsBelow]:
    """Of each statement of the program whose rows are finer than those of ``grain``, in its order."""
    execution = walk.execution
    scope = execution.scope(execution.closing)
    keys = set(scope.keys(grain))
    found = []
    for name in execution.program.statements:
        finer = execution.now.statements[name].grain
        if scope.base(finer) != scope.base(grain) and keys < scope.closure(finer).keys():
            try:
                below = _below(walk, finer, row)
            except Unresolved:
                continue  # which rows belong to it cannot be known; the trees say why
            named = frozenset(tuple(render(part) for part in one.key) for one in below.values(None).named(MOST))
            found.append(RowsBelow(name, scope.base(finer), below.count, named))
    return found


def _below(walk: Walk, source: str, row: Row) -> Below:
    elsewhere = walk.execution.elsewhere
    if isinstance(elsewhere, DataRows) and elsewhere.holds(walk.execution.scope(walk.execution.closing).base(source)):
        return BelowThere(walk, elsewhere, source, row, None)
    return BelowHere(walk, source, row, None)
