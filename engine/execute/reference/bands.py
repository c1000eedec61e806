"""逐段: a value for each band of a table, times the part of a length that lies in that band, added up."""

from __future__ import annotations

import datetime
from fractions import Fraction

from engine.execute.reference.asks import Asks, Watch
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.language import tree
from engine.language.values import Interval, Unresolved, Value, as_bound, number_of, side_of
from engine.rulebook.model import DecisionTable, Formula


def bands(execution: Asks, node: Called, row: Row, day: datetime.date) -> Value:
    """逐段: the band values integrated from the start to the variable; negative where the variable is below
    the start.
    """
    rule = execution.scope(day).book.rules[node.origin.name_at(0)]
    if not isinstance(rule.body, DecisionTable):
        raise Unresolved(f"{rule.name} 待定", rule.name, "待定")
    variable = node.origin.name_at(1)
    stop = execution.computed(node.args[1], row, day)
    start = execution.computed(node.args[2], row, day) if len(node.args) > 2 else Fraction(0)
    if stop is None or start is None:
        return None
    start, stop = number_of(start), number_of(stop)
    low, high = min(start, stop), max(start, stop)
    column = rule.body.columns.index(variable)
    sum_, covered = Fraction(0), Fraction(0)
    for line, others in zip(rule.body.rows, execution.formulas.other_cells(rule.body, column), strict=True):
        if not all(execution.truth(cell, rule.grain, row, day) for cell in others):
            continue
        band = band_of(execution, line.cells[column], rule.grain, row, day)
        cell = line.cells[column]
        if execution.watch is not None and cell is not None:
            _told(execution.watch, cell, band, stop)
        inside = overlap(band, low, high)
        if inside > 0:
            if line.value is None:
                raise Unresolved(f"{rule.name} 的这一段待定", rule.name, "待定")
            value = execution.evaluate(line.value, rule.grain, row, day, rule.type)
            if value is None:
                return None
            sum_ += inside * number_of(value)
            covered += inside
    if covered != high - low:
        raise Unresolved(f"{rule.name} 的各段没有正好盖住从 {start} 到 {stop}", rule.name, "各段没有盖住")
    return sum_ if stop >= start else -sum_


def _told(watch: Watch, cell: Formula, band: Interval, stop: Fraction) -> None:
    """Where the variable lies beside both ends of a band."""
    for end, bound in (("low", band.low), ("high", band.high)):
        if bound is not None:
            watch(cell.text, cell.tree, end, side_of(stop, bound))


def band_of(execution: Asks, cell: Formula | None, grain: str, row: Row, day: datetime.date) -> Interval:
    if cell is None:
        return Interval(None, None)

    def worth(node: tree.Node) -> Value:
        return execution.evaluate(Formula("", node), grain, row, day)

    if isinstance(cell.tree, tree.Compare):
        bound = as_bound(worth(cell.tree.operand))
        return Interval(None, bound) if cell.tree.op in ("<", "<=") else Interval(bound, None)
    item = cell.tree.items[0] if isinstance(cell.tree, tree.Items) and len(cell.tree.items) == 1 else None
    if isinstance(item, tree.Between):
        low, high = (None if end is None else as_bound(worth(end)) for end in (item.low, item.high))
        return Interval(low, high)
    if isinstance(cell.tree, tree.Items) and not cell.tree.items:
        return Interval(None, None)
    raise Unresolved("逐段 的列要写成区间", cause="不是区间")


def overlap(band: Interval, low: Fraction, high: Fraction) -> Fraction:
    start = low if band.low is None else max(low, number_of(band.low))
    stop = high if band.high is None else min(high, number_of(band.high))
    return max(stop - start, Fraction(0))
