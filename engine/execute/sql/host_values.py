"""What SQL has no words for, or has no rows for: Python works it out once for each combination of keys on the rows of a
big table (a hospital's coefficient for each hospital that occurs), and joins the outcome to the rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from sqlglot import exp

from engine.execute.plan.steps import Column
from engine.execute.reference import lookups
from engine.execute.reference.rows import Row
from engine.execute.reference.rules import compute
from engine.execute.reference.scalars import SCALARS
from engine.execute.sql import ints
from engine.execute.sql.beside_rows import BesideRows, kind_of
from engine.execute.sql.combinations import Combinations, Occurring
from engine.execute.sql.each_key import all_is_kept, of_each, outcome
from engine.execute.sql.ints import Int
from engine.execute.sql.key_columns import key_parts
from engine.execute.sql.leaves import LEAVES, leaves_of
from engine.execute.sql.lowered import Lowered, any_of, constant, is_true, merged, missing, unresolved
from engine.execute.sql.not_in_sql import NotInSql, too_long
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.rounded_on_rows import rounded_sum
from engine.execute.sql.told_apart import one_for_the_rest, told_apart
from engine.language import tree
from engine.language.function_laws import Absence, Reach
from engine.language.functions import law_of
from engine.language.types import Kind
from engine.language.values import Unresolved, Value
from engine.rulebook.model import Rule
from engine.rulebook.parts import formulas_of, names_in

MOST_ARGUMENTS = 1_000_000
"""Of so many combinations of arguments the host works out a function that SQL has no words for."""
MANY = 1000
"""Combinations without a row from which on they are told by what they are not."""
_ON_LEAVES = (Reach.ROW, Reach.TABLE, Reach.PERIOD)
"""What a function may read that is worked out once for each combination of what is read on the row."""


class HostValues:
    """What the host works out for the rows of one frame."""

    def __init__(self, reading: OnRows) -> None:
        self.reading = reading
        self.occurring = Occurring(reading)
        self.beside = BesideRows(reading)

    def named_at(self, keys: list[Lowered], name: str, base: str, day: datetime.date) -> Lowered:
        """``name`` on the row of another grain, ``base``, at ``keys``."""
        execution = self.reading.execution
        value, row_at = execution.coarse.on_row(name, base, day), lookups.rows_at(execution.judge, base, day)

        def work(key: tuple[Value, ...]) -> Value:
            target = row_at(key)
            return None if target is None else value(target)

        try:
            if not keys:
                return self._everywhere(lambda: work(()))
            if base not in execution.scope(day).book.tables:
                return self.mapped(keys, work, many=lambda keys: self._at_many(keys, work, name, base, day))
            return self.mapped(keys, work, rows=lookups.required_keys(execution.judge, base, day))
        except ints.TooLarge:
            raise too_long(name) from None

    def _at_many(
        self, keys: list[tuple[Value, ...]], work: Callable[[tuple[Value, ...]], Value], name: str, base: str,
        day: datetime.date,
    ) -> list[Value | Unresolved]:  # fmt: skip
        """``work`` at so many keys that it pays to look which of them cannot make a difference."""
        execution = self.reading.execution
        alike = list(one_for_the_rest(keys, told_apart(execution, name, base, day)))
        found = execution.coarse.at_keys(name, base, day, different := list(dict.fromkeys(alike)))
        if found is None:
            return of_each(work, alike)
        return [*map(dict(zip(different, found, strict=True)).__getitem__, alike)]

    def _everywhere(self, work: Callable[[], Value]) -> Lowered:
        try:
            found = work()
        except Unresolved:
            return unresolved(Kind.ABSENT)
        return constant(kind_of(found), found)

    def rule(self, rule: Rule, day: datetime.date) -> Lowered:
        """A rule worked out once for each combination of the names that it reads."""
        execution = self.reading.execution
        names = sorted(
            {name for formula in formulas_of(rule.body) for name in names_in(formula.tree)} | set(_columns(rule))
        )
        nodes = [formula.tree for formula in formulas_of(rule.body)]
        try:
            return self._by_leaves(names, nodes, day, lambda row: compute(execution.judge, rule, row, day))
        except ints.TooLarge:
            raise too_long(rule.name) from None

    def node(self, node: tree.Node, day: datetime.date) -> Lowered:
        """A formula worked out once for each combination of the names that it reads."""
        execution = self.reading.execution
        compiled = execution.formulas.compiled_tree(node)
        return self._by_leaves(
            sorted(names_in(node)), [node], day, lambda row: execution.judge.computed(compiled, row, day)
        )

    def scalar(self, function: str, args: list[Lowered]) -> Lowered:
        """A function of its arguments alone that SQL has no words for: worked out once for each combination of them
        that occurs, at most :data:`MOST_ARGUMENTS`. Raises :class:`NotInSql` where there are more.
        """
        strict = law_of(function).absence is Absence.ANY
        fails = any_of([low.fail for low in args])
        if any(is_true(low.fail) for low in args) or (strict and any(isinstance(low.value, exp.Null) for low in args)):
            return Lowered(Kind.ABSENT, exp.Null(), fails, True)
        places = [n for n, low in enumerate(args) if not low.is_known and not isinstance(low.value, exp.Null)]
        fixed = [low.known if low.is_known else None for low in args]

        def work(key: tuple[Value, ...]) -> Value:
            values = list(fixed)
            for place, value in zip(places, key, strict=True):
                values[place] = value
            return SCALARS[function](*values)

        if not places:
            found = self._everywhere(lambda: work(()))
        else:
            keys = [self.reading.frame.let_low(replace(args[n], fail=None)) for n in places]
            self._refuse_many(function, keys)
            found = self.mapped(keys, work, absent_too=True)
        return found if fails is None else merged([(fails, unresolved(found.kind))], found, found.kind)

    def _refuse_many(self, function: str, keys: list[Lowered]) -> None:
        frame, execution = self.reading.frame, self.reading.execution
        query = frame.selected(key_parts(keys), execution.widest(self.reading.base)).distinct(copy=False)
        some = query.limit(MOST_ARGUMENTS + 1, copy=False).subquery("d", copy=False)
        ((count,),) = frame.database.rows(exp.select(exp.Count(this=exp.Star())).from_(some, copy=False))
        if count > MOST_ARGUMENTS:
            raise NotInSql(
                f"{self.reading.current} 用到 {function}，{frame.database.name} 的 SQL 里没有它，"
                f"要在数据库外逐组算，而它的各项有 {MOST_ARGUMENTS} 组以上不同的值"
            )

    def leaves(self, names: list[str], day: datetime.date, work: Callable[[Row], Value]) -> Lowered:
        """``work`` on a row of which only ``names`` can be read, once for each combination of them."""
        return self._by_leaves(names, [], day, work)

    def _by_leaves(
        self, names: list[str], nodes: Sequence[tree.Node], day: datetime.date, work: Callable[[Row], Value]
    ) -> Lowered:
        for node in nodes:
            if any(
                isinstance(part, tree.Call) and law_of(part.function).reach not in _ON_LEAVES for part in node.walk()
            ):
                raise NotInSql("公式太大或太长，又用到别的行，在数据行上不能精确计算；把其中一部分另立一条规则")
        leaves = leaves_of(self.reading, names, day)

        def call(key: tuple[Value, ...]) -> Value:
            return work(Row(self.reading.base, (LEAVES,), leaves=leaves.of(key)))

        if not leaves.keys:
            return self._everywhere(lambda: call(()))
        return self.mapped(leaves.keys, call, absent_too=True)

    def rounded_sum(self, node: tree.Node, digits: int, mode: str, day: datetime.date) -> Lowered | None:
        """A formula that is too long for SQL, rounded: :mod:`engine.execute.sql.rounded_sums`; ``None`` where it is no
        such sum, or too long even so.
        """
        return rounded_sum(self.reading, self.occurring, self.beside, node, digits, mode, day)

    def mapped(
        self, keys: list[Lowered], work: Callable[[tuple[Value, ...]], Value], absent_too: bool = False,
        rows: Collection[tuple[Value, ...]] | None = None,
        many: Callable[[list[tuple[Value, ...]]], list[Value | Unresolved]] | None = None,
    ) -> Lowered:  # fmt: skip
        """``work`` on each combination of ``keys``; absent where a key is, unless ``absent_too``.

        ``rows``: the combinations of which ``work`` does not fail for want of a row, where that is known. ``many``:
        the same of all of them, asked for where they are many.
        """
        fails = any_of([key.fail for key in keys])
        if not absent_too and any(isinstance(key.value, exp.Null) for key in keys):
            return Lowered(Kind.ABSENT, exp.Null(), fails, True)
        with all_is_kept():
            known = self.occurring.of(keys, absent_too)
            if rows is not None:
                known = self._with_a_row(known, rows)
            if many is not None and len(known.values) >= MANY:
                results = many(known.values)
            else:
                results = [outcome(work, key) for key in known.values]
        found = self.beside.results(known, results)
        if absent_too:
            return found
        steps: list[tuple[exp.Expression, Lowered]] = []
        if fails is not None:
            steps.append((fails, unresolved(found.kind)))
        blank = any_of([missing(key) for key in keys if key.absent])
        if blank is not None:
            steps.append((blank, constant(found.kind, None)))
        return self.reading.frame.let_low(merged(steps, found, found.kind)) if steps else found

    def _with_a_row(self, known: Combinations, rows: Collection[tuple[Value, ...]]) -> Combinations:
        """Those that are among ``rows``, if the others are many: these are told by what they are not."""
        if len(known.values) - len(rows) < MANY:
            return known
        there = [place for place, key in enumerate(known.values) if key in rows]
        if len(known.values) - len(there) < MANY:
            return known
        raw, values = [known.raw[place] for place in there], [known.values[place] for place in there]
        return Combinations(known.keys, raw, values, known.null_safe, others_fail=True)

    def combinations(self, keys: list[Lowered]) -> Combinations:
        """The combinations of ``keys`` that occur; rows without one of them are left out."""
        return self.occurring.without_absent(keys)

    def prepare(self, columns: Sequence[Column]) -> None:
        """Asks in one query which combinations of keys there are at which these columns read other grains."""
        self.occurring.prepare(columns)

    def store_kinds(self, columns: Sequence[Column]) -> None:
        """Stores the kinds of rows by the keys at which these columns read other grains."""
        self.occurring.store_kinds(columns)

    def whole_numbers(self, known: Combinations, numbers: list[int | None]) -> Int | None:
        """A whole number for each combination, beside the rows; ``None`` if there is none at all."""
        return self.beside.whole_numbers(known, numbers)

    def texts_by_row(self, rows: list[int], texts: list[str]) -> exp.Expression:
        """A text for some row numbers, beside the rows."""
        return self.beside.texts_by_row(rows, texts)


def _columns(rule: Rule) -> tuple[str, ...]:
    return getattr(rule.body, "columns", ())
