"""Declared readings: what a text leaves open, what holds where nobody chooses, and how another layer chooses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import Book, load
from engine.rulebook.open_points import OpenPoint, open_points

COUNTY = """
依据: 办法 第一条
行程: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0}}}
封顶次序:
  类别: [先封顶, 先打折]
  取值: {2025-01-01: 先封顶}
  依据: 办法 第三条 2
  状态: 暂定
  读法:
    未写明: 打折和封顶先算哪一样
    读作: {先封顶: 费用先限在封顶线以内再打折, 先打折: 打了折仍超过封顶线的才不算}
    为什么: 第三条先说封顶
    见于: 补助
封顶线: {单位: 元, 取值: {2025-01-01: 100}}
折扣: {单位: 比例, 取值: {2025-01-01: 90%}}
补助:
  粒度: 行程
  单位: 元
  舍入: 2
  按: 封顶次序
  分情形:
    先封顶: 较小(费用, 封顶线) × 折扣
    先打折: 较小(费用 × 折扣, 封顶线)
名次口径:
  粒度: 行程
  单位: 元
  公式: 费用
  依据: 办法 第四条
  状态: 暂定
  读法: {未写明: 按哪一种费用, 读作: {费用: 全部费用, 补助: 补助的费用}, 为什么: 原文写的是费用}
待选: {类别: [甲, 乙], 状态: 待定, 依据: 办法 第五条, 读法: {未写明: 选哪一种, 读作: {甲: 头一种, 乙: 另一种}}}
明细: {粒度: 行程, 列: {补助: 补助金额, 名次口径: 排名费用}}
月结: {期间: 月, 报表: [明细]}
"""


def _region(folder: Path, name: str, rules: str, above: str = "") -> Path:
    inside = folder / name
    inside.mkdir()
    head = f"名称: {name}\n施行: 2025-01-01\n文件:\n  {name}办法: {{题名: {name}办法}}\n"
    (inside / "region.yaml").write_text(
        head.replace(f"{name}办法:", "办法:") if not above else head + f"沿用: [{above}]\n"
    )
    (inside / "规则.yaml").write_text(rules, "utf-8")
    return inside


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return _region(tmp_path, "甲县", COUNTY)


def _point(book: Book, name: str) -> OpenPoint:
    return next(point for point in open_points(book) if point.name == name)


def _said(book: Book) -> list[str]:
    return [f"{p.code} {p.place.line} {p.message}" for p in check_book(book) if p.code[0] == "E"]


def test_a_reading_that_is_told_has_no_problem(county: Path) -> None:
    assert _said(load(county)) == []


def test_what_stands_in_the_entry_is_the_default_and_holds(county: Path) -> None:
    point = _point(load(county), "封顶次序")
    assert (point.default, point.held) == ("先封顶", "先封顶")
    assert point.reading.provenance.cite == "办法 第三条 2"
    assert point.shows == (("明细", "补助金额"),)


def test_a_layer_above_chooses_by_one_line(tmp_path: Path, county: Path) -> None:
    city = _region(tmp_path, "乙市", "替换: {封顶次序: {取值: {2025-07-01: 先打折}, 依据: 乙市办法 第一条}}\n", "甲县")
    book = load(city)
    assert _said(book) == []
    point = _point(book, "封顶次序")
    assert point.default == "先封顶"
    assert [(str(c.day), c.text, c.provenance.cite) for c in point.in_force] == [
        ("2025-01-01", "", "乙市办法 第一条"),
        ("2025-07-01", "先打折", "乙市办法 第一条"),
    ]


ASSERTED = """
超额时:
  类别: [提醒, 停止]
  取值: {2025-01-01: 提醒}
  依据: 办法 第六条
  状态: 暂定
  读法: {未写明: 多了怎样, 读作: {提醒: 说出来, 停止: 停下}, 为什么: 原则上}
补助不多: {粒度: 行程, 必须: 补助 ≤ 封顶线, 不成立时: 超额时}
"""


def test_what_a_program_only_asserts_by_is_listed_in_a_region_above(tmp_path: Path) -> None:
    _region(tmp_path, "某县", COUNTY + ASSERTED)
    town = load(_region(tmp_path, "某镇", "依据: 办法 第一条\n镇线: {单位: 元, 取值: {2025-01-01: 1}}\n", "某县"))
    assert _point(town, "超额时").held == "提醒"


def test_what_no_statement_shows_is_seen_where_it_is_asserted(tmp_path: Path) -> None:
    book = load(_region(tmp_path, "某县", COUNTY + ASSERTED))
    assert _point(book, "超额时").shows == (("补助不多", ""),)


LEFT_OUT = """
晚到: {粒度: 行程, 公式: 晚到算法 = 算}
晚到算法:
  类别: [算, 不算]
  取值: {2025-01-01: 不算}
  依据: 办法 第七条
  状态: 暂定
  读法: {未写明: 算不算晚到, 读作: {算: 算晚到, 不算: 不算晚到}, 为什么: 没有写算}
周结: {期间: 月, 报表: [明细], 排除: {行程: [晚到]}}
"""


def test_what_decides_who_is_left_out_shows_in_the_statements_of_that_program(tmp_path: Path) -> None:
    book = load(_region(tmp_path, "某县", COUNTY + LEFT_OUT))
    assert _point(book, "晚到算法").shows == (("明细", ""),)


def test_a_figure_that_replaces_another_keeps_its_unit(tmp_path: Path, county: Path) -> None:
    city = _region(tmp_path, "乙市", "依据: 乙市办法 第一条\n替换: {封顶线: {取值: {施行: 80}}}\n", "甲县")
    book = load(city)
    assert _said(book) == []
    assert str(book.at(book.start).parameters["封顶线"].type) == "元"


def test_a_layer_that_adds_a_class_has_to_say_what_it_means(tmp_path: Path, county: Path) -> None:
    rules = "依据: 乙市办法 第一条\n替换:\n  封顶次序: {类别: [先封顶, 先打折, 不封顶], 取值: {施行: 先封顶}}\n"
    said = _said(load(_region(tmp_path, "乙市", rules, "甲县")))
    assert "E325 3 封顶次序 的 读法 没有说 不封顶 是什么意思" in said


def test_a_rule_reads_one_of_the_names_that_it_tells(tmp_path: Path, county: Path) -> None:
    rules = "依据: 乙市办法 第一条\n替换:\n  名次口径: {粒度: 行程, 单位: 元, 公式: 补助}\n"
    point = _point(load(_region(tmp_path, "乙市", rules, "甲县")), "名次口径")
    assert (point.default, point.held, point.in_force[-1].own) == ("费用", "补助", False)


def test_a_rule_written_otherwise_is_none_of_the_readings(tmp_path: Path, county: Path) -> None:
    rules = "依据: 乙市办法 第一条\n替换:\n  名次口径: {粒度: 行程, 单位: 元, 公式: 费用 × 1}\n"
    assert _point(load(_region(tmp_path, "乙市", rules, "甲县")), "名次口径").in_force[-1].own


def test_a_reading_without_a_default_is_open_until_it_is_filled(tmp_path: Path, county: Path) -> None:
    assert (_point(load(county), "待选").default, _point(load(county), "待选").held) == ("", "")
    city = _region(tmp_path, "乙市", "依据: 乙市办法 第一条\n待选: {取值: {施行: 乙}, 备查: 是}\n", "甲县")
    assert _said(load(city)) == []
    last = load(city).at(load(city).start).parameters["待选"]
    assert last.reading is not None and last.reading.defaults == ()


def test_the_command_lists_them_as_text_and_as_json(county: Path) -> None:
    done = CliRunner().invoke(main, ["readings", str(county)])
    assert done.exit_code == 0
    shown = [line for line in done.output.splitlines() if "封顶" in line]
    assert shown == [
        "封顶次序 办法 第三条 2（暂定）",
        "  没有写明：打折和封顶先算哪一样",
        "  ● 先封顶（默认、现用）：费用先限在封顶线以内再打折",
        "  ○ 先打折：打了折仍超过封顶线的才不算",
        "  为什么：第三条先说封顶",
    ]
    assert "  看哪里：明细：补助金额" in done.output
    assert "  现用：待定" in done.output
    found = json.loads(CliRunner().invoke(main, ["readings", str(county), "--format", "json"]).output)
    assert [(item["name"], item["default"], item["in_force"][-1]["value"]) for item in found] == [
        ("封顶次序", "先封顶", "先封顶"),
        ("名次口径", "费用", "费用"),
        ("待选", None, None),
    ]


def test_show_tells_the_readings(county: Path) -> None:
    output = CliRunner().invoke(main, ["show", str(county), "封顶次序"]).output
    assert "办法 第三条 2 没有写明：打折和封顶先算哪一样" in output
    assert "· 先封顶（默认）：费用先限在封顶线以内再打折" in output
