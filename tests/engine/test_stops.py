"""What must hold or be known, or else nothing is settled; and what a run says of itself."""

import pytest
from city import FLEETS, city

PAID = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
补贴表: {粒度: 车队, 列: [车队补贴]}
结算: {期间: 年, 报表: [补贴表]}
"""


def test_a_required_condition_that_fails_stops_with_its_place(tmp_path):
    said = city(tmp_path, PAID + "不超支: {粒度: 车队, 必须: 车队补贴 ≤ 500, 依据: 章程 第九条}\n").stopped()
    assert "有 1 处“必须”没有满足" in said
    assert "不超支（章程 第九条）西：车队补贴 ≤ 500 不成立" in said


def test_a_required_condition_that_holds_says_nothing(tmp_path):
    city(tmp_path, PAID + "不超支: {粒度: 车队, 必须: 车队补贴 ≤ 600}\n").run()


def test_a_required_condition_that_cannot_be_judged_stops_too(tmp_path):
    rules = PAID + "均价: {粒度: 车队, 单位: 元, 公式: 车队补贴 ÷ 合计(里程)}\n不超支: {粒度: 车队, 必须: 均价 ≤ 600}\n"
    said = city(tmp_path, rules, 车队=FLEETS + "南,小\n").stopped()
    assert "不超支（章程 第一条）南：不能判断，均价：除以零" in said


def test_what_cannot_be_known_below_names_the_row_on_which_that_is(tmp_path):
    rules = PAID + (
        "单价: {粒度: 车队, 单位: 元, 舍入: 2, 公式: 车队补贴 ÷ 合计(里程)}\n"
        "全市: {键: []}\n总单价: {粒度: 全市, 单位: 元, 公式: 合计(单价)}\n不超支: {粒度: 全市, 必须: 总单价 ≤ 600}\n"
    )
    said = city(tmp_path, rules, 车队=FLEETS + "南,小\n").stopped()
    assert "不超支（章程 第一条）：不能判断，单价：除以零（车队 南）" in said


SCREENS = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
每公里: {粒度: 行程, 公式: 运费 ÷ 里程}
价格异常: {粒度: 行程, 筛查: {严重: 每公里 > 15, 一般: 每公里 > 10}}
夜班: {粒度: 行程, 筛查: 班次 = “晚”}
明细: {粒度: 行程, 列: [价格异常, 夜班]}
结算: {期间: 年, 报表: [明细]}
"""


def test_a_screen_is_graded_and_does_not_apply_where_something_is_not_known(tmp_path):
    trips = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,10,150.00,
3,西,2025-02-10,10,400.00,晚
4,西,2025-03-15,0,800.00,早
"""
    assert city(tmp_path, SCREENS, 行程=trips).run().lines("明细") == [
        "1 未命中 未命中", "2 一般 不适用", "3 严重 命中", "4 不适用 未命中",
    ]  # fmt: skip


# 待定: a figure that nobody has given.

OPEN = """
补贴率: {单位: 比例, 状态: 待定, 说明: 由甲市另定}
定额: {粒度: 等级, 单位: 元, 状态: 待定, 表: 待定, 列: [等级]}
特别: {类别: [不实施, 实施], 取值: {2024-01-01: 不实施}}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 按: 特别, 分情形: {实施: 运费 × 补贴率 + 定额, 不实施: 运费}}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""


def test_a_figure_that_is_open_stops_the_run_and_is_named(tmp_path):
    said = city(tmp_path, OPEN.replace("2024-01-01: 不实施", "2024-01-01: 实施")).stopped()
    assert "用到 2 项待定的规定，不能结算" in said
    assert "补贴率：缺 取值（章程 第一条）由甲市另定" in said and "定额：缺 表（列：等级）" in said


def test_a_switch_that_is_off_hides_what_is_open_behind_it(tmp_path):
    assert city(tmp_path, OPEN).run().lines("明细")[0] == "1 100"


def test_a_switch_that_is_on_for_part_of_the_period_does_not(tmp_path):
    said = city(
        tmp_path, OPEN.replace("2024-01-01: 不实施", "2024-01-01: 不实施, 2025-02-01: 实施, 2025-03-01: 不实施")
    ).stopped()
    assert "补贴率：缺 取值" in said


def test_a_template_never_settles_itself(tmp_path):
    made = city(tmp_path, PAID)
    made.write("jia/region.yaml", (made.region / "region.yaml").read_text("utf-8") + "模板: 是\n")
    assert "甲市 是模板，自己不结算" in made.stopped()


def test_an_unknown_program_names_those_there_are(tmp_path):
    said = city(tmp_path, PAID).stopped("清算")
    assert "甲市 没有程序 清算" in said and "有：结算" in said


@pytest.mark.parametrize("period", ["2025-03", "2025Q1"])
def test_a_program_runs_only_over_its_kind_of_period(tmp_path, period):
    assert f"结算 的期间是 年，不能用 {period}" in city(tmp_path, PAID).stopped(period=period)


def test_a_wrong_rulebook_never_settles(tmp_path):
    assert "E303 补贴：没有 运价 这个名字" in city(tmp_path, PAID.replace("运费 ×", "运价 ×")).stopped()


def test_a_value_of_a_statement_that_is_unresolved_stops_and_names_its_row(tmp_path):
    rules = (
        PAID + "每公里: {粒度: 行程, 公式: 运费 ÷ 里程}\n明细: {粒度: 行程, 列: {每公里: {标题: 每公里, 小数: 2}}}\n"
    )
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,0,5.00,\n"
    said = city(tmp_path, rules.replace("[补贴表]", "[补贴表, 明细]"), 行程=trips).stopped()
    assert "报表 明细 有 1 个值无法确定" in said and "明细 1 的 每公里：每公里：除以零" in said


# What a run says of itself.


@pytest.fixture
def record(tmp_path):
    rules = PAID.replace(
        "补贴: {", "率: {单位: 比例, 取值: {2024-01-01: 50%}, 状态: 转述, 说明: 报纸上说的}\n补贴: {", 1
    )
    return city(tmp_path, rules.replace("× 50%", "× 率")).run().run_json


def test_a_run_names_region_program_period_and_engine(record):
    assert (record["region"], record["title"], record["program"], record["period"], record["engine"]) == (
        "jia", "甲市", "结算", "2025", "duckdb",
    )  # fmt: skip
    assert record["version"] and len(record["rules_sha256"]) == 64


def test_a_run_has_a_hash_of_every_table_it_read(record):
    assert set(record["data_sha256"]) == {"行程", "车队"}
    assert all(len(digest) == 64 for digest in record["data_sha256"].values())


def test_a_run_lists_what_it_used_that_is_not_official(record):
    assert record["not_official"] == [
        {"name": "率", "status": "转述", "cite": "章程 第一条", "note": "报纸上说的", "layer": "jia"}
    ]


def test_a_run_lists_branches_and_rows_that_are_not_official_if_its_switches_leave_them_open(tmp_path):
    rules = """
夜间: {类别: [不加, 加], 取值: {2024-01-01: 不加}}
倍数: {粒度: 行程, 表: [{里程: ≤ 20, 倍数: 1}, {里程: "> 20", 倍数: 2, 状态: 暂定, 说明: 远的几倍没有写}]}
补贴:
  粒度: 行程
  单位: 元
  舍入: 2
  按: 夜间
  分情形:
    不加: {则: 运费 × 倍数, 状态: 暂定, 说明: 没有写}
    加: {则: 运费 × 倍数 + 运费, 状态: 转述}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""
    listed = city(tmp_path, rules).run().run_json["not_official"]
    assert [(item["name"], item.get("part"), item["status"]) for item in listed] == [
        ("倍数", "第 2 行", "暂定"), ("补贴", "情形 不加", "暂定"),
    ]  # fmt: skip


def test_a_run_lists_its_files_and_accounts_for_its_rows(record):
    assert "statements/补贴表.parquet" in record["files"] and "values/车队.parquet" in record["files"]
    assert {entry["table"]: entry["states"] for entry in record["accounting"]} == {
        "行程": {"结算": 4}, "车队": {"参加": 2},
    }  # fmt: skip
