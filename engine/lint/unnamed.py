"""Figures that stand in a formula: no name says what they are, no day from when they hold, and the next notice that
changes one has to be sought through all formulas.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS
from engine.lint.figures import is_part_of_date
from engine.lint.findings import UNNAMED, Finding
from engine.rulebook.model import Cases, Check, Entry, Formula, Grain, Rule, Statement

_MEASURES = frozenset((0, 1, 2, 7, 10, 12, 24, 30, 60, 100, 365, 366, 1000, 10_000, 100_000_000))
"""Numbers that turn one measure into another when something is multiplied or divided by them."""
_SMALL = frozenset((0, 1))
_ORDERS = ("<", "<=", ">", ">=")


def unnamed_figures(entry: Entry) -> Iterator[Finding]:
    """One finding for an entry: its figures in formulas, those that a branch only gives left out, as in a table."""
    found = [(formula, node) for formula in _formulas(entry) for node in _figures(formula.tree)]
    if found:
        formula, first = found[0]
        said = "、".join(dict.fromkeys(node.text for _, node in found))
        yield Finding(
            UNNAMED,
            formula.at(first),
            entry.name,
            f"公式里的 {said} 没有名字，也看不出从哪天起、依据哪一条",
            "另写成参数（名字、依据、从哪天起），这里写它的名字；调整的时候只改参数",
        )


def _formulas(entry: Entry) -> list[Formula]:
    if isinstance(entry, Rule) and isinstance(entry.body, Formula):
        return [entry.body]
    if isinstance(entry, Rule) and isinstance(entry.body, Cases):
        conditions = [branch.condition for branch in entry.body.branches if entry.body.by is None]
        values = [branch.value for branch in entry.body.branches]
        return [formula for formula in (*conditions, *values) if formula is not None]
    if isinstance(entry, Check):
        return [formula for _, formula in entry.grades]
    if isinstance(entry, (Grain, Statement)) and entry.condition is not None:
        return [entry.condition]
    return []


def _figures(node: tree.Node) -> Iterator[tree.Number]:
    """Those below ``node``; not what is a formula alone."""
    for child in node.children():
        if isinstance(child, tree.Number):
            if not _says_itself(child, node):
                yield child
        else:
            yield from _figures(child)


def _says_itself(number: tree.Number, within: tree.Node) -> bool:
    value = number.value
    if value in _SMALL:
        return True
    if isinstance(within, tree.Call) and FUNCTIONS[within.function].law.rounding:
        return True
    if number.text[-1:] in "%‰" or value.denominator != 1:
        return False
    if isinstance(within, tree.Binary) and within.op in _ORDERS:
        return is_part_of_date(within.left) or is_part_of_date(within.right)
    if isinstance(within, tree.Binary):
        return within.op in ("=", "!=") or value in _MEASURES
    return not isinstance(within, tree.Between) and not _is_ordered(within)


def _is_ordered(node: tree.Node) -> bool:
    return isinstance(node, tree.Call) and FUNCTIONS[node.function].law.takes is Takes.ORDERED
