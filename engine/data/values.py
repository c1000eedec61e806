"""What a typed row may hold besides values: a marker for a value outside its range; and the wildcard."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.language.values import Interval, Value

ANY = Interval(None, None)
"""The value of a cell ``任何`` in a field with ``wildcard``: it matches everything, whatever the type of the field."""


@dataclass(frozen=True)
class OutOfRange:
    """Stands in a row for a value outside the declared range: to be taken as unresolved, for this reason (Chinese)."""

    reason: str
    value: Value = field(default=None, compare=False)


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot become a value: it rejects its row. ``code`` is one of those in :mod:`engine.data.load`."""

    reason: str
    code: str


Cell = Value | OutOfRange
