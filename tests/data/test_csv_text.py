"""CSV: encodings, quotes, shapes."""

import pytest
from fields import HEADER, TEXT, loaded, table, visits

from engine.files.csv_text import decode
from engine.files.errors import DataError

ROW = "A1,2025-03-01,12.30,甲级,,是,3\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_same_table_comes_out_of_every_encoding(tmp_path, encoding):
    got = loaded(tmp_path, (HEADER + ROW).encode(encoding))
    assert [row["级别"] for row in got.rows] == ["甲级"]
    assert not got.rejected and not got.unknown_columns


def test_rare_characters_of_gb18030_are_read():
    assert decode("䶮,𠮷\n".encode("gb18030"), "x") == "䶮,𠮷\n"


def test_neither_encoding_names_byte_and_line():
    with pytest.raises(DataError) as error:
        decode("编号\n甲\n".encode() + b"\xff\xff\n", "就诊.csv")
    assert "第 3 行" in str(error.value) and "第 11 字节" in str(error.value) and "就诊.csv" in str(error.value)


def test_broken_utf8_after_a_bom_is_not_taken_for_gb18030():
    with pytest.raises(DataError, match="UTF-8 在第 2 行"):
        decode(b"\xef\xbb\xbfa\n" + "模".encode("gb18030") + b"\xff", "x")


def test_bytes_that_read_both_ways_are_not_guessed():
    with pytest.raises(DataError, match="分不清"):
        decode("a\n模\n".encode("gb18030"), "x")  # C4 A3 is also ģ in UTF-8


@pytest.mark.parametrize("data", [b"a,b\n1,\x002\n", "编号".encode("utf-16")])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(DataError, match="空字符|UTF-16"):
        decode(data, "x")


def test_an_open_quote_is_an_error_at_the_line_where_it_opens(tmp_path):
    with pytest.raises(DataError, match="第 3 行起引号不配对"):
        loaded(tmp_path, HEADER + ROW + '"A2,2025-03-01\n' + ROW)


def test_rows_of_a_wrong_width_are_rejected_with_their_line(tmp_path):
    got = loaded(tmp_path, HEADER + ROW + "A2,2025-03-01\n" + "\n" + "A3,2025-03-01,1,甲级,,是,3,多\n" + ",,,,,,\n")
    assert [row["编号"] for row in got.rows] == ["A1"]
    assert [(row.line, row.code) for row in got.rejected] == [(3, "D106"), (5, "D106")]
    assert "2 个单元格，表头有 7 列" in got.rejected[0].reason


def test_lines_count_physical_lines_within_quoted_cells(tmp_path):
    got = loaded(tmp_path, HEADER + '"A\n1",2025-03-01,1,甲级,,是,3\n' + "A2,x,1,甲级,,是,3\n")
    assert [row.line for row in got.rejected] == [2, 4]
    assert "换行" in got.rejected[0].reason


def test_headers_are_trimmed_and_trailing_empty_columns_dropped(tmp_path):
    got = loaded(tmp_path, "\ufeff 编号 ,,\n A1 ,,\n", table("名册", "编号", 编号=TEXT))
    assert got.rows == [{"编号": "A1"}]


def test_a_header_named_twice_is_an_error(tmp_path):
    with pytest.raises(DataError, match="重复的列 编号"):
        loaded(tmp_path, "编号,编号\nA,B\n", visits())


def test_semicolons_are_named_as_the_mistake(tmp_path):
    with pytest.raises(DataError, match="逗号分隔"):
        loaded(tmp_path, HEADER.replace(",", ";") + ROW)


def test_an_empty_file_has_no_header(tmp_path):
    with pytest.raises(DataError, match="没有表头"):
        loaded(tmp_path, "")
