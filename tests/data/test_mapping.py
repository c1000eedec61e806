"""Tables and columns that bear other names: one mapping for files and databases, and what is wrong with it."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from fields import DATE, LEVEL, MONTH, TEXT, number, result_folder, table, visits
from remote_help import WHY_NOT, database, make, place
from remote_help import agree as agree_in_database
from staging_help import assert_same

from engine.data.duckdb_files import memory_connection
from engine.data.load import load_table
from engine.data.mapping import read_mapping
from engine.data.staging.delivery import FileDelivery
from engine.data.staging.stage import stage_table
from engine.data.taken import Taken, as_fields
from engine.data.values import BadCell
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.files.raw import RawTable
from engine.language.values import Month
from engine.rulebook.book import load
from engine.rulebook.model import Field, Table
from engine.rulebook.problems import Place, RulebookError

MAPPING = """
就诊:
  来自: mdtrt
  列:
    编号: id
    日期: {列: setl_date}
    金额: total
    级别: {列: lv, 代码: {"1": 甲级, "02": 乙级及以下}}
    天数: {常数: 7}
"""
HEADER = "id,setl_date,total,lv,新,junk\n"
ROWS = "a,2025-03-01,1.50,1,是,x\nb,2025/3/2,2,02,,y\nc,2025-03-03,3,9,,z\nd,2025-03-03,x, 1 ,,z\ne,2025-03-03,4,,,\n"
PLAIN = """
就诊:
  来自: mdtrt
  列: {编号: id, 日期: setl_date, 金额: total, 级别: lv, 天数: junk}
"""


def written(tmp_path, text: str):
    path = tmp_path / "映射.yaml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


def delivery(tmp_path, text: str = HEADER + ROWS, name: str = "mdtrt"):
    folder = tmp_path / "data"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def test_a_mapping_gives_table_columns_codes_and_constants(tmp_path):
    places = open_places([delivery(tmp_path)], written(tmp_path, MAPPING))
    loaded = load_table(visits(), places)
    assert places.tables() == ("就诊",)
    assert [(row["编号"], row["级别"], row["天数"], row["新"]) for row in loaded.rows] == [
        ("a", "甲级", Fraction(7), True),
        ("b", "乙级及以下", Fraction(7), False),
    ]
    assert [(row.key_text, row.reason) for row in loaded.rejected] == [
        ("c", "级别：“9”不在映射的代码 1、02 之内"),
        ("d", "金额：“x”不是数"),
        ("e", "级别：必填，单元格是空的"),
    ]
    assert loaded.unknown_columns == ()
    assert loaded.missing_columns == ("备用",)


@pytest.mark.parametrize("kind", ["parquet", "csv", "duckdb"])
def test_renamed_columns_are_still_read_by_a_view(tmp_path, kind):
    rows = "a,2025-03-01,1.50,甲级,是,3\nb,2025/3/2,2,乙级及以下,,5\nc,2025-03-03,x,甲级,,5\n"
    folder = delivery(tmp_path, HEADER + rows)
    if kind != "csv":
        target = tmp_path / "made"
        target.mkdir()
        with duckdb.connect(str(target / "d.duckdb")) as connection:
            connection.execute(f"CREATE TABLE mdtrt AS FROM read_csv('{folder}/mdtrt.csv', all_varchar = true)")
            if kind == "parquet":
                connection.execute(f"COPY mdtrt TO '{target}/mdtrt.parquet'")
        folder = target / "d.duckdb" if kind == "duckdb" else target
        if kind == "parquet":
            (target / "d.duckdb").unlink()
    mapping = written(tmp_path, PLAIN)
    places = open_places([folder], mapping)
    loaded = load_table(visits(), places)
    with memory_connection() as connection:
        staged = stage_table(connection, visits(), places)
        assert isinstance(staged.delivery, FileDelivery)
        assert_same(staged, loaded, connection)
        other = written(tmp_path, PLAIN.replace("天数: junk", "天数: total").replace("金额: total", "金额: junk"))
        assert stage_table(connection, visits(), open_places([folder], other), name="t1").digest != staged.digest


def test_codes_and_constants_with_duckdb_come_out_the_same(tmp_path):
    places = open_places([delivery(tmp_path)], written(tmp_path, MAPPING))
    loaded = load_table(visits(), places)
    with memory_connection() as connection:
        assert_same(stage_table(connection, visits(), places), loaded, connection)


REFINED = """
就诊:
  来自: mdtrt
  空值: "-"
  列:
    编号: {列: [grp, severity]}
    日期: {列: at, 取: 日期, 空值: [1900-01-01, 9999-12-31]}
    月份: {列: at, 取: 年月}
    年度: {列: at, 取: 年}
    级别: {列: lv, 代码: {1: 甲级, 9: 空}, 其余: 乙级及以下}
    备注: {列: lv, 代码: {1: 一}, 其余: 原样}
    金额: total
"""
REFINED_ROWS = [
    ("a", "1", "2025-03-01 10:30:11", "1", "1.50"),
    ("a", "2", "2025-03-31", "2", "2"),
    ("b", "1", "1900-01-01", " x ", "3"),
    ("b", "2", "1900-01-01 00:00:00", "9", "-"),
    ("b", "", "2025-03-01", "1", "4"),
    ("", "-", "2025-03-01", "1", "5"),
    ("c", "1", "2025-03-01 25:00:00", "1", "6"),
    ("c", "2", "2025-02-30", "1", "7"),
    ("c", "3", "2025-02-29 10:00:00", "1", "7"),
    ("d", "1", "9999-12-31", "", ""),
    ("d", "2", "2024-02-29T23:59:59", "\u30001", "8"),
]
REFINED_VALUES = [
    ("a1", datetime.date(2025, 3, 1), Month(2025, 3), 2025, "甲级", "一", Fraction(3, 2)),
    ("a2", datetime.date(2025, 3, 31), Month(2025, 3), 2025, "乙级及以下", "2", Fraction(2)),
    ("b1", None, None, None, "乙级及以下", "x", Fraction(3)),
    ("b2", None, None, None, None, "9", None),
    ("d1", None, None, None, None, None, None),
    ("d2", datetime.date(2024, 2, 29), Month(2024, 2), 2024, "甲级", "一", Fraction(8)),
]
REFINED_REFUSED = {
    ("", "编号：由列 grp、severity 连接，而 severity 是空的"),
    ("", "编号：必填，单元格是空的"),
    ("c1", "日期：“2025-03-01 25:00:00”"),
    ("c2", "日期：“2025-02-30”：没有这一天"),
    ("c3", "日期：“2025-02-29”：没有这一天"),
}


def refined() -> Table:
    empty = {"nullable": True}
    return table(
        "就诊",
        "编号",
        编号=TEXT,
        日期=Field("日期", DATE, **empty),
        月份=Field("月份", MONTH, **empty),
        年度=Field("年度", number(), **empty),
        级别=Field("级别", LEVEL, **empty),
        备注=Field("备注", TEXT, **empty),
        金额=Field("金额", number("元"), **empty),
    )


REFINED_HEADER = ["grp", "severity", "at", "lv", "total"]


def refined_mapping(tmp_path):
    extra = REFINED.replace("月份: {列: at, 取: 年月}", "月份: {列: at, 取: 年月, 空值: [1900-01-01, 9999-12-31]}")
    return written(tmp_path, extra.replace("取: 年}", "取: 年, 空值: [1900-01-01, 9999-12-31]}"))


def test_columns_are_joined_shared_emptied_and_cut_out_of_moments(tmp_path):
    text = "".join(",".join(row) + "\n" for row in [REFINED_HEADER, *REFINED_ROWS])
    places = open_places([delivery(tmp_path, text)], refined_mapping(tmp_path))
    loaded = load_table(refined(), places)
    assert [tuple(row.values()) for row in loaded.rows] == REFINED_VALUES
    told = [(row.key_text, row.reason) for row in loaded.rejected]
    assert len(told) == len(REFINED_REFUSED)
    assert all(any(key == k and why.startswith(w) for k, w in REFINED_REFUSED) for key, why in told), told
    with memory_connection() as connection:
        assert_same(stage_table(connection, refined(), places), loaded, connection)


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize("kinds", [("text",) * 5, ("text", "int", "timestamp", "int", "numeric(10,2)")])
def test_a_database_joins_shares_empties_and_cuts_as_files_do(tmp_path, kinds):
    def cell(kind, value):
        value = value if kind == "text" else value.strip()
        return value if kind == "text" or value.replace(":", "").replace(".", "").replace("-", "").isdigit() else None

    rows = [[cell(kind, value) for kind, value in zip(kinds, row, strict=True)] for row in REFINED_ROWS]
    if kinds[2] != "text":
        rows = [
            row
            for row in rows
            if row[2] not in (None, "2025-02-30") and "25:00" not in row[2] and "02-29 " not in row[2]
        ]
    make("mdtrt", list(zip(REFINED_HEADER, kinds, strict=True)), rows)
    agree_in_database(refined(), open_places([place()], refined_mapping(tmp_path)))


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize(
    ("kind", "cells"),
    [("int", ["0", "1", "19000101", None]), ("numeric", ["0.00", "1.5", "2", "NaN"]), ("boolean", ["true", None]),
     ("double precision", ["0", "1.5"]), ("date", ["1900-01-01", "2025-01-01"]),
     ("text", ["0", "0.0", " 1900-01-01 ", "1900/1/1"]),
     ("timestamp", ["1900-01-01 00:00:00", "1900-01-01 08:00:00", "2025-01-01 00:00:00"])],
)  # fmt: skip
def test_what_stands_for_nothing_in_every_type_of_column(tmp_path, kind, cells):
    text = "就诊: {列: {编号: id, 备注: {列: v, 空值: [0, 1.5, 1900-01-01]}, 日期: {列: v, 空值: [1900-01-01]}}}\n"
    make("就诊", [("id", "text"), ("v", kind)], [[f"K{n}", cell] for n, cell in enumerate(cells)])
    agree_in_database(refined(), open_places([place()], written(tmp_path, text)), columns_needed={"备注", "日期"})


def test_cells_of_a_workbook_are_joined_and_emptied_by_what_they_are():
    joined = Taken("编号", Place("映射.yaml", 1, 1), ("a", "b"), between="-")
    assert joined.cell(("BB1", 1.0)) == "BB1-1"
    assert joined.cell((None, " ")) is None
    assert joined.cell((4.10881e17, 1)) == BadCell("应为文本，单元格是超过 15 位的数字，末几位可能已丢失", "D101")
    emptied = Taken("日期", Place("映射.yaml", 1, 1), ("a",), nothing=("1900-01-01", "0"))
    assert [emptied.cell((cell,)) for cell in (datetime.date(1900, 1, 1), datetime.datetime(1900, 1, 1, 9), 0.0)] == [
        None
    ] * 3
    assert [emptied.cell((cell,)) for cell in (1, 1.0, "1900-01-02", "", None)] == [1, 1.0, "1900-01-02", "", None]


def test_one_table_of_the_data_may_be_several_tables(tmp_path):
    text = "就诊: {来自: 表, 列: {编号: id}}\n病人: {来自: 表, 列: {编号: p}}\n"
    places = open_places([delivery(tmp_path, "id,p\na,x\n", "表")], written(tmp_path, text))
    assert places.tables() == ("就诊", "病人")
    patients = load_table(table("病人", "编号", 编号=TEXT), places)
    assert [row["编号"] for row in patients.rows] == ["x"]


def test_a_table_without_a_source_of_another_name_is_its_own(tmp_path):
    text = "就诊:\n  列: {编号: id}\n"
    folder = delivery(tmp_path, "id,日期,金额,级别,天数\na,2025-03-01,1,甲级,3\n", "就诊")
    (row,) = load_table(visits(), open_places([folder], written(tmp_path, text))).rows
    assert (row["编号"], row["日期"]) == ("a", datetime.date(2025, 3, 1))


OWN_NAME = "编号,日期,金额,级别,天数\na,2025-03-01,9,甲级,3\nz,2025-03-02,8,甲级,3\n"


def test_a_table_whose_name_is_taken_from_another_of_the_same_place_is_told(tmp_path):
    delivery(tmp_path, OWN_NAME, "就诊")
    places = open_places([delivery(tmp_path)], written(tmp_path, MAPPING))
    (said,) = places.ignored
    assert said.startswith(str(tmp_path / "data" / "就诊.csv")) and said.endswith("映射.yaml:2:1：表“就诊”取自 mdtrt）")
    assert [source.stored for source in places.of("就诊")] == ["mdtrt"]


def test_a_place_with_the_table_under_its_own_name_only_lies_over_the_mapped_one(tmp_path):
    (tmp_path / "更正").mkdir()
    (tmp_path / "更正" / "就诊.csv").write_text(OWN_NAME, "utf-8")
    rows = "a,2025-03-01,1.50,1,是,x\nb,2025/3/2,2,02,,y\n"
    places = open_places([delivery(tmp_path, HEADER + rows), tmp_path / "更正"], written(tmp_path, MAPPING))
    assert not places.ignored
    loaded = load_table(visits(), places)
    assert [(row["编号"], int(row["金额"])) for row in loaded.rows] == [("a", 9), ("b", 2), ("z", 8)]


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize("source", ["mdtrt", "s.mdtrt"])
def test_a_database_tells_a_table_whose_name_is_taken_from_another(tmp_path, source):
    make("mdtrt", [(name, "text") for name in HEADER.strip().split(",")], [])
    with database() as connection:
        connection.execute("CREATE TABLE s.就诊 (编号 text); DROP SCHEMA IF EXISTS c CASCADE; CREATE SCHEMA c")
        connection.execute("CREATE TABLE c.就诊 (编号 text)")
    places = open_places([place("s"), place("c")], written(tmp_path, MAPPING.replace("mdtrt", source)))
    told = [origin.partition("（")[0].rpartition(" ")[2] for origin in places.ignored]
    if source == "mdtrt":  # schema c has none: what has the rulebook's name there is what it is called
        assert (told, [one.stored for one in places.of("就诊")]) == (["s.就诊"], ["mdtrt", "就诊"])
    else:  # one table for both places
        assert told == ["s.就诊", "c.就诊"]
    assert all(origin.endswith(f"表“就诊”取自 {source}）") for origin in places.ignored)


def test_results_of_a_run_are_not_mapped(tmp_path):
    out = tmp_path / "out"
    fills = [{"statement": "表", "table": "就诊", "file": "statements/表.csv"}]
    result_folder(out, fills, **{"表.csv": "编号,备用\na,5\n"})
    folder = delivery(tmp_path, HEADER + "a,2025-03-01,1.50,1,是,x\n")
    (row,) = load_table(visits(), open_places([folder, out], written(tmp_path, MAPPING))).rows
    assert row["备用"] == Fraction(5)


BROKEN = {
    "no table": ("就诊: {来自: }\n", "E"),
    "nothing": ("就诊: {}\n", "什么也没有"),
    "no columns": ("就诊: {列: {}}\n", "什么也没有"),
    "an unknown keyword": ("就诊: {來自: a}\n", "不是关键字"),
    "a list of columns": ("就诊: {列: [a, b]}\n", "应是“字段: 数据里的列”"),
    "text for a table": ("就诊: mdtrt\n", "后面应是“关键字: 内容”"),
    "column and constant": ("就诊: {列: {编号: {列: a, 常数: b}}}\n", "不能同时写"),
    "codes of a constant": ("就诊: {列: {级别: {常数: b, 代码: {1: 甲}}}}\n", "还要写“列”"),
    "neither": ("就诊: {列: {级别: {代码: {1: 甲}}}}\n", "列"),
    "an empty code": ("就诊: {列: {级别: {列: a, 代码: {}}}}\n", "什么也没有"),
    "a field twice": ("就诊: {列: {编号: a, 编号: b}}\n", "编号"),
    "a rest without codes": ("就诊: {列: {级别: {列: a, 其余: 甲}}}\n", "还要写“代码”"),
    "a rest among the codes": ("就诊: {列: {级别: {列: a, 代码: {1: 甲, 其余: 乙}}}}\n", "写在 代码 的外面"),
    "nothing as a code": ("就诊: {列: {级别: {列: a, 代码: {空: 甲}}}}\n", "“空”不是代码"),
    "one column to join": ("就诊: {列: {级别: {列: a, 连接: '-'}}}\n", "没有可连接的"),
    "one column in a list": ("就诊: {列: {级别: {列: [a]}}}\n", "列"),
    "a part of joined columns": ("就诊: {列: {日期: {列: [a, b], 取: 日期}}}\n", "不能又写 取"),
    "a part that is none": ("就诊: {列: {日期: {列: a, 取: 时刻}}}\n", "时刻"),
    "nothing of a constant": ("就诊: {列: {日期: {常数: a, 空值: b}}}\n", "还要写“列”"),
    "nothing at all": ("{}\n", "映射文件是空的"),
    "sql": ("就诊: {条件: 'x = 1'}\n", "“条件”"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_mapping_says_what_is_wrong_and_on_which_line(tmp_path, name):
    text, said = BROKEN[name]
    with pytest.raises(RulebookError) as error:
        written(tmp_path, "# 一行\n" + text)
    assert said in str(error.value)
    assert all(problem.place.line in ((1,) if name == "nothing at all" else (2, 3)) for problem in error.value.problems)


def test_tables_fields_columns_and_sources_that_are_not_there(tmp_path):
    mapping = written(tmp_path, MAPPING + "    金客: x\n住院: {列: {a: b}}\n")
    with pytest.raises(RulebookError, match="“金客”(.|\n)*“住院”") as error:
        mapping.refuse_strangers({"就诊": visits()})
    assert [problem.place.line for problem in error.value.problems] == [10, 11]
    assert "是不是“金额”" in error.value.problems[0].hint
    folder = delivery(tmp_path)
    with pytest.raises(DataError, match="映射.yaml:.*没有列 totl") as wrong:
        load_table(visits(), open_places([folder], written(tmp_path, MAPPING.replace("金额: total", "金额: totl"))))
    assert wrong.value.hint == "是不是 total？"
    with pytest.raises(DataError, match="映射.yaml:2:1：数据里没有 mdtr，"):
        open_places([folder], written(tmp_path, MAPPING.replace("mdtrt", "mdtr")))


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize("source", ["mdtrt", "s.mdtrt"])
def test_a_mapping_of_a_database_is_that_of_files(tmp_path, source):
    rows = [line.split(",") for line in ROWS.splitlines()]
    cells = [[cell or None for cell in row] for row in rows if row[0] != "d"]
    kinds = ["varchar(20)", "text", "numeric(10,2)", "char(2)", "text", "text"]
    make("mdtrt", list(zip(HEADER.strip().split(","), kinds, strict=True)), cells)
    mapping = written(tmp_path, MAPPING.replace("mdtrt", source))
    at = place("s") if source == "mdtrt" else place("public")
    staged = agree_in_database(visits(), open_places([at], mapping))
    assert [(row.key_text, row.reason) for row in staged.rejected] == [
        ("c", "级别：“9”不在映射的代码 1、02 之内"),
        ("e", "级别：必填，单元格是空的"),
    ]
    assert (staged.count, staged.unknown_columns, staged.missing_columns) == (2, (), ("备用",))


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize(
    ("kind", "cells"),
    [("int", ["1", "2", "9", None]), ("numeric", ["1", "2.0", "2.5", "NaN"]), ("boolean", ["true", "false", None]),
     ("double precision", ["1", "2.5", "NaN", "2"]), ("text", ["1", " 2 ", "\u30002", "", "3"]),
     ("date", ["2025-01-01"])],
)  # fmt: skip
def test_codes_of_every_type_of_column(tmp_path, kind, cells):
    text = (
        "就诊:\n  列: {编号: id, 日期: {常数: 2025-01-01}, 金额: {常数: 1}, 天数: {常数: 1}, "
        "级别: {列: lv, 代码: {1: 甲级, 2: 乙级及以下, true: 甲级}}}\n"
    )
    make("就诊", [("id", "text"), ("lv", kind)], [[f"K{n}", cell] for n, cell in enumerate(cells)])
    agree_in_database(visits(), open_places([place()], written(tmp_path, text)))


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_names_with_quotes_are_names(tmp_path):
    odd = 'a"; DROP TABLE x; --'
    make(odd, [(odd + "1", "text"), ("日期", "date"), ("金额", "int"), ("级别", "text"), ("天数", "int")],
         [["K", "2025-01-01", "1", "甲级", "1"]])  # fmt: skip
    mapping = written(tmp_path, f"就诊:\n  来自: '{odd}'\n  列: {{编号: '{odd}1'}}\n")
    staged = agree_in_database(visits(), open_places([place()], mapping))
    assert staged.count == 1


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_a_name_that_postgresql_would_cut_is_refused(tmp_path):
    make("就诊", [("编号", "text")], [])
    with pytest.raises(DataError, match="66 字节.*最多 63 字节"):
        open_places([place()], written(tmp_path, f"就诊:\n  来自: {'长' * 22}\n"))
    with database() as connection:
        assert connection is not None


def test_the_mappings_in_the_documentation_are_some(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "databases.md").read_text("utf-8")
    mappings = [written(tmp_path, text) for text in re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)]
    for mapping in mappings:
        mapping.refuse_strangers(load("jiyuan").at(datetime.date(2025, 6, 30)).tables)
    codes = next(taken.codes for taken in mappings[0].tables["病例"].taken if taken.field == "险种")
    assert codes == (("310", "职工"), ("390", "居民"))
    assert any(mapping.tables["病例"].zone == "Asia/Shanghai" for mapping in mappings)
    assert any(mapping.tables["病例"].refunds is not None for mapping in mappings)


def test_a_moment_of_a_workbook_gives_its_day_and_month():
    raw = RawTable(
        "就诊", ("at",), [(45717.5,), ("2025-03-01 08:00",)], [2, 3], "表.xlsx", (), datetime.date(1899, 12, 30)
    )
    at = Place("映射.yaml", 1, 1)
    found = as_fields(raw, [Taken("日期", at, ("at",), part="日期"), Taken("月份", at, ("at",), part="年月")])
    assert found.rows == [("2025-03-01", "2025-03")] * 2


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("时区: Asia/Shanghai", "写在表的下面：表名: {时区: Asia/Shanghai, …}"),
        ("空值: [无]", "写在表的下面：表名: {空值: [无], …}"),
        ("列: {编号: id}", "写在表的下面：表名: {列: {字段: 数据里的列}, …}"),
        ("退费: {标志: a, 值: b, 原单号: c}", "写在表的下面：表名: {退费: "),
        ("其余: 乙", "写在一列里：表名: {列: {字段: {列: 数据里的列, 代码: {1: 甲}, 其余: 乙}}}"),
        ("原单号: c", "写在表的 退费 里"),
        ("拒收上限: 5", "写在规则的程序里：程序名: {拒收上限: …}"),
    ],
)
def test_a_word_at_the_top_is_told_where_it_belongs(tmp_path, text, where):
    with pytest.raises(RulebookError) as caught:
        written(tmp_path, PLAIN + text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == ("E123", 5) and where in problem.hint


def test_a_table_may_be_called_as_a_word_is(tmp_path):
    assert set(written(tmp_path, "时区:\n  来自: t\n  列: {编号: id}\n").tables) == {"时区"}
