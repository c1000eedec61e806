"""A place that pays ferries for their trips, sound deliveries of its two tables, and what comes of them, by hand."""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl

Row = dict[str, object]
TRIPS, FERRIES = "航次", "渡口"
HEADER = {
    FERRIES: ["渡口号", "等级"],
    TRIPS: ["航次号", "渡口号", "船员证号", "开航日", "结算日", "票款", "里程", "客类", "备注", "票类"],
}
MEDIA = ("csv", "xlsx", "parquet", "duckdb")
RULES = """
依据: 章程 第一条
渡口: {主键: 渡口号, 字段: {渡口号: 文本, 等级: [大渡, 小渡]}}
航次:
  主键: 航次号
  归期: 结算日
  字段:
    航次号: 文本
    渡口号: → 渡口
    船员证号: → 船员
    开航日: {类型: 日期, 范围: "[2024-01-01, 2026-12-31]"}
    结算日: {类型: 日期, 范围: "[2024-01-01, 2026-12-31]"}
    票款: {类型: 元, 范围: "≥ 0"}
    里程: {类型: 数, 小数: 1, 范围: "[0, 500]"}
    客类: [团体, 散客]
    备注: {类型: 文本, 可空: 是}
船员: {主键: 船员证号, 可空: 是, 字段: {船员证号: 文本, 级: {类型: 文本, 可空: 是}}}
罚单: {主键: 罚单号, 可空: 是, 字段: {罚单号: 文本, 航次号: → 航次, 罚款: 元}}
结算早于开航: {粒度: 航次, 拒收: 结算日 < 开航日}
罚款合计: {粒度: 航次, 单位: 元, 公式: 合计(罚款)}
大额罚款: {粒度: 航次, 筛查: 罚款合计 > 100}
渡口票款: {粒度: 渡口, 单位: 元, 公式: 合计(票款)}
渡口航次: {粒度: 渡口, 单位: 个, 公式: 计数(航次)}
船员数: {粒度: 渡口, 单位: 个, 公式: "去重计数(船员证号, 自 航次)"}
航程: {粒度: 渡口, 公式: "合计(里程, 当 客类 = 团体)"}
天数合计: {粒度: 渡口, 单位: 天, 公式: "合计(天数(开航日, 结算日))"}
月表: {粒度: 渡口, 列: [渡口票款, 渡口航次, 船员数, 航程, 天数合计]}
筛查表: {粒度: 航次, 列: [大额罚款]}
月结: {期间: 月, 报表: [月表, 筛查表]}
"""


@dataclass
class Delivery:
    """Rows of both tables as people would type them, what a mapping says of them, and what is peculiar to files.

    ``kinds``: SQL types of columns of trips, in Parquet and DuckDB; ``late``: what is odd about the file itself.
    """

    rows: dict[str, list[Row]]
    medium: str
    mapping: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    late: str = ""


def sound(rng: random.Random) -> Delivery:
    """A month of trips of three ferries; every row inside the month."""
    ferries: list[Row] = [{"渡口号": f"D{n}", "等级": "大渡" if n % 2 else "小渡"} for n in range(3)]
    crew = [str(440106199001010000 + 1237 * n) for n in range(1, 5)]
    trips: list[Row] = []
    for number in range(rng.choice([4, 12, 40])):
        sailed = datetime.date(2025, 3, rng.randint(1, 26))
        trips.append({
            "航次号": f"H{number:05d}", "渡口号": f"D{rng.randrange(3)}", "船员证号": rng.choice(crew),
            "开航日": sailed.isoformat(), "结算日": (sailed + datetime.timedelta(rng.randint(0, 4))).isoformat(),
            "票款": f"{rng.randrange(10**6) / 100:.2f}", "里程": f"{rng.randrange(400) / 10:.1f}",
            "客类": rng.choice(["团体", "散客"]), "备注": rng.choice(["", "顺风", "说：“慢”"]),
            "票类": "正",
        })  # fmt: skip
    return Delivery({FERRIES: ferries, TRIPS: trips}, rng.choice(MEDIA))


def settled(trips: Sequence[Row]) -> list[list[str]]:
    """The lines of 月表 for sound rows: key, fares, trips, crew, kilometres of groups, days; by key."""
    lines = []
    for ferry in sorted({str(row["渡口号"]) for row in trips}):
        own = [row for row in trips if row["渡口号"] == ferry]
        days = sum((_day(row["结算日"]) - _day(row["开航日"])).days for row in own)
        far = sum((Decimal(str(row["里程"])) for row in own if row["客类"] == "团体"), Decimal(0))
        fares = sum((Decimal(str(row["票款"])) for row in own), Decimal(0))
        crew = len({row["船员证号"] for row in own})
        lines.append([ferry, *(_plain(Decimal(value)) for value in (fares, len(own), crew, far, days))])
    return lines


def _day(text: object) -> datetime.date:
    return datetime.date.fromisoformat(str(text))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(delivery: Delivery, folder: Path) -> Path:
    """The delivery as files in ``folder``; returns the place to read."""
    folder.mkdir(parents=True)
    if delivery.medium == "duckdb":
        with duckdb.connect(str(folder / "交来.duckdb")) as connection:
            for table in HEADER:
                _stored(connection, delivery, table)
        return folder / "交来.duckdb"
    for table, header in HEADER.items():
        rows = [[row.get(name) for name in header] for row in delivery.rows[table]]
        if delivery.medium == "csv":
            _csv(folder / f"{table}.csv", header, rows, delivery.late if table == TRIPS else "")
        elif delivery.medium == "xlsx":
            _xlsx(folder / f"{table}.xlsx", header, rows)
        else:
            with duckdb.connect() as connection:
                _stored(connection, delivery, table)
                connection.execute(f"copy \"{table}\" to '{folder / table}.parquet' (format parquet)")
    return folder


def _csv(path: Path, header: list[str], rows: list[list[object]], late: str) -> None:
    with path.open("w", encoding="gb18030" if late == "gb18030" else "utf-8", newline="") as stream:
        if late == "heading":
            stream.write("二〇二五年三月航次表" + "," * (len(header) - 1) + "\n")
        out = csv.writer(stream)
        out.writerow(header)
        out.writerows(["" if cell is None else str(cell) for cell in row] for row in rows)


def _xlsx(path: Path, header: list[str], rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(header)
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)


def _stored(connection: duckdb.DuckDBPyConnection, delivery: Delivery, table: str) -> None:
    header = HEADER[table]
    kinds = [delivery.kinds.get(name, "VARCHAR") if table == TRIPS else "VARCHAR" for name in header]
    columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(header, kinds, strict=True))
    connection.execute(f'create table "{table}" ({columns})')
    marks = ", ".join(f"cast(? as {kind})" for kind in kinds)
    for row in delivery.rows[table]:
        cells = [row.get(name) for name in header]
        connection.execute(
            f'insert into "{table}" values ({marks})', ["" if cell is None else str(cell) for cell in cells]
        )
