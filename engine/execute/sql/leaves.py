"""One row that stands for many: a rule has the same value on all rows on which the names that stand in it (its
*leaves*) have the same values, so Python works it out once for them. Here: which leaves those are and what they are
worth. Only the names in the formula itself are asked for, not what these are worked out of, as in ``plan/reads``: they
are there already.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from engine.execute.sql.lowered import Lowered, is_true
from engine.execute.sql.on_rows import OnRows
from engine.language.types import Kind
from engine.language.values import Unresolved, Value
from engine.rulebook.scope import Unreachable

LEAVES = "每种组合"
"""The key of a row that stands for many: it has no key of its own, only ``Row.leaves``."""


@dataclass
class Leaves:
    """What can be read of the rows for which one stands: ``varying`` by the combination of ``keys``, after whose values
    stand the flags of those that cannot be known, ``flagged``.
    """

    keys: list[Lowered]
    fixed: dict[str, Value | Unresolved]
    varying: list[str]
    flagged: list[str]

    def of(self, key: tuple[Value, ...]) -> dict[str, Value | Unresolved]:
        """The values by name at one combination."""
        found = {**self.fixed, **dict(zip(self.varying, key, strict=False))}
        for name, failed in zip(self.flagged, key[len(self.varying) :], strict=True):
            if failed:
                found[name] = Unresolved("算不出", name)
        return found


def leaves_of(reading: OnRows, names: Iterable[str], day: datetime.date) -> Leaves:
    """What can be read of rows by ``names``."""
    scope = reading.execution.scope(day)
    lows = {name: reading.read(name, day) for name in names if _is_value(scope, name)}
    varying = {n: low for n, low in lows.items() if not low.is_known and not isinstance(low.value, exp.Null)}
    fixed: dict[str, Value | Unresolved] = {}
    for name, low in lows.items():
        if name not in varying and not isinstance(low.known, frozenset):
            fixed[name] = low.known if low.is_known else Unresolved("算不出", name) if is_true(low.fail) else None
    flags = {name: low.fail for name, low in varying.items() if low.fail is not None}
    keys = [replace(low, fail=None) for low in varying.values()]
    keys += [Lowered(Kind.BOOL, fail) for fail in flags.values()]
    return Leaves(keys, fixed, list(varying), list(flags))


def own_number(reading: OnRows, name: str, day: datetime.date) -> Lowered | None:
    """A number that differs from row to row and that the row has itself."""
    scope = reading.execution.scope(day)
    if not _is_value(scope, name):
        return None
    try:
        access = scope.reach(reading.base, name)
    except Unreachable:
        return None
    low = reading.read(name, day)
    is_own = access.own and low.num is not None and low.over is None and not low.is_known and not low.absent
    return low if is_own else None


def _is_value(scope: Any, name: str) -> bool:
    return (
        name in scope.book.columns
        or name in scope.book.rules
        or name in scope.book.checks
        or name in scope.book.parameters
        or name in ("期年", "期初", "期末")
    )
