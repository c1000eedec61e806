"""Syntax tree of an expression: frozen nodes; where a node stands is kept out of equality."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from engine.language.values import HALF_AWAY, Interval


@dataclass(frozen=True)
class Node:
    """``span`` is the half-open range of characters in the expression's text."""

    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False, kw_only=True)

    def children(self) -> Iterator[Node]:
        names: tuple[str, ...] = self.__match_args__  # the fields given by position: all but ``span``
        for name in names:
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                for part in value:
                    if isinstance(part, Node):
                        yield part
                    elif isinstance(part, tuple):
                        yield from (inner for inner in part if isinstance(inner, Node))

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children():
            yield from child.walk()

    @cached_property
    def reads_before(self) -> bool:
        """Whether 前值 stands in it."""
        return any(isinstance(part, ValueBefore) for part in self.walk())

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that is mentioned, in clauses and keys too (grains of 自 and 计数 included)."""
        found: set[str] = set()
        for part in self.walk():
            if isinstance(part, Name):
                found.add(part.id)
            elif isinstance(part, Word) and not part.quoted:
                found.add(part.text)
            elif isinstance(part, Call):
                found.update(part.per)
                found.update(key for key, _ in part.keys)
                found.update(name for name in (part.source, part.by) if name)
        return frozenset(found)


@dataclass(frozen=True)
class Number(Node):
    """``text`` as written (``50%``), ``value`` exact."""

    text: str
    value: Fraction


@dataclass(frozen=True)
class Text(Node):
    value: str


@dataclass(frozen=True)
class Date(Node):
    value: datetime.date


@dataclass(frozen=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True)
class Nothing(Node):
    """空: no value, on purpose."""


@dataclass(frozen=True)
class Name(Node):
    id: str


@dataclass(frozen=True)
class ValueBefore(Node):
    """前值: what 沿 came to on the row before."""


@dataclass(frozen=True)
class Class(Node):
    """A bare word that binding found to be a class."""

    word: str


@dataclass(frozen=True)
class Unary(Node):
    """``op``: − 非 有 没有 可算."""

    op: str
    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """``op``: + - * / = != < <= > >= 且 或."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Word(Node):
    """An item of a list as written: a class, a code or a number (``number`` if it reads as one)."""

    text: str
    quoted: bool = False
    number: Fraction | None = None


@dataclass(frozen=True)
class Range(Node):
    """``I21–I25``: codes from the first prefix to the last; ``F20 开头`` is F20 to F20."""

    low: str
    high: str


@dataclass(frozen=True)
class Between(Node):
    """``[0.5, 2)``; a missing bound is unbounded."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True)
class Member(Node):
    """``operand 属于 items`` (``negated`` for 不属于)."""

    operand: Node
    items: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True)
class Rounded:
    """舍入 as a clause: so many decimals, in a mode of :data:`values.MODES`."""

    digits: int
    mode: str = HALF_AWAY


@dataclass(frozen=True)
class Call(Node):
    """A function with its arguments and clauses: 当 (``where``), 自 (``source``), 每, 按, an order word,
    and keys of 取. ``history``: whether rows before the period are seen (``None``: they are, and it does not say so).
    ``within`` (范围) and ``rounded`` (舍入): what a number is brought to on each row.
    """

    function: str
    args: tuple[Node, ...]
    where: Node | None = None
    source: str | None = None
    per: tuple[str, ...] = ()
    by: str | None = None
    descending: bool | None = None
    history: bool | None = None
    keys: tuple[tuple[str, Node], ...] = ()
    within: Interval | None = None
    rounded: Rounded | None = None

    def name_at(self, place: int) -> str:
        """The name that an argument is, of a function that takes one there."""
        found = self.args[place]
        assert isinstance(found, Name)
        return found.id


@dataclass(frozen=True)
class Compare(Node):
    """A condition cell ``≤ 200``: compared with the column it stands in."""

    op: str
    operand: Node


@dataclass(frozen=True)
class Items(Node):
    """A condition cell that lists what it accepts; empty means anything (任何). ``negated``: all but that (其余)."""

    items: tuple[Node, ...]
    presence: bool | None = None
    negated: bool = False


NAMES_OF_OPERATORS = {"*": "×", "/": "÷", "-": "−", "!=": "≠", "<=": "≤", ">=": ">="}
