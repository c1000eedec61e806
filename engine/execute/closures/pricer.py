"""A case from its record to where it ends and what it is worth, under the rules of its day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from sys import intern
from typing import Any

from engine.execute.closures.compile import Run
from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.reading import Readings
from engine.execute.closures.rows import Cells
from engine.execute.reference.selection import applicable
from engine.execute.reference.verdicts import EXCLUDED, HELD, OUTSIDE, REJECTED, ROW_CONDITION, Verdict, not_judged
from engine.language.values import Unresolved
from engine.rulebook.model import Check

_UNSEEN = object()


class Pricer:
    """The rules of one day made ready: first where the row ends, as :mod:`..reference.selection` sorts rows."""

    def __init__(self, cases: SingleCases, day: datetime.date, names: Sequence[str], left_out: Sequence[str]):
        judge, self.main = cases.judge, cases.main
        self.readings = Readings(cases, day)
        self.reading = self.readings.of(cases.main)
        scope, program, main = self.readings.scope, judge.program, cases.main
        condition = program.rows.get(main)
        of_run = Readings(cases, judge.closing).of(main)  # the rules of the run say which rows are of it
        self._inside = None if condition is None else of_run.condition(condition, main)
        self._dated = scope.book.tables[main].period_field or ""
        self._start, self._end = judge.period.start, judge.period.end
        self._checks = [self._check(check) for check in applicable(judge, main) if check.name not in left_out]
        then = scope.book.programs.get(program.name, program)
        self._excluding = [(name, self.reading.name(name).run) for name in then.exclude.get(main, ())]
        self._needed = [(name, *self._need(name)) for name in program.need.get(main, ())]
        self._values = [(intern(name), self._value(name)) for name in names]

    def _check(self, check: Check) -> tuple[Check, Run | None, Run]:
        narrowed = self.reading.in_grain(check.grain) if check.grain != self.main else None
        first, *others = self.reading.check(check)
        hit = first if not others else lambda row: any(holds(row) for holds in (first, *others))
        return check, narrowed, hit

    def _need(self, name: str) -> tuple[Run | None, Run]:
        home = self.readings.scope.home(name)
        chain = self.readings.scope.chain(home) if home is not None else ()
        return self.reading.in_grain(home) if home is not None and chain else None, self.reading.name(name).run

    def _value(self, name: str) -> Run:
        return self.reading.name(name).run

    def verdict(self, row: Cells, warned: list[str]) -> Verdict | None:
        """Where the row ends; ``None`` where it is settled. ``warned``: 提醒 that it meets are added."""
        return self._outside(row) or self._rejected(row, warned) or self._excluded(row) or self._held(row)

    def _outside(self, row: Cells) -> Verdict | None:
        if self._inside is not None:
            try:
                return None if self._inside(row) else Verdict(OUTSIDE)
            except Unresolved as error:
                return not_judged(ROW_CONDITION, "是否属于本次", error)
        when = row[self._dated]
        return None if when is not None and self._start <= when <= self._end else Verdict(OUTSIDE)

    def _rejected(self, row: Cells, warned: list[str]) -> Verdict | None:
        for check, narrowed, holds in self._checks:
            try:
                if narrowed is not None and not narrowed(row):
                    continue
                hit = holds(row)
            except Unresolved as error:
                if check.kind == "提醒":
                    warned.append(f"{check.name}（不能判断）")
                    continue
                return not_judged(check.name, f" {check.name}", error)
            if hit and check.kind == "拒收":
                return Verdict(REJECTED, check.name, check.provenance.note or check.grades[0][1].text, "", check.name)
            if hit:
                warned.append(check.name)
        return None

    def _excluded(self, row: Cells) -> Verdict | None:
        for name, excluding in self._excluding:
            try:
                if excluding(row) is True:
                    return Verdict(EXCLUDED, name)
            except Unresolved as error:
                return Verdict(HELD, name, f"不能判断是否排除：{error}", error.cause)
        return None

    def _held(self, row: Cells) -> Verdict | None:
        for name, member, value in self._needed:
            try:
                if member is not None and not member(row):
                    continue
                if value(row) is None:
                    return Verdict(HELD, name, f"{name} 没有值", "没有值")
            except Unresolved as error:
                return Verdict(HELD, name, str(error), error.cause)
        return None

    def values(self, row: Cells) -> list[Any]:
        """Cells of the names asked for; an ``Unresolved`` where one cannot be known."""
        found = []
        get = row.get
        for name, value in self._values:
            cell = get(name, _UNSEEN)  # worked out already, most likely
            if cell is _UNSEEN or cell.__class__ is Unresolved:
                try:
                    cell = value(row)
                except Unresolved as error:
                    cell = error
            found.append(cell)
        return found
