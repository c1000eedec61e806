"""What is worked out while rows that the program excludes are still there: of those nothing is known."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language import tree
from engine.language.functions import AGGREGATE, FUNCTIONS, WINDOW
from engine.rulebook.parts import names_in, parts
from engine.rulebook.scope import Scope
from engine.rulebook.wanted import closure

_OVER_ROWS = frozenset(name for name, function in FUNCTIONS.items() if function.family in (AGGREGATE, WINDOW))


def worked_out_before_exclusion(scope: Scope) -> frozenset[str]:
    """The names that 排除, 拒收, 提醒 and 行 of the program rest on."""
    book, program = scope.book, scope.program
    if program is None:
        return frozenset()
    roots = {name for names in program.exclude.values() for name in names}
    roots |= {check.name for check in book.checks.values() if check.kind in ("拒收", "提醒")}
    roots |= {name for formula in program.rows.values() for name in names_in(formula.tree)}
    return frozenset(roots | closure(book, roots, frozenset(program.compute)))


def looks_at_other_rows(scope: Scope, names: Iterable[str]) -> bool:
    """Whether one of these entries sums up or ranks rows: then it sees those that are excluded later."""
    entries = [scope.book.entries.get(name) for name in names]
    formulas = (part.formula for entry in entries if entry is not None for part in parts(entry))
    nodes = (node for formula in formulas for node in formula.tree.walk())
    return any(isinstance(node, tree.Call) and node.function in _OVER_ROWS for node in nodes)
