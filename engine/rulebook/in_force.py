"""From which day what a layer writes holds: the days of 取值, a notice's 施行, and 追溯 to before it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from engine.rulebook.names import FROM_THE_START
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.written import day_of, says_yes, text_of

if TYPE_CHECKING:
    from engine.rulebook.layers import RawEntry

FROM_THE_FIRST_DAY = datetime.date.min
"""施行 in a module, which has none of its own: from the first day of the region that inherits it."""


def since(day: datetime.date) -> str:
    """``自 2025-07-01 起``, or ``自施行之日起``."""
    return "自施行之日起" if day == FROM_THE_FIRST_DAY else f"自 {day} 起"


def start_of(key: Scalar, raw: RawEntry) -> datetime.date | None:
    """The day that a key of 取值 names; ``None`` if it is none."""
    if key.text.strip() == FROM_THE_START:
        return raw.since or FROM_THE_FIRST_DAY
    return day_of(key.text)


def dated(raw: RawEntry) -> list[tuple[datetime.date, Scalar]]:
    """The days of an entry's 取值 with where they are written, in order of days."""
    values = raw.body.get("取值")
    entries = values.entries if isinstance(values, Mapping) else ()
    found = ((start_of(key, raw), key) for key, _ in entries)
    return sorted(((day, key) for day, key in found if day is not None), key=lambda item: item[0])


def retroactive_from(raw: RawEntry) -> datetime.date | None:
    """The day before its notice's 施行 from which an entry holds by 追溯; ``None`` where it does not."""
    word = raw.body.get("追溯")
    if word is None or raw.since is None:
        return None
    days = [day for day, _ in dated(raw)]
    day = min(days, default=None) if says_yes(word) else day_of(text_of(word))
    return day if day is not None and day < raw.since else None


def holds_from(raw: RawEntry, replaces_figures: bool) -> datetime.date | None:
    """The first day on which an entry of a notice stands in the rulebook.

    ``replaces_figures``: it takes the place of a parameter, which keeps its figures up to the first new one.
    """
    if raw.since is None:
        return None
    days = [day for day, _ in dated(raw)]
    later = min(days) if replaces_figures and days and min(days) > raw.since else raw.since
    return retroactive_from(raw) or later
