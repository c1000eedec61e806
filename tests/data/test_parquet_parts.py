"""A table in several Parquet files of one folder, as clusters write it."""

from __future__ import annotations

from fractions import Fraction

import duckdb
import pytest
from fields import TEXT, number, table
from staging_help import agree

from engine.data.load import load_table
from engine.data.staging.delivery import FileDelivery
from engine.databases.places import open_places
from engine.files.errors import DataError

STAFF = table("名册", "编号", 编号=TEXT, 金额=number("元"))


@pytest.fixture
def folder(tmp_path):
    """Three parts out of the order in which they were made, with what Spark leaves beside them."""
    made = tmp_path / "名册.parquet"
    made.mkdir()
    for number_, query in enumerate(
        ["select 'c' as 编号, 3.50::decimal(9,2) as 金额", "select 'a', 1.00::decimal(9,2) union all select 'b', 20.25",
         "select 'd' as 编号, 0::decimal(9,2) as 金额 where false"],
    ):  # fmt: skip
        named = f"select 编号, 金额 from ({query}) as q(编号, 金额)"
        duckdb.sql(named).write_parquet(str(made / f"part-0000{2 - number_}-x.snappy.parquet"))
    (made / "_SUCCESS").touch()
    (made / ".part-00001-x.snappy.parquet.crc").write_bytes(b"\0")
    return tmp_path


def test_the_parts_are_one_table_in_the_order_of_their_names(folder):
    loaded = load_table(STAFF, open_places([folder]))
    assert [(row["编号"], row["金额"]) for row in loaded.rows] == [
        ("a", Fraction(1)), ("b", Fraction(81, 4)), ("c", Fraction(7, 2)),
    ]  # fmt: skip


def test_a_view_stands_on_the_parts(folder):
    staged = agree(STAFF, [folder])
    assert staged is not None and isinstance(staged.delivery, FileDelivery)


def test_a_bad_row_is_named_by_its_place_in_all_of_them(folder):
    duckdb.sql("select 'e' as 编号, (-1)::decimal(9,2) as 金额 union all select 'a', 2").write_parquet(
        str(folder / "名册.parquet" / "part-00009.parquet")
    )
    agree(STAFF, [folder])
    loaded = load_table(STAFF, open_places([folder]))
    assert [(bad.key_text, bad.line) for bad in loaded.rejected] == [("a", 1), ("a", 5)]


def test_names_of_folders_give_no_columns(folder):
    below = folder / "金额=7"
    below.mkdir()
    (folder / "名册.parquet").rename(below / "名册.parquet")
    agree(STAFF, [below])
    assert [row["金额"] for row in load_table(STAFF, open_places([below])).rows][0] == 1


def test_parts_of_other_columns_are_refused(folder):
    duckdb.sql("select 'e' as 编号, '甲' as 科室").write_parquet(str(folder / "名册.parquet" / "part-00009.parquet"))
    agree(STAFF, [folder])
    with pytest.raises(DataError, match=r"名册\.parquet：不是可读的 Parquet 文件"):
        load_table(STAFF, open_places([folder]))


def test_a_part_that_comes_meanwhile_is_seen(folder):
    stamps = open_places([folder]).stamps()
    for _, stamp in stamps:
        stamp.unchanged()
    (folder / "名册.parquet" / "part-00009.parquet").write_bytes(b"")
    with pytest.raises(DataError, match=r"名册\.parquet：计算期间文件被改动了"):
        for _, stamp in stamps:
            stamp.unchanged()


def test_a_part_that_changes_is_seen(folder):
    stamps = open_places([folder]).stamps()
    (folder / "名册.parquet" / "part-00001-x.snappy.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"part-00001-x.snappy\.parquet：计算期间文件被改动了"):
        for _, stamp in stamps:
            stamp.unchanged()


def test_a_table_partitioned_by_a_column_is_refused(folder):
    (folder / "名册.parquet" / "月=3").mkdir()
    with pytest.raises(DataError, match="里面还有文件夹 月=3"):
        open_places([folder])


def test_a_folder_without_parts_is_refused(tmp_path):
    (tmp_path / "名册.parquet").mkdir()
    with pytest.raises(DataError, match=r"里面没有 \.parquet 文件"):
        open_places([tmp_path])


def test_a_folder_named_like_a_text_file_is_refused(tmp_path):
    (tmp_path / "名册.csv").mkdir()
    with pytest.raises(DataError, match=r"分成几份的表只能是 Parquet"):
        open_places([tmp_path])
