"""Both programs of a demonstration region on public discharges: accounting, the pool's money, base points by hand."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from engine.execute.period import parse_period, parse_periods
from engine.rulebook.book import load
from engine.settle import settle

sys.path.insert(0, str(Path(__file__).parent))
from map_discharges import write_all  # noqa: E402

SOURCE = Path(__file__).parents[3] / "shared/data/discharges/sparcs2020_musculoskeletal.csv.gz"
REGION = Path(__file__).parents[2] / "regions/jiyuan-demo"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SOURCE.is_file(), reason=f"the public discharges are not there ({SOURCE})"),
]
HALF_A_FEN = Fraction(1, 200)
BUDGET = "年度DRG住院统筹基金预算总额"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The folder of the data, the result of the calibration, that of January."""
    folder = tmp_path_factory.mktemp("discharges")
    write_all(SOURCE, folder)
    book = load(str(REGION))
    year, _ = settle(book, "基准测算", parse_period("2025"), [folder / "history"], folder / "base")
    month, _ = settle(
        book, "月度预结算", parse_period("2025-01"), [folder / "month", folder / "base"], folder / "january"
    )
    return folder, year, month


@pytest.fixture(scope="module")
def cleared(runs):
    """The annual clearing of all discharges settled in 2025, on twelve months of payments."""
    folder, _, _ = runs
    book, data, months = load(str(REGION)), [folder / "year", folder / "base"], []
    for period in parse_periods("2025-01..2025-12"):
        months.append(folder / f"m{period}")
        settle(book, "月度预结算", period, data, months[-1], previous=months[-2] if months[1:] else None)
    return settle(book, "年度清算", parse_period("2025"), [*data, *months], folder / "clearing")[0]


def test_a_year_of_discharges_is_cleared_to_the_last_row_and_yuan(cleared):
    cases = account(cleared)
    assert cases.states == {"排除": 305, "结算": 36_326}
    costs = {state: sums["住院总费用"] for state, sums in cases.sums.items()}
    assert costs == {"排除": Fraction("7456789.23"), "结算": Fraction("898239117.39")}
    assert sum(costs.values()) == Fraction("905695906.62")


def test_hospitals_of_the_year_together_get_the_budget_within_half_a_fen_each(cleared):
    due = defaultdict(list)
    for row in sheet(cleared, "年度清算表"):
        due[row["险种"], row["就医地"]].append(row["年度DRG统筹基金应结算金额"])
    for pool in sheet(cleared, "年度基金池表"):
        shares = due[pool["险种"], pool["就医地"]]
        assert bool(shares) == (pool[BUDGET] != 0)  # nobody was treated elsewhere
        assert abs(sum(shares) - pool[BUDGET]) <= HALF_A_FEN * len(shares)


def records(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sheet(result, name):
    """A statement as records, by name of the value."""
    found = next(s for s in result.statements if s.name == name)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


def account(result):
    return next(account for account in result.accounts if account.table == "病例")


def test_every_discharge_of_three_years_is_settled(runs):
    assert account(runs[1]).states == {"结算": 36_631}


def test_january_adds_up_settled_late_and_ungrouped(runs):
    folder, _, month = runs
    found, delivered = account(month), records(folder / "month" / "病例.csv")
    late, ungrouped = found.by["排除", "逾期上传"], found.by["排除", "未入组"]
    assert found.states["结算"] + late + ungrouped == found.rows == len(delivered)
    # Every 40th was sent twenty days later; of every 50th without a group, those that were also late count as late.
    assert late == sum(row["上传日期"] > _days_after(row["结算日期"]) for row in delivered) == len(delivered) // 40
    assert ungrouped == sum(not row["病组编码"] for row in delivered) - sum(
        not row["病组编码"] and row["上传日期"] > _days_after(row["结算日期"]) for row in delivered
    )


def _days_after(day):
    import datetime

    return str(datetime.date.fromisoformat(day) + datetime.timedelta(days=19))


def test_yuan_add_up_to_what_was_delivered(runs):
    folder, _, month = runs
    delivered = sum(Fraction(row["住院总费用"]) for row in records(folder / "month" / "病例.csv"))
    assert sum(sums["住院总费用"] for sums in account(month).sums.values()) == delivered


def test_hospitals_together_get_the_pool_s_budget_within_half_a_fen_each(runs):
    month = runs[2]
    paid, hospitals = defaultdict(Fraction), defaultdict(int)
    for row in sheet(month, "月度预结算表"):
        assert (row["月度预结算费用"] * 100).denominator == 1
        pool = row["险种"], row["就医地"]
        paid[pool] += row["月度预结算费用"]
        hospitals[pool] += 1
    budgets = {(row["险种"], row["就医地"]): row["月度DRG住院统筹基金预算总额"] for row in sheet(month, "月度基金池表")}
    assert set(paid) == {("职工", "本地"), ("居民", "本地")} <= set(budgets)
    for pool, budget in budgets.items():
        assert abs(paid[pool] - budget) <= HALF_A_FEN * hospitals[pool]


def test_monthly_budgets_are_whole_fen_within_the_year_s(runs):
    months = defaultdict(Fraction)
    for row in sheet(runs[1], "月度预算编制"):
        months[row["险种"], row["就医地"]] += row["编制月度预算"]
    published = {
        (row["险种"], row["就医地"]): Fraction(row["年度预算总额"])
        for row in records(runs[0] / "history" / "年度预算.csv")
    }
    assert months
    for pool, total in months.items():
        assert (total * 100).denominator == 1 and total <= published[pool]


# Base points once more, with nothing but fractions: article 17 with the invented bounds of the demonstration region.

LOW, HIGH = Fraction(1, 10), Fraction(5)
MIDDLE = (Fraction(1, 10), Fraction(9, 10))


def half_up(value, digits):
    scaled = value * 10**digits
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**digits)


def mean(costs):
    return sum(costs) / len(costs)


def quantile(costs, share):
    ordered, place = sorted(costs), (len(costs) - 1) * share
    below = int(place)
    above = ordered[min(below + 1, len(ordered) - 1)]
    return ordered[below] + (place - below) * (above - ordered[below])


def varies_less_than_one(costs):
    """Whether deviation ÷ mean, at four decimals, is below 1: that is, below 0.99995 (compared squared)."""
    average = mean(costs)
    return sum((cost - average) ** 2 for cost in costs) / len(costs) / average**2 < Fraction(99995, 100000) ** 2


def by_hand(folder):
    """Group to base points."""
    costs = defaultdict(list)
    for row in records(folder / "history" / "病例.csv"):
        costs[row["病组编码"]].append(Fraction(row["住院总费用"]))
    first = {}
    for group, all_costs in costs.items():
        average = mean(all_costs)
        first[group] = [cost for cost in all_costs if LOW * average <= cost <= HIGH * average]
    every = [cost for kept in first.values() for cost in kept]
    overall = half_up(mean(every), 4)
    found = {}
    for group, kept in first.items():
        if len(kept) <= 5:
            figure = half_up(quantile(kept, Fraction(1, 2)), 4)
        elif varies_less_than_one(kept):
            figure = half_up(mean(kept), 4)
        else:
            low, high = (quantile(kept, share) for share in MIDDLE)
            again = [cost for cost in kept if low <= cost <= high]
            stable = len(again) > 5 and varies_less_than_one(again)
            figure = half_up(mean(again) if stable else quantile(kept, Fraction(1, 2)), 4)
        found[group] = half_up(figure / overall * 100, 4)
    return found


def test_base_points_of_ten_groups_are_those_worked_out_by_hand(runs):
    folder, year, _ = runs
    worked_out = by_hand(folder)
    given = {row["病组编码"]: row["病组基准点数"] for row in sheet(year, "病组测算表")}
    assert set(given) == set(worked_out) and len(given) == 120
    ten = sorted(given)[::12]
    assert len(ten) == 10 and {group: given[group] for group in ten} == {group: worked_out[group] for group in ten}
    assert given == worked_out
