"""Dates that come with a time of day or as the number of a workbook: the day, wherever that is certain."""

from __future__ import annotations

import datetime

import openpyxl
import pytest
from fields import DATE, MONTH, TEXT, table
from remote_help import WHY_NOT, make
from remote_help import agree as agree_there
from staging_help import agree, write_text

from engine.data.load import load_table
from engine.data.staging import odd
from engine.data.staging.remote import odd as remote_odd
from engine.databases.places import open_places
from engine.rulebook.model import Field

DAY = datetime.date(2025, 1, 4)
WRITTEN = ["2025-01-04 10:30:11", "2025-01-04T10:30:11.123", "2025/1/4 10:30", "20250104103011", "2025-01-04"]
VISITS = table("就诊", "编号", 编号=TEXT, 日期=DATE)


@pytest.mark.parametrize("medium", ["csv", "parquet", "duckdb"])
def test_moments_in_text_are_days_in_every_file(tmp_path, medium, monkeypatch):
    rows = [[f"K{n}", cell] for n, cell in enumerate(WRITTEN)]
    path = tmp_path
    if medium == "csv":
        (path / "就诊.csv").write_text("\n".join(map(",".join, [["编号", "日期"], *rows])), "utf-8-sig")
    else:
        path = write_text(tmp_path, "就诊", medium, ["编号", "日期"], rows)
    monkeypatch.setattr(odd, "typed_part", lambda *_: pytest.fail("these are read in SQL"))
    staged = agree(VISITS, [path if medium == "duckdb" else tmp_path])
    assert (staged.columns["日期"].low, staged.columns["日期"].high, staged.count) == (DAY, DAY, len(WRITTEN))


def test_moments_of_a_typed_column_are_days(tmp_path):
    import duckdb

    with duckdb.connect(str(tmp_path / "d.duckdb")) as made:
        made.execute("create table 就诊 as select 'K' 编号, timestamp '2025-01-04 10:30:11' 日期")
        made.execute(f"copy 就诊 to '{tmp_path}/就诊.parquet'")
    for place in (tmp_path / "d.duckdb", tmp_path):
        assert agree(VISITS, [place]).columns["日期"].low == DAY


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.parametrize(("kind", "cells"), [("text", WRITTEN), ("timestamp", WRITTEN[:2]), ("bigint", [WRITTEN[3]])])
def test_moments_in_postgresql_are_days(kind, cells, monkeypatch):
    rows = [[f"K{n}", cell] for n, cell in enumerate(cells) if "/" not in cell]
    at = make("就诊", [("编号", "text"), ("日期", kind)], rows)
    monkeypatch.setattr(remote_odd, "typed_part", lambda *_: pytest.fail("these are read in SQL"))
    staged = agree_there(VISITS, open_places([at]))
    assert (staged.columns["日期"].low, staged.columns["日期"].high, staged.count) == (DAY, DAY, len(rows))


def workbook(folder, cells, from_1904=False):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(["编号", "日期"])
    for n, cell in enumerate(cells):
        sheet.append([f"K{n}", cell])
    book.save(folder / "就诊.xlsx")
    return load_table(VISITS, open_places([folder]))


def test_numbers_of_days_in_a_workbook_are_those_days(tmp_path):
    found = workbook(tmp_path, [45661, 45661.4376, datetime.datetime(2025, 1, 4, 10, 30), "2025-01-04 10:30:11"])
    assert [row["日期"] for row in found.rows] == [DAY] * 4
    agree(VISITS, [tmp_path])


def test_a_workbook_that_counts_from_1904_is_read_as_it_counts(tmp_path):
    assert [row["日期"] for row in workbook(tmp_path, [44199], from_1904=True).rows] == [DAY]


def test_numbers_that_may_be_something_else_are_no_days(tmp_path):
    found = workbook(tmp_path, [2025, 202501, 0, 1, 45660.999999, 20250104, "45661"])
    assert [row["日期"] for row in found.rows] == [DAY]  # 20250104
    assert len(found.rejected) == 6 and "多半是 2025-01-04" in found.rejected[-1].reason


def test_an_open_end_in_a_workbook(tmp_path):
    assert "不是真的日期" in workbook(tmp_path, [2958465]).rejected[0].reason
    ends = table("就诊", "编号", 编号=TEXT, 日期=Field("日期", DATE, validity="止"))
    assert load_table(ends, open_places([tmp_path])).rows[0]["日期"] == datetime.date(9999, 12, 31)


def test_a_month_typed_into_a_workbook_that_made_a_day_of_it(tmp_path):
    workbook(tmp_path, [45658])
    months = table("就诊", "编号", 编号=TEXT, 日期=MONTH)
    assert str(load_table(months, open_places([tmp_path])).rows[0]["日期"]) == "2025-01"
