"""Rows typed inside DuckDB: exactly what typing them in Python gives, for every sort of cell and file."""

from __future__ import annotations

import datetime
import string
import unicodedata
from dataclasses import replace
from fractions import Fraction

import duckdb
import pytest
from fields import BOOL, DATE, HEADER, INTERVAL, LEVEL, MONTH, TEXT, loaded, number, table, visits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from staging_help import agree, assert_same, by_number, write_text, write_typed

from engine.data.cells.reader import reader_of
from engine.data.duckdb_files import memory_connection
from engine.data.staging import duplicates, odd
from engine.data.staging.delivery import FileDelivery
from engine.data.staging.file_view import ViewOf, source_columns
from engine.data.staging.files import parquet_file
from engine.data.staging.records import TypedRows, stage_loaded, stage_records
from engine.data.staging.scan import scan
from engine.data.staging.sql import column, printed
from engine.data.staging.stage import stage_table
from engine.data.staging.text_reading import SEEN, plain
from engine.data.staging.upload import DuckStore
from engine.data.values import BadCell
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.language.values import Interval, Month
from engine.rulebook.model import Field

UNIT_RANGE = Interval(Fraction(0), Fraction(100))
FIELDS = {
    "文": Field("文", TEXT, nullable=True),
    "必文": Field("必文", TEXT),
    "级": Field("级", LEVEL, has_default=True, default="甲级"),
    "元": Field("元", number("元"), nullable=True),
    "天": Field("天", number("天"), nullable=True, range=UNIT_RANGE),
    "比": Field("比", number("比例"), has_default=True, default=Fraction(1, 4)),
    "开": Field("开", number("点"), nullable=True, range=Interval(Fraction(1, 3), Fraction(7, 2), False, False)),
    "日": Field("日", DATE, nullable=True),
    "期": Field("期", DATE, nullable=True, range=Interval(datetime.date(2025, 1, 1), None, False)),
    "止": Field("止", DATE, nullable=True, validity="止"),
    "号": Field("号", TEXT, nullable=True, identifies=True),
    "长": Field("长", TEXT, has_default=True, default="甲级", lengths=(1, 3)),
    "起": Field("起", DATE, validity="起"),
    "月": Field("月", MONTH, nullable=True),
    "是": Field("是", BOOL, has_default=True, default=False),
    "可": Field("可", BOOL, nullable=True),
}
UGLY = [
    None, "", " ", "\u3000", "\t", "甲级", " 甲级", "乙级及以下 ", "\u3000甲级", "丁", "a", "a b", "ａ",
    "A\u200bB", "A\x01", "A\u00a0", "\ufeffA", "\ufffd", "𠮷", "é", "任何", "'", "a,b", '"', 'a"b', "\\N", "NULL",
    "null", "0000-00-00",
    "#1", "0", "1", "-1", "+1", "01", "1.0", "1.00", "1.50", "12.345", "12.340000000", ".5", "5.", "-.5",
    "- 1", "--1", "1e3", "1E400", "1_000", "1,000", "1，000", "１", "−3", "NaN", "nan", "inf", "-inf", "Infinity",
    "50%", "6‰", "12.3456789%", "0x10", "100", "100.000001", "0.333333", "0.3334", "3.5", "3.4999",
    "99999999999999999999", "1" * 30, "1" * 37, "1" * 41, "9" * 20 + ".99", "0." + "0" * 38 + "1", "0" * 39 + "1",
    "1." + "0" * 38, "1." + "0" * 40, "-0", "-0.00", "922337203685477580.7", "9999999999999999.99", "2025-03-01",
    "2025-3-1", "2025/3/1", "2025.3.1", "2025.03", "20250301", "2025年3月1日", "2025-03/01", "2025-02-30",
    "2024-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2025-03-01 00:00:00",
    "2025-03-01T00:00", "2025/3/1 0:00", "2025-03-01 10:30", "2025-01-04 10:30:11", "2025-01-04T10:30:11.123",
    "2025/1/4 9:05", "20250104103011",
    "202501041030", "20250104243011", "2025-01-04 24:00", "2025-01-04 10:30:60", "2025-01-04T10:30:11+08:00",
    "2025-01-04 10:30:11Z", "1900-01-01", "1899-12-30", "1753-01-01", "9999-01-01", "2099-12-31 00:00:00", "45661",
    "45661.5", "190001", "9999-12", "2025-03-01 00:00:00.000", "2025-03-01  00:00",
    "20250301 00:00", "2025-03-01 ", "-2025-03-01", "infinity", "epoch", "2025-03", "202503", "2025/3", "2025.3",
    "2025年3月", "2025-13", "2025-00", "0000-01", "202513", "2025", "是", "否", "true", "TRUE", "True", "tRuE",
    "f", "FALSE", "y", "Y", "N", "no", "2",
]  # fmt: skip
text_cells = st.one_of(
    st.sampled_from(UGLY),
    st.text(max_size=6),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.decimals(min_value=-1000, max_value=1000, places=4).map(str),
    st.dates().map(str),
)
WIDE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


SLOWER = [pytest.param(medium, marks=pytest.mark.slow) for medium in ("parquet", "duckdb")]


def wide_table(names, key="键"):
    fields = {"键": Field("键", TEXT)} | {name: FIELDS[name] for name in names}
    return table("病例", key, **fields)


def key_cells(size):
    """Keys that are mostly there and mostly different, in a disguise now and then."""
    usual = st.sampled_from([f"K{i}" for i in range(3 * size)])
    return st.one_of(
        usual, usual, usual, usual.map(lambda key: f" {key} "), st.sampled_from(["", None, "K\x01", "K 1"])
    )


@st.composite
def text_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5, unique=True))
    size = draw(st.integers(0, 12))
    clean = draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    cells = [
        [draw(st.sampled_from(CLEAN[n]) if c else text_cells) for n, c in zip(names, clean, strict=True)]
        for _ in range(size)
    ]
    keys = [f"K{i}" for i in range(size)] if draw(st.booleans()) else [draw(key_cells(size)) for _ in range(size)]
    return names, [[key, *row] for key, row in zip(keys, cells, strict=True)]


CLEAN = {
    "文": ["甲", "乙 丙", None, "", "81.5100x001"],
    "必文": ["甲", "a"],
    "级": ["甲级", "乙级及以下", None, ""],
    "元": ["1", "2.50", None, "-3.5"],
    "天": ["1", "100", "101", "0"],
    "比": ["0.5", "0.123456", None],
    "开": ["0.5", "3.4999", "3.5", "0.3333"],
    "日": ["2025-03-01", "2024-02-29", None],
    "期": ["2025-03-01", "2024-02-29", "2025/1/1", "20250102"],
    "止": ["2025-03-01", "9999-12-31", None],
    "号": ["甲", "47.0", "81.5100x001", None],
    "长": ["123", "甲", None],
    "起": ["2025-03-01", "1900-01-01"],
    "月": ["2025-03", "202512", None],
    "是": ["是", "否", None, "1"],
    "可": ["true", None],
}


@pytest.mark.slow
@WIDE
@given(text_tables())
def test_parquet_of_text(tmp_path, made):
    names, rows = made
    rows = [[None if c is None else c.replace("\0", "") for c in row] for row in rows]
    write_text(tmp_path, "病例", "parquet", ["键", *names], rows)
    staged = agree(wide_table(names), [tmp_path])
    assert staged is None or isinstance(staged.delivery, FileDelivery)  # none where a number is too long


@pytest.mark.slow
@LONG
@given(text_tables())
def test_a_table_of_text_in_a_duckdb_file(tmp_path, made):
    names, rows = made
    rows = [[None if c is None else c.replace("\0", "") for c in row] for row in rows]
    path = write_text(tmp_path, "病例", "duckdb", ["键", *names], rows)
    assert isinstance(agree(wide_table(names), [path]).delivery, FileDelivery)


def csv_text(rows, quoting, ending):
    def cell(value):
        value = value or ""
        odd = any(mark in value for mark in ',"\r\n')
        return '"' + value.replace('"', '""') + '"' if odd or quoting == "all" else value

    return "".join(",".join(map(cell, row)) + ending for row in rows)


TAILS = ["", "\n\n", "cut", ",", " ", '"', "ragged", "blank", "commas"]


@pytest.mark.slow
@WIDE
@given(
    text_tables(),
    st.sampled_from(["all", "odd"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(TAILS),
)
def test_csv(tmp_path, made, quoting, ending, encoding, tail):
    names, rows = made
    text = csv_text([["键", *names], *rows], quoting, ending)
    more = {
        "cut": "",
        "ragged": "K99,1" + ending,
        "blank": ending + "K98" + "," * len(names) + ending,
        "commas": "," * len(names) + ending,
    }
    text = (text.rstrip("\r\n") if tail == "cut" else text) + more.get(tail, tail)
    (tmp_path / "病例.csv").write_bytes(text.encode(encoding, "replace"))
    agree(wide_table(names), [tmp_path])


NATIVE = {
    "BIGINT": st.one_of(
        st.integers(-5, 200), st.integers(-(2**63), 2**63 - 1), st.sampled_from([20250301, 202503, 0, 1])
    ),
    "INTEGER": st.integers(-(2**31), 2**31 - 1),
    "UBIGINT": st.integers(0, 2**64 - 1),
    "HUGEINT": st.one_of(st.integers(-(2**127) + 1, 2**127 - 1), st.integers(0, 10)),
    "DECIMAL(18,2)": st.decimals(min_value=-(10**15), max_value=10**15, places=2),
    "DECIMAL(38,2)": st.one_of(st.integers(-(10**38) + 1, 10**38 - 1), st.integers(-100, 100)).map(
        lambda n: f"{'-' if n < 0 else ''}{abs(n) // 100}.{abs(n) % 100:02d}"
    ),
    "DECIMAL(38,10)": st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    "DECIMAL(9,4)": st.decimals(min_value=-99999, max_value=99999, places=4),
    "DECIMAL(12,0)": st.integers(-(10**11), 10**11),
    "DECIMAL(6,6)": st.decimals(min_value=0, max_value="0.999999", places=6),
    "DOUBLE": st.one_of(
        st.decimals(min_value=-(10**6), max_value=10**6, places=2).map(float),
        st.integers(-(10**17), 10**17).map(float),
        st.floats(),
        st.sampled_from([0.1 + 0.2, 1e15, 1e16, 999999999999999.0, -0.0, 5e-324, 123456789012345.6]),
    ).map(repr),
    "FLOAT": st.one_of(st.floats(width=32), st.sampled_from([0.5, 0.25, 1.0])).map(repr),
    "BOOLEAN": st.booleans().map(str),
    "DATE": st.one_of(st.dates().map(str), st.sampled_from(["2025-03-01", "0001-01-01", "9999-12-31"])),
    "TIMESTAMP": st.one_of(
        st.dates(datetime.date(1900, 1, 1)).map(lambda day: f"{day} 00:00:00"),
        st.datetimes(datetime.datetime(1900, 1, 1)).map(str),
    ),
    "ENUM('甲级', '1', '2025-03-01', '')": st.sampled_from(["甲级", "1", "2025-03-01", ""]),
    "UUID": st.uuids().map(str),
    "TIME": st.just("10:00:00"),
}  # fmt: skip


@st.composite
def native_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4, unique=True))
    kinds = [draw(st.sampled_from(sorted(NATIVE))) for _ in names]
    key_kind = draw(st.sampled_from(["VARCHAR", "BIGINT", "DECIMAL(12,0)", "DOUBLE"]))
    size = draw(st.integers(0, 10))
    rows = [[draw(st.one_of(st.none(), NATIVE[k], NATIVE[k], NATIVE[k])) for k in kinds] for _ in range(size)]
    keys = [str(draw(st.sampled_from([i, i, i, i, 1]))) for i in range(size)]
    return [("键", key_kind), *zip(names, kinds, strict=True)], [
        [key, *row] for key, row in zip(keys, rows, strict=True)
    ]


@pytest.mark.slow
@WIDE
@given(native_tables())
def test_parquet_with_types_of_its_own(tmp_path, made):
    spec, rows = made
    write_typed(tmp_path / "病例.parquet", "病例", spec, rows)
    agree(wide_table([name for name, _ in spec[1:]]), [tmp_path])


@pytest.mark.slow
@LONG
@given(native_tables())
def test_a_duckdb_file_with_types_of_its_own(tmp_path, made):
    spec, rows = made
    write_typed(tmp_path / "data.duckdb", "病例", spec, rows)
    agree(wide_table([name for name, _ in spec[1:]]), [tmp_path / "data.duckdb"])


@pytest.mark.parametrize("name", sorted(FIELDS))
@pytest.mark.parametrize(
    "medium", [*(pytest.param(one, marks=pytest.mark.slow) for one in ("parquet", "duckdb")), "csv"]
)
def test_every_ugly_cell_of_every_field(tmp_path, name, medium):
    rows = [[f"K{place}", cell] for place, cell in enumerate(UGLY)]
    place = tmp_path
    if medium == "csv":
        (tmp_path / "病例.csv").write_text(csv_text([["键", name], *rows], "odd", "\n"), "utf-8", newline="")
    else:
        path = write_text(tmp_path, "病例", medium, ["键", name], rows)
        place = path if medium == "duckdb" else tmp_path
    staged = agree(wide_table([name]), [place])
    assert isinstance(staged.delivery, FileDelivery)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_ugly_cell_alone_in_its_column(tmp_path, name):
    """Nothing else in the column makes the scan look closer."""
    fields = {f"列{place}": replace(FIELDS[name], name=f"列{place}") for place in range(len(UGLY))}
    good = [not isinstance(reader_of(FIELDS[name])(cell), BadCell) for cell in UGLY]
    write_text(tmp_path, "病例", "parquet", ["键", *fields], [["K", *UGLY]])
    odd_ones = {column: fields[column] for column, is_good in zip(fields, good, strict=True) if not is_good}
    places, connection = open_places([tmp_path]), memory_connection()
    view = ViewOf(connection, table("病例", "键", 键=TEXT, **odd_ones), parquet_file(connection, places.sources[0]),
                  ["键", *odd_ones], frozenset(), "t0")  # fmt: skip
    _, _, seen = scan(connection, view.file, source_columns(view))
    assert all(seen[column].odd for column in odd_ones)
    fits = [c for c, is_good, cell in zip(fields, good, UGLY, strict=True) if is_good]
    what = table("病例", "键", 键=TEXT, **{column: fields[column] for column in fits})
    assert agree(what, [tmp_path]).count == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_ugly_cell_as_a_key(tmp_path, name):
    fields = {"键": FIELDS[name], "元": FIELDS["元"]}
    rows = [[cell, "1"] for cell in [*UGLY, "1.00", "20250301", "true", "甲级"]]
    write_text(tmp_path, "病例", "parquet", ["键", "元"], rows)
    agree(table("病例", "键", **{k: replace(field, name=k) for k, field in fields.items()}), [tmp_path])


CSVS = {
    "blank lines inside": "A,2025-03-01,1,甲级,,,3\n\nB,2025-03-01,1,甲级,,,3\n",
    "blank cells only": "A,2025-03-01,1,甲级,,,3\n,,,,,,\nB,2025-03-01,1,甲级,,,3\n",
    "too few cells": "A,2025-03-01,1\nB,2025-03-01,1,甲级,,,3\n",
    "too many cells": "A,2025-03-01,1,甲级,,,3,4\nB,2025-03-01,1,甲级,,,3\n",
    "blank cells too many": "A,2025-03-01,1,甲级,,,3,,\nB,2025-03-01,1,甲级,,,3\n",
    "a line end in quotes": '"A\nB",2025-03-01,1,甲级,,,3\nB,x,1,甲级,,,3\n',
    "a mark within a cell": 'A"1,2025-03-01,1,甲级,,,3\nB,2025-03-01,1,甲级,,,3\n',
    "a mark within a cell, twice": 'A""1,2025-03-01,1,甲级,,,3\n"B""",2025-03-01,1,甲级,,,3\n',
    "a blank after the mark": '"A" ,2025-03-01,1,甲级,,,3\n',
    "an open mark": '"A,2025-03-01,1,甲级,,,3\n',
    "all quoted": '"A","2025-03-01","1","甲级","","","3"\n"B""","2025-03-01","1","甲级","","","3"\n',
    "nothing": "",
    "no line end": "A,2025-03-01,1,甲级,,,3",
    "both line ends": "A,2025-03-01,1,甲级,,,3\r\nB,2025-03-01,1,甲级,,,3\n",
    "old line ends": "A,2025-03-01,1,甲级,,,3\rB,2025-03-01,1,甲级,,,3\r",
    "a long cell": "A,2025-03-01,1,甲级,,,3\n" + "B" * 130_000 + ",2025-03-01,1,甲级,,,3\n",
    "a cell too long": "A,2025-03-01,1,甲级,,,3\n" + "B" * 140_000 + ",2025-03-01,1,甲级,,,3\n",
    "a nul": "A\0,2025-03-01,1,甲级,,,3\n",
    "end of file mark": "A,2025-03-01,1,甲级,,,3\x1a\n",
    "odd spaces": "A,2025-03-01,1,甲级,,,3\x0b\nB\x85,2025-03-01,1,甲级,,,3\u2028\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("case", sorted(CSVS))
def test_ugly_csv_files(tmp_path, case, encoding):
    (tmp_path / "就诊.csv").write_bytes((HEADER + CSVS[case]).encode(encoding, "replace"))
    agree(visits(), [tmp_path])


HEADERS = [
    "编号,日期,金额,级别,备用,新,天数,", "编号,,日期,金额,级别,备用,新,天数", '"编号",日期,金额,级别,备用,新,天数',
    "编号", "编号,编号", "\n编号,x", " 编号 ,日期,金额,级别,备用,新,天数,别的", "日期,金额", "编号;日期", "",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_ugly_headers(tmp_path, header):
    (tmp_path / "就诊.csv").write_text(header + "\nA,2025-03-01,1,甲级,,,3\nB,2025-03-01,1,甲级,,,3,\n")
    agree(visits(), [tmp_path])


def test_plain_csv_files_are_read_by_a_view_and_others_are_not(tmp_path):
    views = {}
    for case, text in CSVS.items():
        (tmp_path / "就诊.csv").write_bytes((HEADER + text).encode("utf-8"))
        result = agree(visits(), [tmp_path])
        views[case] = result is not None and isinstance(result.delivery, FileDelivery)
    assert [case for case, view in views.items() if view] == [
        "blank cells only", "blank cells too many", "a line end in quotes", "all quoted", "nothing", "no line end",
        "end of file mark", "odd spaces",
    ]  # fmt: skip


def test_bytes_that_read_both_ways_are_not_guessed(tmp_path):
    (tmp_path / "就诊.csv").write_bytes(b"a,b\n" + "模,x\n".encode("gb18030"))
    agree(table("就诊", "a", a=TEXT, b=TEXT), [tmp_path])


def test_a_blank_row_of_a_csv_is_no_row_even_if_its_key_has_a_default(tmp_path):
    what = table("就诊", "级", 级=FIELDS["级"], 元=FIELDS["元"])
    (tmp_path / "就诊.csv").write_text("级,元\n,\n乙级及以下,1\n")
    assert agree(what, [tmp_path]).count == 1
    (tmp_path / "就诊.csv").write_text("级,元\n,\n,1\n")
    assert agree(what, [tmp_path]).count == 1


def test_columns_that_are_missing_needed_optional_or_unknown(tmp_path):
    write_text(tmp_path, "就诊", "parquet", ["编号", "金额", "别的"], [["A", "1", "x"], ["B", "坏", "y"]])
    for options in (
        {},
        {"columns_needed": ()},
        {"columns_needed": ("金额", "备用", "新")},
        {"columns_needed": ("金额", "级别")},
        {"columns_needed": ("金额", "级别"), "optional_columns": ("级别",)},
        {"columns_needed": ("金额",), "optional_columns": ("金额",)},
        {"columns_needed": ("没有",)},
    ):
        agree(visits(), [tmp_path], **options)


def test_a_key_column_that_is_missing_has_its_default(tmp_path):
    what = table("就诊", "级,编号", 级=FIELDS["级"], 编号=TEXT)
    write_text(tmp_path, "就诊", "parquet", ["编号"], [["A"], ["B"], ["A"], [""]])
    staged = agree(what, [tmp_path])
    assert staged.count == 1 and isinstance(staged.delivery, FileDelivery)
    agree(table("就诊", "级", 级=FIELDS["级"], 编号=TEXT), [tmp_path])


def test_a_table_that_is_not_delivered(tmp_path):
    (tmp_path / "别的.csv").write_text("x\n1\n")
    staged = agree(visits(), [tmp_path])
    assert not staged.delivered and list(staged.columns) == list(visits().fields)


def test_several_places_are_laid_over_each_other(tmp_path):
    for folder, rows in (
        ("1", "A,2025-03-01,1,甲级,,,3\nB,2025-03-01,坏,甲级,,,3\n"),
        ("2", "B,2025-03-01,5,甲级,,,300\n"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "就诊.csv").write_text(HEADER + rows)
    staged = agree(visits(), [tmp_path / "1", tmp_path / "2"])
    assert isinstance(staged.delivery, TypedRows) and staged.count == 2


@pytest.mark.parametrize("chunk", [1, 3])
def test_odd_rows_and_keys_that_stand_twice_in_pieces(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(odd, "CHUNK", chunk)
    monkeypatch.setattr(duplicates, "AT_ONCE", 2)
    rows = [[f"K{i % 7}", " 1" if i % 2 else "\u30001", "2025年3月1日" if i % 3 else "昨天"] for i in range(12)]
    write_text(tmp_path, "病例", "parquet", ["键", "元", "日"], rows + [["\u3000K9", "1", None], ["K9 ", "2", None]])
    staged = agree(wide_table(["元", "日"]), [tmp_path])
    assert isinstance(staged.delivery, FileDelivery) and {row.code for row in staged.rejected} == {"D104", "D101"}


def test_a_duckdb_table_with_deleted_rows_counts_lines_without_gaps(tmp_path):
    path = tmp_path / "data.duckdb"
    write_text(tmp_path, "病例", "duckdb", ["键", "元"], [[f"K{i}", "x" if i == 8 else "1"] for i in range(10)])
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from 病例 where 键 in ('K0', 'K3')")
    staged = agree(wide_table(["元"]), [path])
    assert staged.rejected[0].line == 7 and isinstance(staged.delivery, FileDelivery)


def test_a_column_that_ignores_letter_case_is_typed_in_python(tmp_path):
    path = tmp_path / "data.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table 病例 (键 varchar collate nocase, 元 varchar)")
        connection.execute("insert into 病例 values ('a', '1'), ('A', '2')")
    assert agree(wide_table(["元"]), [path]).count == 2


def test_two_tables_of_one_duckdb_file_and_two_stagings_in_one_connection(tmp_path):
    path = tmp_path / "data.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table a (k varchar, n integer); create table b (k varchar, n integer)")
        connection.execute("insert into a values ('x', 1); insert into b values ('y', 2), ('y', 3), ('z', 4)")
    places, connection = open_places([path]), memory_connection()
    staged = [
        stage_table(connection, table(name, "k", k=TEXT, n=number("元")), places, name=f"t_{name}") for name in "ab"
    ]
    assert [by_number(one, connection) for one in staged] == [{0: {"k": "x", "n": 1}}, {2: {"k": "z", "n": 4}}]


def test_fields_of_intervals_or_with_a_wildcard_are_not_staged(tmp_path):
    (tmp_path / "表.csv").write_text("k,v\na,≤ 3\n")
    for what in (table("表", "k", k=TEXT, v=INTERVAL), table("表", "k", k=TEXT, v=Field("v", LEVEL, wildcard=True))):
        with pytest.raises(ValueError, match="not staged"):
            stage_table(memory_connection(), what, open_places([tmp_path]))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_number_of_more_than_38_digits_refuses_its_row_by_name(form, tmp_path):
    """With two decimals for the fen 36 digits fit and 37 do not, on every engine alike."""
    cells = ["1" * 36, "1" * 37, "-" + "9" * 38, "1" * 40, "1" * 36 + ".11"]
    rows = [[f"K{n}", cell] for n, cell in enumerate(cells)]
    if form == "csv":
        (tmp_path / "病例.csv").write_text(csv_text([["键", "元"], *rows], "odd", "\n"), "utf-8", newline="")
    else:
        write_text(tmp_path, "病例", form, ["键", "元"], rows)
    staged = agree(wide_table(["元"]), [tmp_path])
    assert [(row.key_text, row.line - staged.rejected[0].line, row.code) for row in staged.rejected] == [
        ("K1", 0, "D101"), ("K2", 1, "D101"), ("K3", 2, "D101")
    ]  # fmt: skip
    assert staged.rejected[0].reason == f"元：“{'1' * 37}”太长，连同 2 位小数超过 38 位：检查单位和量级"
    assert staged.columns["元"].high == int("1" * 38)


def test_a_range_that_cannot_be_compared_is_the_same_error(tmp_path):
    write_text(tmp_path, "病例", "parquet", ["键", "日"], [["A", "2025-03-01"]])
    agree(table("病例", "键", 键=TEXT, 日=Field("日", DATE, range=UNIT_RANGE)), [tmp_path])


def test_a_file_that_was_changed_is_an_error(tmp_path):
    path = write_text(tmp_path, "病例", "parquet", ["键", "元"], [["A", "1"]])
    staged = stage_table(memory_connection(), wide_table(["元"]), open_places([tmp_path]))
    staged.unchanged()
    write_text(tmp_path, "病例", "parquet", ["键", "元"], [["A", "1"], ["B", "1"]])
    with pytest.raises(DataError, match="被改动"):
        staged.unchanged()
    path.unlink()
    with pytest.raises(DataError, match="不见了"):
        staged.unchanged()


def test_the_digest_is_of_the_delivery(tmp_path):
    def digest(rows, *needed):
        write_text(tmp_path, "病例", "parquet", ["键", "元"], rows)
        return stage_table(
            memory_connection(), wide_table(["元"]), open_places([tmp_path]), columns_needed=needed
        ).digest

    one = digest([["A", "1"]], "元")
    assert one == digest([["A", "1"]], "元") and len(one) == 64
    assert len({one, digest([["A", "2"]], "元"), digest([["A", "1"]])}) == 3


def test_a_file_that_is_not_what_it_is_called_is_the_same_error(tmp_path):
    for name in ("病例.parquet", "病例.csv"):
        (tmp_path / name).write_bytes(b"nonsense\xff")
        agree(wide_table(["元"]), [tmp_path])
        (tmp_path / name).unlink()


def test_names_that_look_like_patterns_or_sql_mean_themselves(tmp_path):
    folder = tmp_path / "[20]*?'\""
    folder.mkdir()
    write_text(folder, "病例", "parquet", ["键", 'rn"', "元", "file"], [["A", "x", "1", "y"]])
    staged = stage_table(memory_connection(), wide_table(["元"]), open_places([folder]), name='t"0')
    assert staged.count == 1 and staged.record(0)["键"] == "A" and staged.source(0)[1] == 1
    write_typed(folder / "病例.parquet", "病例", [("键", "VARCHAR"), ("file_row_number", "BIGINT")], [["A", 7]])
    agree(wide_table([]), [folder])


def test_rows_that_do_not_exist_are_key_errors(tmp_path):
    write_text(tmp_path, "病例", "parquet", ["键", "元"], [["A", "1"]])
    staged = stage_table(memory_connection(), wide_table(["元"]), open_places([tmp_path]))
    for ask in (staged.record, staged.source):
        with pytest.raises(KeyError):
            ask(1)


def test_no_character_that_is_taken_for_clean_is_refused_or_stripped():
    for low, high in SEEN:
        for mark in map(chr, range(low, high + 1)):
            assert unicodedata.category(mark) not in ("Cc", "Cf") and mark != "\ufffd"
            assert mark == " " or mark.strip() == mark


def test_a_text_that_is_taken_for_plain_has_no_sign_that_is_looked_at_closely():
    """Every character by itself: what stays as it is in an address is in ink, of ASCII, and no point but the point."""
    marks = "select chr(i::int) as c from range(1, 1114112) t(i) where not i between 55296 and 57343"
    query = printed(exp.select(column("c")).from_("marks").where(plain(column("c"))))
    with memory_connection() as connection:
        connection.execute(f"create table marks as {marks}")
        found = {mark for (mark,) in connection.execute(query).fetchall()}
    assert found == {*string.ascii_letters, *string.digits, *"-_.~"}


def test_typed_rows_are_uploaded_as_they_are(tmp_path):
    got = loaded(tmp_path, HEADER + "B,2025-03-01,12.30,甲级,,,3\nA,2025/3/2,0,乙级及以下,1,是,200\nC,,,,,,\n")
    connection = memory_connection()
    staged = stage_loaded(DuckStore(connection), got, "t7")
    assert_same(staged, got, connection)
    assert staged.columns["天数"].out_of_range == "o6" and staged.digest == got.digest
    assert staged.source(1) == (str(tmp_path / "就诊.csv"), 3)


def test_records_keep_what_they_hold_and_what_they_lack():
    what = table("x", "a", a=TEXT, m=MONTH, n=number("元"), d=DATE, b=BOOL)
    records = [
        {"a": "1", "m": Month(2025, 12), "n": Fraction(10**35), "b": True},
        {"a": "2", "m": None, "n": Fraction(-(10**35)), "b": None, "d": datetime.date(2025, 1, 1)},
    ]
    connection = memory_connection()
    staged = stage_records(DuckStore(connection), what, records, "t1")
    assert [staged.record(0), staged.record(1)] == records
    assert connection.execute("select d.c3, d.o3, c1 from t1 d order by rn").fetchall() == [
        (None, True, 2025 * 12 + 11),
        (datetime.date(2025, 1, 1), False, None),
    ]
    assert (staged.columns["n"].low, staged.columns["n"].high) == (-(10**37), 10**37)
    with pytest.raises(DataError, match="超过 38 位"):
        stage_records(DuckStore(connection), what, [{"a": "1", "n": Fraction(10**36)}], "t2")
    assert list(stage_records(DuckStore(connection), what, [], "t3").columns) == list(what.fields)


EXTREMES = [
    0,
    1,
    -1,
    10**17,
    -(10**17),
    10**18 - 1,
    10**18,
    -(10**18),
    2**63 - 1,
    -(2**63),
    10**27,
    10**29 - 1,
    -(10**29),
]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 38).flatmap(lambda p: st.tuples(st.just(p), st.integers(0, p))),
    st.integers(0, 12),
    st.lists(st.one_of(st.sampled_from(EXTREMES), st.integers(-(10**38), 10**38)), min_size=1, max_size=6),
)
def test_no_cast_of_a_decimal_drops_a_digit(tmp_path, size, digits, numbers):
    """Any DECIMAL(p, s) as a number of any digits, also at the edges of what fits."""
    precision, scale = size
    rows = []
    for place, n in enumerate(numbers):
        scaled = n if abs(n) < 10**precision else n % 10**precision
        text = str(abs(scaled)).rjust(scale + 1, "0")
        shown = text[: len(text) - scale] + ("." + text[len(text) - scale :] if scale else "")
        rows.append([str(place), ("-" if scaled < 0 else "") + shown])
    write_typed(tmp_path / "病例.parquet", "病例", [("键", "VARCHAR"), ("数", f"DECIMAL({precision},{scale})")], rows)
    what = table("病例", "键", 键=TEXT, 数=Field("数", number(), digits=digits, nullable=True))
    try:
        stage_table(memory_connection(), what, open_places([tmp_path]))
    except DataError as error:
        assert "38" in str(error)
        return
    agree(what, [tmp_path])
