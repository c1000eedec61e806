"""Values that only all cases together give are read from a finished run; any other run is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from engine.api import CannotPrice, load
from engine.cli import main
from engine.data.kept_values import read_values
from engine.execute.period import parse_period
from engine.rulebook.book import load as load_book
from engine.settle import settle

DEMO = Path(__file__).parents[2] / "regions" / "meizhou-demo"
PROGRAM, PERIOD = "年度清算", "2025"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Made-up data, and the clearing of its last year with every value kept."""
    data, out = tmp_path_factory.mktemp("year") / "data", tmp_path_factory.mktemp("run") / "out"
    options = ["--cases", "600", "--period", "2025-01..2025-12", "--all", "--out", str(data)]
    assert CliRunner().invoke(main, ["synth", str(DEMO), *options]).exit_code == 0
    settle(load_book(str(DEMO)), PROGRAM, parse_period(PERIOD), [data], out, keep_all=True)
    return data, out


def records(data: Path, table: str) -> list[dict[str, Any]]:
    with duckdb.connect() as database:
        found = database.execute("from read_parquet(?)", [str(data / f"{table}.parquet")])
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


@pytest.mark.slow
def test_a_price_in_yuan_is_that_of_the_run(year: tuple[Path, Path]) -> None:
    data, out = year
    region = load(DEMO, PERIOD, data, published=out)
    assert region.needs_all == {} and "病例支付标准" in region.names
    kept = read_values(out, "病例")
    names = [column.name for column in kept.columns]
    wanted = {row[names.index("病例号")]: row[names.index("病例支付标准")] for row in kept.rows}
    below: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for table in region.fields_below:
        for row in records(data, table):
            below.setdefault(row["病例号"], {}).setdefault(table, []).append(row)
    priced = [(case, region.price(case, **below.get(case["病例号"], {}))) for case in records(data, "病例")]
    settled = [(case, one) for case, one in priced if one.settled]
    assert len(settled) > 400
    assert [one["病例支付标准"] for _, one in settled] == [wanted[case["病例号"]] for case, _ in settled]
    step = settled[0][1].explain("病例支付标准").steps[0]
    assert "已结算公布的值" in str(step.as_dict())


@pytest.mark.slow
def test_the_result_of_another_program_is_refused(year: tuple[Path, Path]) -> None:
    data, out = year
    with pytest.raises(CannotPrice, match="不是 .* 月度预结算 2025-03 用这些规则结算的结果"):
        load(DEMO, "2025-03", data, program="月度预结算", published=out)
