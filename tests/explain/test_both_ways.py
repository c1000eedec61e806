"""An explanation by what a run kept says, sentence for sentence, what the judge says that reads everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.data.duckdb_files import read_parquet
from engine.execute.period import parse_period
from engine.rulebook.book import load
from engine.settle import settle
from tests.explain.alike import BothWays, asked_of

ROOT = Path(__file__).parents[2]
DEMOS = sorted(path.name for path in (ROOT / "regions").glob("*-demo"))
PERIODS = {"年": "2025", "季": "2025Q1", "月": "2025-03"}


def made_up(region: str, folder: Path, cases: int) -> Path:
    where = str(ROOT / "regions" / region)
    options = ["--cases", str(cases), "--period", "2022-01..2025-12", "--all", "--bad", "1%", "--out", str(folder)]
    done = CliRunner().invoke(main, ["synth", where, *options])
    assert done.exit_code == 0, done.output
    return folder


def refused(out: Path, most: int) -> list[tuple[str, str]]:
    """Tables and keys of some rows that the run refused."""
    files = sorted((out / "rejects").glob("*.parquet")) if (out / "rejects").is_dir() else []
    return [(file.stem, str(row[0])) for file in files for row in read_parquet([file], "r", "r").rows[:most]]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("region", DEMOS)
def test_every_program_is_explained_alike_both_ways(region: str, engine: str, tmp_path: Path) -> None:
    data = made_up(region, tmp_path / "data", 800)
    book = load(ROOT / "regions" / region)
    told = 0
    for name, program in book.at(parse_period("2025").end).programs.items():
        out = tmp_path / name
        settle(book, name, parse_period(PERIODS[program.periods[0]]), [data], out, engine=engine)
        both = BothWays(out)
        asked = [one for rows in (None, 2) for one in asked_of(out, 1, rows)]
        asked += [(table, key, None, None) for table, key in refused(out, 2)]
        found = [both.differs(*one) for one in asked]
        assert [one for one in found if one] == []
        told += len(found)
    assert told > 20
