"""Every row that comes in ends in exactly one place, and rows and yuan add up."""

from fractions import Fraction

import duckdb
import pytest
from city import TRIPS, city

from engine.commands.result_shown import print_accounts
from engine.explain.explain import explanation

PAID = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
补贴表: {粒度: 车队, 列: [车队补贴]}
"""
SORTED = (
    PAID
    + """
里程过长: {粒度: 行程, 拒收: 里程 > 1000, 说明: 里程不会这么长}
没有班次: {粒度: 行程, 公式: 没有 班次}
系数: {粒度: 行程, 公式: 运费 ÷ 里程}
结算:
  期间: 年
  排除: {行程: [没有班次]}
  需要: {行程: [系数]}
  挂起上限: 1
  报表: [补贴表]
"""
)
SIX = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,20,200.00,
3,西,2025-02-10,0,400.00,晚
4,西,2025-03-15,4000,800.00,早
5,西,2024-12-31,40,1600.00,早
6,西,2025-04-01,40,3200.005,早
7,西,2025-04-01,40,3200.00,早
"""


@pytest.fixture
def sorted_rows(tmp_path):
    return city(tmp_path, SORTED, 行程=SIX).run()


def test_each_row_ends_in_exactly_one_of_five_places(sorted_rows):
    account = sorted_rows.account()
    assert account.states == {"期外": 1, "拒收": 2, "排除": 1, "挂起": 1, "结算": 2}
    assert account.rows == sum(account.states.values()) == 7


def test_the_check_or_rule_that_left_a_row_out_is_named(sorted_rows):
    assert sorted_rows.account().by == {
        ("拒收", "里程过长"): 1, ("拒收", "数据格式"): 1, ("排除", "没有班次"): 1, ("挂起", "系数"): 1,
    }  # fmt: skip


def test_yuan_add_up_to_what_was_delivered(sorted_rows):
    sums = sorted_rows.account().sums
    assert {state: found["运费"] for state, found in sums.items()} == {
        "期外": 1600, "拒收": 800, "排除": 200, "挂起": 400, "结算": 3300,
    }  # fmt: skip


def test_only_settled_rows_are_paid(sorted_rows):
    assert sorted_rows.lines("补贴表") == ["东 50", "西 1600"]


def test_a_held_row_says_what_it_needs_and_why(sorted_rows):
    (held,) = sorted_rows.result.held
    assert (held.key, held.need, held.cause, held.reason) == ("3", "系数", "除以零", "系数：除以零")


def test_run_json_holds_the_same_accounting(sorted_rows):
    (entry,) = [e for e in sorted_rows.run_json["accounting"] if e["table"] == "行程"]
    assert entry["rows"] == 7 and sum(entry["states"].values()) == 7
    assert sum(Fraction(found["运费"]) for found in entry["sums"].values()) == 6300


def test_more_held_rows_than_allowed_stop_the_run_with_their_causes(tmp_path):
    said = city(tmp_path, SORTED.replace("挂起上限: 1", "挂起上限: 0"), 行程=SIX).stopped()
    assert "有 1 行不能结算（挂起），结算 允许 0 行" in said and "1 行：系数 无法确定，系数：除以零" in said


def test_without_a_limit_no_row_may_be_held(tmp_path):
    assert "允许 0 行" in city(tmp_path, SORTED.replace("  挂起上限: 1\n", ""), 行程=SIX).stopped()


def test_a_table_of_which_every_row_is_rejected_while_reading_is_in_the_account(tmp_path):
    rows = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-13-01,1,1,\n2,东,2025-01-01,x,1,\n"
    account = city(tmp_path, SORTED.replace("  挂起上限", "  拒收上限: 100%\n  挂起上限"), 行程=rows).run().account()
    assert (account.rows, account.states) == (2, {"拒收": 2})


def test_rows_of_other_tables_that_nothing_read_are_counted(tmp_path):
    rules = PAID + "大车队补贴: {粒度: 行程, 单位: 元, 舍入: 2, 分情形: {等级 = 大: 补贴, 否则: 0}}\n"
    rules += "明细: {粒度: 行程, 列: [大车队补贴]}\n结算: {期间: 年, 报表: [明细]}\n"
    fleets = "车队号,等级\n东,大\n西,小\n南,小\n北,大\n"
    account = city(tmp_path, rules, 车队=fleets).run().account("车队")
    assert (account.rows, account.states, account.unread) == (4, {"参加": 4}, 2)


def test_a_delivered_table_that_the_program_does_not_read_is_named(tmp_path):
    made = city(tmp_path, PAID + "结算: {期间: 年, 报表: [补贴表]}\n", 行称="a\n1\n")
    made.write("data/说明.txt", "给人看的")
    record = made.run().run_json
    assert record["unused_tables"] == ["行称"] and [f.rsplit("/", 1)[1] for f in record["unused_files"]] == ["说明.txt"]


# What 需要 depends on sums over all accepted rows, every other aggregate over the settled ones.

TWO_SUMS = """
全部运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
占比: {粒度: 行程, 舍入: 4, 公式: 运费 ÷ 全部运费 ÷ 里程}
结算运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
占比合计: {粒度: 车队, 公式: 合计(占比)}
占比表: {粒度: 车队, 列: [全部运费, 结算运费, 占比合计]}
结算: {期间: 年, 需要: {行程: [占比]}, 挂起上限: 9, 报表: [占比表]}
"""


def test_needed_values_sum_over_accepted_rows_and_others_over_settled_ones(tmp_path):
    trips = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,1,100.00,
2,东,2025-01-20,2,300.00,
3,东,2025-02-10,0,600.00,
"""
    done = city(tmp_path, TWO_SUMS, 行程=trips).run()
    # 全部运费 is what 占比 needs: 100 + 300 + 600. Row 3 is held (÷ 0): 结算运费 is 400.
    # 100/1000/1 + 300/1000/2 = 0.1 + 0.15
    assert done.lines("占比表") == ["东 1000 400 0.25", "西 0 0 0"]
    assert done.account().states == {"结算": 2, "挂起": 1}


def test_rejected_rows_are_in_no_sum_at_all(tmp_path):
    rules = TWO_SUMS + "太贵: {粒度: 行程, 拒收: 运费 > 500 元}\n".replace(" 元}", "}")
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,100.00,\n2,东,2025-01-20,1,600.00,\n"
    assert city(tmp_path, rules, 行程=trips).run().lines("占比表") == ["东 100 100 1", "西 0 0 0"]


# Side tables keyed by a settled table follow it.

SIDE = """
加班:
  主键: [行程号, 序号]
  可缺行: 是
  字段:
    行程号: → 行程
    序号: 文本
    加班费: 元
加班合计: {粒度: 行程, 单位: 元, 公式: 合计(加班费)}
全部加班: {粒度: 车队, 单位: 元, 公式: 合计(加班合计)}
加班表: {粒度: 车队, 列: [全部加班]}
结算: {期间: 年, 报表: [加班表]}
"""
OVERTIME = "行程号,序号,加班费\n1,1,5.00\n1,2,6.00\n3,1,7.00\n8,1,900.00\n"


def test_rows_that_belong_to_a_settled_row_follow_it(tmp_path):
    trips = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,1,100.00,
3,东,2024-01-20,2,300.00,
"""
    done = city(tmp_path, SIDE, 行程=trips, 加班=OVERTIME).run()
    assert done.lines("加班表") == ["东 11", "西 0"]
    assert done.account("加班").states == {"参加": 2, "期外": 2}


# A table whose key is its 归期.

BUDGETS = """
年度经费: {主键: [等级, 年度], 归期: 年度, 字段: {等级: [大, 小], 年度: 年, 总额: 元}}
月度经费: {主键: [等级, 月份], 归期: 月份, 字段: {等级: [大, 小], 月份: 年月, 本月额: 元}}
年额: {粒度: 等级, 单位: 元, 公式: 总额}
"""
YEARS = "等级,年度,总额\n大,2024,1\n大,2025,1200\n小,2025,600\n"
MONTHS = "等级,月份,本月额\n大,2025-01,10\n大,2025-02,20\n大,2026-01,500\n小,2025-02,7\n"


def test_the_period_fixes_a_year_key_in_a_month_and_a_month_key_too(tmp_path):
    rules = BUDGETS + "月额: {粒度: 等级, 单位: 元, 公式: 本月额}\n经费表: {粒度: 等级, 列: [年额, 月额]}\n"
    rules += "结算: {期间: 月, 报表: [经费表]}\n"
    made = city(tmp_path, rules, 年度经费=YEARS, 月度经费=MONTHS + "小,2025-01,9\n")
    assert made.run(period="2025-02").lines("经费表") == ["大 1200 20", "小 600 7"]
    assert made.run(period="2025-01").lines("经费表") == ["大 1200 10", "小 600 9"]


def test_in_a_year_several_months_are_read_through_an_aggregate(tmp_path):
    rules = BUDGETS + "月额: {粒度: 等级, 单位: 元, 公式: 合计(本月额)}\n经费表: {粒度: 等级, 列: [年额, 月额]}\n"
    rules += "结算: {期间: 年, 报表: [经费表]}\n"
    done = city(tmp_path, rules, 年度经费=YEARS, 月度经费=MONTHS).run()
    assert done.lines("经费表") == ["大 1200 30", "小 600 7"]
    assert done.account("月度经费").states == {"期外": 1, "参加": 3}


def test_in_a_year_a_month_is_not_read_without_saying_which(tmp_path):
    rules = BUDGETS + "月额: {粒度: 等级, 单位: 元, 公式: 本月额}\n经费表: {粒度: 等级, 列: [年额, 月额]}\n"
    rules += "结算: {期间: 年, 报表: [经费表]}\n"
    assert "E504" in city(tmp_path, rules, 年度经费=YEARS, 月度经费=MONTHS).stopped()


# Checks that warn, and the program's own choice of rows.


def test_a_reminder_counts_rows_and_keeps_them(tmp_path):
    rules = PAID + "没写班次: {粒度: 行程, 提醒: 没有 班次}\n结算: {期间: 年, 报表: [补贴表]}\n"
    done = city(tmp_path, rules).run()
    assert done.run_json["warnings"] == {"没写班次": 1} and done.account().states == {"结算": 4}


def test_a_program_may_choose_rows_of_earlier_years(tmp_path):
    rules = PAID + "结算: {期间: 年, 行: {行程: '年(日期) 属于 [期年 − 1, 期年 − 1]'}, 报表: [补贴表]}\n"
    done = city(tmp_path, rules).run(period="2026")
    assert done.lines("补贴表") == ["东 150", "西 600"]
    assert done.account().states == {"结算": 4}


# A sum in a check runs over the rows of the period; one in an exclusion over those that no check rejected.

BUSY = (
    PAID + "趟数: {粒度: 车队, 公式: 计数(行程)}\n趟表: {粒度: 车队, 列: [趟数]}\n太多: {粒度: 行程, 公式: 趟数 > 1}\n"
)
THREE = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,
2,东,2025-01-20,2000,200.00,
3,东,2024-02-10,10,400.00,
"""


def test_an_exclusion_by_a_sum_does_not_see_rows_outside_the_period_or_rejected(tmp_path):
    rules = BUSY + "过长: {粒度: 行程, 拒收: 里程 > 1000}\n结算: {期间: 年, 排除: {行程: [太多]}, 报表: [趟表]}\n"
    done = city(tmp_path, rules, 行程=THREE).run()
    assert done.account().states == {"期外": 1, "拒收": 1, "结算": 1} and done.lines("趟表") == ["东 1", "西 0"]


def test_after_an_exclusion_by_a_sum_the_sum_is_over_what_is_left(tmp_path):
    rules = BUSY + "结算: {期间: 年, 排除: {行程: [太多]}, 报表: [趟表]}\n"
    done = city(tmp_path, rules, 行程=THREE).run()
    assert done.account().states == {"期外": 1, "排除": 2} and done.lines("趟表") == ["东 0", "西 0"]


def test_a_check_that_cannot_be_judged_names_what_is_unresolved(tmp_path):
    rules = SORTED.replace("里程过长:", "运费太低: {粒度: 行程, 拒收: 运费 < 里程 × 单价}\n里程过长:")
    rules += "单价: {单位: 元, 取值: {2024-01-01: 0.01}}\n"
    trips = SIX + "8,西,2025-03-01,-5,50,早\n9,西,2025-03-01,5,-50,早\n"
    done = city(tmp_path, rules, 行程=trips).run()
    assert done.account().by[("拒收", "里程 超出范围")] == 1 and done.account().by[("拒收", "运费 超出范围")] == 1
    assert ("拒收", "运费太低") not in done.account().by
    told = {row.key: (row.check, row.reason) for row in done.result.rejected}
    assert told["9"] == ("运费 超出范围", "不能判断 运费太低：运费 -50 超出范围 ≥ 0")
    assert done.account().by[("拒收", "里程过长")] == 1
    assert done.account().sums_by[("拒收", "运费 超出范围")] == {"运费": -50}


def test_rows_of_negative_money_are_said_to_be_like_refunds(tmp_path):
    rules = PAID + "运费太低: {粒度: 行程, 拒收: 运费 < 1}\n结算: {期间: 年, 报表: [补贴表]}\n"
    done = city(tmp_path, rules, 行程=TRIPS + "5,西,2025-03-01,5,-50.00,早\n").run()
    (note,) = done.result.notes
    assert note.startswith("行程 有 1 行的 运费 合计 -50.00 元，拒收了；像是退费") and "退费: {标志: 列" in note


REFUNDED = """
行程:
  来自: trips
  列: {行程号: id, 日期: {列: at, 取: 日期}, 运费: fee}
  退费: {标志: flag, 值: 1, 原单号: of}
"""
RAW = """
id,车队号,at,里程,fee,班次,flag,of
1,东,2025-01-10 08:00:00,10,100.00,早,0,
2,东,2025-01-20 09:30:00,20,200.00,,0,
2-,东,2025-02-01 10:00:00,20,-200.00,,1,2
3,西,2025-02-10 11:00:00,30,400.00,晚,0,
4,西,2025-03-15 12:00:00,40,800.00,早,0,
4-,西,2025-03-16 12:00:00,40,-300.00,早,1,4
"""


@pytest.fixture(scope="module")
def refunded(tmp_path_factory):
    made = city(tmp_path_factory.mktemp("refunded"), PAID + "结算: {期间: 月, 报表: [补贴表]}\n")
    (made.folder / "data" / "行程.csv").unlink()
    return made.data(trips=RAW)


def test_a_refund_and_its_settlement_end_in_a_place_of_their_own(refunded):
    january = refunded.run(period="2025-01", mapping=REFUNDED)
    assert january.lines("补贴表") == ["东 50", "西 0"]
    account = january.account()
    assert account.states == {"期外": 1, "拒收": 2, "冲销": 2, "结算": 1}
    assert account.by[("拒收", "退费和原单合计不为零")] == 2
    assert account.rows == sum(account.states.values()) == 6
    assert {state: found["运费"] for state, found in account.sums.items()} == {
        "期外": 400, "拒收": 500, "冲销": 0, "结算": 100,
    }  # fmt: skip
    (entry,) = [e for e in january.run_json["accounting"] if e["table"] == "行程"]
    assert entry["states"]["冲销"] == 2 and entry["cancelled"] == {"运费": "200"}


def test_a_settlement_of_an_earlier_month_is_cancelled_in_every_month_of_the_delivery(refunded):
    february = refunded.run(period="2025-02", mapping=REFUNDED)
    assert february.lines("补贴表") == ["东 0", "西 200"]
    assert february.account().states == {"期外": 1, "拒收": 2, "冲销": 2, "结算": 1}


def test_what_was_cancelled_is_written_and_explained(refunded):
    done = refunded.run(period="2025-01", mapping=REFUNDED)
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT 主键, 检查, 原因, 行号 FROM '{done.out}/cancelled/行程.parquet'").fetchall()
    assert rows == [("2", "冲销", "由 “2-” 冲销", 3), ("2-", "冲销", "冲销 “2”", 4)]
    assert explanation(done.out, "行程", "2-").left_out.startswith("行程 2- 没有结算：冲销 冲销 “2”，")
    assert "拒收（退费和原单合计不为零）" in explanation(done.out, "行程", "4").left_out


def test_the_screen_shows_what_was_cancelled(refunded, capsys):
    print_accounts(refunded.run(period="2025-01", mapping=REFUNDED).result.accounts)
    shown = capsys.readouterr().out
    assert "行程 冲销：结算后又退费，运费 200.00 元" in shown and "行程 拒收：退费和原单合计不为零 2 行" in shown
    print_accounts(
        refunded.data("other", 行程=SIX).run(period="2025-03", data=("data", "other"), mapping="").result.accounts
    )
    assert "冲销" not in capsys.readouterr().out


def test_which_rows_are_of_the_run_is_asked_by_the_rules_of_the_run_also_of_rows_older_than_these(tmp_path):
    rules = """
归属: {类别: [按日期, 全部], 取值: {2025-01-01: 按日期}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细], 行: {行程: 归属 = 按日期 且 年(日期) = 期年}}
"""
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2024-12-31,10,100.00,\n2,东,2025-01-20,20,200.00,\n"
    (account, *_) = [a for a in city(tmp_path, rules, 行程=trips).run().result.accounts if a.table == "行程"]
    assert account.states == {"期外": 1, "结算": 1}
