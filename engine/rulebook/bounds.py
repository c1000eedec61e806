"""A declared bound (限, 范围) as written: its ends are numbers, or parameters that a day gives a figure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace

from engine.language import tree
from engine.language.parse import SyntaxProblem, parse_cell
from engine.language.values import Bound, Interval, as_bound
from engine.rulebook.constants import literal
from engine.rulebook.model import Entry, Field, Parameter, Table


def bound_cell(text: str) -> tree.Node | None:
    """``≤ 5%``, ``[下限, 1.8]``: one interval whose ends are numbers or names; ``None`` if it is none."""
    try:
        cell = parse_cell(text)
        for end in _ends(cell):
            if end is not None and not _name(end):
                literal(end)
    except (SyntaxProblem, ValueError):
        return None
    return cell


def named_bounds(cell: tree.Node) -> frozenset[str]:
    """The names that stand as its ends; none where it is no one interval, which ``check`` tells."""
    try:
        ends = _ends(cell)
    except ValueError:
        return frozenset()
    return frozenset(_name(end) for end in ends if end is not None and _name(end))


def interval_on(cell: tree.Node, parameters: Mapping[str, Parameter], day: datetime.date) -> Interval:
    """The interval on a day; an end whose parameter has no figure there is open."""
    low, high = (None if end is None else _figure(end, parameters, day) for end in _ends(cell))
    if isinstance(cell, tree.Compare):
        return Interval(low, high, cell.op in (">=", "="), cell.op in ("<=", "="))
    item = cell.items[0]  # type: ignore[attr-defined]
    if isinstance(item, tree.Between):
        return Interval(low, high, item.low_closed, item.high_closed)
    return Interval(low, high)


def with_named_ranges(entries: Mapping[str, Entry], day: datetime.date) -> dict[str, Entry]:
    """The entries, with the 范围 of every field that names parameters as these stand on the day."""
    parameters = {name: entry for name, entry in entries.items() if isinstance(entry, Parameter)}

    def resolved(field: Field) -> Field:
        cell = bound_cell(field.range_named) if field.range_named else None
        return field if cell is None else replace(field, range=interval_on(cell, parameters, day))

    def table(entry: Table) -> Table:
        if not any(field.range_named for field in entry.fields.values()):
            return entry
        return replace(entry, fields={name: resolved(field) for name, field in entry.fields.items()})

    return {name: table(entry) if isinstance(entry, Table) else entry for name, entry in entries.items()}


def _ends(cell: tree.Node) -> tuple[tree.Node | None, tree.Node | None]:
    """Low and high end. Raises ``ValueError`` where it is no one interval."""
    if isinstance(cell, tree.Compare):
        if cell.op in ("<", "<="):
            return None, cell.operand
        if cell.op in (">", ">="):
            return cell.operand, None
        if cell.op == "=":
            return cell.operand, cell.operand
    if not isinstance(cell, tree.Items) or cell.presence is not None or len(cell.items) != 1:
        raise ValueError("not one interval")
    item = cell.items[0]
    return (item.low, item.high) if isinstance(item, tree.Between) else (item, item)


def _name(node: tree.Node) -> str:
    """The name that an end is; empty if it is none."""
    if isinstance(node, tree.Name):
        return node.id
    return node.text if isinstance(node, tree.Word) and node.number is None and not node.quoted else ""


def _figure(end: tree.Node, parameters: Mapping[str, Parameter], day: datetime.date) -> Bound | None:
    if not _name(end):
        return as_bound(literal(end))
    parameter = parameters.get(_name(end))
    formula = parameter.on(day) if parameter is not None else None
    try:
        return None if formula is None else as_bound(literal(formula.tree))
    except ValueError:
        return None
