"""What is made has the shape that the hints ask for."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from engine.rulebook.book import load
from engine.synth.needed import columns_to_make


def ask(folder: Path, sql: str) -> list[tuple]:
    """Rows of a query in which {表} stands for a file of ``folder``."""
    for path in folder.glob("*.parquet"):
        sql = sql.replace(f"{{{path.stem}}}", f"'{path}'")
    return duckdb.connect().execute(sql).fetchall()


def test_every_table_that_is_read_and_not_computed_is_made(town: Path, year: Path) -> None:
    made = {path.stem for path in year.glob("*.parquet")}
    assert made == {"行程", "车辆", "月额", "年限", "总额", "日历"}
    snapshot = load(town).at(datetime.date(2025, 1, 1))
    assert "算出" not in columns_to_make(snapshot)


def test_no_column_is_a_float_and_money_has_two_decimals(year: Path) -> None:
    types = {}
    for path in year.glob("*.parquet"):
        for name, kind, *_ in ask(year, f"describe select * from {{{path.stem}}}"):
            types[f"{path.stem}.{name}"] = kind
    assert [name for name, kind in types.items() if kind in ("DOUBLE", "FLOAT")] == []
    assert types["行程.费用"] == "DECIMAL(18,2)"
    assert types["行程.里程"].endswith(",1)")
    assert (types["行程.天数"], types["行程.夜间"], types["月额.月份"]) == ("BIGINT", "BOOLEAN", "VARCHAR")


def test_keys_are_there_once_and_references_hit(year: Path) -> None:
    assert ask(year, "select count(*), count(distinct 编号) from {行程}") == [(40_000, 40_000)]
    assert ask(year, "select count(*) from {行程} anti join {车辆} using (车号)") == [(0,)]
    assert ask(year, "select count(*) from {车辆}") == [(40,)]


def test_costs_have_the_tails_of_real_discharges(year: Path) -> None:
    """26 % and 9 % there: log-normal with a spread of 0.7 within each group."""
    [(low, high)] = ask(
        year,
        "select avg((费用 <= m / 2)::int), avg((费用 >= 2 * m)::int) "
        "from (select 费用, avg(费用) over (partition by 车号) m from {行程})",
    )
    assert low == pytest.approx(0.26, abs=0.015)
    assert high == pytest.approx(0.09, abs=0.01)


def test_shares_come_out(year: Path) -> None:
    [(first, late, night, paid)] = ask(
        year,
        "select avg((等级 = '甲等')::int), avg((报送日期 - 到达日期 >= 12)::int), "
        "avg(夜间::int), avg((补贴 > 0)::int) from {行程}",
    )
    assert first == pytest.approx(0.25, abs=0.01)
    assert late == pytest.approx(0.02, abs=0.003)
    assert night == pytest.approx(0.10, abs=0.006)
    assert paid == pytest.approx(0.20, abs=0.01)
    assert ask(year, "select count(*) filter (停用) from {车辆}") == [(4,)]  # a small table: dealt out exactly


def test_what_is_derived_follows_from_its_row(year: Path) -> None:
    assert ask(year, "select count(*) from {行程} where 出发日期 + 天数::int <> 到达日期") == [(0,)]
    assert ask(
        year, "select count(*) from {行程} where 补贴 > 费用 * 0.2 + 0.01 or (补贴 < 费用 * 0.05 - 0.01 and 补贴 > 0)"
    ) == [(0,)]


def test_months_and_weekends_weigh_as_asked(year: Path) -> None:
    months = dict(ask(year, "select month(到达日期), count(*) from {行程} group by 1"))
    assert months[7] / months[8] == pytest.approx(2, rel=0.1)
    assert months[2] / months[3] == pytest.approx(0.5 * 24 / 26, rel=0.12)  # working days and half the days off
    [(weekend,)] = ask(year, "select avg((isodow(到达日期) > 5)::int) from {行程}")
    assert weekend == pytest.approx(1 / 6, abs=0.02)


def test_some_come_again_later_and_never_while_they_are_away(year: Path) -> None:
    again = (
        "select 到达日期 - 前 as 隔, 出发日期 >= 前 as 后, 车号 = 前车 as 同车 from (select *, "
        "lag(到达日期) over w as 前, lag(车号) over w as 前车, count(*) over (partition by 乘客) as n "
        "from {行程} window w as (partition by 乘客 order by 到达日期)) where 前 is not null and n = 2"
    )
    [(count, least, most, after, same)] = ask(
        year, f"select count(*), min(隔), max(隔), bool_and(后), bool_and(同车) from ({again})"
    )
    assert count / 40_000 == pytest.approx(0.085, abs=0.015)
    assert (least, most, after, same) == (5, 40, True, True)


def test_every_combination_of_keys_has_a_row(year: Path) -> None:
    assert ask(year, "select count(*), count(distinct (车队, 月份)), min(月份), max(月份) from {月额}") == [
        (24, 24, "2025-01", "2025-12")
    ]


def test_sums_of_another_table_add_up(year: Path) -> None:
    assert ask(year, "select 年度, 金额 = (select sum(费用) from {行程}) from {总额}") == [(2025, True)]


def test_a_year_adds_up_a_table_of_months(year: Path) -> None:
    assert ask(year, "select 年度, 各月限额 = (select sum(限额) from {月额}) from {年限}") == [(2025, True)]


def test_a_calendar_has_every_day_and_weekends_and_holidays_off(year: Path) -> None:
    days = dict(ask(year, "select 日期, 平日 from {日历}"))
    assert len(days) == 365 + 2 * 90
    off = [datetime.date(2025, 1, 1), datetime.date(2025, 1, 4), datetime.date(2025, 10, 2)]
    assert [days[day] for day in off] == [False, False, False]
    assert days[datetime.date(2025, 10, 8)] is True
