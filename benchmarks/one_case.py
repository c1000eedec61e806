"""``python -m benchmarks one-case``: the price of one case and its explanation, from Python; and what a start takes.

Made-up cases of a region, each priced once by a region that was just loaded (nothing of its published tables is
remembered yet: *first*), then each once more (*again*). A price is the whole way: a record of Python values read and
checked, sorted as a run sorts it, every value that the program shows of a case worked out, and its class and points
asked for as exact numbers. An explanation is its tree of steps as data, recomputed by the reference engine.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.machine import described
from benchmarks.processes import ROOT, timed
from engine.api import Priced, Region, load

REGION = "jiyuan-demo"
SETTINGS = (("月度预结算", "2025-03", "病例点数"), ("年度清算", "2025", "清算点数"))
TABLE, KEY, CLASS = "病例", "病例号", "病例类型"
HEAD = """\
| what | cases | median | 99% | slowest |
|---|---|---|---|---|"""
Row = dict[str, Any]


def made(cases: int, work: Path) -> Path:
    """The folder of a made-up year, made if it is not there yet."""
    data = work / f"one-case-{cases}"
    if not data.exists():
        wanted = ["--cases", str(cases), "--period", "2025-01..2025-12", "--all", "--out", str(data)]
        timed(["engine", "synth", REGION, *wanted], work / "synth.log")
    return data


def rows_of(data: Path, table: str, where: str = "true") -> list[Row]:
    """Rows of a table as Python values."""
    path = data / f"{table}.parquet"
    if not path.exists():
        return []
    with duckdb.connect() as database:
        found = database.execute(f"select * from read_parquet(?) where {where}", [str(path)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def sampled(data: Path, period: str, count: int) -> list[Row]:
    """``count`` different cases of the period in random order, the same each time."""
    rows = rows_of(data, TABLE, f"cast(结算日期 as varchar) like '{period}%'")
    rows.sort(key=lambda row: row[KEY])
    return random.Random(1).sample(rows, min(count, len(rows)))


def below(region: Region, data: Path, rows: list[Row]) -> dict[str, dict[str, list[Row]]]:
    """By case, its rows of the tables that belong to it."""
    found: dict[str, dict[str, list[Row]]] = {row[KEY]: {} for row in rows}
    for table in region.fields_below:
        for row in rows_of(data, table):
            if row[KEY] in found:
                found[row[KEY]].setdefault(table, []).append(row)
    return found


def texts(row: Row) -> Row:
    """The same record as a JSON message would bring it."""
    words = {True: "是", False: "否"}
    return {k: words[v] if isinstance(v, bool) else v if v is None else str(v) for k, v in row.items()}


def clocked(work: Callable[[Any], object], items: Sequence[Any]) -> list[float]:
    """Microseconds of each."""
    taken = []
    for item in items:
        begun = time.perf_counter_ns()
        work(item)
        taken.append((time.perf_counter_ns() - begun) / 1000)
    return taken


def line(what: str, taken: list[float], unit: str = "µs", divisor: float = 1) -> str:
    ordered = [number / divisor for number in sorted(taken)]
    shown = (median(ordered), ordered[int(len(ordered) * 0.99)], ordered[-1])
    return f"| {what} | {len(ordered):,} | " + " | ".join(f"{number:,.1f} {unit}" for number in shown) + " |"


def priced_again(data: Path, program: str, period: str, points: str, count: int) -> list[float]:
    """Microseconds of each of ``count`` prices, all of which were worked out once before."""
    region = load(REGION, period, [data], program=program)
    rows = sampled(data, period, count)
    priced = pricer(region, below(region, data, rows), points)
    clocked(priced, rows)
    return clocked(priced, rows)


def pricer(region: Region, with_rows: dict[str, dict[str, list[Row]]], points: str) -> Callable[[Row], Priced]:
    """Prices a case, and asks for its class and its points."""

    def priced(row: Row) -> Priced:
        found = region.price(row, **with_rows[row[KEY]])
        if found.settled:
            found[CLASS], found[points]
        return found

    return priced


def measured(data: Path, program: str, period: str, points: str, count: int, explained: int) -> list[str]:
    """Lines of the table for one program."""
    begun = time.perf_counter()
    region = load(REGION, period, [data], program=program)
    loading = (time.perf_counter() - begun) * 1e6
    rows = sampled(data, period, count)
    priced = pricer(region, below(region, data, rows), points)
    lines = [line(f"{program}: `load`", [loading], "s", 1e6)]
    lines.append(line(f"{program}: price, first", clocked(priced, rows)))
    lines.append(line(f"{program}: price, again", clocked(priced, rows)))
    lines.append(line(f"{program}: price, again, from texts", clocked(priced, [texts(row) for row in rows])))
    settled = [found for row in rows[: explained + 50] if (found := priced(row)).settled][:explained]
    settled[0].explain(points)
    lines.append(line(f"{program}: explain {points}", clocked(lambda one: one.explain(points), settled), "ms", 1000))
    return lines


def processes(work: Path, runs: int) -> list[str]:
    """Whole processes: help, and the check of each region that ships."""
    regions = sorted(path.parent.name for path in (ROOT / "regions").glob("*/region.yaml"))
    commands = {"casemix --help": ["engine", "--help"]}
    commands |= {f"casemix check {name}": ["engine", "check", name] for name in regions}
    found = []
    for what, arguments in commands.items():
        taken = [timed(arguments, work / "start.log").seconds for _ in range(runs)]
        found.append(line(f"process `{what}`", taken, "s"))
    return found


def report(work: Path, cases: int, count: int, explained: int, runs: int) -> str:
    """The whole table, and on what it was measured."""
    data = made(cases, work)
    lines = [HEAD]
    for program, period, points in SETTINGS:
        lines += measured(data, program, period, points, count, explained)
    lines += processes(work, runs)
    return "\n".join([*lines, "", described(["duckdb", "simpleeval"])])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks one-case", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="cases of the made-up year")
    parser.add_argument("--price", type=int, default=5_000, help="how many of them are priced")
    parser.add_argument("--explain", type=int, default=300, help="how many of them are explained")
    parser.add_argument("--runs", type=int, default=3, help="processes of each command")
    parser.add_argument("--work", type=Path, default=Path("/tmp"), help="a folder for casemix-one-case/")
    parser.add_argument("--keep", action="store_true", help="do not remove the data")
    given = parser.parse_args(arguments)
    work = given.work.resolve() / "casemix-one-case"
    work.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    print(report(work, given.cases, given.price, given.explain, given.runs))
    if not given.keep:
        shutil.rmtree(work)


if __name__ == "__main__":
    main(sys.argv[1:])
