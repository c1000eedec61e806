"""What a long work is given to tell its steps to, and to ask whether it is cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from engine.watching.cancel import Cancel
from engine.watching.event import Event, Watcher

Item = TypeVar("Item")


def _nobody(event: Event) -> None:
    """Sees nothing."""


@dataclass(frozen=True)
class Watching:
    """``period`` (of ``parts``, ``part``): what is run now, of several periods at once."""

    watcher: Watcher = _nobody
    cancel: Cancel = field(default_factory=Cancel)
    period: str = ""
    part: int = 1
    parts: int = 1

    def tell(self, phase: str, name: str = "", rows: int | None = None, step: int = 1, steps: int = 1) -> None:
        """One event. Raises :class:`engine.watching.cancel.Cancelled` where the work was cancelled."""
        self.cancel.refuse()
        self.watcher(self.event(phase, name, rows, step, steps))

    def event(self, phase: str, name: str = "", rows: int | None = None, step: int = 1, steps: int = 1) -> Event:
        """What would be told."""
        return Event(phase, step, steps, name, rows, self.period, self.part, self.parts)

    def each(self, phase: str, items: Sequence[tuple[str, Item]]) -> Iterator[Item]:
        """The second of each pair, told by the first as step n of all when its turn comes."""
        for number, (name, item) in enumerate(items, 1):
            self.tell(phase, name, step=number, steps=len(items))
            yield item

    def of(self, period: str, part: int, parts: int) -> Watching:
        """The same for one of several periods."""
        return replace(self, period=period, part=part, parts=parts)


UNWATCHED = Watching()
"""Nobody sees it, nobody cancels it."""
