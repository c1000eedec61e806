"""Names of a rulebook: one list with all that can be asked of a name, and the words that lead to it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from engine import api
from engine.check import check_book
from engine.cli import main
from engine.names.listing import names_of_book
from engine.names.named import Named
from engine.names.search import near, search
from engine.rulebook.book import Book, load

MODULE = """
依据: 规程
补助比例:
  单位: 比例
  状态: 暂定
  取值: {施行: 50%}
  又名: 报销比例
  说明: 贵的按它补
补助界线: {单位: 元, 取值: {施行: 100}, 可替换: 界线不同的, 依据: 规程 第三条}
行程:
  主键: 编号
  归期: 日期
  依据: 规程 第一条
  合成: {行数: 例数}
  字段:
    编号: 文本
    日期: 日期
    费用: {类型: 元, 范围: ≥ 0, 说明: 票价, 又名: 票款}
    支付: {类型: 元, 可空: 是, 说明: 已付}
    等级: {类型: [甲, 乙], 默认: 甲, 可替换: 等级另有分法的}
住宿:
  合成: {行数: 例数}
  主键: 编号
  字段: {编号: 文本, 支付: {类型: 元, 可空: 是}}
补助:
  粒度: 行程
  单位: 元
  舍入: 2
  分情形:
    费用 > 补助界线: {则: 费用 × 补助比例, 依据: 规程 第四条}
    否则: 定额补助
定额补助: {粒度: 行程, 单位: 元, 状态: 待定, 说明: 各县定}
取整: {类别: [进一, 去尾], 取值: {施行: 进一}, 读法: {未写明: 零头, 读作: {进一: 多, 去尾: 少}, 为什么: 常见}, 备查: 是}
"""
REGION = """
依据: 办法
替换:
  补助界线: {取值: {施行: 200, 2026-01-01: 300}, 依据: 办法 第九条}
定额补助: {公式: 本地补助, 依据: 办法 第二条}
本地补助: {单位: 元, 取值: {施行: 20}}
贵的: {粒度: 行程, 提醒: 费用 > 10000}
远行: {行: 行程, 条件: 等级 = 甲}
明细: {粒度: 行程, 列: {补助: 补助（元）}}
月结: {期间: 月, 报表: [明细]}
"""
DAY = datetime.date(2025, 6, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("names")
    module, region = root / "rules" / "trips", root / "regions" / "甲县"
    module.mkdir(parents=True)
    region.mkdir(parents=True)
    (module / "module.yaml").write_text("名称: 出行\n文件: {规程: {题名: 出行规程}}\n", "utf-8")
    (module / "规则.yaml").write_text(MODULE, "utf-8")
    head = "名称: 甲县\n沿用: [trips]\n施行: 2025-01-01\n文件: {办法: {题名: 甲县办法}}\n"
    (region / "region.yaml").write_text(head, "utf-8")
    (region / "规则.yaml").write_text(REGION, "utf-8")
    return root


@pytest.fixture(scope="module")
def book(folder: Path) -> Book:
    made = load(folder / "regions" / "甲县")
    assert [p for p in check_book(made) if p.code.startswith("E")] == []
    return made


@pytest.fixture(scope="module")
def names(book: Book) -> list[Named]:
    return names_of_book(book, DAY)


def _one(names: list[Named], name: str, kind: str = "") -> Named:
    (found,) = [named for named in names if named.name == name and kind in ("", named.kind)]
    return found


def _found(names: list[Named], words: str) -> list[str]:
    return [named.name for named in search(names, words)]


def test_a_name_tells_what_it_is_what_holds_and_who_wrote_it(names: list[Named]):
    limit = _one(names, "补助界线")
    assert (limit.kind, limit.unit, limit.value, limit.since) == ("参数", "元", "200", datetime.date(2025, 1, 1))
    assert limit.coming == ((datetime.date(2026, 1, 1), "300"),)
    assert (limit.cite, limit.layer, limit.layer_title, limit.place.line) == ("办法 第九条", "甲县", "甲县", 4)
    rule = _one(names, "补助")
    assert (rule.kind, rule.grain, rule.unit, rule.value) == ("规则", "行程", "元", "分 2 种情形")
    assert rule.definition == ("费用 > 补助界线：费用 × 补助比例", "否则：定额补助")
    assert rule.cites == ("规程", "规程 第四条")


def test_what_holds_is_that_of_the_day(book: Book):
    later = _one(names_of_book(book, datetime.date(2026, 3, 1)), "补助界线")
    assert (later.value, later.since, later.coming) == ("300", datetime.date(2026, 1, 1), ())
    before = _one(names_of_book(book, datetime.date(1999, 1, 1)), "补助界线")
    assert before.value == "200"


def test_readers_and_programs_are_told(names: list[Named]):
    assert _one(names, "补助比例").readers == ("补助",)
    assert _one(names, "补助").readers == ("明细",)
    assert _one(names, "明细").readers == ("月结",)
    assert _one(names, "补助比例").programs == ("月结",)
    assert _one(names, "贵的").programs == ("月结",), "a 提醒 on rows that the program reads"
    assert _one(names, "取整").programs == ()


@pytest.mark.parametrize(
    ("name", "change", "note"),
    [
        ("补助界线", "已替换", "原来在 出行"),
        ("定额补助", "已替换", "原来在 出行"),
        ("本地补助", "本地", ""),
        ("补助比例", "可改", ""),
        ("等级", "可替换", "等级另有分法的"),
        ("补助", "照用", ""),
        ("取整", "选读法", "进一、去尾"),
    ],
)
def test_what_a_region_may_do_with_a_name(names: list[Named], name: str, change: str, note: str):
    named = _one(names, name)
    assert (named.change, named.change_note) == (change, note)


def test_of_a_module_itself_all_is_shared(folder: Path):
    own = names_of_book(load(folder / "rules" / "trips"), DAY)
    assert (_one(own, "补助界线").change, _one(own, "补助界线").change_note) == ("可替换", "界线不同的")
    assert (_one(own, "定额补助").change, _one(own, "定额补助").value) == ("要填", "待定")


def test_a_field_that_tables_have_alike_is_one_name(names: list[Named]):
    paid = _one(names, "支付")
    assert (paid.grain, paid.unit, paid.value, paid.meaning) == ("行程、住宿", "元", "可以空着", "已付")
    grade = _one(names, "等级")
    assert (grade.unit, grade.classes, grade.value) == ("类别", ("甲", "乙"), "空着是 甲")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("补助", "补助"),  # the name itself before those that have it
        ("报销比例", "补助比例"),
        ("票款", "费用"),
        ("第九条", "补助界线"),
        ("規程 補助", "补助"),  # traditional
        ("第9条", "补助界线"),
        ("第 ４ 条", "补助"),
        ("办法 第九条", "补助界线"),
        ("参数 元", "补助界线"),
        ("可替换", "等级"),
        ("trips 待定", ""),
        ("乙", "等级"),
        ("贵的按它补", "补助比例"),
    ],
)
def test_words_lead_to_names(names: list[Named], words: str, first: str):
    assert (_found(names, words) or [""])[0] == first


def test_an_article_of_a_branch_leads_to_its_rule(names: list[Named]):
    assert _found(names, "第四条") == ["补助"]
    assert _found(names, "第四十条") == []


def test_near_names_and_other_names_are_offered(names: list[Named]):
    assert [(item.named.name, item.text) for item in near(names, "报消比例")][0] == ("补助比例", "报销比例")
    assert near(names, "比例補助")[0].named.name == "补助比例"
    assert near(names, "完全两样") == []


def _show(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["show", str(folder / "regions" / "甲县"), *words])


def test_few_names_are_told_whole(folder: Path):
    done = _show(folder, "--names", "报销比例")
    assert done.exit_code == 0
    for line in (
        "补助比例  参数 比例",
        "50%（自 2025-01-01 起）",
        "规程（暂定）",
        "报销比例",
        "可改：",
        "补助",
        "月结",
        "贵的按它补",
    ):
        assert line in done.output


def test_articles_of_branches_are_told_beside_that_of_the_rule(folder: Path):
    assert "规程\n  　　　　 · 情形、行另有：规程 第四条\n" in _show(folder, "--names", "第四条").output


def test_all_names_are_a_table_of_at_most_100_cells(folder: Path):
    done = _show(folder, "--names")
    assert done.exit_code == 0 and "300" in done.output
    assert [line for line in done.output.splitlines() if cell_len(line) > 100 and not line.startswith("──")] == []
    assert all(word in done.output for word in ("本地补助", "明细", "月结", "远行", "行程、住宿"))


def test_no_name_exits_1_with_what_is_like_it(folder: Path):
    done = _show(folder, "--names", "补助介线")
    assert done.exit_code == 1
    assert "补助界线：参数 元" in done.stderr and done.stdout == ""


def test_as_data(folder: Path):
    done = _show(folder, "--names", "补助界线", "--json")
    (named,) = [one for one in json.loads(done.output) if one["name"] == "补助界线"]
    assert named["change"] == "已替换" and named["readers"] == ["补助"] and named["file"].endswith("规则.yaml")
    nothing = _show(folder, "--names", "没有这样的", "--json")
    assert (nothing.exit_code, json.loads(nothing.stdout)) == (1, [])
    assert _show(folder, "--json").exit_code == 2


def test_python_has_the_same_list(folder: Path):
    place = folder / "regions" / "甲县"
    assert [named.name for named in api.names(place, "第九条", DAY)] == ["补助界线"]
    told = json.loads(_show(folder, "--names", "--json").output)
    assert [named.as_dict() for named in api.names(place)] == told
    with pytest.raises(api.CannotPrice):
        api.names(folder / "nowhere")


def test_a_shared_module_that_ships_may_be_named():
    done = CliRunner().invoke(main, ["show", "drg-rate", "--names", "要填"])
    assert done.exit_code == 0 and "费率" in done.output and "没有程序读它" not in done.output


def test_a_table_by_itself_is_shown_with_a_line_for_each_field_and_without_what_only_makes_data_up(folder: Path):
    shown = _show(folder, "行程").output
    assert "  字段:\n    编号: 文本\n    日期: 日期\n    费用: 类型 元，范围 ≥ 0，说明 票价，又名 票款\n" in shown
    assert "合成" not in shown
    assert "  列:\n    补助: 补助（元）\n" in _show(folder, "明细").output


def test_what_no_inherited_module_has_is_looked_for_in_the_others(tmp_path: Path) -> None:
    region = tmp_path / "小城"
    region.mkdir()
    (region / "region.yaml").write_text("名称: 小城\n沿用: [standard, national]\n施行: 2025-01-01\n", "utf-8")
    none = CliRunner().invoke(main, ["show", str(region), "--names", "结余留用"])
    assert none.exit_code == 1
    assert "没有沿用的共用模块里有：" in none.output and "points-settlement" in none.output
    assert "core-elements（" in none.output and "结余留用额" in none.output
    assert "national（" not in none.output
    only_said = CliRunner().invoke(main, ["show", str(region), "--names", "超支"])  # of 预算预留比例 it is only said
    assert only_said.exit_code == 0 and "预算预留比例" in only_said.output and "points-settlement（" in only_said.output
    named = CliRunner().invoke(main, ["show", str(region), "--names", "住院总费用"])
    assert named.exit_code == 0 and "没有沿用" not in named.output
