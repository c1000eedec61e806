"""Very many coarse rows (hospitals × groups), a name at a time: a rule is worked out once for all rows on which what it
reads is the same.

What it reads is found out by working it out: it is given nothing, asks for the first name that it needs, the rows are
parted by what that is worth on them, and it is worked out again for each part. So no row is looked up that the rule
would not have looked up on one of these rows. Rows on which something fails, or that the rule looks beyond, are worked
out one by one: their failures have places and first causes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from operator import eq, itemgetter
from typing import Any

from engine.execute.closures.bodies import body_of
from engine.execute.closures.compile import Code, Run
from engine.execute.closures.pairs import to_cell, to_value
from engine.execute.closures.reading import Reading, in_bounds
from engine.execute.closures.rows import Cells
from engine.execute.reference.aggregates import AGGREGATES
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.language.function_laws import Reach
from engine.language.functions import FUNCTIONS, reach_of
from engine.language.types import Type
from engine.language.values import Unresolved, Value
from engine.rulebook.chains import stops_before
from engine.rulebook.model import Formula, Rule
from engine.rulebook.scope import Access, Unreachable

HasBelow = Callable[[], Collection[tuple] | None]
"""Which rows have rows below them, by key, once that is known."""


@dataclass(frozen=True)
class Beside:
    """What the rows stand beside: ``names`` on them, one by one; ``cells`` of a row; of a rule ``has_below``, from the
    grain of the rows that are gathered, ``None`` where that is never known; of a rule ``aggregates``: whether it looks
    at other rows; ``own_rules``: whether the rows' own day has the rules that ``names`` are of.
    """

    names: Reading
    cells: Callable[[Row], Cells]
    has_below: Callable[[Rule, str], HasBelow | None]
    aggregates: Callable[[str], bool]
    own_rules: bool


class _Asked(Exception):
    """What is read next on the rows: a name, or whether they have rows below."""

    def __init__(self, what: Any) -> None:
        self.what = what


class _OneByOne(Exception):
    """Something is read that cannot be the same for several rows."""


class _Known(dict[Any, Any]):
    """What the rows of a part have in common."""

    __slots__ = ("day",)

    def __init__(self, known: dict[Any, Any], day: datetime.date) -> None:
        dict.__init__(self, known)
        self.day = day

    def __missing__(self, what: Any) -> Any:
        raise _Asked(what)


@dataclass(frozen=True, eq=False)
class _Below:
    """Whether rows lie below; ``keys`` has those that have some, once it is known."""

    keys: HasBelow


class _Failed:
    """In place of a value that could not be worked out."""


FAILED = _Failed()
_UNKNOWN = object()


class AlikeRows:
    """The rows of a base grain of keys at ``keys``, under the rules of ``day``."""

    def __init__(self, beside: Beside, base: str, day: datetime.date, keys: Sequence[tuple[Value, ...]]) -> None:
        self.beside, self.base, self.day, self.keys = beside, base, day, keys
        self.names, self.scope = beside.names, beside.names.scope
        self._columns: dict[Any, list[Any]] = {}
        self._whole: set[Any] = set()
        self._elsewhere: dict[str, dict[Any, Any]] = {}
        self._bodies: dict[str, Run] = {}
        self._busy: set[str] = set()
        self._others: tuple[AlikeRows, Callable[[str], bool]] | None = None

    def take_over(self, others: AlikeRows, those: Callable[[str], bool] = lambda name: True) -> None:
        """From here on cells of ``those`` names are taken from other rows of the same grain under the same rules, as
        far as they are there.
        """
        self._others = others, those

    def _taken(self, name: Any) -> list[Any] | None:
        if self._others is None or not isinstance(name, str):
            return None
        others, those = self._others
        column = others._columns.get(name)
        if column is None or not those(name):
            return None
        if name in others._whole and -1 not in self._there:
            self._whole.add(name)
        if self._there == range(len(column)):
            return [*column]
        column = [*column, _UNKNOWN]
        return [column[place] for place in self._there]

    @cached_property
    def _there(self) -> Sequence[int]:
        """Where each row stands among the others; -1: nowhere."""
        assert self._others is not None
        others, _ = self._others
        if len(others.keys) == len(self.keys) and all(map(eq, others.keys, self.keys)):
            return range(len(self.keys))
        at = {key: place for place, key in enumerate(others.keys)}
        return [at.get(key, -1) for key in self.keys]

    def values(self, name: str) -> list[Value | Unresolved]:
        """``name`` on each row; the same object where it is the same, and why it failed where it did."""
        known: dict[Any, Value | Unresolved] = {}
        found: list[Value | Unresolved] = []
        for place, cell in enumerate(self.column(name)):
            if cell is FAILED:
                found.append(self._reason(name, place))
                continue
            if cell not in known:
                known[cell] = to_value(cell)
            found.append(known[cell])
        return found

    def column(self, name: Any, places: Sequence[int] | None = None) -> list[Any]:
        """The cells of ``name``, worked out for ``places`` at least: for all rows, unless these are given."""
        column = self._columns.get(name)
        new = column is None and (column := self._taken(name)) is None
        if column is None:
            column = [_UNKNOWN] * len(self.keys)
        self._columns[name] = column
        if name in self._whole:
            return column
        rows: Sequence[int] = range(len(self.keys)) if places is None else places
        if not new:
            rows = [place for place in rows if column[place] is _UNKNOWN]
        if rows:
            self._fill(name, rows, column)
        if places is None:
            self._whole.add(name)
        return column

    def _fill(self, name: Any, new: Sequence[int], column: list[Any]) -> None:
        if isinstance(name, _Below):
            keys = name.keys()
            for place in new:
                column[place] = None if keys is None else self.keys[place] in keys
            return
        access = self._reached(name)
        if access is not None and access.kind == "key":
            at = self.scope.keys(self.base).index(name)
            column[:] = [to_cell(key[at]) for key in self.keys]
            self._whole.add(name)
        elif access is not None and not access.own:
            self._fill_elsewhere(name, access, new, column)
        elif access is not None and access.kind == "rule" and not access.subsets and name not in self._busy:
            self._busy.add(name)
            try:
                self._fill_rule(name, new, column)
            finally:
                self._busy.remove(name)
        else:
            self._fill_one_by_one(name, new, column)

    def _reached(self, name: str) -> Access | None:
        try:
            return self.scope.reach(self.base, name)
        except Unreachable:
            return None

    def _fill_one_by_one(self, name: str, new: Sequence[int], column: list[Any]) -> None:
        run = self.names.name(name).run
        for place in new:
            column[place] = self._cell(run, place)

    def _cell(self, run: Run, place: int) -> Any:
        try:
            return run(self._row(place))
        except Unresolved:
            return FAILED

    def _row(self, place: int) -> Cells:
        return self.beside.cells(Row(self.base, self.keys[place]))

    def _reason(self, name: str, place: int) -> Value | Unresolved:
        try:
            return to_value(self.names.name(name).run(self._row(place)))
        except Unresolved as error:
            return error

    def _fill_elsewhere(self, name: str, access: Access, new: Sequence[int], column: list[Any]) -> None:
        """On another row: once for all rows that lead to the same."""
        steps: list[list[Any]] = []
        places = new
        for step in access.keys:
            cells = self.column(step.name, places)
            for place in (failed := [place for place in places if cells[place] is FAILED]):
                column[place] = FAILED
            if failed:
                there = [cells[place] is not FAILED for place in places]
                steps, places = [[*compress(one, there)] for one in steps], [*compress(places, there)]
            steps.append([cells[place] for place in places])
        keys: list[Any] = steps[0] if len(steps) == 1 else list(zip(*steps, strict=True)) or [()] * len(places)
        known = self._elsewhere.setdefault(name, {})
        run = self.names.name(name).run
        for key, place in dict(zip(reversed(keys), reversed(places), strict=True)).items():
            if key not in known:
                known[key] = self._cell(run, place)
        for place, key in zip(places, keys, strict=True):
            column[place] = known[key]

    # -- rules ------------------------------------------------------------

    def _fill_rule(self, name: str, new: Sequence[int], column: list[Any]) -> None:
        book = self.scope.book
        rule = book.rules[name]
        if self.beside.aggregates(name) and not self.beside.own_rules:
            self._fill_one_by_one(name, new, column)
            return
        for stop in stops_before(book).get(name, ()):
            self.column(stop, new)
        body = self._bodies.get(name)
        if body is None:
            body = self._bodies[name] = body_of(rule, _OfParts(self, rule)).whole()
        alone: list[int] = []
        parts: list[tuple[_Known, Sequence[int]]] = [(_Known({}, self.day), new)]
        while parts:
            known, places = parts.pop()
            try:
                cell = in_bounds(name, body(known))
            except _Asked as asked:
                parts += self._parted(name, asked.what, known, places, column, alone)
            except (_OneByOne, Unresolved):
                alone += places
            else:
                for place in places:
                    column[place] = cell
        self._fill_one_by_one(name, alone, column)

    def _parted(
        self, name: str, what: Any, known: _Known, places: Sequence[int], column: list[Any], alone: list[int]
    ) -> list[tuple[_Known, Sequence[int]]]:
        """The rows by what ``what`` is worth on them; ``alone`` takes those on which it failed."""
        if isinstance(what, _Below) and what.keys() is None:  # nobody has looked yet: the first row does
            first, *places = places
            self._fill_one_by_one(name, [first], column)
            if what.keys() is None:
                alone += places
                return []
        cells = self.column(what, places)
        found: dict[Any, list[int]] = {}
        for place in places:
            found.setdefault(cells[place], []).append(place)
        alone += found.pop(FAILED, [])
        return [(_Known(known | {what: cell}, self.day), those) for cell, those in found.items()]


class _OfParts:
    """Names and formulas of ``rule`` as parts of the rows have them."""

    def __init__(self, rows: AlikeRows, rule: Rule) -> None:
        self.rows, self.rule, self.reading = rows, rule, rows.names

    def name(self, name: str) -> Code:
        try:
            access = self.reading.scope.reach(self.rows.base, name)
        except Unreachable:
            return Code(_one_by_one)
        if access.kind in ("parameter", "period"):
            code = self.reading.name(name)
            return code if code.constant else Code(_one_by_one)
        return Code(itemgetter(name))

    def formula(self, formula: Formula, grain: str, expected: Type | None = None, rooted: bool = False) -> Code:
        return self.reading.formula(formula, grain, expected, rooted, self)

    def beyond(self, node: Called) -> Code:
        name = node.name
        if name in FUNCTIONS and reach_of(name) is Reach.KEYS:
            return self.reading.looked_up(node, self)
        has_below = None
        if name in AGGREGATES and len(node.args) == 1:
            has_below = self.rows.beside.has_below(self.rule, node.source)
        if has_below is None:
            return Code(_one_by_one)
        below, empty = _Below(has_below), to_cell(AGGREGATES[name]([]))

        def run(known: _Known) -> Any:
            if known[below]:
                raise _OneByOne
            return empty

        return Code(run)


def _one_by_one(known: _Known) -> Any:
    raise _OneByOne
