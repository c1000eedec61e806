"""What a step may read, explained by what the run kept, is what the judge says that reads everything: for each kind."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import duckdb
import pytest

from engine.execute.reference.nodes import Called
from engine.explain.explain import explained
from engine.explain.stored import part
from engine.explain.walk import Walk
from engine.language import tree
from tests.engine.city import City, city
from tests.explain.alike import BothWays, asked_of

TRIPS = """
行程号,车队号,日期,里程,运费,班次
0,东,2024-12-20,25,50.00,早
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,20,200.00,
3,西,2025-02-10,30,400.00,晚
4,西,2025-03-15,40,800.00,早
5,西,2025-08-15,40,800.00,晚
6,东,2025-08-20,33,9800.00,早
7,西,2025-09-15,1,7.00,早
8,东,2025-10-15,0,33.33,
"""
SUMS = """
大车: {行: 行程, 条件: 等级 = 大}
大费: {粒度: 大车, 单位: 元, 公式: 运费}
每里: {粒度: 行程, 单位: 元, 舍入: 2, 公式: "若(里程 = 0, 0, 运费 ÷ 里程)"}
总额: {粒度: 车队, 单位: 元, 公式: 合计(每里)}
晚次: {粒度: 车队, 公式: '计数(行程, 当 有 班次 且 班次 = “晚”)'}
均价: {粒度: 车队, 单位: 元, 舍入: 2, 公式: "缺省(均值(运费, 当 里程 > 5), 0)"}
散: {粒度: 车队, 舍入: 4, 公式: 标准差(里程)}
中: {粒度: 车队, 舍入: 2, 公式: "缺省(中位数(里程), 0)"}
种: {粒度: 车队, 公式: '去重计数(班次, 当 有 班次)'}
大合: {粒度: 车队, 单位: 元, 公式: 合计(大费)}
占: {粒度: 车队, 舍入: 6, 公式: 总额 ÷ 全部}
全市: {键: []}
全部: {粒度: 全市, 单位: 元, 公式: 合计(总额)}
明细: {粒度: 行程, 列: [每里, 占]}
车队表: {粒度: 车队, 列: [总额, 晚次, 均价, 散, 中, 种, 大合, 占]}
结算: {期间: 年, 报表: [明细, 车队表]}
"""
ORDER = """
排名: {粒度: 行程, 公式: '名次(运费, 从大到小, 每 车队号, 当 里程 ≥ 20)'}
前次: {粒度: 行程, 单位: 元, 公式: '缺省(上一条(运费, 每 车队号, 按 日期), 0)'}
累积: {粒度: 行程, 单位: 元, 公式: '累计(运费, 每 车队号, 按 日期)'}
链: {粒度: 行程, 单位: 个, 公式: "沿(1, 前值 + 里程, 每 车队号, 按 日期, 范围 [0, 999], 舍入 0)"}
奖金: {单位: 元, 取值: {2024-01-01: 100.00}}
分得: {粒度: 行程, 单位: 元, 公式: '分摊(车队奖, 里程)'}
车队奖: {粒度: 车队, 单位: 元, 公式: '分摊(奖金, 份数)'}
份数: {粒度: 车队, 公式: '若(等级 = 大, 1, 2)'}
明细: {粒度: 行程, 列: [排名, 前次, 累积, 链, 分得]}
车队表: {粒度: 车队, 列: [车队奖]}
结算: {期间: 年, 报表: [明细, 车队表]}
"""
LEFT = """
上限: {单位: 元, 取值: {2024-01-01: 5000}}
太贵: {粒度: 行程, 拒收: 运费 > 上限}
夜: {粒度: 行程, 公式: 有 班次 且 班次 = “晚”}
单价: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 ÷ 里程}
总: {粒度: 车队, 单位: 元, 公式: 合计(单价)}
明细: {粒度: 行程, 列: [单价]}
车队表: {粒度: 车队, 列: [总]}
结算: {期间: 年, 排除: {行程: [夜]}, 需要: {行程: [单价]}, 挂起上限: 1, 报表: [明细, 车队表]}
"""
LEFT_BY_SUMS = LEFT.replace("有 班次 且 班次 = “晚”", "里程 × 30 < 车队里程") + (
    "车队里程: {粒度: 车队, 公式: 合计(里程)}\n离谱: {粒度: 行程, 拒收: 里程 × 90 < 车队里程}\n"
)
SHARES = """
奖金: {单位: 元, 取值: {2024-01-01: 100.00}}
分得: {粒度: 行程, 单位: 元, 公式: '分摊(奖金, 里程)'}
所得: {粒度: 车队, 单位: 元, 公式: 合计(分得) + 合计(运费)}
车队表: {粒度: 车队, 列: [所得]}
结算: {期间: 年, 报表: [车队表]}
"""
BY_DAY = SUMS.replace("若(里程 = 0, 0, 运费 ÷ 里程)", "运费 × 率") + "率: {单位: 比例, 取值: {2024-01-01: 50%}}\n"
NOTICE = "替换:\n  每里: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 率 × 2}\n"
RULES = {"sums": SUMS, "order": ORDER, "left": LEFT, "left_by_sums": LEFT_BY_SUMS, "by_day": BY_DAY, "shares": SHARES}


def asked(out: Path) -> list[tuple[str, str, str | None, int | None]]:
    """Every trip, and every kept value of some rows, the rows of sums listed or not."""
    found: list[tuple[str, str, str | None, int | None]] = [("行程", str(n), None, None) for n in range(10)]
    found += [("大车", "3", None, None), ("车队", "中", None, None), ("行程", "1", None, 1)]
    return found + [one for rows in (None, 2) for one in asked_of(out, 3, rows)]


def differences(out: Path) -> list[str]:
    both = BothWays(out)
    found = [both.differs(*one) for one in asked(out)]
    return [one for one in found if one]


@pytest.mark.slow
@pytest.mark.parametrize("kind", RULES)
def test_every_kind_of_reading_is_told_alike(tmp_path: Path, kind: str) -> None:
    made = city(tmp_path, RULES[kind], 行程=TRIPS)
    if kind == "by_day":
        made.notice("通知", "2025-07-01", NOTICE)
    assert differences(made.run().out) == []


def test_calls_whose_windows_are_known_are_not_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows go by their call's identity: another call that took its place would be answered with them."""
    made, own_copy = [], Walk.own_copy

    def remembered(walk: Walk, node: tree.Call) -> Called:
        copy = own_copy(walk, node)
        made.append(weakref.ref(copy))
        return copy

    monkeypatch.setattr(Walk, "own_copy", remembered)
    both = BothWays(city(tmp_path, ORDER, 行程=TRIPS).run().out)
    explained(both.reference, both.record, both.folder, "行程", "8", None, None)
    gc.collect()
    assert made and all(copy() is not None for copy in made)


@pytest.mark.slow
def test_rows_that_are_too_many_to_be_set_apart_are_told_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "FEW", 0)
    assert differences(city(tmp_path, SUMS, 行程=TRIPS).run().out) == []


def _as_parquet(made: City) -> None:
    for csv in (made.folder / "data").glob("行程.csv"):
        duckdb.execute(f"COPY (FROM read_csv('{csv}', all_varchar = true)) TO '{csv.with_suffix('.parquet')}'")
        csv.unlink()


def _as_database(made: City) -> None:
    csv = made.folder / "data" / "行程.csv"
    with duckdb.connect(str(made.folder / "data.duckdb")) as there:
        there.execute(f"CREATE TABLE 行程 AS FROM read_csv('{csv}', all_varchar = true)")
        there.execute(f"CREATE TABLE 车队 AS FROM read_csv('{csv.with_name('车队.csv')}', all_varchar = true)")


def _laid_over(made: City) -> None:
    made.data("更正", 行程="行程号,运费\n4,810.00\n")


DELIVERIES = {
    "parquet": (_as_parquet, ("data",)),
    "duckdb": (_as_database, ("data.duckdb",)),
    "overlay": (_laid_over, ("data", "更正")),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", DELIVERIES)
def test_every_form_of_delivery_is_told_alike(tmp_path: Path, form: str) -> None:
    made = city(tmp_path, SUMS, 行程=TRIPS)
    make, places = DELIVERIES[form]
    make(made)
    assert differences(made.run(data=places).out) == []
