"""A moment is a date only where the mapping says which time zone, whatever holds it and whatever session reads it."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import pytest
from fields import DATE, TEXT, table
from staging_help import agree, assert_same

from engine.data.duckdb_files import memory_connection
from engine.data.load import load_table
from engine.data.mapping import read_mapping
from engine.data.staging.delivery import FileDelivery
from engine.data.staging.stage import stage_table
from engine.databases.places import open_places
from engine.files.errors import DataError
from engine.rulebook.problems import RulebookError

pytestmark = pytest.mark.slow

STAYS = table("住院", "编号", 编号=TEXT, 出院=DATE)
UTC = datetime.UTC
MOMENTS = [datetime.datetime(2024, 12, 31, 16, tzinfo=UTC), datetime.datetime(2025, 1, 31, 16, tzinfo=UTC), None]
"""Midnight of the first of January and of February in Beijing; UTC has the days before."""
IN_BEIJING = {"a": datetime.date(2025, 1, 1), "b": datetime.date(2025, 2, 1)}
TOLD = "列 出院是带时区的时刻，在不同的时区是不同的日子，没有写明按哪个时区"


def beijing(tmp_path: Path, text: str = "住院: {时区: Asia/Shanghai}\n"):
    path = tmp_path / "映射.yaml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


def of_arrow(kind: pyarrow.DataType, **options):
    def make(folder: Path) -> Path:
        naive = [moment and moment.replace(tzinfo=None) for moment in MOMENTS]
        columns = {"编号": ["a", "b", "c"], "出院": pyarrow.array(naive, kind)}
        pyarrow.parquet.write_table(pyarrow.table(columns), folder / "住院.parquet", **options)
        return folder

    return make


def in_parts(folder: Path) -> Path:
    parts = folder / "住院.parquet"
    parts.mkdir()
    for number, (key, moment) in enumerate(zip("abc", MOMENTS, strict=True)):
        column = pyarrow.array([moment], pyarrow.timestamp("us", tz="Asia/Shanghai"))
        pyarrow.parquet.write_table(pyarrow.table({"编号": [key], "出院": column}), parts / f"part-{number}.parquet")
    return folder


def in_duckdb(folder: Path, column: str = "出院 TIMESTAMPTZ") -> Path:
    with duckdb.connect(str(folder / "data.duckdb")) as connection:
        connection.execute(f"CREATE TABLE 住院 (编号 VARCHAR, {column})")
        for key, moment in zip("abc", MOMENTS, strict=True):
            connection.execute("INSERT INTO 住院 VALUES (?, CAST(? AS TIMESTAMPTZ))", [key, moment])
    return folder / "data.duckdb"


HOLDERS = {
    "parquet of microseconds": of_arrow(pyarrow.timestamp("us", tz="UTC")),
    "parquet of nanoseconds": of_arrow(pyarrow.timestamp("ns", tz="UTC")),
    "parquet of another zone": of_arrow(pyarrow.timestamp("ms", tz="America/New_York")),
    "parquet of INT96": of_arrow(pyarrow.timestamp("us"), use_deprecated_int96_timestamps=True),
    "parquet in parts": in_parts,
    "a DuckDB file": in_duckdb,
    "a column that DuckDB works out": lambda folder: in_duckdb(
        folder, "t TIMESTAMPTZ, 出院 DATE GENERATED ALWAYS AS (CAST(t AS DATE))"
    ),
}


@pytest.fixture(params=["UTC", "America/New_York"])
def machine(request, monkeypatch):
    """The time zone of the machine."""
    monkeypatch.setenv("TZ", request.param)


@pytest.mark.parametrize("holder", HOLDERS)
def test_without_a_zone_it_stops_and_says_what_to_write(holder, tmp_path):
    place = HOLDERS[holder](tmp_path)
    with pytest.raises(DataError) as error:
        load_table(STAYS, open_places([place]))
    assert TOLD in str(error.value) and "住院: {时区: Asia/Shanghai}，用 --mapping 指明" in str(error.value)
    agree(STAYS, [place])
    with pytest.raises(DataError, match="在映射的“住院:”下面加一行 时区: Asia/Shanghai"):
        load_table(STAYS, open_places([place], beijing(tmp_path, "住院: {列: {出院: 出院}}\n")))


@pytest.mark.parametrize("holder", HOLDERS)
def test_with_a_zone_it_is_the_date_there(holder, tmp_path, machine):
    places = open_places([HOLDERS[holder](tmp_path)], beijing(tmp_path))
    loaded = load_table(STAYS, places)
    assert {row["编号"]: row["出院"] for row in loaded.rows} == IN_BEIJING
    assert [(row.key_text, row.reason) for row in loaded.rejected] == [("c", "出院：必填，单元格是空的")]
    with memory_connection() as connection:
        staged = stage_table(connection, STAYS, places)
        assert_same(staged, loaded, connection)
        by_view = isinstance(staged.delivery, FileDelivery)
    assert by_view == (holder != "a column that DuckDB works out")


def test_the_zone_belongs_to_the_digest(tmp_path):
    place = in_duckdb(tmp_path)
    found = []
    for zone in ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Shanghai"):
        places = open_places([place], beijing(tmp_path, f"住院: {{时区: {zone}}}\n"))
        with memory_connection() as connection:
            found.append(stage_table(connection, STAYS, places).digest)
    assert found[0] == found[2] != found[1]


def test_a_moment_that_no_field_reads_does_no_harm(tmp_path):
    place = in_duckdb(tmp_path, "上传 TIMESTAMPTZ")
    what = table("住院", "编号", 编号=TEXT)
    assert load_table(what, open_places([place])).unknown_columns == ("上传",)
    assert agree(what, [place]).count == 3


def test_a_time_without_a_zone_needs_none(tmp_path):
    place = of_arrow(pyarrow.timestamp("us"))(tmp_path)
    agree(STAYS, [place])
    with memory_connection() as connection:
        asked = stage_table(connection, STAYS, open_places([place], beijing(tmp_path)))
        assert_same(asked, load_table(STAYS, open_places([place])), connection)  # and a zone does not move it


def test_parts_of_which_some_have_a_zone_are_refused(tmp_path):
    in_parts(tmp_path)
    other = pyarrow.table({"编号": ["d"], "出院": pyarrow.array([None], pyarrow.timestamp("us"))})
    pyarrow.parquet.write_table(other, tmp_path / "住院.parquet" / "part-9.parquet")
    with pytest.raises(DataError, match="列 出院 在有的文件里带时区，在有的文件里不带"):
        load_table(STAYS, open_places([tmp_path], beijing(tmp_path)))


@pytest.mark.parametrize("zone", ["北京时间", "+08:00", "CST", "PRC", "Asia/Shangai", "UTC+8", "'x'; DROP"])
def test_a_zone_is_named_by_its_place(zone, tmp_path):
    with pytest.raises(RulebookError, match="E124 .*不是时区的名称") as error:
        beijing(tmp_path, f'住院: {{时区: "{zone}"}}\n')
    assert ":1:" in str(error.value) and "IANA 名称，如 Asia/Shanghai" in error.value.problems[0].hint


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMPTZ"])
@pytest.mark.parametrize("holder", ["parquet", "duckdb"])
def test_infinity_is_told_as_itself(kind, holder, tmp_path):
    """As a date of Python it would be the last day of the year 9999."""
    values = (
        f"VALUES ('a', CAST('infinity' AS {kind})), ('b', CAST('-infinity' AS {kind})), ('c', CAST(NULL AS {kind}))"
    )
    query = f"SELECT * FROM ({values}, ('d', CAST('2025-01-01' AS {kind}))) AS t (编号, 出院)"
    place = tmp_path
    if holder == "parquet":
        duckdb.sql(query).write_parquet(str(tmp_path / "住院.parquet"))
    else:
        place = tmp_path / "data.duckdb"
        with duckdb.connect(str(place)) as connection:
            connection.execute(f"CREATE TABLE 住院 AS {query}")
    mapping = beijing(tmp_path, "住院: {时区: UTC}\n")
    places = open_places([place], mapping)
    loaded = load_table(STAYS, places)
    told = [(row.key_text, row.reason) for row in loaded.rejected]
    assert told[:2] == [
        ("a", "出院：“infinity”不是日期，应写成 2025-03-01"), ("b", "出院：“-infinity”不是日期，应写成 2025-03-01")
    ]  # fmt: skip
    with memory_connection() as connection:
        assert_same(stage_table(connection, STAYS, places), loaded, connection)


def test_the_day_that_is_taken_of_a_moment_is_that_of_the_zone(tmp_path, machine):
    """00:10 and 23:50 in Beijing."""
    naive = [datetime.datetime(2024, 12, 31, 16, 10), datetime.datetime(2025, 1, 31, 15, 50)]
    columns = {"编号": ["a", "b"], "t": pyarrow.array(naive, pyarrow.timestamp("us", tz="UTC"))}
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "住院.parquet")
    mapping = beijing(tmp_path, "住院: {时区: Asia/Shanghai, 列: {出院: {列: t, 取: 日期}}}\n")
    places = open_places([tmp_path], mapping)
    loaded = load_table(STAYS, places)
    assert [row["出院"] for row in loaded.rows] == [datetime.date(2025, 1, 1), datetime.date(2025, 1, 31)]
    with memory_connection() as connection:
        assert_same(stage_table(connection, STAYS, places), loaded, connection)
