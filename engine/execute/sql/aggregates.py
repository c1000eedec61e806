"""Aggregates of big tables that the host asks for: grouped in SQL, for all groups at once."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlglot import exp

from engine.execute.reference.aggregates import AGGREGATES, Root
from engine.execute.reference.rows import Row
from engine.execute.sql import ints
from engine.execute.sql.added_up import PLACES, STATES, State, rows_of, state_of
from engine.execute.sql.aggregates_below import stray
from engine.execute.sql.asked_together import Asked, asked_with
from engine.execute.sql.host_values import NotInSql
from engine.execute.sql.ints import TooLarge, grouped
from engine.execute.sql.lowered import Lowered, all_of, any_of, is_false, is_true, missing, not_
from engine.execute.sql.on_rows import InSql, OnRows
from engine.language import tree
from engine.language.function_laws import Absence, Takes
from engine.language.functions import FUNCTIONS, law_of, read_on_rows
from engine.language.values import Unresolved, Value

STRAYS = 200
"""Among so many rows without a row that they refer to the first is looked for."""
_NO_ROWS = {name: Fraction(0) for name, f in FUNCTIONS.items() if f.law.absence is Absence.NEVER}


@dataclass(frozen=True)
class Bad:
    """A group that has a row which cannot be counted in; which one is looked up when asked."""


Result = Value | Root | Unresolved | Bad


@dataclass
class _Found:
    """``sums``: groups by what was asked, with its node, kept alive; ``rows``: what SQL gave for the groups."""

    sums: dict[tuple, tuple[dict[tuple, Result], ast.Call]] = field(default_factory=dict)
    rows: dict[tuple, dict[tuple, tuple[int, bool, tuple]]] = field(default_factory=dict)


class Aggregates:
    def __init__(self, execution: InSql) -> None:
        self.execution = execution

    def _of(self, first: bool) -> _Found:
        """What was found over the rows of a phase."""
        return self.execution.phases.of_rows(first).kept(self, _Found)

    def looked_at(self) -> bool:
        return bool(self._of(False).sums)

    def value(self, node: ast.Call, row: Row, day: datetime.date) -> Value | Root:
        """The aggregate for ``row``. Raises :class:`Unresolved`."""
        execution = self.execution
        call: tree.Call = node.origin  # type: ignore[attr-defined]
        assert call.source is not None
        scope = execution.scope(execution.closing)
        reading = execution.readings[scope.base(call.source)]
        first = execution.judge.over_accepted()
        asked = Asked(node, call, reading, row.grain, scope.keys(row.grain), first)
        if law_of(call.function).takes is Takes.NUMBERS_BELOW_AND_SHARE:
            share = execution.judge.computed(node.args[1], row, day)
            if share is None:
                return None
            asked.share = share  # type: ignore[assignment]
        if row.grain in execution.readings:
            return self._at(self._work_out(asked, row), row, asked)
        sums = self._of(first).sums
        if asked.mark not in sums:
            sums[asked.mark] = (self._work_out(asked, None), node)
        return self._at(sums[asked.mark][0], row, asked)

    def _at(self, found: dict[tuple, Result], row: Row, asked: Asked) -> Value | Root:
        value = found.get(row.key, _NO_ROWS.get(asked.call.function))
        if isinstance(value, Bad):
            value = found[row.key] = self._reason(asked, row.key)
        if isinstance(value, Unresolved):
            raise value.again()
        return value

    def _work_out(self, asked: Asked, only: Row | None) -> dict[tuple, Result]:
        reading, call = asked.reading, asked.call
        reading.used = True
        assert call.source is not None
        member = self.execution.member(reading, call.source, asked.first)
        conditions = [*self.execution.conditions(reading.base, asked.first), *member]
        keys = [reading.own(name) for name in asked.keys]
        self.execution.refuse_unknown_keys(reading, keys, asked.keys, conditions)
        conditions += [not_(gone) for key in keys if (gone := missing(key)) is not None and not is_false(gone)]
        if only is not None:
            self._refuse_strays_below(asked, keys, conditions)
            conditions += [reading.equals(low, part) for low, part in zip(keys, only.key, strict=True)]
        operand = _operand(reading, call)
        where = None if call.where is None else reading.own_truth_node(call.where)
        if call.function in PLACES:
            return self._quantiles(asked, keys, conditions, operand, where)
        if call.function not in STATES:
            return self._on_host(asked, keys, conditions, operand, where)
        try:
            state = state_of(call.function, operand, where, max(reading.frame.staged.count, 1))
        except TooLarge:
            return self._on_host(asked, keys, conditions, operand, where)
        others = [] if only is not None else asked_with(self.execution, asked, self.simply)
        mates = {other.mark: other for other, _ in others if other.mark not in self._of(asked.first).sums}
        states = [state, *(made for other, made in others if other.mark in mates)]
        first, *more = self._grouped(asked, keys, conditions, states)
        for other, groups in zip(mates.values(), more, strict=True):
            self._of(asked.first).sums[other.mark] = groups, other.node
        return first

    def simply(self, asked: Asked) -> State | None:
        """What SQL adds up for an aggregate that may be asked with another; ``None`` if it cannot be so simply."""
        reading, call = asked.reading, asked.call
        if call.function not in STATES:
            return None
        try:
            operand = _operand(reading, call)
            where = None if call.where is None else reading.own_truth_node(call.where)
            return state_of(call.function, operand, where, max(reading.frame.staged.count, 1))
        except (TooLarge, NotInSql, Unresolved):
            return None

    def _grouped(
        self, asked: Asked, keys: list[Lowered], conditions: list[exp.Expression], states: Sequence[State]
    ) -> list[dict[tuple, Result]]:
        """The groups of each state, all from one query."""
        reading = asked.reading
        found: list[dict[tuple, Result]] = [{} for _ in states]
        counts: dict[tuple, int] = {}
        for raw, count, columns in self.grouped_rows(reading, keys, conditions, states):
            key = reading.decode(keys, raw)
            counts[key] = counts.get(key, 0) + count
            for groups, state, (is_bad, sums) in zip(found, states, columns, strict=True):
                groups[key] = Bad() if is_bad else _finished(state, sums)
        self._refuse_strays(asked, counts, keys, conditions)
        return found

    def grouped_rows(
        self, reading: OnRows, keys: list[Lowered], conditions: list[exp.Expression], states: Sequence[State]
    ) -> list[tuple[tuple, int, list[tuple[bool, Sequence[Any]]]]]:
        """For each group: its key in SQL, how many rows it has, and of each state whether it is bad and its parts.

        What was asked of the same rows before is not asked again.
        """
        parts = reading.parts(keys)
        place = (
            reading.frame.relation_name,
            tuple(sorted(condition.sql("duckdb") for condition in conditions)),
            tuple(part.sql("duckdb") for part in parts),
        )
        rows, marks = self._of(True).rows, [(place, state.text) for state in states]
        missing_ones = {mark: state for mark, state in zip(marks, states, strict=True) if mark not in rows}
        if missing_ones:
            rows.update(_asked(reading, parts, conditions, missing_ones))
        one = rows[marks[0]]
        found = []
        for raw, (count, *_) in one.items():
            columns = [rows[mark][raw][1:] for mark in marks]
            found.append((raw, count, columns))
        return found  # type: ignore[return-value]

    def _refuse_strays(
        self, asked: Asked, counts: dict[tuple, int], keys: list[Lowered], conditions: list[exp.Expression]
    ) -> None:
        execution = self.execution
        base = execution.scope(execution.closing).base(asked.grain)
        if base not in execution.now.tables or base in execution.readings:
            return
        every = {row.key for row in execution.selection.everything[base]}
        strays = [key for key in counts if key not in every]
        if strays:
            lows = [[asked.reading.equals(low, part) for low, part in zip(keys, key, strict=True)] for key in strays]
            among = any_of([all_of(parts) for parts in lows[:STRAYS]])
            self._refuse_first(asked, [*conditions, *([among] if among is not None else [])], counts)

    def _refuse_strays_below(self, asked: Asked, keys: list[Lowered], conditions: list[exp.Expression]) -> None:
        """The same for a row of a big table that asks alone."""
        wrong = stray(self.execution.readings[asked.grain], asked.reading, keys)
        if wrong is not None:
            self._refuse_first(asked, [*conditions, wrong])

    def _refuse_first(
        self, asked: Asked, conditions: list[exp.Expression], counts: dict[tuple, int] | None = None
    ) -> None:
        execution, reading = self.execution, asked.reading
        order = reading.key_order()
        for row in execution.rows_where(reading, conditions, order, None if counts is None else 1, of=[])[:1]:
            key = execution.judge.project(row, asked.keys)
            assert key is not None and asked.call.source is not None
            if counts is None:
                others = execution.rows_where(reading, conditions, of=[])
                count = sum(execution.judge.project(other, asked.keys) == key for other in others)
            else:
                count = counts[key]
            execution.judge.grains.refuse_strays(asked.call.source, asked.grain, {key: (count, row.key)})

    def _reason(self, asked: Asked, key: tuple) -> Unresolved:
        """Why a group is unresolved: its first row, in key order, that cannot be counted in."""
        execution, reading, call = self.execution, asked.reading, asked.call
        assert call.source is not None
        lows = [reading.own(name) for name in asked.keys]
        conditions = [
            *execution.conditions(reading.base, asked.first),
            *execution.member(reading, call.source, asked.first),
        ]
        conditions += [reading.equals(low, part) for low, part in zip(lows, key, strict=True)]
        where = None if call.where is None else reading.own_truth_node(call.where)
        operand = _operand(reading, call)
        try:
            if where is not None and (unknown := missing(where)) is not None:
                for row in execution.rows_where(reading, [*conditions, unknown], reading.key_order(), 1, of=[]):
                    execution.judge.holds(asked.node.where, row)  # type: ignore[attr-defined]
            if operand is not None and (gone := missing(operand)) is not None:
                taking = [] if where is None or is_true(where.value) else [where.value]
                for row in execution.rows_where(reading, [*conditions, *taking, gone], reading.key_order(), 1, of=[]):
                    execution.judge.computed(asked.node.args[0], row, execution.judge.own_day(row))
        except Unresolved as error:
            return error
        return Unresolved(f"{call.function} 的一行没有值；用 当 有 … 只算有值的行", cause="汇总用到空值")

    # -- what SQL does not add up ------------------------------------------------------------

    def _groups(
        self,
        asked: Asked,
        keys: list[Lowered],
        conditions: list[exp.Expression],
        operand: Lowered,
        where: Lowered | None,
    ) -> tuple[dict[tuple, Result], list[exp.Expression]]:
        """The groups there are, those that cannot be known marked, and the condition of rows that take part."""
        state = rows_of(where)
        bad = [state.bad]
        gone = missing(operand)
        if gone is not None:
            bad.append(all_of([exp.Coalesce(this=grouped(state.taking), expressions=[exp.false()]), gone]))
        only = State([], lambda _: None, state.taking, any_of(bad))
        found = self._grouped(asked, keys, conditions, [only])[0]
        return found, [] if is_true(state.taking) else [state.taking]

    def _quantiles(
        self,
        asked: Asked,
        keys: list[Lowered],
        conditions: list[exp.Expression],
        operand: Lowered | None,
        where: Lowered | None,
    ) -> dict[tuple, Result]:
        """The two values around the place, by row number within each group."""
        assert operand is not None
        reading = asked.reading
        share = PLACES[asked.call.function] if asked.share is None else asked.share
        assert share is not None
        if operand.num is None or operand.over is not None or not 0 <= share <= 1:
            return self._on_host(asked, keys, conditions, operand, where)
        found, taking = self._groups(asked, keys, conditions, operand, where)
        parts = reading.parts(keys)
        inner = reading.frame.relation([*parts, operand.value], [*conditions, *taking])
        window = {"partition_by": [part.copy() for part in parts], "over": "OVER"}
        order = exp.Order(expressions=[exp.Ordered(this=operand.value.copy(), nulls_first=False)])
        place = exp.Window(this=exp.RowNumber(), order=order, **window)
        count = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[part.copy() for part in parts], over="OVER")
        listed = [*parts, operand.value]
        numbered = exp.select(
            *[exp.alias_(part.copy(), f"x{n}") for n, part in enumerate(listed)],
            exp.alias_(place, "r"),
            exp.alias_(count, "n"),
        ).from_(inner.subquery("q", copy=False), copy=False)
        last = exp.Paren(this=exp.Sub(this=exp.column("n"), expression=ints.whole(1)))
        below = exp.IntDiv(
            this=exp.Mul(this=last, expression=ints.whole(share.numerator)), expression=ints.whole(share.denominator)
        )
        away = exp.Sub(this=exp.column("r"), expression=exp.Paren(this=below))
        query = (
            exp.select("*")
            .from_(numbered.subquery("w", copy=False), copy=False)
            .where(exp.In(this=exp.Paren(this=away), expressions=[ints.whole(1), ints.whole(2)]))
        )
        near: dict[tuple, list[tuple[int, Any, int]]] = {}
        width = len(parts)
        for row in reading.frame.database.rows(query):
            near.setdefault(reading.decode(keys, row[:width]), []).append((row[width + 1], row[width], row[width + 2]))
        for key, values in near.items():
            if isinstance(found.get(key), Bad):
                continue
            values.sort()
            exact = [Fraction(int(value), operand.den) for _, value, _ in values]
            at = (values[0][2] - 1) * share
            rest = at - (at.numerator // at.denominator)
            found[key] = exact[0] if not rest else exact[0] + rest * (exact[1] - exact[0])
        return found

    def _on_host(
        self,
        asked: Asked,
        keys: list[Lowered],
        conditions: list[exp.Expression],
        operand: Lowered | None,
        where: Lowered | None,
    ) -> dict[tuple, Result]:
        """Every value fetched: for numbers without a common denominator."""
        assert operand is not None
        found, taking = self._groups(asked, keys, conditions, operand, where)
        lists: dict[tuple, list[Any]] = {key: [] for key, value in found.items() if not isinstance(value, Bad)}
        for values, _ in asked.reading.frame.fetch([*keys, operand], [*conditions, *taking]):
            if tuple(values[:-1]) in lists:
                lists[tuple(values[:-1])].append(values[-1])
        for key, items in lists.items():
            try:
                rest = [] if asked.share is None else [asked.share]
                found[key] = AGGREGATES[asked.call.function](items, *rest)
            except Unresolved as error:
                found[key] = error
        return found


def _asked(
    reading: OnRows, keys: list[exp.Expression], conditions: list[exp.Expression], states: Mapping[tuple, State]
) -> dict[tuple, dict[tuple, tuple[int, bool, tuple]]]:
    """Of each state by the key of a group: rows, whether it is bad, its parts."""
    listed: list[exp.Expression] = [*keys, exp.Count(this=exp.Star())]
    for state in states.values():
        bad = exp.false() if state.bad is None else state.bad
        listed += [exp.LogicalOr(this=exp.Coalesce(this=grouped(bad), expressions=[exp.false()])), *state.parts]
    inner = reading.frame.relation(listed, conditions)
    named = [exp.alias_(part.copy(), f"x{n}") for n, part in enumerate(listed)]
    query = exp.select(*named).from_(inner.subquery("q", copy=False), copy=False)
    if keys:
        query = query.group_by(*[part.copy() for part in keys], copy=False)
    found: dict[tuple, dict[tuple, tuple[int, bool, tuple]]] = {mark: {} for mark in states}
    for row in reading.frame.database.rows(query):
        key, count, cells = row[: len(keys)], row[len(keys)], iter(row[len(keys) + 1 :])
        for mark, state in states.items():
            is_bad, parts = bool(next(cells)), tuple(next(cells) for _ in state.parts)
            if count:
                found[mark][key] = count, is_bad, parts
    return found


def _operand(reading: OnRows, call: tree.Call) -> Lowered | None:
    read = read_on_rows(call)
    return None if read is None else reading.own_node(read)


def _finished(state: State, sums: Sequence[Any]) -> Result:
    try:
        return state.finish(sums)
    except Unresolved as error:
        return error
