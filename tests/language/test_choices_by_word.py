"""Options that are told apart by a word of the same name, by closures: what the judge says of every row."""

from small_region import region, run

from engine.execute.closures.host import CoarseRows
from engine.language.values import Unresolved

RULES = """
店:
  主键: 店号
  字段:
    店号: 文本
    级别: {类型: [大, 中, 小], 可空: 是}
    面积: {类型: 元, 可空: 是}
单据:
  主键: 单号
  归期: 日期
  字段: {单号: 文本, 店号: → 店, 日期: 日期}
等级:
  粒度: 店
  类别: [大, 中, 小]
  公式: 若(店号 = “丁”, 无法确定(“丁店没有评级”), 级别)
租金:
  粒度: 店
  单位: 元
  分情形:
    等级 = 大 且 面积 > 100: {则: 面积 × 3}
    等级 属于 大、中: {则: 500}
    等级 = 中: {则: 1}
    等级 = 小 且 面积 > 10: {则: 面积}
    面积 > 5: {则: 7}
折半:
  粒度: 店
  单位: 元
  分情形:
    等级 = 大: {则: 1}
    等级 = 小: {则: 2}
    其他: {则: 3}
总表: {粒度: 店, 列: [租金, 折半]}
清单: {粒度: 单据, 列: [租金]}
全年: {期间: 年, 报表: [总表, 清单]}
"""
SHOPS = """
店号 级别 面积
甲 大 200
乙 大 50
丙 大 空
丁 大 200
戊 中 空
己 小 20
庚 小 6
辛 小 3
壬 空 3
癸 空 20
"""


def said(value, row):
    try:
        return value(row)
    except Unresolved as error:
        return error.reason, error.name, error.cause


def test_options_told_apart_by_a_word_give_what_the_judge_gives(tmp_path):
    execution = run(region(tmp_path, RULES), "2025", {"店": SHOPS, "单据": "单号 店号 日期\n1 甲 2025-01-05"}).execution
    host, day = CoarseRows(execution), execution.closing
    assert host.takes_rows("店")
    for name in ("租金", "折半"):
        quick = host.on_row(name, "店", day)
        judged = {
            row.key: said(lambda row, name=name: execution.value(name, row, day), row)
            for row in execution.rows_of("店")
        }
        assert {row.key: said(quick, row) for row in execution.rows_of("店")} == judged
        assert len(set(judged.values())) > 3 and any(isinstance(one, tuple) for one in judged.values())
    (second,) = [row for row in execution.rows_of("店") if row.key == ("乙",)]
    assert host.on_row("租金", "店", day)(second) == 500
