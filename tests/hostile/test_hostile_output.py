"""What comes from files and reaches a terminal, a workbook or run.json: it stays text, and obeys nobody."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from engine.data.csv_out import FORMULA_MARKS
from engine.data.workbook import read_workbook
from engine.files.errors import DataError
from tests.faults.city import TOWN
from tests.fuzz.names import formulas_in

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
OBEYED = ["\x1b]0;x\x07", "\x1b[2J\x1b[31m", "\x9b2J", "\u202e", "\u2066", "\x08\x08", "\x7f"]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "region.yaml").write_text("名称: 镇\n施行: 2025-01-01\n文件: {办法: {题名: 办法}}\n", "utf-8")
    (folder / "rules.yaml").write_text(TOWN, "utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / "病例.csv").write_text("病例号,结算日期,机构编码,类型,住院总费用\n=1+1,2025-03-01,H1,甲,300\n", "utf-8")
    (data / "医疗机构.csv").write_text("机构编码,系数\nH1,1.5\n", "utf-8")
    return tmp_path


def run(town: Path, *more: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    arguments = [
        "run",
        town / "town",
        "清算",
        "--period",
        "2025",
        "--data",
        town / "data",
        "--out",
        town / "out",
        *more,
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "engine", *map(os.fsencode, arguments)], capture_output=True, env=env, cwd=ROOT
    )


def assert_quiet(said: subprocess.CompletedProcess[bytes]) -> str:
    text = (said.stdout + said.stderr).decode("utf-8", "replace")
    assert "Traceback" not in text
    assert not set(text) & set("\x1b\x9b\x07\x08\x7f\u202e\u2066")
    return text


def test_a_cell_a_heading_and_a_file_name_never_reach_the_terminal_raw(town):
    for mark in OBEYED:
        (town / "data" / f"别的{mark}.txt").write_text("x")
    odd = [f"Z{mark}2,2025-03-01,H{mark},甲,300{',1' * len(OBEYED)}" for mark in OBEYED]
    sound = [f"Z{n},2025-03-01,H1,甲,300{',1' * len(OBEYED)}" for n in range(2 * len(OBEYED))]
    heading = "病例号,结算日期,机构编码,类型,住院总费用," + ",".join(f"栏{mark}" for mark in OBEYED)
    (town / "data" / "病例.csv").write_text("\n".join([heading, *sound, *odd, ""]), "utf-8")
    said = run(town)
    text = assert_quiet(said)
    assert said.returncode == 0 and f"拒收：数据格式 {len(odd)} 行" in text, text
    assert all(f"<U+{ord(mark[0]):04X}>" in text for mark in OBEYED), text


def test_a_reference_to_no_row_names_it_without_obeying_it(town):
    (town / "data" / "病例.csv").write_text(
        "病例号,结算日期,机构编码,类型,住院总费用\nZ[red]1,2025-03-01,[/]H9,甲,300\n"
    )
    said = run(town)
    assert said.returncode == 1 and "[/]H9" in assert_quiet(said)


def test_a_name_that_is_no_text_is_told(town):
    (town / "data" / os.fsdecode(b"\xff\xfe.txt")).write_text("x")
    said = run(town)
    assert said.returncode == 1 and "不是 UTF-8 编码" in assert_quiet(said)


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_a_terminal_of_another_encoding_is_no_crash(town, encoding):
    (town / "data" / "\U0001f4a9é.txt").write_text("x")
    said = run(town, encoding=encoding)
    assert said.returncode == 0 and b"Traceback" not in said.stderr


def test_text_that_looks_like_a_formula_stays_text_in_every_format(town):
    rules = (town / "town" / "rules.yaml").read_text("utf-8")
    rules = rules.replace("列: [机构应付]}", "列: {机构应付: \"=HYPERLINK('http://x')\"}}")
    rules = rules.replace("列: [类型, 应付, 分得]}", "列: {类型: '@SUM(A1)', 应付: '+应', 分得: '-分'}}")
    (town / "town" / "rules.yaml").write_text(rules, "utf-8")
    keys = [f"{mark.strip() or '='}cmd|' /C calc'!A{n}" for n, mark in enumerate(FORMULA_MARKS)]
    with (town / "data" / "病例.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["病例号", "结算日期", "机构编码", "类型", "住院总费用"])
        writer.writerows([key, "2025-03-01", "H1", "甲", "300"] for key in keys)
    said = run(town, "--format", "csv", "--format", "xlsx")
    assert said.returncode == 0, assert_quiet(said)
    assert formulas_in(town) == ""
    sheet = openpyxl.load_workbook(town / "out" / "statements" / "明细.xlsx").active
    assert sorted(row[0].value for row in list(sheet.iter_rows())[1:]) == sorted(keys)
    assert [cell.value for cell in sheet[1]] == ["病例号", "@SUM(A1)", "+应", "-分"]


def test_a_workbook_that_unpacks_to_more_than_memory_holds_is_refused(tmp_path):
    path = tmp_path / "病例.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/x.bin", "w") as part:
        for _ in range(300):
            part.write(b"\0" * (1 << 20))
    with pytest.raises(DataError, match="不像是正常的工作簿"):
        read_workbook(path, "病例", "病例.xlsx")


def test_a_workbook_with_spoilt_bytes_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "病例.xlsx"
    book = openpyxl.Workbook()
    for number in range(3000):
        book.active.append([f"Z{number}", number * 7919 % 100003])
    book.save(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"xl/worksheets/sheet1.xml") + 3000
    data[at : at + 40] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(DataError, match="不是可读的 XLSX"):
        read_workbook(path, "病例", "病例.xlsx")
