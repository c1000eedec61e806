"""A city that pays for trips, with a measure of six articles and the rules that state some of them."""

from __future__ import annotations

from pathlib import Path

MEASURE = """某市行程补贴办法
第一章 总则
第一条 为了补贴行程，制定本办法。
第二条 行程按下列规定分：
（一）近程，不足十公里；
（二）远程，十公里以上。
第二章 补贴
第三条 每公里补贴 2 元，一次不超过 50 元。
第四条 残疾人乘车的，另加 50% 的补贴。
第五条 补贴按月结算。
第六条 本办法由交通局负责解释。
"""
HEAD = """名称: 甲市
施行: 2024-01-01
文件:
  办法:
    题名: 某市行程补贴办法
    原文: 原文/办法.txt
    不计算:
      第一条: 目的
      第六条: 解释权
"""
RULES = """依据: 办法 第二章
行程:
  主键: 编号
  依据: 办法 第二条
  字段: {编号: 文本, 公里: 数, 残疾: 是否}
近程界值: {单位: 个, 取值: {2024-01-01: 10}, 依据: 办法 第二条（一）, 原句: 不足十公里}
单价: {单位: 元, 取值: {2024-01-01: 2}, 依据: 办法 第三条, 原句: "每公里补贴 2 元……不超过 50 元"}
补贴:
  粒度: 行程
  单位: 元
  依据: 办法 第三条
  分情形:
    残疾: {则: 公里 × 单价 × 1.5, 依据: 办法 第四条, 原句: 另加 50% 的补贴}
    否则: 公里 × 单价
"""


def city(folder: Path, rules: str = RULES, measure: str | None = MEASURE, head: str = HEAD) -> Path:
    """The folder of the region; ``measure=None``: its text is not at hand."""
    place = folder / "regions" / "jia"
    (place / "原文").mkdir(parents=True)
    (place / "region.yaml").write_text(head, "utf-8")
    (place / "规则.yaml").write_text(rules, "utf-8")
    if measure is not None:
        (place / "原文" / "办法.txt").write_text(measure, "utf-8")
    return place
