"""Two entries of one grain that work out the same, however each is written: one of them changes, the other is
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from engine.language import tree
from engine.lint.findings import TWICE, Finding
from engine.lint.meaning import Meaning
from engine.rulebook.model import Body, Cases, Check, DecisionTable, Entry, Formula, Grain, Rule
from engine.rulebook.parts import formulas_of

LEAST = 4
"""Nodes of all formulas of a rule; less is no computation (a name, a sum of two)."""


def computed_twice(
    some: Iterable[Entry], entries: Mapping[str, Entry] | None = None, own: Collection[str] | None = None
) -> Iterator[Finding]:
    """A finding at each rule, check or condition after the first of those that are the same, in the order given; where
    the later one is not the region's ``own``, at the first. ``entries``: names whose formulas others are written with.
    """
    first: dict[str, Entry] = {}
    for entry in some:
        key = "" if "〔" in entry.name else _key(entry, entries or {})
        before = first.setdefault(key, entry) if key else entry
        if before is not entry:
            here, other = (entry, before) if own is None or entry.name in own else (before, entry)
            better = (
                f"这里写 公式: {other.name}，或删去它" if isinstance(here, Rule) else "删去一条，用到它的改用另一条"
            )
            yield Finding(
                TWICE,
                here.provenance.place,
                here.name,
                f"{here.name} 和 {other.name} 算的完全一样",
                f"留一条：{better}；本来应当不同的，看是不是抄漏了",
            )


def _key(entry: Entry, entries: Mapping[str, Entry]) -> str:
    """Equal for entries that work out the same; empty for one that works out next to nothing."""
    if isinstance(entry, Rule) and _size(formulas_of(entry.body)) >= LEAST:
        meaning = Meaning(_plain_parts(entries, entry.grain))
        return repr((entry.grain, entry.type, entry.rounding, entry.delivered, _said(entry.body, meaning)))
    if isinstance(entry, Check) and _size([formula for _, formula in entry.grades]) >= LEAST:
        meaning = Meaning(_plain_parts(entries, entry.grain))
        grades = [(word, meaning.of(formula.tree)) for word, formula in entry.grades]
        return repr((entry.grain, entry.kind, entry.otherwise, grades))
    if isinstance(entry, Grain) and entry.condition is not None and _size([entry.condition]) >= LEAST:
        return repr((entry.of, Meaning(_plain_parts(entries, entry.of or "")).of(entry.condition.tree)))
    return ""


def _size(formulas: Iterable[Formula]) -> int:
    return sum(1 for formula in formulas for _ in formula.tree.walk())


def _plain_parts(entries: Mapping[str, Entry], grain: str) -> Callable[[str], tree.Node | None]:
    def part(name: str) -> tree.Node | None:
        """The formula of a rule of the same grain that is neither rounded, nor delivered, nor open to a reading."""
        entry = entries.get(name)
        if not isinstance(entry, Rule) or not isinstance(entry.body, Formula) or entry.grain != grain:
            return None
        if entry.rounding is not None or entry.delivered or entry.reading is not None:
            return None
        return entry.body.tree

    return part


def _said(body: Body, meaning: Meaning) -> str:
    if isinstance(body, Formula):
        return meaning.of(body.tree)
    if isinstance(body, DecisionTable):
        rows = [
            (sorted((column, _of(cell, meaning)) for column, cell in zip(body.columns, row.cells, strict=True)),
             _of(row.value, meaning))
            for row in body.rows
        ]  # fmt: skip
        return repr(("表", sorted(rows)))
    if not isinstance(body, Cases):
        return repr(body)
    branches = [(_of(branch.condition, meaning), _of(branch.value, meaning)) for branch in body.branches]
    if body.by is not None:
        return repr(("按", meaning.of(body.by.tree), sorted(branches)))
    first = body.branches[0].condition
    if len(branches) == 2 and first is not None and body.branches[1].condition is None:
        return meaning.chosen(first.tree, branches[0][1], branches[1][1])
    return repr(branches)


def _of(formula: Formula | None, meaning: Meaning) -> str:
    return meaning.of(formula.tree) if formula is not None else ""
