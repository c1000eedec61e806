"""What the quick reader takes, the data readers read the same; and a pair is the fraction that it stands for."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.cells.reader import reader_of
from engine.execute.closures.pairs import ceiling_at, floor_at, half_away, less, rounded, to_cell, to_value
from engine.execute.closures.record import ODD, RecordReader, quick_reader
from engine.execute.closures.scalars import scalar
from engine.execute.reference.scalars import SCALARS as REFERENCE
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS
from engine.language.values import Unresolved, round_to
from engine.rulebook.book import load
from engine.rulebook.model import Field

pytestmark = pytest.mark.slow

REGION = Path(__file__).parents[2] / "regions" / "jiyuan-demo"
PLACES = list(
    {
        (field.type.kind, str(field.type.unit), field.digits, str(field.range), field.nullable): (table, field)
        for table in load(str(REGION)).at(datetime.date(2025, 1, 1)).tables.values()
        for field in table.fields.values()
    }.values()
)
FIELDS = [field for _, field in PLACES]
READERS = [(field, RecordReader.of(table, (field.name,))) for table, field in PLACES]
OF_DAYS = (Takes.DATES, Takes.DATES_AND_CALENDAR, Takes.DATE_OR_MONTH, Takes.YEAR_AND_MONTH)
NUMBERS = st.fractions(-10_000, 10_000, max_denominator=400)
RAW = st.one_of(
    st.text(alphabet="0123456789.-+ 是否eE％%,年月/T:甲", max_size=12), st.text(max_size=6), st.integers(),
    st.booleans(),
    st.integers(0, 10**50), st.floats(), st.decimals(), st.decimals(0, 10_000, places=2), NUMBERS, st.dates(),
    st.datetimes(), st.none(), st.sampled_from(["2025-03-01", "职工", "0", "1.50", "20250301", "任何", "", " 5 "]),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(field=st.sampled_from(FIELDS), raw=RAW, is_key=st.booleans())
def test_a_cell_read_quickly_is_the_cell_that_the_data_readers_read(field: Field, raw: Any, is_key: bool) -> None:
    quick = quick_reader(field, is_key)
    for _ in range(2):  # the second time it may be remembered
        found = quick(raw)
        if found is not ODD:
            wanted = reader_of(field)(raw)
            assert to_value(found) == wanted and type(to_value(found)) is type(wanted)


@settings(max_examples=400, deadline=None)
@given(place=st.sampled_from(READERS), raws=st.lists(RAW, max_size=5))
def test_a_record_is_read_as_the_data_readers_read_its_cells(
    place: tuple[Field, RecordReader], raws: list[Any]
) -> None:
    """Also where a cell is equal to one that was read before, as 1 is to 是."""
    field, reader = place
    for raw in [*raws, True, 1, 1.0, Decimal(1), *raws]:
        record = reader.read({field.name: raw})
        if record is not None:
            wanted = reader_of(field)(raw) if raw is not None else field.default if field.has_default else None
            found = to_value(record[field.name])
            assert found == wanted and type(found) is type(wanted)


def test_clean_cells_are_read_quickly() -> None:
    """Else the test above would say nothing."""
    clean: dict[str, object] = {"数": "12", "文本": "A1", "是否": "是", "日期": "2025-03-01", "年月": "2025-03"}
    for field in FIELDS:
        if field.type.kind.value in clean and field.range is None:
            assert quick_reader(field)(clean[field.type.kind.value]) is not ODD, field


@given(number=NUMBERS, scale=st.integers(1, 50), digits=st.integers(-3, 5), mode=st.sampled_from(
    ["四舍五入", "四舍六入五成双", "进一", "去尾"]))  # fmt: skip
def test_a_pair_is_rounded_as_its_fraction(number: Fraction, scale: int, digits: int, mode: str) -> None:
    pair = number.numerator * scale, number.denominator * scale
    assert to_value(rounded(pair, digits, mode)) == round_to(number, digits, mode)
    assert less(pair, to_cell(number)) is False
    if mode == "四舍五入" and digits >= 0:
        assert half_away(pair, 10**digits) == rounded(pair, digits)


@pytest.mark.parametrize("name", sorted(name for name in REFERENCE if FUNCTIONS[name].law.takes not in OF_DAYS))
@given(numbers=st.lists(st.none() | NUMBERS, min_size=3, max_size=3), digits=st.integers(0, 4))
def test_a_scalar_function_is_the_reference_engine_s(name: str, numbers: list[Any], digits: int) -> None:
    function = FUNCTIONS[name]
    values = numbers[: function.most or 3]
    if function.law.places is not None:
        values = [numbers[0], Fraction(max(digits, function.law.places[0]))]

    def outcome(function: Any, arguments: list[Any]) -> object:
        try:
            return to_value(function(*arguments))
        except Unresolved as error:
            return str(error)

    assert outcome(scalar(name), [to_cell(v) for v in values]) == outcome(REFERENCE[name], values)


def test_floor_and_ceiling_of_a_negative_pair() -> None:
    assert (floor_at((-5, 2), 0), ceiling_at((-5, 2), 0)) == ((-3, 1), (-2, 1))
