"""A view of PostgreSQL means what it means to its owner; what is written beside it depends on no setting."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from fields import DATE, MONTH, TEXT, number, table
from remote_help import WHY_NOT, assert_same, told
from staging_help import outcome

from engine.data.load import load_table
from engine.data.mapping import read_mapping
from engine.databases.places import open_places
from engine.databases.registry import open_engine
from engine.language.values import Month
from engine.rulebook.model import Field
from tests.databases import postgres_server

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
STAYS = table("住院", "编号", 编号=TEXT, 出院=DATE)
OWNED = """
CREATE ROLE officer LOGIN;
ALTER ROLE officer SET search_path = ods, pg_catalog;
ALTER ROLE officer SET DateStyle = 'SQL, DMY';
ALTER ROLE officer SET IntervalStyle = 'sql_standard';
ALTER ROLE officer SET extra_float_digits = -3;
CREATE SCHEMA ods AUTHORIZATION officer;
SET ROLE officer;
CREATE TABLE ods.stays (id text, t timestamptz, said text, spent interval, paid float8, ratio real, day date);
INSERT INTO ods.stays VALUES
 ('a', '2025-01-01 00:10+08', '03/02/2025', '1 day 02:00', 0.1, 0.1, '2025-01-01'),
 ('b', '2025-01-31 23:50+08', '04/02/2025', '2 days', 0.30000000000000004, 16777217, 'infinity'),
 ('c', '2025-02-01 00:05+08', '05/02/2025', '3 days', 1e15, 123456.79, '-infinity');
CREATE VIEW ods."住院" AS SELECT id AS 编号, t::date AS 出院 FROM ods.stays;
CREATE FUNCTION ods.helper(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION ods.said_day(said text) RETURNS date LANGUAGE plpgsql AS 'BEGIN RETURN helper(said)::pg_catalog.date; END';
CREATE VIEW ods."口头" AS SELECT id AS 编号, ods.said_day(said) AS 出院, t::text AS 原文, spent::text AS 时长 FROM ods.stays;
CREATE VIEW ods."数" AS SELECT id AS 编号, paid AS 金额, ratio AS 比, day AS 出院, day AS 月份, paid::text AS 短 FROM ods.stays;
CREATE VIEW ods."时刻" AS SELECT id AS 编号, t AS 出院 FROM ods.stays;
CREATE VIEW ods."钟点" AS SELECT id AS 编号, t::timestamptz(0) AS 出院,
  date_trunc('day', t::timestamp(0)) AS 入院 FROM ods.stays;
CREATE VIEW ods."坏数" AS SELECT id AS 编号, ('2025-' || id || '-secret')::pg_catalog.date AS 出院 FROM ods.stays;
CREATE VIEW ods."坏除" AS SELECT id AS 编号, pg_catalog.date '2025-01-01' + 1 / (length(id) - 1) AS 出院 FROM ods.stays;
CREATE FUNCTION ods.fails(id text) RETURNS pg_catalog.date LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''the patient % has no day'', id; END';
CREATE VIEW ods."坏函数" AS SELECT id AS 编号, ods.fails(id) AS 出院 FROM ods.stays;
CREATE FUNCTION ods.lost(id text) RETURNS pg_catalog.date LANGUAGE plpgsql AS 'BEGIN RETURN gone(id); END';
CREATE VIEW ods."坏名" AS SELECT id AS 编号, ods.lost(id) AS 出院 FROM ods.stays;
"""  # noqa: E501
SHADOWS = """
CREATE DOMAIN ods.date AS text; CREATE DOMAIN ods.text AS varchar;
CREATE FUNCTION ods.btrim(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $$shadow$$::pg_catalog.text';
CREATE FUNCTION ods.btrim(pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $$x$$::pg_catalog.text';
CREATE FUNCTION ods.to_json(anyelement) RETURNS json LANGUAGE sql AS 'SELECT $$"shadow"$$::json';
CREATE FUNCTION ods.timezone(pg_catalog.text, timestamptz) RETURNS timestamp LANGUAGE sql AS 'SELECT now()::timestamp';
CREATE FUNCTION ods."left"(pg_catalog.text, int) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $$shadow$$::pg_catalog.text';
CREATE FUNCTION ods.date_part(pg_catalog.text, pg_catalog.date) RETURNS float8 LANGUAGE sql AS 'SELECT 7::float8';
CREATE FUNCTION ods.date_trunc(pg_catalog.text, timestamp) RETURNS timestamp LANGUAGE sql AS 'SELECT now()::timestamp';
CREATE FUNCTION ods.current_setting(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $$1$$::pg_catalog.text';
CREATE COLLATION ods."C" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE ods.t0_first (rn int); CREATE TABLE ods.t0 (rn int);
"""  # noqa: E501
"""What the session's own search_path would find before what PostgreSQL has."""
POLICY = """
CREATE ROLE clerk LOGIN;
CREATE TABLE ods.guarded (编号 text, 出院 date);
INSERT INTO ods.guarded VALUES ('a', '2025-01-01'), ('b', '2025-01-02');
ALTER TABLE ods.guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON ods.guarded FOR SELECT TO clerk USING (编号 = 'a');
GRANT USAGE ON SCHEMA ods TO clerk; GRANT SELECT ON ods.guarded TO clerk;
"""


@pytest.fixture(scope="module")
def server():
    """At Asia/Shanghai, with a role that has settings of its own."""
    import psycopg

    made = postgres_server.start("timezone = 'Asia/Shanghai'", "max_connections = 10")
    with psycopg.connect(made.url(), autocommit=True) as connection:
        connection.execute(OWNED)
        connection.execute("RESET ROLE")
        connection.execute(POLICY)
        connection.execute(SHADOWS)
    yield made
    made.stop()


def place(server, user: str = "officer") -> str:
    return f"{server.url(user)}?schema=ods"


def both(server, what, mapping=None, user: str = "officer", watch=None):
    """Loaded in Python and typed in the database: the same, and what was loaded; or the error of both."""

    def opened():
        return open_places([place(server, user)], mapping)

    loaded, wrong = outcome(lambda: load_table(what, opened()))
    with open_engine(server.url(user)) as engine:
        places = opened()
        engine.join(places)
        staged, staged_wrong = outcome(lambda: engine.stage(what, places, None, frozenset(), "t0"))
        assert staged_wrong == wrong
        if loaded is None:
            return wrong
        assert_same(staged, loaded, engine)
        shown = engine.connection.execute("SHOW TimeZone").fetchone(), engine.connection.execute("SHOW search_path")
        assert shown[0] == ("UTC",) and shown[1].fetchone() == ("pg_catalog, pg_temp",)
    return loaded


def dates(loaded) -> dict:
    return {row["编号"]: row["出院"] for row in loaded.rows}


def zoned(tmp_path, text: str):
    path = tmp_path / "映射.yaml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


def test_a_date_in_a_view_is_of_the_time_zone_of_its_server(server):
    assert dates(both(server, STAYS)) == {
        "a": datetime.date(2025, 1, 1), "b": datetime.date(2025, 1, 31), "c": datetime.date(2025, 2, 1)
    }  # fmt: skip


def test_a_view_has_the_styles_and_the_path_of_its_role(server):
    said = table("口头", "编号", 编号=TEXT, 出院=DATE, 原文=TEXT, 时长=TEXT)
    loaded = both(server, said)
    assert dates(loaded) == {key: datetime.date(2025, 2, day) for key, day in (("a", 3), ("b", 4), ("c", 5))}
    assert [(row["原文"], row["时长"]) for row in loaded.rows][0] == ("01/01/2025 00:10:00 CST", "1 2:00:00")


def test_what_is_written_beside_it_depends_on_none_of_them(server):
    """Floats whole although the role cuts them, dates in ISO form although it writes the day first."""
    fields = {"金额": Field("金额", number(), digits=17), "比": Field("比", number(), digits=9)}
    loaded = both(server, table("数", "编号", 编号=TEXT, **fields, 短=TEXT))
    found = {row["编号"]: (row["金额"], row["比"], row["短"]) for row in loaded.rows}
    assert found["a"] == (Fraction(1, 10), Fraction(1, 10), "0.1")
    assert found["b"] == (Fraction("0.30000000000000004"), Fraction(16777216), "0.3")
    assert found["c"][:2] == (10**15, Fraction(Decimal("123456.79")))
    months = both(server, table("数", "编号", 编号=TEXT, 月份=MONTH))
    assert [row["月份"] for row in months.rows] == [Month(2025, 1)]
    assert "“infinity”不是年月，应写成 2025-03" in str(told(months.rejected))
    days = both(server, table("数", "编号", 编号=TEXT, 出院=DATE))
    assert dates(days) == {"a": datetime.date(2025, 1, 1)}
    assert sorted(row.reason for row in days.rejected) == [
        "出院：“-infinity”不是日期，应写成 2025-03-01", "出院：“infinity”不是日期，应写成 2025-03-01"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["时刻", "钟点"])
def test_a_moment_stops_until_the_mapping_says_the_zone(server, tmp_path, name):
    what = table(name, "编号", 编号=TEXT, 出院=DATE)
    wrong = both(server, what)
    assert "列 出院是带时区的时刻" in wrong and f"{name}: {{时区: Asia/Shanghai}}" in wrong
    mapping = zoned(tmp_path, f"{name}: {{时区: Asia/Shanghai}}\n")
    loaded = both(server, what, mapping)
    assert not dates(loaded) or dates(loaded)["a"] == datetime.date(2025, 1, 1)
    assert {row.key_text for row in loaded.rejected} | set(dates(loaded)) == {"a", "b", "c"}
    assert not any("2025-01-31 16" in row.reason or "+00" in row.reason for row in loaded.rejected)


def test_a_moment_at_midnight_is_the_day_in_the_zone_of_the_mapping(server, tmp_path):
    """Read by a role that has another zone."""
    import psycopg

    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE ods.midnight (编号 text, 出院 timestamptz, 入院 timestamp(0))")
        connection.execute("INSERT INTO ods.midnight VALUES ('a', '2025-02-01 00:00+08', '2025-01-31'), "
                           "('b', 'infinity', NULL)")  # fmt: skip
        connection.execute("GRANT SELECT ON ods.midnight TO officer; ALTER ROLE officer SET timezone = 'America/Lima'")
    try:
        what = table("住院", "编号", 编号=TEXT, 出院=DATE, 入院=Field("入院", DATE, nullable=True))
        loaded = both(server, what, zoned(tmp_path, "住院: {来自: midnight, 时区: Asia/Shanghai}\n"))
        assert dates(loaded) == {"a": datetime.date(2025, 2, 1)}
        assert loaded.rows[0]["入院"] == datetime.date(2025, 1, 31)
        assert loaded.rejected[0].reason == "出院：“infinity”不是日期，应写成 2025-03-01"
    finally:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("ALTER ROLE officer RESET timezone")


def test_the_day_that_is_taken_of_a_moment_is_that_of_the_zone(server, tmp_path):
    text = "住院: {来自: 时刻, 时区: Asia/Shanghai, 列: {出院: {列: 出院, 取: 日期}}}\n"
    assert dates(both(server, STAYS, zoned(tmp_path, text))) == {
        "a": datetime.date(2025, 1, 1), "b": datetime.date(2025, 1, 31), "c": datetime.date(2025, 2, 1)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("坏数", "invalid input syntax for type date（SQLSTATE 22007）"),
        ("坏除", "division by zero（SQLSTATE 22012）"),
        ("坏函数", "SQLSTATE P0001，RaiseException"),
        ("坏名", "function gone(pg_catalog.text) does not exist（SQLSTATE 42883）"),
    ],
)
def test_a_view_that_fails_is_named_without_a_value_of_a_row(server, view, said):
    wrong = both(server, table(view, "编号", 编号=TEXT, 出院=DATE))
    assert f"ods.{view}：读的时候数据库报错：{said}" in wrong.replace(
        "function gone(text)", "function gone(pg_catalog.text)"
    )
    assert "secret" not in wrong and "2025-" not in wrong and "patient" not in wrong
    assert "不在规则里" in wrong


def test_a_policy_that_hides_rows_is_an_error(server):
    guarded = table("guarded", "编号", 编号=TEXT, 出院=DATE)
    wrong = both(server, guarded, user="clerk")
    assert "ods.guarded：它（或视图下面的表）设了行级安全策略，这个用户只看得到一部分行" in wrong
    assert "BYPASSRLS" in wrong
    assert len(both(server, guarded, user=postgres_server.OWNER).rows) == 2  # nothing is hidden from its owner
