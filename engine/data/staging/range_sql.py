"""Whether a stored value is out of the declared range of its field."""

from __future__ import annotations

import datetime
from fractions import Fraction
from math import ceil, floor

from sqlglot import exp

from engine.data.staging.sql import Sql, date, some, whole
from engine.data.staging.storage import WIDE, digits_of
from engine.language.types import Kind
from engine.rulebook.model import Field


def range_fits(field: Field) -> bool:
    """Whether the range of a field can be compared with its values."""
    wanted = {Kind.NUMBER: Fraction, Kind.DATE: datetime.date}.get(field.type.kind)
    bounds = [] if field.range is None else [field.range.low, field.range.high]
    return all(bound is None or (wanted is not None and isinstance(bound, wanted)) for bound in bounds)


def outside(field: Field, value: Sql) -> Sql:
    """TRUE or FALSE of a value, NULL of NULL; FALSE where there is no range that fits."""
    span = field.range
    faults: list[Sql] = []
    if span is None or not range_fits(field):
        return exp.false()
    scale = 10 ** (digits_of(field) or 0)
    if isinstance(span.low, Fraction):
        least = ceil(span.low * scale) if span.low_closed else floor(span.low * scale) + 1
        faults.append(value.copy() < whole(max(-WIDE, min(WIDE, least))))
    elif span.low is not None:
        faults.append(value.copy() < date(span.low) if span.low_closed else value.copy() <= date(span.low))
    if isinstance(span.high, Fraction):
        most = floor(span.high * scale) if span.high_closed else ceil(span.high * scale) - 1
        faults.append(value.copy() > whole(max(-WIDE, min(WIDE, most))))
    elif span.high is not None:
        faults.append(value.copy() > date(span.high) if span.high_closed else value.copy() >= date(span.high))
    return some(faults)
