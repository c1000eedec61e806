"""An execution over values that a test sets: fields, rules, parameters, whole rows; nothing is read from files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

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
    tables: dict[str, list[Record]] = {}
    overrides: dict = {name: {None: value} for name, value in given.values.items()}
    overrides |= {Before(name): {None: value} for name, value in given.before.items()}
    grains: dict[str, str] = {}
    extra: dict[str, list[tuple]] = {}
    for grain, rows in given.rows.items():
        _place_rows(scope, grain, rows, given, tables, overrides, grains, extra)
    _make_rows(scope, targets, given, tables, extra)
    _add_own_rows(book, scope, targets, given, tables)
    program = (
        replace(given.program, hold_limit=10**9, refuse_limit=Fraction(1), need={}, exclude={}, rows={})
        if not _has_rows(given)
        else given.program
    )
    execution = Execution(
        book, program, given.period, MemoryTables(tables), given=overrides, extra_rows=extra,
        given_grains=grains,
        free_tables={n: _record(t, {}, given, scope) for n, t in scope.book.tables.items() if n not in tables},
        observer=watcher.branch if watcher else None, watch=watcher.bound if watcher else None,
    )  # fmt: skip
    hold(execution)
    return execution


def _has_rows(given: Setting) -> bool:
    return bool(given.rows)


def _place_rows(
    scope: Scope, grain: str, rows: list[dict[str, Value | OutOfRange]], given: Setting, tables: dict, overrides: dict,
    grains: dict, extra: dict,
) -> None:  # fmt: skip
    base = scope.base(grain)
    table = scope.book.tables.get(base)
    computed = (
        table is not None
        and set(table.fields) - set(table.key)
        and (set(table.fields) - set(table.key)) <= scope.computed
    )
    keys = scope.keys(base)
    whole = table.key if table is not None and not computed else keys
    seen: set[tuple] = set()
    for row in rows:
        missing = [key for key in keys if key not in row]
        if missing:
            raise TestProblem(f"{grain} 的行要有键 {'、'.join(missing)}")
        key = tuple(row[name] for name in keys)
        _only_once(grain, whole, row, seen)
        if table is not None and not computed:
            tables.setdefault(base, []).append(
                _record(table, {n: v for n, v in row.items() if n in table.fields}, given, scope)
            )
        else:
            extra.setdefault(base, []).append(key)
        for name, value in row.items():
            if name in keys or (
                table is not None and not computed and name in table.fields and not scope.as_rule(name)
            ):
                continue
            before = value_before(name)
            by_key = overrides.setdefault(name if before is None else Before(before), {})
            by_key[key] = value
            grains[name] = base
    tables.setdefault(base, []) if table is not None and not computed else None


def _only_once(grain: str, keys: tuple[str, ...], row: Mapping[str, Value | OutOfRange], seen: set[tuple]) -> None:
    """Refuses a second row with the same whole key: of two values the later one would hide the other."""
    if not keys or any(key not in row for key in keys):
        return
    key = tuple(row[name] for name in keys)
    if key in seen:
        raise TestProblem(f"{grain} 有两行的 {'、'.join(keys)} 都是 {'、'.join(map(_shown, key))}：同一个键只写一行")
    seen.add(key)


def _record(table: Table, given_fields: Mapping[str, Value | OutOfRange], given: Setting, scope: Scope) -> Record:
    record: Record = {}
    for name, field_ in table.fields.items():
        if name in given_fields and not (given_fields[name] is None and field_.has_default):
            record[name] = given_fields[name]
        elif name == table.period_field:
            record[name] = given.day if field_.type.kind is Kind.DATE else given.period.key(field_.type)
        elif field_.has_default:
            record[name] = field_.default
        elif field_.nullable:
            record[name] = None
    return record


def _make_rows(scope: Scope, targets: list[str], given: Setting, tables: dict, extra: dict) -> None:
    for target in targets:
        home = scope.home(target) or (target if target in scope.book.grains else None)
        if home is None:
            continue
        base = scope.base(home)
        table = scope.book.tables.get(base)
        keys = scope.keys(base)
        non_key = set(table.fields) - set(table.key) if table is not None else set()
        if table is not None and not (non_key and non_key <= scope.computed):
            if base not in tables:
                own = {name: value for name, value in given.values.items() if name in table.fields}
                own |= {key: own.get(key, _placeholder(scope, key)) for key in keys}
                tables[base] = [_record(table, own, given, scope)]
        elif base not in extra and keys and not _seen(scope, keys, given):
            extra[base] = [tuple(given.values.get(key, _placeholder(scope, key)) for key in keys)]


def _add_own_rows(book: Book, scope: Scope, targets: list[str], given: Setting, tables: dict) -> None:
    """The region's own rows (行: FILE) of tables that ``targets``, or what sorts rows out, read and
    of which the example says nothing.
    """
    own = [table for table in scope.book.tables.values() if table.rows_file is not None and table.name not in tables]
    sorts = (*given.program.need.values(), *given.program.exclude.values())
    asked = {*targets, *(name for names in sorts for name in names)}
    names = closure(scope.book, asked, scope.computed) if own else set()
    for table in own:
        fields = set(table.fields) - set(table.key)
        if not fields & given.values.keys() and (table.name in names or fields & names):
            tables[table.name] = own_rows(book, table.name, book.epoch(scope.book.day))


def _seen(scope: Scope, keys: tuple[str, ...], given: Setting) -> bool:
    """Whether rows to be settled are given, in which the combinations of ``keys`` are seen."""
    tables = [scope.book.tables[name] for name in given.rows if name in scope.book.tables]
    settled = [t.name for t in tables if t.period_field and t.fields[t.period_field].type.kind is Kind.DATE]
    return any(scope.determines(name, keys) for name in settled)


def _placeholder(scope: Scope, key: str) -> Value:

    type_ = scope.dimension_type(key)
    if type_ is None:
        type_ = Binder(scope).rule_type(key)
    if type_.kind is Kind.TEXT:
        return PLACEHOLDER
    if type_.kind is Kind.CLASS:
        return type_.classes[0]
    if type_.kind is Kind.NUMBER:
        return Fraction(0)
    return (
        datetime.date(2000, 1, 1)
        if type_.kind is Kind.DATE
        else Month(2000, 1)
        if type_.kind is Kind.MONTH
        else PLACEHOLDER
    )


def target_row(execution: Execution, name: str, keys: dict[str, Value] | None = None) -> Row:
    """The row of ``name``'s grain at ``keys``, or its only row. Raises :class:`TestProblem`."""
    scope = execution.scope(execution.closing)
    home = scope.home(name) or name
    if home in scope.book.parameters:
        return Row("", ())
    try:
        rows = [row for row in base_rows(execution, scope.base(home))]
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
    from engine.execute.reference import lookups

    if base in execution.selection.main_tables:
        return execution.selection.everything[base]
    return lookups.base_rows(execution, base, first=False)


def read_all_given(scope: Scope, binder: Binder, values: dict[str, str]) -> dict[str, Value | OutOfRange]:
    """Texts by name to typed values."""
    return {name: read_given(scope, binder, name, text) for name, text in values.items()}
