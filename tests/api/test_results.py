"""Results from Python: a delivery looked over, rows by page, two results side by side; as the commands tell them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import changed_city
import pytest
from changed_city import CHAPTER
from click.testing import CliRunner

from engine import api
from engine.cli import main
from engine.files.errors import DataError

pytestmark = pytest.mark.slow
PROGRAM, MONTH = "月度预结算", "2025-03"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """March with a second operation at 50 %, and at 40 %."""
    folder = tmp_path_factory.mktemp("both")
    with pytest.MonkeyPatch.context() as patch:
        city = changed_city.copied(folder, patch)
        api.keep(city, CHAPTER, changed_city.at_40_percent(city))
        made = api.simulate(city, PROGRAM, MONTH, city / "示例数据", folder / "试算")
    return made.before, made.after


def said(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.output


def test_rows_are_filtered_sorted_and_summed(both: tuple[Path, Path]) -> None:
    page = api.rows(both[0], "病例明细", ["机构编码=YX02", "第二个手术增加的点数>0"], ["-病例费用"], count=1)
    assert [row[0] for row in page.texts] == ["202503023"] and page.matching == 1 and page.total == 23
    assert page.sums["第二个手术增加的点数"] == Decimal("46.25000")  # 92.5 × 50 %
    second = api.rows(both[0], "病例明细", sort=["病例费用"], start=22)
    assert len(second.rows) == 1 and second.texts[0][0] == "202503022"
    with pytest.raises(DataError, match="没有列 没有的"):
        api.rows(both[0], "病例明细", ["没有的=1"])
    with pytest.raises(DataError, match="这个结果里没有 别的表"):
        api.rows(both[0], "别的表")


def test_a_page_has_the_rows_of_the_command(both: tuple[Path, Path]) -> None:
    words = (
        "rows",
        str(both[0]),
        "月度预结算表",
        "--where",
        "险种=职工",
        "--sort",
        "-应付金额",
        "--size",
        "2",
        "--json",
    )
    page = api.rows(both[0], "月度预结算表", ["险种=职工"], ["-应付金额"], count=2)
    told = json.loads(said(*words)[1])
    assert told["rows"] == page.texts and told["matching"] == page.matching
    assert told["sums"] == {heading: str(value) for heading, value in page.sums.items()}
    listed = json.loads(said("rows", str(both[0]), "--json")[1])
    assert [(one["title"], one["rows"]) for one in listed] == [(one.title, one.rows) for one in api.tables(both[0])]


def test_rows_are_written_to_a_file_that_was_not_there(both: tuple[Path, Path], tmp_path: Path) -> None:
    assert api.write_rows(both[0], "月度预结算表", tmp_path / "职工.csv", ["险种=职工"]) == 3
    assert len((tmp_path / "职工.csv").read_text("utf-8-sig").splitlines()) == 4
    with pytest.raises(DataError, match="已经有了"):
        api.write_rows(both[0], "月度预结算表", tmp_path / "职工.csv")


def test_two_results_are_compared_down_to_a_cell(both: tuple[Path, Path]) -> None:
    """The one case with a second operation loses a tenth of 92.5 points."""
    found = api.compare(*both, rows=1)
    assert found.differs and found.by == "机构编码" and found.moved == [] and found.only == ()
    detail = next(one for one in found.found if one.name == "病例明细")
    points = next(one for one in detail.changed if one.column == "第二个手术增加的点数")
    assert (points.rows, Decimal(points.before), Decimal(points.after)) == ("1", Decimal("46.25"), Decimal("37"))
    assert Decimal(points.difference) == Decimal("-9.25")
    (gained,) = detail.gains["第二个手术增加的点数"]
    assert (gained.value, Decimal(gained.difference)) == ("YX02", Decimal("-9.25"))
    assert {cell.key for cell in detail.cells} == {("202503023",)}
    months = next(one for one in found.found if one.name == "月度预结算表")
    assert {line.value: line.difference for line in months.gains["应付金额"]} == {
        "YX01": "+425.71", "YX02": "-507.45", "YX03": "+81.74",  # the pool is the same: they add up to nothing
    }  # fmt: skip
    of = api.compare(*both, "机构编码", "YX03")
    assert {cell.key[0] for one in of.found if one.name == "月度预结算表" for cell in one.cells} == {"YX03"}
    same = api.compare(both[0], both[0])
    assert not same.differs and same.found == [] and same.same == 4
    with pytest.raises(DataError):
        api.compare(both[0], both[0].parent)


def test_the_command_gives_a_comparison_as_data(both: tuple[Path, Path]) -> None:
    one, other = map(str, both)
    code, told = said("compare", one, other, "--json", "--rows", "1")
    assert code == 1 and json.loads(told) == json.loads(json.dumps(api.compare(one, other, rows=1).as_dict()))
    assert said("compare", one, one, "--json")[0] == 0
    assert said("compare", one, other, one, "--json")[0] == 2


def test_a_delivery_is_looked_over_before_anything_is_worked_out(tmp_path: Path) -> None:
    city = changed_city.CITY
    (looked,) = api.look_over(city, PROGRAM, MONTH, city / "示例数据").values()
    assert looked.missing == [] and {one.table: one.refused for one in looked.tables}["病例"] == 0
    data = tmp_path / "数据"
    data.mkdir()
    for file in (city / "示例数据").glob("*.csv"):
        if file.stem != "预算":
            (data / file.name).write_bytes(file.read_bytes())
    text = (data / "病例.csv").read_text("utf-8-sig")
    (data / "病例.csv").write_text(text.replace("2025-03-0", "2025-13-0", 1), "utf-8")
    found = api.look_over(city, PROGRAM, MONTH, data)
    assert found[MONTH].missing == ["预算"]
    cases = next(one for one in found[MONTH].tables if one.table == "病例")
    assert cases.refused == 1 and "2025-13-0" in cases.reasons[0]
    (tmp_path / "结果").mkdir()
    (tmp_path / "结果" / "别人的.txt").write_text("别人的", "utf-8")
    with pytest.raises(DataError, match="里有别的文件"):
        api.look_over(city, PROGRAM, MONTH, city / "示例数据", tmp_path / "结果")
