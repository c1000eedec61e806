"""Sentences on a terminal: no line is wider than 100 cells, nothing is lost, words stay whole."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from engine.commands.lines import folded
from engine.commands.screen import print_folded

LONG = "日期（D101）：3 行，运费 1201.00 元，如 /数据/行程.csv 第 2 行，主键 3"
LONG += "：日期：“2025/13/10”不是日期，写成 2025-01-02"


@pytest.mark.parametrize("width", [10, 37, 100, 500])
def test_no_line_is_too_wide_and_nothing_is_lost(width: int) -> None:
    lines = folded(LONG, width)
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")


def test_a_number_or_word_is_not_cut() -> None:
    lines = folded("金额是 1234567.89 元和 7654321.00 元", 16)
    assert all(whole in "\n".join(lines) for whole in ("1234567.89", "7654321.00"))


def test_a_word_longer_than_a_line_is() -> None:
    assert folded("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


@pytest.mark.parametrize(("terminal", "lines"), [(True, 2), (False, 1)])
def test_only_a_terminal_breaks_lines_and_they_hang_below_the_first(terminal: bool, lines: int) -> None:
    screen = Console(file=io.StringIO(), width=200, force_terminal=terminal, color_system=None, soft_wrap=True)
    print_folded(screen, LONG, "  · ")
    said = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(said) == lines and max(map(cell_len, said[: 1 if not terminal else None])) <= 130
    assert said[0].startswith("  · ") and all(line.startswith("    ") for line in said[1:])
