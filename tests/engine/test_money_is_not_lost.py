"""Ways in which money once disappeared or moved without a word; each stops, or goes where it belongs."""

import pytest
from city import city

FLEETS = (
    "车队表: {粒度: 车队, 列: [月费], 合计行: 全市}\n全市: {键: []}\n月费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}\n"
)
YEAR = "结算: {期间: 年, 报表: [车队表]}\n"


def test_a_row_whose_fleet_does_not_exist_stops_the_sum_it_is_missing_from(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,100.00,\n2,无此队,2025-01-11,1,1000.00,\n"
    said = city(tmp_path, FLEETS + YEAR, 行程=trips).stopped(period="2025")
    assert "没有 车队号 = 无此队 的行" in said and "归不到它" in said


def test_an_average_in_an_exclusion_does_not_see_other_years(tmp_path):
    rules = FLEETS + (
        "均费: {粒度: 车队, 单位: 元, 公式: '缺省(均值(运费), 0)'}\n高费: {粒度: 行程, 公式: 运费 > 均费}\n"
        "结算: {期间: 年, 排除: {行程: [高费]}, 报表: [车队表]}\n"
    )
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,100.00,\n2,东,2025-01-11,1,10.00,\n"
    made = city(tmp_path, rules, 车队="车队号,等级\n东,大\n", 行程=trips)
    assert made.run(period="2025").lines("车队表") == ["东 10"]
    made.data(行程=trips + "3,东,2024-12-31,1,9000.00,\n")
    assert made.run(period="2025").lines("车队表") == ["东 10"]


def test_what_a_series_leaves_to_a_combination_of_keys_goes_on_through_an_empty_month(tmp_path):
    rules = (
        "队班: {键: [车队号, 班次]}\n余: {粒度: 队班, 单位: 元, 公式: '上期(余, 0) + 合计(运费)'}\n"
        "余表: {粒度: 队班, 列: [余]}\n结算: {期间: 月, 连续: 年, 报表: [余表]}\n"
    )
    trips = (
        "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,10.00,早\n2,东,2025-02-10,1,20.00,晚\n"
        "3,东,2025-03-10,1,40.00,早\n"
    )
    made = city(tmp_path, rules, 车队="车队号,等级\n东,大\n", 行程=trips)
    assert made.run(period="2025-02").lines("余表") == ["东 早 10", "东 晚 20"]
    assert made.run(period="2025-03").lines("余表") == ["东 早 50", "东 晚 20"]


def test_a_pool_with_money_and_nobody_to_share_it_stops(tmp_path):
    rules = (
        "等级池: {键: [等级]}\n拨额: {粒度: 等级池, 单位: 元, 公式: '若(等级 = 大, 30, 5) × 单价'}\n"
        "单价: {单位: 元, 取值: {2020-01-01: 1}}\n权: {粒度: 行程, 公式: 里程}\n"
        "份: {粒度: 大行程, 单位: 元, 公式: '分摊(拨额, 里程)'}\n大行程: {行: 行程, 条件: 等级 = 大}\n"
        "份表: {粒度: 大行程, 列: [份]}\n结算: {期间: 年, 报表: [份表]}\n"
    )
    assert "没有一行可以分" in city(tmp_path, rules).stopped(period="2025")


def test_an_empty_register_stops_the_run_instead_of_emptying_its_statement(tmp_path):
    rules = (
        "车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}\n"
        "车队表: {粒度: 车队, 列: [车队运费]}\n结算: {期间: 年, 报表: [车队表]}\n"
    )
    said = city(tmp_path, rules, 车队="车队号,等级").stopped()
    assert "表 车队 交来了，可是没有一行；行程 有 4 行要归到它" in said and "可缺行" in said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("h9", "H09"), ("H-09", "H09"), ("H009", "H09"), ("H09x", "H09"), ("X12", "H12"),
        ("H0", "H09"), ("H19", ""), ("查", ""),
    ],
)  # fmt: skip
def test_a_reference_to_no_row_names_the_row_that_is_meant(tmp_path, written, meant):
    fleets = "车队号,等级\nH09,大\nH12,小\n"
    trips = f"行程号,车队号,日期,里程,运费\n1,H12,2025-01-10,10,100\n2,{written},2025-01-20,20,200\n"
    rules = "车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}\n车队表: {粒度: 车队, 列: [车队运费]}\n"
    rules += "结算: {期间: 年, 报表: [车队表]}\n"
    said = city(tmp_path, rules, 车队=fleets, 行程=trips).stopped()
    near = f"（是不是 {meant}？）" if meant else ""
    assert f"表 车队 没有 车队号 = {written} 的行{near}，行程 有 1 行（如 2）归不到它" in said


def test_a_row_that_was_refused_is_said_to_be_and_no_other_is_proposed(tmp_path):
    rules = "车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}\n车队表: {粒度: 车队, 列: [等级, 车队运费]}\n"
    rules += "结算: {期间: 年, 报表: [车队表]}\n"
    fleets, trips = "车队号,等级\n东1,大型\n东2,小\n", "行程号,车队号,日期,里程,运费\n1,东1,2025-01-10,1,1\n"
    made = city(tmp_path, rules, 车队=fleets, 行程=trips)
    assert "没有 车队号 = 东1 的行（交来的那一行拒收了），行程 有 1 行" in made.stopped()
