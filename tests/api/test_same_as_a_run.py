"""A case priced alone gives what a run gives for it among all others: state, by what, and every value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from whole_run import Run, run_of

from engine.api import CannotPrice, Region, load
from engine.cli import main

ROOT = Path(__file__).parents[2]
PROGRAMS = [
    ("jiyuan-demo", "月度预结算", "2025-03"),
    ("jiyuan-demo", "年度清算", "2025"),
    ("jiyuan-demo", "基准测算", "2025"),
    ("jiyuan-demo", "运行监测", "2025-03"),
    ("xuancheng-demo", "月度预结算", "2025-03"),
    ("meizhou-demo", "月度预结算", "2025-03"),
    ("meizhou-demo", "年度清算", "2025"),
    ("guangdong-demo", "年度清算", "2025"),
    ("guangxi-demo", "月度结算", "2025-03"),
    ("guangxi-demo", "年度清算", "2025"),
    ("liuzhou-demo", "月度结算", "2025-03"),
    ("hezhou-demo", "年度清算", "2025"),
]


@pytest.fixture(scope="module")
def data_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Four years of made-up data of a region, some rows of which are wrong."""

    @cache
    def made(region: str) -> Path:
        folder = tmp_path_factory.mktemp(region) / "data"
        options = ["--cases", "1200", "--period", "2022-01..2025-12", "--all", "--bad", "3%", "--out", str(folder)]
        done = CliRunner().invoke(main, ["synth", str(ROOT / "regions" / region), *options])
        assert done.exit_code == 0, done.output
        return folder

    return made


@pytest.mark.slow
@pytest.mark.parametrize(("region", "program", "period"), PROGRAMS)
def test_every_case_is_priced_as_in_the_run(
    region: str, program: str, period: str, data_of: Callable[[str], Path]
) -> None:
    where, data = ROOT / "regions" / region, data_of(region)
    run = run_of(where, program, period, data)
    priced = load(where, period, [data], program=program, of=run.names_of_one_case())
    assert differences(priced, run) == []
    assert run.states()["结算"] > 20


def differences(priced: Region, run: Run) -> list[str]:
    return [text for record, below in run.cases(priced) for text in _differs(priced, run, record, below)]


def _differs(region: Region, run: Run, record: dict[str, Any], below: dict[str, Any]) -> Iterator[str]:
    key = str(record["病例号"])
    try:
        found = region.price(record, **below)
    except CannotPrice as error:
        yield f"{key}: {error}"
        return
    wanted = run.outcome(key)
    if (found.state, found.by) != (wanted.state, wanted.by) or found.reason != wanted.reason:
        yield f"{key}: {found}, in the run {wanted}"
    if found.settled:
        for name, place in region.places.items():
            one, other = found.found[place], wanted.values[name]
            if not run.same(one, other):
                yield f"{key} {name}: {one}, in the run {other}"
