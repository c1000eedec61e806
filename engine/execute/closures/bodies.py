"""The body of a rule as a function of a row: a formula, the first case that applies, the row of a decision table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from engine.execute.closures.compile import Code, Run, truth_of
from engine.execute.closures.pairs import LONG, lowest_terms, rounded, to_cell
from engine.execute.reference.aggregates import Root
from engine.execute.reference.formulas import Formulas
from engine.language import tree
from engine.language.types import BOOL, Kind
from engine.language.values import Unresolved, refuse_endless
from engine.rulebook.model import REQUIRED, Cases, DecisionTable, Formula, Required, Rounding, Rule


class Rows(Protocol):
    """Formulas and names on the rows of one grain."""

    @property
    def formulas(self) -> Formulas: ...

    def formula(self, formula: Formula, grain: str, expected: Any = None, rooted: bool = False) -> Code: ...

    def name(self, name: str) -> Code: ...


def body_of(rule: Rule, rows: Rows) -> Run:
    """The value of ``rule`` on a row, rounded as it says."""
    if rule.rounding is None and rule.type is not None and rule.type.kind is not Kind.NUMBER:
        return _chosen(rule, rows)
    return _of_bounded_length(rule.name, _rounded(rule.rounding, _chosen(rule, rows)))


def _of_bounded_length(name: str, run: Run) -> Run:
    """A chain of rules that multiply could grow until nothing else gets done."""

    def value(row: Any) -> Any:
        found = run(row)
        if found.__class__ is tuple:
            refuse_endless(name, *found)
        return found

    return value


def _rounded(rounding: Rounding | None, run: Run) -> Run:
    if rounding is None:
        return _reduced(run)
    digits, mode = rounding.digits, rounding.mode

    def value(row: Any) -> Any:
        found = run(row)
        if found is None:
            return None
        if found.__class__ is tuple:
            return rounded(found, digits, mode)
        assert isinstance(found, Root)
        return to_cell(found.rounded(digits, mode))

    return value


def _reduced(run: Run) -> Run:
    """Long fractions in lowest terms, so that a chain of unrounded rules does not grow without end."""

    def value(row: Any) -> Any:
        found = run(row)
        return lowest_terms(found) if found.__class__ is tuple and found[1] > LONG else found

    return value


def _chosen(rule: Rule, rows: Rows) -> Run:
    body = rule.body
    if isinstance(body, Formula):
        return _value(rule, body, rows)
    if isinstance(body, Required):
        return _pending(rule)
    if isinstance(body, Cases):
        return _first_that_applies(rule, body, rows)
    return _with_all_columns(rule, body, rows)


def _value(rule: Rule, formula: Formula | None, rows: Rows) -> Run:
    if formula is None:
        return _pending(rule)
    return rows.formula(formula, rule.grain, rule.type, rule.rounding is not None).run


def _pending(rule: Rule) -> Run:
    note = rule.provenance.note or "没有来源给出数值"

    def run(row: Any) -> Any:
        raise Unresolved(f"{rule.name} 待定：{note}", rule.name, REQUIRED)

    return run


def _first_that_applies(rule: Rule, body: Cases, rows: Rows) -> Run:
    choices: list[tuple[Run | None, Run]] = []
    for branch in rows.formulas.choices(body):
        codes = [rows.formula(part, rule.grain, BOOL) for part in branch.conditions]
        if any(code.constant and code.run(None) is False for code in codes):
            continue
        open_ = [truth_of(code) for code in codes if not (code.constant and code.run(None) is True)]
        choices.append((_all_of(open_), _value(rule, branch.value, rows)))
        if not open_:
            break

    def run(row: Any) -> Any:
        for holds, value in choices:
            if holds is None or holds(row):
                return value(row)
        raise Unresolved(f"{rule.name} 没有一种情形适用", rule.name, "没有适用的情形")

    return run


def _all_of(conditions: Sequence[Run]) -> Run | None:
    """One condition that holds where all do; ``None`` where there is none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return lambda row: all(holds(row) for holds in conditions)


def _with_all_columns(rule: Rule, body: DecisionTable, rows: Rows) -> Run:
    needed = [rows.name(column).run for column in rows.formulas.strict_columns(body)]
    lines = [
        ([_cell(cell, rule, rows) for cell in line.conditions], _value(rule, line.value, rows))
        for line in rows.formulas.choices(body)
    ]

    def run(row: Any) -> Any:
        for column in needed:
            if column(row) is None:
                return None
        matched = [value for cells, value in lines if all(holds(row) for holds in cells)]
        if len(matched) != 1:
            what = "没有一行" if not matched else "不止一行"
            raise Unresolved(f"{rule.name} 的表里{what}适用", rule.name, f"表里{what}适用")
        return matched[0](row)

    return run


def _cell(cell: Formula, rule: Rule, rows: Rows) -> Run:
    """A cell that compares does not hold where its column has no value (another row asks 没有)."""
    holds = truth_of(rows.formula(cell, rule.grain, BOOL))
    node = cell.tree
    column = node.left if isinstance(node, tree.Binary) else node.operand if isinstance(node, tree.Member) else None
    if not isinstance(column, tree.Name):
        return holds
    value = rows.name(column.id).run
    return lambda row: value(row) is not None and holds(row)
