"""A city's month from the tables of a database, under names of its own, against the same month from files."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from remote_help import WHY_NOT, database, place

from engine.data.kept_values import read_values
from engine.databases.places import open_places
from engine.execute.period import parse_period
from engine.explain.explain import explain
from engine.explain.reopened import Given
from engine.files.errors import DataError, RunStopped
from engine.rulebook.book import load
from engine.settle import settle
from engine.watching.event import Event
from engine.watching.watching import Watching
from tests.databases import postgres_server

pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.slow]
TYPES = {"VARCHAR": "text", "BIGINT": "bigint", "BOOLEAN": "boolean", "DATE": "date"}
CODES = {"职工": "310", "居民": "390"}


@pytest.fixture(scope="module")
def book():
    return load("jiyuan-demo")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "data"
    words = ["synth", "jiyuan-demo", "--cases", "3000", "--period", "2022-01..2025-12", "--bad", "1%", "--out", folder]
    subprocess.run([sys.executable, "-m", "engine", *map(str, words)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def mapping(files, tmp_path_factory) -> Path:
    """The tables of the files as t0, t1 … with columns c0, c1 …, insurances as codes; and what says so."""
    listed = sorted(files.glob("*.parquet"))
    text = ""
    with database() as connection, duckdb.connect() as duck:
        connection.execute("DROP SCHEMA IF EXISTS city CASCADE; CREATE SCHEMA city")
        for number, file in enumerate(listed):
            columns = duck.execute(f"DESCRIBE FROM read_parquet('{file}')").fetchall()
            spec = [
                f"c{n} {TYPES.get(kind, kind.replace('DECIMAL', 'numeric'))}" for n, (_, kind, *_) in enumerate(columns)
            ]
            connection.execute(f"CREATE TABLE city.t{number} ({', '.join(spec)})")
            rows = duck.execute(f"FROM read_parquet('{file}')").fetchall()
            at = [name for name, *_ in columns].index("险种") if "险种" in [c[0] for c in columns] else None
            with connection.cursor() as cursor, cursor.copy(f"COPY city.t{number} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([CODES.get(v, v) if n == at else v for n, v in enumerate(row)])
            text += f"{file.stem}:\n  来自: city.t{number}\n  列:\n"
            for n, (name, *_) in enumerate(columns):
                codes = f"{{列: c{n}, 代码: {{310: 职工, 390: 居民}}}}" if name == "险种" else f"c{n}"
                text += f"    {name}: {codes}\n"
    path = tmp_path_factory.mktemp("mapping") / "映射.yaml"
    path.write_text(text, "utf-8")
    return path


def run(book, program, period, data, out, **options):
    return settle(book, program, parse_period(period), data, out, **options)


@pytest.fixture(scope="module")
def from_files(book, files, tmp_path_factory):
    """基准测算 and one month by the reference engine and by DuckDB."""
    found = {}
    for engine in ("reference", "duckdb"):
        folder = tmp_path_factory.mktemp(engine)
        _, base = run(book, "基准测算", "2025", [files], folder / "base", engine=engine)
        _, month = run(book, "月度预结算", "2025-03", [files, folder / "base"], folder / "month", engine=engine)
        found[engine] = base, month, folder
    return found


def rejects(folder: Path, table: str) -> list:
    """Key, field, check and reason, without where the row stands."""
    said = "replace(regexp_replace(原因, '与第 [0-9]+ 行相同，', ''), '映射的代码 310、390', '取值 职工、居民')"
    query = f"SELECT 主键, 字段, 检查, {said} FROM read_parquet('{folder}/rejects/{table}.parquet') ORDER BY ALL"
    return duckdb.sql(query).fetchall()


def same(record, other) -> bool:
    """But for how many rows of side tables were looked at: a database looks at more of them at once."""
    for what in ("digests", "totals", "warnings"):
        assert record[what] == other[what], what
    one, two = ([{**account, "unread": None} for account in told["accounting"]] for told in (record, other))
    assert one == two
    return True


def test_a_month_in_the_database_is_the_month_from_files(book, mapping, from_files, tmp_path):
    base, month, folder = from_files["duckdb"]
    engine, data = postgres_server.url(), place("city")
    _, base_there = run(book, "基准测算", "2025", [data], tmp_path / "base", mapping=mapping, engine=engine)
    assert same(base_there, base) and same(base, from_files["reference"][0])
    places = [data, tmp_path / "base"]
    _, there = run(book, "月度预结算", "2025-03", places, tmp_path / "month", mapping=mapping, engine=engine)
    assert same(there, month) and same(month, from_files["reference"][1])
    assert rejects(tmp_path / "base", "病例") == rejects(folder / "base", "病例") != []
    origins = duckdb.sql(
        f"SELECT DISTINCT 来源, 行号 FROM read_parquet('{tmp_path}/base/rejects/病例.parquet')"
    ).fetchall()
    assert [line for _, line in origins] == [None] and "city.t" in origins[0][0]
    assert (there["data"][0], there["mapping"]) == (data, str(mapping))
    assert not any("取到本机" in note for note in there["notes"])
    again = run(book, "月度预结算", "2025-03", places, tmp_path / "again", mapping=mapping, engine=engine)[1]
    assert again["data_sha256"] == there["data_sha256"]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_rows_of_a_database_may_be_fetched(book, mapping, from_files, tmp_path, engine):
    _, record = run(book, "基准测算", "2025", [place("city")], tmp_path / "base", mapping=mapping, engine=engine)
    assert same(record, from_files[engine][0])
    assert any("取到本机来计算；写 --engine postgresql://" in note for note in record["notes"])


def test_files_may_be_settled_in_a_database(book, files, from_files, tmp_path):
    _, record = run(book, "基准测算", "2025", [files], tmp_path / "base", engine=postgres_server.url())
    assert same(record, from_files["reference"][0])


def test_a_result_in_the_database_is_that_of_a_folder_and_a_place_of_the_next_run(book, mapping, from_files, tmp_path):
    base, month, folder = from_files["duckdb"]
    engine, data = postgres_server.url(), place("city")
    with database() as connection:
        connection.execute("DROP SCHEMA IF EXISTS result CASCADE")
    _, there = run(book, "基准测算", "2025", [data], place("result"), mapping=mapping, engine=engine)
    assert same(there, base)
    for name in base["digests"]:
        with database() as connection:
            found = connection.execute(f'SELECT * FROM result."{name}"').fetchall()
        listed = duckdb.sql(f"FROM read_parquet('{folder}/base/statements/{name}.parquet')").fetchall()
        assert sorted(map(str, found)) == sorted(map(str, listed))
    with database() as connection:
        (kept,) = connection.execute('SELECT count(*) FROM result."留存_病组"').fetchone()
        (refused,) = connection.execute('SELECT count(*) FROM result."拒收_病例"').fetchone()
        (record,) = connection.execute('SELECT "run.json" FROM result."运行"').fetchone()
        comments = connection.execute(
            "SELECT col_description('result.病组目录'::regclass, attnum) FROM pg_attribute "
            "WHERE attrelid = 'result.病组目录'::regclass AND attnum > 0 ORDER BY 1"
        ).fetchall()
        keyed = connection.execute("SELECT count(*) FROM pg_index WHERE indisprimary AND indrelid = "
                                   "'result.病组目录'::regclass").fetchone()  # fmt: skip
    assert (kept, refused) == (len(read_values(folder / "base", "病组").rows), len(rejects(folder / "base", "病例")))
    assert record["digests"] == base["digests"] and record["data"] == [data]
    assert keyed == (1,) and any("第十七条" in text for (text,) in comments)
    places = [data, place("result")]
    for one in (engine, "duckdb"):
        out = tmp_path / one.partition(":")[0]
        _, next_month = run(book, "月度预结算", "2025-03", places, out, mapping=mapping, engine=one)
        assert same(next_month, month)
    (under,) = next_month["stands_on"]
    assert (under["as"], under["place"], under["program"]) == ("data", place("result"), "基准测算")
    assert len(under["run_sha256"]) == 64


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('UPDATE result."病组目录" SET "病组基准点数" = "病组基准点数" + 1', "表 病组目录 在那次运行之后改动过"),
        ('DELETE FROM result."病组目录"', "表 病组目录 在那次运行之后改动过"),
        ("""UPDATE result."运行" SET "run.json" = '{}'""", "表 运行 在那次运行之后改动过"),
        ('DELETE FROM result."运行"', "表 运行 在那次运行之后改动过"),
    ],
)
def test_a_result_in_the_database_is_read_only_as_it_was_written(change, said):
    assert open_places([place("result")]).results
    with database() as connection, connection.transaction(force_rollback=False):
        connection.execute("CREATE SCHEMA IF NOT EXISTS kept_aside")
        for table in ("病组目录", "运行"):
            connection.execute(f'DROP TABLE IF EXISTS kept_aside."{table}"')
            connection.execute(f'CREATE TABLE kept_aside."{table}" AS TABLE result."{table}"')
        connection.execute(change)
    try:
        with pytest.raises(DataError, match=said):
            open_places([place("result")])
    finally:
        with database() as connection:
            for table in ("病组目录", "运行"):
                connection.execute(f'DELETE FROM result."{table}"')
                connection.execute(f'INSERT INTO result."{table}" TABLE kept_aside."{table}"')
    assert open_places([place("result")]).results


def test_an_out_schema_takes_the_place_of_a_result_only_and_appears_whole(book, files, tmp_path, monkeypatch):
    def settled(schema: str, **options):
        return run(book, "基准测算", "2025", [files], place(schema), **options)

    def there(schema: str) -> int:
        with database() as connection:
            query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = %s"
            return connection.execute(query, [schema]).fetchone()[0]

    with database() as connection:
        connection.execute("DROP SCHEMA IF EXISTS taken CASCADE; CREATE SCHEMA taken; CREATE TABLE taken.own (a int)")
        connection.execute("DROP SCHEMA IF EXISTS whole CASCADE")
    with pytest.raises(DataError, match="没有写明结果放在哪个模式"):
        settled("public")
    with pytest.raises(DataError, match="taken.*有别的东西，不是运行结果"):
        settled("taken", replace=True)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="cut"):
        patch.setattr("engine.databases.postgres.out.OutSchema._add_key", _cut)
        settled("whole")
    assert there("whole") == 0
    settled("whole")
    before = there("whole")
    with pytest.raises(DataError, match="已有一次运行的结果.*--replace"):
        settled("whole")
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="cut"):
        patch.setattr("engine.databases.postgres.out.OutSchema._add_key", _cut)
        settled("whole", replace=True)
    assert there("whole") == before
    settled("whole", replace=True)
    with database() as connection:
        connection.execute("CREATE VIEW public.hangs_on AS SELECT * FROM whole.病组目录")
    with pytest.raises(DataError, match="有视图等依赖"):
        settled("whole", replace=True)
    with database() as connection:
        connection.execute("DROP VIEW public.hangs_on; CREATE TABLE whole.mine (a int)")
    with pytest.raises(DataError, match="不是那次运行写的：mine"):
        settled("whole", replace=True)
    assert there("whole") == before + 1


def _cut(*_: object) -> None:
    raise RuntimeError("cut")


def test_explanations_read_the_database_again_and_refuse_what_changed(book, mapping, tmp_path):
    engine, data = postgres_server.url(), place("city")
    run(book, "基准测算", "2025", [data], tmp_path / "base", mapping=mapping, engine=engine)
    key = read_values(tmp_path / "base", "病组").rows[0][0]
    with pytest.raises(RunStopped, match="结果文件夹里写着的地址不会自己去连") as stopped:
        explain(tmp_path / "base", "病组", str(key))
    assert f"--data {shlex.quote(data)}" in stopped.value.hint
    given = Given(data=[data])  # the engine is in the same database
    assert explain(tmp_path / "base", "病组", str(key), given=given)
    table = json.loads((tmp_path / "base" / "run.json").read_text())["data_sha256"]
    assert "病例" in table
    (number,) = [n for n, line in enumerate(_tables(mapping)) if line == "病例"]
    with database() as connection:
        connection.execute(f"CREATE TABLE city.before AS TABLE city.t{number}")
        connection.execute(f"DELETE FROM city.t{number} WHERE ctid = (SELECT min(ctid) FROM city.t{number})")
    try:
        with pytest.raises(RunStopped, match="数据在这次运行之后改动过：病例"):
            explain(tmp_path / "base", "病组", str(key), given=given)
    finally:
        with database() as connection:
            connection.execute(f"DROP TABLE city.t{number}; ALTER TABLE city.before RENAME TO t{number}")


def _tables(mapping: Path) -> list[str]:
    return [line[:-1] for line in mapping.read_text("utf-8").splitlines() if not line.startswith(" ")]


def test_all_that_a_run_reads_is_of_one_moment(book, mapping):
    """Rows that come while a run reads are not seen by it, in big tables nor in small ones."""
    from engine.databases.registry import open_engine

    tables = book.at(parse_period("2025").end).tables
    from engine.data.load import load_table
    from engine.data.mapping import read_mapping

    with database() as connection:
        connection.execute("DROP SCHEMA IF EXISTS moment CASCADE; CREATE SCHEMA moment")
        connection.execute("CREATE TABLE moment.a (c0 text); CREATE TABLE moment.b (c0 text)")
    small = tables["医疗机构"]
    with open_engine(postgres_server.url()) as opened:
        places = open_places([place("city")], read_mapping(mapping))
        opened.join(places)
        before = opened.stage(tables["病例"], places, frozenset(), frozenset(), "t0").count
        (hospitals,) = [n for n, name in enumerate(_tables(mapping)) if name == "医疗机构"]
        with database() as connection:
            connection.execute(f"CREATE TABLE city.kept AS TABLE city.t{hospitals}; DELETE FROM city.t{hospitals}")
        try:
            assert len(load_table(small, places).rows) > 0 < before
            assert load_table(small, open_places([place("city")], read_mapping(mapping))).rows == []
        finally:
            with database() as connection:
                connection.execute(f"INSERT INTO city.t{hospitals} TABLE city.kept; DROP TABLE city.kept")


def test_a_password_in_an_address_is_not_written_anywhere(book, files, mapping, tmp_path):
    from psycopg import sql

    name, secret = postgres_server.READER, postgres_server.PASSWORD
    with database() as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchall():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(secret)))
        connection.execute("DROP SCHEMA IF EXISTS secret CASCADE")
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA city TO {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA city TO {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE postgres TO {}").format(sql.Identifier(name)))
    url = postgres_server.server().url(user=name, password=secret)
    said: list[Event] = []
    _, record = run(
        book, "基准测算", "2025", [f"{url}?schema=city"], f"{url}?schema=secret", mapping=mapping, engine=url,
        watching=Watching(said.append),
    )  # fmt: skip
    with database() as connection:
        (there,) = connection.execute('SELECT "run.json"::text FROM secret."运行"').fetchone()
        dump = connection.execute('SELECT * FROM secret."拒收_病例"').fetchall()
    for text in (json.dumps(record, ensure_ascii=False), there, str(dump), str(said)):
        assert "a secret" not in text and "50%25" not in text and "a%20secret" not in text
    assert record["data"] == [postgres_server.server().url(user=name) + "?schema=city"]


def test_what_forbids_writing_is_said_before_anything_is_computed(book, files, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.settle.run.load", _cut)
    monkeypatch.setattr("engine.settle.run.load_into", _cut)
    reader = postgres_server.url().replace("postgresql://", "postgresql://nobody_writes@").replace("casemix@", "", 1)
    with database() as connection:
        connection.execute("DROP SCHEMA IF EXISTS given CASCADE; CREATE SCHEMA given")
        connection.execute("DROP ROLE IF EXISTS nobody_writes; CREATE ROLE nobody_writes LOGIN")
    for out, said in (
        (f"{reader}?schema=mine", "没有权限"),
        (f"{reader}?schema=given", "没有权限"),
        (place("pg_mine"), "pg_ 开头的名称是 PostgreSQL 自己的"),
        ("mysql://u:secret@h/db", "mysql://… 读数据，不能在那里计算，也不能写到那里"),
    ):
        with pytest.raises(DataError, match=said) as stopped:
            run(book, "基准测算", "2025", [files], out)
        assert "secret" not in str(stopped.value)
    with pytest.raises(RuntimeError, match="cut"):  # a name with a percent sign is a name
        run(book, "基准测算", "2025", [files], place("50%25"))


def test_a_schema_named_with_a_percent_sign_is_written(book, files):
    run(book, "基准测算", "2025", [files], place("50%25"), replace=True)
    with database() as connection:
        assert connection.execute('SELECT count(*) FROM "50%"."运行"').fetchone() == (1,)


def test_a_result_does_not_take_the_place_of_what_it_is_worked_out_from(book, files):
    run(book, "基准测算", "2025", [files], place("twice"), replace=True)
    with pytest.raises(DataError, match="这个模式正被 --data 读，不能又写结果"):
        run(book, "月度预结算", "2025-03", [files, place("twice")], place("twice"), replace=True)


def test_a_former_result_that_somebody_reads_is_not_waited_for_without_end(book, files, monkeypatch):
    monkeypatch.setattr("engine.databases.postgres.out.WAIT", "1s")
    with database() as connection:
        connection.execute("DROP SCHEMA IF EXISTS read_now CASCADE")
    run(book, "基准测算", "2025", [files], place("read_now"))
    with database() as connection, connection.transaction():
        count = connection.execute("SELECT count(*) FROM read_now.病组目录").fetchone()
        with pytest.raises(DataError, match="有会话正在读上次的结果，等了 1 秒"):
            run(book, "基准测算", "2025", [files], place("read_now"), replace=True)
    with database() as connection:
        assert connection.execute("SELECT count(*) FROM read_now.病组目录").fetchone() == count
