"""Aggregates that a database does not work out beside each row of data: said with what it can, the reference works."""

from __future__ import annotations

import pytest

from engine.execute.period import parse_period
from engine.files.errors import RunStopped
from engine.rulebook.book import load
from engine.settle import settle

RULES = """\
依据: 办法
人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期}}
项: {主键: [编号, 序], 字段: {编号: → 人, 序: 整数, 类: 文本, 额: 元}}
人类: {键: [编号, 类]}
类和: {粒度: 人类, 单位: 元, 公式: 合计(额)}
数: {粒度: 人, 单位: 元, 舍入: 2, 公式: FORMULA}
单: {粒度: 人, 列: [数]}
月结: {期间: 月, 报表: [单]}
"""


@pytest.mark.parametrize(
    ("formula", "value", "said"),
    [
        (
            "中位数(额)",
            "2.00",
            "项：duckdb 里逐行只算 计数、去重计数、合计、均值、最大、最小，改用这几种",
        ),
        ("标准差(额)", "2.62", "用 标准差 汇总 项：duckdb 里逐行只算"),
        ("最大(类和)", "7.00", "用 最大 汇总 人类，它不是按行交来的表"),
    ],
)
def test_what_is_not_worked_out_beside_rows_is_said_with_what_is(tmp_path, formula, value, said):
    region, data = tmp_path / "region", tmp_path / "data"
    region.mkdir()
    data.mkdir()
    (region / "region.yaml").write_text("名称: 镇\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (region / "rules.yaml").write_text(RULES.replace("FORMULA", formula), "utf-8")
    (data / "人.csv").write_text("编号,日期\nA,2025-01-01\n", "utf-8")
    (data / "项.csv").write_text("编号,序,类,额\nA,1,p,1\nA,2,p,2\nA,3,q,7\n", "utf-8")
    asked = (load(str(region)), "月结", parse_period("2025-01"), [data])
    settle(*asked, tmp_path / "out", engine="reference", formats=["csv"])
    (statement,) = (tmp_path / "out").rglob("单.csv")
    assert f"A,{value}" in statement.read_text("utf-8-sig")
    with pytest.raises(RunStopped) as stop:
        settle(*asked, tmp_path / "other", engine="duckdb")
    assert said in stop.value.message and "--engine reference" in stop.value.hint
