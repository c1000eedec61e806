"""Every cell of a workbook is what it is, every row ends in one place, whoever wrote the file."""

import datetime
import re
import shutil
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from sheet_xml import STRICT, number, row, text, write_book

from engine.data.sheets.xls_cells import DoubleCell, XlsSheet
from engine.data.sheets.xls_records import Globals
from engine.data.sheets.xls_texts import codec_of, shared_texts, short_text
from engine.data.values import BadCell
from engine.data.workbook import read_workbook
from engine.databases.places import open_places
from engine.files.errors import DataError

OLD = Path(__file__).parent / "workbooks"
"""Written with xlwt 1.3: an error, a formula without a value, a Chinese date format, merged cells, 1904, a far cell."""
HEAD = row(text("编号", "A1"), text("金额", "B1"), r=1)


def read(path):
    return read_workbook(path, "名册", path.name)


def rows(path):
    return read(path).rows


def refusal(path, name="名册"):
    with pytest.raises(DataError) as caught:
        read_workbook(path, name, path.name)
    return str(caught.value)


def test_rows_and_cells_without_numbers_count_on(tmp_path):
    book = write_book(tmp_path / "a.xlsx", row(text("编号"), text("金额")), row(text("a"), number(1)), row(text("b")))
    table = read(book)
    assert (table.columns, table.rows, table.lines) == (("编号", "金额"), [("a", 1), ("b", None)], [2, 3])


def test_a_row_without_a_number_after_one_that_only_has_a_format_counts_on_from_it(tmp_path):
    book = write_book(tmp_path / "a.xlsx", HEAD, "<row r='4'><c r='A4' s='0'/></row>", row(text("a")))
    table = read(book)
    assert (table.rows, table.lines) == ([("a", None)], [5])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((2, 2), "第 2 行后面又是第 2 行"),
        ((3, 2), "第 3 行后面又是第 2 行"),
        ((2, 1_048_577), "有第 1048577 行，工作表最多 1048576 行"),
        ((2, 2_000_000_000), "有第 2000000000 行"),
    ],
)
def test_a_row_whose_number_does_not_rise_or_does_not_exist_stops_the_table(tmp_path, lines, said):
    written = [row(text(f"n{place}", f"A{at}"), number(5000, f"B{at}"), r=at) for place, at in enumerate(lines)]
    told = refusal(write_book(tmp_path / "a.xlsx", HEAD, *written))
    assert said in told and "工作表“名册”" in told and "重新导出" in told


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((number(1, "B2"), text("a", "A2")), "单元格的次序不对"),
        ((text("a", "A2"), text("b", "A2")), "第 1 列重复"),
        ((text("a", "A2"), number(1, "B3")), "单元格 B3 写在第 2 行里"),
        ((text("a", "XFE2"),), "工作表最多 16384 列"),
    ],
)
def test_a_cell_that_is_not_where_it_says_stops_the_table(tmp_path, cells, said):
    assert said in refusal(write_book(tmp_path / "a.xlsx", HEAD, row(*cells, r=2)))


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "x"])
def test_formats_down_to_the_last_row_are_no_rows(tmp_path, prefix):
    data = [row(text(f"n{at}", f"A{at}"), number(f"{at}.5", f"B{at}"), r=at) for at in range(2, 2000)]
    blank = [f'<row r="{at}" ht="14"><c r="A{at}" s="0"/><c r="B{at}" s="0"></c></row>' for at in range(2000, 200_000)]
    last = row(text("z", "A200001"), *(f"<c r='{column}200001' s='0'/>" for column in "BCDEFGHIJKLMN"), r=200_001)
    table = read(write_book(tmp_path / "a.xlsx", HEAD, *data, *blank, "<row r='200000'/>", last, prefix=prefix))
    assert (len(table.rows), table.rows[-1], table.lines[-1]) == (1999, ("z", None), 200_001)


@pytest.mark.slow
def test_rows_of_formats_without_numbers_end_at_the_last_row_there_is(tmp_path):
    assert "工作表最多" in refusal(write_book(tmp_path / "a.xlsx", HEAD, "<row/>" * 1_048_600, row(text("a"))))


def test_what_only_looks_like_an_empty_cell_is_text(tmp_path):
    inside = '<![CDATA[<row r="9"><c r="A9"/></row>]]>'
    book = write_book(tmp_path / "a.xlsx", HEAD, row(text(inside, "A2"), number(1, "B2"), r=2))
    assert rows(book) == [('<row r="9"><c r="A9"/></row>', 1)]


def test_an_element_may_bear_a_prefix_and_a_text_may_have_several_parts(tmp_path):
    shared = (
        "<si><r><t>甲</t></r><r><t xml:space='preserve'> 乙</t></r><rPh><t>jia</t></rPh></si><si><t>_x0041_</t></si>"
    )
    cells = "<c r='A2' t='s'><v>0</v></c><c r='B2' t='s'><v>1</v></c>"
    assert rows(write_book(tmp_path / "a.xlsx", HEAD, row(cells, r=2), shared=shared, prefix="x")) == [("甲 乙", "A")]


def test_strict_open_xml_is_read_and_its_written_dates_too(tmp_path):
    day = "<c r='A2' t='d'><v>2025-01-04</v></c>"
    book = write_book(tmp_path / "a.xlsx", HEAD, row(day, number("0.1", "B2"), r=2), spaces=STRICT)
    assert rows(book) == [(datetime.date(2025, 1, 4), 0.1)]


@pytest.mark.parametrize(
    ("code", "own", "value"),
    [
        (0, "", 45661),
        (14, "", datetime.datetime(2025, 1, 4)),
        (31, "", datetime.datetime(2025, 1, 4)),  # built into every Chinese Excel
        (180, "<numFmt numFmtId='180' formatCode='yyyy&quot;年&quot;m&quot;月&quot;'/>", datetime.datetime(2025, 1, 4)),
        (181, "<numFmt numFmtId='181' formatCode='G/通用格式'/>", 45661),
        (31, "<numFmt numFmtId='31' formatCode='0.00'/>", 45661),
    ],
)
def test_a_number_in_a_date_format_is_its_date(tmp_path, code, own, value):
    book = write_book(
        tmp_path / "a.xlsx",
        HEAD,
        row(text("a", "A2"), number(45661, "B2", "1"), r=2),
        formats=(0, code),
        own_formats=own,
    )
    assert rows(book) == [("a", value)]


def test_the_epoch_of_1904_moves_dates(tmp_path):
    book = write_book(
        tmp_path / "a.xlsx", HEAD, row(text("a", "A2"), number(100, "B2", "1"), r=2), formats=(0, 14),
        settings="<workbookPr date1904='1'/>",
    )  # fmt: skip
    assert rows(book) == [("a", datetime.datetime(1904, 4, 10))]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("<c r='B2' t='e'><v>#N/A</v></c>", "单元格是错误值 #N/A"),
        ("<c r='B2'><f>1+1</f></c>", "公式没有存下算出的值"),
        ("<c r='B2'><f>1+1</f><v></v></c>", "公式没有存下算出的值"),
        ("<c r='B2'><v>nan</v></c>", "单元格写坏了：“nan”"),
        ("<c r='B2' t='s'><v>7</v></c>", "单元格写坏了：“7”"),
        ("<c r='B2' s='1'><v>99999999</v></c>", "没有这样的日期"),
    ],
)
def test_a_cell_that_holds_no_value_says_why(tmp_path, cell, said):
    ((_, found),) = rows(write_book(tmp_path / "a.xlsx", HEAD, row(text("a", "A2"), cell, r=2), formats=(0, 14)))
    assert isinstance(found, BadCell) and said in found.reason


def test_a_formula_whose_value_is_no_text_at_all_is_an_empty_cell(tmp_path):
    cells = "<c r='B2' t='str'><f>IF(A2=1,A2,\"\")</f><v></v></c>"
    assert rows(write_book(tmp_path / "a.xlsx", HEAD, row(text("a", "A2"), cells, r=2))) == [("a", None)]


def test_merged_cells_are_named_before_what_they_cause(tmp_path):
    book = write_book(
        tmp_path / "a.xlsx", row(text("", "A1"), r=1), row(text("编号", "A2"), r=2),
        after="<mergeCells><mergeCell ref='A1:H1'/><mergeCell ref='C3:C9'/></mergeCells>",
    )  # fmt: skip
    assert "有合并单元格 A1:H1、C3:C9（取消合并" in refusal(book)


def test_a_document_type_is_refused(tmp_path):
    book = write_book(tmp_path / "a.xlsx", HEAD)
    bad = tmp_path / "b.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(bad, "w") as new:
        for name in old.namelist():
            head = b"<!DOCTYPE a [<!ENTITY b 'c'>]>" if name.endswith("sheet1.xml") else b""
            new.writestr(name, head + old.read(name))
    assert "不是可读的 XLSX" in refusal(bad)


def test_what_openpyxl_reads_in_a_common_workbook_is_read_alike(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "名册"
    written = [
        ["编号", "金额", "日", "有"],
        ["a", 0.1 + 0.2, datetime.datetime(2025, 1, 2, 3, 4, 5), True],
        [None, 10**14, datetime.date(1999, 12, 31), False],
        ["b", -1e-7, datetime.time(1, 2, 3), None],
        ["c", 1e300, datetime.timedelta(days=3, hours=2), "x_x000D_y"],
    ]
    for line in written:
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    old = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["名册"]
    expected = [tuple(cell.value for cell in line) for line in old.iter_rows(min_row=2)]
    expected[-1] = (*expected[-1][:3], "x\ry")  # an escape of the format, which Excel shows as what it stands for
    assert rows(tmp_path / "a.xlsx") == expected


def test_an_xls_is_read_with_its_errors_and_its_dates():
    table = read_workbook(OLD / "cells.xls", "病例", "cells.xls")
    assert table.lines == [2, 3, 5]
    assert table.rows == [
        ("A1", datetime.datetime(2025, 1, 2), 12.34, "甲", BadCell("公式没有存下算出的值", "D101")),
        ("A2", datetime.datetime(2025, 1, 3), 100, BadCell("单元格是错误值 #N/A", "D101"), True),
        ("A3", None, 0.1, None, None),
    ]


def test_dates_of_an_xls_count_from_1904_where_it_says_so():
    assert read_workbook(OLD / "dates_1904.xls", "病例", "x").rows[0][1] == datetime.datetime(1904, 4, 10)


def test_merged_cells_of_an_xls_are_named():
    assert "有合并单元格 A2:B3" in refusal(OLD / "merged.xls", "病例")


def test_a_far_cell_of_an_xls_is_a_row_of_a_wrong_shape():
    (broken,) = read_workbook(OLD / "far.xls", "病例", "far.xls").broken
    assert (broken.line, broken.reason) == (65_536, "这一行有 256 个单元格，表头有 5 列")


def test_two_contents_of_one_cell_of_an_xls_stop_the_table():
    def written(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    cell = written(0x0203, struct.pack("<HHHd", 1, 0, 0, 5000.0))
    stream = written(0x0809, b"\0\6\x10\0") + cell + cell + written(0x000A, b"")
    with pytest.raises(DoubleCell) as caught:
        XlsSheet(stream, 0, Globals())
    assert (caught.value.row, caught.value.column) == (2, 1)


def test_texts_of_an_xls_go_on_in_the_next_record():
    first = (
        struct.pack("<II", 3, 3)
        + struct.pack("<HB", 2, 0)
        + b"ab"
        + struct.pack("<HB", 4, 1)
        + "甲乙".encode("utf-16-le")
    )
    rest = b"\0" + b"cd" + struct.pack("<HBHI", 1, 12, 1, 3) + b"e" + b"\0" * 4 + b"\0" * 3
    assert shared_texts([first, rest]) == ["ab", "甲乙cd", "e"]


def test_texts_of_excel_95_are_in_their_code_page():
    assert short_text(b"\4\0" + "病例".encode("gbk"), 0, 2, codec_of(936)) == "病例"


@pytest.mark.parametrize("cut", [100, 600, 2048, 3000, 5000])
def test_a_cut_xls_is_refused_in_a_sentence(tmp_path, cut):
    path = tmp_path / "名册.xls"
    path.write_bytes((OLD / "cells.xls").read_bytes()[:cut])
    assert "不是可读的 XLS 工作簿" in refusal(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\ufeff<html><table><tr><td>编号</td></tr></table>", "内容是网页（HTML）"),
        ("编号\t金额\na\t1\n", "内容是文本"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "2003 的 XML 表格"),
        ("", "是空文件"),
    ],
)
def test_what_is_only_called_xls_is_named(tmp_path, content, said):
    (tmp_path / "名册.xls").write_text(content, encoding="utf-8")
    told = refusal(tmp_path / "名册.xls")
    assert said in told and "另存为 .xlsx" in told


@pytest.mark.parametrize("suffix", [".xls", ".xlsm", ".XLS", ".et"])
def test_the_content_says_what_a_workbook_is_and_not_its_name(tmp_path, suffix):
    write_book(tmp_path / f"名册{suffix}", HEAD, row(text("a", "A2"), number(1, "B2"), r=2))
    (source,) = open_places([tmp_path]).of("名册")
    assert source.read().rows == [("a", 1)]
    shutil.copy(OLD / "cells.xls", tmp_path / "病例.xlsx")
    assert len(open_places([tmp_path]).of("病例")[0].read().rows) == 3


@pytest.mark.parametrize("name", ["名册.ods", "名册.xlsb", "名册.DBF"])
def test_a_table_of_a_kind_that_is_not_read_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DataError, match=re.escape(name)):
        open_places([tmp_path])
