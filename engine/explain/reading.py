"""A formula on one row: what it reads there, and its text with the values put in."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from engine.execute.reference.aggregates import Root
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.explain.numbers import EMPTY, number
from engine.language import tree
from engine.language.function_laws import Reach, Takes
from engine.language.functions import OLD_VALUE, VALUE_BEFORE, law_of, reach_of
from engine.language.spans import written_span
from engine.language.types import Type
from engine.language.values import Unresolved, Value
from engine.rulebook.model import Formula

Read = tree.Name | tree.Call | tree.ValueBefore


@dataclass
class Reading:
    """``formula`` of ``grain`` as it is read on ``row`` under the rules of ``day``."""

    execution: Execution
    formula: Formula
    grain: str
    row: Row
    day: datetime.date
    expected: Type | None = None
    rooted: bool = False
    only: tree.Node | None = None

    def part(self, node: tree.Node, row: Row | None = None) -> Reading:
        """A part of the formula (bound already), on this row or on another as of that row's date."""
        at = self.row if row is None else row
        day = self.day if row is None else self.execution.own_day(row)
        return Reading(self.execution, self.formula, self.grain, at, day, only=node)

    @cached_property
    def bound(self) -> tree.Node | None:
        """The tree with every name understood; ``None`` for a formula that is wrong: no word of it is looked up."""
        if self.only is not None:
            return self.only
        try:
            return self.execution.bound(self.formula, self.grain, self.day, self.expected, self.rooted)
        except Unresolved:
            return None

    def value(self, node: tree.Node) -> Value:
        """What a part of the formula comes to on the row. Raises :class:`Unresolved`."""
        return self.execution.computed(self.execution.formulas.compiled_tree(node), self.row, self.day)

    def text(self, node: tree.Node) -> str:
        """The same for people; nothing for a root, which is only known once it is rounded."""
        try:
            value = self.value(node)
        except Unresolved as error:
            return f"无法确定：{error}"
        return "" if isinstance(value, Root) else number(value) or EMPTY

    def written(self, node: tree.Node) -> str:
        start, stop = written_span(self.formula.text, node)
        return self.formula.text[start:stop]

    def read(self) -> list[tree.Name | tree.Call]:
        """Names read on the row, and calls that look beyond it."""
        found = [] if self.bound is None else _read(self, self.bound)
        return [node for node in found if not isinstance(node, tree.ValueBefore)]

    def with_numbers(self) -> str:
        """The text with each name, and each call that looks beyond the row, replaced by its value."""
        text = self.formula.text
        first, last = (0, len(text)) if self.only is None else written_span(text, self.only)
        puts: list[tuple[int, int, str]] = []
        for node in [] if self.bound is None else _read(self, self.bound, lazily=False):
            start, stop = written_span(text, node)
            fits = text[start:stop].startswith(node.function) if isinstance(node, tree.Call) else False
            if isinstance(node, tree.Name):
                fits = text[start:stop] in (node.id, OLD_VALUE)
            if isinstance(node, tree.ValueBefore):
                fits = text[start:stop] == VALUE_BEFORE
            if fits and not any(start < other[1] and other[0] < stop for other in puts):
                value = self.text(node)
                puts.append((start, stop, "无法确定" if value.startswith("无法确定：") else value or text[start:stop]))
        tail = last
        found = ""
        for start, stop, value in sorted(puts, reverse=True):
            whole = (start, stop) == (first, last)
            found = (f"({value})" if value.startswith("-") and not whole else value) + text[stop:tail] + found
            tail = start
        return text[first:tail] + found


def looks_beyond(node: tree.Call) -> bool:
    """Whether a call reads more than the row's own names: it has a step of its own."""
    return reach_of(node.function) not in (None, Reach.ROW)


def _read(reading: Reading, node: tree.Node, lazily: bool = True) -> list[Read]:
    if isinstance(node, (tree.Name, tree.ValueBefore)):
        return [node]
    if isinstance(node, tree.Call) and looks_beyond(node):
        keys = [found for _, value in node.keys for found in _read(reading, value, lazily)]
        return [node, *keys]
    children = _looked_at(reading, node) if lazily and isinstance(node, tree.Call) else list(node.children())
    return [found for child in children for found in _read(reading, child, lazily)]


def _looked_at(reading: Reading, node: tree.Call) -> list[tree.Node]:
    """若 and 缺省 read no further than what they take."""
    args = list(node.args)
    try:
        takes = law_of(node.function).takes
        if takes is Takes.CHOICE:
            return [args[0], args[1] if reading.value(args[0]) else args[2]]
        if takes is Takes.ALIKE:
            for place, arg in enumerate(args, 1):
                if reading.value(arg) is not None:
                    return args[:place]
    except Unresolved:
        pass
    return args
