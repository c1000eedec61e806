"""Calls that look beyond the row, on data rows: 取, aggregates of rows below, windows, 上期, 逐段, 工作日数."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from engine.execute.reference.bands import bands
from engine.execute.reference.calls import previous, working_days
from engine.execute.sql.aggregates_below import below
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.windows import WINDOWS
from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import AGGREGATE, FUNCTIONS, law_of
from engine.rulebook.parts import formulas_of, names_in


def look_up(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
    """取(name, key = …): the value at those keys, the others from the row."""
    target = node.args[0]
    assert isinstance(target, tree.Name)
    scope = reading.execution.scope(day)
    home = scope.home(target.id)
    assert home is not None
    given = dict(node.keys)
    keys = [reading.node(given[part], day) if part in given else reading.read(part, day) for part in scope.keys(home)]
    base = scope.base(home)
    other = reading.execution.readings.get(base)
    if other is not None:
        return reading.other_frame(other, keys, lambda: other.read(target.id, day))
    return reading.host.named_at(keys, target.id, base, day)


def on_leaves(work: Callable) -> Callable[[OnRows, tree.Call, datetime.date], Lowered]:
    """What the reference engine computes, once for each combination of the names that the call reads."""

    def call(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
        execution = reading.execution
        compiled = execution.formulas.compiled_tree(node)
        names = _names_read(reading, node, day)
        return reading.host.leaves(names, day, lambda row: work(execution.judge, compiled, row, day))

    return call


def _names_read(reading: OnRows, node: tree.Call, day: datetime.date) -> list[str]:
    scope = reading.execution.scope(day)
    target = node.args[0]
    names: set[str] = set()
    takes = law_of(node.function).takes
    if takes is Takes.NAME_BEFORE:
        assert isinstance(target, tree.Name)
        names |= set(scope.keys(scope.home(target.id) or reading.base))
        for arg in node.args[1:]:
            names |= names_in(arg)
    elif takes is Takes.BANDS:
        assert isinstance(target, tree.Name)
        rule = scope.book.rules[target.id]
        for formula in formulas_of(rule.body):
            names |= names_in(formula.tree)
        names |= set(getattr(rule.body, "columns", ()))
        for arg in node.args[1:]:
            names |= names_in(arg)
    else:
        for arg in node.args[:2]:
            names |= names_in(arg)
    return sorted(names)


CALLS: dict[str, Callable[[OnRows, tree.Call, datetime.date], Lowered]] = {
    "取": look_up,
    "上期": on_leaves(previous),
    "逐段": on_leaves(bands),
    "工作日数": on_leaves(working_days),
    **{name: below for name, function in FUNCTIONS.items() if function.family == AGGREGATE},
    **WINDOWS,
}
