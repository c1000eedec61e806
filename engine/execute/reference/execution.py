"""One program over one period: values are worked out when asked for, each once, with the first cause of
what fails.
"""

from __future__ import annotations

import ast
import datetime
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from engine.execute.period import Period
from engine.execute.reference import lookups
from engine.execute.reference.aggregates import Root
from engine.execute.reference.evaluator import Evaluator
from engine.execute.reference.rows import Record, Row, TableRows
from engine.execute.reference.selection import Selection, select
from engine.execute.reference.to_ast import to_ast
from engine.language import tree
from engine.language.types import BOOL, Kind, Type
from engine.language.values import Month, Unresolved, Value, round_to
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import (
    REQUIRED,
    Cases,
    Check,
    DecisionTable,
    Formula,
    Grain,
    Program,
    Required,
    Rule,
)
from engine.rulebook.parts import branch_condition, cell_condition, strict_columns
from engine.rulebook.scope import Access, Scope, Unreachable
from engine.rulebook.wanted import needed_first, wanted

NOT_ASKED = object()
RECURSION_LIMIT = 10_000
"""Rules call rules: a name a dozen frames, and a series its periods in order.

Python stops at 1 000 frames otherwise.
"""


class Data(Protocol):
    """Where rows come from: ``rows`` of a table (``None`` if it was not delivered)."""

    def rows(self, table: str) -> list[Record] | None: ...


class Published(Protocol):
    """Values that an earlier run has published (``--previous``)."""

    def value(self, name: str, grain: str, key: tuple[Value, ...]) -> tuple[bool, Value]: ...


@dataclass
class Execution:
    """``given`` overrides values (tests): name to a value for all rows (key ``None``) or by key."""

    book: Book
    program: Program
    period: Period
    data: Data
    published: Published | None = None
    earlier: Execution | None = None
    given: dict[str, dict[tuple | None, Value]] = field(default_factory=dict)
    extra_rows: dict[str, list[tuple]] = field(default_factory=dict)
    _values: dict[tuple, Value | Unresolved] = field(default_factory=dict)
    _compiled: dict[tuple, ast.expr] = field(default_factory=dict)
    _scopes: dict[datetime.date, tuple[Scope, Binder]] = field(default_factory=dict)
    _groups: dict[tuple, dict[tuple, list[Row]]] = field(default_factory=dict)
    _lists: dict[tuple, list[Row]] = field(default_factory=dict)
    _busy: list[tuple] = field(default_factory=list)
    given_grains: dict[str, str] = field(default_factory=dict)
    free_tables: dict[str, Record] = field(default_factory=dict)
    observer: Callable[[str, str, object, object], None] | None = None
    _by_day: dict[datetime.date, tuple[Scope, Binder]] = field(default_factory=dict)
    _aggregating: dict[tuple, bool] = field(default_factory=dict)
    used_parameters: set[str] = field(default_factory=set)
    _windows: dict[tuple, dict] = field(default_factory=dict)
    _before: Execution | None | object = None
    _history_days: dict[tuple[str, int], datetime.date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sys.setrecursionlimit(max(RECURSION_LIMIT, sys.getrecursionlimit()))
        self.evaluator = Evaluator(self)
        self.settled = False
        self._before = NOT_ASKED
        self.selection: Selection = select(self)

    # -- windows and periods ------------------------------------------------------------

    def window(self, node: ast.Call, row: Row, work: Callable, history: bool = False) -> dict:
        """``work`` over all rows that share a window with ``row``'s rule, done once."""
        grain = self._grain_of_rule(row)
        first = not self.settled or self.busy_first()
        key = ("窗口", id(node), grain, first)
        if key not in self._windows:
            rows = self.rows_of(grain, first)
            if history and row.grain in self.selection.main_tables:
                rows = [
                    r
                    for r in self.selection.history(row.grain, self.period.end)
                    if self._in_history(grain, r)
                ]
            self._windows[key] = work(self, node, rows)
        return self._windows[key]

    def _in_history(self, grain: str, row: Row) -> bool:
        """Whether a row belongs to ``grain``; rows older than the rules are seen by the first rules there
        are.
        """
        if self.own_day(row) < self.book.start:
            self._history_days[row.grain, row.number] = self.book.start
        try:
            return self.in_grain(grain, row)
        except Unresolved:
            return False

    def _grain_of_rule(self, row: Row) -> str:
        """The grain of the rule now being computed, whose rows a window runs over."""
        for name, grain, _, day in reversed(self._busy):
            rule = self.book.at(day).rules.get(name)
            if rule is not None and grain == row.grain:
                return rule.grain
        return row.grain

    def busy_first(self) -> bool:
        """Whether the rule now being computed is one that 需要 depends on."""
        return bool(self._busy) and self._busy[-1][0] in self.first_names

    def before(self) -> Execution | None:
        """The same program over the period before, where its data were delivered; in a series always."""
        if self._before is NOT_ASKED:
            from engine.execute.reference.run import earlier_execution

            self._before = earlier_execution(self)
        return self._before

    @cached_property
    def wanted_tables(self) -> set[str]:
        """Tables of which a wanted name is a field, or that are named themselves."""
        book = self.now
        tables = {table for name in self.wanted for table in book.columns.get(name, ())}
        return {name for name in book.tables if name in tables or name in self.wanted}

    # -- the rules of a day ------------------------------------------------------------

    @property
    def closing(self) -> datetime.date:
        """The day for rows without a time of their own."""
        return self.period.start if self.program.rules_as_of_start else self.period.end

    def scope(self, day: datetime.date) -> Scope:
        return self._on(day)[0]

    def _on(self, day: datetime.date) -> tuple[Scope, Binder]:
        found = self._by_day.get(day)
        if found is None:
            epoch = self._epoch(day)
            if epoch not in self._scopes:
                scope = Scope(self.book.at(epoch), self.program, self.period.kind)
                self._scopes[epoch] = (scope, Binder(scope))
            found = self._by_day[day] = self._scopes[epoch]
        return found

    def _epoch(self, day: datetime.date) -> datetime.date:
        try:
            return self.book.epoch(day)
        except ValueError as error:
            raise Unresolved(str(error), cause="尚未施行") from None

    @property
    def now(self) -> Snapshot:
        return self.scope(self.closing).book

    @cached_property
    def first_names(self) -> set[str]:
        """Names whose aggregates run over all accepted rows: what 需要 depends on."""
        return needed_first(self.now, self.program)

    @cached_property
    def wanted(self) -> set[str]:
        return wanted(self.now, self.program)

    def own_day(self, row: Row) -> datetime.date:
        """The date of a row: its own 归期, the end of the time it is of, or the period's end."""
        if self.program.rules_as_of_start:
            return self.period.start
        table = self.now.tables.get(row.grain)
        if table is not None and row.record is not None and table.period_field:
            found = row.record.get(table.period_field)
            if isinstance(found, datetime.date):
                return self._history_days.get((row.grain, row.number), found)
        scope = self.scope(self.closing)
        for name, value in zip(scope.keys(row.grain), row.key, strict=False):
            if isinstance(value, Month):
                return min(value.last_day(), self.period.end)
            type_ = scope.dimension_type(name)
            if isinstance(value, datetime.date):
                return value
            if type_ is not None and type_.unit.label == "年" and value is not None:
                return min(datetime.date(int(value), 12, 31), self.period.end)  # type: ignore[arg-type]
        return self.period.end

    # -- values ------------------------------------------------------------

    def value(self, name: str, row: Row, day: datetime.date) -> Value:
        """``name`` as read from ``row`` on ``day``. Raises :class:`Unresolved`."""
        if name in self.given:
            found = lookups.given_value(self, name, row)
            if found is not lookups.NOTHING:
                return found  # type: ignore[return-value]
        if name == "期年":
            from fractions import Fraction

            return Fraction(self.period.year)
        if name == "期初":
            return self.period.start
        if name == "期末":
            return self.period.end
        try:
            access = self.scope(day).reach(row.grain, name)
        except Unreachable as error:
            raise Unresolved(error.message, name, "走不到") from None
        return self.fetch(access, row, day)

    def fetch(self, access: Access, row: Row, day: datetime.date) -> Value:
        if access.kind == "parameter":
            self.used_parameters.add(access.name)
            return self.parameter(access.name, day)
        if access.kind == "key":
            return row.key[self.scope(day).keys(row.grain).index(access.name)]
        target: Row | None = row
        if not access.own:
            key = tuple(self.value(step.name, row, day) for step in access.keys)
            if any(part is None for part in key):
                return None
            target = lookups.row_at(self, access.grain, key, day)
        if target is None:
            return None
        if access.kind == "field":
            return lookups.field_value(self, access.name, target)
        if any(not self.belongs(subset, target) for subset in reversed(access.subsets)):
            return None
        if access.kind == "check":
            return self.check_value(access.name, target, day)
        return self.rule_value(access.name, target, day)

    def parameter(self, name: str, day: datetime.date) -> Value:
        parameter = self.scope(day).book.parameters[name]
        current = [formula for start, formula in parameter.values if start <= day]
        if not current:
            if not parameter.values:
                raise Unresolved(
                    f"{name} 待定：{parameter.provenance.note or '没有来源给出数值'}", name, REQUIRED
                )
            raise Unresolved(f"{name} 在 {day} 还没有取值", name, "尚未施行")
        return lookups.constant(current[-1].tree, parameter.type)

    def rule_value(self, name: str, row: Row, day: datetime.date) -> Value:
        """A rule on its own row. An aggregate is as of the row's own date, anything else as of ``day``."""
        if name in self.given:
            found = lookups.given_value(self, name, row)
            if found is not lookups.NOTHING:
                return found  # type: ignore[return-value]
        book = self.scope(day).book
        if self.aggregates(book, name):
            day = self.own_day(row)
            book = self.scope(day).book
            if name not in book.rules:
                raise Unresolved(f"{name} 在 {day} 还没有施行", name, "尚未施行")
        key = (name, row.grain, row.key, book.day)
        if key not in self._values:
            if key in self._busy:
                raise Unresolved(f"{name} 绕成了圈，自己用到自己", name, "循环")
            self._busy.append(key)
            try:
                self._values[key] = self.compute(book.rules[name], row, day)
            except Unresolved as error:
                self._values[key] = error.at(name)
            finally:
                self._busy.pop()
        found = self._values[key]
        if isinstance(found, Unresolved):
            raise found.again()
        return found

    def aggregates(self, book: Snapshot, name: str) -> bool:
        """Whether a rule looks at other rows itself."""
        key = (name, book.day)
        if key not in self._aggregating:
            self._aggregating[key] = lookups.has_aggregate(book.rules[name])
        return self._aggregating[key]

    def compute(self, rule: Rule, row: Row, day: datetime.date) -> Value:
        """The rule's formula, case or table row on ``row``, rounded as it says."""
        if isinstance(rule.body, DecisionTable):
            columns = rule.body.columns
            if any(self.value(columns[i], row, day) is None for i in strict_columns(rule.body)):
                return None
        formula, status = self.choose(rule, row, day)
        if formula is None:
            note = rule.provenance.note or "没有来源给出数值"
            raise Unresolved(f"{rule.name} 待定：{note}", rule.name, status)
        found = self.evaluate(formula, rule.grain, row, day, rule.type, rule.rounding is not None)
        if rule.rounding is None:
            return found
        if isinstance(found, Root):
            return found.rounded(rule.rounding.digits, rule.rounding.mode)
        return None if found is None else round_to(found, rule.rounding.digits, rule.rounding.mode)  # type: ignore[arg-type]

    def choose(self, rule: Rule, row: Row, day: datetime.date) -> tuple[Formula | None, str]:
        """The formula that applies on ``row``; ``None`` where it is 待定."""
        body = rule.body
        if isinstance(body, Formula):
            return body, ""
        if isinstance(body, Required):
            return None, REQUIRED
        if isinstance(body, Cases):
            for branch in body.branches:
                condition = branch_condition(body, branch)
                holds = condition is None or self.truth(condition, rule.grain, row, day)
                self.note("branch", rule.name, branch.provenance.place, holds)
                if holds:
                    return branch.value, REQUIRED
            raise Unresolved(f"{rule.name} 没有一种情形适用", rule.name, "没有适用的情形")
        assert isinstance(body, DecisionTable)
        matched = []
        for line in body.rows:
            cells = (cell_condition(body, line, index) for index in range(len(body.columns)))
            holds = all(cell is None or self.truth(cell, rule.grain, row, day) for cell in cells)
            self.note("row", rule.name, line.provenance.place, holds)
            if holds:
                matched.append(line)
        if len(matched) != 1:
            what = "没有一行" if not matched else "不止一行"
            raise Unresolved(f"{rule.name} 的表里{what}适用", rule.name, f"表里{what}适用")
        return matched[0].value, REQUIRED

    def truth(self, formula: Formula, grain: str, row: Row, day: datetime.date) -> bool:
        """A condition; absent is not an answer."""
        found = self.evaluate(formula, grain, row, day, BOOL)
        if found is None:
            raise Unresolved("条件用到空值；先用 有、没有 或 缺省 处理", cause="条件用到空值")
        return bool(found)

    def holds(self, where: ast.expr, row: Row) -> bool:
        """A compiled 当 on a row, as of that row's date; absent is not an answer."""
        found = self.evaluator.evaluate(where, row, self.own_day(row))
        if found is None:
            raise Unresolved("条件用到空值；先用 有、没有 或 缺省 处理", cause="条件用到空值")
        return bool(found)

    def evaluate(
        self,
        formula: Formula,
        grain: str,
        row: Row,
        day: datetime.date,
        expected: Type | None = None,
        rooted: bool = False,
    ) -> Value:
        before, self.evaluator.text = self.evaluator.text, formula.text
        try:
            return self.evaluator.evaluate(self.compiled(formula, grain, day, expected, rooted), row, day)
        finally:
            self.evaluator.text = before

    def compiled(
        self,
        formula: Formula,
        grain: str,
        day: datetime.date,
        expected: Type | None = None,
        rooted: bool = False,
    ) -> ast.expr:
        key = (id(formula.tree), grain, self._epoch(day), expected)
        if key not in self._compiled:
            self._compiled[key] = to_ast(self.bound(formula, grain, day, expected, rooted))
            self._kept.append(formula.tree)
        return self._compiled[key]

    def bound(
        self,
        formula: Formula,
        grain: str,
        day: datetime.date,
        expected: Type | None = None,
        rooted: bool = False,
    ) -> tree.Node:
        try:
            return self._on(day)[1].bind(formula, grain, expected, rooted=rooted).tree
        except BindError as error:
            raise Unresolved(error.message, cause=f"公式有错（{error.code}）") from None

    @cached_property
    def _kept(self) -> list[tree.Node]:
        """Trees whose identity is a key of the compiled cache."""
        return []

    def note(self, what: str, name: str, place: object, outcome: object) -> None:
        if self.observer is not None:
            self.observer(what, name, place, outcome)

    # -- grains ------------------------------------------------------------

    def belongs(self, subset: str, row: Row) -> bool:
        """Whether a row of the base meets a narrowed grain's condition, as of the row's own date."""
        day = self.own_day(row)
        grain = self.scope(day).book.grains.get(subset)
        if grain is None or grain.condition is None or not grain.of:
            return True
        if subset in self.given:
            return True
        key = (subset, row.grain, row.key, self._epoch(day))
        if key not in self._values:
            try:
                self._values[key] = self.truth(grain.condition, grain.of, row, day)
            except Unresolved as error:
                self._values[key] = error.at(subset)
        found = self._values[key]
        if isinstance(found, Unresolved):
            raise found.again()
        return bool(found)

    def in_grain(self, grain: str, row: Row) -> bool:
        return all(
            self.belongs(subset, row) for subset in reversed(self.scope(self.own_day(row)).chain(grain))
        )

    def table(self, name: str) -> TableRows:
        return self.selection.tables[name]

    def rows_of(self, grain: str, first: bool = False) -> list[Row]:
        """The rows of a grain in key order: ``first`` over all accepted rows, otherwise over the settled
        ones.
        """
        key = (grain, first)
        if key not in self._lists:
            base = self.scope(self.closing).base(grain)
            rows = lookups.base_rows(self, base, first)
            kept = [row for row in rows if self.in_grain(grain, row)]
            self._lists[key] = sorted(kept, key=Row.sort_key)
        return self._lists[key]

    def group(self, source: str, grain: str, row: Row, first: bool) -> list[Row]:
        """The rows of ``source`` below ``row`` of ``grain``."""
        keys = self.scope(self.closing).keys(grain)
        key = (source, keys, first)
        if key not in self._groups:
            groups: dict[tuple, list[Row]] = {}
            for item in self.rows_of(source, first):
                found = self.project(item, keys)
                if found is not None:
                    groups.setdefault(found, []).append(item)
            self._groups[key] = groups
        return self._groups[key].get(row.key, [])

    def project(self, row: Row, keys: tuple[str, ...]) -> tuple | None:
        """The keys that a row determines; ``None`` where one of them is absent."""
        day = self.own_day(row)
        found = tuple(self.value(key, row, day) for key in keys)
        return None if any(part is None for part in found) else found

    # -- checks and calls ------------------------------------------------------------

    def check_value(self, name: str, row: Row, day: datetime.date) -> Value:
        return lookups.check_value(self, self.scope(day).book.checks[name], row, day)

    def call(self, name: str, node: ast.Call, row: Row, day: datetime.date, evaluator: Evaluator) -> Value:
        return CALLS[name](self, node, row, day)

    def settle(self) -> None:
        """From here on aggregates that 需要 does not depend on run over the settled rows."""
        self.settled = True
        self._lists.clear()
        self._groups.clear()
        self._windows.clear()
        dropped = [key for key in self._values if key[0] not in self.first_names]
        for key in dropped:
            del self._values[key]

    def names(self) -> Iterator[str]:
        yield from sorted(self.wanted)


from engine.execute.reference.calls import CALLS  # noqa: E402

__all__ = ["CALLS", "Execution", "Check", "Grain", "Kind"]
