"""What binding a part of a formula may ask of the walk that came upon it: the other parts, and types that fit."""

from __future__ import annotations

from typing import Protocol

from engine.language import tree
from engine.language.types import Kind, Type
from engine.rulebook.scope import Scope


class BindingPlace(Protocol):
    """A place in a formula that is read from rows of ``grain``. Everything raises :class:`BindError`."""

    scope: Scope
    grain: str

    def visit(self, node: tree.Node, expected: Type | None = None) -> tuple[tree.Node, Type]:
        """A part with its names bound, and its type; ``expected`` tells classes from names."""

    def inside(self, grain: str) -> BindingPlace:
        """The same formula, where it reads rows of ``grain``."""

    def along(self, before: Type | None) -> BindingPlace:
        """The same formula inside 沿: in 首行 (``None``), or in 后行, where 前值 is of this type."""

    @property
    def is_along(self) -> bool:
        """Whether it is inside 沿 already."""

    def type_of(self, name: str, kind: str, home: str, node: tree.Node) -> Type:
        """The type of a name that :class:`Scope` found to be a ``kind`` of ``home``; ``node`` is where it stands."""

    def rule_type(self, name: str) -> Type:
        """The type of a rule, declared or not."""

    def same(
        self, left: tree.Node, left_type: Type, right: tree.Node, right_type: Type, doing: str, node: tree.Node
    ) -> Type:
        """The common type of two values; a bare number takes the other's unit, 无法确定 fits any."""

    def alike(
        self, node: tree.Call, args: tuple[tree.Node, ...], expected: Type | None
    ) -> tuple[tuple[tree.Node, ...], Type]:
        """All ``args`` visited, and the type that they have in common."""

    def need(self, type_: Type, kind: Kind, node: tree.Node) -> None:
        """Refuses what is not of ``kind``."""
