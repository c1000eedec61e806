"""Every program of every demonstration region gives the same on each engine: statements, accounts, rejects, reasons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.databases.interface import Database
from engine.databases.registry import REFERENCE
from engine.execute.period import parse_period
from engine.files.errors import RunStopped
from engine.rulebook.book import Book, load
from engine.settle import settle
from engine.settle.run import _run_in_sql
from tests.databases import chosen, engine_option
from tests.databases.lowered import Lowered
from tests.databases.spark_session import ENOUGH

ROOT = Path(__file__).parents[2]
DEMOS = sorted(path.name for path in (ROOT / "regions").glob("*-demo"))
YEAR = "2025"
PERIODS = {"年": YEAR, "季": f"{YEAR}Q1", "月": f"{YEAR}-03"}


LOWERED = Lowered()
"""Looks through every query of every program, once its data are typed: how cells are typed is each engine's own."""


@pytest.fixture(autouse=True)
def _looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def watched(database: Database, *given: Any) -> Any:
        database.watch = LOWERED
        return _run_in_sql(database, *given)

    monkeypatch.setattr("engine.settle.run._run_in_sql", watched)


@pytest.fixture(scope="module", params=DEMOS)
def region(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Book, Path]:
    """A demonstration region and made-up data of four years, the last of which is settled."""
    folder = tmp_path_factory.mktemp("data") / "data"
    where = str(ROOT / "regions" / request.param)
    options = ["--cases", "1200", "--period", "2022-01..2025-12", "--all", "--bad", "1%", "--out", str(folder)]
    done = CliRunner().invoke(main, ["synth", where, *options])
    assert done.exit_code == 0, done.output
    return load(where), folder


def outcome(book: Book, program: str, period: str, data: Path, out: Path, engine: str) -> Any:
    """What can be compared of a run, or of why it stopped."""
    memory = ENOUGH if engine == "spark" else ""
    try:
        result, record = settle(book, program, parse_period(period), [data], out, engine=engine, memory=memory)
        assert not LOWERED.strange, f"no printer was told of {LOWERED.strange}: see engine/databases/marks.py"
    except RunStopped as stop:
        return stop.message, stop.details
    accounts = [(account.table, account.states, account.sums, account.by) for account in result.accounts]
    refused = sorted(map(str, result.rejected)), sorted(map(str, result.held))
    return record["digests"], accounts, refused, result.warned, record["not_official"]


@pytest.mark.slow
def test_every_program_comes_to_the_same_on_every_engine(region: tuple[Book, Path], tmp_path: Path) -> None:
    book, data = region
    programs = book.at(parse_period(YEAR).end).programs
    settled = 0
    for name, program in programs.items():
        period = PERIODS[program.periods[0]]
        judged = outcome(book, name, period, data, tmp_path / f"{name}-{REFERENCE}", REFERENCE)
        for engine in chosen("mariadb", "spark"):
            found = outcome(book, name, period, data, tmp_path / f"{name}-{engine}", engine_option(engine))
            assert found == judged, f"{name} {period} {engine}"
        settled += isinstance(judged[0], dict)
    assert settled >= len(programs) - 1
