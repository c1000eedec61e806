"""A rounded formula that is too long for SQL, on the rows of a frame: its factors are found by the host for each
combination of what is found elsewhere.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlglot import exp

from engine.execute.sql import ints
from engine.execute.sql.beside_rows import BesideRows, bounds_of, column_type
from engine.execute.sql.combinations import Combinations, Occurring
from engine.execute.sql.each_key import all_is_kept, outcome
from engine.execute.sql.ints import Int
from engine.execute.sql.leaves import leaves_of, own_number
from engine.execute.sql.lowered import Lowered, any_of
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.rounded_sums import NoSum, Share, added_up, share_of, terms_of
from engine.language import tree
from engine.language.values import Unresolved, Value


def rounded_sum(
    reading: OnRows, occurring: Occurring, beside: BesideRows,
    node: tree.Node, digits: int, mode: str, day: datetime.date,
) -> Lowered | None:  # fmt: skip
    """A formula that is too long for SQL, rounded: :mod:`engine.execute.sql.rounded_sums`; ``None`` where it is no
    such sum, or too long even so.
    """
    own = {name: low for name in sorted(node.names) if (low := own_number(reading, name, day)) is not None}
    if not own:
        return None
    leaves = leaves_of(reading, sorted(node.names - own.keys()), day)
    try:
        terms = terms_of(node, frozenset(own), reading.execution.formulas)
        known = occurring.of(leaves.keys, True)
        unit = Fraction(1, 10) ** digits

        def work(key: tuple[Value, ...]) -> Share | None:
            found = terms(leaves.of(key))
            return None if found is None else share_of(found, own, unit)

        with all_is_kept():
            shares = [outcome(work, key) for key in known.values]
        return _added(reading, beside, list(own.values()), known, shares, digits, mode)
    except (NoSum, ints.TooLarge):
        return None


def _added(
    reading: OnRows,
    beside: BesideRows,
    own: list[Lowered],
    known: Combinations,
    shares: list[Share | None | Unresolved],
    digits: int,
    mode: str,
) -> Lowered | None:
    found = [share for share in shares if isinstance(share, Share)]
    if not found:
        return None
    frame, everywhere = reading.frame, len(found) == len(shares)
    listed = [None if not isinstance(share, Share) else share.numbers for share in shares]
    columns = [[None if row is None else row[place] for row in listed] for place in range(len(found[0].numbers))]
    bounds = [bounds_of(column) for column in columns]
    same = [everywhere and low == high for low, high in bounds]
    uploads: list[tuple[str, list[Any]]] = [
        (column_type(ends), column) for ends, column, one in zip(bounds, columns, same, strict=True) if not one
    ]
    fails = [low.fail for low in own]
    if any(isinstance(share, Unresolved) for share in shares):
        uploads.append(("BOOLEAN", [isinstance(share, Unresolved) for share in shares]))
        uploaded = beside.uploaded(known, uploads)
        fails.append(frame.let(exp.Coalesce(this=uploaded.pop(), expressions=[exp.false()])))
    else:
        uploaded = beside.uploaded(known, uploads) if known.keys else []
    columns_there = iter(uploaded)
    ints_ = [
        ints.constant(ends[0]) if one else Int(next(columns_there), *ends, column_type(ends) == ints.WIDE_TYPE)
        for ends, one in zip(bounds, same, strict=True)
    ]
    low = added_up(own, found, ints_, digits, mode, frame)
    return replace(low, fail=any_of(fails), absent=any(share is None for share in shares))
