"""The workbook itself: nothing runs, what may not be typed is protected, and what may is explained."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from engine.rulebook.book import load
from tests.excel.city import RULES, city, tables, workbook

ROOT = Path(__file__).parents[2]
REGIONS = sorted(path.parent.name for path in (ROOT / "regions").glob("*/region.yaml"))


def test_nothing_that_looks_like_a_formula_is_one(tmp_path: Path) -> None:
    place = city(tmp_path)
    rules = RULES
    for sign in "=+-@":
        rules = rules.replace("说明: 每公里", f"说明: '{sign}1+1'")
        (place / "规则.yaml").write_text(rules, "utf-8")
        (place / "线路.csv").write_text(f"线路,名称,系数\nA1,{sign}cmd|' /C calc'!A0,1\n", "utf-8")
        path = workbook(place)
        with zipfile.ZipFile(path) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any(re.search(rb"<f[ >]|<hyperlink|t=\"str\"", sheet) for sheet in sheets)
        cell = openpyxl.load_workbook(path)["线路"]["C2"]
        assert (cell.data_type, cell.value) == ("s", f"{sign}cmd|' /C calc'!A0")


def test_headings_and_units_are_protected_and_figures_are_not(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(city(tmp_path)))
    sheet = book["参数"]
    assert sheet.protection.sheet
    assert [sheet[place].protection.locked for place in ("A1", "B1", "C2", "D2", "E2", "F2")] == [
        True, True, True, False, False, True,
    ]  # fmt: skip
    assert [sheet[place].value for place in ("B2", "C2", "D2", "E2")] == ["加成", "比例", "2024-01-01", "50%"]
    assert not sheet.column_dimensions["E"].protection.locked  # below the table, where more may be typed
    assert sheet.column_dimensions["A"].hidden
    assert all(book[title].sheet_state == "veryHidden" for title in ("_文件", "_类别"))


def test_cells_are_text_as_they_are_written(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(city(tmp_path)))
    assert {cell.number_format for row in book["倍数"].iter_rows() for cell in row} == {"@"}
    assert book["线路"]["D2"].value == "1.10"


def test_classes_are_offered_and_headings_have_notes(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(city(tmp_path)))
    offered = {
        str(rule.sqref): [cell[0].value for cell in book["_类别"][rule.formula1.partition("!")[2].replace("$", "")]]
        for sheet in ("参数", "倍数")
        for rule in book[sheet].data_validations.dataValidation
    }
    assert offered["E6"] == ["实施", "不实施"]
    assert ["一级", "二级", "三级"] in offered.values()
    assert "比例" not in book["参数"]["E1"].comment.text and "50%" in book["参数"]["E1"].comment.text
    assert "单位 倍" in book["倍数"]["D1"].comment.text


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    place = city(tmp_path)
    path = workbook(place)
    before = path.read_bytes()
    done = tables(str(place), "--out", str(path))
    assert (done.exit_code, path.read_bytes()) == (1, before)
    assert tables(str(place)).exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
def test_every_shipped_region_comes_back_without_an_edit(tmp_path: Path, region: str) -> None:
    from engine.excel.book import bring_back, write_tables
    from engine.files.errors import DataError

    book = load(ROOT / "regions" / region)
    try:
        write_tables(book, tmp_path / "规则.xlsx")
    except DataError:
        assert not list((ROOT / "regions" / region).glob("tests/*.yaml"))
        return
    brought = bring_back(book, tmp_path / "规则.xlsx")
    assert (brought.read.edits, brought.wrong, brought.read.remarks) == ([], [], [])
