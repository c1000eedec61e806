"""The explanation of one case is that of the run in which it stands among others."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from engine.api import CannotPrice, Priced, Region, load
from engine.execute.period import parse_period
from engine.explain.explain import explanation
from engine.rulebook.book import load as load_book
from engine.settle import settle

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[2] / "regions" / "jiyuan-demo"
DATA = DEMO / "示例数据"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("month") / "out"
    settle(load_book(str(DEMO)), "月度预结算", parse_period("2025-03"), [DATA], out)
    return out


@pytest.fixture(scope="module")
def region() -> Region:
    return load(DEMO, "2025-03", DATA)


def priced(region: Region, key: str) -> Priced:
    with (DATA / "病例.csv").open(encoding="utf-8-sig") as file:
        return region.price(next(row for row in csv.DictReader(file) if row["病例号"] == key))


def without_origins(step: dict[str, Any]) -> dict[str, Any]:
    """Where a field of the case stands is another thing in a file than in a call."""
    kept = {name: value for name, value in step.items() if name != "steps"}
    if step.get("grain") == "病例" and step["kind"] in ("field", "out"):
        kept.pop("remark", None)
        kept.pop("place", None)
    return kept | {"steps": [without_origins(inner) for inner in step.get("steps", [])]}


@pytest.mark.parametrize("key", ["202503001", "202503061", "202503063", "202503065", "202503067"])
def test_a_settled_case_is_explained_as_in_the_run(region: Region, month: Path, key: str) -> None:
    found, wanted = priced(region, key).explain("病例点数"), explanation(month, "病例", key, "病例点数")
    assert [without_origins(s.as_dict()) for s in found.steps] == [without_origins(s.as_dict()) for s in wanted.steps]
    assert (found.example, found.cut) == (wanted.example, wanted.cut)


@pytest.mark.parametrize("key", ["202503069", "202503071", "202503073"])
def test_what_kept_a_case_out_is_explained_as_in_the_run(region: Region, month: Path, key: str) -> None:
    found, wanted = priced(region, key).explain(), explanation(month, "病例", key)
    assert found.left_out == wanted.left_out
    assert [without_origins(s.as_dict()) for s in found.steps] == [without_origins(s.as_dict()) for s in wanted.steps]


def test_a_case_that_cannot_be_read_says_which_field(region: Region) -> None:
    found = priced(region, "202503072").explain()
    assert "拒收（数据格式）出院日期" in found.left_out


def test_a_field_says_that_it_came_with_the_call(region: Region) -> None:
    text = str([step.as_dict() for step in priced(region, "202503061").explain("病例费用").steps])
    assert "调用时给出" in text


def test_all_values_are_explained_without_a_name(region: Region) -> None:
    case = priced(region, "202503061")
    assert [step.name for step in case.explain().steps] == list(reversed(region.names))
    with pytest.raises(CannotPrice, match="没有算 级别"):
        case.explain("级别")


def test_a_price_that_is_not_what_the_reference_says_is_refused(region: Region) -> None:
    case = priced(region, "202503061")
    case.found = [(1, 1), *case.found[1:]]
    with pytest.raises(CannotPrice, match="病例点数 计价时是 1，逐步核算是 152.7551"):
        case.explain("病例点数")
