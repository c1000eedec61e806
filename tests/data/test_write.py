"""The folder a run leaves: formats, exactness, formulas."""

import codecs
import csv
import datetime
import io
import json
from datetime import date
from fractions import Fraction

import duckdb
import openpyxl
import pytest
from fields import BOOL, DATE, INTERVAL, LEVEL, MONTH, RUN, TEXT, number, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.columns import OutColumn
from engine.data.kept_values import read_values
from engine.data.load import load_table
from engine.data.typed import Rejected
from engine.data.write import Held, OutFolder
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.language.alike import UNSEEN
from engine.language.values import Interval, Month, Unresolved

COLUMNS = [
    OutColumn("编号", "编号", TEXT, key=True),
    OutColumn("金额", "金额（元）", number("元"), 2),
    OutColumn("例数", "例数", number("例"), 0),
    OutColumn("比", "比", number(), None),
    OutColumn("日", "日", DATE),
    OutColumn("月", "月", MONTH),
    OutColumn("真", "真", BOOL),
]
ROWS = [
    ["=1+1", Fraction(1234567, 100), Fraction(3), Fraction(1, 3), date(2025, 3, 1), Month(2025, 3), True],
    ["@x", None, None, None, None, None, None],
    ["-5", Fraction(-1, 200), Fraction(-3), Fraction(1, 2), date(1800, 1, 1), Month(2025, 12), False],
]


def write(tmp_path, columns=COLUMNS, rows=ROWS, **more):
    with OutFolder(tmp_path / "out") as out:
        out.statement("表", columns, rows, formats=("csv", "xlsx"), **more)
        out.run_json({"region": "虚构市"})
    return tmp_path / "out" / "statements"


def test_parquet_types_are_exact(tmp_path):
    file = write(tmp_path) / "表.parquet"
    relation = duckdb.sql(f"select * from '{file}'")
    assert [str(kind) for kind in relation.types] == [
        "VARCHAR",
        "DECIMAL(38,2)",
        "BIGINT",
        "VARCHAR",
        "DATE",
        "VARCHAR",
        "BOOLEAN",
    ]
    first, second, third = relation.fetchall()
    assert [str(cell) for cell in first] == ["=1+1", "12345.67", "3", "1/3", "2025-03-01", "2025-03", "True"]
    assert second == ("@x", *[None] * 6) and str(third[1]) == "-0.01"


def test_csv_opens_in_excel_and_smuggles_no_formula(tmp_path):
    data = (write(tmp_path) / "表.csv").read_bytes()
    assert data.startswith(codecs.BOM_UTF8)
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert lines[0] == ["编号", "金额（元）", "例数", "比", "日", "月", "真"]
    assert lines[1] == ["'=1+1", "12345.67", "3", "1/3", "2025-03-01", "2025-03", "是"]
    assert lines[2] == ["'@x", "", "", "", "", "", ""]
    assert lines[3][:3] == ["'-5", "-0.01", "-3"]


def test_xlsx_is_exact_readable_and_smuggles_no_formula(tmp_path):
    long = [["长", Fraction(12345678901234567, 100), Fraction(1), None, None, None, None]]
    sheet = openpyxl.load_workbook(write(tmp_path, rows=ROWS + long) / "表.xlsx").active
    assert sheet.title == "表" and sheet.freeze_panes == "A2" and sheet["A1"].font.bold
    assert sheet["A2"].data_type == "s" and sheet["A2"].value == "=1+1" and sheet["A2"].quotePrefix
    assert sheet["B2"].value == 12345.67 and sheet["B2"].number_format == "#,##0.00"
    assert sheet["B5"].value == "123456789012345.67"
    assert sheet["D2"].value == "1/3" and sheet["E4"].value == "1800-01-01" and sheet["B3"].value is None
    assert 8 <= sheet.column_dimensions["B"].width <= 44


@pytest.mark.parametrize("sign", ["\uffff", "\ufffe", "\x01", "\ud800"])
def test_a_key_with_a_sign_that_xml_forbids_breaks_no_workbook(tmp_path, sign):
    from engine.data.xlsx_out import write_xlsx

    columns = [OutColumn("编号", f"编号{sign}", TEXT, key=True)]
    write_xlsx(tmp_path / "表.xlsx", f"表{sign}", columns, [[f"a{sign}b"]])
    sheet = openpyxl.load_workbook(tmp_path / "表.xlsx").active
    assert [cell.value for (cell,) in sheet.iter_rows()] == ["编号\ufffd", "a\ufffdb"]


def test_a_clock_before_1980_spoils_no_workbook(tmp_path, monkeypatch):
    import time
    import zipfile

    before = time.struct_time((1970, 1, 2, 0, 0, 0, 4, 2, 0))
    monkeypatch.setattr(zipfile.time, "localtime", lambda *_: before)
    sheet = openpyxl.load_workbook(write(tmp_path) / "表.xlsx").active
    assert sheet["B2"].value == 12345.67
    with zipfile.ZipFile(tmp_path / "out" / "statements" / "表.xlsx") as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_run_json_names_fills_digests_and_files(tmp_path):
    write(tmp_path, fills="名册")
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert run["fills"] == [{"statement": "表", "table": "名册", "file": "statements/表.parquet"}]
    assert len(run["digests"]["表"]) == 64 and run["region"] == "虚构市"
    assert run["files"] == ["run.json", "statements/表.csv", "statements/表.parquet", "statements/表.xlsx"]


def test_an_earlier_run_is_a_place_that_overlays_columns(tmp_path):
    staff = table("名册", "编号", 编号=TEXT, 级别=LEVEL, 金额=number("元"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "名册.csv").write_text("编号,级别,金额\n=1,甲级,1\nb,甲级,2\n")
    columns = [OutColumn("编号", "编号", TEXT, key=True), OutColumn("x", "金额", number("元"), 2)]
    with OutFolder(tmp_path / "out") as out:
        out.statement("公布", columns, [["=1", Fraction(5, 2)]], fills="名册")
        out.statement("别的", columns, [["zz", Fraction(5, 2)]])
        out.run_json(RUN)
    places = open_places([tmp_path / "in", tmp_path / "out"])
    assert places.tables() == ("名册",)
    assert [(row["编号"], row["金额"]) for row in load_table(staff, places).rows] == [
        ("=1", Fraction(5, 2)),
        ("b", 2),
    ]


def test_rejected_and_held_rows_are_listed(tmp_path):
    with OutFolder(tmp_path / "out") as out:
        out.rejects(
            "名册",
            [Rejected("a", 3, "金额", "坏", "D101", "名册.csv"), Rejected("b", 0, "", "早", "日期先后")],
        )
        out.held([Held("名册", "c", "应付", "系数", "除以零")])
        out.run_json(RUN)
    rejects = duckdb.sql(f"select 主键, 行号, 检查, 原因 from '{tmp_path}/out/rejects/名册.parquet'").fetchall()
    assert rejects == [("a", 3, "D101", "坏"), ("b", None, "日期先后", "早")]
    assert duckdb.sql(f"select * from '{tmp_path}/out/held.parquet'").fetchall() == [
        ("名册", "c", "应付", "系数", "除以零")
    ]


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "a\\b", "..", "", ".x", "a\nb", "x" * 300, 'a"b', " a"])
def test_names_that_are_no_file_names_are_refused(tmp_path, name):
    with pytest.raises(DataError, match="不能用作文件名"), OutFolder(tmp_path / "out") as out:
        out.statement(name, COLUMNS, ROWS)
    assert list(tmp_path.iterdir()) == []


def test_headings_that_differ_only_in_case_are_refused(tmp_path):
    columns = [OutColumn("a", "CMI", TEXT), OutColumn("b", "cmi", TEXT)]
    with pytest.raises(DataError, match="不分大小写"):
        write(tmp_path, columns, [["x", "y"]])


def test_a_number_that_does_not_fit_is_an_error_not_a_loss(tmp_path):
    with pytest.raises(DataError, match="38 位"):
        write(tmp_path, COLUMNS[:2], [["a", Fraction(10**36)]])


def test_whole_numbers_past_64_bits_are_kept(tmp_path):
    file = write(tmp_path, [COLUMNS[2]], [[Fraction(10**30)]]) / "表.parquet"
    assert str(duckdb.sql(f"select * from '{file}'").fetchall()[0][0]) == str(10**30)


def test_a_value_of_the_wrong_type_is_a_mistake_of_the_program(tmp_path):
    for kind, value in ((number(), True), (number(), 1.5), (TEXT, Fraction(1)), (BOOL, Fraction(1))):
        with pytest.raises(TypeError):
            write(tmp_path, [OutColumn("a", "a", kind, 2)], [[value]])


def test_an_empty_statement_keeps_its_columns(tmp_path):
    folder = write(tmp_path, rows=[])
    assert len(duckdb.sql(f"select * from '{folder}/表.parquet'").columns) == 7
    assert openpyxl.load_workbook(folder / "表.xlsx").active["A1"].value == "编号"


exact = (
    st.fractions()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(Fraction)
    | st.integers().map(Fraction)
)
read = st.characters(exclude_categories=["Cs", "Cc", "Cf"]).filter(lambda mark: not UNSEEN.match(mark))
text = st.text(read, max_size=5)
bounds = st.fractions(max_denominator=999)
KEPT = [
    (OutColumn("数", "数", number("元")), exact),
    (OutColumn("整", "整", number("例"), 0), st.integers(-(10**20), 10**20).map(Fraction)),
    (OutColumn("文", "文", TEXT, key=True), text),
    (OutColumn("类", "类", LEVEL), st.sampled_from(LEVEL.classes)),
    (OutColumn("真", "真", BOOL), st.booleans()),
    (OutColumn("日", "日", DATE), st.dates()),
    (OutColumn("月", "月", MONTH), st.builds(Month, st.integers(1, 9999), st.integers(1, 12))),
    (
        OutColumn("间", "间", INTERVAL),
        bounds.map(lambda low: Interval(low, low + 1, True, False)) | bounds.map(lambda b: Interval(None, b)),
    ),
]
kept_rows = st.lists(st.tuples(*[st.none() | values for _, values in KEPT]).map(list), max_size=5)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept_rows)
def test_kept_values_come_back_as_they_were(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("kept")
    columns = [column for column, _ in KEPT]
    with OutFolder(folder / "out") as out:
        out.values("粒度", columns, rows)
        out.run_json(RUN)
    back = read_values(folder / "out", "粒度")
    assert back.columns == tuple(columns) and back.rows == rows


def test_kept_values_remember_why_a_value_is_not_known(tmp_path):
    columns = [OutColumn("k", "k", TEXT, key=True), OutColumn("v", "v", number())]
    with OutFolder(tmp_path / "out") as out:
        out.values(
            "粒度",
            columns,
            [["a", Unresolved("除以零", "系数", "division")], ["b", None], ["c", Fraction(1, 3)]],
        )
        out.values("空", columns, [])
        out.run_json(RUN)
    first, second, third = read_values(tmp_path / "out", "粒度").rows
    assert (first[1].reason, first[1].name, first[1].cause) == ("除以零", "系数", "division")
    assert (second[1], third[1]) == (None, Fraction(1, 3)) and read_values(tmp_path / "out", "空").rows == []
    with pytest.raises(DataError, match="没有留存"):
        read_values(tmp_path / "out", "../粒度")


money = st.decimals(-(10**12), 10**12, allow_nan=False, places=2).map(Fraction)
days = st.dates(datetime.date(1900, 1, 2), datetime.date(2099, 12, 30))  # others are taken for no dates
cells = text.map(str.strip).filter(lambda word: word and word[0] not in "=+-@＝＋－＠" and not word.isdigit())


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(cells, st.tuples(st.none() | money, days, st.booleans()), max_size=5),
    st.sampled_from(["parquet", "csv", "xlsx"]),
)
def test_a_statement_read_as_a_table_gives_its_values_back(tmp_path_factory, content, kind):
    folder = tmp_path_factory.mktemp("trip")
    fields = {"编号": TEXT, "金额": number("元"), "日": DATE, "真": BOOL}
    columns = [OutColumn(name, name, fields[name], 2, name == "编号") for name in fields]
    columns = [c if c.name == "金额" else OutColumn(c.name, c.heading, c.type, None, c.key) for c in columns]
    rows = [[key, *values] for key, values in content.items()]
    with OutFolder(folder / "out") as out:
        out.statement("表", columns, rows, formats=("csv", "xlsx"))
        out.run_json(RUN)
    (folder / "in").mkdir()
    (folder / "in" / f"表.{kind}").symlink_to(folder / "out" / "statements" / f"表.{kind}")
    from engine.rulebook.model import Field

    what = table("表", "编号", **{name: Field(name, of, nullable=True) for name, of in fields.items()})
    got = load_table(what, open_places([folder / "in"]))
    assert not got.rejected and [list(row.values()) for row in got.rows] == rows
