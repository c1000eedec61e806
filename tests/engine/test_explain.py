"""How a value came about: formula, numbers, branches tried, article; refused where anything is not what it was."""

import hashlib
import json

import duckdb
import pytest
from city import city
from click.testing import CliRunner

from engine.cli import main
from engine.explain import explain, explanation
from engine.explain.steps import Tried
from engine.files.errors import RunStopped

PAID = """
长途里程: {单位: 个, 取值: {2024-01-01: 30}, 依据: 章程 第二条}
补贴率: {单位: 比例, 取值: {2024-01-01: 50%}, 依据: 章程 第三条, 状态: 暂定, 说明: 照旧例}
车次类:
  粒度: 行程
  类别: [夜班, 长途, 普通]
  分情形:
    有 班次 且 班次 = “晚”: {则: 夜班, 依据: 章程 第四条（一）}
    里程 ≥ 长途里程: {则: 长途, 依据: 章程 第四条（二）}
    否则: {则: 普通, 依据: 章程 第四条（三）}
补贴:
  粒度: 行程
  单位: 元
  舍入: 2
  依据: 章程 第五条
  按: 车次类
  分情形: {夜班: 运费, 长途: {则: 运费 × 补贴率 × 2, 依据: 章程 第五条（二）}, 普通: 运费 × 补贴率}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
每公里: {粒度: 行程, 公式: 运费 ÷ 里程}
太贵: {粒度: 行程, 拒收: 运费 > 9000, 说明: 运费写错了}
没交: {粒度: 行程, 公式: 里程 = 0}
明细: {粒度: 行程, 列: [车次类, 补贴]}
车队表: {粒度: 车队, 列: [车队补贴]}
结算: {期间: 年, 排除: {行程: [没交]}, 报表: [明细, 车队表]}
"""
ROWS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,早
2,东,2025-01-20,20,200.00,
3,西,2025-02-10,30,400.00,晚
4,西,2025-03-15,40,800.00,早
5,西,2025-03-15,40,9800.00,早
6,西,2024-03-15,40,800.00,早
7,西,2025-03-15,x,800.00,早
8,西,2025-03-15,0,800.00,早
"""


@pytest.fixture
def run(tmp_path):
    """The city and its result, of which something may be changed."""
    made = city(tmp_path, PAID, 行程=ROWS)
    return made, made.run()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The same for tests that change nothing."""
    made = city(tmp_path_factory.mktemp("city"), PAID, 行程=ROWS)
    return made, made.run()


def only(done, grain, key, value):
    (step,) = explain(done.out, grain, key, value)
    return step


def test_the_formula_stands_with_its_numbers_and_article(read):
    step = only(read[1], "行程", "4", "补贴")
    assert (step.value, step.unit, step.cite) == ("800", "元", "章程 第五条（二）")
    assert step.formula == "运费 × 补贴率 × 2" and step.numbers == "800 × 0.5 × 2"
    assert "2 位小数" in step.rounding


def test_branches_tried_before_are_shown_with_numbers_and_whether_they_applied(read):
    step = only(read[1], "行程", "4", "车次类")
    assert [(t.condition, t.numbers, t.applied) for t in step.tried] == [
        ("有 班次 且 班次 = “晚”", "有 早 且 早 = “晚”", False), ("里程 ≥ 长途里程", "40 ≥ 30", True),
    ]  # fmt: skip
    assert step.value == "长途" and step.cite == "章程 第四条（二）"


def test_a_branch_that_did_not_apply_is_told_as_a_condition_that_did_not_hold_on_every_face(read):
    step = only(read[1], "行程", "4", "车次类")
    assert [one.said for one in step.tried] == [
        "不适用：要求 有 班次 且 班次 = “晚”；“有 早 且 早 = “晚””不成立", "适用：里程 ≥ 长途里程（40 ≥ 30）",
    ]  # fmt: skip
    told = CliRunner().invoke(main, ["explain", str(read[1].out), "行程", "4", "--value", "车次类"]).output
    assert "情形 有 班次 且 班次 = “晚” 不适用：“有 早 且 早 = “晚””不成立" in told
    assert "情形 里程 ≥ 长途里程  〔40 ≥ 30〕 适用" in told
    assert Tried("低倍率", "", False).said == "不适用：要求 低倍率"
    assert Tried("远", "否", False).said == "不适用：要求 远；它是 否"
    assert Tried("远", "无法确定：缺里程", False).said == "不适用：要求 远；无法确定：缺里程"
    assert Tried("13 = 0", "13 = 0", False).said == "不适用：要求 13 = 0"


def test_the_article_is_that_of_the_branch(read):
    assert [only(read[1], "行程", key, "车次类").cite for key in ("1", "3", "4")] == [
        "章程 第四条（三）", "章程 第四条（一）", "章程 第四条（二）",
    ]  # fmt: skip


def test_every_name_that_was_read_is_a_step_down_to_the_data(read):
    step = only(read[1], "行程", "1", "补贴")
    below = {inner.name: inner for inner in step.steps}
    assert below["运费"].kind == "field" and below["运费"].value == "100"
    rate = below["补贴率"]
    assert (rate.kind, rate.value, rate.cite, rate.status, rate.note) == (
        "parameter", "0.5", "章程 第三条", "暂定", "照旧例",
    )  # fmt: skip
    assert rate.remark == "自 2024-01-01 起" and "规则.yaml" in rate.place


def test_an_aggregate_says_over_how_many_rows(read):
    (rows,) = only(read[1], "车队", "西", "车队补贴").steps
    assert (rows.kind, rows.name, rows.value) == ("call", "合计(补贴)", "1200")
    assert rows.remark == "行程 2 行；最大的：4 800，3 400"


def test_without_a_value_all_that_statements_show_is_explained_amounts_first(read):
    assert [step.name for step in explain(read[1].out, "行程", "1")] == ["补贴", "车次类"]


def test_an_explanation_is_data(read):
    found = json.loads(json.dumps(only(read[1], "行程", "4", "车次类").as_dict(), ensure_ascii=False))
    assert found["value"] == "长途" and found["tried"][1]["applied"] is True
    assert {"name", "kind", "cite", "place", "steps"} <= set(found)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("5", "拒收（太贵） 运费写错了"), ("6", "期外"), ("7", "拒收（数据格式）里程"), ("8", "排除（没交）"),
    ],
)  # fmt: skip
def test_a_row_that_was_not_settled_says_why(read, key, said):
    found = explanation(read[1].out, "行程", key)
    assert said in found.left_out and [step.kind for step in found.steps] == ["out"]


def test_a_row_that_never_came_in_is_refused(read):
    with pytest.raises(RunStopped, match="没有“99”这一行"):
        explain(read[1].out, "行程", "99")


def test_a_held_row_says_what_could_not_be_known(tmp_path):
    rules = PAID.replace("排除: {行程: [没交]}", "需要: {行程: [每公里]}, 挂起上限: 1")
    done = city(tmp_path, rules, 行程=ROWS).run()
    said = explanation(done.out, "行程", "8").left_out
    assert "挂起（每公里）" in said and "除以零" in said


def test_refused_where_the_rules_changed(run):
    made, done = run
    made.rules(PAID.replace("50%", "51%"))
    with pytest.raises(RunStopped, match="规则在这次运行之后改动过"):
        explain(done.out, "行程", "1")


def test_refused_where_the_data_changed(run):
    made, done = run
    made.data(行程=ROWS.replace("800.00", "801.00"))
    with pytest.raises(RunStopped, match="数据在这次运行之后改动过：行程"):
        explain(done.out, "行程", "1")


def test_refused_where_the_data_are_gone(run):
    made, done = run
    (made.folder / "data" / "行程.csv").unlink()
    with pytest.raises(RunStopped, match="行程"):
        explain(done.out, "行程", "1")


@pytest.mark.parametrize(("grain", "name", "key"), [("行程", "补贴", "4"), ("车队", "车队补贴", "西")])
def test_refused_where_a_kept_value_was_altered(run, grain, name, key):
    done = run[1]
    file = done.out / "values" / f"{grain}.parquet"
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE t AS SELECT * FROM '{file}'")
        base.execute(f"UPDATE t SET {name} = 801 WHERE {grain}号 = '{key}'")
        base.execute(f"COPY t TO '{file}' (FORMAT parquet)")
    with pytest.raises(RunStopped, match="改动过"):
        explain(done.out, grain, key)
    record = done.run_json  # and where somebody made its digest fit as well
    record["files_sha256"][f"values/{grain}.parquet"] = hashlib.sha256(file.read_bytes()).hexdigest()
    (done.out / "run.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    with pytest.raises(RunStopped, match=f"{name}.*当时是 801，现在算出"):
        explain(done.out, grain, key)


def test_a_month_whose_previous_one_was_run_again_says_so(tmp_path):
    rules = """
    新增: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
    结余: {粒度: 车队, 单位: 元, 公式: "新增 + 上期(结余, 0)"}
    结余表: {粒度: 车队, 列: [结余]}
    结算: {期间: 月, 连续: 年, 报表: [结余表]}
    """.replace("\n    ", "\n")
    made = city(tmp_path, rules)
    first = made.run(period="2025-01")
    second = made.run(period="2025-02", previous=first.out)
    assert [step.value for step in explain(second.out, "车队", "东")] == ["300"]
    made.write("other/车队.csv", "车队号,等级\n东,大\n西,小\n")
    made.write("other/行程.csv", "行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,10,107.00,早\n")
    made.run(period="2025-01", data=("other",), out=first.out, replace_old=True)
    with pytest.raises(RunStopped) as caught:
        explain(second.out, "车队", "东")
    assert f"{first.out} 在这次运行之后换成了另一次运行的结果" in caught.value.message
    assert "改动" not in caught.value.message and "把这一期也重新运行" in caught.value.hint


def test_what_is_no_result_is_refused(tmp_path):
    with pytest.raises(RunStopped, match="不是一次运行的输出"):
        explain(tmp_path, "行程", "1")


@pytest.mark.parametrize(
    ("grain", "key", "said"), [("车对", "西", "没有 车对 这个粒度"), ("车队", "西,2", "车队 的键是 车队号")]
)
def test_a_wrong_grain_or_key_says_what_there_is(read, grain, key, said):
    with pytest.raises(RunStopped) as caught:
        explain(read[1].out, grain, key)
    assert said in caught.value.message


def test_a_wrong_value_name_is_said_to_be_unknown(read):
    with pytest.raises(RunStopped) as caught:
        explain(read[1].out, "行程", "1", "补贴额")
    assert "没有 补贴额 这个名字" in caught.value.message


def test_a_result_whose_run_json_was_cut_is_refused(run):
    (run[1].out / "run.json").write_text("{}", "utf-8")
    with pytest.raises(RunStopped, match="不完整"):
        explain(run[1].out, "行程", "1")


def test_a_row_is_found_by_a_month_that_a_rule_gives(tmp_path):
    rules = (
        "运月: {粒度: 行程, 公式: 年月(日期)}\n车月: {键: [车队号, 运月]}\n"
        "月费: {粒度: 车月, 单位: 元, 公式: 合计(运费)}\n"
        "月表: {粒度: 车月, 列: [月费]}\n结算: {期间: 年, 报表: [月表]}\n"
    )
    out = city(tmp_path, rules).run(period="2025").out
    assert explain(out, "车月", "东,2025-01")[0].value == "300"


def test_a_statement_that_was_altered_is_not_explained(tmp_path):
    rules = (
        "月费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}\n月表: {粒度: 车队, 列: [月费]}\n"
        "结算: {期间: 年, 报表: [月表]}\n"
    )
    out = city(tmp_path, rules).run(period="2025").out
    (out / "statements" / "月表.parquet").write_bytes(b"altered")
    with pytest.raises(RunStopped, match="改动过"):
        explain(out, "车队", "东")
