"""What a limit lets through is said in words, with its bounds as they are written."""

from __future__ import annotations

import pytest

from engine.language.range_words import in_words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[0, 1]", "0 到 1"),
        ("［0，5%］", "0 到 5%"),
        ("[-1, 1)", "不小于 -1、小于 1"),
        ("(0, 1]", "大于 0、不大于 1"),
        ("(, 5]", "不大于 5"),
        ("> 0", "大于 0"),
        ("≥ 90%", "不小于 90%"),
        ("< 3", "小于 3"),
        ("≠ 0", "不等于 0"),
        ("[最小(甲, 乙), 3]", "最小(甲, 乙) 到 3"),
        ("甲、乙", "甲、乙"),
        ("[0, 1", "[0, 1"),
    ],
)
def test_a_range_is_said_in_words_and_anything_else_as_it_is_written(text: str, said: str) -> None:
    assert in_words(text) == said
