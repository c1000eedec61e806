"""What each name means on a row (a field, a parameter, a rule, a value of another row) under the rules of one day, as a
Python function of the row that is made once: formulas and rules are put together of these.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import itemgetter
from sys import intern
from typing import Any

from engine.execute.at_most import AtMost
from engine.execute.closures.bodies import Body, all_of, body_of
from engine.execute.closures.compile import Code, Names, Run, code_of, constant, truth_of
from engine.execute.closures.pairs import LONG, Pair, lowest_terms, to_cell, to_value
from engine.execute.closures.rows import Case, Cells, CellsBelow, cells_of_record
from engine.execute.closures.stands_in import StandsIn
from engine.execute.reference import lookups
from engine.execute.reference.aggregates import AGGREGATES
from engine.execute.reference.calls import CALLS
from engine.execute.reference.formulas import Formulas
from engine.execute.reference.nodes import Called, Known
from engine.execute.reference.rows import Row
from engine.language.types import BOOL, Type
from engine.language.values import MOST_BITS, Unresolved, refuse_endless
from engine.rulebook.chains import stops_before
from engine.rulebook.model import Check, Formula
from engine.rulebook.scope import Access, Unreachable

MOST_DAYS = 50_000
"""Pairs of days between which working days are counted once."""
_UNSEEN = object()
_LONGEST = 1 << MOST_BITS
_LEAST = -_LONGEST


class Readings:
    """Names on the rows of every grain under the rules of ``day``; ``found`` are rows that were looked up."""

    def __init__(self, execution: StandsIn, day: datetime.date) -> None:
        self.execution, self.day = execution, day
        self.scope = execution.judge.scope(day)
        self.grains: dict[str, Reading] = {}
        self.found: defaultdict[str, dict[tuple, Cells | None]] = defaultdict(execution.rows_found)

    def of(self, grain: str) -> Reading:
        """Names as read from a row of ``grain`` (any that narrows the same rows)."""
        base = self.scope.base(grain)
        if base not in self.grains:
            self.grains[base] = Reading(self, base)
        return self.grains[base]

    def at(self, base: str, key: tuple, reader: Cells) -> Cells | None:
        """The row of a published table or key grain at ``key``, kept. Raises :class:`Unresolved`."""
        rows = self.found[base]
        found = rows.get(key)
        if found is None and key not in rows:
            found = self._look_up(base, key, reader)
            rows[key] = found
        return found

    def _look_up(self, base: str, key: tuple, reader: Cells) -> Cells | None:
        with self.execution.alone:
            row = lookups.row_at(self.execution.judge, base, tuple(map(to_value, key)), reader.day)
        return None if row is None else self.cells(row, reader.day)

    def cells(self, row: Row, day: datetime.date) -> Cells:
        """A row of a published table or key grain for closures."""
        return Cells(self._known(row), day, self.execution.missing_field, row)

    def cells_below(self, row: Row, day: datetime.date, case: Case) -> Cells:
        """A row that belongs to a case."""
        made = CellsBelow(self._known(row), day, self.execution.missing_field, row)
        made.owner, made.below = case, case.below
        return made

    def _known(self, row: Row) -> dict[str, Any]:
        cells = dict(zip(self.scope.keys(row.grain), map(to_cell, row.key), strict=True))
        if not row.record:
            return cells
        return cells | cells_of_record(row.record, self.execution.computed_fields(row.grain))


class Reading:
    """Names as read from the rows of one base grain."""

    def __init__(self, readings: Readings, base: str) -> None:
        self.readings, self.base = readings, base
        self.execution, self.scope = readings.execution, readings.scope
        self._codes: dict[str, Code] = {}
        self._rules: dict[str, Run] = {}

    @property
    def formulas(self) -> Formulas:
        return self.execution.judge.formulas

    # -- names ------------------------------------------------------------

    def name(self, name: str) -> Code:
        """``name`` as read from a row of the base."""
        found = self._codes.get(name)
        if found is None:
            found = self._codes[name] = self._name(name)
        return found

    def _name(self, name: str) -> Code:
        day = self.readings.day
        try:
            access = self.scope.reach(self.base, name)
        except Unreachable:
            return self._as_reference(name)
        if access.kind == "parameter":
            try:
                return constant(to_cell(self.execution.judge.parameter(name, day)))
            except Unresolved:
                return self._as_reference(name)
        if access.kind == "period":
            return constant(to_cell(self.execution.judge.period.named(name)))
        if access.kind == "key":
            return Code(itemgetter(intern(name)))
        return self._own(access) if access.own else self._other(access)

    def _as_reference(self, name: str) -> Code:
        """Whatever the reference engine says of it, each time."""

        def ask(row: Cells) -> Any:
            with self.execution.standing(row) as judge:
                return to_cell(judge.value(name, row.row, row.day))

        return Code(ask)

    def _own(self, access: Access, inside: frozenset[str] = frozenset()) -> Code:
        """``inside``: narrowed grains to which the row surely belongs."""
        if access.kind == "field":
            return Code(itemgetter(intern(access.name)))
        name = access.name
        tests = [
            (_belonging(subset), self.belongs(subset)) for subset in reversed(access.subsets) if subset not in inside
        ]  # the widest first
        make = self._check if access.kind == "check" else self._rule_inside
        return Code(_once(name, name, lambda: make(name), tests))

    def name_inside(self, name: str, inside: frozenset[str]) -> Code:
        """As :meth:`name`, of a row that surely belongs to some narrowed grains: it is not asked again."""
        try:
            access = self.scope.reach(self.base, name)
        except Unreachable:
            return self.name(name)
        narrowed = access.kind not in ("parameter", "period", "key") and access.own and inside & set(access.subsets)
        return self._own(access, inside) if narrowed else self.name(name)

    def rule(self, name: str) -> Run:
        """A rule on its own row, whatever narrowed grain it is of."""
        found = self._rules.get(name)
        if found is None:
            found = self._rules[name] = _once(name, name, lambda: self._rule(name))
        return found

    def _other(self, access: Access) -> Code:
        """On another row, that the keys lead to."""
        steps = [self.name(step.name).run for step in access.keys]
        return Code(self._at(access.grain, steps, access.name, all(self._is_key(step.name) for step in access.keys)))

    def _is_key(self, name: str) -> bool:
        """Whether it is a part of the key of the row, which is always there."""
        try:
            return self.scope.reach(self.base, name).kind == "key"
        except Unreachable:
            return False

    def late(self, name: str) -> Run:
        """``name`` made when it is first read: names may lead in a circle over rows."""
        made: Run | None = None

        def run(row: Any) -> Any:
            nonlocal made
            if made is None:
                made = self.name(name).run
            return made(row)

        return run

    def _at(self, base: str, steps: list[Run], name: str, by_key: bool = False) -> Run:
        """``name`` on another row. What stands on it already is taken as it is. ``by_key``: the steps cannot fail."""
        inner, name = self.readings.of(base).late(name), intern(name)
        if base in self.execution.case_tables:
            return self._at_case(base, steps, inner, by_key)
        kept: Callable[[tuple, Any], Any] = self.readings.found[base].get
        at = self.readings.at
        if len(steps) == 1:
            (only,) = steps

            def run_one(row: Cells) -> Any:
                part = only(row)
                if part is None:
                    return None
                key = (part,)
                target = kept(key, _UNSEEN)
                if target is _UNSEEN:
                    target = at(base, key, row)
                if target is None:
                    return None
                found = target.get(name)
                return inner(target) if found is None or found.__class__ is Unresolved else found

            return run_one

        if len(steps) == 2:
            first, second = steps

            def run_two(row: Cells) -> Any:
                part, other = first(row), second(row)
                if part is None or other is None:
                    return None
                key = (part, other)
                target = kept(key, _UNSEEN)
                if target is _UNSEEN:
                    target = at(base, key, row)
                if target is None:
                    return None
                found = target.get(name)
                return inner(target) if found is None or found.__class__ is Unresolved else found

            return run_two

        def run(row: Cells) -> Any:
            key = tuple([step(row) for step in steps])
            if None in key:
                return None
            target = kept(key, _UNSEEN)
            if target is _UNSEEN:
                target = at(base, key, row)
            if target is None:
                return None
            found = target.get(name)
            return inner(target) if found is None or found.__class__ is Unresolved else found

        return run

    def _at_case(self, base: str, steps: list[Run], inner: Run, by_key: bool) -> Run:
        row_of_case, make = self.execution.row_of_case, self.readings.cells_below
        may_lack = base != self.execution.main and self.execution.judge.now.tables[base].optional

        def run(row: Cells) -> Any:
            key = tuple([step(row) for step in steps])
            if None in key or (may_lack and not row.case.below.get(base)):  # type: ignore[union-attr]
                return None
            target = row_of_case(base, key, row, make)
            return None if target is None else inner(target)

        def run_by_key(row: Cells) -> Any:
            return run(row) if row.below.get(base) else None  # type: ignore[attr-defined]

        return run_by_key if may_lack and by_key else run

    # -- rules, checks, conditions ------------------------------------------------------------

    def _rule_inside(self, name: str) -> Body:
        """A rule on a row that belongs to its grain."""
        inside = frozenset(self.scope.chain(self.scope.book.rules[name].grain))
        return self._rule(name, Inside(self, inside) if inside and self.base == self.execution.main else None)

    def _rule(self, name: str, inside: Inside | None = None) -> Body:
        """A rule on its own row. One that looks at other rows of published tables is the reference engine's."""
        alone = self.base == self.execution.main or not self.execution.judge.aggregates(self.scope.book, name)
        if alone and name not in self.execution.figures:
            body = body_of(self.scope.book.rules[name], inside or self)
            stops = stops_before(self.scope.book).get(name, ())
            return replace(body, run=self._after(stops, body.run)) if stops else body
        ask = self._rule_as_reference(name)
        return Body(self.execution.shortened(self.scope.book.rules[name], self.readings.day, ask))

    def _after(self, stops: Sequence[str], body: Run) -> Run:
        """``body``, once those rules of a long chain are worked out that come before it."""
        before = [self.late(stop) for stop in stops]

        def run(row: Cells) -> Any:
            for one in before:
                with suppress(Unresolved):
                    one(row)
            return body(row)

        return run

    def _rule_as_reference(self, name: str) -> Run:
        def ask(row: Cells) -> Any:
            with self.execution.standing(row) as judge:
                return to_cell(judge.rule_value(name, row.row, row.day))

        return ask

    def _check(self, name: str) -> Body:
        """筛查: the first grade that applies, 未命中, or 不适用."""
        check = self.scope.book.checks[name]
        grades = [(grade, self.condition(formula, check.grain)) for grade, formula in check.grades]

        def screen(row: Cells) -> str:
            try:
                for grade, holds in grades:
                    if holds(row):
                        return grade
            except Unresolved:
                return "不适用"
            return "未命中"

        return Body(screen)

    def belongs(self, subset: str) -> Run:
        """Whether a row meets the condition of a narrowed grain, as of its own date."""
        grain = self.scope.book.grains[subset]
        place = _belonging(subset)
        if self.base != self.execution.main or grain.condition is None or not grain.of:
            return _once(place, subset, lambda: Body(self._belongs_as_reference(subset)))
        condition, of = grain.condition, grain.of
        return _once(place, subset, lambda: Body(self.condition(condition, of)))

    def _belongs_as_reference(self, subset: str) -> Run:
        def ask(row: Cells) -> bool:
            with self.execution.standing(row) as judge:
                return judge.belongs(subset, row.row)

        return ask

    def in_grain(self, grain: str) -> Run:
        """Whether a row belongs to ``grain`` and to every grain that it narrows."""
        tests = [self.belongs(subset) for subset in reversed(self.scope.chain(grain))]
        return all_of(tests) or (lambda row: True)

    # -- formulas ------------------------------------------------------------

    def formula(
        self, formula: Formula, grain: str, expected: Type | None = None, rooted: bool = False,
        names: Names | None = None,
    ) -> Code:  # fmt: skip
        """A formula of ``grain``; one that is wrong fails whenever it is asked. ``names``: if not these."""
        try:
            node = self.formulas.compiled(formula, grain, self.readings.day, expected, rooted)
        except Unresolved as error:
            reason, cause = error.reason, error.cause

            def wrong(row: Any) -> Any:
                raise Unresolved(reason, cause=cause)

            return Code(wrong)
        return code_of(node, names or self)

    def condition(self, formula: Formula, grain: str) -> Run:
        return truth_of(self.formula(formula, grain, BOOL))

    def check(self, check: Check) -> list[Run]:
        return [self.condition(formula, check.grain) for _, formula in check.grades]

    # -- calls that look beyond the row ------------------------------------------------------------

    def beyond(self, node: Called) -> Code:
        name = node.name
        if name in _FASTER:
            return _FASTER[name](self, node, self)
        if name in AGGREGATES and len(node.args) == 1:
            return self._aggregate(node, name)
        return self._call(node)

    def _call(self, node: Called) -> Code:
        """Whatever the reference engine makes of a call."""
        name = node.name

        def ask(row: Cells) -> Any:
            with self.execution.standing(row) as judge:
                return to_cell(CALLS[name](judge, node, row.row, row.day))

        return Code(ask)

    def _aggregate(self, node: Called, name: str) -> Code:
        """Over the rows below a case: most cases have none."""
        base = self.scope.base(node.source)
        ask = self._call(node).run
        empty = to_cell(AGGREGATES[name]([]))

        def add_up(row: Cells) -> Any:
            case = row.case
            if case is None or base == case.table or case.below.get(base) or not self.execution.may_lack(base, case):
                return ask(row)
            return empty

        return Code(add_up)

    def looked_up(self, node: Called, names: Names) -> Code:
        """取: at the keys that are written, the others from the row; ``names``: what either says on it."""
        name = node.origin.name_at(0)
        home = self.scope.home(name)
        assert home is not None
        given = {keyword.arg: code_of(keyword.value, names).run for keyword in node.keywords}
        steps = [given[key] if key in given else names.name(key).run for key in self.scope.keys(home)]
        base = self.scope.base(home)
        return Code(self._at(base, steps, name))

    def _working_days(self, node: Called, names: Names) -> Code:
        """工作日数: the same for every row with these two days."""
        first, last = (code_of(arg, names).run for arg in node.args[:2])
        counted: dict[tuple, Any] = AtMost(MOST_DAYS)

        def count(row: Cells) -> Any:
            key = first(row), last(row)
            if None in key:
                return None
            found = counted.get(key)
            if found is None:
                found = counted[key] = self._count(node, key, row)
            if found.__class__ is Unresolved:
                raise Unresolved(found.reason, found.name, found.cause)
            return found

        return Code(count)

    def _count(self, node: Called, key: tuple, row: Cells) -> Any:
        days = node.on([*map(Known, key), *node.args[2:]])
        try:
            with self.execution.standing(row) as judge:
                return to_cell(CALLS[node.name](judge, days, row.row, row.day))
        except Unresolved as error:
            return error


@dataclass(frozen=True)
class Inside:
    """Names on rows that surely belong to the narrowed grains ``grains``, as a rule of such a grain reads them."""

    reading: Reading
    grains: frozenset[str]

    def formula(self, formula: Formula, grain: str, expected: Type | None = None, rooted: bool = False) -> Code:
        return self.reading.formula(formula, grain, expected, rooted, self)

    def name(self, name: str) -> Code:
        return self.reading.name_inside(name, self.grains)

    def beyond(self, node: Called) -> Code:
        return self.reading.beyond(node)


_FASTER: dict[str, Callable[[Reading, Called, Names], Code]] = {
    "取": Reading.looked_up, "工作日数": Reading._working_days,
}  # fmt: skip
"""Calls for which there is a shorter way than the reference engine's."""


def _belonging(subset: str) -> str:
    """Where it is kept on a row whether that belongs to a narrowed grain."""
    return f"∈{subset}"


def _shorter(name: str, pair: Pair) -> Pair:
    """In lowest terms, so that a chain of unrounded rules does not grow without end; refused if too long even so,
    as what rules that multiply can come to.
    """
    pair = lowest_terms(pair) if pair[1] > LONG else pair
    refuse_endless(name, *pair)
    return pair


def in_bounds(name: str, cell: Any) -> Any:
    """What rule ``name`` came to, as it is kept: :func:`_once` has this written out. Raises :class:`Unresolved`."""
    if cell.__class__ is tuple and (cell[1] > LONG or not _LEAST < cell[0] < _LONGEST):
        return _shorter(name, cell)
    return cell


def _once(place: str, name: str, make: Callable[[], Body], tests: Sequence[tuple[str, Run]] = ()) -> Run:
    """Worked out once a row and kept there at ``place``, a failure too (as one of ``name``); made when first asked.

    Nothing where one of ``tests`` does not hold; each with the place where its answer is kept.
    """
    place, of_a_rule = intern(place), place == name
    body: Run | None = None
    finish: Callable[[Any], Any] = to_cell
    scale = double = 0

    def run(row: Cells) -> Any:
        nonlocal body, scale, double, finish
        if place in row:
            found = row[place]
            if found.__class__ is Unresolved:
                raise found.again()
            return found
        try:
            if tests:
                for where, test in tests:
                    if row.get(where) is not True and not test(row):
                        row[place] = None
                        return None
            if body is None:
                made = make()
                scale, double, finish, body = made.scale, 2 * made.scale, made.finish, made.run
            try:
                found = body(row)
                if scale:  # as `half_away`, written out
                    if found.__class__ is tuple:
                        number, below = found
                        if number < 0:
                            found = -((below - number * double) // (below + below)), scale
                        else:
                            found = (number * double + below) // (below + below), scale
                    elif found is not None:
                        found = finish(found)
                if found.__class__ is tuple and (found[1] > LONG or not _LEAST < found[0] < _LONGEST):
                    found = _shorter(name, found)
            except Unresolved as error:
                if of_a_rule:  # it is kept here, and not on the first of the rows that read it
                    error.on(row.row.grain, row.row.key)
                raise
            row[place] = found
        except Unresolved as error:
            row[place] = error.at(name)
            raise
        return found

    return run
