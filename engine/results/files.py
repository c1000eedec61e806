"""Rows of a result as a file for people: CSV or XLSX, written as a run writes its own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.data.columns import OutColumn
from engine.data.csv_out import write_csv
from engine.data.xlsx_out import MAX_ROWS, write_xlsx
from engine.files.errors import DataError
from engine.language.types import BOOL, DATE, NUMBER, TEXT
from engine.language.values import Value
from engine.results.conditions import DAY, TRUTH, Condition
from engine.results.conditions import NUMBER as NUMBERS
from engine.results.opened import OpenResult
from engine.results.tables import Table

SUFFIXES = (".csv", ".xlsx")
_TYPES = {NUMBERS: NUMBER, DAY: DATE, TRUTH: BOOL}


def write_rows(
    result: OpenResult, title: str, path: Path, where: Sequence[Condition] = (), sort: Sequence[tuple[str, bool]] = ()
) -> int:
    """How many rows went to ``path``, which its suffix makes a CSV or a workbook.

    The lines of 合计 follow where all rows are there. Raises :class:`DataError`.
    """
    table = result.table(title)
    columns = [OutColumn(c.heading, c.heading, _TYPES.get(c.kind, TEXT), c.digits, c.key) for c in table.columns]
    below = [] if where else _below(result, table)
    counted = 0

    def rows() -> Any:
        nonlocal counted
        for row in result.rows(title, where, sort):
            counted += 1
            yield [_value(cell) for cell in row]
        yield from below

    if path.suffix == ".csv":
        write_csv(path, columns, rows())
    elif path.suffix == ".xlsx":
        if not where and table.rows >= MAX_ROWS:
            raise DataError(f"“{title}”有 {table.rows} 行，超过 Excel 的 {MAX_ROWS - 1} 行", "先筛选，或下载 csv")
        write_xlsx(path, file_title(result, table), columns, list(rows()))
    else:
        raise DataError(f"不能写成 {path.suffix or path.name}", "写 .csv 或 .xlsx")
    return counted


def file_title(result: OpenResult, table: Table) -> str:
    """As the run calls its files: 示例 stands before what has made-up figures in it."""
    return f"示例-{table.title}" if result.said["example"] else table.title


def _below(result: OpenResult, table: Table) -> list[list[Value]]:
    """The run's own totals, as the values of their columns."""
    return [
        [
            Fraction(cell) if cell and column.kind == NUMBERS else (cell or None)
            for cell, column in zip(line, table.columns, strict=True)
        ]
        for line in result.totals(table.title)
    ]  # fmt: skip


def _value(cell: Any) -> Value:
    if isinstance(cell, bool):
        return cell
    return Fraction(cell) if isinstance(cell, (Decimal, int)) else cell
