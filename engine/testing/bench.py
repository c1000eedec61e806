"""An execution over values that a test sets: fields, rules, parameters, whole rows; nothing is read from files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Protocol

from engine.data.values import OutOfRange
from engine.execute.period import Period, parse_period
from engine.execute.reference.execution import Execution
from engine.execute.reference.inputs import Before
from engine.execute.reference.rows import Record, Row
from engine.execute.reference.run import MemoryTables
from engine.execute.reference.selection import hold
from engine.language.functions import value_before
from engine.language.types import Kind
from engine.language.values import Month, Unresolved, Value, render
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book
from engine.rulebook.model import Program, Table
from engine.rulebook.scope import Scope
from engine.rulebook.wanted import closure
from engine.testing.rows_given import own_rows
from engine.testing.typed_text import TestProblem, read_given

PLACEHOLDER = "测试"


class Watcher(Protocol):
    """Hears what an example touches (coverage)."""

    def branch(self, what: str, name: str, place: object, applied: object) -> None:
        """A branch or a row of a decision table was tried."""

    def bound(self, formula: str, node: object, end: str, side: int) -> None:
        """A value was held against a bound: below (−1), at (0) or above it (1), as ``Watch`` has it."""


@dataclass
class Setting:
    """What a test gives: the program, the period, the day of its row, values for every row, and rows."""

    program: Program
    period: Period
    day: datetime.date
    values: dict[str, Value | OutOfRange] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Value | OutOfRange]]] = field(default_factory=dict)
    before: dict[str, Value | OutOfRange] = field(default_factory=dict)


def setting(book: Book, program: str | None, period: str | None, day: str | None) -> Setting:
    """Program, period and day of a test, each with its default. Raises :class:`TestProblem`."""
    when = _day(day) if day else None
    start = when or book.start
    try:
        chosen = parse_period(period) if period else None
    except ValueError as error:
        raise TestProblem(str(error)) from None
    if chosen is not None and chosen.end >= book.start:
        start = when or max(chosen.start, book.start)
    snapshot = book.at(start)
    if program is not None and program not in snapshot.programs:
        raise TestProblem(f"没有 {program} 这个程序；有 {'、'.join(snapshot.programs)}")
    found = snapshot.programs[program] if program else Program(PLACEHOLDER, ("年",), ())
    if chosen is None:
        kind = found.periods[0] if found.periods else "年"
        month = Month(start.year, start.month)
        quarter = Month(start.year, (start.month - 1) // 3 * 3 + 1)
        ends = {
            "月": (month, month),
            "季": (quarter, quarter.next().next()),
            "年": (Month(start.year, 1), Month(start.year, 12)),
        }
        chosen = Period(*ends[kind])
    return Setting(found, chosen, when or max(chosen.start, book.start))


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise TestProblem(f"归期 {text} 不是日期") from None


def bench(book: Book, given: Setting, targets: list[str], watcher: Watcher | None = None) -> Execution:
    """An execution in which ``targets`` can be read: where no row is given for a target's grain, one is made.

    ``watcher`` hears everything from the first row on: what sorts rows out is worked out before anything is read.
    """
    scope = Scope(book.at(max(given.day, book.start)), given.program, given.period.kind)
    made = _Made(scope, given)
    for grain, rows in given.rows.items():
        made.place(grain, rows)
    made.add_missing(targets)
    made.add_own(book, targets)
    program = given.program
    if not given.rows:
        program = replace(program, hold_limit=10**9, refuse_limit=Fraction(1), need={}, exclude={}, rows={})
    execution = Execution(
        book, program, given.period, MemoryTables(made.tables), given=made.values, extra_rows=made.extra,
        given_grains=made.grains,
        free_tables={name: made.record(t, {}) for name, t in scope.book.tables.items() if name not in made.tables},
        observer=watcher.branch if watcher else None, watch=watcher.bound if watcher else None,
    )  # fmt: skip
    hold(execution)
    return execution


@dataclass
class _Made:
    """What the execution has instead of data: records of ``tables``, keys of ``extra`` rows of what is not delivered,
    ``values`` of names by the key of a row (``None``: on every row), and of which base each name's rows are.
    """

    scope: Scope
    given: Setting
    tables: dict[str, list[Record]] = field(default_factory=dict)
    extra: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    values: dict[str | Before, dict[tuple[Any, ...] | None, Any]] = field(default_factory=dict)
    grains: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.given.values.items():
            self.values[name] = {None: value}
        for name, value in self.given.before.items():
            self.values[Before(name)] = {None: value}

    def delivered(self, base: str) -> Table | None:
        """The table whose rows ``base`` has; ``None`` if it has none, or none that says more than rules work out."""
        table = self.scope.book.tables.get(base)
        beside = set(table.fields) - set(table.key) if table is not None else set()
        return None if beside and beside <= self.scope.computed else table

    def place(self, grain: str, rows: list[dict[str, Value | OutOfRange]]) -> None:
        """Rows that are given. Raises :class:`TestProblem` for one without its key, or a second of the same."""
        scope, base = self.scope, self.scope.base(grain)
        keys, table = scope.keys(base), self.delivered(base)
        records = self.tables.setdefault(base, []) if table is not None else []
        seen: set[tuple[Any, ...]] = set()
        for row in rows:
            missing = [key for key in keys if key not in row]
            if missing:
                raise TestProblem(f"{grain} 的行要有键 {'、'.join(missing)}")
            key = tuple(row[name] for name in keys)
            _only_once(grain, keys if table is None else table.key, row, seen)
            if table is None:
                self.extra.setdefault(base, []).append(key)
            else:
                records.append(self.record(table, {n: v for n, v in row.items() if n in table.fields}))
            for name, value in row.items():
                is_field = table is not None and name in table.fields and not scope.as_rule(name)
                if name in keys or is_field:
                    continue
                before = value_before(name)
                self.values.setdefault(name if before is None else Before(before), {})[key] = value
                self.grains[name] = base

    def add_missing(self, targets: list[str]) -> None:
        """A row for each target's grain of which none is given."""
        scope, values = self.scope, self.given.values
        for target in targets:
            home = scope.home(target) or (target if target in scope.book.grains else None)
            if home is None:
                continue
            base = scope.base(home)
            table, keys = self.delivered(base), scope.keys(base)
            if table is not None:
                if base not in self.tables:
                    own = {name: value for name, value in values.items() if name in table.fields}
                    own |= {key: own.get(key, _placeholder(scope, key)) for key in keys}
                    self.tables[base] = [self.record(table, own)]
            elif base not in self.extra and keys and not _seen(scope, keys, self.given):
                self.extra[base] = [tuple(values.get(key, _placeholder(scope, key)) for key in keys)]

    def add_own(self, book: Book, targets: list[str]) -> None:
        """The region's own rows (行: FILE) of tables that ``targets``, or what sorts rows out, read and
        of which the example says nothing.
        """
        scope, given = self.scope, self.given
        own = [t for t in scope.book.tables.values() if t.rows_file is not None and t.name not in self.tables]
        sorts = (*given.program.need.values(), *given.program.exclude.values())
        asked = {*targets, *(name for names in sorts for name in names)}
        names = closure(scope.book, asked, scope.computed) if own else set()
        for table in own:
            fields = set(table.fields) - set(table.key)
            if not fields & given.values.keys() and (table.name in names or fields & names):
                self.tables[table.name] = own_rows(book, table.name, book.epoch(scope.book.day))

    def record(self, table: Table, fields: Mapping[str, Value | OutOfRange]) -> Record:
        """A row of ``table``: what is given of it, else what stands where nothing was delivered."""
        record: Record = {}
        for name, declared in table.fields.items():
            if name in fields and not (fields[name] is None and declared.has_default):
                record[name] = fields[name]
            elif name == table.period_field:
                is_day = declared.type.kind is Kind.DATE
                record[name] = self.given.day if is_day else self.given.period.key(declared.type)
            elif declared.has_default:
                record[name] = declared.default
            elif declared.nullable:
                record[name] = None
        return record


def _only_once(
    grain: str, keys: tuple[str, ...], row: Mapping[str, Value | OutOfRange], seen: set[tuple[Any, ...]]
) -> None:
    """Refuses a second row with the same whole key: of two values the later one would hide the other."""
    if not keys or any(key not in row for key in keys):
        return
    key = tuple(row[name] for name in keys)
    if key in seen:
        raise TestProblem(f"{grain} 有两行的 {'、'.join(keys)} 都是 {'、'.join(map(_shown, key))}：同一个键只写一行")
    seen.add(key)


def _seen(scope: Scope, keys: tuple[str, ...], given: Setting) -> bool:
    """Whether rows to be settled are given, in which the combinations of ``keys`` are seen."""
    tables = [scope.book.tables[name] for name in given.rows if name in scope.book.tables]
    settled = [t.name for t in tables if t.period_field and t.fields[t.period_field].type.kind is Kind.DATE]
    return any(scope.determines(name, keys) for name in settled)


def _placeholder(scope: Scope, key: str) -> Value:
    """Some value of the type that a key has."""
    type_ = scope.dimension_type(key) or Binder(scope).rule_type(key)
    if type_.kind is Kind.CLASS:
        return type_.classes[0]
    some: dict[Kind, Value] = {
        Kind.NUMBER: Fraction(0),
        Kind.DATE: datetime.date(2000, 1, 1),
        Kind.MONTH: Month(2000, 1),
    }
    return some.get(type_.kind, PLACEHOLDER)


def target_row(execution: Execution, name: str, keys: dict[str, Value] | None = None) -> Row:
    """The row of ``name``'s grain at ``keys``, or its only row. Raises :class:`TestProblem`."""
    scope = execution.scope(execution.closing)
    home = scope.home(name) or name
    if home in scope.book.parameters:
        return Row("", ())
    try:
        rows = list(base_rows(execution, scope.base(home)))
    except Unresolved as error:
        raise TestProblem(f"{home} 的行不能确定：{error}") from None
    if keys is not None:
        wanted = tuple(keys[key] for key in scope.keys(home))
        rows = [row for row in rows if row.key == wanted]
        if not rows:
            at = "、".join(f"{name} = {_shown(keys[name])}" for name in scope.keys(home))
            raise TestProblem(f"{home} 没有 {at} 这一行：“已知”没有给出，或被排除了")
    if len(rows) != 1:
        raise TestProblem(f"{name} 是 {home} 的值，这里有 {len(rows)} 行，用表写明是哪一行")
    return rows[0]


def _shown(value: Value | OutOfRange) -> str:
    return render(value) if not isinstance(value, OutOfRange) else render(value.value)


def base_rows(execution: Execution, base: str) -> list[Row]:
    """All rows of a base, those that were sorted out too."""
    from engine.execute.reference import lookups

    if base in execution.selection.main_tables:
        return execution.selection.everything[base]
    return lookups.base_rows(execution, base, first=False)


def read_all_given(scope: Scope, binder: Binder, values: dict[str, str]) -> dict[str, Value | OutOfRange]:
    """Texts by name to typed values."""
    return {name: read_given(scope, binder, name, text) for name, text in values.items()}
