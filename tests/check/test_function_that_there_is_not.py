"""A mistyped function is told wherever it stands, also below a 必须 of another program's rules."""

from __future__ import annotations

from engine.check import check_book
from engine.rulebook.book import load

RULES = """\
依据: 办法 第一条
病例: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: 元}}
奖励: {粒度: 病例, 单位: 元, 公式: 费用}
奖励表: {粒度: 病例, 列: [奖励]}
结算: {期间: 月, 报表: [奖励表]}
另算: {粒度: 病例, 单位: 元, 公式: 费用 × 2}
又算: {粒度: 病例, 单位: 元, 公式: 合讦(另算)}
相符: {粒度: 病例, 必须: 又算 > 0}
"""


def test_a_function_that_there_is_not_below_a_check_is_told(tmp_path):
    place = tmp_path / "市"
    place.mkdir()
    (place / "region.yaml").write_text("名称: 市\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (place / "规则.yaml").write_text(RULES, "utf-8")
    found = [(one.code, one.place.line) for one in check_book(load(place)) if one.is_error]
    assert ("E304", 7) in found
