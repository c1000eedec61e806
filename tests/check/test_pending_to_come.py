"""``check`` lists what is 待定 in any period still to come, not only on the last day on which something changes."""

from __future__ import annotations

import datetime

from checked_city import problems

from engine.rulebook.book import load
from engine.rulebook.pending import pending_from

RULES = """\
补助率: {单位: 比例, 状态: 待定}
补助: {粒度: 行程, 单位: 元, 公式: 费用 × 补助率, 舍入: 2}
明细: {粒度: 行程, 列: [补助]}
月结: {期间: 月, 报表: [明细]}
"""


def told(book, day):
    return [(item.name, str(item.until or "")) for item in pending_from(book, datetime.date.fromisoformat(day))]


def test_what_a_later_notice_fills_is_missing_until_then(tmp_path):
    notice = tmp_path / "amendments" / "七月"
    notice.mkdir(parents=True)
    head = f"名称: 七月\n修订: {tmp_path.name}\n施行: 2026-07-01\n文件:\n  七月: {{题名: 七月}}\n"
    (notice / "amendment.yaml").write_text(head, "utf-8")
    (notice / "a.yaml").write_text("依据: 七月 一\n补助率: {单位: 比例, 取值: {施行: 40%}}\n", "utf-8")
    assert problems(tmp_path, RULES) == []
    book = load(tmp_path)
    assert told(book, "2024-05-01") == told(book, "2026-06-30") == [("补助率", "2026-07-01")]
    assert told(book, "2026-07-01") == []


def test_what_nothing_fills_is_missing_for_good(tmp_path):
    assert problems(tmp_path, RULES) == []
    assert told(load(tmp_path), "2026-01-01") == [("补助率", "")]
