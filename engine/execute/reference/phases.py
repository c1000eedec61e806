"""Which rows take part while something is worked out, and what was worked out over them.

Rows are sorted a table at a time; each time some leave, a phase ends. Nothing of an ended phase is read again, so
nobody has to be told to forget: what is kept of a phase goes with it. Once rows are held there are two: what 需要 reads
is worked out over the accepted rows, all else over the settled ones. Which of the two a name is of is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.language.values import Unresolved, Value

T = TypeVar("T")


@dataclass(eq=False)
class Phase:
    """While the same rows take part. ``known``: what was worked out, by name, grain, key and day of the rules; a
    failure stays a failure. ``lists``, ``groups``, ``windows``: the rows of grains as they were put together; a window
    with its call, which it goes by: a call that is let go of leaves its identity to the next.
    """

    known: dict[tuple, Value | Unresolved] = field(default_factory=dict)
    lists: dict[tuple[str, bool], list[Row]] = field(default_factory=dict)
    groups: dict[tuple, dict[tuple, list[Row]]] = field(default_factory=dict)
    windows: dict[tuple, tuple[Called, Mapping]] = field(default_factory=dict)
    _beside: dict[object, Any] = field(default_factory=dict)

    @property
    def looked_at(self) -> bool:
        """Whether rows were put together yet."""
        return bool(self.lists or self.groups or self.windows)

    def begun_anew(self) -> Phase:
        """The phase after this one, of which nothing is known yet."""
        return Phase()

    def kept(self, owner: object, make: Callable[[], T]) -> T:
        """What ``owner`` keeps while the phase lasts."""
        if owner not in self._beside:
            self._beside[owner] = make()
        return self._beside[owner]


@dataclass
class Phases:
    """``now``: the one that things are worked out in; ``accepted``: the one before rows were held, once they are."""

    now: Phase = field(default_factory=Phase)
    accepted: Phase | None = None
    first_names: Collection[str] = ()

    @property
    def settled(self) -> bool:
        """Whether held rows are known."""
        return self.accepted is not None

    def of(self, name: str) -> Phase:
        """The phase in which ``name`` is worked out."""
        return self.accepted if self.accepted is not None and name in self.first_names else self.now

    def of_rows(self, first: bool) -> Phase:
        """The phase of sums over all accepted rows (``first``), or over those that are settled."""
        return self.accepted if first and self.accepted is not None else self.now

    def all(self) -> list[Phase]:
        """The phases of which something may still be read."""
        return [self.now] if self.accepted is None else [self.accepted, self.now]

    def rows_left(self, looked_at: bool) -> None:
        """Some rows take part no longer; ``looked_at``: whether anything was worked out over them."""
        self.now = self.now.begun_anew() if looked_at else Phase(self.now.known)

    def settle(self, first_names: Collection[str], held: bool) -> None:
        """From here on only ``first_names`` are worked out over all accepted rows. ``held``: whether a row may have
        been held; if none was, what was worked out over the accepted rows is right over the settled ones.
        """
        now = self.now
        self.now = now.begun_anew() if held else Phase(now.known, now.lists, now.groups, now.windows)
        self.accepted, self.first_names = now, first_names
