"""Tables typed inside PostgreSQL: exactly what typing their cells in Python gives, for every type of column."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from fields import INTERVAL, MONTH, TEXT, number, table, visits
from hypothesis import given
from hypothesis import strategies as st
from remote_help import WHY_NOT, agree, database, make, place, told
from staging_help import write_text
from test_staging import CLEAN, FIELDS, LONG, UGLY, WIDE, text_tables, wide_table

from engine.data.load import load_table
from engine.data.staging.remote import odd
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.language.values import Interval
from engine.rulebook.model import Field

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


def without_lines(reason: str) -> str:
    """Files say on which line the same key stands; rows of a database have none."""
    return re.sub(r"与第 \d+ 行相同，", "", reason)


def as_files(what, folder) -> tuple:
    loaded = load_table(what, open_places([folder]))
    rejected = [replace(row, reason=without_lines(row.reason)) for row in loaded.rejected]
    return {tuple(row[k] for k in what.key): row for row in loaded.rows}, told(rejected)


@pytest.mark.slow
@WIDE
@given(text_tables())
def test_columns_of_text_are_read_as_the_same_text_in_a_file(tmp_path_factory, made):
    names, rows = made
    rows = [[None if c is None else c.replace("\0", "") for c in row] for row in rows]
    at = make("病例", [(name, "text") for name in ["键", *names]], rows)
    staged = agree(wide_table(names), open_places([at]))
    folder = tmp_path_factory.mktemp("files")
    write_text(folder, "病例", "parquet", ["键", *names], rows)
    loaded = load_table(wide_table(names), open_places([at]))
    found = {tuple(row[k] for k in ("键",)): row for row in loaded.rows}, told(loaded.rejected)
    assert found == as_files(wide_table(names), folder)
    assert staged is None or staged.count == len(found[0])


NATIVE = {
    "smallint": st.integers(-5, 200),
    "integer": st.one_of(st.integers(-(2**31), 2**31 - 1), st.sampled_from([20250301, 202503, 0, 1])),
    "bigint": st.one_of(st.integers(-5, 200), st.integers(-(2**63), 2**63 - 1), st.just(20250228)),
    "numeric": st.one_of(
        st.decimals(allow_infinity=False, allow_nan=False).filter(lambda number: abs(number.adjusted()) < 100),
        st.sampled_from(["1.50", "1." + "0" * 21, "1." + "0" * 50, "NaN", "Infinity", "-Infinity", "1e17", "1e40"]),
    ),
    "numeric(12,2)": st.one_of(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.just("NaN")),
    "numeric(38,10)": st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    "numeric(9,4)": st.decimals(min_value=-99999, max_value=99999, places=4),
    "numeric(30,0)": st.integers(-(10**29), 10**29),
    "double precision": st.one_of(
        st.decimals(min_value=-(10**6), max_value=10**6, places=2).map(float),
        st.integers(-(10**17), 10**17).map(float),
        st.floats(),
        st.sampled_from([0.1 + 0.2, 1e15, 1e16, 999999999999999.0, -0.0, 5e-324, 123456789012345.6]),
    ).map(repr),
    "real": st.one_of(st.floats(width=32), st.sampled_from([0.5, 0.25, 1.0])).map(repr),
    "boolean": st.booleans(),
    "date": st.one_of(
        st.dates(),
        st.sampled_from(["0001-01-01", "9999-12-31", "infinity", "-infinity", "0044-03-15 BC", "10000-01-01"]),
    ),
    "timestamp": st.one_of(
        st.dates().map(lambda day: f"{day} 00:00:00"),
        st.datetimes(),
        st.sampled_from(["infinity", "0044-03-15 00:00 BC"]),
    ),
    "timestamp(0)": st.dates().map(lambda day: f"{day} 00:00:00"),
    "varchar(12)": st.sampled_from(["甲级", " 1", "2025-03-01", "2025-03-01 ", "", "   ", "\u3000", "是"]),
    "char(12)": st.sampled_from(["甲级", "1", "2025-03-01", "", "乙级及以下", "202503"]),
    "name": st.sampled_from(["甲级", "1", ""]),
    "uuid": st.uuids().map(str),
    "s.grade": st.sampled_from(["甲级", "1", "2025-03-01", ""]),
    "s.yuan": st.decimals(min_value=0, max_value=10**9, places=3),
}  # fmt: skip


@st.composite
def native_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5, unique=True))
    kinds = [draw(st.sampled_from(sorted(NATIVE))) for _ in names]
    key_kind = draw(st.sampled_from(["text", "bigint", "numeric(12,0)", "numeric", "double precision", "char(5)"]))
    size = draw(st.integers(0, 10))
    rows = [[draw(st.one_of(st.none(), NATIVE[k], NATIVE[k], NATIVE[k])) for k in kinds] for _ in range(size)]
    keys = [str(draw(st.sampled_from([i, i, i, i, 1]))) for i in range(size)]
    shown = [[None if c is None else str(c) for c in (key, *row)] for key, row in zip(keys, rows, strict=True)]
    return [("键", key_kind), *zip(names, kinds, strict=True)], shown


def make_with_types(spec, rows) -> str:
    """As :func:`make`; the schema has an enum and a domain of its own."""
    plain = [(name, "text" if kind.startswith("s.") else kind) for name, kind in spec]
    at = make("病例", plain, rows)
    with database() as connection:
        connection.execute("CREATE TYPE s.grade AS ENUM ('甲级', '1', '2025-03-01', '')")
        connection.execute("CREATE DOMAIN s.inner_yuan AS numeric(14,3); CREATE DOMAIN s.yuan AS s.inner_yuan")
        for name, kind in spec:
            if kind.startswith("s."):
                connection.execute(f'ALTER TABLE s.病例 ALTER COLUMN "{name}" TYPE {kind} USING "{name}"::{kind}')
    return at


@pytest.mark.slow
@WIDE
@given(native_tables())
def test_columns_with_types_of_their_own(made):
    spec, rows = made
    agree(wide_table([name for name, _ in spec[1:]]), open_places([make_with_types(spec, rows)]))


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_ugly_cell_of_every_field(name):
    rows = [[f"K{n}", cell] for n, cell in enumerate(UGLY) if "\0" not in (cell or "")]
    staged = agree(wide_table([name]), open_places([make("病例", [("键", "text"), (name, "text")], rows)]))
    assert 0 < staged.count < len(rows)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_ugly_cell_as_a_key(name):
    fields = {"键": FIELDS[name], "元": FIELDS["元"]}
    rows = [[cell, "1"] for cell in [*UGLY, "1.00", "20250301", "true", "甲级"]]
    what = table("病例", "键", **{k: replace(field, name=k) for k, field in fields.items()})
    agree(what, open_places([make("病例", [("键", "text"), ("元", "text")], rows)]))


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_clean_cells_do_not_go_through_python(name, monkeypatch):
    rows = [[f"K{n}", cell] for n, cell in enumerate(CLEAN[name])]
    monkeypatch.setattr(odd, "typed_part", lambda table, raw, wanted: pytest.fail(f"{raw.rows}"))
    what = replace(FIELDS[name], range=None)
    cells = [row for row in rows if row[1] not in ("2024-02-29", "2025/1/1")]  # these do, and are read all the same
    staged = agree_here(wide := table("病例", "键", 键=TEXT, **{name: what}), [("键", "text"), (name, "text")], cells)
    assert staged.count == len(cells) and wide.name == "病例"


def agree_here(what, spec, rows):
    from engine.databases.registry import open_engine
    from tests.databases import postgres_server

    places = open_places([make("病例", spec, rows)])
    with open_engine(postgres_server.url()) as opened:
        opened.join(places)
        return opened.stage(what, places, None, frozenset(), "t0")


def test_keys_of_two_columns_that_stand_twice():
    what = table("病例", "甲,乙", 甲=TEXT, 乙=MONTH, 元=FIELDS["元"])
    rows = [
        ["a", "2025-03", "1"], ["a", "202503", "2"], ["a", "2025-04", "3"], ["b", "2025-03", "x"],
        ["b", "2025年3月", "4"], [" a", "2025/04", "5"], ["c", "2025-03", "1.234"], [None, "2025-03", "6"],
        ["d", None, "7"], ["e", "2025-03", "8"],
    ]  # fmt: skip
    staged = agree(what, open_places([make("病例", [("甲", "text"), ("乙", "text"), ("元", "text")], rows)]))
    assert staged.count == 1
    assert [row.reason for row in staged.rejected].count("主键重复：共 2 行") == 6


def test_columns_that_are_missing_unknown_and_computed():
    what = table(
        "病例", "键", 键=TEXT, 元=FIELDS["元"], 级=FIELDS["级"], 必=Field("必", number("元")), 算=Field("算", TEXT)
    )
    spec = [("键", "text"), ("必", "numeric(12,2)"), ("别的", "json")]
    places = open_places([make("病例", spec, [["a", "1.5", "{}"], ["b", None, "[]"]])])
    staged = agree(what, places, optional_columns={"算"})
    assert (staged.unknown_columns, staged.missing_columns) == (("别的",), ("元", "级"))
    assert agree(what, open_places([place()])) is None  # 算 is missing
    assert list(agree(what, open_places([place()]), columns_needed={"必"}).columns) == ["键", "必"]


@pytest.mark.parametrize(
    "kind", ["json", "bytea", "integer[]", "money", "timetz", "time", "interval", "point", "int4range", "bit(3)"]
)
def test_types_that_are_no_values_are_refused_by_name(kind):
    at = make("就诊", [("编号", "text"), ("金额", kind)], [])
    with pytest.raises(DataError, match="金额 的类型是 .*不能作“金额”.*视图"):
        load_table(visits(), open_places([at]))
    agree(visits(), open_places([at]))


def test_numbers_of_more_than_18_digits_widen_their_column():
    rows = [["a", "1"], ["b", "123456789012345678901234567890.12"], ["c", "2.5"]]
    staged = agree(wide_table(["元"]), open_places([make("病例", [("键", "text"), ("元", "numeric")], rows)]))
    assert (staged.columns["元"].high, staged.count) == (12345678901234567890123456789012, 3)


def test_views_partitions_and_expressions_are_read():
    make("底表", [("编号", "int"), ("金额", "numeric(12,2)")], [["1", "2.50"], ["2", "3"]])
    with database() as connection:
        connection.execute("CREATE VIEW s.就诊 AS SELECT 编号, 金额 * 2 AS 金额, DATE '2025-01-01' AS 日期, "
                           "'甲级' AS 级别, 1 AS 天数 FROM s.底表 WHERE 编号 > 1")  # fmt: skip
    staged = agree(visits(), open_places([place()]))
    assert (staged.count, staged.columns["金额"].low) == (1, 600)


def test_a_collation_that_takes_letters_for_equal_does_not():
    make("病例", [("键", "text")], [])
    with database() as connection:
        connection.execute("CREATE COLLATION s.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
        connection.execute("ALTER TABLE s.病例 ALTER COLUMN 键 TYPE text COLLATE s.ci")
        connection.execute("INSERT INTO s.病例 VALUES ('a'), ('A'), ('b')")
    assert agree(table("病例", "键", 键=TEXT), open_places([place()])).count == 3


def test_the_digest_is_of_the_rows_whatever_their_order_types_and_schema():
    what = table("病例", "键", 键=TEXT, 元=FIELDS["元"], 日=FIELDS["日"], 是=FIELDS["是"])
    names = ["键", "元", "日", "是"]
    rows = [
        ["a", "1.50", "2025-03-01", "是"],
        ["b", None, "20250302", "否"],
        ["c", "2", None, None],
        ["d", "x", None, None],
    ]
    one = agree(what, open_places([make("病例", [(n, "text") for n in names], rows)])).digest
    other = [
        ["d", "y", None, None],
        ["c", "2.000", None, ""],
        ["b", None, "2025-03-02", "0"],
        [" a", "1.5", "2025/3/1", "1"],
    ]
    assert one == agree(what, open_places([make("病例", [(n, "text") for n in names], other)])).digest
    changed = [[*rows[0][:1], "1.51", *rows[0][2:]], *rows[1:]]
    assert one != agree(what, open_places([make("病例", [(n, "text") for n in names], changed)])).digest
    assert one != agree(what, open_places([make("病例", [(n, "text") for n in names], rows[:3])])).digest
    twice = [*rows, ["e", "9", None, None], ["e", "9", None, None]]
    assert one != agree(what, open_places([make("病例", [(n, "text") for n in names], twice)])).digest


def test_intervals_are_not_staged():
    what = table("病例", "键", 键=TEXT, 段=Field("段", INTERVAL))
    with pytest.raises(ValueError, match="段"):
        agree_here(what, [("键", "text"), ("段", "text")], [])


@LONG
@given(native_tables())
def test_odd_rows_come_in_pieces(made):
    spec, rows = made
    before, odd.AT_ONCE = odd.AT_ONCE, 2
    try:
        agree(wide_table([name for name, _ in spec[1:]]), open_places([make_with_types(spec, rows)]))
    finally:
        odd.AT_ONCE = before


def test_a_range_of_keys_and_of_values():
    span = Interval(Fraction(0), Fraction(100))
    what = table("病例", "号", 号=Field("号", number(), range=span), 天=Field("天", number("天"), range=span))
    rows = [["1", "5"], ["101", "5"], ["2", "500"], ["-1", "5"]]
    staged = agree(what, open_places([make("病例", [("号", "int"), ("天", "int")], rows)]))
    assert (staged.count, staged.columns["天"].out_of_range is not None) == (2, True)
