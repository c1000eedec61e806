"""Rows to a CSV that Excel opens as it should: UTF-8 with BOM, and no cell that turns into a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.data.columns import OutColumn, value_text
from engine.language.types import Kind
from engine.language.values import Value

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def starts_like_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula."""
    return text.startswith(FORMULA_MARKS)


def write_csv(path: Path, columns: Sequence[OutColumn], rows: Iterable[Sequence[Value]]) -> None:
    """One file; numbers at their digits, absent empty. Text that looks like a formula gets a ``'`` before it."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([_safe(column.heading) for column in columns])
        spec = [(column.type.kind in (Kind.NUMBER, Kind.DATE, Kind.MONTH), column.digits) for column in columns]
        for row in rows:
            writer.writerow(
                value_text(value, digits) if plain else _safe(value_text(value))
                for value, (plain, digits) in zip(row, spec, strict=True)
            )


def _safe(text: str) -> str:
    return "'" + text if starts_like_formula(text) else text
