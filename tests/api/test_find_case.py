"""A case as data have it: found by its key in files of every kind, with the rows that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine import api
from engine.cli import main
from engine.data.mapping import read_mapping
from engine.files.errors import DataError
from engine.pricing import delivered
from engine.pricing.delivered import NotDelivered, find_case

RULES = (
    "依据: 办法\n"
    "单子: {主键: 单号, 归期: 日期, 字段: {单号: 文本, 日期: 日期, 店: {类型: 文本, 可空: 是}, 价: 元}}\n"
    "手术: {主键: [单号, 序号], 可空: 是, 字段: {单号: → 单子, 序号: 文本, 费: 元}}\n"
    "应付: {粒度: 单子, 单位: 元, 舍入: 2, 公式: 价 + 合计(费)}\n"
    "应付表: {粒度: 单子, 首要: [应付], 列: [应付]}\n"
    "月结: {期间: 月, 需要: {单子: [应付]}, 报表: [应付表]}\n"
)
ROWS = "单号,日期,价,姓名\n1,2025-03-01,100,甲\n 2 ,2025/3/2,50.50,乙\n3,2025-03-03,一百,丙\n4,2025\n"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    region = tmp_path / "regions" / "town"
    region.mkdir(parents=True)
    (region / "region.yaml").write_text("名称: 试城\n施行: 2025-01-01\n文件:\n  办法: {题名: 办法}\n", "utf-8")
    (region / "规则.yaml").write_text(RULES, "utf-8")
    return region


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def put(folder: str, encoding: str = "utf-8", **tables: str) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        for name, text in tables.items():
            (tmp_path / folder / f"{name}.csv").write_text(text, encoding)
        return tmp_path / folder

    return put


@pytest.fixture
def opened(town: Path) -> api.Region:
    return api.load(town, "2025-03")


def record(found: Any) -> tuple[dict[str, str], int]:
    return found.record, found.line


def test_a_row_is_found_by_its_key_and_only_what_is_read_comes_with_it(opened: api.Region, put: Any) -> None:
    data = put("data", 单子=ROWS)
    assert record(api.find_case(opened, "1", data)) == ({"单号": "1", "日期": "2025-03-01", "价": "100"}, 2)
    assert record(api.find_case(opened, "2", [data])) == ({"单号": "2", "日期": "2025/3/2", "价": "50.50"}, 3)


def test_a_row_that_a_run_would_refuse_is_found_as_it_stands(opened: api.Region, put: Any) -> None:
    assert api.find_case(opened, "3", put("data", 单子=ROWS)).record["价"] == "一百"


def test_what_is_not_there_says_so(opened: api.Region, put: Any) -> None:
    data = put("data", 单子=ROWS)
    for key in ("9", "4"):  # the row of 4 is cut: nothing is read of it
        with pytest.raises(api.CannotPrice, match=f"数据里没有 单子 {key}"):
            api.find_case(opened, key, data)
    with pytest.raises(api.CannotPrice, match="写 1 项"):
        api.find_case(opened, "1,2", data)
    with pytest.raises(NotDelivered, match="没有表 单子"):
        api.find_case(opened, "1", put("other", 手术="单号,序号,费\n"))
    with pytest.raises(DataError, match="没有列 单号"):
        api.find_case(opened, "1", put("without", 单子="编号,价\n1,2\n"))


def test_rows_that_belong_to_it_come_too(opened: api.Region, put: Any) -> None:
    data = put("data", 单子=ROWS, 手术="单号,序号,费\n1,1,3\n2,1,4\n1,2,5.50\n")
    found = api.find_case(opened, "1", data)
    assert [row["费"] for row in found.below["手术"]] == ["3", "5.50"]
    assert opened.price(found.record, **found.below).text("应付") == "108.50"
    assert api.find_case(opened, "3", data).below == {}


def test_of_several_places_the_last_that_has_it_counts(opened: api.Region, put: Any) -> None:
    one, other = put("one", 单子=ROWS), put("other", 单子="单号,日期,价\n1,2025-03-01,7\n")
    assert api.find_case(opened, "1", [one, other]).record["价"] == "7"
    assert api.find_case(opened, "2", [one, other]).record["价"] == "50.50"


def test_files_of_every_kind_are_read(opened: api.Region, put: Any, tmp_path: Path) -> None:
    import duckdb
    import openpyxl

    wanted = {"单号": "2", "日期": "2025-03-02", "价": "50.5"}
    assert api.find_case(opened, "2", put("gbk", "gb18030", 单子=ROWS)).record["价"] == "50.50"
    for folder in ("xlsx", "parquet"):
        (tmp_path / folder).mkdir()
    book = openpyxl.Workbook()
    import datetime

    for row in (("单号", "日期", "价"), (1, datetime.date(2025, 3, 1), 100), (2, datetime.date(2025, 3, 2), 50.5)):
        book.active.append(row)
    book.save(tmp_path / "xlsx" / "单子.xlsx")
    duckdb.sql("select '2' as 单号, date '2025-03-02' as 日期, 50.5::decimal(10,1) as 价").write_parquet(
        str(tmp_path / "parquet" / "单子.parquet")
    )
    for folder in ("xlsx", "parquet"):
        assert api.find_case(opened, "2", tmp_path / folder).record == wanted, folder


def test_a_mapping_says_which_columns_are_meant(opened: api.Region, put: Any, tmp_path: Path) -> None:
    data = put("data", 出院="号,日期,价\n1,2025-03-01,7\n")
    (tmp_path / "映射.yaml").write_text("单子: {来自: 出院, 列: {单号: 号}}\n", "utf-8")
    assert find_case(opened, "1", [data], read_mapping(tmp_path / "映射.yaml")).record["价"] == "7"


def test_a_file_that_is_too_large_is_refused(opened: api.Region, put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivered, "LARGEST_CSV", 20)
    with pytest.raises(DataError, match="文件太大"):
        api.find_case(opened, "1", put("data", 单子=ROWS))


def test_the_command_prices_it_and_what_is_written_goes_over_it(town: Path, put: Any) -> None:
    data = put("data", 单子=ROWS, 手术="单号,序号,费\n1,1,3\n")
    asked = ["price", str(town), "--period", "2025-03", "--data", str(data), "--key"]
    for more, wanted in ((["1"], "应付 = 103.00"), (["1", "价=7"], "应付 = 10.00")):
        done = CliRunner().invoke(main, asked + more)
        assert done.exit_code == 0 and wanted in done.output, done.output
    done = CliRunner().invoke(main, [*asked, "9"])
    assert done.exit_code == 1 and "数据里没有 单子 9" in done.output
