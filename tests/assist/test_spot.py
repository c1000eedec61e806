"""What is being written at the cursor (‸), also where the file is no YAML yet."""

from __future__ import annotations

import pytest

from engine.assist.spot import spot

CASES = [
    ("‸", (), "key", ""),
    ("定‸", (), "key", "定"),
    ("定额: ‸", ("定额",), "value", ""),
    ("定额: {‸", ("定额",), "key", ""),
    ("定额: {单位: 元, 取‸", ("定额",), "key", "取"),
    ("定额: {单位: ‸元, 取值: 1}", ("定额", "单位"), "value", ""),
    ("定额: {取值: {2025-01-01: 1‸", ("定额", "取值", "2025-01-01"), "value", "1"),
    ("定额: {取值: {‸}}", ("定额", "取值"), "key", ""),
    ("奖励:\n  粒‸", ("奖励",), "key", "粒"),
    ("奖励:\n  粒度: 病‸\n  公式: 1\n", ("奖励", "粒度"), "value", "病"),
    ("奖励:\n  公式: 较大(费用, 定‸", ("奖励", "公式"), "value", "定"),
    ('奖励: {公式: "较大(费用, 定‸', ("奖励", "公式"), "value", "定"),
    ("奖励:\n  分情形:\n    费‸", ("奖励", "分情形"), "key", "费"),
    ("奖励:\n  分情形:\n    费用 > 定额: 费‸", ("奖励", "分情形", "费用 > 定额"), "value", "费"),
    ("奖励:\n  分情形:\n    费用 > 1:\n      则: ‸", ("奖励", "分情形", "费用 > 1", "则"), "value", ""),
    ("奖励:\n  粒度: 病例\n  ‸", ("奖励",), "key", ""),
    ("奖励:\n  粒度: 病例\n‸", (), "key", ""),
    ("替换:\n  定额: {单‸", ("替换", "定额"), "key", "单"),
    ("表一:\n  表:\n    - {甲: 1, 乙‸", ("表一", "表"), "key", "乙"),
    ("表一:\n  表:\n    - 甲: ‸", ("表一", "表", "甲"), "value", ""),
    ("程序:\n  报表: [甲, 乙‸", ("程序", "报表"), "value", "乙"),
    ("程序:\n  报表:\n    - 甲\n    - 乙‸", ("程序", "报表"), "value", "乙"),
    ("# 注 ‸", (), "value", ""),
    ('甲: {说明: "a: b, c", 公‸', ("甲",), "key", "公"),
    ("坏: {没有关上\n\n甲‸", ("坏",), "key", "甲"),
    ("甲:\n  公式: >-\n    费用 × 定‸", ("甲", "公式"), "value", "定"),
]


@pytest.mark.parametrize(("written", "path", "role", "word"), CASES)
def test_path_role_and_word_at_the_cursor(written, path, role, word):
    offset = written.index("‸")
    found = spot(written.replace("‸", ""), offset)
    assert (found.path, found.role, found.word) == (path, role, word)


def test_keys_beside_are_known_before_and_behind_the_cursor():
    text = "奖励:\n  粒度: 病例\n  \n  公式: 1\n"
    assert spot(text, text.index("\n  \n") + 3).beside == ("粒度", "公式")
    assert spot("定额: {单位: 元, , 限: 1}", len("定额: {单位: 元, ")).beside == ("单位", "限")


def test_a_small_table_knows_its_heading():
    text = "例:\n  分情形: |\n    甲 | 乙 || 丙\n    1 | ‸\n"
    found = spot(text.replace("‸", ""), text.index("‸"))
    assert (found.path, found.inside_text, found.heading) == (("例", "分情形"), True, "甲 | 乙 || 丙")


def test_a_line_without_end_is_not_searched_from_its_beginning():
    text = "甲: {公式: " + "长" * 30_000
    found = spot(text, len(text))
    assert len(found.before) == 30_000 and len(found.word) == len(found.nearby) == 400
