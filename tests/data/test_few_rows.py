"""Whether a delivery has few rows is known from its files at once, or not said."""

import duckdb
import pytest

from engine.data import few_rows
from engine.data.few_rows import FEW, has_few_rows
from engine.databases.places import open_places


def csv(folder, table, rows, end="\n"):
    (folder / f"{table}.csv").write_text(end.join(["编号", *map(str, range(rows))]), "utf-8", newline="")


def parquet(folder, table, rows):
    target = str(folder / f"{table}.parquet")
    duckdb.sql(f"copy (select range as 编号 from range({rows})) to '{target}'")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("rows", "few"), [(12, True), (FEW // 3, True), (FEW + 1, False)])
def test_rows_of_text_are_counted_whatever_ends_their_lines(tmp_path, end, rows, few):
    csv(tmp_path, "人", rows, end)
    assert has_few_rows(open_places([tmp_path]), ["人"]) is few


@pytest.mark.parametrize(("rows", "few"), [(12, True), (FEW, True), (FEW + 1, False)])
def test_rows_of_parquet_are_what_the_file_says(tmp_path, rows, few):
    parquet(tmp_path, "人", rows)
    assert has_few_rows(open_places([tmp_path]), ["人"]) is few


def test_rows_of_all_the_tables_and_all_deliveries_count_together(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        parquet(tmp_path / name, "人", FEW // 2)
    parquet(tmp_path / "b", "住", 1)
    places = open_places([tmp_path / "a", tmp_path / "b"])
    assert has_few_rows(places, ["人"]) and has_few_rows(places, ["住"])
    assert not has_few_rows(places, ["人", "住"])


def test_of_a_big_file_a_database_and_a_file_that_is_none_nothing_is_said(tmp_path, monkeypatch):
    with duckdb.connect(str(tmp_path / "all.duckdb")) as database:
        database.execute("create table 人 as select 1 as 编号")
    assert not has_few_rows(open_places([tmp_path / "all.duckdb"]), ["人"])
    (tmp_path / "人.parquet").write_bytes(b"no")
    assert not has_few_rows(open_places([tmp_path]), ["人"])
    (tmp_path / "人.parquet").unlink()
    csv(tmp_path, "人", 12)
    monkeypatch.setattr(few_rows, "_MOST_BYTES", 8)
    assert not has_few_rows(open_places([tmp_path]), ["人"])
    assert has_few_rows(open_places([tmp_path]), ["住"])
