"""One program over one period: values are worked out when asked for, each once, with the first cause of
what fails.
"""

from __future__ import annotations

import ast
import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property

from engine.execute.period import Period
from engine.execute.reference import kept, lookups, sheets
from engine.execute.reference.accounts import account
from engine.execute.reference.asks import Watch
from engine.execute.reference.days import Days
from engine.execute.reference.evaluator import Evaluator
from engine.execute.reference.formulas import Formulas
from engine.execute.reference.grains import Grains
from engine.execute.reference.holding import hold_or_stop
from engine.execute.reference.inputs import Before, Data, Published
from engine.execute.reference.other_periods import delivered
from engine.execute.reference.outcome import Failed
from engine.execute.reference.phases import Phases
from engine.execute.reference.rows import Record, Row, TableRows
from engine.execute.reference.rows_elsewhere import Elsewhere
from engine.execute.reference.rules import compute
from engine.execute.reference.selection import hold, select
from engine.execute.reference.verdicts import HELD, OUTSIDE, Selection, Verdict
from engine.execute.result import Account, SheetColumn
from engine.language.types import BOOL, Type
from engine.language.values import Unresolved, Value
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.chains import DEEP, stops_before
from engine.rulebook.model import Check, Formula, Program, Statement
from engine.rulebook.scope import Access, Unreachable
from engine.rulebook.wanted import needed_first, wanted
from engine.watching.cancel import Cancel


@dataclass
class Execution:
    """``given`` overrides values (tests): name to a value for all rows (key ``None``) or by key.

    ``observer`` hears which branch or row of a table was tried, ``watch`` which way a formula went, as
    :data:`Watch` says: from the first row that is looked at on, with those that are sorted out by 拒收, 排除 and 需要.

    ``elsewhere``: what another engine answers, of rows that it holds and rules that it works out faster. ``cancel``: is
    asked at every formula.
    """

    book: Book
    program: Program
    period: Period
    data: Data
    published: Published | None = None
    given: dict[str | Before, dict[tuple | None, Value]] = field(default_factory=dict)
    extra_rows: dict[str, list[tuple]] = field(default_factory=dict)
    given_grains: dict[str, str] = field(default_factory=dict)
    free_tables: dict[str, Record] = field(default_factory=dict)
    observer: Callable[[str, str, object, object], None] | None = None
    watch: Watch | None = None
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    cancel: Cancel = field(default_factory=Cancel)

    def __post_init__(self) -> None:
        self._parameters: dict[tuple[str, datetime.date], Value] = {}
        self._aggregating: dict[tuple[str, datetime.date], bool] = {}
        self.remarks: list[str] = []
        self.days = Days(self.book, self.program, self.period)
        self.closing = self.days.closing
        self.scope, self.own_day = self.days.scope, self.days.own_day
        self.formulas = Formulas(self.days)
        self.bound, self.compiled = self.formulas.bound, self.formulas.compiled
        self._begin(Phases())
        self.quick = self.elsewhere.quick(self)
        self.selection: Selection = self.elsewhere.select(self) or select(self)

    def _begin(self, phases: Phases) -> None:
        """Nothing is worked out yet; ``phases``: where it will be kept."""
        self.phases = phases
        self._busy: list[tuple] = []
        self.asked_inside = 0
        self.grains = Grains(self)
        self.belongs, self.in_grain = self.grains.belongs, self.grains.in_grain
        self.rows_of, self.group, self.project = self.grains.rows_of, self.grains.group, self.grains.project
        self.combinations, self.window = self.grains.combinations, self.grains.window
        self.any_rows, self.delivered_in = self.grains.any_rows, self.grains.delivered_in
        self._evaluator = self._make_evaluator()
        self.computed = self._evaluator.evaluate
        self._evaluator.watch = self.watch

    def over(self, selection: Selection, phases: Phases) -> Execution:
        """The same run over other rows: rules, formulas and parameters are as they were made ready here."""
        other = copy(self)
        other._begin(phases)
        other.selection = selection
        return other

    def _make_evaluator(self) -> Evaluator:
        return Evaluator(self)

    @property
    def judge(self) -> Execution:
        """The run itself: it is its own."""
        return self

    def hold(self) -> None:
        """Holds rows of which a needed value cannot be known."""
        hold(self)

    def earlier(self, period: Period) -> Execution:
        """The same program over another period, on the same data."""
        return Execution(
            self.book,
            self.program,
            period,
            self.data,
            given=self.given,
            given_grains=self.given_grains,
            free_tables=self.free_tables,
            cancel=self.cancel,
        )

    @property
    def now(self) -> Snapshot:
        """The rules of the closing day."""
        return self.days.now

    @property
    def rules_inside(self) -> int:
        """How many rules are being worked out inside each other, here and in the periods that asked this one."""
        return self.asked_inside + len(self._busy)

    @cached_property
    def first_names(self) -> set[str]:
        """Names whose aggregates run over all accepted rows: what 需要 depends on."""
        states = [self.now]
        if not self.program.rules_as_of_start and self.period.end >= self.book.start:
            states = self.book.between(max(self.period.start, self.book.start), self.period.end)
        return {name for book in states for name in needed_first(book, self.program)}

    @cached_property
    def wanted(self) -> set[str]:
        """Every name the program reaches."""
        return wanted(self.now, self.program)

    @cached_property
    def wanted_tables(self) -> set[str]:
        """Tables of which a wanted name is a field, or that are named themselves."""
        tables = {table for name in self.wanted for table in self.now.columns.get(name, ())}
        return {name for name in self.now.tables if name in tables or name in self.wanted}

    @cached_property
    def before(self) -> Execution | None:
        """The same program over the period before, where its data were delivered; in a series a region's test need not
        give them.
        """
        period = self.period.previous()
        in_test = self.program.series is not None and bool(self.free_tables)
        if not in_test and not delivered(self, period):
            return None
        held = self.elsewhere.before(period, self.remarks)
        if held is not None:
            return held
        earlier = self.earlier(period)
        earlier.remarks = self.remarks
        hold_or_stop(earlier)
        return earlier

    # -- values ------------------------------------------------------------

    def value(self, name: str, row: Row, day: datetime.date) -> Value:
        """``name`` as read from ``row`` on ``day``. Raises :class:`Unresolved`."""
        if row.leaves is not None and name in row.leaves:
            leaf = row.leaves[name]
            if isinstance(leaf, Unresolved):
                raise leaf.again()
            return leaf
        if name in self.given:
            given = lookups.given_value(self, name, row)
            if not isinstance(given, lookups.Nothing):
                return given
        try:
            access = self.scope(day).reach(row.grain, name)
        except Unreachable as error:
            if error.code == "E303" and (name in self.now.entries or name in self.now.columns):
                raise Unresolved(f"{name} 在 {day} 还没有施行", name, "尚未施行") from None
            raise Unresolved(error.message, name, "走不到") from None
        return self.fetch(access, row, day)

    def fetch(self, access: Access, row: Row, day: datetime.date) -> Value:
        """What ``access`` leads to from ``row``."""
        kind = access.kind
        if kind == "parameter":
            return self.parameter(access.name, day)
        if kind == "period":
            return self.period.named(access.name)
        if kind == "key":
            return row.key[self.scope(day).keys(row.grain).index(access.name)]
        target = row if access.own else self.target(access, row, day)
        return None if target is None else self.at_target(access, target, day)

    def at_target(self, access: Access, target: Row, day: datetime.date) -> Value:
        """What ``access`` means on the row that it leads to."""
        if access.kind == "field":
            return lookups.field_value(self, access.name, target)
        for subset in reversed(access.subsets):
            if not self.belongs(subset, target):
                return None
        if access.kind == "check":
            return lookups.check_value(self, self.scope(day).book.checks[access.name], target, day)
        return self.rule_value(access.name, target, day)

    def target(self, access: Access, row: Row, day: datetime.date) -> Row | None:
        """The row of another grain that ``row`` leads to; ``None`` where a key or the row is absent."""
        key = tuple([self.value(step.name, row, day) for step in access.keys])
        if any(part is None for part in key):
            return None
        return lookups.row_at(self, access.grain, key, day)

    def parameter(self, name: str, day: datetime.date) -> Value:
        """The figure in force on ``day``."""
        book = self.scope(day).book
        key = (name, book.day)
        if key not in self._parameters:
            self._parameters[key] = lookups.figure(book.parameters[name], day)
        return self._parameters[key]

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        """A rule on its own row. An aggregate is as of the row's own date, anything else as of ``day``."""
        if self.quick is not None and self.quick.takes(name, row, day):
            return self.quick.rule_value(name, row, day)
        if name in self.given:
            given = lookups.given_value(self, name, row)
            if not isinstance(given, lookups.Nothing):
                return given
        book = self.scope(day).book
        if self.aggregates(book, name):
            day = self.own_day(row)
            book = self.scope(day).book
            if name not in book.rules:
                raise Unresolved(f"{name} 在 {day} 还没有施行", name, "尚未施行")
        key = (name, row.grain, row.key, book.day)
        known = self.phases.of(name).known
        found = known.get(key)
        if found is None and key not in known:  # absent is a value too
            found = known[key] = self._work_out(key, book, row, day)
        if isinstance(found, Unresolved):
            raise found.again()
        return found

    def worked_out(self, name: str, row: Row) -> Value:
        """A rule on its own row as of that row's date, worked out again from what it reads, though it may be known."""
        book = self.scope(self.own_day(row)).book
        found = self._work_out((name, row.grain, row.key, book.day), book, row, self.own_day(row))
        if isinstance(found, Unresolved):
            raise found.again()
        return found

    def _work_out(self, key: tuple, book: Snapshot, row: Row, day: datetime.date) -> Value | Unresolved:
        name = key[0]
        if key in self._busy:
            raise Unresolved(f"{name} 绕成了圈，自己用到自己", name, "循环")
        if len(self._busy) >= DEEP:
            for stop in stops_before(book).get(name, ()):
                with suppress(Unresolved):
                    self.value(stop, row, day)
        self._busy.append(key)
        try:
            return compute(self, book.rules[name], row, day)
        except Unresolved as error:
            return error.at(name).on(row.grain, row.key)
        finally:
            self._busy.pop()

    def aggregates(self, book: Snapshot, name: str) -> bool:
        """Whether a rule looks at other rows itself."""
        key = (name, book.day)
        if key not in self._aggregating:
            self._aggregating[key] = lookups.has_aggregate(book.rules[name])
        return self._aggregating[key]

    def grain_of_rule(self, row: Row) -> str:
        """The grain of the rule now being computed, whose rows a window runs over."""
        for name, grain, _, day in reversed(self._busy):
            rule = self.book.at(day).rules.get(name)
            if rule is not None and grain == row.grain:
                return rule.grain
        return row.grain

    def over_accepted(self) -> bool:
        """Whether sums of the rule now being computed run over all accepted rows: before rows are held, and of what
        需要 depends on.
        """
        return not self.phases.settled or (bool(self._busy) and self._busy[-1][0] in self.first_names)

    @contextmanager
    def inside(self, name: str, row: Row, day: datetime.date) -> Iterator[None]:
        """In it parts of the rule ``name`` are worked out as while the rule itself is: over the accepted or the settled
        rows, and at its grain. An explanation asks for the parts of a formula one by one.
        """
        self._busy.append((name, row.grain, row.key, self.scope(day).book.day))
        try:
            yield
        finally:
            self._busy.pop()

    # -- formulas ------------------------------------------------------------

    def evaluate(
        self, formula: Formula, grain: str, row: Row, day: datetime.date,
        expected: Type | None = None, rooted: bool = False,
    ) -> Value:  # fmt: skip
        """A formula of ``grain`` on ``row`` under the rules of ``day``."""
        self.cancel.refuse()
        node = self.compiled(formula, grain, day, expected, rooted)
        before, self._evaluator.text = self._evaluator.text, formula.text
        try:
            return self._evaluator.evaluate(node, row, day)
        finally:
            self._evaluator.text = before

    def truth(self, formula: Formula, grain: str, row: Row, day: datetime.date) -> bool:
        """A condition; absent is not an answer."""
        return _answer(self.evaluate(formula, grain, row, day, BOOL))

    def holds(self, where: ast.expr, row: Row) -> bool:
        """A compiled 当 on a row, as of that row's date; absent is not an answer."""
        return _answer(self._evaluator.evaluate(where, row, self.own_day(row)))

    def note(self, what: str, name: str, place: object, outcome: object) -> None:
        """Tells the observer which branch or table row was tried, and whether it applied."""
        if self.observer is not None:
            self.observer(what, name, place, outcome)

    # -- what came of it ------------------------------------------------------------

    def notes(self) -> list[str]:
        """What to know about how the run went."""
        return list(dict.fromkeys(self.remarks))

    def rows_with_codes(self, table: str, field: str, codes: Sequence[str]) -> list[tuple[int, int]]:
        """For each code: how many rows of a delivered table have it, and how many have one that begins with it."""
        cells = Counter(
            row.record[field] for row in self.selection.everything[table] if row.record and field in row.record
        )
        texts = [(cell, count) for cell, count in cells.items() if isinstance(cell, str)]
        longer = [sum(n for text, n in texts if text.startswith(code) and text != code) for code in codes]
        return [(cells[code], more) for code, more in zip(codes, longer, strict=True)]

    def verdicts_of(self, *states: str) -> list[tuple[str, int, Verdict]]:
        """Rows that ended in one of ``states``: table, row number and why, in order."""
        return [
            (table, number, verdict)
            for table, verdicts in self.selection.verdicts.items()
            for number, verdict in sorted(verdicts.items())
            if verdict.state in states
        ]

    def held_count(self) -> int:
        return len(self.verdicts_of(HELD))

    def came_in(self, table: str) -> int:
        """How many rows of a table are of the run, the refused ones too: all but those outside the period."""
        outside = sum(verdict.state == OUTSIDE for verdict in self.selection.verdicts[table].values())
        return len(self.selection.everything[table]) - outside

    def record_of(self, table: str, number: int) -> Record:
        """The fields of a row."""
        return self.selection.everything[table][number].record or {}

    def key_of(self, table: str, number: int) -> tuple[Value, ...]:
        return self.keys_of([(table, number)])[table, number]

    def keys_of(self, rows: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[Value, ...]]:
        """The keys of rows by table and number."""
        return {(table, number): self.selection.everything[table][number].key for table, number in rows}

    def rows_to_assert(self, check: Check) -> list[Row]:
        """The rows on which a 必须 is looked at."""
        return self.rows_of(check.grain)

    def count_rows(self, grain: str) -> int:
        """How many rows a grain has."""
        return len(self.rows_of(grain))

    def rows_where_true(self, formula: Formula, grain: str) -> int:
        """On how many rows of a grain a condition is known to hold."""
        return sum(self._holds(formula, grain, row) for row in self.rows_of(grain))

    def _holds(self, formula: Formula, grain: str, row: Row) -> bool:
        try:
            return self.truth(formula, grain, row, self.own_day(row))
        except Unresolved:
            return False

    def lines(self, statement: Statement, columns: list[SheetColumn]) -> tuple[Sequence[list[Value]], list[Failed]]:
        """The lines of a statement, and what could not be known."""
        return sheets.lines(self, statement, columns)

    def with_constant(self, rows: Sequence[list[Value]], value: Value) -> Sequence[list[Value]]:
        """Rows with one more column that is the same on every row."""
        return [[*line, value] for line in rows]

    def kept_rows(self, base: str, columns: list[SheetColumn]) -> Sequence[Sequence[Value | Unresolved]]:
        """Values of all rows of a grain."""
        if self.quick is not None and self.quick.takes_rows(base):
            return self.quick.kept_rows(base, columns)
        return kept.kept_rows(self, base, columns)

    def account(self, table: str) -> Account:
        """Where the rows of a table went."""
        return account(self, table)

    # -- rows ------------------------------------------------------------

    def table(self, name: str) -> TableRows:
        """The rows of a table that take part."""
        return self.selection.tables[name]

    def rows_left(self) -> None:
        """After rows were taken out: a new phase, if anything was worked out over them."""
        if self.phases.now.looked_at or self.elsewhere.looked_at():
            self.phases.rows_left(True)

    def settle(self, held: bool = True) -> None:
        """From here on aggregates that 需要 does not depend on run over the settled rows; ``held``: whether a row may
        have been held.
        """
        self.phases.settle(self.first_names, held)


def _answer(found: Value) -> bool:
    if found is None:
        raise Unresolved("条件用到空值；先用 有、没有 或 缺省 处理", cause="条件用到空值")
    return bool(found)
