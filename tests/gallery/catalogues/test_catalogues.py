"""Printed DRG catalogues as a CSV table of a region: its rules reproduce every printed standard or weight.

The small tables beside the rules are made up and always tried. The catalogues themselves are not part of the
repository: where they are at hand, each takes the place of the small table and the same rules settle a case of every
group at every level.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from engine.cli import main

HERE = Path(__file__).parent
CATALOGUES = HERE.parents[3] / "shared" / "data" / "catalogues"
TABLE = Path("tables") / "目录.csv"
LEVELS = ("一级", "二级", "三级")
HALF_A_CENT = Decimal("0.005")


@dataclass(frozen=True)
class City:
    """A catalogue: file, encoding, year, rows, rows that are placeholders."""

    file: str
    year: int
    rows: int
    placeholders: int
    encoding: str = "utf-8-sig"


CITIES = {
    "suzhou": City("苏州2023.csv", 2023, 648, 0),
    "wuxi": City("无锡2022.csv", 2022, 602, 11, "gb18030"),
    "lanzhou": City("兰州2022.csv", 2022, 792, 98),
    "guangxi": City("广西2022.csv", 2022, 984, 5),
}
needs_catalogues = pytest.mark.skipif(
    not CATALOGUES.is_dir(), reason=f"{CATALOGUES} is not here, and not part of the repository"
)


def casemix(*arguments: str | Path) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix")
    assert done.exit_code == 0, done.output
    return done.output


@dataclass(frozen=True)
class Settled:
    """The catalogue as printed, and what the rules say of it and of a case a group (and level)."""

    printed: dict[str, dict[str, str]]
    checked: dict[tuple[str, str], dict[str, str]]
    cases: list[dict[str, str]]


def settle(name: str, region: Path, folder: Path, encoding: str = "utf-8-sig") -> Settled:
    """Runs the region's 核对 with a case of every group at every level."""
    data, out = folder / "data", folder / "out"
    data.mkdir(parents=True)
    printed = {row["DRG编码"]: row for row in rows_of(region / TABLE, encoding)}
    write(data / "医疗机构.csv", ("机构编码", "机构名称", "级别"), [(f"H{level}", "甲", level) for level in LEVELS])
    levels = LEVELS if name in ("suzhou", "wuxi") else LEVELS[-1:]
    day = f"{CITIES[name].year}-06-30"
    heading = ("病例号", "机构编码", "患者标识", "险种", "入院日期", "出院日期", "结算日期", "住院天数", "年龄", "性别",
               "主要诊断", "住院总费用", "统筹基金支出", "DRG编码")  # fmt: skip
    cases = [
        (f"{code}/{level}", f"H{level}", "P", "职工", day, day, day, "1", "40", "女", "I10", "100.00", "60.00", code)
        for code in [*printed, ""] for level in levels
    ]  # fmt: skip
    write(data / "病例.csv", heading, cases)
    casemix("run", region, "核对", "--period", str(CITIES[name].year), "--data", data, "--out", out)
    checked = {(row["DRG编码"], row.get("级别", "")): row for row in statement(out, "目录核对")}
    return Settled(printed, checked, statement(out, "病例明细"))


def statement(out: Path, name: str) -> list[dict[str, str]]:
    """A statement's rows as text."""
    with duckdb.connect() as database:
        found = database.execute(f"FROM read_parquet('{out / 'statements' / name}.parquet')")
        names = [column[0] for column in found.description]
        return [
            {key: "" if cell is None else str(cell) for key, cell in zip(names, row, strict=True)}
            for row in found.fetchall()
        ]


def rows_of(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])


def weight_of(name: str, row: dict[str, str]) -> str:
    """The weight that a printed row gives, worked out from the file alone; empty for none."""
    if name == "suzhou":
        return row["RW"]
    if name == "wuxi":
        return "" if Decimal(row["RW"]) == 1 else row["RW"]
    if name == "lanzhou":
        return row["RW"] if row["病组类型"] in ("普通组", "基础组") else ""
    placeholder = not row["RW"] or (row["稳定（玉林）"] == "否" and Decimal(row["RW"]) == 1)
    return "" if placeholder else row["RW"]


def fen(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def compare(name: str, settled: Settled) -> tuple[int, int]:
    """Rows of which everything printed comes out to half a cent, and those that are out by at most 0.006."""
    exact = near = 0
    for code, row in settled.printed.items():
        found = settled.checked.get((code, ""), {})
        if name == "guangxi":
            assert not row["RW"] or Decimal(found["测算权重"]) == Decimal(row["RW"]), code
            exact += bool(row["RW"])
            continue
        if name == "lanzhou":
            off = [Decimal(found["印出标准"]) - Decimal(row["支付标准"])] if row["RW"] else []
            assert row["RW"] or Decimal(row["支付标准"]) == 0
        else:
            found_at = {level: settled.checked[code, level]["标准"] for level in LEVELS}
            off = [Decimal(found_at[level]) - Decimal(row[f"{level}医院支付标准"]) for level in LEVELS]
        assert all(abs(difference) <= Decimal("0.006") for difference in off), code
        inside = all(abs(difference) <= HALF_A_CENT for difference in off)
        exact += bool(off) and inside
        near += bool(off) and not inside
    return exact, near


def check_cases(name: str, settled: Settled) -> None:
    """A case has the weight of its group, none where that is a placeholder, and is paid what is printed."""
    for case in settled.cases:
        row = settled.printed.get(case["DRG编码"])
        weight = weight_of(name, row) if row else ""
        assert (Decimal(case["病例权重"]) if case["病例权重"] else None) == (Decimal(weight) if weight else None), case
        if name == "guangxi":
            continue
        if not weight:
            assert case["病例标准"] == "", case
        elif name == "lanzhou":
            assert abs(Decimal(case["病例标准"]) - Decimal(row["支付标准"])) <= Decimal("0.011"), case
        else:
            assert Decimal(case["病例标准"]) == fen(Decimal(row[f"{case['级别']}医院支付标准"])), case


@pytest.fixture(scope="module", params=CITIES)
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Settled]:
    """The made-up table of a city."""
    name: str = request.param
    return name, settle(name, HERE / name, tmp_path_factory.mktemp(name))


@pytest.fixture(scope="module", params=CITIES)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Settled]:
    """The catalogue itself, as it was printed, in the place of the made-up table."""
    name: str = request.param
    folder = tmp_path_factory.mktemp(name)
    region = folder / name
    shutil.copytree(HERE / name, region)
    shutil.copy(CATALOGUES / CITIES[name].file, region / TABLE)
    return name, settle(name, region, folder, CITIES[name].encoding)


@pytest.mark.parametrize("name", CITIES)
def test_the_city_passes_the_check_and_its_examples_reach_everything(name: str) -> None:
    assert " W" not in casemix("check", HERE / name)
    casemix("test", "--coverage", HERE / name)


def test_the_made_up_rows_come_out(small: tuple[str, Settled]) -> None:
    name, settled = small
    exact, near = compare(name, settled)
    assert near == (1 if name == "lanzhou" else 0)
    assert exact + near == len(settled.printed) - (name in ("lanzhou", "guangxi"))


def test_made_up_placeholders_are_no_weights(small: tuple[str, Settled]) -> None:
    name, settled = small
    check_cases(name, settled)
    weights = {row["DRG编码"]: row.get("目录权重", row.get("RW", "")) for row in settled.checked.values()}
    assert name == "suzhou" or weights[{"wuxi": "XA5", "lanzhou": "XA5", "guangxi": "XA7"}[name]] == ""


@pytest.mark.parametrize("name", ["suzhou", "wuxi", "lanzhou", "guangxi"])
def test_a_row_that_does_not_come_out_stops_the_run(name: str, tmp_path: Path) -> None:
    region = tmp_path / name
    shutil.copytree(HERE / name, region)
    table = region / TABLE
    wrong = {"suzhou": ("6546.225", "6546.235"), "wuxi": ("14920.5", "14920.51"), "lanzhou": ("28776.05", "28776.06"),
             "guangxi": ("2.0000", "2.0001")}[name]  # fmt: skip
    text = table.read_text("utf-8")
    assert wrong[0] in text
    table.write_text(text.replace(*wrong), "utf-8")
    with pytest.raises(AssertionError, match="与印出的相"):
        settle(name, region, tmp_path)


@needs_catalogues
def test_the_catalogue_comes_out(whole: tuple[str, Settled]) -> None:
    name, settled = whole
    exact, near = compare(name, settled)
    assert len(settled.printed) == CITIES[name].rows
    assert (exact, near) == {
        "suzhou": (648, 0),
        "wuxi": (602, 0),
        "lanzhou": (772, 11),  # nine more are not covered and print 0
        "guangxi": (979, 0),  # five more have no weight
    }[name]


@needs_catalogues
def test_placeholders_of_the_catalogue_are_no_weights(whole: tuple[str, Settled]) -> None:
    name, settled = whole
    check_cases(name, settled)
    if name != "suzhou":
        assert len({row["DRG编码"] for row in settled.checked.values() if row["占位"] == "True"}) == (
            CITIES[name].placeholders
        )
