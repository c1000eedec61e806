"""What comes in by other ways (columns that a mapping names, refunds, ranges, results of other databases) is explained
by what the run kept as the judge explains it who reads everything.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.execute.period import parse_period
from engine.explain.reopened import Given
from engine.ranges import run_periods
from engine.settle import settle
from tests.databases import engine_option, why_not
from tests.engine.city import TRIPS, City, city
from tests.explain.alike import Asked, BothWays, asked_of

RULES = """
每里: {粒度: 行程, 单位: 元, 舍入: 2, 公式: "若(里程 = 0, 0, 运费 ÷ 里程)"}
总额: {粒度: 车队, 单位: 元, 公式: 合计(每里)}
多少: {粒度: 车队, 公式: 计数(行程)}
名: {粒度: 行程, 公式: '名次(运费, 从大到小, 每 车队号)'}
明细: {粒度: 行程, 列: [每里, 名]}
车队表: {粒度: 车队, 列: [总额, 多少]}
结算: {期间: 年, 报表: [明细, 车队表]}
"""
MORE_TRIPS = TRIPS + "5,西,2026-03-15,40,800.00,早\n"


def differences(out: Path, given: Given | None = None, more: tuple[str, ...] = ()) -> list[str]:
    both = BothWays(out, given)
    asked: list[Asked] = [("行程", key, None, None) for key in (*more, "1", "3", "5", "9")]
    asked += [one for rows in (None, 2) for one in asked_of(out, 3, rows)]
    return [told for one in asked if (told := both.differs(*one))]


def told(made: City, mapping: Path | None = None) -> Path:
    out = made.folder / "out"
    settle(made.book(), "结算", parse_period("2025"), [made.folder / "data"], out, mapping=mapping)
    return out


def moved(made: City, *bills: str) -> Path:
    """The trips under other names, with ``bills`` among them, and the mapping that names them."""
    (made.folder / "data" / "行程.csv").unlink()
    rows = [
        "1,东,2025-01-10,10,100.00,早,0,",
        "2,东,2025-01-20,20,200.00,-,0,",
        "3,西,2025-02-10,30,400.00,晚,0,",
        "5,西,2026-03-15,40,800.00,早,0,",
    ]
    made.write("data/trips.csv", "\n".join(["id,fleet,day,km,fare,shift,flag,of", *rows, *bills]) + "\n")
    columns = "{行程号: id, 车队号: fleet, 日期: day, 里程: km, 运费: fare, 班次: shift}"
    refunds = "flag, 值: [1], 原单号: of}"
    return made.write("映射.yaml", f'行程:\n  来自: trips\n  空值: "-"\n  退费: {{标志: {refunds}\n  列: {columns}\n')


@pytest.mark.slow
def test_columns_of_a_mapping_and_refunds_are_told_alike(tmp_path: Path) -> None:
    made = city(tmp_path, RULES)
    mapping = moved(made, "6,西,2025-03-01,10,70.00,早,0,", "6-,西,2025-03-02,-10,-70.00,早,1,6")
    out = told(made, mapping)
    assert differences(out, more=("6", "6-")) == []


@pytest.mark.slow
def test_a_period_of_several_that_were_run_at_once_is_told_alike(tmp_path: Path) -> None:
    made = city(tmp_path, RULES, 行程=MORE_TRIPS)
    periods = [parse_period("2025"), parse_period("2026")]
    run_periods(made.book(), "结算", periods, [made.folder / "data"], tmp_path / "out")
    assert [one for period in ("2025", "2026") for one in differences(tmp_path / "out" / period)] == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["mariadb", "spark"])
def test_results_of_other_engines_are_told_alike(tmp_path: Path, engine: str) -> None:
    if why_not(engine):
        pytest.skip(why_not(engine))
    made = city(tmp_path, RULES, 行程=MORE_TRIPS)
    out = tmp_path / "out"
    settle(made.book(), "结算", parse_period("2025"), [made.folder / "data"], out, engine=engine_option(engine))
    assert differences(out) == []
