"""Try conditions on the pieces of what they look at, on no more of them than they do look at."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.conditions import Conditions
from engine.check.pieces import OTHER, Piece, in_family
from engine.language import tree
from engine.language.values import Bound, compares

MOST_TRIED = 100_000
_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The operator that says the same with the sides changed."""


def variable_of(conditions: Conditions, node: tree.Node) -> str | None:
    """The one variable a condition without 且, 或 and 非 looks at."""
    try:
        holds(conditions, node, {})
    except _NotYet as missing:
        return missing.key
    return None


def outcomes(
    conditions: Conditions, nodes: list[tree.Node | None]
) -> Iterator[tuple[int | None, dict[str, Piece]]] | None:
    """Which condition is the first to hold (-1: one of them cannot be told, ``None``: none), with an example of
    each way; ``None`` if there are too many ways."""
    found: list[tuple[int | None, dict[str, Piece]]] = []
    waiting: list[tuple[dict[str, Piece], int]] = [({}, 0)]
    tried = 0
    while waiting:
        at, index = waiting.pop()
        try:
            while index < len(nodes):
                tried += 1
                node = nodes[index]
                verdict = True if node is None else holds(conditions, node, at)
                if verdict is not False:
                    break
                index += 1
        except _NotYet as missing:
            pieces = conditions.pieces(missing.key)
            waiting.extend(({**at, missing.key: piece}, index) for piece in reversed(pieces))
        else:
            none = index == len(nodes)
            found.append((None if none else index if verdict else -1, at))
        if tried > MOST_TRIED:
            return None
    return iter(found)


def holds(conditions: Conditions, node: tree.Node, at: dict[str, Piece]) -> bool | None:
    """Whether a condition holds for an assignment; ``None`` where it compares what is absent."""
    if isinstance(node, tree.Truth):
        return node.value
    if isinstance(node, tree.Binary) and node.op in ("且", "或"):
        left, right = holds(conditions, node.left, at), holds(conditions, node.right, at)
        decisive = node.op == "或"
        if left is decisive or right is decisive:
            return decisive
        return None if left is None or right is None else not decisive
    if isinstance(node, tree.Unary) and node.op == "非":
        inner = holds(conditions, node.operand, at)
        return None if inner is None else not inner
    if isinstance(node, tree.Unary):
        present = _known(at, conditions.key_of(node.operand)) is not None
        return present if node.op == "有" else not present
    if isinstance(node, tree.Binary):
        return _compared(conditions, node, at)
    if isinstance(node, tree.Member):
        if conditions.key_of(node) in conditions.variables:
            return bool(_known(at, conditions.key_of(node)))
        value = _known(at, conditions.key_of(node.operand))
        if value is None:
            return None
        return any(_matches(conditions, value, item) for item in node.items) is not node.negated
    sample = _known(at, conditions.key_of(node))
    return None if sample is None else bool(sample)


def _compared(conditions: Conditions, node: tree.Binary, at: dict[str, Piece]) -> bool | None:
    for side, other, op in ((node.left, node.right, node.op), (node.right, node.left, _FLIPPED[node.op])):
        if conditions.key_of(side) not in conditions.variables:
            continue
        fixed = _fixed(conditions, other)
        if fixed is not None:
            value = _known(at, conditions.key_of(side))
            if value is None:
                return None
            return op == "!=" if value is OTHER else compares(value, op, fixed)
    left, right = conditions.key_of(node.left), conditions.key_of(node.right)
    swapped = (left, right) != tuple(sorted((left, right)))
    order = _known(at, "".join(sorted((left, right))))
    return compares(order, _FLIPPED[node.op] if swapped else node.op, 0)


def _fixed(conditions: Conditions, node: tree.Node) -> Bound | str | bool | None:
    """What the other side of a comparison is, where that is known."""
    if isinstance(node, tree.Class):
        return node.word
    return node.value if isinstance(node, tree.Truth) else conditions.constant(node)


def _matches(conditions: Conditions, value: object, item: tree.Node) -> bool:
    if value is OTHER:
        return False
    if isinstance(item, tree.Class):
        return value == item.word
    if isinstance(item, (tree.Number, tree.Truth, tree.Date, tree.Text)):
        return value == item.value
    if isinstance(item, tree.Word):
        return value == item.text
    if isinstance(item, tree.Range):
        return in_family(str(value), item.low, item.high)
    assert isinstance(item, tree.Between)
    return value in conditions.interval(item)


class _NotYet(KeyError):
    """A condition looks at a variable that has no piece yet."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _known(at: dict[str, Piece], key: str) -> object:
    if key not in at:
        raise _NotYet(key)
    return at[key].sample
