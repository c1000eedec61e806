"""What is said of a folder of data, for whoever chooses one."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import duckdb

from engine.workbench.shows.data_told import MOST_TOLD, folders_told

DAY = datetime.datetime(2025, 3, 9, 12).timestamp()


def _file(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    os.utime(path, (DAY, DAY))


def test_the_largest_file_is_told_with_its_size_and_others_than_tables_are_not_counted(tmp_path: Path) -> None:
    _file(tmp_path / "小.csv", b"a\n1\n")
    _file(tmp_path / "大.csv", b"0" * 1_234_567)
    _file(tmp_path / "说明.txt", b"0" * 2_000_000)
    assert folders_told({"交来": tmp_path}) == {"交来": "2 个文件，最大的 大.csv 1.2 MB，最近改的 2025-03-09"}


def test_rows_of_a_parquet_file_are_told_and_the_size_of_one_that_cannot_be_read(tmp_path: Path) -> None:
    good, broken = tmp_path / "a'b", tmp_path / "b"
    for folder in (good, broken):
        folder.mkdir()
    with duckdb.connect() as connection:
        connection.sql("select range as n from range(12345)").write_parquet(str(good / "表.parquet"))
    os.utime(good / "表.parquet", (DAY, DAY))
    _file(broken / "表.parquet", b"PAR1")
    assert folders_told({"好": good, "坏": broken}) == {
        "好": "1 个文件，最大的 表.parquet 12,345 行，最近改的 2025-03-09",
        "坏": "1 个文件，最大的 表.parquet 4 字节，最近改的 2025-03-09",
    }


def test_a_folder_that_is_gone_or_empty_and_too_many_folders_are_not_told(tmp_path: Path) -> None:
    assert folders_told({"没有": tmp_path / "没有", "空": tmp_path}) == {}
    _file(tmp_path / "a.csv", b"a\n")
    assert folders_told({str(n): tmp_path for n in range(MOST_TOLD + 1)}) == {}
