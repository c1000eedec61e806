"""An invented town whose hints use every word, and a way to make its data and look at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.execute.period import parse_periods
from engine.rulebook.book import load
from engine.synth.make import Options, Report, synthesize

TOWN = """\
依据: 办法
行程:
  主键: 编号
  归期: 到达日期
  字段:
    编号: 文本
    车号: → 车辆
    乘客: 文本
    出发日期: 日期
    到达日期: 日期
    报送日期: {类型: 日期, 可空: 是}
    天数: {类型: 天, 范围: "≥ 0"}
    等级: [甲等, 乙等]
    里程: {类型: 数, 范围: "≥ 0", 小数: 1, 可空: 是}
    费用: {类型: 元, 范围: "≥ 0"}
    补贴: {类型: 元, 范围: "≥ 0", 默认: 0}
    夜间: {类型: 是否, 默认: 否}
    备注: {类型: 文本, 可空: 是}
  合成:
    行数: 例数
    再次: {比例: 10%, 相同: [乘客, 车号], 日期: 到达日期, 相隔: 5~40, 停留: 天数}
    字段:
      编号: {编号: {前缀: T, 位数: 8}}
      车号: {引用: {权重: 常用}}
      乘客: {编号: {前缀: P, 位数: 8}}
      到达日期: {日期: 期间, 月份: {2: 0.5, 7: 2}, 周末: 0.5}
      天数: {对数正态: {中位: 3, 离散: 0.6, 最低: 1, 最高: 60}}
      出发日期: {日期: 到达日期, 减: 天数}
      报送日期: {日期: 到达日期, 加: {选择: {0~4: 98, 12~30: 2}}}
      等级: {选择: {甲等: 25, 乙等: 75}}
      费用: {对数正态: {中位: 车号.平常费用, 离散: 0.7}}
      补贴: {列: 费用, 乘: [0.5, 0.1~0.4], 概率: 20%}
      夜间: {概率: 10%}
车辆:
  主键: 车号
  字段: {车号: 文本, 车队: [东, 西], 停用: {类型: 是否, 默认: 否}}
  合成:
    行数: {每例: 0.001, 最少: 10, 最多: 40}
    另设:
      常用: {幂律: 0.8}
      平常费用: {按: 车队, 取: {东: {对数正态: {中位: 300, 离散: 0.5}}, 否则: 200~400}}
    字段:
      车号: {编号: {前缀: C, 位数: 3}}
      停用: {概率: 10%}
月额:
  主键: [车队, 月份]
  归期: 月份
  字段: {车队: [东, 西], 月份: 年月, 限额: 元}
  合成: {每个: [车队, 月份], 字段: {限额: 100~200}}
总额:
  主键: 年度
  归期: 年度
  字段: {年度: 年, 金额: 元}
  合成: {每个: [年度], 字段: {金额: {汇总: {合计: 费用, 自: 行程}}}}
年限:
  主键: 年度
  归期: 年度
  字段: {年度: 年, 各月限额: 元}
  合成: {每个: [年度], 字段: {各月限额: {汇总: {合计: 限额, 自: 月额}}}}
日历:
  主键: 日期
  字段: {日期: 日期, 平日: 是否}
  合成: {每个: [日期], 前后: 90, 字段: {平日: {平日: 日期, 假日: [01-01, 10-01~10-03]}}}
算出: {主键: 车号, 字段: {车号: → 车辆, 均费: 元}}
倒着走: {粒度: 行程, 拒收: 出发日期 > 到达日期}
费用不对: {粒度: 行程, 拒收: 补贴 > 费用}
工作天: {粒度: 行程, 单位: 天, 公式: "工作日数(出发日期, 到达日期, 平日)"}
合算: {粒度: 行程, 单位: 元, 舍入: 2, 公式: "若(夜间 且 等级 = 甲等, 费用, 费用 − 补贴)"}
车费: {粒度: 车辆, 单位: 元, 舍入: 2, 公式: 合计(合算)}
年额: {粒度: 车队, 单位: 元, 公式: 金额 + 各月限额 + 合计(限额)}
均费: {粒度: 车辆, 单位: 元, 舍入: 2, 公式: "缺省(均值(费用), 0)"}
月表: {粒度: 行程, 列: [合算, 乘客, 报送日期, 工作天, 里程, 天数]}
车表: {粒度: 车辆, 列: {车费: 车费, 停用: 停用, 均费: 均费}}
队表: {粒度: 车队, 列: [年额]}
均表: {粒度: 车辆, 回填: 算出, 列: [均费]}
月结: {期间: 月, 报表: [月表, 车表, 队表]}
估算: {期间: 月, 测算: [均费], 报表: [均表]}
"""
REGION = "名称: 试城\n施行: 2025-01-01\n文件:\n  办法: {题名: 试行办法}\n"

Maker = Callable[..., list[Report]]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regions") / "town"
    folder.mkdir()
    (folder / "region.yaml").write_text(REGION, "utf-8")
    (folder / "rules.yaml").write_text(TOWN, "utf-8")
    return folder


@pytest.fixture(scope="session")
def make(town: Path) -> Maker:
    """Data of the town, by default for a year: ``make(out, cases, seed=…, bad=…)``."""

    def run(
        out: Path, cases: int = 1000, period: str = "2025", replace: bool = False, **options: object
    ) -> list[Report]:
        periods = parse_periods(period)
        asked = Options(cases, periods[0], periods[-1], **options)  # type: ignore[arg-type]
        return synthesize(load(town), asked, out, replace_old=replace)

    return run


@pytest.fixture(scope="session")
def year(make: Maker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year with 40 000 cases."""
    out = tmp_path_factory.mktemp("data") / "year"
    make(out, 40_000)
    return out
