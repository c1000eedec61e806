"""The formulas of an entry with the grain they are read at and the type they must have: one list for
checker and engines.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.language import tree
from engine.language.parse import at_cell
from engine.language.types import BOOL, Type
from engine.rulebook.beside import kept_beside
from engine.rulebook.bounds import bound_cell, named_bounds
from engine.rulebook.model import (
    REMINDS,
    STOPS,
    Body,
    Branch,
    Cases,
    Check,
    DecisionTable,
    Entry,
    Formula,
    Grain,
    Parameter,
    Program,
    Rule,
    Statement,
    Table,
    TableRow,
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One formula: ``role`` is value, condition, by, cell, check, subset, filter or rows."""

    formula: Formula
    grain: str
    expected: Type | None
    role: str
    rooted: bool = False


def branch_condition(cases: Cases, branch: Branch) -> Formula | None:
    """The condition of a branch as one formula; under 按, what the class says of it. ``None`` for 否则."""
    if branch.condition is None or cases.by is None:
        return branch.condition
    kept = vars(branch).get(_CONDITION)
    if kept is None or kept[0] is not cases.by:
        written = branch.condition
        made = Formula(written.text, at_cell(written.tree, cases.by.tree), written.place, written.written)
        kept = vars(branch)[_CONDITION] = cases.by, made
    return kept[1]  # type: ignore[no-any-return]


def cell_condition(table: DecisionTable, row: TableRow, index: int) -> Formula | None:
    """What a cell of a decision table says of its column; ``None`` where it takes anything."""
    cell = row.cells[index]
    if cell is None or (isinstance(cell.tree, tree.Items) and not cell.tree.items and cell.tree.presence is None):
        return None
    kept = vars(row).setdefault(_CONDITION, {})
    key = index, table.columns[index]
    if key not in kept:
        kept[key] = Formula(cell.text, at_cell(cell.tree, tree.Name(key[1])), cell.place, cell.written)
    return kept[key]  # type: ignore[no-any-return]


def strict_columns(table: DecisionTable) -> list[int]:
    """Columns that no cell asks for presence (有, 没有): where one of them has no value, neither has the
    table.
    """
    return [
        index
        for index in range(len(table.columns))
        if not any(
            cell is not None and isinstance(cell.tree, tree.Items) and cell.tree.presence is not None
            for cell in (row.cells[index] for row in table.rows)
        )
    ]


def parts(entry: Entry) -> tuple[Part, ...]:
    """Every formula of ``entry`` with what it must be; kept beside the entry, which never changes."""
    return kept_beside(entry, _PARTS, _parts_of)


def parts_with_members(entry: Entry) -> tuple[Part, ...]:
    """The parts that ask whether something is one of several (属于, or a cell that lists); kept beside the entry."""
    return kept_beside(entry, _MEMBERS, _parts_with_members)


_PARTS, _NAMES, _MEMBERS, _CONDITION = "_parts", "_names", "_members", "_condition"


def _parts_with_members(entry: Entry) -> tuple[Part, ...]:
    return tuple(
        part for part in parts(entry) if any(isinstance(node, tree.Member) for node in part.formula.tree.walk())
    )


def _parts_of(entry: Entry) -> tuple[Part, ...]:
    if isinstance(entry, Rule):
        return tuple(_rule_parts(entry))
    if isinstance(entry, Check):
        return tuple(Part(formula, entry.grain, BOOL, "check") for _, formula in entry.grades)
    if isinstance(entry, Grain) and entry.condition is not None and entry.of:
        return (Part(entry.condition, entry.of, BOOL, "subset"),)
    if isinstance(entry, Statement) and entry.condition is not None:
        return (Part(entry.condition, entry.grain, BOOL, "filter"),)
    if isinstance(entry, Program):
        return tuple(Part(formula, table, BOOL, "rows") for table, formula in entry.rows.items())
    return ()


def _rule_parts(rule: Rule) -> list[Part]:
    grain, expected, body = rule.grain, rule.type, rule.body
    rooted = rule.rounding is not None
    if isinstance(body, Formula):
        return [Part(body, grain, expected, "value", rooted)]
    found: list[Part] = []
    if isinstance(body, Cases):
        if body.by is not None:
            found.append(Part(body.by, grain, None, "by"))
        for branch in body.branches:
            condition = branch_condition(body, branch)
            if condition is not None:
                found.append(Part(condition, grain, BOOL, "condition"))
            if branch.value is not None:
                found.append(Part(branch.value, grain, expected, "value", rooted))
    elif isinstance(body, DecisionTable):
        for row in body.rows:
            for index in range(len(body.columns)):
                condition = cell_condition(body, row, index)
                if condition is not None:
                    found.append(Part(condition, grain, BOOL, "cell"))
            if row.value is not None:
                found.append(Part(row.value, grain, expected, "value", rooted))
    return found


def formulas_of(body: Body) -> list[Formula]:
    """Every formula of a rule's body as written, conditions too."""
    if isinstance(body, Formula):
        return [body]
    found: list[Formula | None] = []
    if isinstance(body, Cases):
        found = [body.by, *(part for branch in body.branches for part in (branch.condition, branch.value))]
    elif isinstance(body, DecisionTable):
        found = [part for row in body.rows for part in (*row.cells, row.value)]
    return [formula for formula in found if formula is not None]


def values_of(body: Body) -> list[Formula]:
    """The formulas that a rule's value may come from; none for what is 待定."""
    if isinstance(body, Formula):
        return [body]
    found: list[Formula | None] = []
    if isinstance(body, Cases):
        found = [branch.value for branch in body.branches]
    elif isinstance(body, DecisionTable):
        found = [row.value for row in body.rows]
    return [formula for formula in found if formula is not None]


def names_in(node: tree.Node) -> set[str]:
    """Every name a tree mentions, in clauses and keys too (grains of 自 and 计数 included)."""
    return set(node.names)


def names_of(entry: Entry) -> frozenset[str]:
    """Every name the formulas of ``entry`` mention, and its grain and the columns of its table; kept beside it."""
    return kept_beside(entry, _NAMES, _names_of)


def _names_of(entry: Entry) -> frozenset[str]:
    found = {name for part in parts(entry) for name in names_in(part.formula.tree)}
    if isinstance(entry, (Rule, Check, Statement)):
        found.add(entry.grain)
    if isinstance(entry, Check) and entry.otherwise not in (STOPS, REMINDS):
        found.add(entry.otherwise)
    if isinstance(entry, Table):
        cells = [bound_cell(field.range_named) for field in entry.fields.values() if field.range_named]
        found |= {name for cell in cells if cell is not None for name in named_bounds(cell)}
    if isinstance(entry, Parameter) and entry.limit is not None:
        found |= named_bounds(entry.limit.tree)
    if isinstance(entry, Grain):
        found |= {entry.of} if entry.of else {*entry.key, *entry.every}
    if isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        found |= set(entry.body.columns)
    if isinstance(entry, Statement):
        found |= {column.name for column in entry.columns}
    return frozenset(found)
