"""沿 goes along the rows of a group: each from its own values and what came of the row before. Worked out by hand."""

import pytest
from city import city
from click.testing import CliRunner

from engine.api import CannotPrice, load
from engine.check import check_book
from engine.cli import main
from engine.explain import explain
from engine.files.errors import RunStopped
from tests.databases.limits import set_limits

TRIPS = """
行程号,车队号,日期,里程,运费,班次
1,东,2024-12-20,10,100.00,早
2,东,2025-01-10,20,200.00,
3,东,2025-01-25,0,400.00,晚
4,西,2025-02-10,30,70.00,早
5,东,2025-03-15,40,800.00,早
"""
CHAIN = """
链首: {粒度: 行程, 公式: "沿(日期, 若(天数(前值, 日期) ≤ 30, 前值, 日期), 每 车队号, 按 日期WORDS)"}
回头: {粒度: 行程, 公式: "链首 ≠ 日期"}
表一: {粒度: 行程, 列: [链首, 回头]}
结算: {期间: 年, 报表: [表一]}
"""
OWED = """
每次还: {单位: 元, 取值: {2024-01-01: 150, 2025-02-01: 450}}
欠款:
  粒度: 行程
  单位: 元
  公式: "沿(运费, 较大(前值 + 运费 ÷ 3 − 每次还, 0), 每 车队号, 按 日期, 范围 [0, 1000], 舍入 2)"
表一: {粒度: 行程, 列: [欠款]}
结算: {期间: 年, 报表: [表一]}
"""


def settled(tmp_path, rules, trips=TRIPS):
    """A run of ``rules``, on both engines of the city."""
    made = city(tmp_path, rules)
    made.data(行程=trips)
    return made.run()


def test_rows_before_the_period_are_seen_unless_it_says_no(tmp_path):
    # 12-20 → 01-10 is 21 days; 12-20 → 01-25 is 36, so that a new chain begins there; 01-25 → 03-15 is 49.
    done = settled(tmp_path / "all", CHAIN.replace("WORDS", ""))
    assert done.lines("表一") == ["2 2024-12-20 是", "3 2025-01-25 否", "4 2025-02-10 否", "5 2025-03-15 否"]
    # Without 12-20 the chain begins on 01-10, and 01-25 is 15 days later.
    done = settled(tmp_path / "own", CHAIN.replace("WORDS", ", 限本期"))
    assert done.lines("表一") == ["2 2025-01-10 否", "3 2025-01-10 是", "4 2025-02-10 否", "5 2025-03-15 否"]


def test_each_row_goes_by_the_figures_of_its_own_day(tmp_path):
    # 100; 100 + 66.666… − 150 = 16.67; 16.67 + 133.333… − 150 = 0.00; 西 70; 0 + 266.666… − 450 is below zero.
    assert settled(tmp_path, OWED).lines("表一") == ["2 16.67", "3 0", "4 70", "5 0"]


def test_what_came_before_is_looked_for_in_the_list_of_the_rows_own_day(tmp_path):
    rules = """
可改: {类别: [早, 晚], 多值: 是, 取值: {2024-01-01: 早, 2025-03-01: 早、晚}}
类: {粒度: 行程, 类别: [早, 晚], 分情形: {"里程 属于 (15, 35)": 晚, 否则: 早}}
续: {粒度: 行程, 类别: [早, 晚], 公式: "沿(类, 若(前值 属于 可改, 类, 前值), 每 车队号, 按 日期)"}
表一: {粒度: 行程, 列: [续]}
结算: {期间: 年, 报表: [表一]}
"""
    # 早; it may change, so 晚; in January 晚 may not; in March it may: 早.
    assert settled(tmp_path, rules).lines("表一") == ["2 晚", "3 晚", "4 晚", "5 早"]


def test_coarse_rows_go_along_their_months(tmp_path):
    rules = """
车队月: {键: [车队号, 月份]}
月份: {粒度: 行程, 公式: 年月(日期)}
月运费: {粒度: 车队月, 单位: 元, 公式: 合计(运费)}
余额: {粒度: 车队月, 单位: 元, 公式: "沿(月运费, 前值 ÷ 2 + 月运费, 每 车队号, 按 月份, 范围 [0, 10000], 舍入 2)"}
表一: {粒度: 车队月, 列: [余额]}
结算: {期间: 年, 报表: [表一]}
"""
    # 200 + 400; 600 ÷ 2 + 800.
    assert settled(tmp_path, rules).lines("表一") == ["东 2025-01 600", "东 2025-03 1100", "西 2025-02 70"]


def test_nothing_changes_where_rows_are_many(tmp_path, monkeypatch):
    set_limits(monkeypatch, many=0)
    monkeypatch.setattr("engine.execute.sql.along_rows.AT_A_TIME", 2)
    assert settled(tmp_path / "1", OWED).lines("表一") == ["2 16.67", "3 0", "4 70", "5 0"]
    own = CHAIN.replace("WORDS", ", 限本期")
    assert settled(tmp_path / "2", own).lines("表一")[1] == "3 2025-01-10 是"


def test_the_run_says_that_rows_were_gone_through_one_by_one(tmp_path):
    notes = settled(tmp_path, OWED).result.notes
    assert [note for note in notes if note.startswith("欠款 逐行推算") and "4 行" in note]


def test_what_cannot_be_known_holds_that_row_and_all_later_ones_of_its_group(tmp_path):
    rules = """
每里: {粒度: 行程, 单位: 元, 公式: "沿(运费, 前值 + 运费 ÷ 里程, 每 车队号, 按 日期, 范围 [0, 1000], 舍入 2)"}
表一: {粒度: 行程, 列: [每里]}
结算: {期间: 年, 需要: {行程: [每里]}, 挂起上限: 9, 报表: [表一]}
"""
    done = settled(tmp_path, rules)
    assert done.lines("表一") == ["2 110", "4 70"]
    held = sorted((held.key, held.reason) for held in done.result.held)
    assert held == [("3", "每里：除以零"), ("5", "每里：除以零")]


def test_a_number_outside_its_range_is_not_known(tmp_path):
    made = city(tmp_path, OWED.replace("[0, 1000]", "[0, 16]"))
    made.data(行程=TRIPS)
    with pytest.raises(RunStopped) as stopped:
        made.run()
    assert "沿 推出 100，不在范围 [0, 16] 里" in "".join([str(stopped.value), *stopped.value.details])


def test_a_group_that_is_too_long_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.execute.reference.along.MOST_ROWS", 3)
    monkeypatch.setattr("engine.execute.sql.along.MOST_ROWS", 3)
    made = city(tmp_path, CHAIN.replace("WORDS", ""))
    made.data(行程=TRIPS)
    with pytest.raises(RunStopped) as stopped:
        made.run()
    told = "".join([str(stopped.value), *stopped.value.details])
    assert "沿 最多推 3 行，每 车队号 的一组（车队号 = 东）有 4 行" in told


@pytest.mark.slow
def test_ten_thousand_rows_are_gone_through_and_one_more_is_too_many(tmp_path):
    rules = """
次: {粒度: 行程, 单位: 次, 公式: "沿(1, 前值 + 1, 每 车队号, 按 日期, 限本期, 范围 [0, 10000], 舍入 0)"}
最多次: {粒度: 车队, 单位: 次, 公式: 最大(次)}
表一: {粒度: 车队, 列: [最多次]}
结算: {期间: 年, 报表: [表一]}
"""
    rows = [f"{number:05d},东,2025-01-10,1,1.00," for number in range(10_000)]
    text = "行程号,车队号,日期,里程,运费,班次\n" + "\n".join(rows)
    assert settled(tmp_path / "1", rules, text).lines("表一") == ["东 10000", "西 空"]
    made = city(tmp_path / "2", rules)
    made.data(行程=text + "\n99999,东,2025-01-10,1,1.00,")
    with pytest.raises(RunStopped) as stopped:
        made.run()
    assert "（车队号 = 东）有 10001 行" in "".join([str(stopped.value), *stopped.value.details])


def test_a_rule_that_reads_itself_on_the_row_before_is_told_of_it(tmp_path):
    rules = """
链首: {粒度: 行程, 公式: "若(有 上个, 上个, 日期)"}
上个: {粒度: 行程, 类型: 日期, 公式: "上一条(链首, 每 车队号, 按 日期)"}
表一: {粒度: 行程, 列: [链首]}
结算: {期间: 年, 报表: [表一]}
"""
    (circle,) = [p for p in check_book(city(tmp_path, rules).book()) if p.code == "E308"]
    assert "沿(首行, 后行, 每 …, 按 …)" in circle.hint


def test_what_joins_it_with_sums_says_which_rows_it_means(tmp_path):
    rules = CHAIN + '多: {粒度: 车队, 单位: 个, 公式: "计数(行程, 当 回头)"}\n表二: {粒度: 车队, 列: [多]}\n'
    rules = rules.replace("报表: [表一]", "报表: [表一, 表二]")
    found = [p for p in check_book(city(tmp_path, rules.replace("WORDS", "")).book()) if p.is_error]
    assert [(p.code, "链首 的 沿 也看 行程 本期以前的行" in p.message) for p in found] == [("E505", True)]
    assert not [p for p in check_book(city(tmp_path / "2", rules.replace("WORDS", ", 含以往")).book()) if p.is_error]


def test_what_only_rows_of_the_run_have_is_not_gone_along_on_older_ones(tmp_path):
    rules = """
位次: {粒度: 行程, 公式: "名次(运费, 从大到小)"}
连: {粒度: 行程, 单位: 个, 公式: "沿(1, 前值 + 缺省(位次, 0), 每 车队号, 按 日期, WORD, 范围 [0, 9], 舍入 0)"}
表一: {粒度: 行程, 列: [连]}
结算: {期间: 年, 报表: [表一]}
"""
    for word, codes in (("含以往", ["E505"]), ("限本期", [])):
        book = city(tmp_path / word, rules.replace("WORD", word)).book()
        assert [p.code for p in check_book(book) if p.is_error] == codes


# explained


def call(done, key, value, rows=None):
    (step,) = explain(done.out, "行程", key, value, rows)
    (found,) = [inner for inner in step.steps if inner.kind == "call"]
    return found


def test_the_chain_is_told_with_what_came_of_each_row_and_the_numbers_of_this_one(tmp_path):
    done = settled(tmp_path, CHAIN.replace("WORDS", ""))
    found = call(done, "3", "链首")
    assert found.remark == (
        "每 车队号 = 东，4 行按 日期 排，这一行 日期 2025-01-25，排第 3"
        "；前面各行推出：1（本期以前） 2024-12-20，2 2024-12-20；前值 是 2024-12-20"
    )
    assert found.numbers == (
        "若(天数(前值, 日期) ≤ 30, 前值, 日期) → 若(天数(2024-12-20, 2025-01-25) ≤ 30, 2024-12-20, 2025-01-25)"
    )
    assert (found.value, [step.name for step in found.steps]) == ("2025-01-25", ["日期"])
    assert "排第 1，是第一行，取首行" in call(done, "4", "链首").remark


def test_all_rows_of_it_are_listed_where_they_are_asked_for(tmp_path):
    done = settled(tmp_path, OWED)
    listed = [step for step in call(done, "5", "欠款", 99).steps if step.kind == "row"]
    assert [(step.key, step.value) for step in listed] == [("1", "100"), ("2", "16.67"), ("3", "0"), ("5", "0")]


def test_the_plan_says_that_it_looks_along_its_group(tmp_path):
    made = city(tmp_path, CHAIN.replace("WORDS", ""))
    told = CliRunner().invoke(main, ["plan", str(made.region), "结算"]).output
    assert "沿(日期, 若(天数(前值, 日期) ≤ 30, 前值, 日期), 每 车队号, 按 日期)" in told
    assert "同组" in told


def test_one_trip_alone_cannot_give_it(tmp_path):
    made = city(tmp_path, CHAIN.replace("WORDS", ""))
    with pytest.raises(CannotPrice, match="链首 用 沿 看 行程 的其他行"):
        load(made.region, "2025", made.folder / "data", program="结算", of=["链首"])
