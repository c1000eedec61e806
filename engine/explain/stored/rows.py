"""The data rows of a run that is opened again: which of them took part is what the run said, not judged anew."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from engine.execute.closures.host import CoarseRows
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row, TableRows
from engine.execute.reference.selection import outside, parent, parents_first, sort_rows, stored_tables
from engine.execute.reference.verdicts import EXCLUDED, HELD, REJECTED, Selection
from engine.execute.sql.data_rows import Before, DataRows, SqlData
from engine.execute.sql.frame import ROW, Frame
from engine.execute.sql.lowered import is_null, not_
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.selection import put_outside, sort_frame
from engine.execute.sql.sorted_rows import SortedRows
from engine.explain.stored.coarse import KeptCoarse
from engine.explain.stored.columns import KeptColumns, KeptReading
from engine.explain.stored.kept import KeptRun, is_plain, keys_and
from engine.explain.stored.part import PartedFrame
from engine.explain.stored.refused import refused, refusers
from engine.explain.stored.sums import SumsOfOne
from engine.language.values import Value, render

NOTHING: Mapping[str, Any] = {"states": {}, "by": ()}


class SortedWhenAsked(dict[str, SortedRows]):
    """Where the rows of each table stand, found out when that is asked first."""

    def __init__(self, sort: Callable[[str], None], frame_of: Callable[[str], Frame]) -> None:
        super().__init__()
        self._sort, self._frame_of = sort, frame_of

    def __missing__(self, base: str) -> SortedRows:
        self[base] = SortedRows(self._frame_of(base))
        self._sort(base)
        return self[base]


class FoundRows(TableRows):
    """A big table of which a row is found by its key, and then looked at whether it took part."""

    rows_of_run: StoredRows

    def find(self, key: tuple[Value, ...]) -> list[Row]:
        return [row for row in self.rows_of_run.at(self.table.name, key) if self.rows_of_run.accepted(row)]


class StoredRows(DataRows):
    """``kept``: what the run kept; ``states_said``: how many rows of each table ended how."""

    def __init__(self, data: SqlData, before: Before, kept: KeptRun, accounts: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(data, before)
        self.kept, self.accounts_said = kept, accounts

    # -- as a run that is explained ------------------------------------------------------------

    def quick(self, judge: Execution) -> CoarseRows:
        super().quick(judge)
        self.coarse = self.kept_coarse = KeptCoarse(judge, self.kept)
        self.upward = self.sums = SumsOfOne(self)
        self.readings = {
            name: KeptReading(self, PartedFrame(self.data.database, name, staged), self._columns(name))
            for name, staged in self.data.staged.items()
        }
        return self.coarse

    def _columns(self, base: str) -> KeptColumns | None:
        """None where rows were held: the values of those were not kept."""
        file = self.kept.file(base)
        if file is None or self._ended(base, HELD) or not is_plain(file):
            return None
        return KeptColumns(self.kept, file, f"kept_{self.data.staged[base].relation}")

    def _ended(self, base: str, *states: str) -> int:
        return sum(self._said(base)["states"].get(state, 0) for state in states)

    def _said(self, base: str) -> Mapping[str, Any]:
        return self.accounts_said.get(base, NOTHING)

    def select(self, judge: Execution) -> Selection:
        selection = stored_tables(judge)
        self.states = SortedWhenAsked(self._sort, lambda base: self.readings[base].frame)
        for name, reading in self.readings.items():
            stored = selection.tables[name]
            found = FoundRows(stored.table, stored.keys, reading.frame.staged.delivered, unreadable=stored.unreadable)
            found.rows_of_run = self
            selection.tables[name] = found
        for name in parents_first(judge, selection):
            if name not in self.readings:
                sort_rows(judge, selection, name)
        self.kept_coarse.ready = True
        return selection

    def settle(self, held: bool = True) -> None:
        self.judge.settle(held)

    # -- which rows ------------------------------------------------------------

    def _sort(self, base: str) -> None:
        """Where the rows of a table stand, for queries over many of them."""
        reading, state = self.readings[base], self.states[base]
        if not is_plain(self.kept.file(base)):
            sort_frame(self, self.selection, reading)
            return
        put_outside(self, self.selection, reading)
        if self._ended(base, REJECTED, EXCLUDED):
            state.refused = self._judged_again(reading, state) or self._without_values(reading, state)
        if self._ended(base, HELD):
            state.codes.append((HELD, ""))
            state.held = self._held_rows(reading, state)

    def _judged_again(self, reading: OnRows, state: SortedRows) -> str:
        """The rows of the run that were refused, if it is known by what and that looks at fields alone."""
        base = reading.base
        found = refusers(self, base, self._said(base)["by"], lambda name: self._stood(name, base))
        if found is None:
            return ""
        below = [name for name in self.readings if name not in self.states and self.parent_of(name) == base]
        for name in below:  # they were not sorted yet
            self.states[name] = SortedRows(self.readings[name].frame)
        refusal = refused(reading, found)
        for name in below:
            del self.states[name]
        held = self._among_held(reading)
        state.codes.append((EXCLUDED, ""))
        query = reading.frame.selected([exp.column(ROW)], [*state.inside, refusal, *([not_(held)] if held else [])])
        return self._numbers(reading, query, len(state.codes) - 1)

    def _stood(self, name: str, base: str) -> bool:
        """Whether fields of a table were read as they are now when the rows of ``base`` were sorted."""
        if name in self.readings:
            return self.parent_of(name) == base
        return not self._ended(name, REJECTED, EXCLUDED)

    def _without_values(self, reading: OnRows, state: SortedRows) -> str:
        """The rows of the run of which no value was kept, and that were not held."""
        file = self.kept.file(reading.base)
        assert file is not None
        state.codes.append((EXCLUDED, ""))
        keys = keys_and(file, there=exp.true())
        names = [f"k{place}" for place in range(len(file.keys))]
        own = [reading.staged(one.name).value for one in file.keys]
        joined = reading.frame.join(own, keys, names, ("settled", reading.base))
        gone = is_null(reading.frame.joined_column(joined, "there"))
        held = self._among_held(reading)
        query = reading.frame.selected([exp.column(ROW)], [*state.inside, gone, *([not_(held)] if held else [])])
        return self._numbers(reading, query, len(state.codes) - 1)

    def _held_rows(self, reading: OnRows, state: SortedRows) -> str:
        held = self._among_held(reading)
        assert held is not None
        query = reading.frame.selected([exp.column(ROW)], [*state.inside, held])
        return self._numbers(reading, query, len(state.codes) - 1)

    def _numbers(self, reading: OnRows, query: exp.Select, code: int) -> str:
        mark = exp.alias_(exp.Literal.string(str(code)), "code")
        named = exp.select(exp.alias_(exp.column("x0"), ROW), mark).from_(query.subquery("z", copy=False), copy=False)
        return reading.frame.database.keep(named)

    def _among_held(self, reading: OnRows) -> exp.Expression | None:
        keys = self.kept.held.get(reading.base)
        file = self.kept.file(reading.base)
        if not keys or file is None:
            return None
        (one,) = file.keys
        return exp.In(
            this=reading.staged(one.name).value, expressions=[exp.Literal.string(key) for key in sorted(keys)]
        )

    def at(self, base: str, key: tuple[Value, ...]) -> list[Row]:
        """The delivered rows at a key, whatever became of them."""
        reading = self.readings[base]
        return self.rows_where(reading, reading.at_key(key), of=[])

    def is_outside(self, row: Row) -> bool:
        """Whether a row is not of the run."""
        condition, above = self.program.rows.get(row.grain), parent(self, self.selection, row.grain)
        verdict = outside(self.judge, self.now.tables[row.grain], row, condition, above)
        return verdict is not None

    def accepted(self, row: Row) -> bool:
        """Whether a delivered row was neither outside the period nor refused."""
        if self.is_outside(row):
            return False
        if not self._ended(row.grain, REJECTED, EXCLUDED):
            return True
        if is_plain(self.kept.file(row.grain)):
            return self.kept.row(row.grain, row.key) is not None or self.held(row)
        return self._meets(row, True)

    def settled(self, row: Row) -> bool:
        return self.accepted(row) and not self.held(row)

    def held(self, row: Row) -> bool:
        return ",".join(render(part) for part in row.key) in self.kept.held.get(row.grain, ())

    def _meets(self, row: Row, first: bool) -> bool:
        reading = self.readings[row.grain]
        number = exp.EQ(this=exp.column(ROW), expression=exp.Literal.number(row.number))
        return bool(self.count_of(reading, [*self.conditions(row.grain, first), number]))

    # -- windows ------------------------------------------------------------

    def by_parts(self, rows: Sequence[Row]) -> bool:
        return bool(rows) and rows[0].grain in self.readings

    def mates(
        self, row: Row, grain: str, keys: tuple[str, ...], first: bool, sound: Callable[[Row], bool] | None
    ) -> list[Row]:
        reading = self._of(grain)
        own = self.judge.project(row, keys)
        if own is None:
            return []
        lows = [reading.own(key) for key in keys]
        same = self.upward.of_group(reading, lows, own)
        if sound is None:
            conditions = [*self.conditions(reading.base, first), *self.member(reading, grain, first), *same]
            return self.rows_where(reading, conditions, reading.key_order(), of=[])
        rows = self.rows_where(reading, same, reading.key_order(), of=[])
        self.kept.fetch(reading.base, [item.key for item in rows])
        return [item for item in rows if self.accepted(item) or (self._is_older(item) and sound(item))]

    def _is_older(self, row: Row) -> bool:
        when = (row.record or {}).get(self.now.tables[row.grain].period_field or "")
        return isinstance(when, datetime.date) and when <= self.period.end and self.is_outside(row)

    def keys_of(self, base: str, first: bool) -> list[tuple] | None:
        if not self.kept_coarse.ready or (first and any(self._ended(name, HELD) for name in self.accounts_said)):
            return None
        return self.kept.keys_of(base)
