"""What no example of a region reaches: branches, table rows, and bounds below, at and above."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.language import tree
from engine.language.types import BOOL, Kind
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Book
from engine.rulebook.model import Cases, Check, DecisionTable, Grain, Rule
from engine.rulebook.parts import Part, parts
from engine.rulebook.problems import Place
from engine.rulebook.scope import Scope

SIDES = {-1: "低于", 0: "等于", 1: "高于"}


@dataclass(frozen=True)
class Unreached:
    """A branch, row or side of a bound that no test touched."""

    place: Place
    name: str
    what: str


@dataclass
class Coverage:
    """Gathers what tests touch; ``wanted`` are the things of the region's own layers, by key."""

    wanted: dict[tuple, Unreached] = field(default_factory=dict)
    touched: set[tuple] = field(default_factory=set)

    def branch(self, what: str, name: str, place: object, applied: object) -> None:
        """A branch or a row of a decision table was tried."""
        if applied:
            self.touched.add((what, place))

    def bound(self, formula: str, node: object, end: str, side: int) -> None:
        """A value was held against a bound."""
        self.touched.add(("bound", formula, _identity(node), end, side))  # type: ignore[arg-type]

    def unreached(self) -> list[Unreached]:
        """In the order of files and lines."""
        missing = {item for key, item in self.wanted.items() if key not in self.touched}
        return sorted(missing, key=lambda item: (item.place, item.name, item.what))

    def counts(self) -> tuple[int, int]:
        """(touched, all)."""
        return sum(key in self.touched for key in self.wanted), len(self.wanted)


def coverage_of(book: Book) -> Coverage:
    """Everything the region's own layers (itself and its notices) ask to be exercised."""
    coverage = Coverage()
    own = {layer.name for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents}
    for day in book.epochs:
        snapshot = book.at(day)
        scopes = [
            Scope(snapshot, program, program.periods[0]) for program in snapshot.programs.values() if program.periods
        ]
        binders = [Binder(scope) for scope in [*scopes, Scope(snapshot, None, "月")]]
        for entry in snapshot.entries.values():
            if isinstance(entry, (Rule, Check, Grain)) and entry.provenance.layer in own:
                _want(coverage, entry, binders)
    return coverage


def _want(coverage: Coverage, entry: Rule | Check | Grain, binders: list[Binder]) -> None:
    if isinstance(entry, Rule) and isinstance(entry.body, Cases):
        for branch in entry.body.branches:
            place = branch.provenance.place
            text = branch.condition.text if branch.condition is not None else "否则"
            coverage.wanted[("branch", place)] = Unreached(place, entry.name, f"情形“{text}”没有例子")
    if isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        for number, line in enumerate(entry.body.rows, 1):
            place = line.provenance.place
            cells = "，".join(cell.text for cell in line.cells if cell is not None)
            coverage.wanted[("row", place)] = Unreached(place, entry.name, f"表第 {number} 行（{cells}）没有例子")
    for part in parts(entry):
        _want_bounds(coverage, entry.name, part, binders)


def _want_bounds(coverage: Coverage, name: str, part: Part, binders: list[Binder]) -> None:
    node = None
    for binder in binders:
        expected = part.expected if part.role == "value" else BOOL if part.role != "by" else None
        try:
            node = binder.bind(part.formula, part.grain, expected, rooted=part.rooted).tree
            break
        except BindError:
            continue
    if node is None:
        return
    for comparison, end, text in bounds_of(node):
        for side, word in SIDES.items():
            key = ("bound", part.formula.text, _identity(comparison), end, side)
            coverage.wanted[key] = Unreached(part.formula.place, name, f"“{text}”没有{word}界值的例子")


def bounds_of(node: tree.Node) -> list[tuple[tree.Node, str, str]]:
    """Comparisons by size inside a condition, and both ends of intervals: (node, end, text)."""
    found: list[tuple[tree.Node, str, str]] = []
    for part in node.walk():
        if isinstance(part, tree.Binary) and part.op in ("<", "<=", ">", ">="):
            found.append((part, "", _shown(part)))
        elif isinstance(part, tree.Member):
            for item in part.items:
                if isinstance(item, tree.Between):
                    for end, bound in (("low", item.low), ("high", item.high)):
                        if bound is not None:
                            found.append((item, end, f"{_shown(part.operand)} 与 {_shown(bound)}"))
    return found


def _identity(node: tree.Node) -> tuple:
    return (type(node).__name__, node.span)


def _shown(node: tree.Node) -> str:
    signs = {"<=": "≤", ">=": "≥", "*": "×", "/": "÷", "-": "−"}
    if isinstance(node, tree.Name):
        return node.id
    if isinstance(node, tree.Number):
        return node.text
    if isinstance(node, tree.Binary):
        return f"{_shown(node.left)} {signs.get(node.op, node.op)} {_shown(node.right)}"
    if isinstance(node, tree.Call):
        return f"{node.function}(…)"
    return "…"


def compare(left: object, right: object) -> int:
    """−1, 0 or 1."""
    return (left > right) - (left < right)  # type: ignore[operator]


__all__ = ["Coverage", "Kind", "Unreached", "bounds_of", "compare", "coverage_of"]
