"""The rows of each grain: which rows belong to it, in key order; which rows of another grain lie below one of them; and
the rows that a window runs over.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from operator import attrgetter

from engine.execute.period import Period
from engine.execute.reference import lookups
from engine.execute.reference.asks import Asks, Found, T, Work
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.reference.selection import would_take_part
from engine.execute.reference.windows import window_keys
from engine.language.values import Month, Unresolved, render

_by_key = attrgetter("key")


class Grains:
    """``first`` rows are all accepted ones, the others those that are settled."""

    def __init__(self, execution: Asks) -> None:
        self.execution = execution

    def belongs(self, subset: str, row: Row) -> bool:
        """Whether a row of the base meets a narrowed grain's condition, as of the row's own date."""
        execution = self.execution
        day = execution.own_day(row)
        book = execution.scope(day).book
        grain = book.grains.get(subset)
        if grain is None or grain.condition is None or not grain.of or subset in execution.given:
            return True
        key = (subset, row.grain, row.key, book.day)
        known = execution.phases.of(subset).known
        found = known.get(key)
        if found is None:
            try:
                found = execution.truth(grain.condition, grain.of, row, day)
            except Unresolved as error:
                found = error.at(subset)
            known[key] = found
        if isinstance(found, Unresolved):
            raise found.again()
        return bool(found)

    def in_grain(self, grain: str, row: Row) -> bool:
        """Whether a row of the base belongs to ``grain`` and to every grain that it narrows."""
        chain = self.execution.scope(self.execution.own_day(row)).chain(grain)
        return all(self.belongs(subset, row) for subset in reversed(chain))

    def rows_of(self, grain: str, first: bool = False) -> list[Row]:
        """The rows of a grain in key order."""
        lists, key = self.execution.phases.now.lists, (grain, first)
        if key not in lists:
            base = self.execution.scope(self.execution.closing).base(grain)
            if self.execution.elsewhere.holds(base):
                return self.execution.elsewhere.rows_of(grain, first)
            rows = lookups.base_rows(self.execution, base, first)
            lists[key] = sorted(self._members(grain, base, rows), key=_by_key)
        return lists[key]

    def _members(self, grain: str, base: str, rows: list[Row]) -> list[Row]:
        """Those of the rows of ``base`` that belong to ``grain``."""
        execution = self.execution
        fixed = execution.days.day_of(base) if rows else None
        if fixed is not None and not execution.scope(fixed).chain(grain):
            return rows
        return [row for row in rows if self.in_grain(grain, row)]

    def group(self, source: str, grain: str, row: Row, first: bool) -> list[Row]:
        """The rows of ``source`` below ``row`` of ``grain``."""
        keys = self.execution.scope(self.execution.closing).keys(grain)
        found_groups, place = self.execution.phases.now.groups, (source, keys, first)
        if place not in found_groups:
            groups: dict[tuple, list[Row]] = {}
            for item in self.rows_of(source, first):
                found = self.project(item, keys)
                if found is not None:
                    groups.setdefault(found, []).append(item)
            first_keys = {found: (len(rows), rows[0].key) for found, rows in groups.items()}
            self.refuse_strays(source, grain, first_keys)
            found_groups[place] = groups
        return found_groups[place].get(row.key, [])

    def groups_known(self, source: str, grain: str, first: bool) -> Callable[[], dict[tuple, list[Row]] | None]:
        """What :meth:`group` found by key for rows of ``grain``, once it was asked for one of them."""
        place = (source, self.execution.scope(self.execution.closing).keys(grain), first)
        return lambda: self.execution.phases.now.groups.get(place)

    def refuse_strays(self, source: str, grain: str, groups: dict[tuple, tuple[int, tuple]]) -> None:
        """Rows that refer to a row which a table does not have belong nowhere: a sum without them would be wrong.

        ``groups``: by the key they refer to, how many rows of ``source`` do, and the key of the first.
        """
        execution = self.execution
        base = execution.scope(execution.closing).base(grain)
        table = execution.now.tables.get(base)
        if table is None or base in execution.selection.computed_tables:
            return
        if execution.free_tables:  # a region's test gives the rows it is about, not every table
            return
        stored = execution.table(base)
        if table.optional or table.sparse or stored.ranged:
            return
        every = {row.key for row in execution.selection.everything[base]}
        for key, (count, first_key) in groups.items():
            if key not in every:
                first = ",".join(render(part) for part in first_key)
                raise Unresolved(
                    f"{stored.none_at(key)}，{source} 有 {count} 行（如 {first}）归不到它", base, "没有这一行"
                )

    def any_rows(self, table: str) -> bool:
        """Whether a table has rows at all, of whatever period."""
        if self.execution.elsewhere.holds(table):
            return self.execution.elsewhere.any_rows(table)
        return bool(self.execution.selection.everything[table])

    def delivered_in(self, table: str, period: Period) -> bool:
        """Whether a table has rows of ``period``."""
        if self.execution.elsewhere.holds(table):
            return self.execution.elsewhere.delivered_in(table, period)
        return any(self._falls_in(table, row, period) for row in self.execution.selection.everything[table])

    def _falls_in(self, table: str, row: Row, period: Period) -> bool:
        name = self.execution.now.tables[table].period_field
        when = row.record.get(name) if name and row.record else None
        if isinstance(when, Month):
            return period.first <= when <= period.last
        return when in period if isinstance(when, datetime.date) else period.kind == "年" and when == period.year

    def combinations(self, source: str, keys: tuple[str, ...], first: bool) -> list[tuple]:
        """The combinations of ``keys`` that the rows of ``source`` lead to."""
        if self.execution.elsewhere.holds(self.execution.scope(self.execution.closing).base(source)):
            return self.execution.elsewhere.combinations(source, keys, first)
        found = [self.project(row, keys) for row in self.rows_of(source, first)]
        return list(dict.fromkeys(key for key in found if key is not None))

    def project(self, row: Row, keys: tuple[str, ...]) -> tuple | None:
        """The keys that a row determines; ``None`` where one of them is absent."""
        day = self.execution.own_day(row)
        found = tuple([self.execution.value(key, row, day) for key in keys])
        return None if any(part is None for part in found) else found

    def window(self, node: Called, row: Row, work: Work[T], history: bool = False) -> Found[T]:
        """``work`` over all rows that share a window with ``row``'s rule, done once; over those of the row's own
        partition where its table is looked at by parts.

        With ``history`` the rows of a settled table from before the period are seen too.
        """
        execution = self.execution
        grain = execution.grain_of_rule(row)
        first, elsewhere = execution.over_accepted(), execution.elsewhere
        windows = execution.phases.now.windows
        key: tuple = (id(node), grain, first)
        history = history and row.grain in execution.selection.main_tables
        if elsewhere.by_parts([row]):
            keys = window_keys(execution, node)
            key = (*key, self.project(row, keys))
            if key not in windows:
                rows = elsewhere.mates(row, grain, keys, first, self._was_sound if history else None)
                rows = [item for item in rows if self._in_history(grain, item)] if history else rows
                windows[key] = node, work(execution, node, rows)
        elif key not in windows:
            windows[key] = node, work(execution, node, self._rows_of_window(grain, row, first, history))
        return windows[key][1]

    def _rows_of_window(self, grain: str, row: Row, first: bool, history: bool) -> list[Row]:
        execution = self.execution
        if not history:
            return self.rows_of(grain, first)
        if execution.elsewhere.holds(row.grain):
            return execution.elsewhere.history(row.grain, lambda item: self._in_history(grain, item))
        older = execution.selection.history(row.grain, execution.period.end, self._was_sound)
        return [item for item in older if self._in_history(grain, item)]

    def _was_sound(self, row: Row) -> bool:
        self.execution.days.see_by_first_rules(row)
        return would_take_part(self.execution, row)

    def _in_history(self, grain: str, row: Row) -> bool:
        self.execution.days.see_by_first_rules(row)
        try:
            return self.in_grain(grain, row)
        except Unresolved:
            return False
