"""The cluster case: a server of Spark Connect settles a month to the digests of the embedded database."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlglot import exp

from engine.cli import main
from engine.data.load import load_table
from engine.data.mapping import read_mapping
from engine.databases.places import open_places
from engine.databases.registry import open_engine
from engine.execute.period import parse_period
from engine.files.errors import DataError
from engine.language.types import DATE, TEXT
from engine.rulebook.book import load
from engine.rulebook.model import Field, Table
from engine.settle import settle
from tests.databases import spark_session, why_not

ROOT = Path(__file__).parents[2]


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(why_not("spark")), reason=why_not("spark")),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with spark_session.connect_server() as address:
        yield address


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A region, a program of a month, data, and what the embedded database makes of them."""
    folder = tmp_path_factory.mktemp("month")
    region, period = str(ROOT / "regions" / "hezhou-demo"), parse_period("2025-03")
    options = ["--cases", "300", "--period", "2025-01..2025-12", "--all", "--bad", "3%", "--out", str(folder / "data")]
    done = CliRunner().invoke(main, ["synth", region, *options])
    assert done.exit_code == 0, done.output
    book = load(region)
    program = next(name for name, p in book.at(period.end).programs.items() if "月" in p.periods)
    _, wanted = settle(book, program, period, [folder / "data"], folder / "duckdb")
    return book, program, period, folder / "data", wanted


def test_a_month_settles_to_the_same_digests_on_a_cluster(server, month, tmp_path):
    book, program, period, data, wanted = month
    _, found = settle(book, program, period, [data], tmp_path / "spark", engine=f"{server}/;user_id=casemix")
    assert found["digests"] == wanted["digests"] and found["accounting"] == wanted["accounting"]
    assert found["engine"] == server


def test_tables_of_a_catalog_are_typed_there(server, month, tmp_path):
    """Session catalogs take no Chinese names for tables: a mapping says which is which."""
    from pyspark.sql.connect.session import SparkSession

    book, program, period, data, wanted = month
    session = SparkSession.builder.remote(server).create()
    session.sql("CREATE DATABASE IF NOT EXISTS yibao").collect()
    lines = []
    for number, path in enumerate(sorted(data.glob("*.parquet"))):
        session.read.parquet(str(path)).write.saveAsTable(f"yibao.t{number}")
        lines.append(f"{path.stem}: {{来自: t{number}}}\n")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("".join(lines), "utf-8")
    place = f"{server}/;schema=yibao"
    _, found = settle(book, program, period, [place], tmp_path / "spark", engine=server, mapping=mapping)
    assert found["digests"] == wanted["digests"] and found["data"] == [place]
    assert [(a["rows"], a["states"]) for a in found["accounting"]] == [
        (a["rows"], a["states"]) for a in wanted["accounting"]
    ]
    session.stop()


def test_moments_of_a_catalog_are_dates_of_the_zone_of_the_mapping(server, tmp_path):
    """And a view keeps the time zone in which it was made."""
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession.builder.remote(server).create()
    session.conf.set("spark.sql.session.timeZone", "Asia/Shanghai")
    session.sql("CREATE DATABASE IF NOT EXISTS zones").collect()
    values = "VALUES ('a', TIMESTAMP '2025-01-01 00:00:00'), ('b', TIMESTAMP '2025-02-01 00:00:00')"
    session.sql(f"CREATE TABLE zones.stays USING parquet AS SELECT * FROM ({values}) AS t (id, t)").collect()
    session.sql("CREATE VIEW zones.days AS SELECT id, CAST(t AS DATE) AS day FROM zones.stays").collect()
    session.sql("CREATE VIEW zones.broken AS SELECT id, CAST(id AS DATE) AS day FROM zones.stays").collect()
    session.stop()
    what = Table("住院", ("编号",), {"编号": Field("编号", TEXT), "出院": Field("出院", DATE)})
    place, days = f"{server}/;schema=zones", {"a": datetime.date(2025, 1, 1), "b": datetime.date(2025, 2, 1)}
    (tmp_path / "m.yaml").write_text("住院: {来自: stays, 列: {编号: id, 出院: t}}", "utf-8")
    found = _both(server, what, place, tmp_path / "m.yaml")
    assert all("列 t（作“出院”）是带时区的时刻" in text and "时区: Asia/Shanghai" in text for text in found)
    (tmp_path / "m.yaml").write_text("住院: {来自: stays, 时区: Asia/Shanghai, 列: {编号: id, 出院: t}}", "utf-8")
    assert _both(server, what, place, tmp_path / "m.yaml") == [days, days]
    (tmp_path / "m.yaml").write_text("住院: {来自: days, 列: {编号: id, 出院: day}}", "utf-8")
    assert _both(server, what, place, tmp_path / "m.yaml") == [days, days]
    (tmp_path / "m.yaml").write_text("住院: {来自: broken, 列: {编号: id, 出院: day}}", "utf-8")
    found = _both(server, what, place, tmp_path / "m.yaml")
    assert all("zones.broken：读的时候 Spark 报错（CAST_INVALID_INPUT）" in text for text in found)


def _both(server, what, place, mapping) -> list[Any]:
    """Days by key, or what was said, of rows that were fetched and of rows that were typed there."""

    def fetched() -> dict[Any, Any]:
        rows = load_table(what, open_places([place], read_mapping(mapping))).rows
        return {row["编号"]: row["出院"] for row in rows}

    def typed() -> dict[Any, Any]:
        with open_engine(server) as engine:
            places = open_places([place], read_mapping(mapping))
            engine.join(places)
            staged = engine.stage(what, places, None, frozenset(), "t0")
            return dict(engine.rows(exp.select("c0", "c1").from_(staged.relation)))

    found: list[Any] = []
    for work in (fetched, typed):
        try:
            found.append(work())
        except DataError as error:
            found.append(str(error))
    return found


def test_what_a_mapping_does_to_cells_and_refunds_is_done_on_a_cluster_as_to_files(server, tmp_path):
    """Joined and emptied columns, parts of moments, a rest for codes, settlements with their refunds."""
    from pyspark.sql.connect.session import SparkSession

    from engine.data.load import load_table
    from engine.data.mapping import read_mapping
    from engine.databases.places import open_places
    from engine.databases.registry import open_engine
    from engine.language.types import DATE, MONTH, TEXT, Kind, Type, parse_unit
    from engine.rulebook.model import Field, Table

    empty = {"nullable": True}
    fields = {
        "编号": Field("编号", TEXT),
        "日期": Field("日期", DATE, **empty),
        "月份": Field("月份", MONTH, **empty),
        "级别": Field("级别", Type(Kind.CLASS, classes=("甲", "乙")), **empty),
        "金额": Field("金额", Type(Kind.NUMBER, parse_unit("元"))),
    }
    table = Table("账单", ("编号",), fields)
    rows = [
        ("a", "1", "2025-03-01 10:30:11", "1", "100.00", "0", None),
        ("a", "2", "1900-01-01", "2", "50.25", "0", None),
        ("b", "1", "2025-03-31", "9", "-50.25", " 1 ", "a2"),
        ("b", "2", "2025-02-30", "-", "7", "0", None),
        ("b", None, "2025-03-01", "1", "8", "0", None),
        ("c", "1", "2025/3/1 8:00", "x", "9", "0", ""),
        ("c", "2", "9999-12-31", "\u30001", "-1", "1", "gone"),
    ]
    names = ("grp", "sev", "at", "lv", "total", "flag", "of")
    session = SparkSession.builder.remote(server).create()
    session.sql("CREATE DATABASE IF NOT EXISTS jiesuan").collect()
    frame = session.createDataFrame(rows, ", ".join(f"{name} string" for name in names))
    frame.withColumn("total", frame.total.cast("decimal(12,2)")).write.mode("overwrite").saveAsTable("jiesuan.bills")
    mapping = tmp_path / "映射.yaml"
    mapping.write_text(
        "账单:\n  来自: bills\n  空值: '-'\n  退费: {标志: flag, 值: 1, 原单号: of}\n  列:\n"
        "    编号: {列: [grp, sev]}\n    日期: {列: at, 取: 日期, 空值: [1900-01-01, 9999-12-31]}\n"
        "    月份: {列: at, 取: 年月, 空值: [1900-01-01, 9999-12-31]}\n"
        "    级别: {列: lv, 代码: {1: 甲, 9: 空}, 其余: 乙}\n    金额: total\n",
        "utf-8",
    )
    places = open_places([f"{server}/;schema=jiesuan"], read_mapping(mapping))
    loaded = load_table(table, places)
    with open_engine(server) as opened:
        opened.join(places)
        staged = opened.stage(table, places, None, frozenset(), "t0")
        told = [sorted((row.key_text, row.code, row.reason) for row in one.rejected) for one in (staged, loaded)]
        assert told[0] == told[1] and len(told[0]) == 3
        assert sorted(row.key_text for row in staged.cancelled) == sorted(row.key_text for row in loaded.cancelled)
        assert (staged.count, len(loaded.cancelled)) == (len(loaded.rows), 2)
    assert sorted((row["编号"], row["级别"]) for row in loaded.rows) == [("a1", "甲"), ("c1", "乙")]
    session.stop()
