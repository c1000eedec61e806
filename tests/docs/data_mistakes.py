"""Ordinary mistakes in what is delivered, made one by one in a small delivery, for docs/tried-mistakes.md."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import openpyxl
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from engine.cli import main

REGION = {
    "region.yaml": "名称: 渡市\n施行: 2025-01-01\n文件: {章程: {题名: 渡市航次补贴章程}}\n",
    "规则.yaml": """依据: 章程 第一条
渡口: {主键: 渡口号, 字段: {渡口号: 文本, 等级: [大渡, 小渡]}}
航次:
  主键: 航次号
  归期: 结算日
  字段: {航次号: 文本, 渡口号: → 渡口, 船员证号: {类型: 文本, 标识: 是}, 结算日: 日期, 票款: {类型: 元, 范围: ≥ 0}}
渡口票款: {粒度: 渡口, 单位: 元, 公式: 合计(票款)}
船员数: {粒度: 渡口, 单位: 个, 公式: "去重计数(船员证号, 自 航次)"}
月表: {粒度: 渡口, 列: [渡口票款, 船员数]}
月结: {期间: 月, 报表: [月表]}
""",
}
DELIVERED = "数据"
HEADING = ["航次号", "渡口号", "船员证号", "结算日", "票款"]
TRIPS = [
    ["H001", "D1", "440106199001011237", "2025-03-01", "1200.50"],
    ["H002", "D2", "440106199001012474", "2025-03-02", "800.00"],
    ["H003", "D1", "440106199001013711", "2025-03-03", "950.00"],
]
FERRIES = "渡口号,等级\nD1,大渡\nD2,小渡\n"
Make = Callable[[Worksheet], None]


def _column(name: str, change: Callable[[str], object]) -> Make:
    def make(sheet: Worksheet) -> None:
        for row in range(2, sheet.max_row + 1):
            cell = sheet.cell(row, HEADING.index(name) + 1)
            cell.value = change(str(cell.value))  # type: ignore[assignment]

    return make


def _merged(sheet: Worksheet) -> None:
    sheet["B3"] = "D1"
    sheet.merge_cells("B2:B4")


def _titled(sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = "二〇二五年三月航次表"


def _headed(old: str, new: str) -> Make:
    def make(sheet: Worksheet) -> None:
        sheet.cell(1, HEADING.index(old) + 1).value = new

    return make


def _total(sheet: Worksheet) -> None:
    sheet.append(["合计", None, None, None, "2950.50"])


WORKBOOKS: dict[str, tuple[str, Make]] = {
    "合并单元格": ("渡口号 一列 B2:B4 合并", _merged),
    "表头上面有标题行": ("第 1 行：二〇二五年三月航次表", _titled),
    "最后有一行合计": ("合计,,,,2950.50", _total),
    "字段名写错": ("票欵", _headed("票款", "票欵")),
    "少一列": ("没有 票款 一列", lambda sheet: sheet.delete_cols(5)),
    "字段写了两遍": ("票款 写成 渡口号", _headed("票款", "渡口号")),
    "金额带千分位": ("1,200.50", _column("票款", lambda text: f"1,{text[-6:]}")),
    "金额带单位": ("1200.50元", _column("票款", lambda text: f"{text}元")),
    "金额写成万元的文字": ("0.12万", _column("票款", lambda text: "0.12万")),
    "日期只有月日": ("3月1日", _column("结算日", lambda text: "3月1日")),
    "日期是别的年代": ("1900-01-01", _column("结算日", lambda text: "1900-01-01")),
    "证件号变成科学计数": ("4.40106E+17", _column("船员证号", lambda text: f"{float(text):.5E}")),
    "证件号后几位变成 0": ("440106199001011000", _column("船员证号", lambda text: f"{text[:15]}000")),
    "公式出错": ("#REF!", _column("票款", lambda text: "#REF!")),
    "编码不在册": ("D9", _column("渡口号", lambda text: "D9")),
    "主键重复": ("都是 H001", _column("航次号", lambda text: "H001")),
}


def _ods(folder: Path) -> None:
    (folder / "航次.xlsx").rename(folder / "航次.ods")


def _twice(folder: Path) -> None:
    (folder / "航次.csv").write_text(",".join(HEADING) + "\n", "utf-8")


def _named(folder: Path) -> None:
    (folder / "航次.xlsx").rename(folder / "航次三月.xlsx")


def _within(folder: Path) -> None:
    (folder / "三月").mkdir()
    for file in [*folder.glob("*.xlsx"), *folder.glob("*.csv")]:
        file.rename(folder / "三月" / file.name)


FOLDERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "存成 .ods": ("航次.ods", _ods),
    "一张表两个文件": ("航次.xlsx、航次.csv", _twice),
    "文件名不是表名": ("航次三月.xlsx", _named),
    "数据在下一层文件夹": ("三月/航次.xlsx", _within),
}


def rows(folder: Path) -> list[tuple[str, str, list[str]]]:
    """For each mistake its name, what was written, and the lines that ``casemix run`` says."""
    city = folder / "渡市"
    city.mkdir()
    for name, text in REGION.items():
        (city / name).write_text(text, "utf-8")
    found = []
    for name, (written, make) in WORKBOOKS.items():
        found.append((name, written, _said(folder, lambda sheet, make=make: make(sheet), lambda place: None)))  # type: ignore[misc]
    for name, (written, move) in FOLDERS.items():
        found.append((name, written, _said(folder, lambda sheet: None, move)))
    return found


def _said(folder: Path, make: Make, move: Callable[[Path], None]) -> list[str]:
    data = folder / "三月数据"
    for old in (data, folder / "结果", folder / "结果.拒收"):
        shutil.rmtree(old, ignore_errors=True)
    data.mkdir()
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in [HEADING, *TRIPS]:
        sheet.append(row)
    make(sheet)
    book.save(data / "航次.xlsx")
    (data / "渡口.csv").write_text(FERRIES, "utf-8")
    move(data)
    words = ["run", "渡市", "月结", "--period", "2025-03", "--data", "三月数据", "--out", "结果"]
    with chdir(folder):
        done = CliRunner(env={"COLUMNS": "1000", "NO_COLOR": "1", "TERM": "dumb"}).invoke(main, words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    text = done.output.replace(f"{folder.resolve()}/", "").replace(f"{folder}/", "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if done.exit_code == 0:  # the result stands above
        lines = lines[next(n for n, line in enumerate(lines) if line.startswith("拒收的行")) :]
    return [line for line in lines if not line.startswith(("结果：", "数据："))]
