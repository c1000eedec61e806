"""Files of data with spoilt bytes: the Python reader and DuckDB's view take them alike, or refuse them alike."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import duckdb
import openpyxl

from engine.data.load import load_table
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.language.types import BOOL, DATE, MONTH, TEXT, Kind, Type, parse_unit
from engine.language.values import Interval
from engine.rulebook.model import Field, Table
from tests.data.staging_help import agree
from tests.fuzz.bounds import bounded
from tests.fuzz.spoil import HOSTILE, bytes_spoilt

MEDIA = ("csv", "csv", "gb18030", "parquet", "typed parquet", "xlsx", "duckdb")
HEADER = ["编号", "日期", "金额", "级别", "备用", "新", "月", "天数"]


def _visits() -> Table:
    fields = [
        Field("编号", TEXT), Field("日期", DATE), Field("金额", Type(Kind.NUMBER, parse_unit("元"))),
        Field("级别", Type(Kind.CLASS, classes=("甲级", "乙级及以下"))),
        Field("备用", Type(Kind.NUMBER, parse_unit("元")), nullable=True),
        Field("新", BOOL, has_default=True, default=False), Field("月", MONTH, nullable=True),
        Field("天数", Type(Kind.NUMBER, parse_unit("天")), range=Interval(None, None)),
    ]  # fmt: skip
    return Table("就诊", ("编号",), {field.name: field for field in fields})


def _rows(rng: random.Random) -> list[list[str]]:
    rows = []
    for number in range(rng.choice([1, 3, 40, 2500])):
        row = [
            f"A{number:05d}", f"2025-03-{number % 28 + 1:02d}", f"{rng.randrange(10**7) / 100:.2f}",
            rng.choice(["甲级", "乙级及以下"]), rng.choice(["", "12.5"]), rng.choice(["是", "否", ""]),
            rng.choice(["2025-03", ""]), str(rng.randint(1, 60)),
        ]  # fmt: skip
        if rng.random() < 0.02:
            row[rng.randrange(len(row))] = rng.choice(HOSTILE).replace("\ud800", "?")
        rows.append(row)
    return rows


def written(folder: Path, medium: str, rng: random.Random) -> Path:
    """A sound delivery in a new ``folder``; returns its file."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    rows = _rows(rng)
    if medium in ("csv", "gb18030"):
        text = io.StringIO()
        quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        ending = rng.choice(["\n", "\r\n"])
        csv.writer(text, quoting=quoting, lineterminator=ending).writerows([HEADER, *rows])
        path = folder / "就诊.csv"
        encoding = rng.choice(["utf-8", "utf-8-sig"]) if medium == "csv" else "gb18030"
        path.write_bytes(text.getvalue().encode(encoding, "replace"))
        return path
    if medium == "xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in [HEADER, *rows[:40]]:
            book.active.append(["".join(c for c in cell if c.isprintable()) for cell in row])
        book.save(folder / "就诊.xlsx")
        return folder / "就诊.xlsx"
    path = folder / ("data.duckdb" if medium == "duckdb" else "就诊.parquet")
    kinds = ["VARCHAR", "DATE", "DECIMAL(12,2)", *["VARCHAR"] * 4, "INTEGER"] if medium == "typed parquet" else []
    with duckdb.connect(str(path) if medium == "duckdb" else ":memory:") as connection:
        spec = ", ".join(f'"{name}" VARCHAR' for name in HEADER)
        connection.execute(f'create table "就诊" ({spec})')
        connection.executemany(f'insert into "就诊" values ({", ".join("?" * len(HEADER))})', rows[:300])
        if medium != "duckdb":
            shown = [f'try_cast("{n}" as {k}) as "{n}"' for n, k in zip(HEADER, kinds or ["VARCHAR"] * 8, strict=True)]
            codec = rng.choice(["zstd", "snappy", "uncompressed"])
            connection.execute(
                f"copy (select {', '.join(shown)} from \"就诊\") to '{path}' (format parquet, compression {codec})"
            )
    return path


def _statistics_lie(path: Path) -> bool:
    """Whether a date of a Parquet file is outside the least and the greatest that the file says it has."""
    with duckdb.connect() as connection:
        connection.execute("set disabled_optimizers = 'statistics_propagation'")
        file = str(path).replace("'", "''")
        said = f"select min(stats_min_value), max(stats_max_value) from parquet_metadata('{file}')"
        try:
            least, greatest = connection.execute(f"{said} where path_in_schema = '日期'").fetchone() or (None, None)
            kept = connection.execute(f"select min(日期)::text, max(日期)::text from '{file}'").fetchone()
        except duckdb.Error:
            return False
    return kept != (least, greatest)


def attempt(seed: int, folder: Path) -> str:
    """One spoilt delivery; raises ``AssertionError`` where the two readers differ, or whatever crashes one."""
    rng = random.Random(seed)
    path = written(folder / "data", rng.choice(MEDIA), rng)
    if rng.random() < 0.9:
        path.write_bytes(bytes_spoilt(path.read_bytes(), rng))
    place = path if path.suffix == ".duckdb" else path.parent
    table = _visits()
    with bounded(60):
        try:
            load_table(table, open_places([place]))
        except DataError as error:
            if any(mark in str(error) for mark in "\x1b\u202e\x00"):
                return f"a raw control character in {str(error)!r}"
        try:
            agree(table, [place])
        except DataError:
            return ""  # the place itself is refused
        except AssertionError:
            if path.suffix == ".parquet" and _statistics_lie(path):
                return ""  # DuckDB believes them, Python looks at the rows; no sound writer makes such a file
            raise
    return ""
