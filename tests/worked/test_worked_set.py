"""The worked set: what a run writes is, file by file, what was worked out by hand (docs/worked-set.md)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from engine.data.columns import value_text
from engine.data.duckdb_files import read_parquet
from engine.data.kept_values import read_values
from engine.execute.period import parse_periods
from engine.language.values import Unresolved
from engine.rulebook.book import load
from engine.settle import settle
from tests.worked import work_out

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
FILES = sorted(path.relative_to(EXPECTED).as_posix() for path in EXPECTED.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of March, after January and February."""
    folder = tmp_path_factory.mktemp("worked")
    book = load(HERE.parents[1] / "regions" / "jiyuan")
    previous = None
    for period in parse_periods("2025-01..2025-03"):
        target = folder / str(period)
        settle(book, "月度预结算", period, [HERE / "data"], target, previous=previous, formats=("parquet", "csv"))
        previous = target
    return folder / "2025-03"


def test_the_expected_files_are_what_the_arithmetic_gives() -> None:
    worked = work_out.expected()
    assert sorted(worked) == FILES
    for name, text in worked.items():
        assert (EXPECTED / name).read_text("utf-8") == text, name


@pytest.mark.parametrize("name", FILES)
def test_a_run_writes_what_was_worked_out(out: Path, name: str) -> None:
    found = WRITTEN[name.split("/")[0]](out, Path(name).stem)
    assert found == (EXPECTED / name).read_text("utf-8")


def test_a_run_writes_nothing_else(out: Path) -> None:
    record = json.loads((out / "run.json").read_text("utf-8"))
    written = {Path(name).with_suffix("").as_posix() for name in record["files"]}
    assert written - {"values/_types"} == {Path(name).with_suffix("").as_posix() for name in FILES}
    assert record["totals"]["月度预结算表"][0][-4:] == ["35500.00", "33000.00", "1649.99", "31350.01"]


def _statement(out: Path, name: str) -> str:
    return (out / "statements" / f"{name}.csv").read_text("utf-8-sig").replace("\r\n", "\n")


def _values(out: Path, grain: str) -> str:
    kept = read_values(out, grain)
    cells = [
        [f"无法确定：{v.reason}" if isinstance(v, Unresolved) else value_text(v) for v in row] for row in kept.rows
    ]
    return _csv([[column.name for column in kept.columns], *cells])


def _rejects(out: Path, table: str) -> str:
    """Without the column 来源, which names the folder of the data."""
    raw = read_parquet([out / "rejects" / f"{table}.parquet"], table, table)
    keep = [index for index, name in enumerate(raw.columns) if name != "来源"]
    return _csv([[raw.columns[i] for i in keep], *([str(row[i]) for i in keep] for row in raw.rows)])


def _record(out: Path, _: str) -> str:
    found = json.loads((out / "run.json").read_text("utf-8"))
    wanted = json.loads((EXPECTED / "run.json").read_text("utf-8"))
    return json.dumps({name: found[name] for name in wanted}, ensure_ascii=False, indent=2) + "\n"


def _csv(rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


WRITTEN = {"statements": _statement, "values": _values, "rejects": _rejects, "run.json": _record}


def test_the_page_shows_the_files_that_are_written() -> None:
    page = (HERE.parents[1] / "docs" / "worked-set.md").read_text("utf-8")
    for path in EXPECTED.rglob("*"):
        if path.is_file():
            assert path.stem in page
    for name in ("statements/月度预结算表.csv", "statements/月度病例明细.csv", "values/基金池.csv", "rejects/病例.csv"):
        assert (EXPECTED / name).read_text("utf-8").strip() in page
