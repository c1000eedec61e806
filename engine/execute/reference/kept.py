"""The values of a run that are kept for later runs and explanations."""

from __future__ import annotations

from engine.execute.reference.asks import Asks
from engine.execute.reference.outcome import Outcome
from engine.execute.reference.rows import Row
from engine.execute.reference.sheets import column_type, sheet_column
from engine.execute.result import Kept, SheetColumn
from engine.language import tree
from engine.language.functions import FUNCTIONS, law_of
from engine.language.types import Kind
from engine.language.values import Unresolved, Value
from engine.rulebook.model import Rule
from engine.rulebook.parts import formulas_of


def kept_values(execution: Outcome, everything: bool = False) -> list[Kept]:
    """Every value of coarse grains; of data rows the classes, what statements name and what every row of a group was
    needed for, or ``everything`` computed.
    """
    return [
        Kept(base, tuple(columns), execution.kept_rows(base, columns))
        for base, columns in kept_columns(execution, everything)
    ]


def kept_columns(execution: Outcome, everything: bool) -> list[tuple[str, list[SheetColumn]]]:
    """Of which grains values are kept, and which."""
    scope = execution.scope(execution.closing)
    named = {c.name for s in execution.program.statements for c in execution.now.statements[s].columns}
    by_base: dict[str, dict[str, None]] = {}
    for name in sorted(execution.wanted):
        rule = execution.now.rules.get(name)
        if rule is None or not scope.as_rule(name):
            continue
        base = scope.base(rule.grain)
        classes = rule.type is not None and rule.type.kind is Kind.CLASS
        coarse = base not in execution.selection.main_tables
        if everything or coarse or classes or name in named or _needs_its_group(rule):
            by_base.setdefault(base, {})[name] = None
    found = []
    for base, names in sorted(by_base.items()):
        columns = [sheet_column(execution, base, key, key, None, True) for key in scope.keys(base)]
        columns += [
            SheetColumn(name, name, column_type(execution, base, name), _digits(execution, name)) for name in names
        ]
        found.append((base, columns))
    return found


def _needs_its_group(rule: Rule) -> bool:
    """Whether nobody can tell the value again without all rows of its group."""
    nodes = (node for formula in formulas_of(rule.body) for node in formula.tree.walk())
    calls = (node.function for node in nodes if isinstance(node, tree.Call) and node.function in FUNCTIONS)
    return any(law_of(function).adds_up_group for function in calls)


def kept_rows(execution: Outcome, base: str, columns: list[SheetColumn]) -> list[list[Value | Unresolved]]:
    """Values of all rows of a base grain; what cannot be known with its reason."""
    return [
        [kept_value(execution.judge, column.name, row) for column in columns] for row in execution.judge.rows_of(base)
    ]


def _digits(execution: Outcome, name: str) -> int | None:
    rule = execution.now.rules.get(name)
    return rule.rounding.digits if isinstance(rule, Rule) and rule.rounding else None


def kept_value(execution: Asks, name: str, row: Row) -> Value | Unresolved:
    try:
        return execution.value(name, row, execution.own_day(row))
    except Unresolved as error:
        return error
