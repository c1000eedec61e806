"""How cells of one SQL type are read as a field: which are surely good, and what is stored for them.

*Good* is careful: it is true only of a cell that the reader of :mod:`engine.data.cells` accepts with the value that
the SQL gives. Everything else is read in Python, so a cell may be missed here but never misread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from engine.data.staging.sql import Sql, cast

Value = Callable[["int | None"], Sql]
"""The stored value of a good cell, given how many digits stand before the point at most (``None``: not known)."""
WHOLE_DIGITS = {
    "TINYINT": 3,
    "SMALLINT": 5,
    "INTEGER": 10,
    "BIGINT": 19,
    "UTINYINT": 3,
    "USMALLINT": 5,
    "UINTEGER": 10,
    "UBIGINT": 20,
    "HUGEINT": 39,
}
"""Types of whole numbers, and how many digits they have at most."""
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


@dataclass(frozen=True)
class Reading:
    """``good``: as above, of a cell that is not empty. ``strict``: the same of a cell as it stands in the file, and
    also that it is neither empty nor has blanks around it, and is in the style that ``strict_value`` reads at less
    cost (``None``: no other than good and value). ``ordered``: the value as a decimal or date, not scaled, to find
    the least and the greatest (``None``: the value itself). ``calm``: with every cast tried, the value raises
    nothing whatever the cell is (what it is then does not matter: rows that are not clean are left out).
    """

    good: Sql
    value: Value
    strict: Sql | None = None
    strict_value: Value | None = None
    ordered: Sql | None = None
    calm: bool = True


def never(kind: str) -> Reading:
    """No cell but an empty one is surely good."""
    return Reading(exp.false(), lambda digits: cast(exp.Null(), kind))


def decimal_size(kind: str) -> tuple[int, int] | None:
    """Precision and scale of a DECIMAL."""
    found = _DECIMAL.fullmatch(kind)
    return (int(found[1]), int(found[2])) if found else None


def is_text(kind: str) -> bool:
    """Types whose cells are read as text: an ENUM comes as its words."""
    return kind == "VARCHAR" or kind.startswith("ENUM(")
