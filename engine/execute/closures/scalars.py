"""Scalar functions on cells; every one but 取高 and 取低 is absent where an argument is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.execute.closures.arithmetic import Run, days_between, greater_of, lesser_of, year_of
from engine.execute.closures.pairs import ceiling_at, floor_at, greatest, least, less, rounded, to_cell, to_value
from engine.execute.reference.scalars import SCALARS as REFERENCE
from engine.language.values import Unresolved

ONCE = (0, 1)


def _strict(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*cells: Any) -> Any:
        return None if None in cells else function(*cells)

    return call


def _of_present(function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def call(*cells: Any) -> Any:
        present = [cell for cell in cells if cell is not None]
        return function(present) if present else None

    return call


def _clamp(cell: Any, low: Any, high: Any) -> Any:
    if less(high, low):
        raise Unresolved("限定 的下限大于上限", cause="下限大于上限")
    return least([greatest([cell, low]), high])


def _digits(cell: Any) -> int:
    return int(to_value(cell))


def scalar(name: str) -> Callable[..., Any] | None:
    """A function of its arguments alone on cells; ``None`` for any other."""
    return FASTER.get(name) or (_as_reference(REFERENCE[name]) if name in REFERENCE else None)


def _as_reference(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*cells: Any) -> Any:
        return to_cell(function(*map(to_value, cells)))

    return call


FASTER: dict[str, Callable[..., Any]] = {
    "较大": _strict(lambda *cells: greatest(list(cells))),
    "较小": _strict(lambda *cells: least(list(cells))),
    "取高": _of_present(greatest),
    "取低": _of_present(least),
    "限定": _strict(_clamp),
    "绝对值": _strict(lambda cell: (abs(cell[0]), cell[1])),
    "向下取整": _strict(lambda cell, digits=ONCE: floor_at(cell, _digits(digits))),
    "向上取整": _strict(lambda cell, digits=ONCE: ceiling_at(cell, _digits(digits))),
    "四舍五入": _strict(lambda cell, digits=ONCE: rounded(cell, _digits(digits))),
    "天数": _strict(lambda first, last: ((last - first).days, 1)),
    "年": lambda day: None if day is None else (day.year, 1),
    "月": _strict(lambda day: (day.month, 1)),
    "季": _strict(lambda day: ((day.month + 2) // 3, 1)),
}
"""Those for which there is a shorter way than the reference engine's."""
OF_TWO: dict[str, Callable[[Run, Run], Run]] = {"较大": greater_of, "较小": lesser_of, "天数": days_between}
"""Of two arguments, functions of a row that many rules call."""
OF_ONE: dict[str, Callable[[Run], Run]] = {"年": year_of}
