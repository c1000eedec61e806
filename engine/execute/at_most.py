"""A dictionary with a limit, for what is kept only to be quicker: beyond the limit it begins anew."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class AtMost(dict[K, V]):
    """Keeps at most ``most`` entries: with one more it begins anew. For what can be worked out again at any time."""

    __slots__ = ("most",)

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self.most and key not in self:
            self.clear()
        super().__setitem__(key, value)
