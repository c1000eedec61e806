"""Rows that are shown again and again: one that says the same as before stays the same element, as it stands.

An element that is made anew loses the click on it: the browser takes a press and a release for a click only where both
were on the same element.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from nicegui import ui


@dataclass(frozen=True)
class Row:
    """``key``: which row it is, among those beside it. ``said``: all that ``build`` puts into its element, which it
    returns. ``below``: rows inside that element.
    """

    key: Hashable
    said: object
    build: Callable[[], ui.element]
    below: Sequence[Row] = ()


def text_row(key: Hashable, text: str, style: str) -> Row:
    return Row(key, (text, style), lambda: ui.label(text).classes(style))


class KeptRows:
    """The rows of ``room``, from its first place on."""

    def __init__(self, room: ui.element) -> None:
        self._room = room
        self._kept: dict[Hashable, tuple[object, ui.element, KeptRows]] = {}

    def show(self, rows: Sequence[Row]) -> None:
        """These, in this order; those with a key that was not there before, or that say something else, are made."""
        wanted = {row.key: row for row in rows}
        for key in [key for key, (said, *_) in self._kept.items() if key not in wanted or wanted[key].said != said]:
            self._kept.pop(key)[1].delete()
        for place, (key, row) in enumerate(wanted.items()):
            if key not in self._kept:
                with self._room:
                    element = row.build()
                self._kept[key] = row.said, element, KeptRows(element)
            _, element, below = self._kept[key]
            stands_at(element, place)
            if row.below or below._kept:
                below.show(row.below)


def stands_at(element: ui.element, place: int) -> None:
    """In its room, moved only where it stands somewhere else."""
    slot = element.parent_slot
    if slot is not None and (place >= len(slot.children) or slot.children[place] is not element):
        element.move(target_index=place)
