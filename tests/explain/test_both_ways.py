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
DEMOS = ("xuancheng-demo", "liuzhou-demo")
"""One of groups and one of disease scores: the others read nothing in another way."""
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
@pytest.mark.parametrize("region", DEMOS)
def test_every_program_is_explained_alike_both_ways(region: str, tmp_path: Path) -> None:
    """Of each program some rows, and some that it refused; of the first one on a result of the judge."""
    data = made_up(region, tmp_path / "data", 300)
    book = load(ROOT / "regions" / region)
    told = 0
    for number, (name, program) in enumerate(book.at(parse_period("2025").end).programs.items()):
        out = tmp_path / name
        engine = "duckdb" if number else "reference"
        settle(book, name, parse_period(PERIODS[program.periods[0]]), [data], out, engine=engine)
        both = BothWays(out)
        kept = list(asked_of(out, 1))
        asked = [*kept[number::8], *((*one[:3], 2) for one in kept[number + 1 :: 12])]
        asked += [(table, key, None, None) for table, key in refused(out, 1)]
        found = [both.differs(*one) for one in asked]
        assert [one for one in found if one] == []
        told += len(found)
    assert told > 5
