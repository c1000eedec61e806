"""Addresses of databases as places: what is read there, what is refused, and that a password stays where it is."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from fields import visits
from remote_help import WHY_NOT, database, make, place

from engine.data.load import load_table
from engine.databases.places import open_places, shown_place
from engine.databases.postgres.address import parse_address, refuse_name
from engine.databases.postgres.out import OutSchema, column_names
from engine.files.errors import DataError
from tests.databases import postgres_server

server = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.mark.parametrize(
    ("url", "shown", "schema"),
    [
        ("postgresql://u@h:5432/db?schema=s", "postgresql://u@h:5432/db?schema=s", "s"),
        ("postgres://u:p%40ss@h/db", "postgresql://u@h/db", "public"),
        ("postgresql://h/%E5%BA%93?schema=%E6%B8%85%E7%AE%97_2025", "postgresql://h/库?schema=清算_2025", "清算_2025"),
        ("postgresql:///db?host=/sockets&schema=清算", "postgresql:///db?host=/sockets&schema=清算", "清算"),
        ("postgresql://h/db?password=secret&sslmode=require", "postgresql://h/db?sslmode=require", "public"),
        ("postgresql://[::1]:5433/db", "postgresql://[::1]:5433/db", "public"),
    ],
)
def test_an_address_is_shown_without_its_password(url, shown, schema):
    pytest.importorskip("psycopg")
    found = parse_address(url)
    assert (found.shown, found.schema, shown_place(url)) == (shown, schema, shown)
    assert "secret" not in repr(found) and "p@ss" not in repr(found)
    assert parse_address(shown).shown == shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://h/db?shema=s", "postgresql://h/db?schema=a&schema=b", "postgresql://h:x/db", "postgresql://h/db#s",
        "postgresql://u:secret@h/db?options=-c%20search_path=x", "postgresql://h/db?schema=", "postgresql://h/db?schema",
        f"postgresql://h/db?schema={'长' * 22}", "postgresql://u:secret@h/db?schema=a%00b",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_repeating_it(url):
    with pytest.raises(DataError) as error:
        parse_address(url)
    assert "secret" not in str(error.value)


def test_other_databases_are_no_places():
    with pytest.raises(DataError, match="不能从 mysql://"):
        open_places(["mysql://u:secret@h/db"])


@server
def test_a_password_is_in_no_message_and_in_no_traceback(monkeypatch):
    secret = "mima:50%"
    at = postgres_server.server().url(user="nobody_here", password=secret)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    for url in (at + "?schema=s", at.replace(":50", ":9") + "?schema=nothing", at.rsplit("/", 1)[0] + "/no_database"):
        with pytest.raises(DataError) as error:
            open_places([url])
        told = "".join(traceback.format_exception(error.value)) + repr(error.value)
        assert "mima" not in told and "%3A" not in told


@server
def test_tables_and_views_of_the_schema_are_the_tables_and_nothing_else():
    make("就诊", [("编号", "text")], [])
    with database() as connection:
        connection.execute("CREATE VIEW s.view AS SELECT 1 AS a; CREATE MATERIALIZED VIEW s.stored AS SELECT 1 AS a")
        connection.execute(
            "CREATE SEQUENCE s.numbers; CREATE TYPE s.pair AS (a int); CREATE INDEX here ON s.就诊 (编号)"
        )
        connection.execute("CREATE TABLE s.parts (a int) PARTITION BY RANGE (a)")
    assert open_places([place()]).tables() == ("parts", "stored", "view", "就诊")
    with pytest.raises(DataError, match="模式 nowhere 里没有可读的表"):
        open_places([place("nowhere")])


@server
def test_a_table_of_the_database_is_laid_over_by_a_folder(tmp_path):
    spec = [("编号", "text"), ("日期", "date"), ("金额", "numeric"), ("级别", "text"), ("天数", "int")]
    make("就诊", spec, [["a", "2025-01-01", "1", "甲级", "1"], ["b", "2025-01-01", "2", "甲级", "1"]])
    (tmp_path / "就诊.csv").write_text("编号,金额\nb,5\n", "utf-8")
    loaded = load_table(visits(), open_places([place(), tmp_path]))
    assert [(row["编号"], int(row["金额"])) for row in loaded.rows] == [("a", 1), ("b", 5)]
    assert [line for _, line in loaded.sources] == [0, 2]


@server
def test_a_row_without_a_key_stops_an_overlay_by_name(tmp_path):
    spec = [("编号", "text"), ("日期", "date"), ("金额", "numeric"), ("级别", "text"), ("天数", "int")]
    make("就诊", spec, [[None, "2025-01-01", "1", "甲级", "1"]])
    (tmp_path / "就诊.csv").write_text("编号,金额\nb,5\n", "utf-8")
    with pytest.raises(DataError, match=r"s\.就诊：编号：必填"):
        load_table(visits(), open_places([place(), tmp_path]))


@server
def test_what_may_not_be_read_is_said():
    make("就诊", [("编号", "text"), ("金额", "numeric")], [])
    with database() as connection:
        connection.execute("DROP ROLE IF EXISTS outsider")
        connection.execute("CREATE ROLE outsider LOGIN; GRANT USAGE ON SCHEMA s TO outsider")
    url = postgres_server.server().url(user="outsider") + "?schema=s"
    places = open_places([url])
    with pytest.raises(DataError, match="没有权限"):
        load_table(visits(), places, columns_needed=set(), optional_columns=set(visits().fields))


@server
def test_reading_leaves_no_transaction_open():
    make("就诊", [("编号", "text")], [])
    places = open_places([place()])
    del places
    import gc

    gc.collect()
    with database() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        assert connection.execute(query).fetchone() == (0,)


def test_names_that_postgresql_would_cut():
    assert column_names(["短", "长" * 22, "长" * 22]) == ["短", "长" * 20 + "_2", "长" * 20 + "_3"]
    with pytest.raises(DataError, match="报表“表”的列“长.*66 字节"):
        refuse_name("长" * 22, "报表“表”的列")


@server
def test_a_schema_whose_mark_was_spoilt_is_refused():
    with database() as connection:
        connection.execute("DROP SCHEMA IF EXISTS spoilt CASCADE; CREATE SCHEMA spoilt; CREATE TABLE spoilt.a (b int)")
        connection.execute("COMMENT ON SCHEMA spoilt IS 'casemix run {'")
    with pytest.raises(DataError, match="说明被改动过"):
        open_places([place("spoilt")])
    with pytest.raises(DataError, match="说明被改动过"):
        OutSchema(parse_address(place("spoilt")), True).refuse_occupied()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--period", "2025-01..2025-02", "--out", "postgresql://u:secret@h/db?schema=x"],
            "几期一起运行，后一期要读前一期留下的值，这些只从文件夹读，所以结果不能写到数据库",
        ),
        (["--period", "2025-01", "--out", "o", "--previous", "postgresql://u:secret@h/db"], "要写文件夹"),
        (["--period", "2025-01", "--out", "postgresql://u:secret@h/db"], "没有写明结果放在哪个模式"),
        (["--period", "2025-01", "--out", "o", "--mapping", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_the_command_line_says_of_databases(words, said, tmp_path, monkeypatch):
    pytest.importorskip("psycopg")
    from click.testing import CliRunner

    from engine.cli import main

    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "名册.csv").write_text("编号\na\n")
    region = str(Path(__file__).parents[2] / "regions" / "jiyuan-demo")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["run", region, "月度预结算", "--data", "data", *words])
    assert done.exit_code in (1, 2) and said in done.output.replace("\n", "")
    assert "secret" not in done.output


def test_a_result_in_a_database_is_not_explained():
    from engine.explain.explain import explain
    from engine.files.errors import RunStopped

    with pytest.raises(RunStopped, match="不能读写进数据库的结果"):
        explain(Path("postgresql://u@h/db?schema=x"), "病组", "A")


def test_a_password_that_ends_the_host_early_is_not_repeated():
    with pytest.raises(DataError, match="要写成 %2F") as wrong:
        parse_address("postgresql://reader:12/secret@127.0.0.1:5432/db")
    assert "secret" not in f"{wrong.value} {wrong.value.hint}"


def test_a_blank_before_an_address_changes_nothing():
    with pytest.raises(DataError) as wrong:
        open_places([" mysql://u:secret@h/db"])
    assert "不能从 mysql://… 读" in str(wrong.value) and "secret" not in str(wrong.value)


def test_a_password_of_the_environment_goes_to_one_server_only(monkeypatch):
    from engine.databases.registry import refuse_shared_password

    places = ["data", "postgresql://u@a/db?schema=s", "postgresql://u@b:5433/db", "postgresql://u@a/other"]
    refuse_shared_password(places)
    monkeypatch.setenv("PGPASSWORD", "secret")
    refuse_shared_password([places[1], places[3], "postgresql://u:own@b/db"])
    with pytest.raises(DataError, match="postgresql://u@a.*postgresql://u@b.*每一台") as told:
        refuse_shared_password(places)
    assert "secret" not in str(told.value)


def test_the_password_of_a_service_goes_to_its_own_server_only(monkeypatch, tmp_path):
    pytest.importorskip("psycopg")
    from engine.databases.postgres.address import refuse_foreign_service

    (tmp_path / "service").write_text("[ours]\nhost=db.ours\npassword=secret\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "service"))
    monkeypatch.setenv("PGSERVICE", "ours")
    for fine in ("postgresql:///db", "postgresql://db.ours/db", "postgresql://u:own@b/db"):
        refuse_foreign_service(parse_address(fine))
    with pytest.raises(DataError, match="PGSERVICE 是另一台服务器的"):
        refuse_foreign_service(parse_address("postgresql://elsewhere/db"))
