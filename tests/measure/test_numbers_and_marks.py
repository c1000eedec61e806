"""Numbers in characters, and what a line of a measure begins with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.measure.marks import mark_of
from engine.measure.numerals import in_characters, number_of


@given(st.integers(1, 9999))
def test_a_number_in_characters_is_read_back(number: int) -> None:
    assert number_of(in_characters(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("一十二", 12), ("廿一", 21), ("一百零二", 102), ("二〇", 20), ("１２", 12), ("12", 12)],
)
def test_other_ways_to_write_a_number(text: str, number: int) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "〇", "0", "十千", "甲", "123456", "一二十", "²"])
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("line", "label", "rest"),
    [
        ("第三章 病组和点数", "第三章", " 病组和点数"),
        ("第三章病组", "第三章", "病组"),
        ("第八条 一次住院", "第八条", " 一次住院"),
        ("第８条　一次", "第八条", "　一次"),
        ("第一百零二条 甲", "第一百零二条", " 甲"),
        ("第八条之二 甲", "第八条之二", " 甲"),
        ("四、工作任务", "四", "工作任务"),
        ("（二）甲", "（二）", "甲"),
        ("( 二 ) 甲", "（二）", " 甲"),
        ("3.甲", "3", "甲"),
        ("3．甲", "3", "甲"),
        ("3、甲", "3", "甲"),
        ("（4）甲", "（4）", "甲"),
        ("4）甲", "（4）", "甲"),
        ("⑤甲", "⑤", "甲"),
        ("附件2：名单", "附件2", "名单"),
        ("附 件 2", "附件2", ""),
        ("附录", "附件", ""),
    ],
)
def test_a_line_begins_with_a_mark(line: str, label: str, rest: str) -> None:
    mark = mark_of(line)
    assert mark is not None
    assert (mark.label, line[mark.end :]) == (label, rest)


@pytest.mark.parametrize(
    "line",
    [
        "第八条、第九条规定的情形",
        "第八条规定的情形除外",
        "第八条（一）所列",
        "第三章、第四章",
        "1.5倍以上",
        "2025年",
        "一次住院",
        "十二个月",
        "附件材料由医院保存",
    ],
)
def test_a_line_that_only_speaks_of_one_has_none(line: str) -> None:
    assert mark_of(line) is None
