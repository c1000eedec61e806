"""From the rules of a program to its plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Generator, Iterable, Iterator

from engine.execute.period import Period
from engine.execute.plan.columns import Columns, said
from engine.execute.plan.data_tables import data_tables
from engine.execute.plan.reads import How, Read, Reading
from engine.execute.plan.steps import (
    ACCEPTED,
    SETTLED,
    SORTING,
    CoarseStep,
    Column,
    DataStep,
    HoldStep,
    OutputStep,
    Plan,
    SortStep,
    Step,
    Version,
)
from engine.execute.reference.days import Days
from engine.execute.reference.formulas import Formulas
from engine.rulebook.book import Book
from engine.rulebook.model import Check, Program, Rule
from engine.rulebook.wanted import assertions, needed_first, wanted


def plan_of(book: Book, program: Program, period: Period, delivered: Collection[str] | None = None) -> Plan:
    """What a run of ``program`` over ``period`` will do. ``delivered``: the tables that came; ``None``: all of them."""
    return _Planning(book, program, period, delivered).plan()


class _Planning:
    def __init__(self, book: Book, program: Program, period: Period, delivered: Collection[str] | None) -> None:
        self.book, self.program, self.period = book, program, period
        self.days, self.delivered = Days(book, program, period), delivered
        self.now, self.scope = self.days.now, self.days.scope(self.days.closing)
        big = data_tables(book, program, period)
        self.data = tuple(name for name in big if delivered is None or name in delivered)
        self.columns = Columns(self.days, Formulas(self.days), frozenset(self.data))
        self._made: dict[tuple[str, str, str], Column] = {}
        self.wanted = wanted(self.now, program)
        self.first = {name for state in self.columns.states for name in needed_first(state, program)}

    def plan(self) -> Plan:
        tables = self._tables()
        sorting = [self._sorting(table) for table in tables]
        checks = assertions(self.now, self.program)
        steps: list[Step] = []
        for sort in sorting:
            steps += self._worked_out(self._asked_by(sort), SORTING)
            steps.append(sort)
        needs = [HoldStep(table, tuple(names)) for table, names in self.program.need.items()]
        for need in needs:
            names = [(name, self.scope.base(self.scope.home(name) or need.table)) for name in need.names]
            steps += self._worked_out(names, ACCEPTED)
        steps += needs
        steps += self._worked_out([*self._wanted(), *self._asserted(checks)], SETTLED)
        steps += [self._output(name) for name in self.program.statements]
        asserted = tuple(check.name for check in checks)
        return Plan(self.book.title, self.program.name, str(self.period), self.data, tuple(steps), asserted)

    # -- rows

    def _tables(self) -> list[str]:
        """Registers first, then tables that are settled, then those that belong to them."""
        dated = [n for n, t in self.now.tables.items() if t.period_field and n not in self.data]
        timeless = [n for n, t in self.now.tables.items() if not t.period_field and n not in self.data]
        return [n for n in [*dated, *timeless, *self.data] if self._is_read(n)]

    def _is_read(self, table: str) -> bool:
        return table in self.wanted or bool(set(self.now.tables[table].fields) & self.wanted)

    def _sorting(self, table: str) -> SortStep:
        about = self.now.tables[table]
        condition = self.program.rows.get(table)
        above = [about.fields[key].refers for key in about.key]
        by = next((f"随 {name}" for name in above if name in self.data and name != table), "全部")
        if condition is not None:
            by = f"行：{condition.text}"
        elif about.period_field is not None:
            by = f"归期 {about.period_field}"
        checks = [
            check.name for check in self.now.checks.values()
            if check.kind in ("拒收", "提醒") and self.scope.base(check.grain) == table
        ]  # fmt: skip
        came = self.delivered is None or table in self.delivered
        return SortStep(table, by, came, tuple(checks), tuple(self.program.exclude.get(table, ())))

    def _asked_by(self, step: SortStep) -> list[tuple[str, str]]:
        """The rules that checks, exclusions and the condition of rows read."""
        reading = Reading(self.days, self.columns.formulas, self.days.closing)
        found: list[Read] = []
        for name in step.checks:
            found += self.columns.reads(name, step.table)
        condition = self.program.rows.get(step.table)
        if condition is not None:
            found += reading.formula(condition, step.table)
        for name in step.excluded:
            found += reading.name(name, step.table)
        return [(read.name, read.grain) for read in found if read.how not in (How.FIGURE, How.BEFORE)]

    # -- columns

    def _wanted(self) -> list[tuple[str, str]]:
        names = sorted(self.wanted)
        return [(name, self.scope.base(self.now.rules[name].grain)) for name in names if name in self.now.rules] + [
            (name, self.scope.base(self.now.checks[name].grain)) for name in names if name in self.now.checks
        ]

    def _asserted(self, checks: Iterable[Check]) -> list[tuple[str, str]]:
        reads = [read for check in checks for read in self.columns.reads(check.name, self.scope.base(check.grain))]
        return [(read.name, read.grain) for read in reads if read.how not in (How.FIGURE, How.BEFORE)]

    def _worked_out(self, names: Iterable[tuple[str, str]], phase: str) -> list[Step]:
        """The steps that work out ``names`` and what they read, as far as it is not there yet."""
        new: dict[tuple[str, str, str], Column] = {}
        for name, grain in names:
            self._add(name, grain, phase, new)
        return list(_steps(list(new.values()), self.data))

    def _add(self, name: str, grain: str, phase: str, new: dict[tuple[str, str, str], Column]) -> Column | None:
        """The column after all that it reads; ``None`` for what is no column: a field, a key, a figure. What it reads
        is added without calls inside each other: chains of rules may be longer than Python lets calls be.
        """
        waiting, made = [self._adding(name, grain, phase, new)], None
        while waiting:
            try:
                asked = waiting[-1].send(made)
            except StopIteration as done:
                waiting.pop()
                made = done.value
            else:
                waiting.append(self._adding(*asked, phase, new))
                made = None
        return made

    def _adding(
        self, name: str, grain: str, phase: str, new: dict[tuple[str, str, str], Column]
    ) -> Generator[tuple[str, str], Column | None, Column | None]:
        """Asks for each column that it reads, by name and grain, and is sent it."""
        if phase == SETTLED and name in self.first and self._made.get((name, grain, ACCEPTED)) is not None:
            phase = ACCEPTED
        key = (name, grain, phase)
        if key in self._made:
            return self._made[key]
        entry = self.now.rules.get(name) if self.scope.as_rule(name) else self.now.checks.get(name)
        if entry is None or self.scope.base(entry.grain) != grain:
            return None
        self._made[key] = self._column(entry, grain, phase, ())
        below = []
        for read in self.columns.reads(name, grain):
            if read.name and read.how not in (How.FIGURE, How.BEFORE):
                below.append((yield read.name, read.grain))
        made = new[key] = self._made[key] = self._column(entry, grain, phase, tuple(c for c in below if c is not None))
        return made

    def _column(self, entry: Rule | Check, grain: str, phase: str, below: tuple[Column, ...]) -> Column:
        versions = tuple(self._versions(entry.name))
        kind = "规则" if isinstance(entry, Rule) else "筛查"
        reads = self.columns.reads(entry.name, grain)
        text = json.dumps(
            [entry.name, grain, phase, kind, [[str(v.day), v.said] for v in versions], sorted(c.key for c in below)],
            ensure_ascii=False,
        )
        key = hashlib.sha256(text.encode()).hexdigest()
        return Column(entry.name, grain, phase, kind, versions, reads, self.columns.stratum(entry.name, grain), key)

    def _versions(self, name: str) -> Iterator[Version]:
        """Epochs in which it says something else than before."""
        before: tuple[tuple[str, ...], str] | None = None
        for state in self.columns.states:
            entry = state.rules.get(name) or state.checks.get(name)
            if entry is None:
                continue
            found = said(entry), entry.provenance.cite
            if found != before:
                yield Version(max(state.day, self.book.start), *found)
            before = found

    def _output(self, name: str) -> OutputStep:
        statement = self.now.statements[name]
        listed = tuple(column.name for column in statement.columns)
        return OutputStep(name, statement.grain, listed, statement.fills or "")


def _steps(columns: list[Column], data: Collection[str]) -> Iterator[Step]:
    """Columns, which stand in an order in which they can be worked out, as steps: stratum by stratum, coarse ones
    first, a grain as long as nothing else has to come between.
    """
    for stratum in sorted({column.stratum for column in columns}):
        here = [column for column in columns if column.stratum == stratum]
        coarse = [column for column in here if column.grain not in data]
        while coarse:
            grain = coarse[0].grain
            waiting = {(column.name, column.grain) for column in coarse}
            taken: list[Column] = []
            for column in coarse:
                reads = {(read.name, read.grain) for read in column.reads}
                if column.grain == grain and not reads & waiting - {(c.name, c.grain) for c in taken}:
                    taken.append(column)
            taken = taken or coarse[:1]
            coarse = [column for column in coarse if column not in taken]
            yield CoarseStep(grain, taken[0].phase, stratum, tuple(taken))
        for table in data:
            own = tuple(column for column in here if column.grain == table)
            if own:
                yield DataStep(table, own[0].phase, stratum, own)
