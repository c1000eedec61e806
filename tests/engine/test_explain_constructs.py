"""Every construct is explained down to the data: what stands below it, worked out by hand on the invented city."""

import pytest
from city import city
from click.testing import CliRunner

from engine.cli import main
from engine.explain import explain, explanation

pytestmark = pytest.mark.slow

ROWS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,20,200.00,
3,西,2025-02-10,30,400.00,晚
4,西,2025-03-15,40,800.00,早
5,西,2024-12-15,40,70.00,早
"""


def settled(tmp_path, rules, columns, grain="行程", **tables):
    """A run of ``rules`` that shows ``columns``."""
    made = city(tmp_path, f"{rules}\n表一: {{粒度: {grain}, 列: [{columns}]}}\n结算: {{期间: 年, 报表: [表一]}}\n")
    made.data(**({"行程": ROWS} | tables))
    return made.run()


def only(done, grain, key, value, rows=None):
    (step,) = explain(done.out, grain, key, value, rows)
    return step


def call(step):
    (found,) = [inner for inner in step.steps if inner.kind == "call"]
    return found


def below(step):
    return {inner.name: inner for inner in step.steps}


def told(*arguments):
    done = CliRunner().invoke(main, ["explain", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


# 上期

MONTHLY = """
月费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
结余: {粒度: 车队, 单位: 元, 公式: '上期(结余, 0) + 月费'}
结余表: {粒度: 车队, 列: [结余]}
结算: {期间: 月, 连续: 年, 报表: [结余表]}
"""


def test_the_value_of_the_month_before_stands_in_the_numbers_with_its_own_formula_below(tmp_path):
    # February 0 + 400, March 400 + 800.
    step = only(city(tmp_path, MONTHLY).run(period="2025-03"), "车队", "西", "结余")
    assert (step.value, step.numbers) == ("1200", "400 + 800")
    before = call(step)
    assert before.value == "400" and before.remark == "2025-02 的值，本次一起算出"
    (february,) = before.steps
    assert (february.formula, february.numbers) == ("上期(结余, 0) + 月费", "0 + 400")
    (january,) = call(february).steps
    assert (january.value, january.remark, january.steps) == ("0", "2025-01 的值", [])
    assert below(february)["月费"].remark == "2025-02 的值" and not below(february)["月费"].steps


def test_the_first_month_says_that_the_first_value_was_taken(tmp_path):
    before = call(only(city(tmp_path, MONTHLY).run(period="2025-01"), "车队", "东", "结余"))
    assert (before.value, before.remark) == ("0", "2025-01 是本年第一期，取首期值 0")


def test_a_published_value_names_the_folder_and_the_command_that_explains_it(tmp_path):
    made = city(tmp_path, MONTHLY)
    january = made.run(period="2025-01")
    before = call(only(made.run(period="2025-02", previous=january.out), "车队", "东", "结余"))
    assert before.value == "300" and f"取自上期的结果 {january.out}" in before.remark
    assert before.of_result is not None and before.of_result[0] == str(january.out)
    assert f"casemix explain {january.out} 车队 东 --value 结余" in before.more


def test_a_row_that_is_new_says_that_the_earlier_result_has_it_not(tmp_path):
    trips = "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,1,100.00,\n"
    made = city(tmp_path, MONTHLY, 车队="车队号,等级\n东,大\n", 行程=trips)
    january = made.run(period="2025-01")
    made.data(车队="车队号,等级\n东,大\n西,小\n", 行程=trips + "3,西,2025-02-10,30,400.00,\n")
    before = call(only(made.run(period="2025-02", previous=january.out), "车队", "西", "结余"))
    assert before.value == "0" and before.remark.endswith("里没有 车队号 = 西，取首期值 0")


# 分摊

POOL = """
奖金: {单位: 元, 取值: {2024-01-01: 100.00}}
份额: {粒度: 车队, 单位: 元, 公式: '分摊(奖金, 份数)'}
份数: {粒度: 车队, 公式: '若(等级 = 大, 1, 2)'}
"""


@pytest.mark.parametrize(
    ("key", "value", "numbers", "extra"),
    [
        # 100 ÷ 3 = 33.333…, 200 ÷ 3 = 66.666…: the larger rest is West's.
        ("东", "33.33", "100 × 1 ÷ 3 = 100/3（33.3333333333…）", "这一行没有"),
        ("西", "66.67", "100 × 2 ÷ 3 = 200/3（66.6666666667…）", "这一行得 1 分"),
    ],
)
def test_a_share_shows_pool_weights_the_exact_share_and_the_fen_left_over(tmp_path, key, value, numbers, extra):
    step = call(only(settled(tmp_path, POOL, "份额", "车队"), "车队", key, "份额"))
    assert (step.value, step.numbers) == (value, numbers)
    assert "2 行分 100；权数合计 3" in step.remark and f"剩 1 分按尾数从大到小各给 1 分，{extra}" in step.remark
    assert {"奖金", "份数"} <= set(below(step))


def test_a_pool_that_comes_out_even_says_so(tmp_path):
    even = POOL.replace("100.00", "99.00")
    step = call(only(settled(tmp_path, even, "份额", "车队"), "车队", "西", "份额"))
    assert step.value == "66" and step.remark.split("；最大的")[0].endswith("先去尾到分，正好分完")


# 名次, 上一条, 累计

WINDOWS = """
排名: {粒度: 行程, 公式: '名次(运费, 从大到小, 每 车队号, 当 里程 ≥ 20)'}
前次: {粒度: 行程, 单位: 元, 公式: '缺省(上一条(运费, 每 车队号, 按 日期), 0)'}
累积: {粒度: 行程, 单位: 元, 公式: '累计(运费, 每 车队号, 按 日期)'}
"""


def test_a_rank_says_of_which_group_of_how_many_and_with_what(tmp_path):
    done = settled(tmp_path, WINDOWS, "排名, 前次, 累积")
    step = call(only(done, "行程", "3", "排名"))
    assert step.value == "2"
    assert step.remark.startswith("每 车队号 = 西，符合“里程 ≥ 20”的2 行从大到小，这一行 400 排第 2")
    assert below(step)["运费"].kind == "field"
    assert call(only(done, "行程", "1", "排名")).remark.endswith("1 行从大到小，这一行不参加")


def test_the_row_before_is_named_with_its_date_even_where_it_is_of_an_earlier_period(tmp_path):
    done = settled(tmp_path, WINDOWS, "排名, 前次, 累积")
    step = call(only(done, "行程", "4", "前次"))
    assert step.value == "400" and "上一条是 行程 3，日期 2025-02-10" in step.remark
    assert "第 4 行" in below(step)["运费"].remark and below(step)["运费"].key == "3"
    older = call(only(done, "行程", "3", "前次"))
    assert older.value == "70" and "上一条是 行程 5，日期 2024-12-15（本期以前）" in older.remark
    none = call(only(done, "行程", "1", "前次"))
    assert none.value == "空" and none.remark.endswith("前面没有行")


def test_a_running_sum_says_of_how_many_rows(tmp_path):
    step = call(only(settled(tmp_path, WINDOWS, "排名, 前次, 累积"), "行程", "4", "累积", 9))
    assert step.value == "1200" and "这一行是第 2 行，加上前面的共 2 行；这一行 800" in step.remark
    assert [(row.key, row.value) for row in step.steps if row.kind == "row"] == [("3", "400"), ("4", "800")]


# 逐段

BANDS = """
段价:
  粒度: 行程
  单位: 元
  依据: 章程 第九条
  表:
    - {里程: "[0, 10]", 段价: 2}
    - {里程: "(10, 30]", 段价: 低价}
    - {里程: "> 30", 段价: 0.5}
低价: {单位: 元, 取值: {2024-01-01: 1.5}}
里程费: {粒度: 行程, 单位: 元, 舍入: 2, 公式: '逐段(段价, 里程)'}
"""


def test_each_band_that_is_touched_is_a_step_with_length_value_and_product(tmp_path):
    # 25: ten at 2, fifteen at 1.5: 20 + 22.5; the third band is not touched.
    done = settled(tmp_path, BANDS, "里程费", 行程=ROWS.replace("2,东,2025-01-20,20", "2,东,2025-01-20,25"))
    whole = only(done, "行程", "2", "里程费")
    assert (whole.value, whole.numbers) == ("42.5", "42.5")  # not the band's value at 25 put into the formula
    step = call(whole)
    found = [(band.name, band.numbers, band.value) for band in step.steps if band.kind == "band"]
    assert found == [("里程 [0, 10]", "10 × 2", "20"), ("里程 (10, 30]", "15 × 1.5", "22.5")]
    assert step.remark == "从 0 到 25，2 段：20 + 22.5" and step.cite == "章程 第九条"
    assert "低价" in below(step.steps[1])


# 合计 and the like

SUMS = """
远费: {粒度: 车队, 单位: 元, 公式: '合计(运费 × 2, 当 里程 ≥ 20, 自 行程)'}
均费: {粒度: 车队, 单位: 元, 舍入: 2, 公式: 均值(运费)}
次数: {粒度: 车队, 公式: 计数(行程)}
差: {粒度: 车队, 舍入: 2, 公式: 标准差(里程)}
"""
MANY = "行程号,车队号,日期,里程,运费,班次\n" + "".join(f"{n},东,2025-01-10,{n},{n}0.00,\n" for n in range(1, 31))


def test_a_sum_names_source_condition_and_its_largest_three(tmp_path):
    step = call(only(settled(tmp_path, SUMS, "远费", "车队", 行程=MANY), "车队", "东", "远费"))
    # 20 + … + 30 = 275, times ten and two.
    assert step.value == "5500" and step.name == "合计(运费 × 2, 当 里程 ≥ 20, 自 行程)"
    assert step.remark == "行程 30 行，其中 11 行符合“里程 ≥ 20”；最大的：30 600，29 580，28 560"
    assert step.more == "各行用 --rows 列出"


def test_rows_are_listed_in_key_order_and_what_is_left_out_is_counted(tmp_path):
    done = settled(tmp_path, SUMS, "远费", "车队", 行程=MANY)
    step = call(only(done, "车队", "东", "远费", 2))
    assert [(row.key, row.value, row.numbers) for row in step.steps] == [
        ("20", "400", "200 × 2"), ("21", "420", "210 × 2"),
    ]  # fmt: skip
    assert step.steps[0].remark.endswith("行程.csv 第 21 行")
    assert step.remark.endswith("列出 2 行，另有 9 行没有列出") and step.more.endswith("都列出用 --rows 全部")
    lines = told(done.out, "车队", "东", "--value", "远费", "--rows", "全部").output
    assert lines.count("〔行程 ") == 11 and "没有列出" not in lines


def test_means_counts_and_deviations_say_what_they_are_made_of(tmp_path):
    done = settled(tmp_path, SUMS, "均费, 次数, 差", "车队")
    assert "合计 300 ÷ 2 行" in call(only(done, "车队", "东", "均费")).remark
    assert call(only(done, "车队", "西", "次数")).remark == "行程 2 行"
    spread = only(done, "车队", "东", "差")  # 10 and 20: mean 15, 25 + 25
    assert spread.value == "5" and "均值 15，离差平方和 50 ÷ 2 再开方" in call(spread).remark


def test_rows_must_be_a_number_or_all(tmp_path):
    assert told(tmp_path, "车队", "东", "--rows", "许多").exit_code == 2


# leaves

DEFAULTS = """
站点: {主键: 站号, 可空: 是, 字段: {站号: 文本, 站费: 元}}
记录:
  主键: 单号
  归期: 日子
  字段:
    单号: 文本
    日子: 日期
    站号: {类型: → 站点, 可空: 是}
    加价: {类型: 元, 默认: 5}
    减价: {类型: 元, 默认: 1}
月价: {主键: [月份], 归期: 月份, 字段: {月份: 年月, 单价: 元}}
应付: {粒度: 记录, 单位: 元, 舍入: 2, 公式: '加价 − 减价 + 缺省(站费, 0) + 单价'}
应付表: {粒度: 记录, 列: [应付]}
月结: {期间: 月, 报表: [应付表]}
"""


def test_a_field_names_file_and_row_and_the_default_taken_for_it(tmp_path):
    made = city(tmp_path, DEFAULTS)
    made.data(记录="单号,日子,站号,加价\n一,2025-02-01,甲,\n二,2025-02-01,乙,5\n")
    made.data(站点="站号,站费\n甲,3\n", 月价="月份,单价\n2025-01,10\n2025-02,20\n")
    done = made.run("月结", "2025-02")
    read = below(only(done, "记录", "一", "应付"))
    assert read["加价"].value == "5" and read["加价"].remark.endswith("记录.csv 第 2 行，空着，用默认值 5")
    assert read["减价"].remark.endswith("没有交来这一列，用默认值 1")
    assert (read["站费"].key, read["站费"].value) == ("甲", "3")
    assert read["单价"].remark.endswith("月价.csv 第 3 行，月份 2025-02 的一行（由期间 2025-02 定）")
    other = below(only(done, "记录", "二", "应付"))
    assert "默认" not in other["加价"].remark
    assert other["站费"].value == "空" and other["站费"].remark == "站点 没有 站号 = 乙 的行"
    assert below(other["站费"])["站号"].remark.endswith("记录.csv 第 3 行")


def test_of_two_deliveries_the_one_that_has_the_column_is_named(tmp_path):
    made = city(
        tmp_path, "付: {粒度: 行程, 单位: 元, 公式: 运费}\n表一: {粒度: 行程, 列: [付]}\n结算: {期间: 年, 报表: [表一]}"
    )
    made.data("later", 行程="行程号,里程\n1,99\n")
    step = below(only(made.run(data=("data", "later")), "行程", "1", "付"))["运费"]
    assert step.remark.endswith("data/行程.csv 第 2 行")


def test_a_parameter_is_shown_as_written_beside_the_number(tmp_path):
    rules = "率: {单位: 比例, 取值: {2024-01-01: 50%}}\n付: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 率}\n"
    done = settled(tmp_path, rules, "付")
    rate = below(only(done, "行程", "1", "付"))["率"]
    assert (rate.value, rate.written) == ("0.5", "50%")
    assert "率 = 0.5（50%）" in told(done.out, "行程", "1").output


CLASSES = """
做法: {类别: [夜里, 白天], 取值: {2024-01-01: 白天}}
时段: {粒度: 行程, 类别: [夜里, 白天], 公式: '若(班次 = “晚”, 夜里, 做法)'}
付:
  粒度: 行程
  单位: 元
  分情形: {时段 属于 夜里、白天 且 时段 = 白天: 运费, 否则: 0}
"""


def test_words_of_a_class_are_never_looked_up_as_names(tmp_path):
    rules = CLASSES.replace("班次 = “晚”", "有 班次 且 班次 = “晚”")
    done = settled(tmp_path, rules, "付, 时段")
    text = told(done.out, "行程", "1").output + told(done.out, "行程", "3").output
    assert "无法确定" not in text and "── 夜里" not in text and "── 白天" not in text


def test_a_branch_of_若_that_was_not_taken_is_not_looked_into(tmp_path):
    rules = "付: {粒度: 行程, 单位: 元, 公式: '若(里程 > 15, 运费, 0)'}"
    done = settled(tmp_path, rules, "付")
    assert set(below(only(done, "行程", "1", "付"))) == {"里程"}
    assert set(below(only(done, "行程", "2", "付"))) == {"里程", "运费"}


# 取, 表, 筛查

OTHERS = """
大车价: {粒度: 各等级, 单位: 元, 公式: '若(等级 = 大, 7, 9)'}
照大车: {粒度: 行程, 单位: 元, 公式: '取(大车价, 等级 = 大) × 2'}
折扣:
  粒度: 行程
  单位: 比例
  表:
    - {里程: "≤ 15", 折扣: 1}
    - {里程: "> 15", 折扣: 80%}
远: {粒度: 行程, 筛查: {太远: 里程 > 35, 偏远: 里程 > 25}, 依据: 章程 第十条}
"""


def test_a_value_at_other_keys_says_at_which(tmp_path):
    step = only(settled(tmp_path, OTHERS, "照大车, 折扣, 远"), "行程", "3", "照大车")
    assert (step.value, step.numbers) == ("14", "7 × 2")
    found = call(step)
    assert found.remark == "等级 = 大 的 大车价" and found.steps[0].numbers == "若(大 = 大, 7, 9)"


def test_the_row_of_a_table_that_applies_is_counted(tmp_path):
    step = only(settled(tmp_path, OTHERS, "照大车, 折扣, 远"), "行程", "2", "折扣")
    assert [(t.condition, t.numbers) for t in step.tried] == [("里程 > 15", "表的第 2 行，共 2 行")]


def test_the_grades_of_a_screening_are_shown_with_numbers(tmp_path):
    step = only(settled(tmp_path, OTHERS, "照大车, 折扣, 远"), "行程", "3", "远")
    assert (step.value, step.cite) == ("偏远", "章程 第十条")
    assert [(t.condition, t.numbers, t.applied) for t in step.tried] == [
        ("太远：里程 > 35", "30 > 35", False), ("偏远：里程 > 25", "30 > 25", True),
    ]  # fmt: skip


def test_a_value_the_run_did_not_use_says_so(tmp_path):
    step = only(settled(tmp_path, OTHERS, "折扣"), "行程", "3", "照大车")
    assert "这次运行没有用到它" in step.remark


# rows that were not settled

REFUSED = """
上限: {单位: 元, 取值: {2024-01-01: 500}, 依据: 章程 第七条}
太贵: {粒度: 行程, 拒收: 运费 > 上限, 依据: 章程 第七条（一）}
短途: {粒度: 行程, 公式: 里程 × 6 < 车队里程, 依据: 章程 第八条}
车队里程: {粒度: 车队, 公式: 合计(里程)}
单价: {粒度: 行程, 公式: 运费 ÷ 零, 依据: 章程 第九条}
零: {粒度: 行程, 公式: '若(里程 = 30, 0, 1)'}
大车: {行: 行程, 条件: 等级 = 大}
大费: {粒度: 大车, 单位: 元, 公式: 运费}
明细: {粒度: 行程, 列: [运费]}
大表: {粒度: 大车, 列: [大费]}
结算: {期间: 年, 排除: {行程: [短途]}, 需要: {行程: [单价]}, 挂起上限: 1, 报表: [明细, 大表]}
"""
LEFT = ROWS + "6,东,2025-02-01,4,20.00,\n7,东,2025-02-01,x,20.00,\n"


@pytest.fixture
def refused(tmp_path):
    return city(tmp_path, REFUSED, 行程=LEFT).run()


def test_a_rejected_row_shows_the_check_with_numbers_and_article(refused):
    found = explanation(refused.out, "行程", "4")
    (check,) = found.steps[0].steps
    assert (check.name, check.kind, check.cite) == ("太贵", "check", "章程 第七条（一）")
    assert [(t.condition, t.numbers, t.applied) for t in check.tried] == [("运费 > 上限", "800 > 500", True)]
    assert below(check)["上限"].cite == "章程 第七条" and "第 5 行" in below(check)["运费"].remark
    assert found.left_out.startswith("行程 4 没有结算：拒收（太贵）") and "章程 第七条（一）" in found.left_out


def test_an_excluded_row_shows_the_rule_with_the_sums_of_that_time(refused):
    # East drove 10 + 20 + 4 when the row was judged; without it, as the run went on, 30.
    (rule,) = explanation(refused.out, "行程", "6").steps[0].steps
    assert (rule.name, rule.value, rule.cite) == ("短途", "是", "章程 第八条")
    assert rule.numbers == "4 × 6 < 34"
    assert "行程 3 行" in call(below(rule)["车队里程"]).remark


def test_a_held_row_shows_what_could_not_be_known(refused):
    found = explanation(refused.out, "行程", "3")
    (rule,) = found.steps[0].steps
    assert rule.value == "无法确定：单价：除以零" and rule.numbers == "400 ÷ 0"
    assert below(rule)["零"].tried == [] and "挂起（单价）" in found.left_out


def test_a_row_outside_the_period_shows_its_date(refused):
    found = explanation(refused.out, "行程", "5")
    (date,) = found.steps[0].steps
    assert (date.name, date.value) == ("日期", "2024-12-15") and "2025-01-01 到 2025-12-31" in date.tried[0].condition


def test_an_unreadable_row_names_file_and_line(refused):
    found = explanation(refused.out, "行程", "7")
    assert "行程.csv 第 8 行" in found.steps[0].remark and "数据格式" in found.left_out


def test_a_row_that_is_not_of_the_narrower_grain_shows_the_condition(tmp_path):
    done = city(tmp_path, REFUSED, 行程=ROWS.replace("800.00", "80.00")).run()
    found = explanation(done.out, "大车", "4")
    (condition,) = found.steps[0].steps
    assert (condition.formula, condition.numbers, condition.value) == ("等级 = 大", "小 = 大", "否")
    assert "不符合 大车 的条件" in found.left_out


def test_the_tree_goes_to_the_screen_and_the_exit_code_is_1(refused):
    done = told(refused.out, "行程", "4")
    assert done.exit_code == 1
    assert done.stdout.index("情形 运费 > 上限  〔800 > 500〕 适用") < done.stdout.index("行程 4 没有结算")


# long explanations, invented figures


def test_what_was_explained_before_is_only_named(tmp_path):
    rules = "一倍: {粒度: 行程, 单位: 元, 公式: 运费 × 里程}\n两倍: {粒度: 行程, 单位: 元, 公式: 一倍 + 一倍 × 里程}\n"
    rules += "三倍: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 一倍 + 两倍}\n"
    step = only(settled(tmp_path, rules, "三倍"), "行程", "1", "三倍")
    first, second = step.steps
    assert first.steps and below(second)["一倍"].remark == "见上" and not below(second)["一倍"].steps


def test_values_beyond_the_limit_name_the_command_that_explains_them(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.explain.walk.MOST_STEPS", 3)
    rules = "值0: {粒度: 行程, 单位: 元, 公式: 运费}\n"
    rules += "".join(f"值{n}: {{粒度: 行程, 单位: 元, 公式: 值{n - 1} + 1}}\n" for n in range(1, 6))
    done = settled(tmp_path, rules, "值5")
    said = told(done.out, "行程", "1").output
    assert "步骤超过 3，没有展开" in said and f"casemix explain {done.out} 行程 1 --value 值2" in said
    assert "没有展开的有 1 个：值2" in said


def test_an_example_region_is_marked_at_the_top(tmp_path):
    made = city(
        tmp_path, "付: {粒度: 行程, 单位: 元, 公式: 运费}\n表一: {粒度: 行程, 列: [付]}\n结算: {期间: 年, 报表: [表一]}"
    )
    plain = made.run()
    assert "示例" not in told(plain.out, "行程", "1").output
    region = made.region / "region.yaml"
    region.write_text(region.read_text("utf-8") + "示例: 是\n", "utf-8")
    done = made.run()
    assert told(done.out, "行程", "1").output.startswith("示例 ")
    assert explain(done.out, "行程", "1")[0].as_dict()["example"] is True
