"""The clearing by hand settles a small year as Casemix does: in float64 SQL and Polars to within its rounding, in exact
SQL to the last digit.
"""

import importlib.util
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from benchmarks.agreement import KEYS, differences, rejected, statement
from benchmarks.by_hand import BARE, FULL
from benchmarks.by_hand import clear as clear_in_sql
from benchmarks.exact_by_hand import clear as clear_exactly
from engine.cli import main

CASES = 3_000
REGION = Path(__file__).parents[2] / "benchmarks" / "jiyuan-by-hand"
pytestmark = pytest.mark.slow


def casemix(*arguments: str) -> None:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``data`` with some rows that have to be rejected, and ``casemix`` with what Casemix made of it."""
    folder = tmp_path_factory.mktemp("year")
    bad = ["--bad", "1%", "--fault", "order"]
    wanted = ["--cases", str(CASES), "--period", "2025-01..2025-12", "--all", "--out", str(folder / "data"), *bad]
    casemix("synth", "jiyuan-demo", *wanted)
    where = ["--data", str(folder / "data"), "--period", "2025", "--out", str(folder / "casemix")]
    casemix("run", str(REGION), "年度清算", *where)
    return folder


def compare(casemix_out: Path, by_hand: Path, statements: list[str]) -> None:
    """Every row has its partner, words are the same, and figures differ by what halves of a fen add up to at most."""
    for name in statements:
        here, there, columns = differences(statement(casemix_out, name), statement(by_hand, name), KEYS[name])
        assert (here, there) == (0, 0)
        for column, (most, rows) in columns.items():
            assert most < 1, (name, column)
            assert most or not rows, f"{name}.{column}: other words in {rows} rows"


def test_sql_settles_and_rejects_as_casemix_does(year: Path) -> None:
    clear_in_sql(year / "data", year / "sql", FULL, None)
    assert rejected(year / "sql") == rejected(year / "casemix") != {}
    compare(year / "casemix", year / "sql", [*KEYS])


def test_exact_sql_gives_every_cell_that_casemix_does(year: Path) -> None:
    clear_exactly(year / "data", year / "exact", False, None)
    assert rejected(year / "exact") == rejected(year / "casemix") != {}
    same_cells(year / "casemix", year / "exact", [*KEYS])


def test_exact_sql_gives_the_same_where_it_checks_nothing_and_where_numbers_are_wide(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.exact_by_hand.LARGEST", 1)
    clear_exactly(year / "data", year / "exact-wide", False, "1GB")
    same_cells(year / "casemix", year / "exact-wide", [*KEYS])
    clear_exactly(year / "data", year / "exact-bare", True, None)
    assert not (year / "exact-bare" / "年度病例明细.parquet").exists()


def same_cells(casemix_out: Path, by_hand: Path, statements: list[str]) -> None:
    """Every row has its partner, and every cell that is there equals it; whole columns may be missing."""
    for name in statements:
        with duckdb.connect() as found:
            found.execute(f"CREATE VIEW a AS FROM '{statement(casemix_out, name)}'")
            found.execute(f"CREATE VIEW b AS FROM '{statement(by_hand, name)}'")
            there = [column for column, *_ in found.execute("DESCRIBE b").fetchall()]
            asked = ", ".join(f'"{column}"' for column in there)
            for one, other in (("a", "b"), ("b", "a")):
                alone = found.execute(f"SELECT {asked} FROM {one} EXCEPT ALL SELECT {asked} FROM {other}").fetchall()
                assert not alone, (name, alone[:3])
            assert len(there) > 8


def test_polars_settles_and_rejects_as_casemix_does(year: Path) -> None:
    if importlib.util.find_spec("polars") is None:
        pytest.skip("polars is not installed (requirements/benchmarks.txt)")
    from benchmarks.float64_polars.__main__ import clear

    clear(year / "data", year / "polars", bare=False)
    assert rejected(year / "polars") == rejected(year / "casemix") != {}
    compare(year / "casemix", year / "polars", [*KEYS])


def test_bare_is_the_same_in_sql_and_polars(year: Path) -> None:
    if importlib.util.find_spec("polars") is None:
        pytest.skip("polars is not installed (requirements/benchmarks.txt)")
    from benchmarks.float64_polars.__main__ import clear

    clear_in_sql(year / "data", year / "bare-sql", BARE, None)
    clear(year / "data", year / "bare-polars", bare=True)
    assert not (year / "bare-polars" / "年度病例明细.parquet").exists()
    compare(year / "bare-sql", year / "bare-polars", ["年度清算表", "年度基金池表"])
