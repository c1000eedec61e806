"""Results side by side, of the invented city: the same on both engines, and after a change of its rules."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.compare.compared import compared
from engine.compare.gains import changed_most, gains
from engine.compare.runs import read_run
from engine.compare.sheets import Changed, Sheets
from engine.files.errors import DataError
from tests.engine.city import city

pytestmark = pytest.mark.slow

RULES = """
补贴率: {单位: 比例, 取值: {2024-01-01: 50%}}
档次: {粒度: 行程, 类别: [高, 低], 分情形: {运费 > 300: 高, 否则: 低}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 补贴率}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
占比: {粒度: 车队, 单位: 比例, 舍入: 4, 公式: 车队补贴 ÷ 1000}
明细: {粒度: 行程, 列: [补贴, 档次]}
车队表: {粒度: 车队, 列: [车队补贴, 占比]}
结算: {期间: 年, 需要: {行程: [补贴]}, 报表: [明细, 车队表]}
"""


@pytest.fixture
def runs(tmp_path):
    def made(name: str, rules: str = RULES, **tables: str) -> Path:
        return city(tmp_path / name, rules, **tables).run(period="2025").out

    return made


def compare(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["compare", *map(str, arguments)])
    assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.mark.slow
def test_equal_results_are_said_to_be_equal(runs):
    code, said = compare(runs("a"), runs("b"), runs("c"))
    assert code == 0
    assert "2 张报表全部相同" in said


def test_a_changed_rule_shows_totals_moves_and_rows(runs, tmp_path):
    changed = RULES.replace("50%", "60%").replace("运费 > 300", "运费 > 400")
    code, said = compare(runs("a"), runs("b", changed), "--out", tmp_path / "c.csv", "--rows", 2)
    assert code == 1
    assert "规则" in said
    lines = [line.split() for line in said.splitlines()]
    assert ["补贴", "4", "750.00", "900.00", "150.00", "4：+80.00"] in lines
    assert "档次：高 → 低 1 行" in said
    assert ["占比", "2", "西：+0.1200"] in lines  # a total of ratios means nothing
    with (tmp_path / "c.csv").open(encoding="utf-8-sig") as stream:
        listed = list(csv.reader(stream))
    assert ["A B", "明细", "3", "补贴", "200.00", "240.00"] in listed
    assert ["A B", "明细", "3", "档次", "高", "低"] in listed
    assert len(listed) == 1 + 4 + 1 + 2 * 2


def test_rows_of_one_result_only_are_counted_and_so_is_where_rows_went(runs):
    short = "\n行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,10,100.00,早\n9,西,2024-02-10,30,400.00,晚\n"
    one, other = runs("a"), runs("b", 行程=short)
    code, said = compare(one, other)
    assert code == 1
    assert "只在 A 3 行" in said
    assert "期外" in said
    with Sheets(read_run("A", one), read_run("B", other), "明细") as sheets:
        found = sheets.difference()
    assert (found.rows, found.only, found.changed_rows) == ((4, 1), (3, 0), 0)
    (money,) = [changed for changed in found.changed if changed.heading == "补贴"]
    assert (money.rows, money.before, money.after) == (0, Decimal("750.00"), Decimal("50.00"))


def test_a_statement_that_one_result_lacks_is_a_difference(runs):
    code, said = compare(runs("a"), runs("b", RULES.replace("[明细, 车队表]", "[明细]")))
    assert code == 1
    assert "没有" in said


def test_other_columns_and_other_keys(runs):
    other = RULES.replace("列: [补贴, 档次]", "列: [补贴]")
    assert "列 档次 只在 A" in compare(runs("a"), runs("b", other))[1]
    keyed = RULES.replace("明细: {粒度: 行程,", "明细: {粒度: 车队,").replace("列: [补贴, 档次]", "列: [车队补贴]")
    code, said = compare(runs("c"), runs("d", keyed))
    assert code == 1
    assert "键不同" in said


def test_what_is_no_result_is_refused(runs, tmp_path):
    code, said = compare(runs("a"), tmp_path)
    assert code == 1
    assert "不是一次运行的输出" in said
    assert compare(runs("e"))[0] == 2
    taken = tmp_path / "c.csv"
    taken.write_text("")
    assert "已经有了" in compare(runs("f"), runs("g"), "--out", taken)[1]


def test_text_that_looks_like_a_formula_is_no_formula_in_the_file(runs, tmp_path):
    trips = "\n行程号,车队号,日期,里程,运费,班次\n=1+1,东,2025-01-10,10,100.00,早\n"
    compare(runs("a", 行程=trips), runs("b", RULES.replace("50%", "60%"), 行程=trips), "--out", tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(encoding="utf-8-sig") as stream:
        assert ["A B", "明细", "'=1+1", "补贴", "50.00", "60.00"] in list(csv.reader(stream))


def test_who_gains_and_loses_is_told_by_the_values_of_a_column(runs):
    """补贴 50 % to 60 %, and 400 is no longer 高: trips 3 (400.00) and 4 (800.00) were 高, now only 4 is."""
    one = read_run("A", runs("a"))
    changed = RULES.replace("50%", "60%").replace("运费 > 300", "运费 > 400")
    other = read_run("B", runs("b", changed))
    with Sheets(one, other, "明细") as sheets:
        found = {gain.value: (gain.rows, gain.sums["补贴"]) for gain in gains(sheets, "档次")}
        assert found["低"] == ((2, 3), (Decimal("150.00"), Decimal("420.00")))
        assert found["高"] == ((2, 1), (Decimal("600.00"), Decimal("480.00"))) and len(found) == 2
        with pytest.raises(DataError, match="没有列 没有"):
            gains(sheets, "没有")
    with Sheets(one, other, "车队表") as sheets:
        most = changed_most(gains(sheets, "车队号"), "车队补贴")
        assert [(gain.value, gain.change("车队补贴")) for gain in most] == [("西", 120), ("东", 30)]
    _, said = compare(one.folder, other.folder, "--by", "车队号")
    assert ["西", "600.00", "720.00", "+120.00", "1", "1"] in [line.split() for line in said.splitlines()]


def test_a_column_that_a_statement_does_not_have_is_told_and_none_of_its_rows_is_listed_as_of_a_value(runs):
    one, other = runs("a"), runs("b", RULES.replace("50%", "60%"))
    _, said = compare(one, other, "--by", "车对号", "--of", "东")
    assert said.count("没有列 车对号，有：") == 2 and "主键" not in said


def test_a_difference_of_totals_has_all_its_digits():
    before, after = Decimal("0.01"), Decimal("123456789012345678901234567890123456.78")
    assert Changed("金额", 1, before, after).difference == Decimal("123456789012345678901234567890123456.77")


def test_where_only_the_finest_rows_differ_gains_are_told_by_a_key_that_puts_them_together(runs):
    """Fleets are the same: their number is a key of theirs all the same, and stands beside each trip."""
    rules = RULES.replace("列: [补贴, 档次]", "列: [车队号, 补贴, 档次]")
    one, other = runs("a", rules), runs("b", rules.replace("运费 > 300", "运费 > 400"))
    said = compared(str(one), str(other), "", None, {})
    assert [sheet.name for sheet in said.found] == ["明细"] and said.by == "车队号"
    alone = compared(str(runs("c")), str(runs("d", RULES.replace("运费 > 300", "运费 > 400"))), "", None, {})
    assert alone.by == "行程号"
