"""Casemix with the region beside this file: ``price`` for one case, and ``casemix run`` on DuckDB for all at once.

Unlike the others it is given codes, not figures: it looks up hospital, group and level itself.
"""

import csv
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers.cases import World
from benchmarks.peers.peer import Peer, Priced, Record, Renamed, written
from benchmarks.peers.rule import TEN_THOUSAND, Case, Outcome, Parameters
from benchmarks.processes import Run, timed
from engine.api import CannotPrice, load

REGION = Path(__file__).parent / "region"
KINDS = {"空白病组": "blank", "非稳定病组": "unstable", "低倍率": "low", "高倍率": "high", "正常": "normal"}
DAY = date(2025, 6, 30)
WANTED = ["病例类型", "病例点数", "病例金额"]


def figure(value: int | None, unit: int) -> str:
    return "" if value is None else f"{Decimal(value) / unit:f}"


def write_tables(world: World, folder: Path) -> None:
    """The published tables of a world as CSV."""
    mean_cost, point_value = world.parameters.yuan()
    tables: dict[str, Sequence[Sequence[object]]] = {
        "年度指标": [("年度", "所有病组次均住院费用", "点值"), ("2025", mean_cost, point_value)],
        "医疗机构": [("机构编码", "级别", "系数上浮")]
        + [(code, level, figure(lifted, TEN_THOUSAND)) for code, (level, lifted) in world.hospitals.items()],
        "病组": [("病组编码", "病组基准点数", "稳定")]
        + [(code, figure(one.base, TEN_THOUSAND), "是" if one.stable else "否") for code, one in world.groups.items()],
        "级别病组": [("级别", "病组编码", "级别次均费用", "级别系数")]
        + [(*key, figure(mean, TEN_THOUSAND), figure(c, TEN_THOUSAND)) for key, (mean, c) in world.levels.items()],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


class CasemixPrice(Priced):
    """The Python interface. ``renamed`` writes names otherwise in a copy of the rules."""

    def __init__(self, world: World, renamed: Renamed) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            rules = Path(shutil.copytree(REGION, Path(scratch) / "region"))
            for file in rules.glob("规则.yaml"):
                file.write_text(written(file.read_text(encoding="utf-8"), renamed), encoding="utf-8")
            write_tables(world, Path(scratch) / "data")
            self.region = load(rules, period="2025", data=Path(scratch) / "data", of=WANTED)

    def price(self, record: Record) -> Any:
        answer = self.region.price(record)
        return answer, tuple(answer[name] for name in WANTED) if answer.settled else ()

    def outcome(self, answer: Any) -> Outcome:
        """A case that is not settled raises, with Casemix's reason."""
        priced, values = answer
        if not values:
            raise CannotPrice(f"{priced.state} {priced.by} {priced.reason}")
        kind, points, yuan = values
        return super().outcome((KINDS[kind], points, yuan))


@dataclass(frozen=True)
class CasemixPeer(Peer):
    """Given the codes of a case instead of the figures."""

    def load(self, world: World, renamed: Renamed | None = None) -> Priced:
        return CasemixPrice(world, renamed or {})

    def record(self, case: Case) -> Record:
        codes = {"病例号": "1", "机构编码": case.hospital, "病组编码": case.group, "结算日期": DAY}
        return codes | {"病例费用": Decimal(case.cost) / 100}


def not_by_parameters(parameters: Parameters, renamed: Renamed) -> Priced:
    raise NotImplementedError("Casemix is loaded with a world")


def not_alone(a: Any, b: Any) -> Any:
    raise NotImplementedError("Casemix has no formulas outside rules")


PEER = CasemixPeer(
    "Casemix price", "casemix", "exact", "Python interface, one case a call", not_by_parameters, not_alone, Decimal
)


def write_cases(cases: Iterable[Case], file: Path) -> None:
    """病例 as Parquet, numbered from 0 in the order given."""
    text = file.with_suffix(".txt")
    with text.open("w", encoding="utf-8") as lines:
        for number, case in enumerate(cases):
            lines.write(f"{number},{case.hospital},{case.group},{DAY},{case.cost // 100}.{case.cost % 100:02}\n")
    columns = (
        "{病例号: 'VARCHAR', 机构编码: 'VARCHAR', 病组编码: 'VARCHAR', 结算日期: 'DATE', 病例费用: 'DECIMAL(18,2)'}"
    )
    read = f"SELECT * FROM read_csv('{text}', header = false, columns = {columns})"
    duckdb.connect().execute(f"COPY ({read}) TO '{file}' (FORMAT parquet)")
    text.unlink()


def settled(world: World, cases: Iterable[Case], work: Path) -> tuple[Run, Iterator[Outcome]]:
    """All cases by ``casemix run``, a process from Parquet to Parquet; what it took, and the outcomes in order."""
    write_tables(world, work / "data")
    write_cases(cases, work / "data" / "病例.parquet")
    where = ["--data", str(work / "data"), "--period", "2025", "--out", str(work / "out")]
    run = timed(["engine", "run", str(REGION), "按病例算", *where], work / "run.log")
    if run.died:
        sys.exit(f"casemix run: {run.died}\n{(work / 'run.log').read_text()[-1000:]}")
    return run, outcomes(work / "out" / "statements" / "病例明细.parquet")


def outcomes(statement: Path) -> Iterator[Outcome]:
    picked = "病例类型, (病例点数 * 10000)::BIGINT, (病例金额 * 100)::BIGINT"
    rows = duckdb.connect().execute(f"SELECT {picked} FROM read_parquet('{statement}') ORDER BY 病例号::BIGINT")
    while chunk := rows.fetchmany(50_000):
        for kind, points, fen in chunk:
            yield Outcome(KINDS[kind], points, fen)
