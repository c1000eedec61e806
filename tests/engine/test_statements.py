"""Statements: rows, columns, totals, what they fill, and digests that depend on the values alone."""

import csv
from fractions import Fraction

import duckdb
import openpyxl
import pytest
from city import FLEETS, TRIPS, city

from engine.execute.period import parse_period
from engine.settle import settle

PAID = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 × 50%}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
趟数: {粒度: 车队, 单位: 个, 公式: 计数(行程)}
每趟: {粒度: 车队, 单位: 元, 舍入: 2, 公式: 车队补贴 ÷ 趟数}
等级定额: {粒度: 等级, 单位: 元, 分情形: {等级 = 大: 7, 否则: 3}}
最高等级补贴: {粒度: 等级, 单位: 元, 公式: 最大(车队补贴)}
"""
FOUR = FLEETS + "南,小\n"


def sheet(tmp_path, spec, **tables):
    rules = PAID + f"表一: {spec}\n结算: {{期间: 年, 报表: [表一]}}\n"
    return city(tmp_path, rules, **({"车队": FOUR} | tables)).run()


def test_key_columns_come_first_unlisted(tmp_path):
    done = sheet(tmp_path, "{粒度: 车队, 列: {车队补贴: 应付（元）}}")
    assert done.headings("表一") == ["车队号", "应付（元）"]
    assert done.lines("表一") == ["东 150", "南 0", "西 600"]


def test_only_rows_that_meet_the_condition_are_shown(tmp_path):
    assert sheet(tmp_path, "{粒度: 车队, 列: [车队补贴], 条件: 车队补贴 > 0}").lines("表一") == ["东 150", "西 600"]


def test_rows_stand_in_the_order_of_their_keys(tmp_path):
    shuffled = "行程号,车队号,日期,里程,运费,班次\n" + "".join(
        f"{n},东,2025-01-01,1,1.00,\n" for n in ("b", "10", "9", "a", "甲", "乙")
    )
    done = sheet(tmp_path, "{粒度: 行程, 列: [补贴]}", 行程=shuffled)
    assert [line.split()[0] for line in done.lines("表一")] == ["10", "9", "a", "b", "乙", "甲"]


def test_a_total_sums_amounts_and_counts_but_no_means(tmp_path):
    done = sheet(tmp_path, "{粒度: 车队, 列: [车队补贴, 趟数, 每趟], 条件: 趟数 > 0, 合计行: 全市}\n全市: {键: []}")
    assert done.totals("表一") == ["合计 750 4 空"]


def test_a_total_for_each_value_of_its_grain_shows_what_is_of_that_grain(tmp_path):
    done = sheet(tmp_path, "{粒度: 车队, 列: [等级, 车队补贴, 等级定额], 合计行: 等级}")
    assert done.lines("表一") == ["东 大 150 7", "南 小 0 3", "西 小 600 3"]
    assert done.totals("表一") == ["合计 大 150 7", "合计 小 600 3"]


def test_totals_stand_in_run_json(tmp_path):
    done = sheet(tmp_path, "{粒度: 车队, 列: [等级, 车队补贴], 合计行: 等级}")
    assert done.run_json["totals"]["表一"] == [["合计", "大", "150.00"], ["合计", "小", "600.00"]]


def test_a_column_may_show_fewer_digits_than_its_value_has(tmp_path):
    rules = PAID + "比: {粒度: 车队, 公式: '若(趟数 > 0, 车队补贴 ÷ 趟数 ÷ 7, 0)'}\n".replace("车队补贴 ÷ 趟数", "趟数")
    rules += "表一: {粒度: 车队, 列: {比: {标题: 比, 小数: 2}}}\n结算: {期间: 年, 报表: [表一]}\n"
    done = city(tmp_path, rules).run()
    assert done.lines("表一") == ["东 0.29", "西 0.29"]
    assert [row[1] for row in done.result.kept[0].rows] == [Fraction(2, 7), Fraction(2, 7)]


# What a statement fills is the input of a later program.

FILLS = (
    PAID
    + """
年度车队: {主键: [车队号, 年度], 归期: 年度, 字段: {车队号: → 车队, 年度: 年, 定额: 元}}
测算表: {粒度: 车队, 回填: 年度车队, 列: {车队补贴: 定额}}
定标: {期间: 年, 规则时点: 期初, 行: {行程: '年(日期) = 期年 − 1'}, 报表: [测算表]}
余额: {粒度: 车队, 单位: 元, 公式: 定额 − 车队补贴}
结算表: {粒度: 车队, 列: [余额]}
结算: {期间: 年, 报表: [结算表]}
"""
)


def test_a_filled_table_has_renamed_columns_and_the_period_as_its_key(tmp_path):
    done = city(tmp_path, FILLS).run("定标", "2026")
    assert done.headings("测算表") == ["车队号", "定额", "年度"]
    assert done.lines("测算表") == ["东 150 2026", "西 600 2026"]
    assert done.run_json["fills"] == [{"statement": "测算表", "table": "年度车队", "file": "statements/测算表.parquet"}]


def test_the_result_folder_is_a_place_of_data_for_the_next_program(tmp_path):
    made = city(tmp_path, FILLS)
    filled = made.run("定标", "2026").out
    trips = "行程号,车队号,日期,里程,运费,班次\n9,东,2026-01-10,10,100.00,\n"
    made.data("next", 车队=FLEETS, 行程=trips)
    assert made.run(period="2026", data=("next", filled)).lines("结算表") == ["东 100", "西 600"]
    assert "没有 车队号 = 东 的行" in made.stopped(period="2025", data=("next", filled))


# Digests.

DETAIL = "{粒度: 行程, 列: [补贴, 班次]}"


def records(text):
    return list(csv.DictReader(text.strip().splitlines()))


def as_workbook(folder, name, text):
    book = openpyxl.Workbook()
    rows = records(text)
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([float(v) if k in ("运费", "里程") else v or None for k, v in row.items()])
    folder.mkdir(exist_ok=True)
    book.save(folder / f"{name}.xlsx")


def into_duckdb(path, name, text, kind=""):
    with duckdb.connect(str(path)) as base:
        columns = list(records(text)[0])
        kinds = {"运费": "DECIMAL(12,2)", "里程": "DOUBLE", "日期": "DATE"}
        titles = ", ".join(f"{c} {kinds.get(c, 'VARCHAR')}" for c in columns)
        base.execute(f"CREATE TABLE {name} ({titles})")
        marks = ", ".join("?" * len(columns))
        for row in records(text):
            base.execute(f"INSERT INTO {name} VALUES ({marks})", [value or None for value in row.values()])
        if kind:
            target = path.parent / f"{name}.parquet"
            base.execute(f"COPY {name} TO '{target}' (FORMAT parquet)")
    if kind:
        path.unlink()


@pytest.mark.parametrize("kind", ["shuffled", "xlsx", "parquet", "duckdb"])
def test_digests_depend_on_the_values_alone(tmp_path, kind):
    first = sheet(tmp_path, DETAIL)
    tables = {"车队": FOUR, "行程": TRIPS}
    place = tmp_path / "again"
    place.mkdir()
    for name, text in tables.items():
        head, *lines = text.strip().splitlines()
        if kind == "shuffled":
            (place / f"{name}.csv").write_text("\n".join([head, *reversed(lines)]) + "\n", "utf-8")
        elif kind == "xlsx":
            as_workbook(place, name, text)
        elif kind == "parquet":
            into_duckdb(place / f"{name}.duckdb", name, text, kind)
        else:
            into_duckdb(tmp_path / "all.duckdb", name, text)
    rules = PAID + f"表一: {DETAIL}\n结算: {{期间: 年, 报表: [表一]}}\n"
    made = city(tmp_path, rules, 车队=FOUR)
    again = made.run(data=("all.duckdb" if kind == "duckdb" else "again",), out=tmp_path / "second")
    assert again.digests == first.digests


def test_a_digest_changes_with_a_single_fen(tmp_path):
    first = sheet(tmp_path / "a", DETAIL)
    second = sheet(tmp_path / "b", DETAIL, 行程=TRIPS.replace("800.00", "800.02"))
    assert first.digests != second.digests


def test_other_formats_are_written_beside_parquet(tmp_path):
    rules = PAID + "表一: {粒度: 车队, 列: [车队补贴]}\n结算: {期间: 年, 报表: [表一]}\n"
    done = city(tmp_path, rules).run(formats=("parquet", "csv", "xlsx"))
    assert sorted(path.name for path in (done.out / "statements").iterdir()) == [
        "表一.csv",
        "表一.parquet",
        "表一.xlsx",
    ]
    text = (done.out / "statements" / "表一.csv").read_text("utf-8-sig")
    assert text.split() == ["车队号,车队补贴", "东,150.00", "西,600.00"]


def test_keep_all_keeps_what_no_statement_names(tmp_path):
    rules = (
        "加价: {粒度: 行程, 单位: 元, 公式: 运费 + 运费}\n月费: {粒度: 车队, 单位: 元, 公式: 合计(加价)}\n"
        "月表: {粒度: 车队, 列: [月费]}\n结算: {期间: 年, 报表: [月表]}\n"
    )
    made = city(tmp_path, rules)
    few = {kept.grain for kept in made.run(period="2025").result.kept}
    assert few == {"车队"}
    out = tmp_path / "all"
    result, _ = settle(made.book(), "结算", parse_period("2025"), [made.folder / "data"], out, keep_all=True)
    trips = next(kept for kept in result.kept if kept.grain == "行程")
    assert [column.name for column in trips.columns] == ["行程号", "加价"]
    assert trips.rows[0][1] == 200


def test_what_was_shared_out_among_rows_is_kept_though_no_statement_names_it(tmp_path):
    rules = (
        "奖金: {单位: 元, 取值: {2024-01-01: 100.00}}\n加价: {粒度: 行程, 单位: 元, 公式: 运费 + 运费}\n"
        "分得: {粒度: 行程, 单位: 元, 公式: '分摊(奖金, 加价)'}\n所得: {粒度: 车队, 单位: 元, 公式: 合计(分得)}\n"
        "月表: {粒度: 车队, 列: [所得]}\n结算: {期间: 年, 报表: [月表]}\n"
    )
    done = city(tmp_path, rules).run(period="2025")
    trips = next(kept for kept in done.result.kept if kept.grain == "行程")
    assert [column.name for column in trips.columns] == ["行程号", "分得"]
    assert sum(row[1] for row in trips.rows) == 100
