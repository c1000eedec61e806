"""One fault a delivery: how it is spoilt, of which rows, and what a run may come to.

Each takes a random source and a sound delivery, spoils it in place and says what it did; ``None`` where the medium
has no such fault. ``right``: the run has to take the delivery as if it had been sound; ``told``: words of which one
has to be said, with the rows refused or the run stopped; ``idle``: nothing may read what is spoilt, and then the run
may be right; ``stays``: the rows are taken as they are, and that is told.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.ferries import FERRIES, TRIPS, Delivery, Row


@dataclass(frozen=True)
class Spoilt:
    """What was done: the keys of trips that are no longer as they were, and what may come of it."""

    keys: frozenset[str]
    told: tuple[str, ...]
    right: bool = False
    idle: bool = False
    stays: bool = False


Fault = Callable[[random.Random, Delivery], "Spoilt | None"]


def _some(rng: random.Random, delivery: Delivery) -> list[Row]:
    rows = delivery.rows[TRIPS]
    return rng.sample(rows, rng.randint(1, max(1, len(rows) // 4)))


def _keys(rows: list[Row]) -> frozenset[str]:
    return frozenset(str(row["航次号"]) for row in rows)


def time_after_the_date(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """An export writes the moment, in some rows or in all."""
    rows = _some(rng, delivery) if rng.random() < 0.5 else delivery.rows[TRIPS]
    style = rng.choice([" 10:30:11", "T10:30:11", " 09:05", " 10:30:11.000"])
    for row in rows:
        row["结算日"] = f"{row['结算日']}{style}"
    return Spoilt(_keys(rows), (), right=True)


def moment_without_signs(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["开航日"] = str(row["开航日"]).replace("-", "") + "103011"
    return Spoilt(_keys(rows), (), right=True)


def serial_of_a_workbook(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """The column lost its format: days since 1899-12-30."""
    if delivery.medium != "xlsx":
        return None
    rows = _some(rng, delivery)
    for row in rows:
        row["结算日"] = (datetime.date.fromisoformat(str(row["结算日"])) - datetime.date(1899, 12, 30)).days
    return Spoilt(_keys(rows), (), right=True)


def dates_of_a_workbook(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    if delivery.medium != "xlsx":
        return None
    rows = _some(rng, delivery)
    for row in rows:
        day = datetime.date.fromisoformat(str(row["结算日"]))
        row["结算日"] = datetime.datetime.combine(day, datetime.time(rng.choice([0, 13])))
    return Spoilt(_keys(rows), (), right=True)


def day_that_is_none(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """What programs write where there is no date."""
    word = rng.choice(["1900-01-01", "1899-12-30", "0001-01-01", "9999-12-31", "1900-01-01 00:00:00"])
    rows = _some(rng, delivery)
    for row in rows:
        row["开航日"] = word
    return Spoilt(_keys(rows), (word[:10], "开航日"))


def day_that_is_none_said(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """The same, and the mapping says that it is empty: the field is required, so the row is refused as such."""
    rows = _some(rng, delivery)
    for row in rows:
        row["开航日"] = "1900-01-01"
    delivery.mapping = "航次:\n  列:\n    开航日: {列: 开航日, 空值: [1900-01-01]}\n"
    return Spoilt(_keys(rows), ("开航日",))


def order_of_days(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["开航日"] = (datetime.date.fromisoformat(str(row["结算日"])) + datetime.timedelta(3)).isoformat()
    return Spoilt(_keys(rows), ("结算早于开航",))


def refund_not_declared(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    original = rng.choice(delivery.rows[TRIPS])
    refund = dict(
        original, 航次号=f"{original['航次号']}T", 票款=f"-{original['票款']}" if original["票款"] != "0.00" else "-1"
    )
    delivery.rows[TRIPS].append(refund)
    return Spoilt(_keys([refund]), ("票款", "-"))


def refund_declared(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """A settlement and its reversal, paired off by the mapping: both go; what is left is as if neither had come."""
    original = rng.choice(delivery.rows[TRIPS])
    if original["票款"] == "0.00":
        return None
    for row in delivery.rows[TRIPS]:
        row["备注"] = ""
    refund = dict(
        original, 航次号=f"{original['航次号']}T", 票款=f"-{original['票款']}", 备注=original["航次号"], 票类="退"
    )
    delivery.rows[TRIPS].append(refund)
    delivery.mapping = "航次:\n  退费: {标志: 票类, 值: 退, 原单号: 备注, 单号: 航次号}\n"
    return Spoilt(_keys([original, refund]), ("冲销",))


def spoilt_identity(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """A spreadsheet wrote an identity of 18 digits as 4.40106E+17."""
    rows = _some(rng, delivery)
    for row in rows:
        row["船员证号"] = f"{float(str(row['船员证号'])):.5E}"
    return Spoilt(_keys(rows), ("E+17", "船员证号"))


def cut_identity(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """A spreadsheet keeps fifteen digits: every identity ends in 000."""
    for row in delivery.rows[TRIPS]:
        row["船员证号"] = str(row["船员证号"])[:15] + "000"
    return Spoilt(_keys(delivery.rows[TRIPS]), ("000", "船员证号"))


def identity_as_a_number(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    keys = _keys(rows)
    for row in rows:
        row["航次号"] = f"{int(str(row['航次号'])[1:]) + 1464}.0"
    return Spoilt(keys, (".0”",))


def thousands(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["票款"] = "1,234.50"
    return Spoilt(_keys(rows), ("1,234.50", "票款"))


def too_many_decimals(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["票款"] = f"{row['票款']}1"
    return Spoilt(_keys(rows), ("小数位数", "票款"))


def number_too_long(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)[:1]
    rows[0]["票款"] = "9" * rng.choice([37, 38, 39, 40, 41, 60])
    return Spoilt(_keys(rows), ("票款",))


def out_of_range(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["里程"] = "500.1"
    return Spoilt(_keys(rows), ("里程", "500.1"), idle=True)


def unknown_class(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["客类"] = rng.choice(["团 体", "散", "1"])
    return Spoilt(_keys(rows), ("客类",))


def no_such_ferry(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["渡口号"] = "D9"
    return Spoilt(_keys(rows), ("D9",))


def key_twice(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    row = rng.choice(delivery.rows[TRIPS])
    delivery.rows[TRIPS].append(dict(row, 票款="1.00"))
    return Spoilt(_keys([row]), (str(row["航次号"]),))


def key_that_looks_alike(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """The same trip again under a key that the eye takes for the same."""
    row = rng.choice(delivery.rows[TRIPS])
    key = str(row["航次号"])
    other = rng.choice([key.replace("H", "Ｈ"), key.replace("H", "Н"), key + "\ufe0f", key + "\u3164"])
    delivery.rows[TRIPS].append(dict(row, 航次号=other))
    return Spoilt(_keys([row]) | {other}, (key,))


def key_of_other_case(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """Codes may differ in case only, so both rows stay; that they do is told with both keys."""
    row = rng.choice(delivery.rows[TRIPS])
    delivery.rows[TRIPS].append(dict(row, 航次号=str(row["航次号"]).lower()))
    return Spoilt(_keys([row]), ("只差大小写",), stays=True)


def required_cell_empty(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rows = _some(rng, delivery)
    for row in rows:
        row["票款"] = ""
    return Spoilt(_keys(rows), ("票款",))


def moment_with_a_zone(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """A column of moments with a zone, and no word on which zone's day is meant."""
    if delivery.medium not in ("parquet", "duckdb"):
        return None
    for row in delivery.rows[TRIPS]:
        row["结算日"] = f"{row['结算日']} 20:00:00+00"
    delivery.kinds["结算日"] = "TIMESTAMPTZ"
    return Spoilt(_keys(delivery.rows[TRIPS]), ("时区",))


def moment_with_a_zone_said(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    """The same, and the mapping says the zone: 20:00 in Shanghai is noon at Greenwich."""
    if delivery.medium not in ("parquet", "duckdb"):
        return None
    for row in delivery.rows[TRIPS]:
        row["结算日"] = f"{row['结算日']} 12:00:00+00"
    delivery.kinds["结算日"] = "TIMESTAMPTZ"
    delivery.mapping = "航次:\n  时区: Asia/Shanghai\n"
    return Spoilt(frozenset(), (), right=True)


def no_end_of_time(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    if delivery.medium not in ("parquet", "duckdb"):
        return None
    rows = _some(rng, delivery)
    for row in rows:
        row["开航日"] = rng.choice(["infinity", "-infinity"])
    delivery.kinds["开航日"] = "DATE"
    return Spoilt(_keys(rows), ("infinity", "无穷", "开航日"))


def money_as_floats(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    if delivery.medium not in ("parquet", "duckdb"):
        return None
    delivery.kinds["票款"] = "DOUBLE"
    return Spoilt(frozenset(), (), right=True)


def column_missing(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    if delivery.medium not in ("csv", "xlsx"):
        return None
    delivery.mapping = "航次:\n  列:\n    票款: 应收\n"
    return Spoilt(_keys(delivery.rows[TRIPS]), ("应收",))


def table_missing(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    delivery.rows[FERRIES].clear()
    return Spoilt(_keys(delivery.rows[TRIPS]), (FERRIES, "渡口号"))


def title_above_the_heading(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    if delivery.medium != "csv":
        return None
    delivery.late = "heading"
    return Spoilt(_keys(delivery.rows[TRIPS]), ("表头", "缺少", "列"))


def other_encoding(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    if delivery.medium != "csv":
        return None
    delivery.late = "gb18030"
    return Spoilt(frozenset(), (), right=True)


def line_break_in_a_remark(rng: random.Random, delivery: Delivery) -> Spoilt | None:
    rng.choice(delivery.rows[TRIPS])["备注"] = "第一行\n第二行，“引”"
    return Spoilt(frozenset(), (), right=True)


FAULTS: tuple[Fault, ...] = (
    time_after_the_date, moment_without_signs, serial_of_a_workbook, dates_of_a_workbook, day_that_is_none,
    day_that_is_none_said, order_of_days, refund_not_declared, refund_declared, spoilt_identity, cut_identity,
    identity_as_a_number, thousands, too_many_decimals, number_too_long, out_of_range, unknown_class,
    no_such_ferry, key_twice, key_that_looks_alike, key_of_other_case, required_cell_empty,
    moment_with_a_zone, moment_with_a_zone_said, no_end_of_time, money_as_floats, column_missing,
    table_missing, title_above_the_heading, other_encoding, line_break_in_a_remark,
)  # fmt: skip
