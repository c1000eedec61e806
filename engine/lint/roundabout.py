"""What can be said with fewer words: 非 (甲 = 乙), 非 没有 甲, 甲 = 是, 若(条件, 是, 否); and one passage said three
times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS
from engine.language.spans import written_span
from engine.lint.findings import REPEATED, ROUNDABOUT, Finding
from engine.lint.readable import shown, written_formulas
from engine.rulebook.model import Entry, Formula

_OPPOSITE = {"=": "≠", "!=": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<"}
_PRESENCE = {"有": "没有", "没有": "有"}
MOST_TIMES = 2
LEAST = 5
"""Nodes of a passage; a shorter one (甲 = 乙, 甲 ÷ 乙) may be said as often as it is needed."""


def roundabout(entry: Entry) -> Iterator[Finding]:
    """The first passage of an entry that is said roundabout, and the first that is said again and again."""
    formulas = written_formulas(entry)
    said = ((formula, node, better) for formula in formulas for node in formula.tree.walk()
            if (better := _better(formula, node)))  # fmt: skip
    for formula, node, better in said:
        written = _written(formula, node)
        yield Finding(ROUNDABOUT, formula.at(node), entry.name, f"“{written}”绕了一圈", f"写成 {better}")
        break
    times = Counter(node for formula in formulas for node in formula.tree.walk() if _is_passage(node))
    for formula in formulas:
        for node in formula.tree.walk():
            if _is_passage(node) and times[node] > MOST_TIMES:
                message = f"“{_written(formula, node)}”写了 {times[node]} 遍"
                yield Finding(REPEATED, formula.at(node), entry.name, message, "另写成一条规则，这里写它的名字")
                return


def _better(formula: Formula, node: tree.Node) -> str:
    """The same in fewer words; empty where there are none."""
    if isinstance(node, tree.Unary) and node.op == "非":
        inner = node.operand
        if isinstance(inner, tree.Unary) and inner.op == "非":
            return _written(formula, inner.operand)
        if isinstance(inner, tree.Unary) and inner.op in _PRESENCE:
            return f"{_PRESENCE[inner.op]} {_written(formula, inner.operand)}"
        if isinstance(inner, tree.Binary) and inner.op in _OPPOSITE:
            return f"{_written(formula, inner.left)} {_OPPOSITE[inner.op]} {_written(formula, inner.right)}"
        if isinstance(inner, tree.Member):
            return f"{_written(formula, inner.operand)} {'' if inner.negated else '不'}属于 …"
    if isinstance(node, tree.Binary) and node.op in ("=", "!="):
        sides = (node.left, node.right), (node.right, node.left)
        for truth, other in sides:
            if isinstance(truth, tree.Truth):
                return ("" if truth.value == (node.op == "=") else "非 ") + _written(formula, other)
    if isinstance(node, tree.Call) and FUNCTIONS[node.function].law.takes is Takes.CHOICE:
        condition, *values = node.args
        if all(isinstance(value, tree.Truth) for value in values) and values[0] != values[1]:
            assert isinstance(values[0], tree.Truth)
            text = _written(formula, condition)
            return text if values[0].value else f"非 ({text})"
    return ""


def _is_passage(node: tree.Node) -> bool:
    return isinstance(node, (tree.Binary, tree.Call)) and sum(1 for _ in node.walk()) >= LEAST


def _written(formula: Formula, node: tree.Node) -> str:
    start, stop = written_span(formula.text, node)
    return shown(formula.text[start:stop])
