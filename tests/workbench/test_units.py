"""Figures as people read them: the unit of their column in the heading, digits grouped, nothing rounded."""

from __future__ import annotations

import pytest

from engine.rulebook.book import load
from engine.workbench.shows.units import grouped, most_grouped, scope_of, titled, units_of
from tests.workbench.served import REGION, ROOT


@pytest.mark.parametrize(
    ("figure", "read"),
    [
        ("0", "0"), ("-0.50", "-0.50"), ("999.9999", "999.9999"), ("+1000", "+1,000"),
        ("-1234567.500000", "-1,234,567.500000"),
        ("123456789012345678901234567890.12", "123,456,789,012,345,678,901,234,567,890.12"),
        ("10000/3", "10000/3"), ("", ""), ("YX1000", "YX1000"),
    ],
)  # fmt: skip
def test_a_figure_is_grouped_and_keeps_every_decimal(figure: str, read: str) -> None:
    assert grouped(figure) == read


def test_the_key_of_the_row_that_changes_most_stays_as_it_is() -> None:
    assert most_grouped("100000,居民：+1000.00") == "100000,居民：+1,000.00"
    assert most_grouped("") == ""


def test_a_heading_says_the_unit_once() -> None:
    units = {"总额": "元", "总额（元）": "元"}
    assert [titled(one, units) for one in ("总额", "总额（元）", "病种")] == ["总额（元）", "总额（元）", "病种"]


def test_columns_have_the_unit_of_their_rule_or_field_and_pure_numbers_none() -> None:
    book = load(ROOT / "regions" / REGION)
    units = units_of(scope_of(book.at(book.epochs[-1]), "月度预结算", "2025-03"))
    assert units["基金池表"]["点值"] == "元/点"
    assert units["病例明细"]["病例费用"] == "元"
    assert units["月度预结算表"]["点数"] == "点"  # by heading, not by name
    assert "病例类型" not in units["病例明细"]
