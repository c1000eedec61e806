"""What looking at one expression may ask about all others: why they may be absent, what is there when they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from engine.check.absence_atoms import Atoms
from engine.language import tree
from engine.rulebook.model import Formula, Rule
from engine.rulebook.scope import Access, Scope


class Known(Protocol):
    """``busy``: what is being worked out, so that circles end; ``named`` and ``classes``: what yes/no rules and classes
    were found to say. Facts are atoms of which it is known that they do not stand in the way.
    """

    scope: Scope
    busy: set[tuple[str, str]]
    named: dict[tuple[str, bool], Atoms]
    classes: dict[tuple[str, str], Atoms]

    # -- expressions, on a row of a grain

    def of(self, node: tree.Node, grain: str, facts: Atoms) -> Atoms:
        """Why ``node`` may be absent where ``facts`` are known."""

    def implied(self, node: tree.Node, grain: str) -> Atoms:
        """What is there for certain when ``node`` has a value."""

    def when_true(self, node: tree.Node, grain: str) -> Atoms:
        """What is known where ``node`` holds."""

    def when_false(self, node: tree.Node, grain: str) -> Atoms:
        """What is known where ``node`` does not hold."""

    # -- names

    def reach(self, grain: str, name: str) -> Access | None:
        """How ``name`` is read; ``None`` if it is not."""

    def of_access(self, access: Access) -> Atoms:
        """Why the value behind an access may be absent."""

    def implied_by_access(self, access: Access) -> Atoms:
        """What is there for certain when that value is."""

    def named_condition(self, node: tree.Name, holds: bool) -> Atoms:
        """What a yes/no rule says where it holds, or does not."""

    # -- rules and rows

    def values(self, rule: Rule) -> Iterator[tuple[Formula, Atoms]]:
        """Each formula a rule's value may come from, with what is known where it is used."""

    def bound(self, formula: Formula, rule: Rule) -> tree.Node | None:
        """A value of ``rule`` bound; ``None`` if it does not bind."""

    def condition(self, formula: Formula, grain: str) -> tree.Node | None:
        """A condition bound at ``grain``; ``None`` if it does not bind."""

    def base_facts(self, grain: str) -> Atoms:
        """What holds on every row of a narrowed grain."""

    def not_excluded(self, table: str) -> Atoms:
        """What is known of the rows of a table that the program left in."""
