"""A table whose only key bears its name is the grain of that key: both names mean one thing."""

from __future__ import annotations

from checked_city import codes

RULES = """\
车队: {主键: 车队, 字段: {车队: 文本, 定额: 元}}
车队费用: {粒度: 车队, 单位: 元, 公式: 合计(费用)}
超额: {粒度: 车队, 单位: 元, 公式: "较大(车队费用 − 定额, 0)"}
摊回: {粒度: 行程, 单位: 元, 公式: 定额 − 费用}
"""


def test_it_is_no_clash(tmp_path):
    assert codes(tmp_path, RULES) == []


def test_with_another_key_beside_it_is_one(tmp_path):
    assert codes(tmp_path, "车队: {主键: [车队, 等级], 字段: {车队: 文本, 等级: [甲等, 乙等]}}\n") == ["E309"]


def test_a_grain_of_several_keys_is_one(tmp_path):
    assert codes(tmp_path, "车队: {键: [车队, 等级]}\n") == ["E309"]
