"""Thousands of rows that refer to rows which are not there: held alike on every engine, and told by cause."""

from __future__ import annotations

import duckdb
import pytest

from engine.execute.period import parse_period
from engine.execute.sql import host_values
from engine.files.errors import RunStopped
from engine.rulebook.book import load
from engine.settle import settle

pytestmark = pytest.mark.slow

RULES = """\
依据: 办法
病例:
  主键: 病例号
  归期: 结算日期
  字段: {病例号: 文本, 结算日期: 日期, 机构编码: → 医疗机构, 住院总费用: 元}
医疗机构: {主键: 机构编码, 字段: {机构编码: 文本, 系数: {类型: 数, 小数: 2}, 折扣: {类型: 数, 小数: 2, 可空: 是}}}
机构: {键: [机构编码]}
应付: {粒度: 病例, 单位: 元, 舍入: 2, 公式: "住院总费用 × 系数 × 缺省(折扣, 1)"}
机构应付: {粒度: 机构, 单位: 元, 公式: 合计(应付)}
明细: {粒度: 病例, 列: [应付]}
机构表: {粒度: 机构, 列: [机构应付]}
清算: {期间: 年, 需要: {病例: [应付]}, 报表: [明细, 机构表]}
宽限清算: {期间: 年, 需要: {病例: [应付]}, 挂起上限: 100000, 报表: [明细, 机构表]}
"""
ROWS = 3000


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A third of the rows have a hospital, one of ten."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "region").mkdir()
    (folder / "region" / "region.yaml").write_text("名称: 镇\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (folder / "region" / "rules.yaml").write_text(RULES, "utf-8")
    (folder / "data").mkdir()
    duckdb.sql(
        "SELECT 'Z' || lpad(i::text, 6, '0') AS 病例号, DATE '2025-03-01' AS 结算日期, "
        "if(i % 3 = 0, 'H' || i % 10, '查无' || i) AS 机构编码, (i % 977 + 0.5)::DECIMAL(18,2) AS 住院总费用 "
        f"FROM range({ROWS}) t(i)"
    ).write_parquet(str(folder / "data" / "病例.parquet"))
    duckdb.sql(
        "SELECT 'H' || i AS 机构编码, (1 + i / 100)::DECIMAL(9,2) AS 系数, "
        "if(i < 5, 0.9::DECIMAL(9,2), NULL) AS 折扣 FROM range(10) t(i)"
    ).write_parquet(str(folder / "data" / "医疗机构.parquet"))
    return load(str(folder / "region")), folder / "data"


def test_they_are_held_and_the_others_settled_as_the_reference_does(town, tmp_path):
    book, data = town
    found = []
    for engine in ("reference", "duckdb"):
        _, record = settle(book, "宽限清算", parse_period("2025"), [data], tmp_path / engine, engine=engine)
        found.append((record["digests"], record["accounting"]))
    assert found[0] == found[1]
    assert next(one for one in found[0][1] if one["table"] == "病例")["states"] == {"结算": 1000, "挂起": 2000}


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_causes_that_differ_in_a_key_only_are_one_line_with_an_example(town, tmp_path, engine):
    book, data = town
    with pytest.raises(RunStopped) as stop:
        settle(book, "清算", parse_period("2025"), [data], tmp_path / "out", engine=engine)
    assert "有 2000 行不能结算" in stop.value.message and len(stop.value.details) == 1
    assert "如 医疗机构：表 医疗机构 没有 机构编码 = 查无1 的行（主键 Z000001）" in stop.value.details[0]
    assert ("原因看的是其中" in stop.value.message) == (engine == "duckdb")


GROUPS = """\
依据: 办法
病例:
  主键: 病例号
  归期: 结算日期
  字段: {病例号: 文本, 结算日期: 日期, 机构编码: → 医疗机构, 病组编码: → 病组, 住院总费用: 元}
医疗机构: {主键: 机构编码, 字段: {机构编码: 文本, 级别: 文本, 系数: {类型: 数, 小数: 2}}}
病组: {主键: 病组编码, 字段: {病组编码: 文本, 权重: {类型: 数, 小数: 2}, 基础: 是否}}
级别病组: {主键: [级别, 病组编码], 可空: 是, 字段: {级别: 文本, 病组编码: → 病组, 级别系数: {类型: 数, 小数: 2}}}
倾斜:
  主键: [机构编码, 病组编码, 事由]
  可空: 是
  字段: {机构编码: 文本, 病组编码: 文本, 事由: 文本, 上浮: {类型: 数, 小数: 2}}
机构病组: {键: [机构编码, 病组编码]}
病组分级: {键: [级别, 病组编码]}
有基础: {行: 机构病组, 条件: 基础}
分级系数:
  粒度: 病组分级
  分情形: {有 级别系数: 级别系数, 级别 = “基层”: 0.5, 否则: "缺省(取(级别系数, 级别 = “二级”), 0.75)"}
合起: {粒度: 机构病组, 公式: 合计(上浮)}
按级: {粒度: 机构病组, 分情形: {基础: 权重 × 系数, 否则: 权重 × 分级系数 + 合起}}
按名: {粒度: 机构病组, 分情形: {机构编码 = “查无7”: 权重, 否则: 0}}
表内: {粒度: 有基础, 公式: 系数 × 权重}
按档:
  粒度: 机构病组
  表:
    - {合起: "≤ 0", 按档: 1}
    - {合起: "> 0", 按档: 2}
应付: {粒度: 病例, 单位: 元, 舍入: 2, 公式: "住院总费用 × RULE"}
明细: {粒度: 病例, 列: [应付]}
清算: {期间: 年, 需要: {病例: [应付]}, 挂起上限: 100000, 报表: [明细]}
"""


@pytest.mark.parametrize("rule", ["按级", "按名", "缺省(表内, 1)", "按档", "(按级 + 按名 + 按档)"])
def test_values_of_keys_that_no_table_has_are_those_of_the_reference(tmp_path, monkeypatch, rule):
    """One is worked out for all that only lead to nothing; a key that a rule looks at itself is told apart."""
    asked = []
    monkeypatch.setattr(host_values, "MANY", 2)
    worked_out = host_values.told_apart
    monkeypatch.setattr(host_values, "told_apart", lambda *of: asked.append(worked_out(*of)) or asked[-1])
    region, data = tmp_path / "region", tmp_path / "data"
    region.mkdir()
    data.mkdir()
    (region / "region.yaml").write_text("名称: 镇\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (region / "rules.yaml").write_text(GROUPS.replace("RULE", rule), "utf-8")
    hospitals, groups = ["甲", "乙", "丙", *(f"查无{n}" for n in range(9))], ["A", "B", "查无A", "查无B"]
    rows = [f"Z{h}{g},2025-03-01,{hospitals[h]},{groups[g]},100" for h in range(12) for g in range(4)]
    tables = {
        "病例": "病例号,结算日期,机构编码,病组编码,住院总费用\n" + "\n".join(rows),
        "医疗机构": "机构编码,级别,系数\n甲,三级,1.2\n乙,二级,1.1\n丙,基层,0.9\n",
        "病组": "病组编码,权重,基础\nA,1.5,是\nB,2.5,否\n",
        "级别病组": "级别,病组编码,级别系数\n三级,B,1.3\n",
        "倾斜": "机构编码,病组编码,事由,上浮\n甲,B,专科,0.1\n查无3,B,专科,0.2\n查无4,查无B,专科,0.3\n",
    }
    for name, text in tables.items():
        (data / f"{name}.csv").write_text(text, "utf-8")
    found = {}
    for engine in ("reference", "duckdb"):
        _, record = settle(load(str(region)), "清算", parse_period("2025"), [data], tmp_path / engine, engine=engine)
        found[engine] = (record["digests"], record["accounting"])
    assert found["duckdb"] == found["reference"]
    assert asked and [values is None for values in asked[0]] == [rule == "按名", False]
