"""上期: published, computed in order, or not known; never guessed."""

import pytest
from city import city

from engine.data.record import read_record
from engine.files.errors import DataError

MONTHLY = """
车队号月费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
结余: {粒度: 车队, 单位: 元, 公式: '上期(结余, 0) + 车队号月费'}
结余表: {粒度: 车队, 列: [结余]}
结算: {期间: 月, 连续: 年, 报表: [结余表]}
""".replace("车队号月费", "月费")


def test_the_first_value_stands_in_january(tmp_path):
    assert city(tmp_path, MONTHLY).run(period="2025-01").lines("结余表") == ["东 300", "西 0"]


def test_later_months_run_those_before_them_in_order(tmp_path):
    assert city(tmp_path, MONTHLY).run(period="2025-03").lines("结余表") == ["东 300", "西 1200"]


def test_a_published_value_beats_what_would_be_computed_again(tmp_path):
    made = city(tmp_path, MONTHLY)
    january = made.run(period="2025-01")
    made.data(行程="行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,999.00,\n3,西,2025-02-10,30,400.00,\n")
    assert made.run(period="2025-02").lines("结余表") == ["东 999", "西 400"]
    assert made.run(period="2025-02", previous=january.out).lines("结余表") == ["东 300", "西 400"]


def test_a_row_that_is_new_begins_with_the_first_value(tmp_path):
    made = city(tmp_path, MONTHLY, 车队="车队号,等级\n东,大\n")
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,100.00,\n"
    january = made.data(行程=trips).run(period="2025-01")
    made.data(车队="车队号,等级\n东,大\n西,小\n", 行程=trips + "3,西,2025-02-10,30,400.00,\n")
    assert made.run(period="2025-02", previous=january.out).lines("结余表") == ["东 100", "西 400"]


def test_a_month_that_was_not_delivered_is_no_reason_to_begin_again(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n3,西,2025-02-10,30,400.00,\n"
    said = city(tmp_path, MONTHLY, 行程=trips).stopped(period="2025-02")
    assert "没有上期的 结余：2025-01 的数据没有交来" in said


BUDGET = "预算: {主键: [车队号, 月份], 归期: 月份, 字段: {车队号: → 车队, 月份: 年月, 额度: 元}}\n"
BUDGET += MONTHLY.replace("+ 月费", "+ 月费 − 缺省(合计(额度), 0)")
FEBRUARY = "车队号,月份,额度\n东,2025-02,30.00\n西,2025-02,0.00\n东,2025-03,1.00\n西,2025-03,0.00\n"


def test_a_month_with_a_budget_and_no_rows_is_a_month(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,100.00,\n2,东,2025-03-10,1,10.00,\n"
    budget = "车队号,月份,额度\n东,2025-01,0.00\n西,2025-01,0.00\n" + FEBRUARY.partition("\n")[2]
    done = city(tmp_path, BUDGET, 行程=trips, 预算=budget).run(period="2025-03")
    assert done.lines("结余表") == ["东 79", "西 0"]  # 100 − 30 + 10 − 1
    assert "2025-02 交来了别的表的行，没有 行程 的行：按那一期没有来算" in done.result.notes


def test_a_month_of_which_only_a_budget_came_does_not_begin_a_year(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n2,东,2025-03-10,1,10.00,\n"
    said = city(tmp_path, BUDGET, 行程=trips, 预算=FEBRUARY).stopped(period="2025-03")
    assert "2025-02 的数据没有交来" in said


def test_a_value_that_the_earlier_result_does_not_have_is_not_known(tmp_path):
    made = city(tmp_path, MONTHLY + "别的: {期间: 月, 报表: [费表]}\n费表: {粒度: 车队, 列: [月费]}\n")
    other = made.run("别的", period="2025-01")
    assert "各期连着算，上期只能是它自己的" in made.stopped(period="2025-02", previous=other.out)
    made.rules(made.region.joinpath("规则.yaml").read_text("utf-8").partition("\n")[2].replace("连续: 年, ", ""))
    other = made.run("别的", period="2025-01")
    assert "上期的结果" in (said := made.stopped(period="2025-02", previous=other.out)) and "里没有 结余" in said


@pytest.mark.parametrize("period", ["2025-02", "2025-03", "2026-01"])
def test_the_result_of_another_month_is_not_the_month_before(tmp_path, period):
    made = city(tmp_path, MONTHLY)
    out = made.run(period="2025-02" if period != "2025-03" else "2025-01").out
    assert "的上期是" in made.stopped(period=period, previous=out)


def test_what_is_no_result_is_refused_as_previous(tmp_path):
    made = city(tmp_path, MONTHLY)
    assert "不是一次运行的输出" in made.stopped(period="2025-02", previous=tmp_path / "data")


def test_the_folder_of_a_range_is_told_from_its_results(tmp_path):
    made = city(tmp_path, MONTHLY)
    result = made.run(period="2025-01").out
    (tmp_path / "months").mkdir()
    result.rename(tmp_path / "months" / "2025-01")
    with pytest.raises(DataError) as told:
        read_record(tmp_path / "months")
    assert "不是一次运行的输出" in told.value.message
    assert told.value.hint.endswith(f"（2025-01）：写一期的，如 {tmp_path / 'months' / '2025-01'}")


def test_more_held_rows_in_an_earlier_month_stop_the_series_too(tmp_path):
    rules = MONTHLY + "单价: {粒度: 行程, 公式: 运费 ÷ 里程}\n"
    rules = rules.replace("连续: 年,", "连续: 年, 需要: {行程: [单价]},")
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,0,5.00,\n3,西,2025-02-10,30,400.00,\n"
    assert "2025-01 有 1 行不能结算" in city(tmp_path, rules, 行程=trips).stopped(period="2025-02")


def test_an_explanation_shows_the_value_of_the_month_before(tmp_path):
    from engine.explain import explain

    (step,) = explain(city(tmp_path, MONTHLY).run(period="2025-03").out, "车队", "西", "结余")
    (before,) = [inner for inner in step.steps if inner.name == "上期(结余)"]
    assert before.value == "400" and before.remark.startswith("2025-02 的值")


# Outside a series.

ALONE = (
    MONTHLY.replace(" 连续: 年,", "").replace("上期(结余, 0) + 月费", "月费").replace("列: [结余]", "列: [结余, 增加]")
    + "增加: {粒度: 车队, 单位: 元, 公式: 结余 − 上期(结余)}\n"
)


def test_outside_a_series_the_rows_of_the_month_before_are_used_if_delivered(tmp_path):
    assert city(tmp_path, ALONE).run(period="2025-03").lines("结余表") == ["东 0 0", "西 800 400"]


def test_outside_a_series_missing_rows_leave_it_unresolved(tmp_path):
    assert "没有上期的 结余：2024-12 的数据没有交来" in city(tmp_path, ALONE).stopped(period="2025-01")


def test_a_range_of_months_in_one_go_equals_one_after_the_other(tmp_path):
    made = city(tmp_path, MONTHLY)
    previous = None
    for month in ("2025-01", "2025-02", "2025-03"):
        one = made.run(period=month, previous=previous)
        previous = one.out
    assert one.digests == made.run(period="2025-03").digests
