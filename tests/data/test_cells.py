"""One cell at a time: what is read, and what is refused with which reason."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from fields import BOOL, DATE, INTERVAL, LEVEL, MONTH, TEXT, number

from engine.data.cells.reader import read_column, reader_of
from engine.data.values import ANY, BadCell, OutOfRange
from engine.language.values import Interval, Month
from engine.rulebook.model import Field

MIDNIGHT = datetime.datetime(2025, 3, 1)
DAY = datetime.date(2025, 3, 1)


def read(kind, raw, **more):
    return reader_of(Field("列", kind, **more))(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("12.30", "12.3"),
        ("12.300000", "12.3"),
        (" -0.5 ", "-0.5"),
        (".5", "0.5"),
        ("−3", "-3"),
        ("+3", "3"),
        (7, "7"),
        (12.3, "12.3"),
        (0.1, "0.1"),
        (1e15, "1000000000000000"),
        (Decimal("12.30"), "12.3"),
        (-0.0, "0"),
    ],
)
def test_numbers_are_exact(raw, value):
    assert read(number("元"), raw) == Fraction(value)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1,234.50", "千分位"),
        ("1e3", "科学记数"),
        ("５", "半角"),
        ("12元", "不要带单位"),
        ("abc", "不是数"),
        ("5.", "不是数"),
        (".", "不是数"),
        ("50%", "只有单位是比例"),
        (True, "是/否"),
        (DAY, "日期"),
        (float("nan"), "有限"),
        (float("inf"), "有限"),
        (Decimal("NaN"), "有限"),
        ("1" * 41, "超过 40 位"),
        (1e300, "超过 40 位"),
        (Decimal("1E+999999"), "超过 40 位"),
        (Decimal("1E-999999"), "超过 40 位"),
        (10**40, "超过 40 位"),
    ],
)
def test_what_is_no_plain_number_is_refused_with_a_reason(raw, reason):
    bad = read(number("元"), raw)
    assert isinstance(bad, BadCell) and reason in bad.reason and bad.code == "D101"


@pytest.mark.parametrize("raw", ["0.125", 0.125, Decimal("0.125"), 0.1 + 0.2])
def test_more_digits_than_declared_are_a_rejection_never_a_rounding(raw):
    bad = read(number("元"), raw)
    assert isinstance(bad, BadCell) and "小数位数超过 2 位" in bad.reason and bad.code == "D103"


def test_digits_declared_by_the_field_win():
    assert read(number("元"), "0.125", digits=3) == Fraction(1, 8)
    assert "应为整数" in read(number(), "1.5", digits=0).reason
    assert read(number(), 123.0, digits=0) == 123


def test_percent_is_for_ratios():
    assert read(number("比例"), "50%") == Fraction(1, 2)
    assert read(number("%"), "6‰") == Fraction(6, 1000)
    assert read(number("比例"), "12.34567%").code == "D103"


@pytest.mark.parametrize(
    "raw",
    [
        "2025-03-01",
        "2025-3-1",
        "2025/3/1",
        "2025.3.1",
        "20250301",
        "2025年3月1日",
        "2025-03-01 00:00:00",
        "2025-03-01T00:00",
        "2025/3/1 0:00",
        "2025-03-01 10:30:11",
        "2025-03-01T10:30:11.123",
        "2025/3/1 9:05",
        "2025年3月1日 23:59:59",
        "20250301103011",
        "202503011030",
        20250301103011,
        20250301103011.0,
        datetime.datetime(2025, 3, 1, 10, 30, 11),
        MIDNIGHT,
        DAY,
        20250301,
        20250301.0,
    ],
)
def test_dates_in_every_style(raw):
    assert read(DATE, raw) == DAY


@pytest.mark.parametrize(
    "raw",
    [
        "2025-02-30",
        "3/1/2025",
        "25-03-01",
        "2025-03/01",
        "2025-03-01 24:00",
        "2025-03-01 10:60",
        "2025-03-01 上午",
        "20250301250000",
        "2025-03-01T10:30:11Z",
        datetime.datetime(2025, 3, 1, 10, tzinfo=datetime.UTC),
        45717,
        "45717.4",
        2025,
        202503,
        True,
        datetime.time(10),
        "2025-03",
    ],
)
def test_what_is_no_date_is_refused(raw):
    assert isinstance(read(DATE, raw), BadCell)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("45717", "日期的序号（多半是 2025-03-01）"),
        (45717.4, "日期的序号（多半是 2025-03-01）"),
        ("2025-03-01T10:30:11+08:00", "时区"),
        ("2025-03-01 上午", "时刻看不懂"),
    ],
)
def test_a_date_that_is_not_certain_is_refused_with_what_to_do(raw, reason):
    assert reason in read(DATE, raw).reason


NO_DAYS = ["0001-01-01", "1601-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1900/1/1 0:00:00"]
NO_END = ["9999-12-31", "9999-12-30 23:59:59", "99991231", "2099-12-31", "2999-12-31"]


@pytest.mark.parametrize("raw", [*NO_DAYS, *NO_END, datetime.datetime(1900, 1, 1), datetime.date(9999, 12, 31)])
def test_days_that_programs_write_where_there_is_none_are_no_dates(raw):
    bad = read(DATE, raw)
    assert bad.code == "D101" and "不是真的日期" in bad.reason and "空值: [" in bad.reason
    assert isinstance(read(DATE, raw, nullable=True), BadCell)


def test_days_of_birth_are_dates():
    assert read(DATE, "1970-01-01") == datetime.date(1970, 1, 1)
    assert read(DATE, "1921-07-23") == datetime.date(1921, 7, 23)


@pytest.mark.parametrize("raw", NO_END)
def test_where_a_validity_ends_the_last_day_means_that_it_is_open(raw):
    assert read(DATE, raw, validity="止").year > 2098
    assert isinstance(read(DATE, "1900-01-01", validity="止"), BadCell)


def test_where_a_validity_begins_the_first_day_means_always():
    assert read(DATE, "1900-01-01", validity="起") == datetime.date(1900, 1, 1)
    assert isinstance(read(DATE, "9999-12-31", validity="起"), BadCell)


@pytest.mark.parametrize("raw", ["1900-01", "000101", "9999-12", "999901"])
def test_months_of_programs_are_no_months(raw):
    assert "不是真的年月" in read(MONTH, raw).reason


@pytest.mark.parametrize("raw", ["2025-03", "202503", "2025年3月", "2025/3", MIDNIGHT, DAY, 202503])
def test_year_months(raw):
    assert read(MONTH, raw) == Month(2025, 3)


@pytest.mark.parametrize("raw", ["2025-13", "2025", "0000-01", "2025-03-01", datetime.date(2025, 3, 2)])
def test_what_is_no_year_month_is_refused(raw):
    assert isinstance(read(MONTH, raw), BadCell)


def test_yes_and_no():
    assert [read(BOOL, raw) for raw in ("是", "TRUE", "1", "y", 1, 1.0, True)] == [True] * 7
    assert [read(BOOL, raw) for raw in ("否", "False", "0", "N", 0, Decimal(0), False)] == [False] * 7
    assert all(isinstance(read(BOOL, raw), BadCell) for raw in ("对", 2, 0.5, DAY))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" 甲 ", "甲"),
        ("\u3000甲\t", "甲"),
        (123.0, "123"),
        (123, "123"),
        (Decimal(123), "123"),
        ("00.66", "00.66"),
        (10**17 + 1, "100000000000000001"),
    ],
)
def test_text_is_stripped_and_whole_numbers_are_their_digits(raw, text):
    assert read(TEXT, raw) == text


@pytest.mark.parametrize("raw", ["a\x01b", "a\nb", "a\u200bb", "a\ufffdb", 81.51, 1e17, True, DAY, float("nan")])
def test_text_that_may_have_been_changed_on_the_way_is_refused(raw):
    assert isinstance(read(TEXT, raw), BadCell)


def test_an_unknown_class_names_the_nearest():
    assert read(LEVEL, " 甲级 ") == "甲级"
    assert "是不是“乙级及以下”" in read(LEVEL, "乙级以下").reason
    assert "甲级、乙级及以下" in read(LEVEL, "丁").reason


@pytest.mark.parametrize(
    ("raw", "interval"),
    [
        ("[0.5, 2)", Interval(Fraction(1, 2), Fraction(2), True, False)),
        ("（-5，5］", Interval(Fraction(-5), Fraction(5), False)),
        ("≤ 3", Interval(None, Fraction(3))),
        ("> 5%", Interval(Fraction(1, 20), None, False)),
        ("<3", Interval(None, Fraction(3), True, False)),
        (">=1/3", Interval(Fraction(1, 3), None)),
        ("任何", ANY),
        ("3", Interval(Fraction(3), Fraction(3))),
        (3, Interval(Fraction(3), Fraction(3))),
        ("[2025-01-01, 2025-03-01]", Interval(datetime.date(2025, 1, 1), DAY)),
    ],
)
def test_intervals(raw, interval):
    assert read(INTERVAL, raw) == interval
    assert read(INTERVAL, str(interval)) == interval


@pytest.mark.parametrize("raw", ["[2, 1]", "(1, 1)", "[1, x]", "[1; 2]", "1到2", "[1, 2025-01-01]", ">"])
def test_what_is_no_interval_is_refused(raw):
    assert isinstance(read(INTERVAL, raw), BadCell)


@pytest.mark.parametrize("raw", [None, "", "  \u3000"])
def test_an_empty_cell_is_the_default_or_absent_or_refused(raw):
    assert read(TEXT, raw, nullable=True) is None
    assert read(BOOL, raw, has_default=True, default=False) is False
    assert read(TEXT, raw).code == "D102"


def test_a_value_outside_its_range_is_unresolved_not_rejected():
    got = read(number("天"), "120", range=Interval(Fraction(0), Fraction(100)))
    assert got == OutOfRange("列 120 超出范围 [0, 100]")


def test_the_wildcard_is_read_only_where_it_is_declared():
    assert read(LEVEL, "任何", wildcard=True) == ANY
    assert isinstance(read(LEVEL, "任何"), BadCell)


def test_equal_cells_of_different_types_are_not_mixed_up():
    field = Field("列", number())
    got = read_column(field, [1, True, 1.0, "1", True, Decimal(1)])
    assert [isinstance(cell, BadCell) for cell in got] == [False, True, False, False, True, False]


def test_reasons_never_carry_characters_that_cannot_be_seen():
    assert "\x1b" not in read(number(), "\x1b[31m" + "x" * 200).reason
    assert len(read(number(), "x" * 5000).reason) < 80


def test_zero_and_minus_zero_are_shown_as_they_stand():
    field = Field("日", DATE)
    told = [cell.reason for cell in read_column(field, [Decimal("0.0"), Decimal("-0.0"), 0.0, -0.0])]
    assert ["“0.0”" in told[0], "“-0.0”" in told[1], told[2] != told[3]] == [True, True, True]
