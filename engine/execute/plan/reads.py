"""What a bound formula reads: which names, on which rows, and how it comes to those rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from engine.execute.reference.days import Days
from engine.execute.reference.formulas import Formulas
from engine.language import tree
from engine.language.function_laws import Reach, Takes
from engine.language.functions import law_of, read_on_rows
from engine.language.types import Type
from engine.language.values import Unresolved
from engine.rulebook.model import Formula
from engine.rulebook.parts import formulas_of
from engine.rulebook.scope import Access, Scope, Unreachable


class How(Enum):
    """How a formula comes to the rows that it reads a name on; the words are those that people see."""

    FIGURE = "参数"
    ROW = "本行"
    ELSEWHERE = "按键"
    BELOW = "汇总"
    GROUP = "同组"
    BEFORE = "前一期"


@dataclass(frozen=True)
class Read:
    """``name`` on rows of ``grain`` (a base); "" where only the rows themselves are looked at."""

    name: str
    grain: str
    how: How


@dataclass(frozen=True)
class Reading:
    """Formulas under the rules of ``day``."""

    days: Days
    formulas: Formulas
    day: datetime.date

    @property
    def scope(self) -> Scope:
        return self.days.scope(self.day)

    def formula(
        self, formula: Formula, grain: str, expected: Type | None = None, rooted: bool = False
    ) -> Iterator[Read]:
        """What a formula of ``grain`` reads; of one that is wrong nothing."""
        try:
            bound = self.formulas.bound(formula, grain, self.day, expected, rooted)
        except Unresolved:
            return
        yield from self.node(bound, grain)

    def node(self, node: tree.Node, grain: str) -> Iterator[Read]:
        """What a bound formula of ``grain`` reads."""
        if isinstance(node, tree.Name):
            yield from self.name(node.id, grain)
        elif isinstance(node, tree.Call) and law_of(node.function).looks_beyond:
            yield from self._call(node, grain)
        else:
            for child in node.children():
                yield from self.node(child, grain)

    def name(self, name: str, grain: str) -> Iterator[Read]:
        """What is read for ``name`` from a row of ``grain``: the name, and the keys that lead to it."""
        try:
            access = self.scope.reach(self.scope.base(grain), name)
        except Unreachable:
            return
        yield from self._access(access, grain)

    def _access(self, access: Access, grain: str) -> Iterator[Read]:
        if access.kind in ("parameter", "period"):
            yield Read(access.name, "", How.FIGURE)
            return
        if access.own or access.kind == "key":
            yield Read(access.name, self.scope.base(grain), How.ROW)
            return
        for step in access.keys:
            yield from self._access(step, grain)
        yield Read(access.name, access.grain, How.ELSEWHERE)

    def subset(self, grain: str) -> Iterator[Read]:
        """What belonging to ``grain`` reads."""
        for one in self.scope.chain(grain):
            found = self.scope.book.grains[one]
            if found.condition is not None and found.of:
                yield from self.formula(found.condition, found.of)

    # -- calls that look beyond the row

    def _call(self, node: tree.Call, grain: str) -> Iterator[Read]:
        law = law_of(node.function)
        if law.takes is Takes.NAME_AT_KEYS:
            yield from self._at_keys(node, grain)
        elif law.takes is Takes.BANDS:
            for part in formulas_of(self.scope.book.rules[node.name_at(0)].body):
                for name in sorted(part.tree.names):
                    yield from self.name(name, grain)
            yield from self._nodes(node.args[1:], grain)
        elif law.takes is Takes.DATES_AND_CALENDAR:
            yield from self._nodes(node.args[:2], grain)
            yield Read(node.name_at(2), self.scope.base(self.scope.home(node.name_at(2)) or grain), How.ELSEWHERE)
        elif law.reach is Reach.PERIOD:
            yield Read(node.name_at(0), self.scope.base(self.scope.home(node.name_at(0)) or grain), How.BEFORE)
            yield from self._nodes(node.args[1:], grain)
        elif law.reach is Reach.BELOW:
            yield from self._below(node, grain)
        else:
            yield from self._group(node, grain)

    def _at_keys(self, node: tree.Call, grain: str) -> Iterator[Read]:
        home = self.scope.home(node.name_at(0)) or grain
        given = dict(node.keys)
        for key in self.scope.keys(home):
            yield from self.node(given[key], grain) if key in given else self.name(key, grain)
        yield Read(node.name_at(0), self.scope.base(home), How.ELSEWHERE)

    def _below(self, node: tree.Call, grain: str) -> Iterator[Read]:
        """On the rows below: what is gathered, what says which of them, and to which row they belong."""
        source = node.source or grain
        base = self.scope.base(source)
        yield Read("", base, How.BELOW)
        inside = [part for part in (read_on_rows(node), node.where) if part is not None]
        found = [*self._nodes(inside, source), *self.subset(source)]
        for key in self.scope.keys(grain):
            found += self.name(key, source)
        yield from _moved(found, base, How.BELOW)
        yield from self._nodes(node.args[1:], grain)

    def _group(self, node: tree.Call, grain: str) -> Iterator[Read]:
        base = self.scope.base(grain)
        yield Read("", base, How.GROUP)
        inside = [*node.args, *([] if node.where is None else [node.where])]
        found = list(self._nodes(inside, grain))
        for name in [*node.per, *([node.by] if node.by else [])]:
            found += self.name(name, grain)
        yield from _moved(found, base, How.GROUP)

    def _nodes(self, nodes: list[tree.Node] | tuple[tree.Node, ...], grain: str) -> Iterator[Read]:
        for node in nodes:
            yield from self.node(node, grain)


def _moved(found: list[Read], base: str, how: How) -> Iterator[Read]:
    """What is read on each of the other rows, as seen from the row that asks."""
    for read in found:
        yield read if read.how in (How.FIGURE, How.BEFORE) else Read(read.name, read.grain, how)
