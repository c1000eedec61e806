"""What only many rows do, on few: settled rows and windows in a scratch file, statements written by the database."""

from __future__ import annotations

import pytest

from engine.data.kept_values import read_values
from engine.execute.sql.frame import Frame
from tests.databases.limits import set_limits
from tests.engine.city import city

RULES = """
加成: {单位: 倍, 取值: {2024-01-01: 1.5}}
大车队行程: {行: 行程, 条件: 等级 = 大}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 ÷ 3 × 加成}
大车补贴: {粒度: 大车队行程, 单位: 元, 公式: 补贴 × 2}
位次: {粒度: 行程, 单位: 个, 公式: "名次(运费, 从大到小, 每 车队号)"}
以前的运费: {粒度: 行程, 单位: 元, 公式: "上一条(运费, 每 车队号, 按 日期)"}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
奖金: {单位: 元, 取值: {2024-01-01: 100}}
分奖: {粒度: 行程, 单位: 元, 公式: "分摊(奖金, 里程)"}
太贵: {粒度: 行程, 拒收: 运费 > 500}
表一: {粒度: 行程, 列: [车队号, 日期, 补贴, 大车补贴, 位次, 以前的运费, 分奖]}
表二: {粒度: 车队, 列: [车队补贴]}
结算: {期间: 年, 需要: {行程: [补贴]}, 报表: [表一, 表二]}
"""


@pytest.mark.parametrize("in_memory", [0, 100])
@pytest.mark.parametrize("history", [True, False])
def test_a_scratch_file_or_a_table_changes_nothing(tmp_path, monkeypatch, history, in_memory):
    set_limits(monkeypatch, many=0, in_memory=in_memory)
    rules = RULES if history else RULES.replace("以前的运费, ", "").replace("以前的运费:", "没有用到:")
    done = city(tmp_path, rules).run()  # compared with the reference engine
    assert done.lines("表二") == ["东 150", "西 200"]


KINDS = """
平均运费: {粒度: 各等级, 单位: 元, 公式: 均值(运费), 舍入: 2}
离平均: {粒度: 行程, 单位: 元, 公式: 运费 - 平均运费}
太贵: {粒度: 行程, 拒收: 运费 > 800}
趟数: {粒度: 车队, 公式: 计数(行程)}
表一: {粒度: 行程, 列: [等级, 离平均]}
表二: {粒度: 车队, 列: [趟数]}
结算: {期间: 年, 需要: {行程: [离平均]}, 报表: [表一, 表二]}
"""


@pytest.mark.parametrize("enough", [0, 4])
def test_kinds_of_rows_that_stand_for_them_change_nothing(tmp_path, monkeypatch, enough):
    set_limits(monkeypatch, many=0, kinds_from=0)
    monkeypatch.setattr("engine.execute.sql.combinations.ENOUGH", enough)
    asked: set[str] = set()
    kinds_for = Frame.kinds_for

    def told(self, parts, conditions):
        found = kinds_for(self, parts, conditions)
        asked.update([self.relation_name] if found[0] else [])
        return found

    monkeypatch.setattr(Frame, "kinds_for", told)
    done = city(tmp_path, KINDS).run()  # compared with the reference engine
    assert done.lines("表二") == ["东 2", "西 2"]
    assert len(asked) == (2 if enough == 0 else 0)  # before and after rows are written; of four rows in two kinds never


def test_rows_that_are_held_are_not_counted_among_their_kind(tmp_path, monkeypatch):
    set_limits(monkeypatch, many=0, kinds_from=0)
    monkeypatch.setattr("engine.execute.sql.combinations.ENOUGH", 0)
    rules = KINDS.replace("离平均: {", "每里: {粒度: 行程, 单位: 元, 公式: 运费 ÷ 里程, 舍入: 2}\n离平均: {")
    rules = rules.replace("[离平均]}, 报表", "[离平均, 每里]}, 挂起上限: 2, 报表")
    trips = "1,东,2025-01-10,10,100,早\n2,东,2025-01-20,0,200,\n3,西,2025-02-10,30,400,晚\n4,西,2025-03-15,40,900,早"
    done = city(tmp_path, rules, 行程=f"行程号,车队号,日期,里程,运费,班次\n{trips}\n").run()
    assert done.lines("表二") == ["东 1", "西 1"]  # one is held, one refused


def test_a_stroke_that_is_escaped_gives_one_digest_wherever_rows_are_written(tmp_path, monkeypatch):
    rules = "甲表: {粒度: 行程, 列: [班次, 运费]}\n结算: {期间: 年, 报表: [甲表]}\n"
    keys = ["a\\", "a\\\\b", "a]", "a", "\\n"]  # a stroke twice stands before what one stands behind
    lines = "\n".join(f"{key},东,2025-01-0{day},1,{day}.00,x\\{day}" for day, key in enumerate(keys, 1))
    made = city(tmp_path, rules, 行程=f"行程号,车队号,日期,里程,运费,班次\n{lines}\n")
    small = made.run()
    set_limits(monkeypatch, listed=0)
    monkeypatch.setattr("tests.engine.city.outcome", lambda result: None)  # rows stay in the database
    assert made.run().digests == small.digests


def test_what_the_database_writes_is_what_python_writes(tmp_path, monkeypatch):
    made = city(tmp_path, RULES.replace("太贵: {粒度: 行程, 拒收: 运费 > 500}\n", ""))
    small = made.run()
    set_limits(monkeypatch, listed=0)
    monkeypatch.setattr("tests.engine.city.outcome", lambda result: None)  # rows stay in the database
    big = made.run(formats=("parquet", "csv"))
    assert big.digests == small.digests
    kept = [read_values(out, "行程") for out in (small.out, big.out)]
    assert kept[0].rows == kept[1].rows
    assert (big.out / "statements" / "表一.csv").read_text("utf-8-sig").count("\n") == 5


MARKED = """
单价: {粒度: 行程, 单位: 元, 公式: 运费 ÷ 里程, 舍入: 2}
早班: {粒度: 行程, 类型: 是否, 公式: 有 班次 且 班次 = “早”}
太贵: {粒度: 行程, 拒收: 运费 > 500}
太远: {粒度: 行程, 拒收: 里程 > 90}
没有班次: {粒度: 行程, 提醒: 没有 班次}
车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
表一: {粒度: 行程, 列: [单价]}
表二: {粒度: 车队, 列: [车队运费]}
结算: {期间: 年, 需要: {行程: [单价]}, 排除: {行程: [早班]}, 挂起上限: 9, 报表: [表一, 表二]}
"""
MARKED_TRIPS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,0,200.00,
3,西,2025-02-10,30,400.00,晚
4,西,2025-03-15,40,800.00,早
5,西,2025-03-16,0,40.00,早
6,西,2025-03-17,0,30.00,晚
7,东,2025-03-18,99,20.00,
8,东,2025-03-19,2,3.00,晚
"""


@pytest.mark.parametrize("many", [0, 100])
@pytest.mark.parametrize(("fetched", "at_once"), [(20_000, 10_000), (0, 10_000), (0, 1)])
def test_rows_that_are_refused_or_held_are_told_alike_whether_fetched_or_kept(
    tmp_path, monkeypatch, fetched, at_once, many
):
    set_limits(monkeypatch, many=many)
    monkeypatch.setattr("engine.execute.sql.marked_rows.FETCHED", fetched)
    monkeypatch.setattr("engine.execute.sql.marked_rows.AT_ONCE", at_once)
    done = city(tmp_path, MARKED, 行程=MARKED_TRIPS).run()  # compared with the reference engine
    assert done.account().states == {"拒收": 2, "排除": 2, "挂起": 2, "结算": 2}
    assert done.result.warned == {"没有班次": 1} and done.lines("表二") == ["东 3", "西 400"]
