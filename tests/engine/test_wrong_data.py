"""Wrong files, wrong folders, a run that is broken off: a Chinese sentence with its place, and nothing half written."""

import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from city import FLEETS, TRIPS, city

from engine.execute.stopped import Stopped
from engine.files.errors import DataError, DataErrors, RunStopped
from tests.interruptions import as_from_a_terminal

RULES = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
明细: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [明细]}
"""
HEAD = "行程号,车队号,日期,里程,运费,班次\n"
GOOD = "8,东,2025-01-01,1,1.00,\n9,东,2025-01-01,1,1.00,\n"
ROOT = Path(__file__).parents[2]


def test_a_missing_column_is_named_with_those_there_are(tmp_path):
    said = city(tmp_path, RULES, 行程="行程号,日期\n1,2025-01-01\n").stopped()
    assert "行程.csv" in said and "缺少列 运费" in said and "文件里的列：行程号、日期" in said


def test_of_hundreds_of_columns_those_most_like_the_missing_ones_are_listed(tmp_path):
    columns = [*(f"备用{n}" for n in range(500)), "实际运费额", "行程号", "日期"]
    rows = ",".join(columns) + "\n" + ",".join(["1"] * 501 + ["1", "2025-01-01"]) + "\n"
    said = city(tmp_path, RULES, 行程=rows).stopped()
    assert "文件里的列：实际运费额、备用0、" in said and said.endswith(" 等，共 503 列，最像的在前")
    assert len(said) < 600


def test_all_that_is_wrong_with_a_delivery_is_told_at_once(tmp_path):
    made = city(tmp_path, RULES.replace("公式: 运费 × 50%", "分情形: {等级 = 大: 运费, 否则: 里程 × 2 元价}").replace(
        "里程 × 2 元价", "单价") + "价: {主键: 年度, 归期: 年度, 字段: {年度: 年, 单价: 元}}\n",
        行程="行程号,日期,运 费\n1,2025-01-01,5\n", 车队="车号,级\n东,大\n")  # fmt: skip
    with pytest.raises(DataErrors) as caught:
        made.run()
    told = [error.message for error in caught.value.errors]
    assert told[0] == "没有交来表：价"
    assert [line.rpartition("：")[2] for line in told[1:2]] == ["缺少主键列 车队号（是不是文件里的 车号？）"]
    assert "缺少列 等级" in told[2]
    assert told[3].endswith("表“行程”缺少列 车队号、运费（是不是文件里的 运 费？）")
    assert len(told) == 4


def test_one_cause_on_many_rows_is_one_line_and_what_could_not_be_read_stands_first(tmp_path):
    rules = "每公里: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 ÷ 里程}\n"
    rules += "双倍: {粒度: 行程, 单位: 元, 公式: 每公里 × 2}\n"
    rules += "明细: {粒度: 行程, 列: [每公里, 双倍]}\n结算: {期间: 年, 报表: [明细]}\n"
    rows = "".join(f"{n},东,2025-01-01,0,1.00,\n" for n in range(1, 8)) + '8,东,2025-01-01,"1,000",1.00,\n'
    said = city(tmp_path, rules, 行程=HEAD + rows).stopped().split("\n")
    assert said[0] == "报表 明细 有 14 个值无法确定"
    assert said[1] == "表 行程 有 1 行读不出来，没有用上："
    assert said[2].startswith("  里程（D101）：1 行，运费 1.00 元，如") and "千分位" in said[2]
    assert said[3] == "明细 1；2；3…（共 7 行） 的 每公里、双倍：每公里：除以零"
    assert len(said) == 5


def test_a_missing_key_column_is_named(tmp_path):
    assert "缺少主键列 行程号" in city(tmp_path, RULES, 行程="日期,运费\n2025-01-01,1\n").stopped()


def test_a_file_without_a_header_says_so(tmp_path):
    assert "没有表头" in city(tmp_path, RULES, 行程="").stopped()


def test_a_table_without_rows_settles_nothing(tmp_path):
    done = city(tmp_path, RULES, 行程=HEAD).run()
    assert done.lines("明细") == [] and [a for a in done.result.accounts if a.table == "行程"] == []


def test_a_table_that_was_not_delivered_stops(tmp_path):
    made = city(tmp_path, RULES)
    (tmp_path / "data" / "行程.csv").unlink()
    assert "表 行程 没有交来" in made.stopped()


def test_a_table_delivered_twice_in_one_folder_stops(tmp_path):
    made = city(tmp_path, RULES)
    (tmp_path / "data" / "行程.parquet").write_bytes(b"")
    said = made.stopped()
    assert "表“行程”有两个文件：行程.csv 和 行程.parquet" in said and "只留一个" in said


def test_a_file_that_is_not_what_its_name_says_stops(tmp_path):
    made = city(tmp_path, RULES)
    (tmp_path / "data" / "行程.csv").rename(tmp_path / "data" / "行程.parquet")
    assert "行程.parquet" in made.stopped()


def test_a_place_that_does_not_exist_stops(tmp_path):
    assert "找不到数据位置" in city(tmp_path, RULES).stopped(data=("数据",))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1,东,2025-01-01,1,一百,", "运费"), ("1,东,20250101x,1,1,", "日期"), ("1,东,2025-01-01,1,1.005,", "运费"),
        ("1,东,2025-01-01,1,,", "运费"), (",东,2025-01-01,1,1,", "行程号"), ("1,东,2025-01-01,1,1,,,9", "单元格"),
        ("1,东,2025-01-01,1,NaN,", "运费"), ("1,东,2025-01-01,1,1e400,", "运费"), ("1,东,2025-02-30,1,1,", "日期"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_rejected_and_counted(tmp_path, row, why):
    import duckdb

    done = city(tmp_path, RULES, 行程=HEAD + row + "\n2,东,2025-01-01,1,1.00,\n").run()
    assert done.account().states == {"拒收": 1, "结算": 1}
    ((reason,),) = duckdb.sql(f"SELECT 原因 FROM '{done.out / 'rejects' / '行程.parquet'}'").fetchall()
    assert why in reason


def test_rows_with_the_same_key_are_all_rejected(tmp_path):
    done = city(tmp_path, RULES, 行程=HEAD + "1,东,2025-01-01,1,1.00,\n1,东,2025-01-01,1,2.00,\n" + GOOD).run()
    assert done.account().by == {("拒收", "数据格式"): 2}


def test_a_reference_to_no_row_is_unresolved_not_zero(tmp_path):
    rules = RULES.replace("公式: 运费 × 50%", "分情形: {等级 = 大: 运费, 否则: 0}")
    assert "表 车队 没有 车队号 = 北 的行" in city(tmp_path, rules, 行程=HEAD + "1,北,2025-01-01,1,1.00,\n").stopped()


def test_a_value_outside_its_range_is_unresolved(tmp_path):
    said = city(tmp_path, RULES, 行程=HEAD + "1,东,2025-01-01,1,-1.00,\n").stopped()
    assert "报表 明细 有 1 个值无法确定" in said and "运费" in said


def test_numbers_of_any_size_stay_exact(tmp_path):
    big = "123456789012345678901234567890.02"
    done = city(tmp_path, RULES, 行程=HEAD + f"1,东,2025-01-01,1,{big},\n").run(formats=("parquet", "csv"))
    text = (done.out / "statements" / "明细.csv").read_text("utf-8-sig")
    assert "61728394506172839450617283945.01" in text


def test_a_result_that_stands_there_is_not_overwritten_unasked(tmp_path):
    made = city(tmp_path, RULES)
    out = made.run().out
    assert "已有一次运行的结果" in made.stopped(out=out)
    assert made.run(out=out, replace_old=True).lines("明细")


def test_a_folder_of_other_things_is_never_overwritten(tmp_path):
    made = city(tmp_path, RULES)
    made.write("mine/日记.txt", "我的")
    assert "不是运行结果" in made.stopped(out=tmp_path / "mine", replace_old=True)


def test_the_place_of_the_result_is_looked_at_before_anything_is_read(tmp_path):
    made = city(tmp_path, RULES, 行程="")
    made.write("mine/日记.txt", "我的")
    assert "不是运行结果" in made.stopped(out=tmp_path / "mine")


@pytest.mark.parametrize("below", ["jia/region.yaml/out", "/proc/out", "/dev/null/out"])
def test_a_place_that_cannot_be_written_to_is_said(tmp_path, below):
    assert "out" in city(tmp_path, RULES).stopped(out=tmp_path / below)


def chain(length):
    rules = "值0: {粒度: 行程, 单位: 元, 公式: 运费}\n"
    rules += "".join(f"值{n}: {{粒度: 行程, 单位: 元, 公式: 值{n - 1} + 1}}\n" for n in range(1, length + 1))
    return rules + f"明细: {{粒度: 行程, 列: [值{length}]}}\n结算: {{期间: 年, 报表: [明细]}}\n"


def test_a_rule_may_rest_on_a_hundred_others(tmp_path):
    assert city(tmp_path, chain(100)).run().lines("明细")[0] == "1 200"


# The same through the command line: never a traceback, and nothing where the result would be.


def command(*arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "engine", "run", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, **more,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("结算", "--period", "2025", "--data", "{0}/nowhere"),
        ("结算", "--period", "2023", "--data", "{0}/data"),
        ("结算", "--period", "2025-13", "--data", "{0}/data"),
        ("清算", "--period", "2025", "--data", "{0}/data"),
        ("结算", "--period", "2025", "--data", "{0}/data", "--previous", "{0}/data"),
    ],
)
def test_the_command_line_says_what_is_wrong_and_leaves_nothing(tmp_path, arguments):
    city(tmp_path, RULES)
    done = command(tmp_path / "jia", *(a.format(tmp_path) for a in arguments), "--out", tmp_path / "out")
    assert done.returncode == 1 and "Traceback" not in done.stderr and done.stderr.strip()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "jia"]


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_broken_off_leaves_no_result(tmp_path, sign):
    rows = "".join(f"{n},东,2025-01-01,1,1.00,\n" for n in range(600_000))
    city(tmp_path, RULES, 行程=HEAD + rows)
    arguments = [sys.executable, "-m", "engine", "run", tmp_path / "jia", "结算", "--period", "2025"]
    arguments += ["--data", tmp_path / "data", "--out", tmp_path / "out", "--progress"]
    process = subprocess.Popen(
        list(map(str, arguments)), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        preexec_fn=as_from_a_terminal,
    )  # fmt: skip
    assert process.stderr is not None
    told = process.stderr.readline()
    while told and '"读取"' not in told:
        told = process.stderr.readline()
    process.send_signal(sign)  # while DuckDB reads
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + sign and "已取消" in said and "Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "jia"]


def test_data_are_unchanged_by_a_run(tmp_path):
    made = city(tmp_path, RULES)
    made.run()
    assert (tmp_path / "data" / "行程.csv").read_text("utf-8").strip() == TRIPS.strip()
    assert (tmp_path / "data" / "车队.csv").read_text("utf-8").strip() == FLEETS.strip()


def test_one_wrong_character_in_a_short_column_name_stops(tmp_path):
    rules = "月费: {粒度: 车队, 单位: 元, 公式: '合计(运费, 当 有 班次)'}\n月表: {粒度: 车队, 列: [月费]}\n"
    trips = "行程号,车队号,日期,里程,运费,斑次\n1,东,2025-01-10,1,100.00,早\n"
    made = city(tmp_path, rules + "结算: {期间: 年, 报表: [月表]}\n", 行程=trips)
    with pytest.raises(DataError, match="没有列 班次，却有一列 斑次"):
        made.run(period="2025")


def test_a_stop_names_the_missing_table_that_it_is_about(tmp_path):
    """Of two tables that did not come, only the one that what stopped the run speaks of."""
    loaded = SimpleNamespace(undelivered=["价", "另一张"], tables={})
    stop = RunStopped("停", ["明细 1 的 数：表 价 没有交来"])
    told = Stopped(tmp_path / "out", tmp_path / "left", ("csv",)).told(stop, loaded, {})
    assert told.details == ["没有交来表 价", "明细 1 的 数：表 价 没有交来"]


def test_a_file_whose_name_has_more_than_the_tables_is_asked_about(tmp_path):
    made = city(tmp_path, RULES)
    (made.folder / "data" / "行程.csv").rename(made.folder / "data" / "行程2025年.csv")
    assert "没有交来表“行程”，却有一张 行程2025年：是不是写错了？" in made.stopped()


@pytest.mark.parametrize("name", ["加价.csv.txt", "加价.json", "加价.csv.gz", "旧的/加价.csv"])
def test_a_table_left_aside_for_its_kind_or_its_place_is_asked_about_though_it_need_not_come(tmp_path, name):
    rules = "加价: {主键: 车队号, 可空: 是, 字段: {车队号: → 车队, 元数: 元}}\n"
    rules += "月费: {粒度: 车队, 单位: 元, 公式: 合计(元数)}\n"
    made = city(tmp_path, rules + "月表: {粒度: 车队, 列: [月费]}\n结算: {期间: 年, 报表: [月表]}\n")
    assert "没有一行" not in str(made.run(period="2025").result.notes)
    file = made.folder / "data" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("车队号,元数\n东,5.00\n", "utf-8")
    assert f"没有交来表“加价”，却有一个不读的文件 {file}" in made.stopped()


def test_a_table_in_a_folder_below_is_told_where_the_table_came(tmp_path):
    made = city(tmp_path, RULES)
    (made.folder / "data" / "旧的").mkdir()
    (made.folder / "data" / "旧的" / "行程.csv").write_text(TRIPS, "utf-8")
    assert made.run(period="2025").run_json["unused_files"] == [str(made.folder / "data" / "旧的" / "行程.csv")]


def test_a_period_of_which_there_is_no_row_is_told_with_the_days_that_there_are(tmp_path):
    done = city(tmp_path, RULES).run(period="2024")
    told = "表 行程 的 4 行（日期 从 2025-01-10 到 2025-03-15）没有一行在 2024 里：看看 --period 和 --data 对不对"
    assert told in done.result.notes
    assert not any("没有一行" in note for note in city(tmp_path / "other", RULES).run(period="2025").result.notes)
