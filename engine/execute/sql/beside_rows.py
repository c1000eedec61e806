"""Uploads what Python worked out for each combination of keys, and joins it to the rows of a big table, as columns."""

from __future__ import annotations

import datetime
from fractions import Fraction
from math import lcm
from typing import Any

from sqlglot import exp

from engine.execute.sql import ints
from engine.execute.sql.combinations import Combinations
from engine.execute.sql.frame import ROW, SmallTable
from engine.execute.sql.ints import Int
from engine.execute.sql.key_columns import SQL_TYPES, key_parts, key_types
from engine.execute.sql.lowered import Lowered, constant, month_number, number, unresolved
from engine.execute.sql.on_rows import OnRows
from engine.language.types import Kind
from engine.language.values import Month, Unresolved, Value


class BesideRows:
    """Uploads stay as long as the frame."""

    def __init__(self, reading: OnRows) -> None:
        self.reading = reading
        self._parts: list[SmallTable] = []  # kept alive: joins are known by identity

    def results(self, known: Combinations, results: list[Value | Unresolved]) -> Lowered:
        """The results as columns beside the rows."""
        each = {id(r): r for r in results}  # many rows share an object
        present = [r for r in each.values() if r is not None and not isinstance(r, Unresolved)]
        failed = known.others_fail or any(isinstance(r, Unresolved) for r in each.values())
        absent = any(r is None for r in each.values())
        if not present and not (failed and absent):
            return unresolved(Kind.ABSENT) if failed else constant(Kind.ABSENT, None)
        if present and not failed and not absent and len(set(present)) == 1:
            return constant(kind_of(present[0]), present[0])
        if not present:
            flag = self.uploaded(known, [("BOOLEAN", [isinstance(r, Unresolved) for r in results])])[0]
            fail = self.reading.frame.let(exp.Coalesce(this=flag, expressions=[exp.convert(known.others_fail)]))
            return Lowered(Kind.ABSENT, exp.Null(), fail, True)
        kind = kind_of(present[0])
        uploads: list[tuple[str, list[Any]]] = []
        num: Int | None = None
        den, over = 1, None
        if kind is Kind.NUMBER:
            uploads, bounds, over_bounds, den = _numbers(results)
        else:
            uploads = [(SQL_TYPES.get(kind, "VARCHAR"), [_cell(r) for r in results])]
        if failed:
            uploads.append(("BOOLEAN", [isinstance(r, Unresolved) for r in results]))
        columns = self.uploaded(known, uploads)
        unknown = None
        if failed:
            otherwise = exp.convert(known.others_fail)
            unknown = self.reading.frame.let(exp.Coalesce(this=columns[-1], expressions=[otherwise]))
        if kind is Kind.NUMBER:
            num = Int(columns[0], *bounds, uploads[0][0] == ints.WIDE_TYPE)
            if over_bounds is not None:
                over = Int(columns[1], *over_bounds, uploads[1][0] == ints.WIDE_TYPE)
            numbers = [r for r in present if isinstance(r, Fraction)]
            return number(num, den, unknown, absent, over, (min(numbers), max(numbers)))
        return Lowered(kind, columns[0], unknown, absent)

    def whole_numbers(self, known: Combinations, numbers: list[int | None]) -> Int | None:
        """A whole number for each combination, beside the rows; ``None`` if there is none at all."""
        present = [one for one in numbers if one is not None]
        if not present:
            return None
        bounds = bounds_of(numbers)
        if not known.keys:
            return Int(ints.typed(ints.constant(present[0])), *bounds, max(map(abs, bounds)) > ints.NARROW)
        column = self.uploaded(known, [(column_type(bounds), numbers)])[0]
        return Int(column, *bounds, column_type(bounds) == ints.WIDE_TYPE)

    def texts_by_row(self, rows: list[int], texts: list[str]) -> exp.Expression:
        """A text for some row numbers, beside the rows."""
        row = Lowered(Kind.NUMBER, exp.column(ROW), None, False, Int(exp.column(ROW), 0, 2**62, False))
        return self.uploaded(Combinations([row], [(rn,) for rn in rows], [], False), [("VARCHAR", texts)])[0]

    def uploaded(self, known: Combinations, uploads: list[tuple[str, list[Any]]]) -> list[exp.Expression]:
        """Columns of a small table, joined by the keys. Columns made before the next query share one table."""
        frame = self.reading.frame
        if known.part is None:
            known.part = SmallTable(key_types(known.keys), known.raw)
        part, names = known.part, []
        for kind, cells in uploads:
            names.append(f"u{len(part.columns)}")
            part.columns.append((names[-1], kind, cells))
        keys = key_parts(known.keys)
        joined = frame.join(keys, part, [f"k{n}" for n in range(len(keys))], id(part), known.null_safe)
        self._parts.append(part)
        return [frame.joined_column(joined, name) for name in names]


def kind_of(value: Any) -> Kind:
    """The kind of a value that the host worked out."""
    if isinstance(value, bool):
        return Kind.BOOL
    if isinstance(value, Fraction):
        return Kind.NUMBER
    if isinstance(value, Month):
        return Kind.MONTH
    if isinstance(value, datetime.date):
        return Kind.DATE
    return Kind.ABSENT if value is None else Kind.TEXT


def _cell(value: Value | Unresolved) -> Any:
    if value is None or isinstance(value, Unresolved):
        return None
    if isinstance(value, Month):
        return month_number(value)
    return value


def _numbers(
    results: list[Value | Unresolved],
) -> tuple[list[tuple[str, list[Any]]], tuple[int, int], tuple[int, int] | None, int]:
    """Numerators over one denominator where that stays small, else numerators and denominators."""
    values = {id(r): r for r in results if isinstance(r, Fraction)}
    common = 1
    for value in values.values():
        common = lcm(common, value.denominator)
        if common > 10**12:
            break
    if common <= 10**12:
        scaled = {at: value.numerator * (common // value.denominator) for at, value in values.items()}
        nums = [scaled.get(id(r)) for r in results]
        bounds = bounds_of(nums)
        return [(column_type(bounds), nums)], bounds, None, common
    nums = [r.numerator if isinstance(r, Fraction) else None for r in results]
    dens = [r.denominator if isinstance(r, Fraction) else None for r in results]
    bounds, den_bounds = bounds_of(nums), bounds_of(dens)
    return [(column_type(bounds), nums), (column_type(den_bounds), dens)], bounds, den_bounds, 1


def bounds_of(numbers: list[int | None]) -> tuple[int, int]:
    """The least and the greatest, which a column has to hold. Raises :class:`TooLarge`."""
    present = [n for n in numbers if n is not None]
    low, high = min(present), max(present)
    ints.column(exp.Null(), low, high)
    return low, high


def column_type(bounds: tuple[int, int]) -> str:
    """The type that holds whole numbers between these."""
    return ints.WIDE_TYPE if max(abs(bounds[0]), abs(bounds[1])) > ints.NARROW else ints.NARROW_TYPE
