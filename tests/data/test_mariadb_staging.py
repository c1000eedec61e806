"""Tables typed inside MariaDB: exactly what typing their cells in Python gives, for every type of column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from fields import TEXT, table
from hypothesis import given, settings
from hypothesis import strategies as st
from remote_help import agree
from test_staging import CLEAN, FIELDS, UGLY, WIDE, wide_table

from engine.data.load import load_table
from engine.data.staging.remote import odd
from engine.databases.places import open_places
from engine.files.errors import DataError
from tests.databases import mariadb_server, why_not

WHY_NOT = why_not("mariadb")
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


def make(spec: Sequence[tuple[str, str]], rows: Sequence[Sequence[str | None]], after: str = "") -> str:
    """The table 病例 in a database of its own, its cells as the server takes them from text; gives the place."""
    columns = ", ".join(f"`{name}` {kind}" for name, kind in spec)
    server = mariadb_server.server()
    values = ["(" + ", ".join(_quoted(cell) for cell in row) + ")" for row in rows]
    filled = [f"INSERT IGNORE INTO s.`病例` VALUES {', '.join(values)}"] if values else []
    server.run(
        "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES', time_zone = '+00:00'",
        "DROP DATABASE IF EXISTS s", "CREATE DATABASE s COLLATE utf8mb4_general_ci",
        f"CREATE TABLE s.`病例` ({columns})", *filled, *([after] if after else []), "SELECT 1",
    )  # fmt: skip
    return server.url(database="s")


def _quoted(cell: str | None) -> str:
    return "NULL" if cell is None else "'" + cell.replace("'", "''") + "'"


def same(what, at: str, **options):
    return agree(what, open_places([at]), engine=mariadb_server.url(), **options)


NATIVE = {
    "tinyint(1)": st.integers(-5, 100),
    "smallint": st.integers(-5, 200),
    "int": st.one_of(st.integers(-(2**31), 2**31 - 1), st.sampled_from([20250301, 202503, 0, 1])),
    "int unsigned": st.integers(0, 2**32 - 1),
    "bigint": st.one_of(st.integers(-5, 200), st.integers(-(2**63), 2**63 - 1), st.just(20250228)),
    "bigint unsigned": st.one_of(st.integers(0, 9), st.integers(0, 2**64 - 1)),
    "decimal(12,2)": st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    "decimal(38,10)": st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    "decimal(65,0)": st.integers(-(10**64), 10**64),
    "decimal(60,25)": st.decimals(min_value=-(10**6), max_value=10**6, places=2),
    "double": st.one_of(
        st.decimals(min_value=-(10**6), max_value=10**6, places=2).map(float),
        st.integers(-(10**17), 10**17).map(float),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from([0.1 + 0.2, 1e15, 1e16, 999999999999999.0, 5e-324, 123456789012345.6]),
    ).map(repr),
    "float": st.sampled_from(["0.5", "0.25", "1", "16777217", "0.1", "1234567.8"]),
    "date": st.one_of(st.dates(), st.sampled_from(["0000-00-00", "2024-02-31", "2024-00-10", "9999-12-31"])),
    "datetime": st.one_of(st.dates().map(lambda day: f"{day} 00:00:00"), st.just("0000-00-00 00:00:00")),
    "datetime(6)": st.datetimes(),
    "varchar(12)": st.sampled_from(["甲级", " 1", "2025-03-01", "2025-03-01 ", "", "   ", "\u3000", "是"]),
    "char(12)": st.sampled_from(["甲级", "1", "2025-03-01", "", "乙级及以下", "202503"]),
    "varchar(12) character set gbk": st.sampled_from(["甲级", "1", "2025-03-01", ""]),
    "enum('甲级', '1', '2025-03-01', '')": st.sampled_from(["甲级", "1", "2025-03-01", ""]),
    "uuid": st.uuids().map(str),
}  # fmt: skip


@st.composite
def native_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5, unique=True))
    kinds = [draw(st.sampled_from(sorted(NATIVE))) for _ in names]
    key_kind = draw(st.sampled_from(["varchar(9)", "bigint", "decimal(12,0)", "double", "char(5)"]))
    size = draw(st.integers(0, 10))
    rows = [[draw(st.one_of(st.none(), NATIVE[k], NATIVE[k], NATIVE[k])) for k in kinds] for _ in range(size)]
    keys = [str(draw(st.sampled_from([i, i, i, i, 1]))) for i in range(size)]
    shown = [[None if c is None else str(c) for c in (key, *row)] for key, row in zip(keys, rows, strict=True)]
    return [("键", key_kind), *zip(names, kinds, strict=True)], shown


@pytest.mark.slow
@settings(WIDE, max_examples=40)
@given(native_tables())
def test_columns_with_types_of_their_own(made):
    spec, rows = made
    same(wide_table([name for name, _ in spec[1:]]), make(spec, rows))


@pytest.mark.parametrize("name", sorted(FIELDS))
@pytest.mark.parametrize("kind", ["date", "datetime", "varchar(12)"])
def test_a_day_that_there_is_not_is_quoted_as_it_is_stored(name, kind):
    days = ["2024-02-31", "2024-00-10", "2024-01-00", "0000-00-00", "2023-02-29"]
    same(wide_table([name]), make([("键", "varchar(12)"), (name, kind)], [[day, day] for day in days]))


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_ugly_cell_of_every_field(name):
    rows = [[f"K{n}", cell] for n, cell in enumerate(UGLY)]
    staged = same(wide_table([name]), make([("键", "varchar(20)"), (name, "longtext")], rows))
    assert 0 < staged.count < len(rows)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_ugly_cell_as_a_key(name):
    fields = {"键": FIELDS[name], "元": FIELDS["元"]}
    rows = [[cell, "1"] for cell in [*UGLY, "1.00", "20250301", "true", "甲级"]]
    what = table("病例", "键", **{k: replace(field, name=k) for k, field in fields.items()})
    same(what, make([("键", "longtext"), ("元", "varchar(9)")], rows))


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_clean_cells_do_not_go_through_python(name, monkeypatch):
    rows = [[f"K{n}", cell] for n, cell in enumerate(CLEAN[name])]
    left = ("2024-02-29", "2025/1/1")  # these do, and are read all the same
    cells = [row for row in rows if row[1] not in left]
    at = make([("键", "varchar(20)"), (name, "varchar(200)")], cells)
    what = table("病例", "键", 键=TEXT, **{name: replace(FIELDS[name], range=None)})
    expected = load_table(what, open_places([at]))
    monkeypatch.setattr(odd, "typed_part", lambda table, raw, wanted: pytest.fail(f"{raw.rows}"))
    from engine.databases.registry import open_engine

    places = open_places([at])
    with open_engine(mariadb_server.url()) as opened:
        opened.join(places)
        assert opened.stage(what, places, None, frozenset(), "t0").count == len(expected.rows) == len(cells)


def test_keys_that_differ_in_case_accents_or_blanks_are_different_keys():
    rows = [["a", "1"], ["A", "2"], ["á", "3"], ["\uff41", "4"]]
    staged = same(wide_table(["元"]), make([("键", "varchar(9)"), ("元", "int")], rows))
    assert (staged.count, staged.rejected) == (4, [])


def test_a_timestamp_is_the_time_of_the_zone_that_the_mapping_names():
    """Across the summer time of 1986 to 1991 too; the zone of the session and its tables of zones do not matter."""
    from engine.data.staging.sql import text
    from engine.databases.mariadb.cells import moment_in
    from engine.databases.mariadb.printer import printed

    server = mariadb_server.server()
    for session in ("+00:00", "-05:00"):
        found = []
        for utc in ("1986-06-01 12:00:00", "1986-12-01 12:00:00", "2025-01-31 16:30:00.250000"):
            stored = "(SELECT at FROM s_moments)"
            there = printed(moment_in(text("@"), "Asia/Shanghai")).replace("'@'", stored)
            found += server.run(
                "SET SESSION time_zone = '+00:00'", "CREATE TEMPORARY TABLE casemix.s_moments (at TIMESTAMP(6))",
                f"INSERT INTO casemix.s_moments VALUES ('{utc}')", f"SET SESSION time_zone = '{session}'",
                "USE casemix", f"SELECT CAST({there} AS CHAR)",
            )  # fmt: skip
        assert [one[:19] for (one,) in found] == ["1986-06-01 21:00:00", "1986-12-01 20:00:00", "2025-02-01 00:30:00"]


def test_a_table_that_belongs_to_no_snapshot_is_not_read():
    at = make([("键", "varchar(9)"), ("元", "int")], [["a", "1"]], "ALTER TABLE s.`病例` ENGINE=MyISAM")
    with pytest.raises(DataError, match="存储引擎是 MyISAM") as refused:
        load_table(wide_table(["元"]), open_places([at]))
    assert "ENGINE=InnoDB" in refused.value.hint
