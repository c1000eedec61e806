"""A small table of a test: its bars stand below each other, as wide as a terminal shows the cells."""

from __future__ import annotations

from rich.cells import cell_len

from engine.testing.pipe_table import PipeTable, read_pipe_table
from engine.testing.typed_text import TestProblem


def aligned(lines: list[str]) -> list[str]:
    """The lines of a table with cells of one width in each column; lines that are no table as they are."""
    text = "\n".join(lines)
    if "|" not in text:
        return lines
    try:
        table = read_pipe_table(text)
    except TestProblem:
        return lines
    out = _written(lines, table)
    return out if read_pipe_table("\n".join(out)) == table else lines


def _written(lines: list[str], table: PipeTable) -> list[str]:
    columns = (*table.given, *table.expected)
    rows = [dict(zip(columns, columns, strict=True)), *(cells for _, cells in table.lines)]
    widths = {column: max(cell_len(row[column]) for row in rows) for column in columns}
    left = iter(rows)
    return [_line(next(left), table, widths) if _is_row(line) else line for line in lines]


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("#")


def _line(row: dict[str, str], table: PipeTable, widths: dict[str, int]) -> str:
    given = " | ".join(_wide(row[column], widths[column]) for column in table.given)
    if not table.expected:
        return given.rstrip()
    expected = " | ".join(_wide(row[column], widths[column]) for column in table.expected)
    return (f"{given} || {expected}" if table.given else f"|| {expected}").rstrip()


def _wide(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))
