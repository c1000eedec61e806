"""Other names (又名): they lead to the entry, in show and in errors, and are never names of two things."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import load

HEAD = "名称: 甲县\n施行: 2025-01-01\n文件:\n  办法: {题名: 甲县办法}\n"
RULES = """
依据: 办法 第一条
行程:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 费用: {类型: 元, 范围: ≥ 0, 又名: 实际发生费用}}
补助:
  又名: [出行补贴, 补贴（元）]
  粒度: 行程
  单位: 元
  舍入: 2
  依据: 办法 第二条
  分情形:
    费用 > 100: {则: 50, 依据: 办法 第三条（一）, 说明: 贵的一律五十}
    否则: 费用 × 0.5
明细: {粒度: 行程, 列: [补助]}
月结: {期间: 月, 报表: [明细]}
"""


def _county(folder: Path, rules: str = "") -> Path:
    inside = folder / "甲县"
    inside.mkdir()
    (inside / "region.yaml").write_text(HEAD, "utf-8")
    (inside / "规则.yaml").write_text(RULES + rules, "utf-8")
    return inside


def _show(folder: Path, name: str) -> Result:
    return CliRunner().invoke(main, ["show", str(folder), name])


def _said(folder: Path) -> list[str]:
    return [f"{p.code} {p.place.line} {p.message} {p.hint}" for p in check_book(load(folder)) if p.is_error]


@pytest.mark.parametrize("name", ["出行补贴", "补贴（元）"])
def test_show_answers_to_another_name(tmp_path: Path, name: str) -> None:
    done = _show(_county(tmp_path), name)
    assert done.exit_code == 0
    assert done.output.startswith(f"{name} 是 补助 的又名\n补助：规则")


def test_show_answers_to_another_name_of_a_field(tmp_path: Path) -> None:
    assert "费用：表 行程 的字段，元" in _show(_county(tmp_path), "实际发生费用").output


def test_show_gives_each_branch_its_article(tmp_path: Path) -> None:
    output = _show(_county(tmp_path), "补助").output
    assert "    费用 > 100: 50  〔办法 第三条（一）〕 贵的一律五十\n    否则: 费用 × 0.5\n" in output


def test_show_of_an_article_lists_what_cites_it(tmp_path: Path) -> None:
    done = _show(_county(tmp_path), "第三条")
    assert done.exit_code == 0
    assert done.output == "依据里有 第三条 的 1 处：\n  · 补助（情形 费用 > 100）：办法 第三条（一）\n"


def test_what_is_not_there_gets_what_contains_it_other_names_too(tmp_path: Path) -> None:
    done = _show(_county(tmp_path), "补贴")
    assert done.exit_code == 1
    assert "相近的名称：出行补贴（补助 的又名）、补贴（元）（补助 的又名）" in done.output


def test_a_formula_with_another_name_is_told_which_to_write(tmp_path: Path) -> None:
    rules = "两倍: {粒度: 行程, 单位: 元, 公式: 出行补贴 × 2, 备查: 是}\n"
    (problem,) = _said(_county(tmp_path, rules))
    assert problem.startswith("E303") and "出行补贴 是 补助 的又名：公式里写 补助" in problem


def test_another_name_is_no_name_of_something_else(tmp_path: Path) -> None:
    (problem,) = _said(_county(tmp_path, "定额: {又名: 费用, 单位: 元, 取值: {2025-01-01: 1}, 备查: 是}\n"))
    assert problem.startswith("E309 18 定额 的又名 费用 已经是一个名称（")


def test_another_name_stands_for_one_thing(tmp_path: Path) -> None:
    (problem,) = _said(_county(tmp_path, "定额: {又名: 出行补贴, 单位: 元, 取值: {2025-01-01: 1}, 备查: 是}\n"))
    assert problem.startswith("E309 18 定额 的又名 出行补贴 也是 补助 的又名（")


def test_a_layer_above_may_take_another_name_for_its_own(tmp_path: Path) -> None:
    _county(tmp_path)
    city = tmp_path / "乙市"
    city.mkdir()
    head = "名称: 乙市\n施行: 2025-01-01\n沿用: [甲县]\n文件:\n  细则: {题名: 乙市细则}\n"
    (city / "region.yaml").write_text(head, "utf-8")
    rules = "依据: 细则 一\n出行补贴: {粒度: 行程, 单位: 元, 公式: 补助 + 0, 备查: 是}\n"
    (city / "规则.yaml").write_text(rules, "utf-8")
    assert _said(city) == []
    assert _show(city, "出行补贴").output.startswith("出行补贴：规则")


def _two_modules(folder: Path, high: str, low: str) -> Path:
    """A county over two modules that know nothing of each other."""
    for module, rules in (("high", high), ("low", low)):
        inside = folder / "rules" / module
        inside.mkdir(parents=True)
        (inside / "module.yaml").write_text(f"名称: {module}\n文件:\n  规范: {{题名: 规范}}\n", "utf-8")
        (inside / "规则.yaml").write_text("依据: 规范 一\n" + rules, "utf-8")
    county = folder / "regions" / "甲县"
    county.mkdir(parents=True)
    (county / "region.yaml").write_text(HEAD + "沿用: [high, low]\n", "utf-8")
    (county / "规则.yaml").write_text(RULES, "utf-8")
    return county


def _warned(folder: Path) -> list[str]:
    return [p.message for p in check_book(load(folder)) if p.code == "W326"]


def test_two_shared_layers_with_one_other_name_are_told_and_which_of_them_is_found(tmp_path: Path) -> None:
    county = _two_modules(
        tmp_path,
        "最高补助: {又名: 封顶线, 单位: 元, 取值: {施行: 9}}\n",
        "最低补助: {又名: 封顶线, 单位: 元, 取值: {施行: 1}}\n",
    )
    (message,) = _warned(county)
    assert message.startswith("沿用的两处都有 封顶线：最低补助 的又名（")
    assert "和 最高补助（" in message and message.endswith("show 和提示找到的是 最低补助")


def test_another_name_that_is_a_name_in_a_module_beside_it_is_told(tmp_path: Path) -> None:
    county = _two_modules(
        tmp_path,
        "最高补助: {又名: 封顶线, 单位: 元, 取值: {施行: 9}}\n",
        "封顶线: {单位: 元, 取值: {施行: 1}}\n",
    )
    (message,) = _warned(county)
    assert message.endswith("show 和提示找到的是 封顶线")


def test_a_word_that_the_region_takes_for_a_name_is_of_no_two_things(tmp_path: Path) -> None:
    county = _two_modules(
        tmp_path,
        "最高补助: {又名: 封顶线, 单位: 元, 取值: {施行: 9}}\n",
        "最低补助: {又名: 封顶线, 单位: 元, 取值: {施行: 1}}\n",
    )
    (county / "自己.yaml").write_text("依据: 办法 一\n封顶线: {单位: 元, 取值: {施行: 5}, 备查: 是}\n", "utf-8")
    assert _warned(county) == []


def test_show_finds_a_class_by_its_word_when_it_is_given_and_what_it_leads_to(tmp_path: Path) -> None:
    rules = """
路程:
  粒度: 行程
  类别: [长途, 短途]
  依据: 办法 第四条
  分情形: {费用 > 90: {则: 长途, 依据: 办法 第四条 1}, 否则: 短途}
路补: {粒度: 行程, 单位: 元, 按: 路程, 依据: 办法 第五条, 分情形: {长途: 20, 短途: 5}}
"""
    output = _show(_county(tmp_path, rules), "长途").output
    assert output.startswith("长途 是 路程 的一类\n  办法 第四条\n")
    assert "  得出：费用 > 90  〔办法 第四条 1〕\n" in output
    assert "  路补 的这一类：20  〔办法 第五条〕\n" in output
