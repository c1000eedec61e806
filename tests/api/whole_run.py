"""A run of the reference engine over all cases, by case: what one case priced alone is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.api import Region
from engine.databases.places import open_places
from engine.execute.closures.dependence import Dependence
from engine.execute.closures.given import tables_below
from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.pairs import to_value
from engine.execute.loading import Loaded, load
from engine.execute.period import Period, parse_period
from engine.execute.reference.execution import Execution
from engine.execute.reference.kept import kept_value
from engine.execute.reference.run import MemoryTables
from engine.execute.reference.verdicts import SETTLED, Verdict
from engine.files.raw import RawTable
from engine.language.values import Unresolved
from engine.rulebook.book import Book
from engine.rulebook.book import load as load_book
from engine.settle.may_run import program_of
from engine.watching.watching import UNWATCHED

TABLE, KEY = "病例", "病例号"


@dataclass(frozen=True)
class Outcome:
    """Where a case ended; ``values`` of what was asked for, where it was settled."""

    state: str
    by: str
    reason: str
    values: dict[str, Any]


@dataclass
class Run:
    """``execution`` has sorted and held its rows."""

    book: Book
    period: Period
    execution: Execution
    loaded: Loaded
    raw: dict[str, RawTable]
    names: tuple[str, ...] = ()

    def names_of_one_case(self) -> list[str]:
        """Every rule of a row of the table that the program reaches and that does not look at other rows."""
        execution = self.execution
        scope = execution.scope(execution.closing)
        below = frozenset({TABLE, *tables_below(execution.now, TABLE)})
        alone = SingleCases.over(
            self.book, execution.program, self.period, MemoryTables({TABLE: []}), main=TABLE, case_tables=below
        )
        days = {execution.scope(day).book.day: day for day in self._days()}
        found = [Dependence(alone, day) for day in days.values()]
        rules = [rule for rule in execution.now.rules.values() if rule.name in execution.wanted]
        names = [r.name for r in rules if scope.base(r.grain) == TABLE and scope.as_rule(r.name)]
        self.names = tuple(name for name in names if not any(one.of_name(name, TABLE) for one in found))
        assert self.names
        return list(self.names)

    def _days(self) -> set[Any]:
        rows = self.execution.selection.tables[TABLE].rows
        return {self.execution.own_day(row) for row in rows}

    def states(self) -> Counter[str]:
        verdicts = self.execution.selection.verdicts[TABLE]
        every = self.execution.selection.everything[TABLE]
        return Counter(verdicts[row.number].state if row.number in verdicts else SETTLED for row in every)

    def outcome(self, key: str) -> Outcome:
        execution = self.execution
        for row in self.loaded.tables[TABLE].rejected:
            if row.key_text == key:
                return Outcome("拒收", "数据格式", row.reason, {})
        row = next(row for row in execution.selection.everything[TABLE] if row.key == (key,))
        verdict = execution.selection.verdicts[TABLE].get(row.number, Verdict(SETTLED))
        values = {} if verdict.state != SETTLED else {n: kept_value(execution, n, row) for n in self.names}
        reason = verdict.reason or ("不属于 " + str(self.period) if verdict.state == "期外" else "")
        return Outcome(verdict.state, verdict.by, reason, values)

    def cases(self, region: Region) -> Iterator[tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]]:
        """Every case as it was delivered, and its rows of the tables below; keys that stand twice are left out."""
        below = {name: _by_key(self.raw[name]) for name in region.fields_below if name in self.raw}
        rejected = {row.key_text for row in self.loaded.tables[TABLE].rejected if row.code in ("D104", "D105")}
        for record in _records(self.raw[TABLE]):
            key = str(record[KEY])
            if key not in rejected and record[KEY]:
                yield record, {name: rows.get(key, []) for name, rows in below.items()}

    @staticmethod
    def same(one: Any, other: Any) -> bool:
        if isinstance(one, Unresolved) or isinstance(other, Unresolved):
            return str(one) == str(other)
        return bool(to_value(one) == other) and isinstance(other, Fraction) == (one.__class__ is tuple)


def run_of(where: Path, program_name: str, period_text: str, data: Path) -> Run:
    """The reference engine over the whole period."""
    book, period = load_book(str(where)), parse_period(period_text)
    program = program_of(book, program_name, period)
    places = open_places([data])
    loaded = load(book, program, period, places, UNWATCHED)
    execution = Execution(book, program, period, loaded.memory())
    execution.hold()
    raw = {name: places.raw(name)[0] for name in (TABLE, *tables_below(execution.now, TABLE)) if places.of(name)}
    return Run(book, period, execution, loaded, raw)


def _records(table: RawTable) -> Iterator[dict[str, Any]]:
    for row in table.rows:
        yield dict(zip(table.columns, row, strict=True))


def _by_key(table: RawTable) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in _records(table):
        found.setdefault(str(record[KEY]), []).append(record)
    return found
