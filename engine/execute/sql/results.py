"""What a run in SQL gives of its big tables: lines of statements, kept values, and the account of where their rows
went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlglot import exp

from engine.data.staging.model import StagedColumn
from engine.data.values import OutOfRange
from engine.execute.reference.kept import kept_value
from engine.execute.reference.outcome import Failed
from engine.execute.reference.rows import Row
from engine.execute.reference.verdicts import OUTSIDE, REJECTED, SETTLED
from engine.execute.result import Account, SheetColumn
from engine.execute.sql import ints
from engine.execute.sql.arithmetic import rounded
from engine.execute.sql.at_once import Question, answers
from engine.execute.sql.big_rows import IN_ORDER, PRECISION, BigRows
from engine.execute.sql.frame import ROW
from engine.execute.sql.lowered import Lowered, all_of, any_of, case, is_true, missing, not_
from engine.execute.sql.on_rows import InSql, OnRows
from engine.files.errors import RunStopped
from engine.language.types import Kind
from engine.language.values import HALF_AWAY, Unresolved, Value, render, round_to
from engine.rulebook.model import Check, Formula, Statement

SHOWN = 20
REPLAYED = 10_000
FINAL = "参加"


def lines(
    execution: InSql, reading: OnRows, statement: Statement, columns: list[SheetColumn]
) -> tuple[Sequence[list[Value]], list[Failed]]:
    """The lines of a statement of data rows, and what could not be known."""
    conditions = members(execution, reading, statement.grain)
    conditions += _condition(execution, reading, statement, conditions)
    lows = [shown(reading, column) for column in columns]
    fail = any_of([low.fail for low in lows])
    count = execution.count_of(reading, conditions, [fail])
    if execution.any_row(reading, [fail], conditions):
        assert fail is not None
        return [], _failures(execution, reading, statement, columns, [*conditions, fail])
    if count > reading.frame.database.listed and all(
        _fits(low, column) for low, column in zip(lows, columns, strict=True)
    ):
        return BigRows(reading, [reading.frame.let_low(low) for low in lows], conditions, count), []
    found = [values for values, _ in reading.frame.fetch(lows, conditions, reading.key_order())]
    for place, (low, column) in enumerate(zip(lows, columns, strict=True)):
        if column.digits is not None and low.num is not None and (low.over is not None or 10**column.digits % low.den):
            for values in found:
                values[place] = None if values[place] is None else round_to(values[place], column.digits)
    return found, []


def _fits(low: Lowered, column: SheetColumn) -> bool:
    """Whether a column can be written by the database as it is."""
    if low.num is None:
        return column.type.kind is not Kind.NUMBER or isinstance(low.value, exp.Null)
    if column.digits is None or low.over is not None or 10**column.digits % low.den:
        return False
    return len(str(low.num.size * (10**column.digits // low.den))) + column.digits + 1 <= PRECISION


def shown(reading: OnRows, column: SheetColumn) -> Lowered:
    """A column at the decimals that it shows."""
    low = reading.own(column.name)
    if low.num is None or column.digits is None:
        return low
    try:
        return rounded(low, column.digits, HALF_AWAY, reading.frame)
    except ints.TooLarge:  # rounded on the host
        return low


def members(execution: InSql, reading: OnRows, grain: str) -> list[exp.Expression]:
    """Conditions of the settled rows of a grain."""
    return [*execution.conditions(reading.base, False), *execution.member(reading, grain, False)]


def _condition(
    execution: InSql, reading: OnRows, statement: Statement, conditions: list[exp.Expression]
) -> list[exp.Expression]:
    if statement.condition is None:
        return []
    held = reading.own_truth(statement.condition, statement.grain)
    unknown = missing(held)
    if execution.any_row(reading, [unknown], conditions):
        assert unknown is not None
        for row in execution.rows_where(reading, [*conditions, unknown], reading.key_order(), 1, of=[]):
            try:
                execution.judge.truth(statement.condition, statement.grain, row, execution.judge.own_day(row))
            except Unresolved as error:
                key = ",".join(render(part) for part in row.key)
                raise RunStopped(f"报表 {statement.name} 的 条件 不能判断：{key} {error}") from None
    return [] if is_true(held.value) else [held.value]


def _failures(
    execution: InSql, reading: OnRows, statement: Statement, columns: list[SheetColumn],
    conditions: list[exp.Expression],
) -> list[Failed]:  # fmt: skip
    found: list[Failed] = []
    for row in execution.rows_where(reading, conditions, reading.key_order(), REPLAYED, of=[]):
        for column in columns:
            try:
                execution.judge.value(column.name, row, execution.judge.own_day(row))
            except Unresolved as error:
                key = ",".join(render(part) for part in row.key)
                found.append(Failed(key, column.heading, str(error)))
    return found


def kept_rows(execution: InSql, reading: OnRows, columns: list[SheetColumn]) -> Sequence[Sequence[Value | Unresolved]]:
    """Values of all settled rows; a value that cannot be known with its reason."""
    lows = [reading.own(column.name) for column in columns]
    conditions = members(execution, reading, reading.base)
    if execution.count_of(reading, conditions) > reading.frame.database.listed:
        return _big_kept(execution, reading, columns, lows, conditions)
    kept: list[list[Value | Unresolved]] = []
    unknown: list[tuple[int, list[Value | Unresolved], list[bool]]] = []
    for (rn, *values), (_, *failed) in reading.frame.fetch([_row_number(), *lows], conditions, reading.key_order()):
        kept.append(values)
        if any(failed):
            unknown.append((int(rn), kept[-1], failed))
    _give_reasons(execution, reading, columns, unknown)
    return kept


def _row_number() -> Lowered:
    return Lowered(Kind.NUMBER, exp.column(ROW), None, False, ints.Int(exp.column(ROW), 0, 2**62, False))


def _give_reasons(
    execution: InSql, reading: OnRows, columns: list[SheetColumn],
    unknown: Sequence[tuple[int, list[Value | Unresolved], list[bool]]],
) -> None:  # fmt: skip
    """Puts into each line the reasons of what is not known, from the row of its number; rows are fetched together."""
    rows = execution.rows_numbered(reading, [rn for rn, _, _ in unknown])
    for row, (_, line, failed) in zip(rows, unknown, strict=True):
        for place, (column, bad) in enumerate(zip(columns, failed, strict=True)):
            if bad:
                line[place] = kept_value(execution.judge, column.name, row)


def _big_kept(
    execution: InSql, reading: OnRows, columns: list[SheetColumn], lows: list[Lowered],
    conditions: list[exp.Expression],
) -> BigRows:  # fmt: skip
    """Kept values that stay in the database; reasons are looked up for the first rows of those that are not known."""
    lows = [reading.frame.let_low(low) for low in lows]
    count = execution.count_of(reading, conditions)
    reasons: dict[int, dict[int, Unresolved]] = {}
    fail = any_of([low.fail for low in lows])
    if fail is not None:
        looked_up = max(REPLAYED, count if count <= IN_ORDER else 0)
        fails = [exp.false() if low.fail is None else low.fail for low in lows]  # the values are not wanted
        query = reading.frame.selected([exp.column(ROW), *fails], [*conditions, fail], reading.key_order(), looked_up)
        lines: list[tuple[int, list[Value | Unresolved], list[bool]]] = [
            (int(rn), [None] * len(lows), [bool(one) for one in failed])
            for rn, *failed in reading.frame.database.rows(query)
        ]
        _give_reasons(execution, reading, columns, lines)
        for rn, line, failed in lines:
            reasons[rn] = {n: why for n, why in enumerate(line) if failed[n] and isinstance(why, Unresolved)}
        if len(lines) < looked_up:  # all of them: a column that none of them is without is known everywhere
            lows = [
                replace(low, fail=low.fail if any(line[2][n] for line in lines) else None) for n, low in enumerate(lows)
            ]
    return BigRows(reading, lows, conditions, count, reasons)


def rows_to_assert(execution: InSql, reading: OnRows, check: Check) -> list[Row]:
    """The rows on which a 必须 does not hold, or cannot be told."""
    conditions = members(execution, reading, check.grain)
    held = reading.own_truth(check.grades[0][1], check.grain)
    if held.is_known and held.known is True:
        return []
    wrong = not_true(held)
    if not execution.any_row(reading, [wrong], conditions):
        return []
    return execution.rows_where(reading, [*conditions, wrong], reading.key_order(), REPLAYED, of=[])


def rows_where_true(execution: InSql, reading: OnRows, formula: Formula, grain: str) -> int:
    """On how many rows a condition is known to hold."""
    conditions = members(execution, reading, grain)
    held = reading.own_truth(formula, grain)
    if held.is_known:
        return execution.count_of(reading, conditions) if held.known is True else 0
    return execution.count_of(reading, conditions) - execution.count_true(reading, not_true(held), conditions)


def not_true(held: Lowered) -> exp.Expression:
    """Where a truth is false, absent or unresolved."""
    gone = missing(held)
    wrong = not_(held.value) if gone is None else exp.true() if is_true(gone) else any_of([gone, not_(held.value)])
    assert wrong is not None
    return wrong


def accounts(execution: InSql, readings: Sequence[OnRows]) -> dict[str, Account]:
    """Rows and yuan of each table by where they ended; ``unread`` is not known yet."""
    if not readings:
        return {}
    money = [_money(execution, reading) for reading in readings]
    questions = [_ends(execution, reading, columns) for reading, columns in zip(readings, money, strict=True)]
    found = answers(readings[0].frame.database, questions)
    return {
        reading.base: _account(execution, reading, columns, rows)
        for reading, columns, rows in zip(readings, money, found, strict=True)
    }


def _money(execution: InSql, reading: OnRows) -> list[StagedColumn]:
    """The columns of yuan whose sums are told."""
    if reading.base not in execution.selection.main_tables:
        return []
    return [
        column for column in reading.frame.staged.columns.values()
        if column.field.type.kind is Kind.NUMBER and column.field.type.unit.powers == (("元", 1),)
    ]  # fmt: skip


def _ends(execution: InSql, reading: OnRows, money: Sequence[StagedColumn]) -> Question:
    """A row for each end: how many rows, the sums of ``money``, and of how many rows each is the sum."""
    state = execution.states[reading.base]
    steps: list[tuple[exp.Expression, exp.Expression]] = []
    for letter, table in (("h", state.held), ("r", state.refused)):
        if table is not None:
            code = state.code_in(table)
            ended = exp.Concat(expressions=[exp.Literal.string(letter), code.copy()])
            steps.append((exp.Not(this=exp.Is(this=code.copy(), expression=exp.Null())), ended))
    inside = all_of(state.inside)
    steps.append((exp.Coalesce(this=ints.grouped(inside), expressions=[exp.false()]), exp.Literal.string("s")))
    mark = reading.frame.let(case(steps, exp.Literal.string("o")))
    inner = reading.frame.relation([mark, *(exp.column(column.name) for column in money)])
    listed = [mark.copy(), exp.Count(this=exp.Star())]
    listed += [exp.Sum(this=exp.column(column.name)) for column in money]
    listed += [exp.Count(this=exp.column(column.name)) for column in money]
    query = exp.select(*[exp.alias_(part, f"x{n}") for n, part in enumerate(listed)]).from_(
        inner.subquery("q", copy=False), copy=False
    )
    if isinstance(mark, exp.Column):
        query = query.group_by(mark.copy(), copy=False)
    counts = [ints.NARROW_TYPE] * len(money)
    return Question(query, ("VARCHAR", ints.NARROW_TYPE, *[ints.WIDE_TYPE] * len(money), *counts))


def _account(
    execution: InSql, reading: OnRows, money: Sequence[StagedColumn], rows: Sequence[tuple[Any, ...]]
) -> Account:  # fmt: skip
    staged, name = reading.frame.staged, reading.base
    main = name in execution.selection.main_tables
    states: Counter[str] = Counter()
    by: Counter[tuple[str, str]] = Counter()
    amounts: dict[str, dict[str, Fraction]] = {}
    amounts_by: dict[tuple[str, str], dict[str, Fraction]] = {}
    cells: Counter[tuple[str, str, str]] = Counter()
    total = 0
    for found, ended, *values in rows:
        count = int(ended)
        if not count:
            continue
        what, cause = _ended(execution, reading, found, main)
        total += count
        states[what] += count
        if cause:
            by[(what, cause)] += count
        for column, value, filled in zip(money, values[: len(money)], values[len(money) :], strict=True):
            cells[what, cause, column.field.name] += int(filled)
            if value is not None:
                amount = Fraction(int(value), 10 ** (column.digits or 0))
                for at in (amounts.setdefault(what, {}), amounts_by.setdefault((what, cause), {}) if cause else {}):
                    at[column.field.name] = at.get(column.field.name, Fraction(0)) + amount
    _by_cause(execution, reading, by, amounts_by, cells, [column.field.name for column in money])
    if total != staged.count:
        raise RunStopped(
            f"{name} 交来 {staged.count} 行，去向只有 {total} 行：没有写出结果", hint="这是程序的错，请报告"
        )
    return Account(name, total, dict(states), amounts, dict(by), None, amounts_by)


def _by_cause(
    execution: InSql,
    reading: OnRows,
    by: Counter[tuple[str, str]],
    amounts: dict[tuple[str, str], dict[str, Fraction]],
    cells: Counter[tuple[str, str, str]],
    money: Sequence[str],
) -> None:
    """Rows of which a check could not be judged go from its name to that of the cause.

    ``cells``: how many amounts there are of each column, so that one of which none is left is no sum of 0.
    """
    verdicts = execution.selection.verdicts[reading.base]
    moved = [(n, v) for n, v in sorted(verdicts.items()) if v.state == REJECTED and v.by != v.check]
    if not moved:
        return
    rows = execution.rows_numbered(reading, [number for number, _ in moved])
    for (_, verdict), row in zip(moved, rows, strict=True):
        for name, sign in ((verdict.check, -1), (verdict.by, 1)):
            by[REJECTED, name] += sign
            for column in money:
                cell = (row.record or {}).get(column)
                value = cell.value if isinstance(cell, OutOfRange) else cell
                if isinstance(value, Fraction):
                    sums = amounts.setdefault((REJECTED, name), {})
                    sums[column] = sums.get(column, Fraction(0)) + sign * value
                    cells[REJECTED, name, column] += sign
                    if not cells[REJECTED, name, column]:
                        del sums[column]
    for gone in [what for what, count in by.items() if not count]:
        del by[gone]
        amounts.pop(gone, None)
    for empty in [what for what, sums in amounts.items() if not sums]:
        del amounts[empty]


def _ended(execution: InSql, reading: OnRows, mark: str, main: bool) -> tuple[str, str]:
    if mark == "s":
        return (SETTLED if main else FINAL), ""
    if mark == "o":
        return OUTSIDE, execution.parent_of(reading.base)
    state = execution.states[reading.base]
    what, by = state.codes[int(mark[1:])]
    return what, by
