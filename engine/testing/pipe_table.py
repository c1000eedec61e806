"""Small tables in test files: cells between ``|``; columns behind ``||`` are what must come out."""

from __future__ import annotations

from dataclasses import dataclass

from engine.testing.typed_text import TestProblem


@dataclass(frozen=True)
class PipeTable:
    """``given`` columns before ``||``, ``expected`` after it; ``lines`` are (line within the text, cells by column)."""

    given: tuple[str, ...]
    expected: tuple[str, ...]
    lines: tuple[tuple[int, dict[str, str]], ...]


def read_pipe_table(text: str) -> PipeTable:
    """Raises :class:`TestProblem` for a line with another number of cells than the header."""
    rows = [(n, line.strip()) for n, line in enumerate(text.splitlines()) if line.strip()]
    rows = [(n, line) for n, line in rows if not line.startswith("#")]
    if not rows:
        raise TestProblem("表是空的")
    before, bars, after = rows[0][1].partition("||")
    given = tuple(cell.strip() for cell in before.strip().strip("|").split("|") if cell.strip())
    expected = tuple(cell.strip() for cell in after.strip().strip("|").split("|")) if bars else ()
    columns = (*given, *expected)
    if len(set(columns)) != len(columns):
        raise TestProblem("表头里有两列同名")
    lines = []
    for number, line in rows[1:]:
        left, found, right = line.partition("||")
        cells = _cells(left) if given else []
        if bars:
            if not found:
                raise TestProblem(f"第 {number + 1} 行没有 ||，表头里有")
            cells += _cells(right)
        if len(cells) != len(columns):
            raise TestProblem(f"第 {number + 1} 行有 {len(cells)} 格，表头有 {len(columns)} 格")
        lines.append((number, dict(zip(columns, cells, strict=True))))
    return PipeTable(given, expected, tuple(lines))


def _cells(text: str) -> list[str]:
    text = text.strip()
    if text.startswith("|"):
        text = text[1:]
    if text.endswith("|"):
        text = text[:-1]
    return [cell.strip() for cell in text.split("|")]
