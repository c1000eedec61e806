"""Values and tables of NumPy, pandas and Arrow: a value, absent, or CannotPrice; a table row by row, in its order."""

from __future__ import annotations

import csv
import datetime
import enum
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.api import CannotPrice, Priced, Region, load

pytestmark = pytest.mark.slow

numpy = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas")
pyarrow = pytest.importorskip("pyarrow")

DEMO = Path(__file__).parents[2] / "regions" / "jiyuan-demo"
DATA = DEMO / "示例数据"


class Word(str):
    def __str__(self) -> str:
        return "城镇"


class Kind(enum.StrEnum):
    WORKER = "职工"


class Count(enum.IntEnum):
    EIGHT = 8


class Day(datetime.date):
    pass


class Odd:
    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name) if name.startswith("__") else RuntimeError(name)


@pytest.fixture(scope="module")
def region() -> Region:
    return load(DEMO, "2025-03", DATA)


@pytest.fixture(scope="module")
def yearly() -> Region:
    return load(DEMO, "2025", DATA)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    with (DATA / "病例.csv").open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if row["结算日期"].startswith("2025-03")]


@pytest.fixture
def record(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: value or None for name, value in next(row for row in rows if row["病例号"] == "202503061").items()}


VALUES = {
    "住院总费用": [
        numpy.float64("24058.94"), Decimal("24058.94"), pyarrow.scalar(24058.94), numpy.array(24058.94),
        pyarrow.scalar(Decimal("24058.94")), type("Money", (Decimal,), {})("24058.94"), numpy.longdouble("24058.94"),
        type("Ratio", (Fraction,), {})("24058.94"), numpy.str_("24058.94"),
    ],
    "住院天数": [numpy.int64(8), numpy.uint8(8), Count.EIGHT, numpy.float32(8), pyarrow.scalar(8)],
    "险种": [Word("职工"), numpy.str_("职工"), Kind.WORKER, pyarrow.scalar("职工"), pandas.Categorical(["职工"])[0]],
    "出院日期": [
        pandas.Timestamp("2025-03-18"), numpy.datetime64("2025-03-18"), Day(2025, 3, 18), pandas.Period("2025-03-18"),
        numpy.datetime64("2025-03-18T00:00:00.000000000"), pyarrow.scalar(datetime.date(2025, 3, 18)),
        datetime.datetime(2025, 3, 18),
    ],
}  # fmt: skip
MISSING = [
    None, float("nan"), numpy.nan, numpy.float32("nan"), pandas.NA, pandas.NaT, numpy.datetime64("NaT"), Decimal("NaN"),
    pyarrow.scalar(None), pyarrow.scalar(None, pyarrow.float64()),
]  # fmt: skip
NO_VALUES = [
    [1], (1,), {}, set(), b"1", 1j, object(), Odd(), numpy.array([1, 2]), numpy.complex64(1), numpy.bytes_(b"1"),
    numpy.timedelta64(1), pandas.Timedelta(1), pandas.Interval(1, 2), pandas.Series([1]), pyarrow.scalar([1]), type,
    datetime.time(1), datetime.timedelta(1), Decimal("sNaN"), "\ud800", 10**2000, enum.Enum("E", "a").a,
    numpy.datetime64("20000-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in VALUES.items() for v in values])
def test_a_value_of_another_library_is_the_value_that_it_is(
    region: Region, record: dict[str, Any], field: str, value: Any
) -> None:
    assert region.price(record | {field: value}).as_dict() == region.price(record).as_dict()


@pytest.mark.parametrize("missing", MISSING, ids=repr)
def test_what_stands_for_a_missing_value_is_an_empty_cell(region: Region, record: dict[str, Any], missing: Any) -> None:
    for field, wanted in (("住院总费用", "住院总费用：必填，单元格是空的"), ("险种", "险种：必填，单元格是空的")):
        priced = region.price(record | {field: missing})
        assert (priced.state, priced.by, priced.reason) == ("拒收", "数据格式", wanted)
    assert region.price(record | {"上传日期": missing}).by == "逾期上传"


@pytest.mark.parametrize("field", ["住院总费用", "险种", "出院日期", "病例号", "疗效价值付费"])
def test_nothing_but_a_price_or_cannot_price_comes_of_any_value(
    region: Region, record: dict[str, Any], field: str
) -> None:
    for value in NO_VALUES:
        with pytest.raises(CannotPrice):
            region.price(record | {field: value})
    for value in (
        numpy.bool_(True),
        numpy.inf,
        -0.0,
        numpy.int64(-(2**63)),
        pandas.Timestamp("2025-03-18 10:00", tz="UTC"),
    ):
        assert isinstance(region.price(record | {field: value}), Priced)


@pytest.mark.parametrize("record", [None, 5, "病例", [("a", 1)], numpy.array([1]), {1: 2}, {"没有的字段": 1}, Odd()])
def test_what_is_no_record_cannot_be_priced(region: Region, record: Any) -> None:
    with pytest.raises(CannotPrice):
        region.price(record)


@pytest.mark.parametrize("below", [5, "x", {}, [5], [None], [{"没有": 1}], numpy.array(1)])
def test_what_are_no_rows_below_cannot_be_priced(yearly: Region, record: dict[str, Any], below: Any) -> None:
    with pytest.raises(CannotPrice):
        yearly.price(record, 特例单议=below)


def test_a_row_of_a_frame_is_a_record(region: Region, record: dict[str, Any]) -> None:
    assert region.price(pandas.Series(record)).as_dict() == region.price(record).as_dict()


def frame(rows: list[dict[str, Any]]) -> Any:
    """With the types that pandas guesses, as ``read_csv`` does."""
    made = pandas.DataFrame(rows).replace("", pandas.NA)
    for name in ("住院总费用", "统筹基金支出", "特需费用"):
        if name in made:
            made[name] = made[name].astype("float64")
    made["住院天数"] = made["住院天数"].astype("Int64")
    made["出院日期"] = pandas.to_datetime(made["出院日期"])
    made["险种"] = made["险种"].astype("category")
    return made.set_index("病例号", drop=False)


class Stream:
    """A table of a library that nobody knows."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)


SHAPES: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "rows": lambda rows: rows,
    "any iterable": iter,
    "a dict of columns": lambda rows: {name: [row[name] for row in rows] for name in rows[0]},
    "a DataFrame": frame,
    "a DataFrame of text": pandas.DataFrame,
    "an Arrow table": lambda rows: pyarrow.Table.from_pandas(frame(rows), preserve_index=False),
    "a record batch": lambda rows: pyarrow.RecordBatch.from_pylist(rows),
    "a stream": lambda rows: Stream(pyarrow.Table.from_pylist(rows)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_whole_table_is_priced_row_by_row_in_its_order(
    region: Region, rows: list[dict[str, Any]], shape: str
) -> None:
    some = rows[:60][::-1]
    found = region.price_all(SHAPES[shape](some))
    assert [one.as_dict() for one in found] == [
        region.price({k: v or None for k, v in r.items()}).as_dict() for r in some
    ]


def test_a_row_that_has_no_price_says_why_and_the_others_have_theirs(
    region: Region, rows: list[dict[str, Any]]
) -> None:
    one, two, three = rows[:3]
    found = region.price_all([one, two | {"住院天数": [1]}, three, three, None])
    assert isinstance(found[0], Priced) and found[0].as_dict() == region.price(one).as_dict()
    assert [str(error).splitlines()[0] for error in found[1:]] == [
        "住院天数：Python 的 list 不是能读的值",
        f"病例 {three['病例号']} 在表里有 2 行：主键重复，都不能计价",
        f"病例 {three['病例号']} 在表里有 2 行：主键重复，都不能计价",
        "病例 的一行要写成字典：字段名到值",
    ]


def test_rows_below_find_the_rows_that_they_belong_to(yearly: Region, record: dict[str, Any]) -> None:
    other = record | {"病例号": "B2"}
    below = [{"病例号": numpy.str_("B2"), "审核通过": numpy.bool_(True), "核定点数": numpy.int64(300)}]
    found = yearly.price_all(pandas.DataFrame([record, other]), 特例单议=pandas.DataFrame(below))
    wanted = [yearly.price(record, 特例单议=[]), yearly.price(other, 特例单议=below)]
    assert [one.as_dict() for one in found] == [one.as_dict() for one in wanted]
    assert found[1]["清算点数"] == 300
    with pytest.raises(CannotPrice, match="特例单议 的一行是 病例 C 的，表里没有它"):
        yearly.price_all([record], 特例单议=[{"病例号": "C"}])


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (5, "int 不是一张表"), ("x", "不是一张表"), (None, "NoneType 不是一张表"),
        ({"病例号": "A1"}, "列 病例号 不是一列值"), ({"病例号": ["A"], "险种": []}, "各列不一样长"),
        (pandas.DataFrame({"险重": ["职工"]}), "没有字段 险重，是不是 险种"),
        (pandas.DataFrame([["a", "b"]], columns=["险种", "险种"]), "列 险种 有两列"),
        (pandas.DataFrame([[1]]), "列名 0 不是文字"), (Odd(), "读不出来|不是一张表"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_at_once(region: Region, table: Any, why: str) -> None:
    with pytest.raises(CannotPrice, match=why):
        region.price_all(table)


def test_numbers_of_32_bits_are_read_by_their_shortest_text(region: Region, record: dict[str, Any]) -> None:
    wanted = region.price(record | {"住院总费用": "2000.1"}).as_dict()
    column = pandas.DataFrame([record]).assign(住院总费用=numpy.array([2000.1], "float32"))
    for table in (column, pyarrow.Table.from_pandas(column)):
        assert [one.as_dict() for one in region.price_all(table)] == [wanted]


def test_an_empty_table_has_no_prices(region: Region) -> None:
    assert region.price_all([]) == [] and region.price_all(pandas.DataFrame()) == []
