"""``python -m benchmarks queries``: how many queries a run of each program asks and what for, beside the steps of its
plan that have to read data rows.

What is counted against what stands on ``docs/queries.md``; ``tests/regions/test_queries_a_run.py`` holds the bound.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any

from sqlglot import exp

from benchmarks.engines import PERIODS, ROOT, YEAR, engines_here
from benchmarks.machine import described
from engine.data.write import OutFolder
from engine.databases.places import open_places
from engine.databases.registry import DUCKDB, open_engine
from engine.execute.period import parse_period, parse_periods
from engine.execute.plan.reads import How
from engine.execute.plan.steps import CoarseStep, DataStep, HoldStep, OutputStep, Plan, SortStep
from engine.execute.result import Result
from engine.execute.sql.execution import SqlRun
from engine.execute.sql.run import run
from engine.execute.sql.tables import SqlTables
from engine.rulebook.book import Book, load
from engine.settle.reading import load_into
from engine.settle.target import write_result
from engine.synth.make import Options, synthesize
from engine.watching.watching import UNWATCHED

AT_MOST = Fraction(3, 2)
"""Queries for each step that has to read data rows."""
SORTING, HOLDING, STRATA, OUTPUTS = "sorting", "holding", "strata", "outputs"
KEYS, OTHER = "keys", "other"
STEPS, ASKED = (SORTING, HOLDING, STRATA, OUTPUTS), (SORTING, HOLDING, STRATA, KEYS, OUTPUTS, OTHER)
_BY_FUNCTION = {
    ("combinations", ""): KEYS,
    ("accounts", "results"): OUTPUTS,
    ("run", "run"): OUTPUTS,
    ("write_result", ""): OUTPUTS,
    ("select", "selection"): SORTING,
    ("stop_if_too_many_refused", ""): SORTING,
    ("stop_if_a_table_has_no_rows", ""): SORTING,
    ("hold", "selection"): HOLDING,
    ("work_out", "in_order"): STRATA,
    ("before", ""): STRATA,
}


@dataclass
class Counted:
    """One run. ``steps``: those of its plan, and of those of periods before, that have to read data rows; ``asked``:
    its queries by what they are for; ``read``: statements that read the delivery; ``strata``: passes over data rows.
    """

    region: str
    program: str
    strata: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    read: int = 0

    @property
    def most(self) -> int:
        """So many queries are allowed."""
        return int(self.steps.total() * AT_MOST)

    @property
    def too_many(self) -> bool:
        """Whether more were asked."""
        return self.asked.total() > self.most


class _Asking:
    """Sees each query while it is asked: what for, and by which run."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.runs: dict[int, SqlRun] = {}

    def see(self, query: exp.Expression) -> None:
        purpose = ""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            made = frame.f_locals.get("self")
            if isinstance(made, SqlRun):
                self.runs[id(made)] = made
            purpose = purpose or _purpose(frame)
            frame = frame.f_back
        self.asked[purpose or OTHER] += 1


def _purpose(frame: FrameType) -> str:
    module, function = Path(frame.f_code.co_filename).stem, frame.f_code.co_name
    for names in ((function, module), (function, ""), ("", module)):
        if names in _BY_FUNCTION:
            return _BY_FUNCTION[names]
    return KEYS if module == "combinations" else ""


class _Statements:
    """A connection of DuckDB that counts what is run on it."""

    def __init__(self, connection: Any) -> None:
        self._connection, self.count = connection, 0

    def execute(self, *given: Any, **named: Any) -> Any:
        self.count += 1
        return self._connection.execute(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def counted(book: Book, name: str, data: Path, engine: str = DUCKDB) -> Counted:
    """Settles a program over the made-up data of a region."""
    program = book.at(parse_period(YEAR).end).programs[name]
    period = parse_period(PERIODS[program.periods[0]])
    asking, found = _Asking(), Counted(book.name, name)
    with (
        open_engine(engine) as database,
        closing(open_places([data])) as places,
        tempfile.TemporaryDirectory() as folder,
    ):
        if engine == DUCKDB:
            database.connection = statements = _Statements(database.connection)
            loaded = load_into(database, book, program, period, places, UNWATCHED)
            found.read = statements.count
        else:
            seen: list[exp.Expression] = []
            database.watch = seen.append
            loaded = load_into(database, book, program, period, places, UNWATCHED)
            found.read = len(seen)
        database.watch = asking.see
        tables = SqlTables(database, loaded.memory(), loaded.staged())
        result = run(book, program, period, tables)
        with OutFolder(Path(folder) / "out") as out:
            write_result(out, result, loaded, {"example": book.example}, ("parquet",))
    found.asked = asking.asked
    first, *before = asking.runs.values()
    found.steps = steps_of(first.plan, first, result)
    found.strata = first.plan.passes
    for earlier in before:
        found.steps += steps_of(earlier.plan, earlier, None)
        found.strata += earlier.plan.passes
    return found


def steps_of(plan: Plan, made: SqlRun, result: Result | None) -> Counter[str]:
    """The steps of a plan that have to read data rows; without ``result`` nothing is given of them."""
    data, tables = set(plan.data), made.now.tables
    base = made.scope(made.closing).base
    found: Counter[str] = Counter()
    strata: set[tuple[str, int, str]] = set()
    for step in plan.steps:
        if isinstance(step, SortStep):
            found[SORTING] += step.table in data and step.delivered
        elif isinstance(step, HoldStep):
            found[HOLDING] += step.table in data
        elif isinstance(step, DataStep):
            strata.add((step.phase, step.stratum, step.table))
        elif isinstance(step, CoarseStep):
            gathers = any(read.how is How.BELOW and read.grain in data for c in step.columns for read in c.reads)
            if gathers or step.grain not in tables:  # of a grain of keys data rows say which rows there are
                strata.add((step.phase, step.stratum, ""))
        elif isinstance(step, OutputStep) and result is not None:
            found[OUTPUTS] += base(step.grain) in data
    found[STRATA] = len(strata)
    if data:
        found[OUTPUTS] += 1  # where the rows of the tables went
    if result is not None:
        found[OUTPUTS] += sum(base(kept.grain) in data for kept in result.kept)
        found[OUTPUTS] += 1 if found[OUTPUTS] > 1 or plan.asserted else 0  # how many rows, and whether all is known
    return found


def made_up(region: str, cases: int, folder: Path) -> tuple[Book, Path]:
    """A region, and synthetic data of four years, the last of which is settled."""
    book, data = load(ROOT / "regions" / region), folder / region
    months = parse_periods("2022-01..2025-12")
    synthesize(book, Options(cases, months[0], months[-1], bad=0.01, everything=True), data)
    return book, data


def regions() -> list[str]:
    """The demonstration regions."""
    return sorted(path.name for path in (ROOT / "regions").glob("*-demo"))


def lines(found: Iterator[Counted]) -> Iterator[str]:
    """A table in Markdown."""
    yield (
        "| region, program | strata | steps: "
        + ", ".join(STEPS)
        + " | all steps | queries: "
        + ", ".join(ASKED)
        + " | all queries | ÷ steps | statements of reading |"
    )
    yield "|---" * 8 + "|"
    for one in found:
        steps = " + ".join(str(one.steps[part]) for part in STEPS)
        asked = " + ".join(str(one.asked[part]) for part in ASKED)
        ratio = f"{one.asked.total() / one.steps.total():.2f}" if one.steps.total() else ""
        over = " **over**" if one.too_many else ""
        yield (
            f"| {one.region} {one.program} | {one.strata} | {steps} | {one.steps.total()} | {asked} "
            f"| {one.asked.total()} | {ratio}{over} | {one.read} |"
        )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks queries", description=__doc__)
    parser.add_argument("--cases", type=int, default=600, help="synthetic cases of four years, 1%% of the rows bad")
    parser.add_argument("--regions", nargs="*", default=[], help="regions/NAME; all demonstration regions if not given")
    parser.add_argument("--engine", default=DUCKDB, help="duckdb, postgresql, mariadb, spark")
    options = parser.parse_args(arguments)
    engine = DUCKDB if options.engine == DUCKDB else engines_here([options.engine])[options.engine]

    def every(folder: Path) -> Iterator[Counted]:
        for region in options.regions or regions():
            book, data = made_up(region, options.cases, folder)
            for name in book.at(parse_period(YEAR).end).programs:
                yield counted(book, name, data, engine)

    with tempfile.TemporaryDirectory(prefix="casemix-queries-") as folder:
        for line in lines(every(Path(folder))):
            print(line, flush=True)
    print()
    print(described(["duckdb", "sqlglot"]))
