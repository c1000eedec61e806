"""The big tables of a run in a database: which of their rows take part, what the host asks of them, and which of them
it is told one by one.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from sqlglot import exp

from engine.data.staging.model import StagedTable
from engine.databases.interface import Database
from engine.execute.closures.host import CoarseRows
from engine.execute.period import Period
from engine.execute.plan.columns import Columns
from engine.execute.reference.aggregates import Root
from engine.execute.reference.days import is_time_of_settling
from engine.execute.reference.execution import Execution
from engine.execute.reference.inputs import Data
from engine.execute.reference.lookups import sources
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Record, Row, row_of
from engine.execute.reference.rows_elsewhere import Elsewhere
from engine.execute.reference.selection import parent
from engine.execute.reference.verdicts import Selection
from engine.execute.result import Account
from engine.execute.sql import results
from engine.execute.sql.aggregates import Aggregates
from engine.execute.sql.frame import FETCHED, ROW, Frame
from engine.execute.sql.groups import counted
from engine.execute.sql.lowered import Lowered, any_of, is_true
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.reading import Reading
from engine.execute.sql.selection import history, select
from engine.execute.sql.sorted_rows import SortedRows
from engine.execute.sql.written_rows import stand_on_settled
from engine.language import tree
from engine.language.function_laws import Reach
from engine.language.functions import reach_of
from engine.language.values import Value
from engine.rulebook.book import Snapshot
from engine.rulebook.parts import formulas_of
from engine.rulebook.scope import Scope


class SqlData(Data, Protocol):
    """Rows of small tables in Python, big tables staged in a database."""

    @property
    def staged(self) -> dict[str, StagedTable]: ...

    @property
    def database(self) -> Database: ...


Before = Callable[[Period, list[str]], Execution]
"""The same program over another period, with what it has to say added to the remarks."""


class DataRows(Elsewhere):
    """``states``: where the rows of each big table stand; ``accounts``: where they went; ``long_formulas``: what SQL
    could not hold; ``row_by_row``: on how many rows the host went from one to the next. ``judge`` is the reference
    engine's run, which has all that is coarse.
    """

    judge: Execution

    def __init__(self, data: SqlData, before: Before) -> None:
        self.data = data
        self._before = before
        self.states: dict[str, SortedRows] = {}
        self.accounts: dict[str, Account] = {}
        self.long_formulas: dict[str, str] = {}
        self.row_by_row: dict[str, int] = {}
        self._delivered: dict[tuple[str, Period], bool] = {}
        self._records: dict[str, dict[int, Record]] = {}

    # -- what the reference engine asks ------------------------------------------------------------

    def quick(self, judge: Execution) -> CoarseRows:
        self._stand_beside(judge)
        return self.coarse

    def _stand_beside(self, judge: Execution) -> None:
        """From here on there is a run that these are the rows of."""
        self.judge, self.coarse, self.upward = judge, CoarseRows(judge), Aggregates(self)
        self.book, self.program, self.period = judge.book, judge.program, judge.period
        self.days, self.formulas, self.closing = judge.days, judge.formulas, judge.closing
        self.scope, self.phases = judge.scope, judge.phases
        self.columns = Columns(judge.days, judge.formulas, frozenset(self.data.staged))
        self.readings = {
            name: Reading(self, Frame(self.data.database, name, staged)) for name, staged in self.data.staged.items()
        }

    def select(self, judge: Execution) -> Selection:
        return select(self)

    def before(self, period: Period, remarks: list[str]) -> Execution:
        return self._before(period, remarks)

    def looked_at(self) -> bool:
        return self.upward.looked_at()

    def holds(self, base: str) -> bool:
        return base in self.data.staged

    def rows_of(self, grain: str, first: bool) -> list[Row]:
        reading = self._of(grain)
        member = self.member(reading, grain, first)
        conditions = [*self.conditions(reading.base, first), *member]
        return self.rows_where(reading, conditions, reading.key_order(), of=[])

    def combinations(self, source: str, keys: tuple[str, ...], first: bool) -> list[tuple]:
        if not self.upward.one_by_one:
            self.upward.prepare([], [(one, keys, first) for one in self._sources_like(source, keys)])
        return self.upward.combinations(source, keys, first)

    def _sources_like(self, source: str, keys: tuple[str, ...]) -> list[str]:
        """The grains of data rows that are gone through for the same grain of keys: they will be asked next."""
        scope = self.scope(self.closing)
        found = {source}
        for base in scope.book.grains:
            if scope.keys(base) == keys:
                found |= {one for one in sources(self.judge, base, keys) if self.holds(scope.base(one))}
        return sorted(found)

    def aggregate(self, node: Called, row: Row, day: datetime.date) -> Value | Root:
        return self.upward.value(node, row, day)

    def history(self, base: str, in_history: Callable[[Row], bool]) -> list[Row]:
        reading = self.readings[base]
        return [row for row in self.rows_where(reading, self.older_and_run(reading), of=[]) if in_history(row)]

    def any_rows(self, table: str) -> bool:
        return self.data.staged[table].count > 0

    def delivered_in(self, table: str, period: Period) -> bool:
        reading = self.readings[table]
        if is_true(inside := reading.in_period(period)):
            return reading.frame.staged.count > 0
        if (table, period) not in self._delivered:
            every = Frame(reading.frame.database, table, reading.frame.staged)  # fewer rows may stand in the frame
            found = every.database.rows(every.selected([exp.column(ROW)], [inside], limit=1))
            self._delivered[table, period] = bool(found)
        return self._delivered[table, period]

    def _of(self, grain: str) -> Reading:
        return self.readings[self.scope(self.closing).base(grain)]

    # -- what the rules say beforehand ------------------------------------------------------------

    @property
    def selection(self) -> Selection:
        return self.judge.selection

    @property
    def now(self) -> Snapshot:
        return self.judge.now

    @property
    def wanted(self) -> set[str]:
        return self.judge.wanted

    @property
    def wanted_tables(self) -> set[str]:
        return self.judge.wanted_tables

    @property
    def first_names(self) -> set[str]:
        return self.judge.first_names

    def first_now(self, name: str) -> bool:
        return not self.phases.settled or name in self.first_names

    def states_of_rules(self) -> list[Snapshot]:
        """Each state of the rules that a row may be of."""
        if self.program.rules_as_of_start:
            return [self.now]
        first = self.book.start if self.program.rows else max(self.period.start, self.book.start)
        return [*self.book.between(first, max(first, self.period.end)), self.now]

    def is_time(self, key: str) -> bool:
        return is_time_of_settling(self.scope(self.closing), key)

    def parent_of(self, table: str) -> str:
        found = parent(self, self.selection, table)
        return found[1] if found is not None else ""

    def sees_older(self, base: str) -> bool:
        return base in self._with_history

    @cached_property
    def _with_history(self) -> set[str]:
        scope: Scope = self.scope(self.closing)
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

    def too_long(self, name: str, size: str) -> None:
        """Notes a rule whose numbers might not fit 38 digits: exact all the same, but one combination after another."""
        self.long_formulas.setdefault(name or "条件", size)

    def gone_through(self, name: str, rows: int) -> None:
        """Notes of a rule that the host went through rows one by one."""
        if rows:
            self.row_by_row[name or "条件"] = rows

    # -- which rows ------------------------------------------------------------

    def conditions(self, base: str, first: bool) -> list[exp.Expression]:
        return self.states[base].conditions(first or not self.phases.settled)

    def conditions_from(self, base: str, reader: str) -> list[exp.Expression]:
        """A row of a side table that belongs to a row of the run is in the run."""
        state = self.states[base]
        if state.parent == reader and not self.sees_older(reader):
            return state.not_refused()
        return self.conditions(base, True)

    def widest(self, base: str) -> list[exp.Expression]:
        return [] if self.sees_older(base) else self.conditions(base, True)

    def older_and_run(self, reading: OnRows) -> list[exp.Expression]:
        return [history(reading)]

    def member(self, reading: OnRows, grain: str, first: bool) -> list[exp.Expression]:
        """Conditions of belonging to ``grain``. Raises :class:`Unresolved` where that cannot be known of a row."""
        member = reading.in_grain(grain)
        conditions = self.conditions(reading.base, first)
        if self.any_row(reading, [member.fail], conditions):
            assert member.fail is not None
            for row in self.rows_where(reading, [*conditions, member.fail], [exp.column(ROW)], 1, of=[]):
                self.judge.in_grain(grain, row)
        return [] if is_true(member.value) else [member.value]

    def refuse_unknown_keys(
        self, reading: OnRows, lows: list[Lowered], keys: tuple[str, ...], conditions: list[exp.Expression]
    ) -> None:
        fail = any_of([low.fail for low in lows])
        if fail is not None:
            for row in self.rows_where(reading, [*conditions, fail], reading.key_order(), 1, of=[]):
                self.judge.project(row, keys)

    def any_row(
        self, reading: OnRows, fails: Sequence[exp.Expression | None], conditions: Sequence[exp.Expression]
    ) -> bool:
        return self.upward.any_row(reading, fails, conditions)

    def count_true(self, reading: OnRows, fail: exp.Expression, conditions: Sequence[exp.Expression]) -> int:
        return self.upward.count_true(reading, fail, conditions)

    def count_of(
        self, reading: OnRows, conditions: Sequence[exp.Expression], fails: Sequence[exp.Expression | None] = ()
    ) -> int:
        return self.upward.count_of(reading, conditions, fails)

    def count_rows_of_run(self, tables: Collection[str]) -> None:
        """Asks of several tables at once how many rows are of the run, refused ones too."""
        asked = [reading for name, reading in self.readings.items() if name in tables]
        self.upward.count_ahead([counted(one, [p.copy() for p in self.states[one.base].inside]) for one in asked])

    # -- rows one by one ------------------------------------------------------------

    def rows_where(
        self, reading: OnRows, conditions: Sequence[exp.Expression], order: Sequence[exp.Expression] = (),
        limit: int | None = None, of: Sequence[exp.Expression] | None = None,
    ) -> list[Row]:  # fmt: skip
        among = self.conditions(reading.base, True) if of is None else of
        query = reading.frame.selected([exp.column(ROW)], [*among, *conditions], order, limit)
        return list(self.rows_numbered(reading, [rn for (rn, *_) in reading.frame.database.rows(query)]))

    def row(self, reading: OnRows, rn: int) -> Row:
        return next(self.rows_numbered(reading, [rn]))

    def rows_numbered(self, reading: OnRows, numbers: Sequence[int]) -> Iterator[Row]:
        """Fetched some at a time."""
        keys = self.scope(self.closing).keys(reading.base)
        for start in range(0, len(numbers), FETCHED):
            part = numbers[start : start + FETCHED]
            records = self._records_of(reading, part)
            for rn in part:
                yield row_of(reading.base, keys, records[rn], rn)

    def _records_of(self, reading: OnRows, numbers: Sequence[int]) -> Mapping[int, Record]:
        """The rows as they were delivered; those that are told of are asked for again and again."""
        known = self._records.setdefault(reading.base, {})
        new = [rn for rn in numbers if rn not in known]
        if not new:
            return known
        found = reading.frame.staged.records(new)
        if len(known) + len(new) > FETCHED:
            return {**{rn: known[rn] for rn in numbers if rn in known}, **found}
        known.update(found)
        return known

    # -- sorting rows ------------------------------------------------------------

    def rows_left(self) -> None:
        self.phases.rows_left(self.phases.now.looked_at or self.looked_at())

    def settle(self, held: bool = True) -> None:
        """From here on sums run over the settled rows, which are written once."""
        self.judge.settle(held)
        self.accounts = results.accounts(self, list(self.readings.values()))
        for reading in self.readings.values():
            if reading.base in self.selection.main_tables and not self.sees_older(reading.base):
                stand_on_settled(self, reading)
