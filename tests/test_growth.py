"""What a few lines can make grow without end is bounded, and told with the name of what grows."""

import datetime

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.rulebook.book import load
from engine.rulebook.wanted import closure, reaching

HEAD = "依据: 办法\n人: {主键: 编号, 归期: 日期, 字段: {编号: 文本, 日期: 日期, 数: 个}%s}\n池: {键: [日期]}\n"


def casemix(*words):
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="casemix")


@pytest.fixture
def region(tmp_path):
    """Writes a region with these rules."""

    def made(rules, hints=""):
        (tmp_path / "region.yaml").write_text(
            "名称: 试\n施行: 2025-01-01\n文件:\n  办法: {题名: 试行\u3000办法}\n", "utf-8"
        )
        (tmp_path / "rules.yaml").write_text(HEAD % hints + rules, "utf-8")
        return tmp_path

    return made


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_chain_of_squares_ends_with_the_name_of_the_rule_that_is_too_long(region, tmp_path, engine):
    squares = "".join(f"方{n}: {{粒度: 池, 公式: 方{n - 1} × 方{n - 1}}}\n" for n in range(1, 27))
    last = "方0: {粒度: 池, 公式: 合计(数) ÷ 7}\n末: {粒度: 池, 舍入: 2, 公式: 方26}\n"
    town = region(squares + last + "池表: {粒度: 池, 列: [末]}\n月结: {期间: 月, 报表: [池表]}\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "人.csv").write_text("编号,日期,数\na,2025-01-02,3\n", "utf-8")
    place = ("--data", tmp_path / "data", "--out", tmp_path / "out", "--engine", engine)
    done = casemix("run", town, "月结", "--period", "2025-01", *place)
    assert done.exit_code == 1 and "的值超过 30000 位数" in done.output and "方16" in done.output


def test_a_parameter_has_so_many_dates_and_no_more(region):
    days = [datetime.date(2025, 1, 1) + datetime.timedelta(days=n) for n in range(5000)]
    town = region(f"比例: {{单位: 比例, 取值: {{{', '.join(f'{day}: 50%' for day in days)}}}}}\n")
    done = casemix("check", town)
    assert "E103 比例 的 取值 有 5000 个日期，最多 1000 个" in done.output.replace("\n", "")


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("行数: 1000000000000", "行数 最多 2000000000"),
        ("行数: {每月: 1000000000000}", "每月 最多 2000000000"),
        ("字段: {编号: {编号: {位数: 1000000000}}}", "位数 最多 40"),
    ],
)
def test_made_up_rows_and_places_are_bounded(region, tmp_path, hint, said):
    town = region("", f", 合成: {{{hint}}}")
    done = casemix("synth", town, "--cases", "5", "--period", "2025", "--out", tmp_path / "out")
    assert done.exit_code == 1 and said in done.output


def test_what_reaches_a_name_is_what_has_it_in_its_closure(region):
    rules = "甲: {粒度: 人, 公式: 数 × 2}\n乙: {粒度: 人, 公式: 甲 × 2}\n丙: {粒度: 人, 公式: 数 × 3}\n"
    rules += "丁: {粒度: 池, 公式: 合计(乙) + 合计(丙)}\n"
    snapshot = load(str(region(rules))).at(datetime.date(2025, 1, 1))
    for wanted in ({"甲"}, {"丙"}, {"乙", "丙"}, set()):
        users = {name for name in snapshot.entries if closure(snapshot, {name}) & wanted}
        assert reaching(snapshot, wanted) & set(snapshot.entries) == users
