"""The nodes of a compiled formula that say more than plain ``ast``: values, calls, comparisons, items of a list.

They are ``ast`` nodes all the same: the evaluator takes them, and ``ast.walk`` goes through them.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from engine.language import tree
from engine.language.values import Value


class Known(ast.expr):
    """A value that stands in a formula."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Applied(ast.Call):
    """An operator or a function on ``args``, known by its ``name``."""

    def __init__(self, name: str, args: Sequence[ast.expr], keywords: Sequence[ast.keyword] = ()) -> None:
        super().__init__(ast.Name(name, ast.Load()), list(args), list(keywords))
        self.name = name


class Called(Applied):
    """A call of a function. ``origin``: the call as bound, with its clauses; ``where``: its 当, compiled."""

    def __init__(
        self, origin: tree.Call, args: Sequence[ast.expr], keywords: Sequence[ast.keyword], where: ast.expr | None
    ) -> None:
        super().__init__(origin.function, args, keywords)
        self.origin, self.where = origin, where

    @property
    def source(self) -> str:
        """The grain over whose rows an aggregate runs: binding always says one."""
        assert self.origin.source is not None
        return self.origin.source

    def on(self, args: Sequence[ast.expr]) -> Called:
        """The same call on other arguments."""
        return Called(self.origin, args, self.keywords, self.where)


class Compared(ast.Compare):
    """``left`` compared with ``right``. ``origin``: the comparison as bound."""

    def __init__(self, left: ast.expr, sign: ast.cmpop, right: ast.expr, origin: tree.Binary) -> None:
        super().__init__(left, [sign], [right])
        self.sign, self.right, self.origin = sign, right, origin


class Codes(ast.expr):
    """An item of a list: the codes from one prefix to another."""

    def __init__(self, low: str, high: str) -> None:
        super().__init__()
        self.low, self.high = low, high


class Band(ast.expr):
    """An item of a list: the values from one end to another; an end that is not written is ``None``."""

    _fields = ("low", "high")

    def __init__(self, low: ast.expr | None, high: ast.expr | None, origin: tree.Between) -> None:
        super().__init__()
        self.low, self.high, self.origin = low, high, origin
