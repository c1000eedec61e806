"""A condition cell said to people: which values it lets through."""

from __future__ import annotations

from engine.language import tree
from engine.language.parse import SyntaxProblem, parse_cell
from engine.language.spans import written_span

_COMPARED = {"<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于", "=": "等于", "!=": "不等于"}


def in_words(text: str) -> str:
    """``0 到 1`` for ``[0, 1]``, ``大于 0`` for ``> 0``; bounds as they are written. Of another cell, or none,
    the text itself.
    """
    try:
        cell = parse_cell(text)
    except SyntaxProblem:
        return text
    if isinstance(cell, tree.Compare) and cell.op in _COMPARED:
        return f"{_COMPARED[cell.op]} {_written(text, cell.operand)}"
    if isinstance(cell, tree.Items) and len(cell.items) == 1 and isinstance(cell.items[0], tree.Between):
        return _between(text, cell.items[0])
    return text


def _between(text: str, range_: tree.Between) -> str:
    low = "" if range_.low is None else _written(text, range_.low)
    high = "" if range_.high is None else _written(text, range_.high)
    if low and high and range_.low_closed and range_.high_closed:
        return f"{low} 到 {high}"
    above, below = _COMPARED[">=" if range_.low_closed else ">"], _COMPARED["<=" if range_.high_closed else "<"]
    return "、".join(f"{word} {bound}" for word, bound in ((above, low), (below, high)) if bound) or text


def _written(text: str, node: tree.Node) -> str:
    start, end = written_span(text, node)
    return text[start:end]
