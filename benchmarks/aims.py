"""``python -m benchmarks aims``: every speed that was aimed at, as it is today: some minutes of a quiet machine.

Whole processes: seconds on a clock, as ratios to float64 SQL that does the same in the same round where the aim is a
ratio. One case and an edited rule: inside one process. Ten million cases only with ``--ten-million``; a hundred with
``python -m benchmarks --hundred-million``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import one_case
from benchmarks.clearing import Rounds, made, rounds
from benchmarks.contenders import SQL, casemix, exact_by_hand, sql_by_hand
from benchmarks.edited_rules import EDITED, edited
from benchmarks.machine import described
from benchmarks.processes import ROOT, Run, timed

MILLION = 1_000_000
LONGEST = 120.0
"""Seconds after which a process whose aim is a few seconds is ended."""
HEAD = """\
| what | today | must | aim | | seconds | CPU s | load |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Aim:
    """``unit``: × (to float64 SQL), s, ms or µs."""

    what: str
    must: float
    aim: float
    unit: str

    def line(self, today: float, seconds: str = "", cpu: str = "", load: str = "", spread: str = "") -> str:
        come = "aim" if today <= self.aim else "must" if today <= self.must else "missed"
        shown = [f"{number:.3g} {self.unit}" for number in (today, self.must, self.aim)]
        return f"| {self.what} | {shown[0]}{spread} | {shown[1]} | {shown[2]} | {come} | {seconds} | {cpu} | {load} |"

    def none(self, why: str) -> str:
        return f"| {self.what} | {why} | {self.must:g} {self.unit} | {self.aim:g} {self.unit} | missed | | | |"


CLEARING = {
    (10_000, "full"): Aim("年度清算, 10 000 cases, full", 3, 2, "×"),
    (MILLION, "full"): Aim("年度清算, 1 M cases, full", 2.2, 1.5, "×"),
    (MILLION, "bare"): Aim("年度清算, 1 M cases, bare", 2.5, 1.8, "×"),
    (10 * MILLION, "full"): Aim("年度清算, 10 M cases, full", 1.3, 0.9, "×"),
    (10 * MILLION, "bare"): Aim("年度清算, 10 M cases, bare", 1.5, 0.9, "×"),
}
START = Aim("月度预结算 of 12 cases (xuancheng-demo)", 1.0, 0.6, "s")
KEEP_ALL = Aim("年度清算, 2 000 cases, --keep all", 10, 6, "s")
PRICE = (30.0, 20.0)
EXPLAIN = {240_000: (2.0, 1.0), 10 * MILLION: (5.0, 2.0)}
EDIT = (150.0, 50.0)


def of_runs(aim: Aim, runs: Sequence[Run]) -> str:
    """The line of an aim in seconds."""
    died = [f"more than {LONGEST:g} s" if run.seconds >= LONGEST else run.died for run in runs if run.died]
    if died:
        return aim.none(died[0])
    seconds, cpu = [run.seconds for run in runs], [run.cpu for run in runs]
    return aim.line(median(seconds), spread_of(seconds), spread_of(cpu), f"{max(run.load for run in runs):.1f}")


def spread_of(numbers: Sequence[float]) -> str:
    return f"{min(numbers):.2f}–{max(numbers):.2f}"


def of_rounds(aim: Aim, found: Rounds, name: str) -> Iterator[str]:
    """The line of an aim that is a ratio, and of what it is a ratio to."""
    runs, base = found[name], found[SQL]
    died = [run.died for run in (*runs, *base) if run.died]
    if died:
        yield aim.none(died[0])
        return
    ratios = [run.seconds / other.seconds for run, other in zip(runs, base, strict=True)]
    seconds, cpu = [run.seconds for run in runs], [run.cpu for run in runs]
    load = f"{max(run.load for run in runs):.1f}"
    spread = f" ({spread_of(ratios)})" if len(ratios) > 1 else ""
    yield aim.line(median(ratios), spread_of(seconds), spread_of(cpu), load, spread)
    for other in found:
        if other != name and not any(run.died for run in found[other]):
            yield beside(other, found[other], base)


def beside(name: str, runs: Sequence[Run], base: Sequence[Run]) -> str:
    """Another contender of the same rounds: it has no aim."""
    ratio = median(run.seconds / other.seconds for run, other in zip(runs, base, strict=True))
    seconds, cpu = (spread_of([getattr(run, what) for run in runs]) for what in ("seconds", "cpu"))
    return f"| &nbsp;&nbsp;{name} | {ratio:.3g} × | | | | {seconds} | {cpu} | {max(run.load for run in runs):.1f} |"


def clearing(work: Path, size: int, count: int) -> Iterator[str]:
    data = made(size, work, [])
    who = [casemix("duckdb", None), sql_by_hand(None), exact_by_hand(None)]
    for (cases, kind), aim in CLEARING.items():
        if cases == size:
            yield from of_rounds(aim, rounds(kind, data, work, who, count), who[0].name)


def start(work: Path, count: int) -> Iterator[str]:
    """The first run reads and checks the rules, and remembers that it did."""
    data, log = work / "month", work / "start.log"
    if not data.exists():
        wanted = ["--cases", "12", "--period", "2025-03", "--all", "--out", str(data)]
        timed(["engine", "synth", "xuancheng-demo", *wanted], log)
    place = ["--period", "2025-03", "--data", str(data), "--out", str(work / "month-out"), "--replace"]
    runs = [timed(["engine", "run", "xuancheng-demo", "月度预结算", *place], log) for _ in range(count + 1)]
    yield of_runs(START, runs[1:])


def keep_all(work: Path) -> Iterator[str]:
    data = made(2_000, work, [])
    place = ["--period", "2025", "--data", str(data), "--out", str(work / "all-out"), "--replace", "--keep", "all"]
    run = timed(["engine", "run", "jiyuan-demo", "年度清算", *place], work / "all.log", LONGEST)
    yield of_runs(KEEP_ALL, [run])


def explanations(work: Path, size: int, count: int) -> Iterator[str]:
    """One case and one hospital of a finished run."""
    data, out = made(size, work, []), work / f"explained-{size}"
    place = ["--period", "2025", "--data", str(data), "--out", str(out), "--replace"]
    run = timed(["engine", "run", "jiyuan-demo", "年度清算", *place], work / "explained.log")
    case = one_case.rows_of(data, one_case.TABLE, "病组编码 is not null limit 1")[0]
    hospital = ",".join((case["机构编码"], case["险种"], case["就医地"] or "本地"))
    asked = {"a case": ("病例", case[one_case.KEY]), "a hospital": ("机构池", hospital)}
    for what, (grain, key) in asked.items():
        aim = Aim(f"explain {what} of {size / MILLION:g} M", *EXPLAIN[size], "s")
        if run.died:
            yield aim.none(run.died)
            continue
        command = ["engine", "explain", str(out), grain, key]
        yield of_runs(aim, [timed(command, work / "explain.log", LONGEST) for _ in range(count)])


def prices(work: Path) -> Iterator[str]:
    data = one_case.made(20_000, work)
    for program, period, points in one_case.SETTINGS:
        taken = one_case.priced_again(data, program, period, points, 3_000)
        spread = f" (99%: {sorted(taken)[int(len(taken) * 0.99)]:.0f})"
        yield Aim(f"price of a case, {program}", *PRICE, "µs").line(median(taken), spread=spread)


def edits() -> Iterator[str]:
    for region in EDITED:
        seconds, cpu = edited(region, 20)
        aim = Aim(f"{region}: check after one entry was edited", *EDIT, "ms")
        yield aim.line(median(seconds) * 1000, spread_of(seconds), spread_of(cpu), f"{os.getloadavg()[0]:.1f}")


PARTS = ("clearing", "start", "price", "edit", "explain", "keep")


def report(work: Path, given: argparse.Namespace) -> Iterator[str]:
    """Lines as they are found."""
    sizes = {10_000: 3, MILLION: given.runs} | ({10 * MILLION: 1} if given.ten_million else {})
    parts: dict[str, list[Iterator[str]]] = {
        "clearing": [clearing(work, size, count) for size, count in sizes.items()],
        "start": [start(work, 5)],
        "price": [prices(work)],
        "edit": [edits()],
        "explain": [explanations(work, size, 2) for size in EXPLAIN if size < MILLION or size in sizes],
        "keep": [keep_all(work)],
    }
    for part in given.only:
        for lines in parts[part]:
            yield from lines


def main(arguments: list[str]) -> None:
    """Print the table; remove what was made."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks aims", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some of the aims")
    parser.add_argument("--runs", type=int, default=2, help="rounds of the clearing of a million")
    parser.add_argument("--ten-million", action="store_true", help="also ten million cases, some minutes more")
    parser.add_argument("--work", type=Path, default=Path("/tmp"), help="a folder for casemix-aims/")
    parser.add_argument("--keep", action="store_true", help="do not remove the data")
    given = parser.parse_args(arguments)
    work = given.work.resolve() / "casemix-aims"
    work.mkdir(parents=True, exist_ok=True)
    os.environ |= {"TMPDIR": str(work), "CASEMIX_CACHE": str(work / "remembered")}
    os.chdir(ROOT)
    lines = []
    for line in report(work, given):
        print(line, file=sys.stderr, flush=True)
        lines.append(line)
    print(described(["duckdb"]), HEAD, sep="\n\n")
    print(*lines, sep="\n")
    if not given.keep:
        shutil.rmtree(work)
