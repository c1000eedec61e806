"""Two entries of one grain that work out the same, however each is written: one of them changes, the other is
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from engine.language import tree
from engine.lint.findings import TWICE, Finding
from engine.lint.meaning import Meaning
from engine.rulebook.model import Body, Cases, DecisionTable, Entry, Formula, Rule
from engine.rulebook.parts import formulas_of

LEAST = 4
"""Nodes of all formulas of a rule; less is no computation (a name, a sum of two)."""


def computed_twice(
    rules: Iterable[Rule], entries: Mapping[str, Entry] | None = None, own: Collection[str] | None = None
) -> Iterator[Finding]:
    """A finding at each rule after the first of those that are the same, in the order given; where the later one is not
    the region's ``own``, at the first. ``entries``: names whose formulas others are written with.
    """
    first: dict[str, Rule] = {}
    for rule in rules:
        if "〔" in rule.name or _size(rule.body) < LEAST:
            continue
        meaning = Meaning(_plain_parts(entries or {}, rule.grain))
        key = repr((rule.grain, rule.type, rule.rounding, rule.delivered, _said(rule.body, meaning)))
        before = first.setdefault(key, rule)
        if before is not rule:
            here, other = (rule, before) if own is None or rule.name in own else (before, rule)
            yield Finding(
                TWICE,
                here.provenance.place,
                here.name,
                f"{here.name} 和 {other.name} 算的完全一样",
                f"留一条：这里写 公式: {other.name}，或删去它；本来应当不同的，看是不是抄漏了",
            )


def _size(body: Body) -> int:
    return sum(1 for formula in formulas_of(body) for _ in formula.tree.walk())


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
