"""A shortcut where a grain of keys has very many rows: which of its key values can make a difference to a name.

They are those that occur in a row that the name reads. Of a million hospitals that no register has, each leads to
nothing in the same way, so one is worked out for all. A key whose own value is looked at, or that reaches what is not
followed here, may always make a difference.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence

from engine.execute.sql.on_rows import InSql
from engine.language import tree
from engine.language.function_laws import Reach
from engine.language.functions import law_of
from engine.language.values import Unresolved, Value
from engine.rulebook.model import DecisionTable, Entry, Rule
from engine.rulebook.parts import parts
from engine.rulebook.scope import Access, Unreachable

Apart = list[Collection[Value] | None]
"""For each key the values that may differ from the rest; ``None`` where all may."""


class _All(Exception):
    """Something is read that is not followed: every key may matter."""


def told_apart(execution: InSql, name: str, base: str, day: datetime.date) -> Apart:
    """Of each key of ``base``, a grain without rows, as ``name`` reads it by the rules of ``day``."""
    keys = execution.scope(day).keys(base)
    if execution.judge.given or execution.judge.free_tables:
        return [None for _ in keys]
    followed = _Followed(execution, base, day)
    try:
        followed.name(name)
    except (_All, Unresolved):
        return [None for _ in keys]
    return [followed.values[key] for key in keys]


def one_for_the_rest(keys: Sequence[tuple[Value, ...]], apart: Apart) -> Iterator[tuple[Value, ...]]:
    """``keys`` with the first value that is not told apart in place of all such values."""
    rest: list[list[Value]] = [[] for _ in apart]
    for key in keys:
        found = []
        for value, values, first in zip(key, apart, rest, strict=True):
            if values is not None and value not in values:
                if not first:
                    first.append(value)
                value = first[0]
            found.append(value)
        yield tuple(found)


class _Followed:
    """``values``: by key of ``grain``, what was found so far."""

    def __init__(self, execution: InSql, grain: str, day: datetime.date, known: dict | None = None) -> None:
        self.execution, self.grain, self.day = execution, grain, day
        self.scope = execution.scope(day)
        self.values: dict[str, set[Value] | None] = {key: set() for key in self.scope.keys(grain)}
        self._seen: set[str] = set()
        self._known: dict[tuple[str, str], Apart] = {} if known is None else known

    def name(self, name: str) -> None:
        """Follows ``name`` as a row of the grain reads it."""
        if name in self._seen:
            return
        self._seen.add(name)
        access = self._reached(name)
        if access is not None:
            self._access(access)

    def _reached(self, name: str) -> Access | None:
        try:
            return self.scope.reach(self.grain, name)
        except Unreachable:
            return None  # fails on every row alike

    def _access(self, access: Access) -> None:
        book = self.scope.book
        if access.kind in ("parameter", "period"):
            return
        if access.kind == "key":
            self.values[access.name] = None
        elif not access.own:
            self._elsewhere(access)
        elif access.kind == "field":
            raise _All
        else:
            for subset in access.subsets:
                self._entry(book.grains[subset])
            self._entry(book.checks[access.name] if access.kind == "check" else book.rules[access.name])

    def _entry(self, entry: Entry) -> None:
        for part in parts(entry):
            try:
                node = self.execution.formulas.bound(part.formula, part.grain, self.day, part.expected, part.rooted)
            except Unresolved:
                continue  # fails on every row alike
            self._node(node)
        if isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
            for column in entry.body.columns:
                self.name(column)

    def _node(self, node: tree.Node) -> None:
        if isinstance(node, tree.Name):
            self.name(node.id)
            return
        if isinstance(node, tree.Call):
            reach = law_of(node.function).reach
            if reach is Reach.BELOW:
                self._below(node)
                return
            if reach is Reach.KEYS:
                self._at_keys(node)
                return
            if reach is not Reach.ROW:
                raise _All
        for child in node.children():
            self._node(child)

    def _below(self, node: tree.Call) -> None:
        """Where no row lies below, it does not matter of which key; what is read on the rows follows from them."""
        if node.source is None:
            raise _All
        keys, rows = self.scope.keys(self.grain), self._stored(self.scope.base(node.source))
        for row in self.execution.selection.everything[rows]:
            found = self.execution.judge.project(row, keys)
            for key, value in zip(keys, found or (), strict=found is not None):
                self._add(key, (value,))
        for part in node.args[1:]:
            self._node(part)

    def _at_keys(self, node: tree.Call) -> None:
        """取: a name at keys that are given, the others those that the row leads to."""
        (named, *_), given = node.args, dict(node.keys)
        home = self.scope.home(named.id) if isinstance(named, tree.Name) else None
        if home is None or not isinstance(named, tree.Name):
            raise _All
        for value in given.values():
            self._node(value)
        apart = self._at(self.scope.base(home), named.id)
        for key, values in zip(self.scope.keys(home), apart, strict=True):
            if key not in given:
                self._step(self._reached(key), values)

    def _elsewhere(self, access: Access) -> None:
        for step, values in zip(access.keys, self._at(access.grain, access.name), strict=True):
            self._step(step, values)

    def _step(self, step: Access | None, values: Collection[Value] | None) -> None:
        """What the row leads to another one by, which ``values`` tell apart there."""
        if step is not None and step.kind == "key":
            self._add(step.name, values)
        elif step is not None:
            self._access(step)

    def _at(self, grain: str, name: str) -> Apart:
        """Of each key of another table or grain, as ``name`` reads it there."""
        if grain not in self.scope.book.tables:
            return self._in_grain(grain, name)
        stored = self.execution.selection.tables[self._stored(grain)]
        places = range(len(self.scope.keys(grain)))
        return [None if stored.ranged else {key[n] for key in stored.index} for n in places]

    def _in_grain(self, grain: str, name: str) -> Apart:
        if (grain, name) not in self._known:
            there = _Followed(self.execution, grain, self.day, self._known)
            there.name(name)
            self._known[grain, name] = [there.values[key] for key in self.scope.keys(grain)]
        return self._known[grain, name]

    def _stored(self, table: str) -> str:
        """``table``, if its rows are all at hand."""
        selection = self.execution.selection
        if table in self.execution.readings or table in selection.computed_tables or table not in selection.everything:
            raise _All
        return table

    def _add(self, key: str, values: Collection[Value] | None) -> None:
        known = self.values[key]
        self.values[key] = None if known is None or values is None else known | set(values)
