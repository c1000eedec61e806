"""What binding raises: a problem of a formula at one of its nodes."""

from __future__ import annotations

from engine.language import tree
from engine.language.types import Unit


class BindError(Exception):
    """What is wrong with a formula: code, sentence, hint, and the node where it stands."""

    def __init__(self, code: str, message: str, hint: str = "", node: tree.Node | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.node = code, message, hint, node


class UnitClash(BindError):
    """Two units that should be the same and are not; a bare number may still mend it."""

    def __init__(self, left: Unit, right: Unit, message: str, node: tree.Node | None = None) -> None:
        super().__init__("E402", message, "单位不同的数不能这样用；检查公式，或改“单位”", node)
        self.left, self.right = left, right
