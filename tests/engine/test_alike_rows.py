"""Coarse rows are worked out once for all that are alike, where there are many: values, reasons, and which rows of
tables were looked up stay what they are one by one.
"""

from __future__ import annotations

import json

import pytest

from engine.data.kept_values import read_values
from engine.execute.closures import host
from engine.execute.closures.alike import AlikeRows
from engine.execute.period import parse_period
from engine.execute.sql.aggregates import Aggregates
from engine.rulebook.book import load
from engine.settle import settle

RULES = """\
依据: 办法
病例:
  主键: 病例号
  归期: 结算日期
  字段: {病例号: 文本, 结算日期: 日期, 机构编码: → 医疗机构, 病组编码: → 病组, 住院总费用: 元}
医疗机构: {主键: 机构编码, 字段: {机构编码: 文本, 级别: 文本, 系数: {类型: 数, 小数: 2}}}
病组: {主键: 病组编码, 字段: {病组编码: 文本, 权重: {类型: 数, 小数: 2}, 基础: 是否}}
级别表: {主键: 级别, 可空: 是, 字段: {级别: 文本, 级差: {类型: 数, 小数: 2}}}
附加: {主键: 病组编码, 可空: 是, 字段: {病组编码: → 病组, 加数: {类型: 数, 小数: 2}}}
倾斜:
  主键: [机构编码, 病组编码, 事由]
  可空: 是
  字段: {机构编码: 文本, 病组编码: 文本, 事由: 文本, 上浮: {类型: 数, 小数: 2}}
机构病组: {键: [机构编码, 病组编码]}
有基础: {行: 机构病组, 条件: 基础}
合起: {粒度: 机构病组, 公式: 合计(上浮)}
最多: {粒度: 机构病组, 公式: "缺省(最大(上浮), 0)"}
分级: {粒度: 机构病组, 分情形: {基础: 权重 × 系数, 否则: "权重 × 缺省(级差, 1) + 合起"}}
除以: {粒度: 机构病组, 公式: 权重 ÷ (系数 - 1.1)}
除得: {粒度: 机构病组, 公式: "若(可算(除以), 除以, -1)"}
按名: {粒度: 机构病组, 分情形: {机构编码 = “乙”: 权重, 否则: 分级 + 最多}}
表内: {粒度: 有基础, 公式: 系数 × 权重}
基础加: {粒度: 机构病组, 分情形: {基础: "缺省(加数, 0)", 否则: 0}}
二级差: {粒度: 机构病组, 分情形: {基础: "缺省(取(级差, 级别 = “二级”), 0)", 否则: 0}}
例数: {粒度: 机构病组, 公式: "计数(病例)"}
均费: {粒度: 机构病组, 单位: 元, 舍入: 2, 公式: "合计(住院总费用) ÷ 计数(病例)"}
按档:
  粒度: 机构病组
  表:
    - {合起: "≤ 0", 按档: 1}
    - {合起: "> 0", 按档: 2}
除得了: {行: 病例, 条件: 除得 > 0}
应付: {粒度: 病例, 单位: 元, 舍入: 2, 公式: "住院总费用 × (按名 + 按档 + 基础加 + 二级差 + 缺省(表内, 1)) + 均费"}
除后: {粒度: 病例, 单位: 元, 舍入: 2, 公式: 住院总费用 × 除以}
机构合: {粒度: 医疗机构, 单位: 元, 公式: "合计(应付)"}
明细: {粒度: 病例, 列: [应付, 除后]}
机构表: {粒度: 医疗机构, 列: [机构合]}
逐组: {粒度: 机构病组, 列: [按名, 例数, 均费]}
清算: {期间: 年, 需要: {病例: [应付, 除后]}, 挂起上限: 100000, 报表: [明细, 机构表, 逐组]}
"""
TABLES = {
    "医疗机构": "机构编码,级别,系数\n甲,三级,1.2\n乙,二级,1.1\n丙,基层,0.9\n丁,三级,1.2\n戊,三级,1.3\n",
    "病组": "病组编码,权重,基础\nA,1.5,是\nB,2.5,否\nC,2.5,否\nD,0.5,是\n",
    "级别表": "级别,级差\n三级,1.3\n二级,1.4\n四级,9\n",
    "附加": "病组编码,加数\nA,0.2\nB,0.3\n",
    "倾斜": "机构编码,病组编码,事由,上浮\n甲,B,专科,0.1\n甲,B,重点,0.2\n戊,C,专科,0.3\n",
}


@pytest.fixture
def town(tmp_path):
    region, data = tmp_path / "region", tmp_path / "data"
    region.mkdir()
    data.mkdir()
    (region / "region.yaml").write_text("名称: 镇\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (region / "rules.yaml").write_text(RULES, "utf-8")
    rows = [
        f"Z{n}{h}{g},2025-0{n}-01,{hospital},{group},{100 * n + g}"
        for n in (1, 2) for h, hospital in enumerate("甲乙丙丁戊") for g, group in enumerate("ABCD")
    ]  # fmt: skip
    tables = {**TABLES, "病例": "病例号,结算日期,机构编码,病组编码,住院总费用\n" + "\n".join(rows) + "\n"}
    for name, text in tables.items():
        (data / f"{name}.csv").write_text(text, "utf-8")
    return load(str(region)), data


def settled(town, out, engine="duckdb"):
    book, data = town
    result, _ = settle(book, "清算", parse_period("2025"), [data], out, engine=engine)
    return result, json.loads((out / "run.json").read_text("utf-8"))


def test_what_is_worked_out_for_all_rows_that_are_alike_is_what_each_gives(town, tmp_path, monkeypatch):
    monkeypatch.setattr(host, "MANY", 10**9)
    _, each = settled(town, tmp_path / "each")
    monkeypatch.setattr(host, "MANY", 1)
    _, alike = settled(town, tmp_path / "alike")
    assert alike["digests"] == each["digests"] and alike["accounting"] == each["accounting"]
    for grain in ("机构病组", "医疗机构"):
        kept = [read_values(tmp_path / name, grain) for name in ("each", "alike")]
        assert [[str(cell) for cell in row] for row in kept[0].rows] == [
            [str(cell) for cell in row] for row in kept[1].rows
        ]
    same = [name for name in each["files_sha256"] if name.startswith("values/机构病组")]
    assert same and all(each["files_sha256"][name] == alike["files_sha256"][name] for name in same)
    states = next(one for one in each["accounting"] if one["table"] == "病例")["states"]
    assert states == {"结算": 32, "挂起": 8}  # 乙: 除以零


def test_rows_that_no_row_needs_are_as_little_read_as_one_by_one(town, tmp_path, monkeypatch):
    """附加 B is only for groups that are no 基础, 级别表 四级 of nobody."""
    monkeypatch.setattr(host, "MANY", 1)
    unread = {}
    for engine in ("reference", "duckdb"):
        result, _ = settled(town, tmp_path / engine, engine)
        unread[engine] = {one.table: one.unread for one in result.accounts if one.unread}
    assert unread["duckdb"] == unread["reference"] == {"附加": 1, "级别表": 1}


def test_rows_are_looked_at_once_for_all_that_are_alike(town, tmp_path, monkeypatch):
    monkeypatch.setattr(host, "MANY", 1)
    looked_at: list[int] = []
    row = AlikeRows._row
    monkeypatch.setattr(AlikeRows, "_row", lambda rows, place: looked_at.append(place) or row(rows, place))
    alone: list[str] = []
    one_by_one = AlikeRows._fill_one_by_one
    monkeypatch.setattr(
        AlikeRows, "_fill_one_by_one",
        lambda rows, name, new, column: alone.extend([name] * len(new)) or one_by_one(rows, name, new, column),
    )  # fmt: skip
    settled(town, tmp_path / "out")
    assert looked_at and alone.count("分级") <= 2  # the two rows that have 倾斜, at most
    assert alone.count("按名") == alone.count("按档") == 0


def test_which_rows_there_are_is_asked_once_where_none_was_held(town, tmp_path, monkeypatch):
    asked: list[tuple[str, ...]] = []
    combinations = Aggregates.combinations
    monkeypatch.setattr(
        Aggregates, "combinations",
        lambda sums, source, keys, first: asked.append(keys) or combinations(sums, source, keys, first),
    )  # fmt: skip
    assert settled(town, tmp_path / "held")[0].held and asked.count(("机构编码", "病组编码")) == 2
    asked.clear()
    book, data = town
    (book.folder / "rules.yaml").write_text(RULES.replace("[应付, 除后]", "[应付]"), "utf-8")
    found = {}
    for engine in ("reference", "duckdb"):
        result, run = settled((load(str(book.folder)), data), tmp_path / engine, engine)
        assert not result.held
        found[engine] = run["digests"], run["accounting"]
    assert found["duckdb"] == found["reference"]
    assert asked.count(("机构编码", "病组编码")) == 1
