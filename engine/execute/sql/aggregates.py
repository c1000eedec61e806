"""Aggregates of big tables that the host asks for: grouped in SQL, for all groups at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlglot import exp

from engine.execute.reference.aggregates import AGGREGATES, Root
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.sql import ints
from engine.execute.sql.added_up import PLACES, STATES, State, rows_of, state_of
from engine.execute.sql.aggregates_below import stray
from engine.execute.sql.asked_together import Asked, asked_with
from engine.execute.sql.groups import Answers, Groups, counted, doubted
from engine.execute.sql.ints import TooLarge, grouped
from engine.execute.sql.key_columns import all_decoded
from engine.execute.sql.lowered import Lowered, all_of, any_of, is_false, is_true, missing, not_
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.on_rows import InSql, OnRows
from engine.language import tree
from engine.language.function_laws import Absence, Takes
from engine.language.functions import FUNCTIONS, law_of, read_on_rows
from engine.language.values import Unresolved, Value, number_of

STRAYS = 200
"""Among so many rows without a row that they refer to the first is looked for."""
_NO_ROWS = {name: Fraction(0) for name, f in FUNCTIONS.items() if f.law.absence is Absence.NEVER}


@dataclass(frozen=True)
class Bad:
    """A group that has a row which cannot be counted in; which one is looked up when asked."""


Result = Value | Root | Unresolved | Bad


@dataclass
class _Found:
    """``sums``: groups by what was asked, with its node, kept alive; ``answers``: what SQL gave for the groups."""

    sums: dict[tuple, tuple[dict[tuple, Result], Called]] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)


class Aggregates:
    """``one_by_one``: only the group of the row that asks is worked out, not those of all rows of its grain."""

    def __init__(self, execution: InSql, one_by_one: bool = False) -> None:
        self.execution, self.one_by_one = execution, one_by_one

    def _of(self, first: bool) -> _Found:
        """What was found over the rows of a phase."""
        return self.execution.phases.of_rows(first).kept(self, _Found)

    @property
    def _answers(self) -> Answers:
        """Conditions say which rows they are about: all phases that are still read share what was asked."""
        return self._of(True).answers

    def looked_at(self) -> bool:
        return bool(self._of(False).sums)

    def value(self, node: Called, row: Row, day: datetime.date) -> Value | Root:
        """The aggregate for ``row``. Raises :class:`Unresolved`."""
        execution = self.execution
        call = node.origin
        assert call.source is not None
        scope = execution.scope(execution.closing)
        reading = execution.readings[scope.base(call.source)]
        first = execution.judge.over_accepted()
        asked = Asked(node, call, reading, row.grain, scope.keys(row.grain), first)
        if law_of(call.function).takes is Takes.NUMBERS_BELOW_AND_SHARE:
            share = execution.judge.computed(node.args[1], row, day)
            if share is None:
                return None
            asked.share = number_of(share)
        if row.grain in execution.readings or self.one_by_one:
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

    # -- what is asked of the database ------------------------------------------------------------

    def prepare(self, asks: Sequence[Asked], rows: Sequence[tuple[str, tuple[str, ...], bool]]) -> None:
        """Asks in one query what will be wanted next: aggregates, and which combinations of keys there are (source,
        keys, whether over all accepted rows). What cannot be asked so is left to who wants it.
        """
        found = [self._added_up(asked) for asked in asks]
        found += [self._rows_by(*one) for one in rows]
        self._answers.ask([groups for groups in found if groups is not None])

    def combinations(self, source: str, keys: tuple[str, ...], first: bool) -> list[tuple]:
        """The combinations of ``keys`` that the rows of ``source`` lead to. Raises :class:`Unresolved`."""
        reading = self._reading(source)
        groups = self._among(reading, source, keys, first, rows_of(None))
        self._ask(groups, [], source, keys, first)
        return all_decoded(groups.keys, self._answers.keys(groups))

    def keys_seen(self, reading: OnRows, keys: list[Lowered], conditions: list[exp.Expression]) -> list[tuple] | None:
        """The combinations of ``keys`` on the rows that meet ``conditions``, as they stand in SQL, if they were asked
        for with anything.
        """
        return self._answers.seen(Groups(reading, keys, conditions, []))

    def any_row(
        self, reading: OnRows, fails: Sequence[exp.Expression | None], conditions: Sequence[exp.Expression]
    ) -> bool:
        """Whether one of ``fails`` is true on a row."""
        groups = doubted(reading, conditions, fails)
        self._answers.ask([groups])
        return self._answers.is_doubtful(groups)

    def count_true(self, reading: OnRows, fail: exp.Expression, conditions: Sequence[exp.Expression]) -> int:
        """On how many rows that meet the conditions ``fail`` is true."""
        if is_false(fail):
            return 0
        groups = doubted(reading, conditions, [fail])
        self._answers.ask([groups])
        return self._answers.doubtful(groups)

    def count_of(
        self, reading: OnRows, conditions: Sequence[exp.Expression], fails: Sequence[exp.Expression | None] = ()
    ) -> int:
        """How many rows meet the conditions; whether one of ``fails`` is true on them is asked by the way."""
        groups = counted(reading, conditions, fails)
        self._answers.ask([groups])
        return sum(count for _, count, _ in self._answers.groups(groups))

    def count_ahead(self, groups: Sequence[Groups]) -> None:
        """Asks at once what :meth:`count_of` and :meth:`any_row` will be asked next."""
        self._answers.ask(groups)

    def _rows_by(self, source: str, keys: tuple[str, ...], first: bool) -> Groups | None:
        try:
            return self._among(self._reading(source), source, keys, first, rows_of(None))
        except (TooLarge, NotInSql, Unresolved):
            return None

    def _reading(self, source: str) -> OnRows:
        return self.execution.readings[self.execution.scope(self.execution.closing).base(source)]

    def _added_up(self, asked: Asked) -> Groups | None:
        """What SQL adds up for an aggregate that may be asked with another; ``None`` if it cannot be so simply."""
        reading, call = asked.reading, asked.call
        assert call.source is not None
        if asked.mark in self._of(asked.first).sums:
            return None
        try:
            return self._among(reading, call.source, asked.keys, asked.first, self._state_of_any(asked))
        except (TooLarge, NotInSql, Unresolved):
            return None

    def _state_of_any(self, asked: Asked) -> State:
        """What is added up, or for which groups there are values to be fetched."""
        try:
            return self._state(asked) if asked.call.function in STATES else self._state_of_values(asked)[1]
        except TooLarge:
            return self._state_of_values(asked)[1]

    def _state_of_values(self, asked: Asked) -> tuple[Lowered, State]:
        """What is read on the rows, and of which rows, where every value is fetched."""
        reading, call = asked.reading, asked.call
        operand = _operand(reading, call)
        where = None if call.where is None else reading.own_truth_node(call.where)
        assert operand is not None
        state = rows_of(where)
        bad = [state.bad]
        gone = missing(operand)
        if gone is not None:
            bad.append(all_of([exp.Coalesce(this=grouped(state.taking), expressions=[exp.false()]), gone]))
        return operand, State([], (), lambda _: None, state.taking, any_of(bad))

    def _state(self, asked: Asked) -> State:
        reading, call = asked.reading, asked.call
        operand = _operand(reading, call)
        where = None if call.where is None else reading.own_truth_node(call.where)
        return state_of(call.function, operand, where, max(reading.frame.staged.count, 1))

    def _among(self, reading: OnRows, source: str, keys: tuple[str, ...], first: bool, *states: State) -> Groups:
        """The rows of ``source`` by ``keys``."""
        member = reading.in_grain(source)
        among = self.execution.conditions(reading.base, first)
        conditions = [*among, *([] if is_true(member.value) else [member.value])]
        lows = [reading.own(name) for name in keys]
        doubtful = [] if member.fail is None else [member.fail]
        doubtful += [all_of([*conditions[len(among) :], low.fail]) for low in lows if low.fail is not None]
        conditions += [not_(gone) for low in lows if (gone := missing(low)) is not None and not is_false(gone)]
        return Groups(reading, lows, conditions, list(states), among, doubtful)

    def _ask(self, groups: Groups, others: Sequence[Groups], source: str, keys: tuple[str, ...], first: bool) -> None:
        """Raises :class:`Unresolved` where it is not known which rows a group has."""
        self._answers.ask([groups, *others])
        if self._answers.is_doubtful(groups):
            reading, execution = groups.reading, self.execution
            member = execution.member(reading, source, first)
            execution.refuse_unknown_keys(reading, groups.keys, keys, [*groups.among, *member])

    def _work_out(self, asked: Asked, only: Row | None) -> dict[tuple, Result]:
        reading, call = asked.reading, asked.call
        reading.used = True
        assert call.source is not None
        if only is None:
            groups = self._among(reading, call.source, asked.keys, asked.first)
        else:
            groups = self.group(reading, call.source, asked.keys, only.key, asked.first)
            self._refuse_strays_below(asked, groups.keys, groups.among)
        if call.function not in STATES:
            return self._of_every_value(asked, groups)
        try:
            groups.states.append(self._state(asked))
        except TooLarge:
            return self._on_host(asked, groups)
        return self._grouped(asked, groups, together=only is None)

    def _of_every_value(self, asked: Asked, groups: Groups) -> dict[tuple, Result]:
        return self._quantiles(asked, groups) if asked.call.function in PLACES else self._on_host(asked, groups)

    def _grouped(self, asked: Asked, groups: Groups, together: bool = False) -> dict[tuple, Result]:
        """What the one state of ``groups`` comes to; ``together``: others that can be asked with it are."""
        (state,) = groups.states
        assert asked.call.source is not None
        others: list[Groups] = []
        if together and groups.marks()[0] not in self._answers.rows:
            others = [made for one in asked_with(self.execution, asked) if (made := self._added_up(one)) is not None]
        self._ask(groups, others, asked.call.source, asked.keys, asked.first)
        found: dict[tuple, Result] = {}
        counts: dict[tuple, int] = {}
        for raw, count, ((is_bad, sums),) in self._answers.groups(groups):
            key = groups.reading.decode(groups.keys, raw)
            counts[key] = counts.get(key, 0) + count
            found[key] = Bad() if is_bad else _finished(state, sums)
        self._refuse_strays(asked, counts, groups.keys, groups.conditions)
        return found

    def grouped_rows(
        self, reading: OnRows, keys: list[Lowered], conditions: list[exp.Expression], states: Sequence[State],
        beside: Asked | None = None,
    ) -> list[tuple[tuple, int, list[tuple[bool, Sequence[Any]]]]]:  # fmt: skip
        """For each group: its key in SQL, how many rows it has, and of each state whether it is bad and its parts.

        What was asked of the same rows before is not asked again. ``beside``: what will be asked next.
        """
        groups = Groups(reading, keys, conditions, list(states))
        others: list[Groups | None] = []
        if beside is not None and any(mark not in self._answers.rows for mark in groups.marks()):
            others = [self._added_up(one) for one in asked_with(self.execution, beside)]
        self._answers.ask([groups, *(one for one in others if one is not None)])
        return self._answers.groups(groups)

    def group(
        self, reading: OnRows, source: str, keys: tuple[str, ...], key: Sequence[Value], first: bool
    ) -> Groups:  # fmt: skip
        """The rows of ``source`` in one group. Raises :class:`Unresolved` where nobody knows which rows those are."""
        every = self._among(reading, source, keys, first)
        self.refuse_doubtful(every, source, keys, first)
        own = self.of_group(reading, every.keys, key)
        return Groups(reading, every.keys, [*every.conditions, *own], [], every.conditions)

    def refuse_doubtful(self, groups: Groups, source: str, keys: tuple[str, ...], first: bool) -> None:
        """Raises :class:`Unresolved` where it is not known which rows a group has."""
        self._ask(groups, [], source, keys, first)

    def rows_in(self, groups: Groups) -> int:
        """How many rows there are, which anything that was asked of them says."""
        known = self._answers.counts(groups)
        if known is not None:
            return known
        groups.states.append(rows_of(None))
        self._answers.ask([groups])
        return sum(count for _, count, _ in self._answers.groups(groups))

    def of_group(self, reading: OnRows, keys: Sequence[Lowered], key: Sequence[Value]) -> list[exp.Expression]:
        """The conditions of being in the group of ``key``."""
        return [reading.equals(low, part) for low, part in zip(keys, key, strict=True)]

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
        if asked.grain not in self.execution.readings:
            return  # a sum of one group alone, of a run that has refused strays
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
        conditions += self.of_group(reading, lows, key)
        where = None if call.where is None else reading.own_truth_node(call.where)
        operand = _operand(reading, call)
        try:
            if where is not None and (unknown := missing(where)) is not None:
                assert asked.node.where is not None
                for row in execution.rows_where(reading, [*conditions, unknown], reading.key_order(), 1, of=[]):
                    execution.judge.holds(asked.node.where, row)
            if operand is not None and (gone := missing(operand)) is not None:
                taking = [] if where is None or is_true(where.value) else [where.value]
                for row in execution.rows_where(reading, [*conditions, *taking, gone], reading.key_order(), 1, of=[]):
                    execution.judge.computed(asked.node.args[0], row, execution.judge.own_day(row))
        except Unresolved as error:
            return error
        return Unresolved(f"{call.function} 的一行没有值；用 当 有 … 只算有值的行", cause="汇总用到空值")

    # -- what SQL does not add up ------------------------------------------------------------

    def _groups(self, asked: Asked, groups: Groups) -> tuple[Lowered, dict[tuple, Result], list[exp.Expression]]:
        """What is read on the rows, the groups there are, those that cannot be known marked, and the condition of rows
        that take part.
        """
        operand, state = self._state_of_values(asked)
        groups.states.append(state)
        found = self._grouped(asked, groups)
        return operand, found, [*groups.conditions, *([] if is_true(state.taking) else [state.taking])]

    def _quantiles(self, asked: Asked, groups: Groups) -> dict[tuple, Result]:
        """The two values around the place, by row number within each group."""
        reading, keys = asked.reading, groups.keys
        share = PLACES[asked.call.function] if asked.share is None else asked.share
        assert share is not None
        read = _operand(reading, asked.call)
        if read is None or read.num is None or read.over is not None or not 0 <= share <= 1:
            return self._on_host(asked, groups)
        operand, found, conditions = self._groups(asked, groups)
        parts = reading.parts(keys)
        inner = reading.frame.relation([*parts, operand.value], conditions)
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

    def _on_host(self, asked: Asked, groups: Groups) -> dict[tuple, Result]:
        """Every value fetched: for numbers without a common denominator."""
        operand, found, conditions = self._groups(asked, groups)
        lists: dict[tuple, list[Any]] = {key: [] for key, value in found.items() if not isinstance(value, Bad)}
        for values, _ in asked.reading.frame.fetch([*groups.keys, operand], conditions):
            if tuple(values[:-1]) in lists:
                lists[tuple(values[:-1])].append(values[-1])
        for key, items in lists.items():
            try:
                rest = [] if asked.share is None else [asked.share]
                found[key] = AGGREGATES[asked.call.function](items, *rest)
            except Unresolved as error:
                found[key] = error
        return found


def _operand(reading: OnRows, call: tree.Call) -> Lowered | None:
    read = read_on_rows(call)
    return None if read is None else reading.own_node(read)


def _finished(state: State, sums: Sequence[Any]) -> Result:
    try:
        return state.finish(sums)
    except Unresolved as error:
        return error
