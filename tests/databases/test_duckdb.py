"""What DuckDB makes of generated queries: whole numbers, whatever ways there are to divide them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from engine.databases.duckdb.database import DuckDb
from engine.databases.interface import Database
from engine.databases.marks import NARROW_DIVISOR, SMALL_QUOTIENT
from engine.execute.sql import ints

NEAR_64 = st.integers(-(2**63) - 3, -(2**63) + 3) | st.integers(2**63 - 3, 2**63 + 3)
NUMBERS = st.integers(-(10**37), 10**37) | st.integers(-(10**18), 10**18) | st.integers(-9, 9) | NEAR_64
DIVISORS = {
    "64 bits": st.integers(1, 10**18) | st.integers(1, 9),
    "128 bits": st.integers(1, 10**37) | st.integers(2**63 - 2, 2**63 + 2),
}


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    made = DuckDb()
    yield made
    made.close()


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("small", [False, True], ids=["any quotient", "a quotient of 64 bits"])
@pytest.mark.parametrize("size", DIVISORS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_quotient_is_the_whole_number_towards_zero(
    database: Database, size: str, small: bool, positive: bool, data: st.DataObject
) -> None:
    most = ints.NARROW // 2 - 1
    pairs = data.draw(st.lists(st.tuples(NUMBERS, DIVISORS[size]), min_size=1, max_size=40))
    if positive:
        pairs = [(abs(n), d) for n, d in pairs]
    if small:  # what lies right beside a multiple is where a guess goes wrong
        pairs = [(_near(n, d, most), d) for n, d in pairs]
        pairs = [(n, d) for n, d in pairs if not (positive and n < 0)] or [(7, 2)]
    wide = size == "128 bits"
    kinds = ints.WIDE_TYPE, ints.WIDE_TYPE if wide else ints.NARROW_TYPE
    name = database.table([("n", kinds[0], [n for n, _ in pairs]), ("d", kinds[1], [d for _, d in pairs])])
    number = ints.Int(exp.column("n"), 0 if positive else -(10**37), 10**37, True)
    divisor = ints.Int(exp.column("d"), 1, 10**37 if wide else 10**18, wide)
    quotient = ints.truncated(number, divisor, most if small else ints.WIDE)
    node = quotient.sql.find(exp.IntDiv)
    assert node is not None
    assert (NARROW_DIVISOR in node.meta) is not wide and (SMALL_QUOTIENT in node.meta) is small
    listed = [exp.column("n"), exp.column("d"), exp.alias_(quotient.sql, "q")]
    for n, d, q in database.rows(exp.select(*listed).from_(name)):
        assert q == (abs(n) // d if n >= 0 else -(abs(n) // d)), (n, d)
    database.drop(name)


def _near(number: int, divisor: int, most: int) -> int:
    """A number within one of a multiple of ``divisor``, whose quotient is not above ``most``."""
    quotient = abs(number) % min(most - 1, max(10**37 // divisor - 1, 1))
    near = quotient * divisor + number % 3 - 1
    return near if number >= 0 else -near
