"""What holds of any data: totals add up, order does not matter, shares are exact, every row ends in one place."""

import datetime
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from city import City, city
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.execute.period import parse_period
from engine.execute.reference.run import MemoryTables, run
from engine.language.values import Unresolved

RULES = """
太远: {粒度: 行程, 拒收: 里程 > 90}
晚班: {粒度: 行程, 公式: 有 班次 且 班次 = “晚”}
每公里: {粒度: 行程, 公式: 运费 ÷ 里程}
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: '较小(运费 × 3 ÷ 7, 每公里)'}
全市: {键: []}
总额: {粒度: 全市, 单位: 元, 公式: 合计(运费)}
车队运费: {粒度: 车队, 单位: 元, 公式: 合计(运费)}
分得: {粒度: 车队, 单位: 元, 公式: '分摊(总额, 车队运费)'}
名: {粒度: 车队, 公式: '名次(车队运费, 从大到小)'}
车队补贴: {粒度: 车队, 单位: 元, 公式: 合计(补贴)}
均补: {粒度: 车队, 单位: 元, 舍入: 2, 公式: 均值(补贴)}
差: {粒度: 车队, 舍入: 4, 公式: 标准差(里程)}
明细: {粒度: 行程, 列: [补贴]}
车队表: {粒度: 车队, 列: [车队运费, 分得, 名, 车队补贴, 均补, 差], 合计行: 全市}
结算: {期间: 年, 排除: {行程: [晚班]}, 需要: {行程: [补贴]}, 挂起上限: 99, 拒收上限: 100%, 报表: [明细, 车队表]}
"""
FLEET_NAMES = ("东", "西", "南")
TRIP = st.fixed_dictionaries(
    {
        "车队号": st.sampled_from(FLEET_NAMES),
        "日期": st.dates(datetime.date(2024, 12, 20), datetime.date(2026, 1, 10)),
        "里程": st.integers(0, 100).map(Fraction),
        "运费": st.integers(0, 10**9).map(lambda fen: Fraction(fen, 100)),
        "班次": st.sampled_from([None, "早", "晚"]),
    }
)
TRIPS = st.lists(TRIP, max_size=14).map(lambda rows: [{"行程号": str(n)} | row for n, row in enumerate(rows)])


@pytest.fixture(scope="module")
def made():
    with tempfile.TemporaryDirectory() as folder:
        yield city(Path(folder), RULES)


def settled(made: City, trips):
    book = made.book() if not hasattr(made, "cached") else made.cached
    made.cached = book
    tables = {"行程": trips, "车队": [{"车队号": name, "等级": "大"} for name in FLEET_NAMES]}
    program = book.at(book.start).programs["结算"]
    return run(book, program, parse_period("2025"), MemoryTables(tables))


def of(result, name):
    return next(sheet for sheet in result.statements if sheet.name == name)


FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FAST
@given(trips=TRIPS)
def test_every_row_ends_in_one_place_and_yuan_add_up(made, trips):
    result = settled(made, trips)
    account = next(account for account in result.accounts if account.table == "行程")
    assert sum(account.states.values()) == account.rows == len(trips)
    assert sum((sums["运费"] for sums in account.sums.values()), Fraction(0)) == sum(row["运费"] for row in trips)
    inside = [row for row in trips if row["日期"].year == 2025]
    assert account.states.get("期外", 0) == len(trips) - len(inside)
    assert account.states.get("拒收", 0) == sum(row["里程"] > 90 for row in inside)
    assert account.states.get("结算", 0) == len(of(result, "明细").rows)


@FAST
@given(trips=TRIPS)
def test_totals_are_the_sums_of_their_rows(made, trips):
    result = settled(made, trips)
    sheet = of(result, "车队表")
    (total,) = sheet.total
    for column in (1, 2, 4):
        assert total[column] == sum(row[column] for row in sheet.rows)
    assert total[4] == sum((row[1] for row in of(result, "明细").rows), Fraction(0))
    assert total[3] is None and total[5] is None


@FAST
@given(trips=TRIPS)
def test_shares_add_up_to_the_fen_and_are_whole_fen(made, trips):
    rows = of(settled(made, trips), "车队表").rows
    assert sum(row[2] for row in rows) == sum(row[1] for row in rows)
    assert all((row[2] * 100).denominator == 1 for row in rows)


@FAST
@given(trips=TRIPS, data=st.data())
def test_the_order_of_rows_does_not_matter(made, trips, data):
    first, second = settled(made, trips), settled(made, data.draw(st.permutations(trips)))
    for one, two in zip(first.statements, second.statements, strict=True):
        assert (one.rows, one.total) == (two.rows, two.total)
    assert [kept.rows for kept in first.kept] == [kept.rows for kept in second.kept]
    assert [account.states for account in first.accounts] == [account.states for account in second.accounts]


@FAST
@given(trips=TRIPS)
def test_no_result_is_a_binary_float(made, trips):
    result = settled(made, trips)
    cells = [value for sheet in result.statements for row in [*sheet.rows, *sheet.total] for value in row]
    cells += [value for kept in result.kept for row in kept.rows for value in row]
    assert all(isinstance(cell, (Fraction, str, Unresolved, type(None))) for cell in cells)
