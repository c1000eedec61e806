"""Which texts of a column are sound, in SQL: of the right length, and where they identify something, not spoilt by a
spreadsheet.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from engine.data.cells.identifiers import SPOILT
from engine.data.staging.sql import Sql, every, func, negated, whole
from engine.language.alike import FOREIGN
from engine.language.types import Kind
from engine.rulebook.model import Field


def sound(field: Field, value: Sql, matches: Callable[[Sql, str], Sql]) -> Sql:
    """TRUE of a text that is of the right length and, where it identifies, as it was written and as it looks."""
    conditions: list[Sql] = []
    if field.type.kind is Kind.TEXT and field.identifies:
        conditions.append(negated(matches(value, f"{SPOILT}|.*{FOREIGN}.*")))
    if field.type.kind is Kind.TEXT and field.lengths:
        lengths = [whole(length) for length in field.lengths]
        conditions.append(exp.In(this=func("length", value), expressions=lengths))
    return every(conditions)
