"""Every row has a date, and the rules of that date; layers, notices and switches in force by day."""

import pytest
from city import city

PAID = """
补贴率: {单位: 比例, 取值: {2024-01-01: 50%}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 补贴率}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""
DAYS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-06-30,20,100.00,
3,西,2025-07-01,30,100.00,晚
"""


def test_a_notice_of_july_does_not_touch_rows_of_january(tmp_path):
    made = city(tmp_path, PAID, 行程=DAYS)
    made.notice(
        "调价",
        "2025-07-01",
        "替换:\n  补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 补贴率 + 里程 × 1}\n".replace(
            " + 里程 × 1", " × 2"
        ),
    )
    assert made.run().lines("明细") == ["1 50", "2 50", "3 100"]


def test_columns_that_only_the_old_rule_reads_are_still_read(tmp_path):
    rules = PAID.replace("运费 × 补贴率", "运费 × 里程 ÷ 100")
    made = city(tmp_path, rules, 行程=DAYS)
    made.notice("简化", "2025-07-01", "替换:\n  补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费}\n")
    assert made.run().lines("明细") == ["1 10", "2 20", "3 100"]


def test_a_parameter_is_read_as_of_the_row_that_reads_it(tmp_path):
    rules = PAID.replace("{2024-01-01: 50%}", "{2024-01-01: 50%, 2025-07-01: 40%}")
    assert city(tmp_path, rules, 行程=DAYS).run().lines("明细") == ["1 50", "2 50", "3 40"]


def test_through_any_number_of_rules_without_an_aggregate(tmp_path):
    """车队折扣 is of the fleet, yet a trip of January reads it as it stood in January."""
    rules = """
基数: {单位: 比例, 取值: {2024-01-01: 50%, 2025-07-01: 40%}}
等级率: {粒度: 等级, 单位: 比例, 公式: 基数 × 2}
车队率: {粒度: 车队, 单位: 比例, 公式: 等级率 − 10%}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 车队率}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""
    # 2 × 50% − 10% = 90%; from July 2 × 40% − 10% = 70%
    assert city(tmp_path, rules, 行程=DAYS).run().lines("明细") == ["1 90", "2 90", "3 70"]


def test_an_aggregate_is_as_of_its_own_row_and_each_row_inside_as_of_its_own(tmp_path):
    rules = """
补贴率: {单位: 比例, 取值: {2024-01-01: 50%, 2025-07-01: 40%}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 补贴率}
全年补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
年末两倍: {粒度: 车队, 单位: 元, 舍入: 2, 公式: 合计(运费) × 补贴率}
读年末: {粒度: 行程, 单位: 元, 公式: 年末两倍}
明细: {粒度: 行程, 列: [全年补贴, 读年末]}
结算: {期间: 年, 报表: [明细]}
"""
    # 东: 50 + 50; its total × 40 % of year end, also when a trip of January reads it. 西: 40.
    assert city(tmp_path, rules, 行程=DAYS).run().lines("明细") == ["1 100 80", "2 100 80", "3 40 40"]


def test_a_program_may_price_by_the_rules_of_the_period_s_beginning(tmp_path):
    rules = PAID.replace("{2024-01-01: 50%}", "{2024-01-01: 50%, 2025-07-01: 40%}")
    rules = rules.replace("{期间: 年,", "{期间: 年, 规则时点: 期初,")
    assert city(tmp_path, rules, 行程=DAYS).run().lines("明细") == ["1 50", "2 50", "3 50"]


def test_a_row_of_a_month_has_the_rules_of_the_month_s_end(tmp_path):
    rules = """
月份: {粒度: 行程, 公式: 年月(日期)}
车队月: {键: [车队号, 月份]}
奖励: {单位: 元, 取值: {2024-01-01: 7, 2025-06-30: 9}}
月奖: {粒度: 车队月, 单位: 元, 公式: 奖励}
月表: {粒度: 车队月, 列: [月奖]}
结算: {期间: 年, 报表: [月表]}
"""
    assert city(tmp_path, rules, 行程=DAYS).run().lines("月表") == ["东 2025-01 7", "东 2025-06 9", "西 2025-07 9"]


def test_a_switch_may_be_turned_on_from_a_day(tmp_path):
    rules = PAID.replace("公式: 运费 × 补贴率", "按: 加价, 分情形: {不实施: 运费 × 补贴率, 实施: 运费}")
    rules += "加价: {类别: [不实施, 实施], 取值: {2024-01-01: 不实施, 2025-06-30: 实施}}\n"
    assert city(tmp_path, rules, 行程=DAYS).run().lines("明细") == ["1 50", "2 100", "3 100"]


# 替换 and 原规定 over three layers.


@pytest.fixture
def three_layers(tmp_path):
    """甲市, its notice of July, and a district that lies over both."""
    made = city(tmp_path, PAID, 行程=DAYS)
    made.notice("加里程", "2025-07-01", "替换:\n  补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 原规定 + 10}\n")
    made.write(
        "qu/region.yaml", "名称: 乙区\n沿用: [jia]\n施行: 2025-01-01\n文件:\n  细则: {题名: 乙区细则, 原文: 细则.txt}\n"
    )
    made.write("qu/规则.yaml", "依据: 细则 第一条\n替换:\n  补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 原规定 × 2}\n")
    return made


def test_a_replacement_reads_the_value_as_it_stood_before_its_layer(three_layers):
    assert three_layers.run().lines("明细") == ["1 50", "2 50", "3 60"]
    assert three_layers.run(region="qu").lines("明细") == ["1 100", "2 100", "3 120"]


def test_a_region_as_of_a_day_leaves_out_later_notices(three_layers):
    assert three_layers.run(as_of="2025-06-30").lines("明细") == ["1 50", "2 50", "3 50"]
    assert three_layers.run(as_of="2025-07-01").lines("明细") == ["1 50", "2 50", "3 60"]
    assert three_layers.run(region="qu", as_of="2025-06-30").lines("明细") == ["1 100", "2 100", "3 100"]


def test_run_json_names_every_layer_in_order(three_layers):
    layers = three_layers.run(region="qu").run_json["layers"]
    assert [layer["name"] for layer in layers] == ["jia", "加里程", "qu"]


def test_the_history_of_a_name_lists_every_layer_that_wrote_it(three_layers):
    from engine.rulebook.history import history

    events = history(three_layers.book("qu"), "补贴")
    assert [(event.how, event.layer, event.start) for event in events] == [
        ("新写", "甲市", "2024-01-01"), ("替换", "加里程", "2025-07-01"), ("替换", "乙区", "2025-01-01"),
    ]  # fmt: skip


def test_a_period_before_the_region_is_in_force_stops(tmp_path):
    said = city(tmp_path, PAID).stopped(period="2023")
    assert "jia 的规则自 2024-01-01 起施行" in said


def test_rows_before_the_rules_began_are_held(tmp_path):
    made = city(tmp_path, PAID.replace("报表:", "需要: {行程: [补贴]}, 报表:"), 行程=DAYS)
    made.write("jia/region.yaml", (made.region / "region.yaml").read_text("utf-8").replace("2024-01-01", "2025-02-01"))
    assert "1 行：补贴 无法确定" in made.stopped()


def test_a_rule_that_did_not_exist_yet_is_said_not_to_be_in_force(tmp_path):
    rules = PAID.replace(
        "明细: {粒度: 行程, 列: [补贴]}",
        "总补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}\n明细: {粒度: 车队, 列: [总补贴]}",
    )
    made = city(tmp_path, rules, 行程=DAYS)
    made.notice(
        "改法",
        "2025-07-01",
        "新法: {粒度: 行程, 单位: 元, 公式: 运费}\n替换:\n  总补贴: {粒度: 车队, 单位: 元, 公式: 合计(新法)}\n",
    )
    assert "新法 在 2025-01-10 还没有施行" in made.stopped()


def test_a_quarter_as_a_key_is_no_year(tmp_path):
    rules = """
季度: {粒度: 行程, 单位: 个, 公式: 季(日期)}
车队季度: {键: [车队号, 季度]}
加成: {单位: 倍, 取值: {2024-01-01: 2}}
季费: {粒度: 车队季度, 单位: 元, 公式: 合计(运费) × 加成}
季表: {粒度: 车队季度, 列: [季费]}
结算: {期间: 年, 报表: [季表]}
"""
    assert city(tmp_path, rules).run().lines("季表") == ["东 1 600", "西 1 2400"]
