"""What a check looks at: one snapshot, seen by one program in one kind of period, and the entries that matter there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.language import tree
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Check, Entry, Formula, Grain, Program, Rule, Statement
from engine.rulebook.parts import Part, parts
from engine.rulebook.problems import Place, Problem
from engine.rulebook.scope import Scope
from engine.rulebook.wanted import assertions, closure, roots


@dataclass
class Context:
    """``names``: entries to check here. ``problems`` gathers what is found, once each."""

    book: Book
    snapshot: Snapshot
    scope: Scope
    binder: Binder
    names: set[str]
    problems: list[Problem]
    program: Program | None = None
    _bound: dict[tuple, tree.Node | None] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def entries(self) -> Iterator[Entry]:
        for name in sorted(self.names):
            entry = self.snapshot.entries.get(name)
            if entry is not None:
                yield entry

    def rules(self) -> Iterator[Rule]:
        for entry in self.entries():
            if isinstance(entry, Rule) and self.scope._as_rule(entry.name):
                yield entry

    def sound_parts(self, entry: Entry) -> Iterator[tuple[Part, tree.Node]]:
        """The parts of an entry that bind, with their bound trees."""
        for part in parts(entry):
            node = self.try_bind(part)
            if node is not None:
                yield part, node

    def try_bind(self, part: Part) -> tree.Node | None:
        key = (part.formula.tree, part.grain, part.expected, part.rooted)
        if key not in self._bound:
            try:
                self._bound[key] = self.binder.bind(part.formula, part.grain, part.expected, rooted=part.rooted).tree
            except BindError:
                self._bound[key] = None
        return self._bound[key]

    def add(self, code: str, place: Place, message: str, hint: str = "") -> None:
        problem = Problem(code, place, message, hint)
        if problem not in self.problems:
            self.problems.append(problem)

    def at(self, formula: Formula, node: tree.Node | None = None) -> Place:
        """The place of a node within a formula."""
        offset = node.span[0] if node is not None else 0
        return replace(formula.place, column=formula.place.column + offset) if formula.place.line else formula.place


def contexts(book: Book, problems: list[Problem]) -> Iterator[Context]:
    """Every snapshot in force, for each program and kind of period it runs in, and once for what no program reaches."""
    for day in book.epochs:
        snapshot = book.at(day)
        reached: set[str] = set()
        for program in snapshot.programs.values():
            for period in program.periods or ("年",):
                scope = Scope(snapshot, program, period)
                names = closure(snapshot, roots(snapshot, program) | {program.name}, frozenset(program.compute))
                for check in assertions(snapshot, program):
                    names |= closure(snapshot, {check.name}, frozenset(program.compute))
                reached |= names
                yield Context(book, snapshot, scope, Binder(scope), names, problems, program)
        rest = {
            name
            for name, entry in snapshot.entries.items()
            if name not in reached and isinstance(entry, (Rule, Check, Grain, Statement))
        }
        scope = Scope(snapshot, None, "月")
        yield Context(book, snapshot, scope, Binder(scope), rest | _always(snapshot), problems)


def _always(snapshot: Snapshot) -> set[str]:
    kinds = set(snapshot.tables) | set(snapshot.parameters)
    return kinds | {name for name, check in snapshot.checks.items() if check.kind in ("拒收", "提醒")}
