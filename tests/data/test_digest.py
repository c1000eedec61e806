"""The digest of a statement: fixed vectors, and what it does not depend on."""

import hashlib
from datetime import date
from fractions import Fraction

from fields import BOOL, DATE, LEVEL, MONTH, TEXT, number
from hypothesis import given
from hypothesis import strategies as st

from engine.data.columns import OutColumn
from engine.data.digest import statement_digest
from engine.language.values import Month

COLUMNS = [
    OutColumn("k", "编号", TEXT, key=True),
    OutColumn("a", "金额", number("元"), 2),
    OutColumn("b", "比", number(), None),
    OutColumn("c", "日期", DATE),
    OutColumn("d", "月份", MONTH),
    OutColumn("e", "是", BOOL),
]
ROWS = [
    ["乙", Fraction(1, 200), Fraction(1, 3), date(2025, 3, 1), Month(2025, 3), True],
    ["A", Fraction(-7, 2), Fraction(1, 8), None, None, False],
]


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_canonical_text_is_as_documented():
    expected = (
        "编号\x1f金额\x1f比\x1f日期\x1f月份\x1f是\n"
        "A\x1f-3.50\x1f0.125\x1f\x1f\x1f否\n"
        "乙\x1f0.01\x1f1/3\x1f2025-03-01\x1f2025-03\x1f是"
    )
    assert statement_digest(COLUMNS, ROWS) == sha(expected)


def test_fixed_vectors_made_with_sha256sum():
    assert statement_digest(COLUMNS[:1], []) == "fc14772145c2f2dce29b01b8b8d95b3b4da1160b004579ec250ae8530ae3fb20"
    assert (
        statement_digest(COLUMNS[:2], [row[:2] for row in ROWS])
        == "6d127bf7c120a1b1a09436ad5a8e7a0f82905b3f3bbc7f8077a540d56d34deda"
    )


def test_separators_inside_cells_are_escaped():
    assert statement_digest(COLUMNS[:1], [["a\x1fb\n\\"]]) == sha("编号\na\\x1fb\\n\\\\")


def test_keys_are_ordered_by_code_point():
    columns = [OutColumn("k", "k", LEVEL, key=True)]
    assert statement_digest(columns, [["乙"], ["a"], ["Z"], ["甲"]]) == sha("k\nZ\na\n乙\n甲")


@given(st.permutations([["a", Fraction(1)], ["a", Fraction(2)], ["b", None], [None, Fraction(3)]]))
def test_the_order_of_rows_does_not_matter(rows):
    columns = [COLUMNS[0], COLUMNS[1]]
    assert statement_digest(columns, rows) == sha("编号\x1f金额\n\x1f3.00\na\x1f1.00\na\x1f2.00\nb\x1f")


@given(st.lists(st.text(max_size=3), max_size=3), st.lists(st.text(max_size=3), max_size=3))
def test_different_texts_never_share_a_digest(one, other):
    if len(one) == len(other):
        columns = [OutColumn(str(place), str(place), TEXT) for place in range(len(one))]
        same = statement_digest(columns, [one]) == statement_digest(columns, [other])
        assert same == (one == other)
