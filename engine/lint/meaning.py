"""What a formula works out, in one form however it is written: sums of products, branches and comparisons in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS, SCALAR

Product = tuple[tuple[str, ...], tuple[str, ...]]
"""What is multiplied and what it is divided by. Neither is cancelled: a division by 0 is to stay one."""
Sum = Counter[Product]
MOST_PRODUCTS = 40
_TURNED = {">": "<", ">=": "<="}
_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_COMPARES = frozenset(_DENIED)
_SUMS = ("+", "-", "*", "/")


class Meaning:
    """``part``: the formula that a name stands for, where nothing happens to it in between."""

    def __init__(self, part: Callable[[str], tree.Node | None]) -> None:
        self._part = part
        self._within: list[str] = []
        self._over_rows = 0

    def of(self, node: tree.Node) -> str:
        """Equal for formulas that give the same wherever both have a value."""
        if isinstance(node, tree.Name) and (inside := self._inside(node.id)) is not None:
            with self._opened(node.id):
                return self.of(inside)
        if isinstance(node, tree.Number) or (isinstance(node, (tree.Binary, tree.Unary)) and node.op in _SUMS):
            return self._said(self._sum(node))
        if isinstance(node, tree.Binary) and node.op in ("且", "或"):
            return f"({node.op.join(sorted(set(map(self.of, _operands(node, node.op)))))})"
        if isinstance(node, tree.Binary) and node.op in _COMPARES:
            return self._compared(node.op, self.of(node.left), self.of(node.right))
        if isinstance(node, tree.Unary) and node.op == "非":
            return self._denied(node.operand)
        if isinstance(node, tree.Call) and FUNCTIONS[node.function].law.takes is Takes.CHOICE:
            return self.chosen(node.args[0], *map(self.of, node.args[1:]))
        return self._parts(node)

    def chosen(self, condition: tree.Node, then: str, otherwise: str) -> str:
        """One of two, whichever of them is asked for."""
        return "?" + min(
            f"({self.of(condition)}|{then}|{otherwise})", f"({self._denied(condition)}|{otherwise}|{then})"
        )

    def _inside(self, name: str) -> tree.Node | None:
        """Not of a name that is read beside other rows: its formula would be one over those rows there."""
        return None if self._over_rows or name in self._within else self._part(name)

    @contextmanager
    def _opened(self, name: str) -> Iterator[None]:
        self._within.append(name)
        yield
        self._within.pop()

    def _denied(self, node: tree.Node) -> str:
        if isinstance(node, tree.Unary) and node.op == "非":
            return self.of(node.operand)
        if isinstance(node, tree.Binary) and node.op in _COMPARES:
            return self._compared(_DENIED[node.op], self.of(node.left), self.of(node.right))
        if isinstance(node, tree.Binary) and node.op in ("且", "或"):
            other = "或" if node.op == "且" else "且"
            return f"({other.join(sorted(set(map(self._denied, _operands(node, node.op)))))})"
        return f"非({self.of(node)})"

    @staticmethod
    def _compared(op: str, left: str, right: str) -> str:
        if op in _TURNED:
            return f"({right}{_TURNED[op]}{left})"
        return f"({op.join(sorted((left, right)) if op in ('=', '!=') else (left, right))})"

    def _sum(self, node: tree.Node) -> Sum:
        if isinstance(node, tree.Name) and (inside := self._inside(node.id)) is not None:
            with self._opened(node.id):
                return self._sum(inside)
        if isinstance(node, tree.Number):
            return Counter({((), ()): node.value})  # type: ignore[dict-item]  # counts are exact shares here
        if isinstance(node, tree.Unary) and node.op == "-":
            return _times(self._sum(node.operand), Counter({((), ()): -1}))
        if not isinstance(node, tree.Binary) or node.op not in _SUMS:
            return Counter({((self.of(node),), ()): 1})
        left, right = self._sum(node.left), self._sum(node.right)
        if node.op in ("+", "-"):
            return _plus(left, right if node.op == "+" else _times(right, Counter({((), ()): -1})))
        if node.op == "/":
            return _times(left, _inverse(right, self._said(right)))
        if len(left) * len(right) > MOST_PRODUCTS:
            return Counter({(tuple(sorted((self._said(left), self._said(right)))), ()): 1})
        return _times(left, right)

    @staticmethod
    def _said(found: Sum) -> str:
        return f"({'+'.join(sorted(f'{count}·{above}/{below}' for (above, below), count in found.items() if count))})"

    def _parts(self, node: tree.Node) -> str:
        names: tuple[str, ...] = node.__match_args__
        over_rows = isinstance(node, tree.Call) and FUNCTIONS[node.function].family != SCALAR
        self._over_rows += over_rows
        values = [self._of_part(getattr(node, name)) for name in names]
        self._over_rows -= over_rows
        if isinstance(node, tree.Call) and _order_says_nothing(node.function):
            values[names.index("args")] = f"({', '.join(sorted(map(self.of, node.args)))})"
        return f"{type(node).__name__}({', '.join(values)})"

    def _of_part(self, part: object) -> str:
        if isinstance(part, tuple):
            return f"({', '.join(map(self._of_part, part))})"
        return self.of(part) if isinstance(part, tree.Node) else repr(part)


def _order_says_nothing(function: str) -> bool:
    """较大(a, b) is 较大(b, a)."""
    row = FUNCTIONS[function]
    return row.most is None and row.law.takes is Takes.ORDERED


def _operands(node: tree.Node, op: str) -> list[tree.Node]:
    if isinstance(node, tree.Binary) and node.op == op:
        return [*_operands(node.left, op), *_operands(node.right, op)]
    return [node]


def _plus(left: Sum, right: Sum) -> Sum:
    found = Counter(left)
    for product, count in right.items():
        found[product] += count
    return found


def _times(left: Sum, right: Sum) -> Sum:
    found: Sum = Counter()
    for (above, below), count in left.items():
        for (more, fewer), times in right.items():
            found[tuple(sorted((*above, *more))), tuple(sorted((*below, *fewer)))] += count * times
    return found


def _inverse(found: Sum, said: str) -> Sum:
    """Of a number or a single product; a sum is divided by as a whole."""
    (product, count), *more = found.items()
    if more or count == 0:
        return Counter({((), (said,)): 1})
    return Counter({(product[1], product[0]): Fraction(1) / count})  # type: ignore[dict-item]
