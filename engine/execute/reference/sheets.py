"""The lines of a run's statements, with totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from engine.execute.reference.elsewhere import elsewhere
from engine.execute.reference.outcome import Failed, Outcome
from engine.execute.reference.rows import Row
from engine.execute.result import Sheet, SheetColumn
from engine.files.errors import RunStopped
from engine.language import tree
from engine.language.types import NUMBER, Kind, Type, default_digits
from engine.language.values import Unresolved, Value, number_of, render, round_to
from engine.rulebook.additive import is_additive
from engine.rulebook.bind import BindError
from engine.rulebook.digits import digits_of
from engine.rulebook.model import Formula, Statement
from engine.rulebook.scope import Scope

KEYS_SHOWN, CAUSES_SHOWN = 3, 20


def column_type(execution: Outcome, grain: str, name: str) -> Type:
    try:
        return execution.days.binder(execution.closing).bind(Formula(name, tree.Name(name)), grain).type
    except BindError:
        return NUMBER


def sheet_column(execution: Outcome, grain: str, name: str, heading: str, digits: int | None, key: bool) -> SheetColumn:
    type_ = column_type(execution, grain, name)
    if type_.kind is Kind.NUMBER and digits is None:
        scope, binder = execution.scope(execution.closing), execution.days.binder(execution.closing)
        found = digits_of(scope, binder, name)
        digits = found if found is not None else None
        if name in scope.book.dimensions and digits is None:
            digits = default_digits(type_.unit)
    return SheetColumn(name, heading, type_, digits if type_.kind is Kind.NUMBER else None, key)


def sheet(execution: Outcome, statement: Statement) -> Sheet:
    """All rows of a statement. Raises :class:`RunStopped` where a value cannot be known."""
    columns = sheet_columns(execution, statement)
    rows, failed = execution.lines(statement, columns)
    if failed:
        raise RunStopped(
            f"报表 {statement.name} 有 {len(failed)} 个值无法确定",
            summed_up(statement.name, failed),
            "补齐数据或待定的规定后再运行",
        )
    added = _period_key(execution, statement, columns)
    if added is not None:
        columns.append(added)
        table = execution.now.tables[statement.fills or ""]
        assert table.period_field is not None
        value = execution.period.key(table.fields[table.period_field].type)
        rows = execution.with_constant(rows, value)
    made = Sheet(statement.name, statement.grain, tuple(columns), rows, [], statement.fills)
    return replace(made, total=_totals(execution, statement, made))


def summed_up(statement: str, failed: Sequence[Failed]) -> list[str]:
    """What could not be known, a line for each cause: on which rows and in which columns it shows."""
    causes: dict[str, list[Failed]] = {}
    for one in failed:
        causes.setdefault(one.why, []).append(one)
    lines = []
    for why, alike in causes.items():
        keys = list(dict.fromkeys(one.key for one in alike))
        shown = "；".join(keys[:KEYS_SHOWN]) + (f"…（共 {len(keys)} 行）" if len(keys) > KEYS_SHOWN else "")
        headings = "、".join(dict.fromkeys(one.heading for one in alike))
        lines.append(f"{statement} {shown} 的 {headings}：{why}")
    rest = len(lines) - CAUSES_SHOWN
    return [*lines[:CAUSES_SHOWN], *([f"另有 {rest} 种原因"] if rest > 0 else [])]


def sheet_columns(execution: Outcome, statement: Statement) -> list[SheetColumn]:
    """Key columns first, then those that the statement lists."""
    grain = statement.grain
    keys = execution.scope(execution.closing).keys(grain)
    table = execution.now.tables.get(statement.fills or "")
    listed = {column.name for column in statement.columns}
    columns = [sheet_column(execution, grain, key, key, None, True) for key in keys if key not in listed]
    renamed_keys = keys if table is None else tuple(table.key)
    for wanted in statement.columns:
        is_key = wanted.name in keys or (table is not None and wanted.heading in renamed_keys)
        columns.append(sheet_column(execution, grain, wanted.name, wanted.heading, wanted.digits, is_key))
    return columns


def lines(
    execution: Outcome, statement: Statement, columns: list[SheetColumn]
) -> tuple[list[list[Value]], list[Failed]]:
    """The lines of a statement as shown, and what could not be known."""
    rows, failed = [], []
    for row in _rows(execution, statement):
        line: list[Value] = []
        for column in columns:
            try:
                line.append(_shown(execution.judge.value(column.name, row, execution.judge.own_day(row)), column))
            except Unresolved as error:
                failed.append(Failed(_key(row), column.heading, f"{error}{elsewhere(execution, error, row)}"))
                line.append(None)
        rows.append(line)
    return rows, failed


def _shown(value: Value, column: SheetColumn) -> Value:
    if isinstance(value, Fraction) and column.digits is not None:
        return round_to(value, column.digits)
    return value


def _rows(execution: Outcome, statement: Statement) -> list[Row]:
    rows = execution.judge.rows_of(statement.grain)
    if statement.condition is None:
        return rows
    kept = []
    for row in rows:
        try:
            if execution.judge.truth(statement.condition, statement.grain, row, execution.judge.own_day(row)):
                kept.append(row)
        except Unresolved as error:
            raise RunStopped(f"报表 {statement.name} 的 条件 不能判断：{_key(row)} {error}") from None
    return kept


def _key(row: Row) -> str:
    return ",".join(render(part) for part in row.key)


def _period_key(execution: Outcome, statement: Statement, columns: list[SheetColumn]) -> SheetColumn | None:
    """The 归期 key of the table that a statement fills, where the statement has no such column itself."""
    table = execution.now.tables.get(statement.fills or "")
    if table is None or table.period_field is None or table.period_field not in table.key:
        return None
    if any(column.heading == table.period_field for column in columns):
        return None
    type_ = table.fields[table.period_field].type
    digits = 0 if type_.kind is Kind.NUMBER else None
    return SheetColumn(table.period_field, table.period_field, type_, digits, True)


def _totals(execution: Outcome, statement: Statement, made: Sheet) -> list[list[Value]]:
    """One line for each row of the grain of 合计行: additive columns summed, the others empty.

    A value of another grain than the rows' own stands on several of them: where it is the total's own it is
    shown, but never summed.
    """
    if statement.total is None:
        return []
    places = {column.name: index for index, column in enumerate(made.columns)}
    keys = [key for key in execution.scope(execution.closing).keys(statement.total) if key in places]
    groups: dict[tuple, list[list[Value]]] = {} if keys else {(): []}
    for row in made.rows:
        groups.setdefault(tuple(row[places[key]] for key in keys), []).append(row)
    scope, binder = execution.scope(execution.closing), execution.days.binder(execution.closing)
    own = set(scope.keys(statement.grain))
    summed = [
        column.type.kind is Kind.NUMBER
        and not column.key
        and _keys_of(scope, column.name) == own
        and is_additive(scope, binder, column.name)
        for column in made.columns
    ]
    lines = []
    for group in sorted(groups):
        line: list[Value] = []
        for index, column in enumerate(made.columns):
            values = [item[index] for item in groups[group] if item[index] is not None]
            if column.name in keys:
                line.append(group[keys.index(column.name)])
            elif summed[index]:
                line.append(sum(map(number_of, values), Fraction(0)))
            elif values and _belongs_to(scope, column.name, keys):
                line.append(values[0])
            else:
                line.append("合计" if index == 0 and column.type.kind is not Kind.NUMBER else None)
        lines.append(line)
    return lines


def _belongs_to(scope: Scope, name: str, keys: list[str]) -> bool:
    """Whether a column is a value of the total's own grain: the same on every line it adds up."""
    found = _keys_of(scope, name)
    return found is not None and found <= set(keys)


def _keys_of(scope: Scope, name: str) -> set[str] | None:
    home = scope.home(name)
    return None if home is None else set(scope.keys(home))
