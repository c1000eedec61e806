"""A program over a period with its big tables in SQL: what is of data rows is lowered, all else is the reference's."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from sqlglot import exp

from engine.data.staging.model import StagedTable
from engine.databases.interface import Database
from engine.execute.closures.host import HostClosures
from engine.execute.period import Period
from engine.execute.reference.days import is_time_of_settling
from engine.execute.reference.evaluator import Evaluator
from engine.execute.reference.execution import Execution
from engine.execute.reference.grains import Grains
from engine.execute.reference.inputs import Data
from engine.execute.reference.outcome import Failed
from engine.execute.reference.rows import Record, Row
from engine.execute.reference.selection import parent
from engine.execute.reference.verdicts import HELD, REJECTED, ROW_CONDITION, Selection
from engine.execute.result import Account, SheetColumn
from engine.execute.sql import ints, results
from engine.execute.sql.big_rows import BigRows
from engine.execute.sql.frame import ROW, Frame
from engine.execute.sql.frame_rows import FETCHED
from engine.execute.sql.host_values import LEAVES
from engine.execute.sql.low import Low, all_of, any_of, constant, is_false, is_true, missing, not_
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.reading import Reading
from engine.execute.sql.selection import history, hold, select
from engine.execute.sql.sorted_rows import SortedRows
from engine.execute.sql.stage import stand_on_settled
from engine.execute.sql.upward import Upward
from engine.language.function_laws import Reach
from engine.language.functions import reach_of
from engine.language.types import Kind
from engine.language.values import Unresolved, Value
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Check, Formula, Statement


class SqlData(Data, Protocol):
    """Rows of small tables in Python, big tables staged in a database."""

    @property
    def staged(self) -> dict[str, StagedTable]: ...

    @property
    def database(self) -> Database: ...


@dataclass
class SqlExecution(HostClosures, Execution):
    """``states``: which rows of each frame take part; ``long_formulas``: what SQL could not hold."""

    states: dict[str, SortedRows] = field(default_factory=dict)
    long_formulas: dict[str, str] = field(default_factory=dict)
    _accounts: dict[str, Account] = field(default_factory=dict)

    @cached_property
    def sql_data(self) -> SqlData:
        return self.data  # type: ignore[return-value]

    def _make_grains(self) -> Grains:
        return SqlGrains(self)

    def _make_evaluator(self) -> Evaluator:
        return SqlEvaluator(self)

    def _select(self) -> Selection:
        self.upward = Upward(self)
        return select(self)

    def hold(self) -> None:
        hold(self)

    def earlier(self, period: Period) -> SqlExecution:
        return SqlExecution(self.book, self.program, period, self.data)

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """The frames by table."""
        return {
            name: Reading(self, Frame(self.sql_data.database, name, staged))
            for name, staged in self.sql_data.staged.items()
        }

    # -- rows ------------------------------------------------------------

    def first_now(self, name: str) -> bool:
        """Whether aggregates of rule ``name`` run over all accepted rows."""
        return not self.settled or name in self.first_names

    def conditions(self, base: str, first: bool) -> list[exp.Expression]:
        """What the rows of a frame meet that are accepted (``first``) or settled."""
        return self.states[base].conditions(first or not self.settled)

    def conditions_from(self, base: str, reader: str) -> list[exp.Expression]:
        """The same for accepted rows that are found by key from a row of ``reader``: a row of a side table that belongs
        to a row of the run is in the run.
        """
        state = self.states[base]
        if state.parent == reader and not self.sees_older(reader):
            return state.not_refused()
        return self.conditions(base, True)

    def widest(self, base: str) -> list[exp.Expression]:
        """Conditions that every row meets that is looked at in any way."""
        return [] if self.sees_older(base) else self.conditions(base, True)

    def sees_older(self, base: str) -> bool:
        """Whether rules of the run look at rows of the table from before the period."""
        return base in self._with_history

    def states_of_rules(self) -> list[Snapshot]:
        """Each state of the rules that a row may be of."""
        if self.program.rules_as_of_start:
            return [self.now]
        first = self.book.start if self.program.rows else max(self.period.start, self.book.start)
        return [*self.book.between(first, max(first, self.period.end)), self.now]

    @cached_property
    def _with_history(self) -> set[str]:
        from engine.language import tree
        from engine.rulebook.parts import formulas_of

        scope = self.scope(self.closing)
        found = set()
        for rule in self.now.rules.values():
            if rule.name not in self.wanted:
                continue
            nodes = (node for formula in formulas_of(rule.body) for node in formula.tree.walk())
            if any(
                isinstance(node, tree.Call)
                and reach_of(node.function) is Reach.GROUP_AND_BEFORE
                and node.history is not False
                for node in nodes
            ):
                found.add(scope.base(rule.grain))
        return found & set(self.selection.main_tables)

    def older_and_run(self, reading: OnRows) -> list[exp.Expression]:
        """The rows that 上一条 sees."""
        return [history(reading)]

    def any_row(
        self, reading: OnRows, fails: Sequence[exp.Expression | None], conditions: Sequence[exp.Expression]
    ) -> bool:
        """Whether one of ``fails`` is true on a row."""
        fail = any_of(list(fails))
        if fail is None:
            return False
        query = reading.frame.selected([exp.column(ROW)], [*conditions, fail], limit=1)
        return bool(reading.frame.database.rows(query))

    def count_of(self, reading: OnRows, conditions: Sequence[exp.Expression]) -> int:
        """How many rows meet the conditions."""
        inner = reading.frame.relation([exp.column(ROW)], conditions)
        query = exp.select(exp.Count(this=exp.Star())).from_(inner.subquery("q", copy=False), copy=False)
        return int(reading.frame.database.row(query)[0])

    def rows_where(
        self, reading: OnRows, conditions: Sequence[exp.Expression], order: Sequence[exp.Expression] = (),
        limit: int | None = None, of: Sequence[exp.Expression] | None = None,
    ) -> list[Row]:  # fmt: skip
        """Rows of a frame in Python."""
        among = self.conditions(reading.base, True) if of is None else of
        query = reading.frame.selected([exp.column(ROW)], [*among, *conditions], order, limit)
        return list(self.rows_numbered(reading, [rn for (rn, *_) in reading.frame.database.rows(query)]))

    def row(self, reading: OnRows, rn: int) -> Row:
        return next(self.rows_numbered(reading, [rn]))

    def rows_numbered(self, reading: OnRows, numbers: Sequence[int]) -> Iterator[Row]:
        """The rows of these numbers, in this order, fetched some at a time."""
        keys = self.scope(self.closing).keys(reading.base)
        for start in range(0, len(numbers), FETCHED):
            part = numbers[start : start + FETCHED]
            records = reading.frame.staged.records(part)
            for rn in part:
                record: Record = dict(records[rn])
                yield Row(reading.base, tuple(record.get(key) for key in keys), record, rn)  # type: ignore[arg-type, misc]

    def is_time(self, key: str) -> bool:
        return is_time_of_settling(self.scope(self.closing), key)

    def settle(self) -> None:
        super().settle()
        for reading in self.readings.values():
            reading.forget(self.first_names)
        for reading in self.readings.values():
            if reading.base in self.selection.main_tables and not self.sees_older(reading.base):
                self._accounts[reading.base] = results.account(self, reading)
                stand_on_settled(self, reading)

    def too_long(self, name: str, size: str) -> None:
        """Notes a rule whose numbers might not fit 38 digits: exact all the same, but one combination after another."""
        self.long_formulas.setdefault(name or "条件", size)

    def notes(self) -> list[str]:
        return super().notes() + [
            f"{name} 的数{size}，超过 38 位，逐个组合在内存里算（准确，但慢）：把其中的一个因数另立一条规则，写明 舍入"
            for name, size in sorted(self.long_formulas.items())
        ]

    def rows_with_codes(self, table: str, field: str, codes: Sequence[str]) -> list[tuple[int, int]]:
        reading = self.readings.get(table)
        if reading is None:
            return super().rows_with_codes(table, field, codes)
        staged = reading.frame.staged.columns.get(field)
        if staged is None:
            return [(0, 0)] * len(codes)
        every = Frame(reading.frame.database, table, reading.frame.staged)  # fewer rows may stand in the frame
        counted = []
        for code in codes:
            cell, text = exp.column(staged.name), exp.Literal.string(code)
            same = exp.EQ(this=cell.copy(), expression=text.copy())
            prefix = exp.Substring(this=cell.copy(), start=ints.whole(1), length=ints.whole(len(code)))
            longer = all_of([exp.EQ(this=prefix, expression=text), exp.NEQ(this=cell.copy(), expression=text.copy())])
            counted += [
                exp.Count(this=exp.Case().when(held, ints.whole(1), copy=False).else_(exp.Null(), copy=False))
                for held in (same, longer)
            ]
        inner = every.relation([exp.column(staged.name)])
        found = every.database.row(exp.select(*counted).from_(inner.subquery("q", copy=False), copy=False))
        return [(int(found[n]), int(found[n + 1])) for n in range(0, len(found), 2)]

    def member(self, reading: OnRows, grain: str, first: bool) -> list[exp.Expression]:
        """Conditions of belonging to ``grain``. Raises :class:`Unresolved` where that cannot be known of a row."""
        member = reading.in_grain(grain)
        conditions = self.conditions(reading.base, first)
        if self.any_row(reading, [member.fail], conditions):
            assert member.fail is not None
            for row in self.rows_where(reading, [*conditions, member.fail], [exp.column(ROW)], 1, of=[]):
                self.in_grain(grain, row)
        return [] if is_true(member.value) else [member.value]

    def refuse_unknown_keys(
        self, reading: OnRows, lows: list[Low], keys: tuple[str, ...], conditions: list[exp.Expression]
    ) -> None:
        """Raises :class:`Unresolved` where the keys of a row cannot be known."""
        fail = any_of([low.fail for low in lows])
        if fail is not None:
            for row in self.rows_where(reading, [*conditions, fail], reading.key_order(), 1, of=[]):
                self.project(row, keys)

    def refuse_strays(self, source: str, grain: str, groups: dict[tuple, tuple[int, tuple]]) -> None:
        self.grains.refuse_strays(source, grain, groups)

    def looked_at(self) -> bool:
        """Whether rows or sums over them were looked at since they were sorted last."""
        return self.grains.looked_at() or self.upward.looked_at()

    def forget_worked_out(self) -> None:
        """After rows were taken out: what was worked out over them."""
        self.grains.forget()
        self.known.clear()

    def forget_lowered(self) -> None:
        """After rows were sorted differently."""
        self.upward.forget()
        for reading in self.readings.values():
            reading.forget()

    # -- what came of it ------------------------------------------------------------

    def held_count(self) -> int:
        small = [v for table, _, v in self.verdicts_of(HELD) if table not in self.readings]
        return len(small) + sum(self._held_in(reading) for reading in self.readings.values())

    def _held_in(self, reading: Reading) -> int:
        state, found = self.states[reading.base], 0
        for table in (state.held, state.refused):
            if table is not None:
                codes = [exp.Literal.string(str(n)) for n, (what, _) in enumerate(state.codes) if what == HELD]
                query = exp.select(exp.Count(this=exp.Star())).from_(table)
                found += (
                    reading.frame.database.row(query.where(exp.In(this=exp.column("code"), expressions=codes)))[0]
                    if codes
                    else 0
                )
        return found

    def came_in(self, table: str) -> int:
        reading = self.readings.get(table)
        if reading is None:
            return super().came_in(table)
        untold = sum(v.by == ROW_CONDITION for v in self.selection.verdicts[table].values() if v.state == REJECTED)
        return self.count_of(reading, [part.copy() for part in self.states[table].inside]) + untold

    def record_of(self, table: str, number: int) -> Record:
        reading = self.readings.get(table)
        return super().record_of(table, number) if reading is None else self.row(reading, number).record or {}

    def keys_of(self, rows: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[Value, ...]]:
        found = super().keys_of([(table, number) for table, number in rows if table not in self.readings])
        for table, reading in self.readings.items():
            numbers = [number for name, number in rows if name == table]
            found |= {(table, row.number): row.key for row in self.rows_numbered(reading, numbers)}
        return found

    def rows_to_assert(self, check: Check) -> list[Row]:
        reading = self._reading(check.grain)
        return super().rows_to_assert(check) if reading is None else results.rows_to_assert(self, reading, check)

    def count_rows(self, grain: str) -> int:
        reading = self._reading(grain)
        return (
            super().count_rows(grain)
            if reading is None
            else self.count_of(reading, results.members(self, reading, grain))
        )

    def rows_where_true(self, formula: Formula, grain: str) -> int:
        reading = self._reading(grain)
        if reading is None:
            return super().rows_where_true(formula, grain)
        return results.rows_where_true(self, reading, formula, grain)

    def lines(self, statement: Statement, columns: list[SheetColumn]) -> tuple[Sequence[list[Value]], list[Failed]]:
        reading = self._reading(statement.grain)
        return (
            super().lines(statement, columns) if reading is None else results.lines(self, reading, statement, columns)
        )

    def with_constant(self, rows: Sequence[list[Value]], value: Value) -> Sequence[list[Value]]:
        if isinstance(rows, BigRows):
            return rows.plus(constant(Kind.NUMBER, value))
        return super().with_constant(rows, value)

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> list[list[Value | Unresolved]]:
        reading = self._reading(base)
        return super().kept_rows(base, columns) if reading is None else results.kept_rows(self, reading, columns)

    def account(self, table: str) -> Account:
        reading = self.readings.get(table)
        if reading is None:
            return super().account(table)
        return self._accounts[table] if table in self._accounts else results.account(self, reading)

    def _reading(self, grain: str) -> Reading | None:
        return self.readings.get(self.scope(self.closing).base(grain))

    def parent_of(self, table: str) -> str:
        """The settled table that the rows of ``table`` belong to, where they do."""
        found = parent(self, self.selection, table)
        return found[1] if found is not None else ""

    # -- values ------------------------------------------------------------

    def value(self, name: str, row: Row, day: datetime.date) -> Value:
        if row.key == (LEAVES,):
            found, value = self.readings[row.grain].host.leaf(name)
            if found:
                return value
        return super().value(name, row, day)


class SqlEvaluator(Evaluator):
    """Aggregates over big tables are answered by SQL."""

    execution: SqlExecution

    def _call(self, node: ast.Call) -> Value:
        name = node.func.id  # type: ignore[attr-defined]
        if reach_of(name) is Reach.BELOW:
            source = node.origin.source  # type: ignore[attr-defined]
            if (
                source is not None
                and self.execution.scope(self.execution.closing).base(source) in self.execution.readings
            ):
                return self.execution.upward.value(node, self.row, self.day)  # type: ignore[return-value]
        return super()._call(node)


class SqlGrains(Grains):
    """Rows of big tables are only looked at in SQL, but for the few that a message is about."""

    execution: SqlExecution

    def _reading(self, grain: str) -> Reading | None:
        return self.execution.readings.get(self.execution.scope(self.execution.closing).base(grain))

    def rows_of(self, grain: str, first: bool = False) -> list[Row]:
        reading = self._reading(grain)
        if reading is None:
            return super().rows_of(grain, first)
        member = self.execution.member(reading, grain, first)
        conditions = [*self.execution.conditions(reading.base, first), *member]
        return self.execution.rows_where(reading, conditions, reading.key_order(), of=[])

    def any_rows(self, table: str) -> bool:
        staged = self.execution.sql_data.staged.get(table)
        return super().any_rows(table) if staged is None else staged.count > 0

    def delivered_in(self, table: str, period: Period) -> bool:
        reading = self.execution.readings.get(table)
        if reading is None:
            return super().delivered_in(table, period)
        inside = reading.in_period(period)
        if is_true(inside):
            return reading.frame.staged.count > 0
        every = Frame(reading.frame.database, table, reading.frame.staged)  # fewer rows may stand in the frame
        return bool(every.database.rows(every.selected([exp.column(ROW)], [inside], limit=1)))

    def combinations(self, source: str, keys: tuple[str, ...], first: bool) -> list[tuple]:
        reading = self._reading(source)
        if reading is None:
            return super().combinations(source, keys, first)
        member = self.execution.member(reading, source, first)
        conditions = [*self.execution.conditions(reading.base, first), *member]
        lows = [reading.own(key) for key in keys]
        self.execution.refuse_unknown_keys(reading, lows, keys, conditions)
        conditions += [not_(gone) for low in lows if (gone := missing(low)) is not None and not is_false(gone)]
        return reading.distinct(lows, conditions)

    def window(self, node: ast.Call, row: Row, work: Callable, history: bool = False) -> dict:
        """Asked only for a row that a message or an explanation is about."""
        reading, execution = self._reading(row.grain), self.execution
        if not history or reading is None or reading.base not in execution.selection.main_tables:
            return super().window(node, row, work, history)
        grain = execution.grain_of_rule(row)
        key = (id(node), grain, True)
        if key not in self._windows:
            rows = execution.rows_where(reading, execution.older_and_run(reading), of=[])
            self._windows[key] = work(execution, node, [item for item in rows if self._in_history(grain, item)])
        return self._windows[key]
