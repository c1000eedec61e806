"""Where a part of a formula stands in its text."""

from __future__ import annotations

from engine.language import tree
from engine.language.parse import half_width

_OPEN, _CLOSE = "([", ")]"


def written_span(text: str, node: tree.Node) -> tuple[int, int]:
    """Where a node stands in ``text``, its closing brackets included (spans of calls end before them)."""
    start, stop = node.span[0], max(part.span[1] for part in node.walk())
    if isinstance(node, (tree.Name, tree.ValueBefore)):
        return node.span
    plain = half_width(text)
    depth = _depth(plain[start:stop])
    while depth > 0 and stop < len(plain):
        depth += (plain[stop] in _OPEN) - (plain[stop] in _CLOSE)
        stop += 1
    while depth < 0 and start > 0:
        start -= 1
        depth += (plain[start] in _OPEN) - (plain[start] in _CLOSE)
    return start, stop


def _depth(text: str) -> int:
    """Brackets left open; an interval may open with one kind and close with the other."""
    depth, quoted = 0, ""
    for sign in text:
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in '“"':
            quoted = {"“": "”", '"': '"'}[sign]
        else:
            depth += (sign in _OPEN) - (sign in _CLOSE)
    return depth
