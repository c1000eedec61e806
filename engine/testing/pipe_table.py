"""Small tables in test files: cells between ``|``; columns behind ``||`` are what must come out."""

from __future__ import annotations

from dataclasses import dataclass

from engine.testing.typed_text import TestProblem

_HALF = "换成半角的竖线 |"


@dataclass(frozen=True)
class PipeTable:
    """``given`` columns before ``||``, ``expected`` after it; ``lines`` are (number of the row, cells by column).

    Rows are counted from 1 below the heading; blank lines and comments do not count.
    """

    given: tuple[str, ...]
    expected: tuple[str, ...]
    lines: tuple[tuple[int, dict[str, str]], ...]


def read_pipe_table(text: str) -> PipeTable:
    """Raises :class:`TestProblem` for a line with another number of cells than the header."""
    rows = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    if not rows:
        raise TestProblem("表是空的")
    if wide := next((number for number, line in enumerate(rows) if "｜" in line), None):
        raise TestProblem(f"小表第 {wide} 行有全角的“｜”：{_HALF}")
    if "｜" in rows[0]:
        raise TestProblem(f"小表的表头有全角的“｜”：{_HALF}")
    header = rows[0]
    before, bars, after = header.partition("||")
    edges = (header.startswith("|") and not header.startswith("||"), header.endswith("|") and not header.endswith("||"))
    given = tuple(_cells(before, edges[0], not bars and edges[1])) if before.strip() else ()
    expected = tuple(_cells(after, False, edges[1])) if bars else ()
    columns = (*given, *expected)
    if not all(columns) or len(set(columns)) != len(columns):
        raise TestProblem("表头里有一列没有名字，或有两列同名")
    lines = []
    for number, line in enumerate(rows[1:], 1):
        left, found, right = line.partition("||") if bars else (line, "", "")
        if bars and not found:
            where = f"前面写 {'、'.join(given)}，后面写 {'、'.join(expected)}"
            raise TestProblem(f"小表第 {number} 行（{line[:60]}）没有 ||，表头里有：|| {where}")
        cells = _cells(left, edges[0], not bars and edges[1]) if given else []
        cells += _cells(right, False, edges[1]) if bars else []
        if len(cells) != len(columns):
            raise TestProblem(f"小表第 {number} 行有 {len(cells)} 格，表头有 {len(columns)} 格")
        lines.append((number, dict(zip(columns, cells, strict=True))))
    return PipeTable(given, expected, tuple(lines))


def _cells(text: str, opened: bool, closed: bool) -> list[str]:
    """The cells of one side; ``opened`` and ``closed``: the table has bars at its edges."""
    text = text.strip()
    text = text[1:] if opened and text.startswith("|") else text
    text = text[:-1] if closed and text.endswith("|") else text
    return [cell.strip() for cell in text.split("|")]
