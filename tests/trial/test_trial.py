"""A city that was onboarded with nothing but the handbook: bed-days in three segments, 70 % of an excess, a tag.

The statements are compared with amounts worked out by hand from `数据/`.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main

HERE = Path(__file__).parent
REGION = HERE / "南屏"

CASES = {
    "N01": "11340.00",  # 1.2 × 1.05 × 9000; 12000 is 1.06 times
    "N02": "19495.00",  # 40000 > 2.5 × 11340 = 28350: 11340 + 70 % × 11650
    "N03": "23400.00",  # tagged: 2 × 1.3 × 9000, not 2 × 1.05 × 9000 = 18900
    "N04": "12600.00",  # tagged, but the hospital has no coefficient of its own for it: 2 × 0.9 × 7000
    "N05": "3500.00",  # basic group: 0.5 × 1 × 7000
}
BED_DAYS = {
    "N06": ("100", "27200.00", "17200.00"),  # 30 × 320 + 60 × 260 + 10 × 200; less 30000 − 20000
    "N07": ("30", "9600.00", "7100.00"),  # 30 × 320; less 9000 − 6500
}
HOSPITALS = {
    ("甲", "职工"): ("54235.00", "0.00", "30235.00", "1511.75", "28723.25"),  # 54235 − (77000 − 53000)
    ("乙", "居民"): ("16100.00", "0.00", "8900.00", "445.00", "8455.00"),  # 16100 − (16000 − 8800)
    ("丙", "居民"): ("0.00", "27200.00", "17200.00", "860.00", "16340.00"),
    ("丙", "职工"): ("0.00", "9600.00", "7100.00", "355.00", "6745.00"),
}
BUDGET_LEFT = {"居民": "13900.00", "职工": "52665.00"}  # 40000 − 26100, 90000 − 37335


def casemix(*arguments: str | Path) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix")
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settlement of March."""
    folder = tmp_path_factory.mktemp("trial") / "out"
    casemix("run", REGION, "结算", "--period", "2026-03", "--data", HERE / "数据", "--out", folder, "--format", "csv")
    return folder


def lines(out: Path, statement: str) -> list[dict[str, str]]:
    with (out / "statements" / f"{statement}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_it_checks_and_no_bound_is_without_an_example() -> None:
    assert "待定" not in casemix("check", REGION)
    assert "没有例子 0 处" in casemix("test", REGION, "--coverage")


def test_each_case_is_paid_as_worked_out_by_hand(out: Path) -> None:
    assert {line["病例号"]: line["支付金额"] for line in lines(out, "病例明细")} == CASES
    columns = ("住院天数", "付费额", "基金支付")
    assert {line["病例号"]: tuple(line[c] for c in columns) for line in lines(out, "床日明细")} == BED_DAYS


def test_each_hospital_gets_both_kinds_of_payment(out: Path) -> None:
    columns = ("支付标准合计", "床日付费合计", "应付金额", "预留质量保证金", "拨付金额")
    found = {
        (line["机构编码"], line["险种"]): tuple(line[c] for c in columns)
        for line in lines(out, "结算表")
        if line["机构编码"] != "合计"
    }
    assert found == HOSPITALS
    assert {line["险种"]: line["预算余额"] for line in lines(out, "基金池表")} == BUDGET_LEFT


def test_the_case_without_a_group_is_left_out_and_no_bed_day_is(out: Path) -> None:
    assert "排除（未入组）" in CliRunner().invoke(main, ["explain", str(out), "病例", "N08"]).output
    assert not (out / "held.parquet").exists()


@pytest.mark.slow
def test_every_program_runs_on_made_up_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    casemix("synth", REGION, "--cases", "200", "--period", "2026", "--out", data, "--all")
    casemix("run", REGION, "结算", "--period", "2026", "--data", data, "--out", tmp_path / "out", "--format", "csv")
    assert len(lines(tmp_path / "out", "床日明细")) > 10
    assert len(lines(tmp_path / "out", "病例明细")) > 100
