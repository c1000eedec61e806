"""Shipped rules written otherwise are told as the same, and rules that were changed are not; official figures that are
changed are told: measured over all of them, not on a chosen few.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from engine.language import tree
from engine.lint.cited import CitedTexts
from engine.lint.figures import official_figures
from engine.lint.same import LEAST, computed_twice
from engine.measure.compared import articles
from engine.rulebook.book import load
from engine.rulebook.model import Body, Cases, DecisionTable, Formula, Rule
from engine.rulebook.parts import formulas_of

Change = Callable[[tree.Node], tree.Node]
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_DENIED = {">": "<=", "<": ">=", ">=": "<", "<=": ">", "=": "!=", "!=": "="}
_STRICT = {">": ">=", "<": "<=", ">=": ">", "<=": "<"}
_OTHER = {"+": "-", "且": "或"}


def commuted(node: tree.Node) -> tree.Node:
    if isinstance(node, tree.Binary) and node.op in ("+", "*", "且", "或"):
        return replace(node, left=node.right, right=node.left)
    return node


def turned(node: tree.Node) -> tree.Node:
    if isinstance(node, tree.Binary) and node.op in _TURNED:
        return tree.Binary(_TURNED[node.op], node.right, node.left)
    return node


def denied(node: tree.Node) -> tree.Node:
    if isinstance(node, tree.Binary) and node.op in _DENIED:
        return tree.Unary("非", tree.Binary(_DENIED[node.op], node.left, node.right))
    return node


def multiplied_out(node: tree.Node) -> tree.Node:
    if isinstance(node, tree.Binary) and node.op == "*" and isinstance(node.right, tree.Binary):
        inner = node.right
        if inner.op in ("+", "-"):
            return tree.Binary(
                inner.op, tree.Binary("*", node.left, inner.left), tree.Binary("*", node.left, inner.right)
            )
    return node


def spelled(node: tree.Node) -> tree.Node:
    return replace(node, text=str(node.value)) if isinstance(node, tree.Number) else node


def chosen(node: tree.Node) -> tree.Node:
    if isinstance(node, tree.Call) and node.function == "若":
        condition, one, other = node.args
        return replace(node, args=(tree.Unary("非", condition), other, one))
    return node


def stricter(node: tree.Node) -> tree.Node:
    return replace(node, op=_STRICT[node.op]) if isinstance(node, tree.Binary) and node.op in _STRICT else node


def another(node: tree.Node) -> tree.Node:
    return replace(node, op=_OTHER[node.op]) if isinstance(node, tree.Binary) and node.op in _OTHER else node


def swapped(node: tree.Node) -> tree.Node:
    if isinstance(node, tree.Binary) and node.op in ("-", "/"):
        return replace(node, left=node.right, right=node.left)
    return node


def one_more(node: tree.Node) -> tree.Node:
    return replace(node, value=node.value + 1) if isinstance(node, tree.Number) else node


def changed(node: tree.Node, change: Change) -> tree.Node:
    parts = {name: _changed(getattr(node, name), change) for name in node.__match_args__}
    return change(replace(node, **parts))


def _changed(part: object, change: Change) -> object:
    if isinstance(part, tree.Node):
        return changed(part, change)
    return tuple(_changed(one, change) for one in part) if isinstance(part, tuple) else part


def rewritten(body: Body, change: Change) -> Body:
    def of(formula: Formula | None) -> Formula | None:
        return formula and replace(formula, tree=changed(formula.tree, change))

    if isinstance(body, Formula):
        return replace(body, tree=changed(body.tree, change))
    if isinstance(body, Cases):
        made = (replace(one, condition=of(one.condition), value=of(one.value)) for one in body.branches)
        return replace(body, branches=tuple(made))
    assert isinstance(body, DecisionTable)
    rows = (replace(row, cells=tuple(map(of, row.cells)), value=of(row.value)) for row in body.rows)
    return replace(body, rows=tuple(rows))


def pairs(change: Change) -> list[tuple[Rule, Rule, dict]]:
    """Each shipped rule that computes something and is another text after the change, with that."""
    found = []
    for region in ("jiyuan", "xuancheng", "guangdong"):
        book = load(region)
        entries = book.at(book.epochs[-1]).entries
        for rule in entries.values():
            if not isinstance(rule, Rule) or not isinstance(rule.body, (Formula, Cases, DecisionTable)):
                continue
            if "〔" in rule.name or sum(1 for one in formulas_of(rule.body) for _ in one.tree.walk()) < LEAST:
                continue
            other = replace(rule, name=f"{rule.name}的另一种写法", body=rewritten(rule.body, change))
            if repr(other.body) != repr(rule.body):
                found.append((rule, other, entries))
    return found


@pytest.mark.parametrize("change", [commuted, turned, denied, multiplied_out, spelled, chosen])
def test_shipped_rules_written_otherwise_are_told_as_the_same(change):
    written = pairs(change)
    assert len(written) > 5
    assert [rule.name for rule, other, all_ in written if not list(computed_twice([rule, other], all_))] == []


@pytest.mark.parametrize("change", [stricter, another, swapped, one_more])
def test_shipped_rules_that_were_changed_are_not_told_as_the_same(change):
    written = pairs(change)
    assert len(written) > 15
    assert {rule.name for rule, other, all_ in written if list(computed_twice([rule, other], all_))} == set()


def test_official_figures_that_were_changed_are_told():
    book = load("yunxi-demo")
    texts, snapshot = CitedTexts(articles(book)), book.at(book.epochs[-1])
    told = []
    for name in snapshot.entries:
        for figure in official_figures(snapshot, name):
            if texts.of(figure).without:
                continue
            for value in (figure.value * 3, figure.value + Fraction(1, 10), figure.value / 4, figure.value * 10):
                text = texts.of(replace(figure, value=value))
                told.append(not text.without and value not in texts.numbers(text.words))
    assert len(told) > 50 and all(told)
