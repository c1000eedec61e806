"""The rows that belong to a row and differ between two results, down from a sum to what it is of."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.compare.both_reasons import both_reasons
from engine.compare.changed_below import ChangedBelow, ChangedRow
from tests.compare.test_compare import RULES
from tests.engine.city import TRIPS, city

pytestmark = pytest.mark.slow
ALL = RULES + "全部补贴: {粒度: 各等级, 公式: 合计(车队补贴)}\n等级表: {粒度: 各等级, 列: [全部补贴]}\n"
ALL = ALL.replace("报表: [明细, 车队表]", "报表: [明细, 车队表, 等级表]")


@pytest.fixture
def runs(tmp_path: Path):
    def made(name: str, trips: str = TRIPS, rules: str = ALL) -> Path:
        return city(tmp_path / name, rules, 行程=trips).run(period="2025").out

    return made


def test_of_a_sum_the_rows_that_changed_are_told_and_of_another_that_none_did(runs):
    """Trip 4 costs 900.00 instead of 800.00; half of that is its 补贴. 西 has trips 3 and 4, 东 has 1 and 2."""
    one, other = runs("a"), runs("b", TRIPS.replace("800.00", "900.00"))
    assert both_reasons(one, other, "车队", "西").below == (
        ChangedBelow("明细", "行程", (2, 2), 1, (ChangedRow("4", (("补贴", "400.00", "450.00"),)),), (), ()),
    )
    assert both_reasons(one, other, "车队", "东").below == (ChangedBelow("明细", "行程", (2, 2), 0, (), (), ()),)
    assert both_reasons(one, other, "行程", "4").below == ()


def test_a_row_that_went_elsewhere_left_one_sum_and_entered_the_other(runs):
    one, other = runs("a"), runs("b", TRIPS.replace("3,西", "3,东"))
    assert both_reasons(one, other, "车队", "西").below == (ChangedBelow("明细", "行程", (2, 1), 0, (), ("3",), ()),)
    assert both_reasons(one, other, "车队", "东").below == (ChangedBelow("明细", "行程", (2, 3), 0, (), (), ("3",)),)


def test_rows_of_sums_and_the_rows_below_those_are_told_statement_by_statement(runs):
    one, other = runs("a"), runs("b", TRIPS.replace("800.00", "900.00"))
    trips, fleets = both_reasons(one, other, "各等级", "小").below
    assert (fleets.statement, fleets.grain, fleets.rows, fleets.changed) == ("车队表", "车队", (1, 1), 1)
    assert fleets.most[0].cells[0] == ("车队补贴", "600.00", "650.00")
    assert [row.key for row in trips.most] == ["4"] and trips.rows == (2, 2)


def test_rows_that_change_most_come_first_and_no_more_than_a_hundred_are_listed(runs):
    head, *_ = TRIPS.strip().splitlines()
    many = [head, *(f"t{n:03},西,2025-01-10,1,{n}.00,早" for n in range(1, 151))]
    text = "\n".join(["", *many, ""])
    said = both_reasons(runs("a", text), runs("b", text, ALL.replace("50%", "60%")), "车队", "西").below[0]
    assert (said.rows, said.changed, len(said.most), said.cut) == ((150, 150), 150, 100, False)
    assert [row.key for row in said.most[:2]] == ["t150", "t149"]


def test_a_key_with_a_comma_is_written_as_it_is_asked_for(runs):
    odd = TRIPS.replace("\n4,", '\n"4,甲",')
    one, other = runs("a", odd), runs("b", odd.replace("800.00", "900.00"))
    (said,) = both_reasons(one, other, "车队", "西").below
    assert [row.key for row in said.most] == ['"4,甲"']
    assert both_reasons(one, other, said.grain, said.most[0].key).beginnings


def test_the_command_tells_them_below_the_trees(runs):
    one, other = runs("a"), runs("b", TRIPS.replace("800.00", "900.00"))
    done = CliRunner().invoke(main, ["explain", str(one), "车队", "西", "--against", str(other)])
    assert done.exit_code == 0, done.output
    assert "明细：属于它的 2 行里 1 行不同\n  4：补贴 400.00 → 450.00\n" in done.output
