"""The limits of the national procedure hold in every region: ``casemix check`` names the article that is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.check import check_book
from engine.cli import main
from engine.rulebook.book import load
from engine.rulebook.problems import Problem
from engine.testing import price

ROOT = Path(__file__).parents[2]
MODULES = ("national", "special-cases", "special-case-payment", "deposits", "core-elements", "drg")
HEAD = "名称: 例市\n沿用: [{}]\n施行: 2025-01-01\n文件:\n  细则: {{题名: 例市实施细则（虚构）}}\n"

# parameter, layers below, figures that keep the limit, figures that break it, article
FIGURES = [
    ("预算预留比例", "national", ("0", "3%", "1"), ("-1%", "100.01%"), "第十三条"),
    ("总权重允许误差", "national", ("0", "0.1%"), ("-0.01%", "0.11%"), "第十五条（权重）"),
    ("基层病种系数", "national", ("0.8", "1"), ("0", "-1"), "第十九条"),
    ("特例单议比例上限", "national", ("0", "5%"), ("5.01%", "-1%"), "第二十一条"),
    ("特例单议比例上限", "national, drg", ("0", "5%"), ("5.01%", "-1%"), "第二十一条"),
    ("特例单议比例上限", "standard, casemix, special-cases", ("0", "5%"), ("5.01%", "-1%"), "第二十一条"),
    ("DIP特例单议比例上限", "national", ("0", "5‰", "5%"), ("5.01%", "-1‰"), "第二十一条"),
    ("预付月数", "national", ("0.5", "1", "1.5"), ("0", "0.49", "1.51", "3"), "第二十五条"),
    ("预付合计月数上限", "deposits", ("1", "1.5"), ("1.51", "0.49"), "第二十五条"),
    ("质量保证金比例", "national", ("0", "5%"), ("5.01%", "10%", "-1%"), "第二十六条"),
    ("数据公布间隔", "national", ("1", "3"), ("0.9", "4", "12"), "第三十九条"),
    ("权重倍数", "core-elements", ("1", "1000"), ("0", "-1"), "第十五条（权重）"),
    ("权重标准定额", "core-elements", ("6000",), ("0",), "第十五条（权重）"),
    ("弹性下浮比例", "core-elements", ("0", "10%"), ("-1%", "101%"), "第十六条"),
    ("弹性上浮比例", "core-elements", ("0", "10%"), ("-1%",), "第十六条"),
    ("机构留用比例", "core-elements", ("0", "1"), ("101%", "-1%"), "第三十三条"),
    ("基金分担比例", "core-elements", ("0", "1"), ("101%", "-1%"), "第三十三条"),
]  # fmt: skip
STATED = {"总权重允许误差", "预付合计月数上限", "权重倍数"}
"""Parameters with a figure of their own: a region replaces it."""


def problems(folder: Path, below: str, rules: str) -> list[Problem]:
    """What the check says of a city with ``rules`` over the layers ``below``."""
    (folder / "region.yaml").write_text(HEAD.format(below), "utf-8")
    (folder / "rules.yaml").write_text("依据: 细则\n" + rules, "utf-8")
    return check_book(load(folder))


def figures(below: str, values: dict[str, str]) -> str:
    """Parameters of the layers below with these figures."""
    replaced = {name for name in values if name in STATED or "drg" in below}
    lines = [f"{name}: {{取值: {{2025-01-01: {value}}}}}\n" for name, value in values.items() if name not in replaced]
    lines += ["替换:\n"] if replaced else []
    for name in sorted(replaced):
        unit = {"预付合计月数上限": "月", "权重倍数": "倍"}.get(name, "比例")
        lines.append(f"  {name}: {{单位: {unit}, 取值: {{2025-01-01: {values[name]}}}}}\n")
    return "".join(lines)


BELOW = sorted({below for _, below, *_ in FIGURES})


@pytest.mark.parametrize("below", BELOW)
def test_a_figure_within_the_limit_is_accepted(tmp_path: Path, below: str) -> None:
    """The first figures of all its parameters in one city, the second ones in another, and so on."""
    kept = {name: values for name, of, values, *_ in FIGURES if of == below}
    for count in range(max(map(len, kept.values()))):
        taken = {name: values[min(count, len(values) - 1)] for name, values in kept.items()}
        assert [str(p) for p in problems(tmp_path, below, figures(below, taken))] == [], taken


@pytest.mark.parametrize("below", BELOW)
def test_a_figure_beyond_the_limit_names_the_article(tmp_path: Path, below: str) -> None:
    """Of several at once each is told."""
    broken = {name: values for name, of, _, values, _ in FIGURES if of == below}
    articles = {name: article for name, of, _, _, article in FIGURES if of == below}
    for count in range(max(map(len, broken.values()))):
        taken = {name: values[min(count, len(values) - 1)] for name, values in broken.items()}
        found = problems(tmp_path, below, figures(below, taken))
        assert {p.code for p in found} == {"E706"}
        assert {p.place.file.rpartition("/")[2] for p in found} == {"rules.yaml"}
        for name, value in taken.items():
            told = [p for p in found if p.message.startswith(f"{name} 自 2025-01-01 取 {value}，")]
            assert told, f"{name} {value}"
            assert all(f"（规程 {articles[name]}）" in p.message for p in told)
            found = [p for p in found if p not in told]
        assert found == []


def test_the_command_prints_it_and_exits_1(tmp_path: Path) -> None:
    problems(tmp_path, "jiyuan", "替换: {质量保证金比例: {单位: 比例, 取值: {2025-01-01: 6%}}}\n")
    done = CliRunner().invoke(main, ["check", str(tmp_path)], prog_name="casemix")
    assert done.exit_code == 1
    assert "E706 质量保证金比例 自 2025-01-01 取 6%，超出了限定 [0, 5%]（规程 第二十六条）" in done.output


@pytest.mark.parametrize(
    ("name", "rule", "article"),
    [
        ("基层病种系数", "{粒度: 医疗机构, 单位: 倍, 分情形: {级别 = 三级: 1.2, 否则: 1}}", "第十九条"),
        ("质量保证金比例", "{粒度: 医疗机构, 单位: 比例, 分情形: {级别 = 三级: 10%, 否则: 0}}", "第二十六条"),
        ("预付月数", "{粒度: 医疗机构, 单位: 月, 分情形: {级别 = 三级: 6, 否则: 0}}", "第二十五条"),
    ],
)
def test_a_limited_figure_does_not_become_a_rule(tmp_path: Path, name: str, rule: str, article: str) -> None:
    """So one coefficient holds for a primary disease in the whole region, whatever the hospital's level."""
    found = problems(tmp_path, "national", f"替换:\n  {name}: {rule}\n")
    assert [p.code for p in found if p.is_error] == ["E706"]
    assert f"（规程 {article}）" in found[0].message


def test_another_way_of_setting_the_rate_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, "national", "费率方式: {取值: {2025-01-01: 随行就市}}\n")
    assert [p.code for p in found] == ["E307"]
    assert "固定费率、浮动费率、弹性费率" in found[0].message


@pytest.mark.parametrize("region", sorted(path.parent.name for path in (ROOT / "regions").glob("*/region.yaml")))
def test_every_region_has_the_limits(region: str) -> None:
    book = load(ROOT / "regions" / region)
    assert "national" in [layer.name for layer in book.layers]
    names = {name for name, *_ in FIGURES}
    limited = book.at(book.epochs[-1]).stacked
    assert {"质量保证金比例", "预付月数", "特例单议比例上限", "基层病种系数"} <= names & limited.keys()


PRACTICE = [
    ("低倍率界值", "national, drg, drg-points", "倍", ("0", "0.5", "1"), ("50", "1.01", "-0.1")),
    ("不分档倍率", "national, drg, drg-points", "倍", ("1", "3", "10"), ("0.9", "200")),
    ("基础病组系数", "national, drg, drg-points", "倍", ("0.9", "5"), ("0", "90")),
    ("低倍率界值", "national, drg, drg-rate", "倍", ("0.3",), ("30",)),
    ("高倍率判定倍率", "national, drg, drg-rate", "倍", ("2", "3"), ("0.3", "300")),
    ("长住院天数", "national, drg, drg-rate", "天", ("60",), ("6", "6000")),
    ("高偏差界值", "dip", "倍", ("2",), ("200", "0.5")),
    ("中医加成比例", "dip", "比例", ("5%",), ("500%",)),
]
"""Bounds of the shared modules that no article gives: what practice keeps to."""


@pytest.mark.parametrize(
    ("name", "below", "unit", "kept", "broken"), PRACTICE, ids=[f"{p[0]} {p[1]}" for p in PRACTICE]
)
def test_what_is_out_of_all_proportion_is_refused(tmp_path, name, below, unit, kept, broken):
    change = "{}: {{{}取值: {{2025-01-01: {}}}}}\n"
    stated = below != "dip"
    for figure_, codes in [*((f, set()) for f in kept), *((f, {"E706"}) for f in broken)]:
        entry = change.format(name, f"单位: {unit}, " if stated else "", figure_)
        found = problems(tmp_path, below, f"替换:\n  {entry}" if stated else entry)
        assert {p.code for p in found if p.is_error} == codes, figure_


@pytest.mark.parametrize(("figures", "codes"), [("三级: 0.4, 否则: 0.3", []), ("三级: 0.4, 否则: 30", ["E706"])])
def test_a_bound_of_practice_binds_the_figures_of_a_rule_in_its_place(tmp_path, figures, codes):
    cases = figures.replace("三级", "级别 = 三级")
    rule = f"替换:\n  低倍率界值: {{粒度: 医疗机构, 单位: 倍, 分情形: {{{cases}}}}}\n"
    assert [p.code for p in problems(tmp_path, "national, drg, drg-points", rule) if p.is_error] == codes


def test_a_limited_figure_that_is_deleted_and_written_anew_keeps_its_limit(tmp_path):
    rules = "删除: [质量保证金比例]\n质量保证金比例: {{单位: 比例, 取值: {{2025-01-01: {}}}}}\n"
    assert problems(tmp_path, "national", rules.format("5%")) == []
    (problem,) = problems(tmp_path, "national", rules.format("20%"))
    assert problem.code == "E706" and "[0, 5%]" in problem.message


# -- what only a run can show ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("below", "given", "name"),
    [
        ("national, drg", {"出院病例数": "1000", "特例单议通过数": "51"}, "特例单议数量"),
        ("core-elements", {"总基础权重": "1000", "总付费权重": "1002"}, "总权重不变"),
        ("deposits", {"月结算金额": "1000", "月预留保证金": "200"}, "月预留不越上限"),
        ("national, points-settlement", {"月度预结算金额": "1000", "月度预留质量保证金": "200"}, "保证金不越上限"),
        ("jiyuan", {"月度预结算费用": "1000", "月度预留质量保证金": "200"}, "保证金不越上限"),
        ("xuancheng", {"月度预结算金额": "1000", "月度质量保证金": "200"}, "保证金不越上限"),
        ("guangxi", {"月度应付": "1000", "月度保证金": "200"}, "保证金不越上限"),
        (
            "national, drg",
            {"特例单议适用上限": "15%", "出院病例数": "100", "特例单议通过数": "15"},
            "特例单议不越国家上限",
        ),
        ("deposits", {"预付基数合计": "100", "预付金额合计": "151"}, "预付规模"),
        ("core-elements", {"分组": "甲", "基层付费最高系数": "1.1", "基层付费最低系数": "1"}, "基层同病同支付"),
    ],
)
def test_results_that_break_the_procedure_do_not_hold(
    tmp_path: Path, below: str, given: dict[str, str], name: str
) -> None:
    assert problems(tmp_path, below, "") == []
    book = load(tmp_path)
    assert price(book, given, [name]) == {name: "未命中"}
    assert book.at(book.epochs[-1]).checks[name].provenance.cite.startswith("规程 第")


def test_the_dip_cap_stands_in_for_the_general_one(tmp_path: Path) -> None:
    rules = (
        "DIP特例单议比例上限: {取值: {2025-01-01: 5‰}}\n"
        "替换: {特例单议适用上限: {粒度: 统筹区, 单位: 比例, 公式: DIP特例单议比例上限}}\n"
    )
    assert problems(tmp_path, "national, special-cases", rules) == []
    book = load(tmp_path)
    for approved, holds in (("5", "必须"), ("6", "未命中")):
        given = {"出院病例数": "1000", "特例单议通过数": approved}
        assert price(book, given, ["特例单议数量"]) == {"特例单议数量": holds}


# -- the modules themselves --------------------------------------------------------------------------------------

COMMON = "standard, national, casemix, points-settlement, monitoring, core-elements, deposits, special-case-payment"


@pytest.mark.parametrize("scheme", ["drg, drg-points", "drg, drg-rate", "dip"])
def test_a_region_may_take_all_shared_modules_of_its_scheme(tmp_path: Path, scheme: str) -> None:
    """No two of them mean different things by one name."""
    below = f"{COMMON}, {scheme}, bed-day, per-head, per-disease, fee-for-service"
    assert [str(problem) for problem in problems(tmp_path, below, "") if problem.is_error] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_sound_and_its_examples_reach_everything(module: str) -> None:
    done = CliRunner().invoke(main, ["check", str(ROOT / "rules" / module)], prog_name="casemix")
    assert done.exit_code == 0 and " W" not in done.output, done.output
    done = CliRunner().invoke(main, ["test", "--coverage", str(ROOT / "rules" / module)], prog_name="casemix")
    assert done.exit_code == 0, done.output


def test_every_article_is_accounted_for() -> None:
    """Forty-five articles: two are numbered 十五, none 十一."""
    page = (ROOT / "rules" / "national" / "README.md").read_text("utf-8")
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| 第")]
    listed = [row for row in rows if row.endswith(("条", "）"))]
    assert len(listed) == len(set(listed)) == 45
