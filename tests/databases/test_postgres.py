"""What is PostgreSQL's own: rights, secrets, failures, the order of texts, whole numbers, rows in and out."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from engine.cli import main
from engine.databases.duckdb.database import DuckDb
from engine.databases.interface import Database
from engine.databases.marks import KEY_TYPE
from engine.databases.registry import open_engine
from engine.execute.period import parse_period
from engine.execute.sql import ints
from engine.files.errors import DataError, RunStopped
from engine.settle import settle
from tests import interruptions
from tests.databases import postgres_server, why_not
from tests.databases.postgres_server import PASSWORD, READER, Server
from tests.engine.city import city

pytestmark = pytest.mark.skipif(bool(why_not("postgresql")), reason=why_not("postgresql"))
RULES = """
补贴: {粒度: 行程, 单位: 元, 舍入: 2, 公式: 运费 ÷ 3}
表一: {粒度: 行程, 列: [补贴]}
结算: {期间: 年, 报表: [表一]}
"""


@pytest.fixture(scope="module")
def server() -> Server:
    """With a role that may log in with a password, and do nothing else but what everybody may."""
    found = postgres_server.server()
    with _admin(found) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [READER]).fetchall():
            connection.execute(f"DROP OWNED BY {READER} CASCADE; DROP ROLE {READER}")
        connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
    return found


def _admin(server: Server) -> Any:
    import psycopg

    return psycopg.connect(server.url(), autocommit=True)


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with open_engine(server.url()) as found:
        yield found


def failure(work: Any, database: Database) -> RunStopped | DataError:
    """What is said of the failure of ``work``."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        work()
    said = database.said_of(caught.value)
    assert isinstance(said, (RunStopped, DataError)), caught.value
    return said


def rows(count: int) -> exp.Select:
    """So many rows of a whole number."""
    series = exp.Anonymous(this="generate_series", expressions=[ints.whole(1), ints.whole(count)])
    return exp.select(exp.alias_(series, "x"))


# -- rights and secrets ------------------------------------------------------------


def test_a_role_that_may_only_read_and_make_temporary_tables_settles(server: Server, tmp_path: Path) -> None:
    made = city(tmp_path, RULES)
    url = server.url(READER, password=PASSWORD)
    _, record = settle(made.book(), "结算", parse_period("2025"), [tmp_path / "data"], tmp_path / "out", engine=url)
    plain = settle(made.book(), "结算", parse_period("2025"), [tmp_path / "data"], tmp_path / "plain")[1]
    assert record["digests"] == plain["digests"] and record["data_sha256"] == plain["data_sha256"]
    with _admin(server) as connection:
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [READER])
        assert left.fetchone() == (0,)


def test_the_password_stands_nowhere(server: Server, tmp_path: Path) -> None:
    made = city(tmp_path, RULES)
    url = server.url(READER, password=PASSWORD)
    _, record = settle(made.book(), "结算", parse_period("2025"), [tmp_path / "data"], tmp_path / "out", engine=url)
    assert record["engine"] == f"postgresql://{READER}@127.0.0.1:{server.port}/postgres"
    written = (tmp_path / "out" / "run.json").read_text("utf-8")
    assert PASSWORD not in written and "secret" not in written and json.loads(written)["engine"] == record["engine"]
    for wrong in (server.url(READER, password=PASSWORD + "x"), server.url(READER, "nowhere", PASSWORD)):
        with pytest.raises(DataError) as caught:
            open_engine(wrong)
        assert "secret" not in f"{caught.value}{caught.value.hint}{caught.value.__cause__}"


def test_without_the_right_to_temporary_tables_it_says_which_right_is_missing(server: Server) -> None:
    with _admin(server) as connection:
        connection.execute("DROP DATABASE IF EXISTS locked")
        connection.execute("CREATE DATABASE locked")
        connection.execute("REVOKE TEMPORARY ON DATABASE locked FROM PUBLIC")
    with open_engine(server.url(READER, "locked", PASSWORD)) as database:
        said = failure(lambda: database.create("t0", {"rn": "BIGINT"}), database)
    assert "权限不够" in said.message and "GRANT TEMPORARY" in said.hint


def test_an_address_where_nothing_listens_is_said() -> None:
    with pytest.raises(DataError, match="连不上"):
        open_engine("postgresql://nobody@127.0.0.1:1/nothing")


def test_without_the_driver_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("psycopg", "psycopg.conninfo"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(DataError) as caught:
        open_engine("postgresql://nobody@127.0.0.1:1/nothing")
    assert "casemix[postgresql]" in caught.value.hint


# -- failures ------------------------------------------------------------


def test_an_interruption_ends_the_query_on_the_server(server: Server, database: Database) -> None:
    sleeping = exp.select(exp.alias_(exp.Anonymous(this="pg_sleep", expressions=[ints.whole(60)]), "x"))

    def is_active() -> bool:
        others = "SELECT state FROM pg_stat_activity WHERE query ~* 'pg_sleep' AND pid <> pg_backend_pid()"
        with _admin(server) as connection:
            return "active" in [state for (state,) in connection.execute(others)]

    with pytest.raises(KeyboardInterrupt), interruptions.coming_once(is_active):
        database.rows(sleeping)
    assert not is_active()


@pytest.mark.parametrize(
    ("function", "sentence"), [("pg_cancel_backend", "查询被人取消"), ("pg_terminate_backend", "断开了连接")]
)
def test_who_ends_a_query_or_a_connection_is_told_of(
    server: Server, database: Database, function: str, sentence: str
) -> None:
    ((pid,),) = database.rows(exp.select(exp.alias_(exp.Anonymous(this="pg_backend_pid"), "x")))

    def end() -> None:
        with _admin(server) as connection:
            connection.execute(f"SELECT {function}({pid})")

    threading.Timer(0.5, end).start()
    sleeping = exp.select(exp.alias_(exp.Anonymous(this="pg_sleep", expressions=[ints.whole(60)]), "x"))
    said = failure(lambda: database.rows(sleeping), database)
    assert sentence in said.message and "没有写出结果" in said.message


def test_a_server_that_is_gone_is_told_of(server: Server) -> None:
    own = postgres_server.start()
    try:
        with open_engine(own.url()) as database:
            own.control("-m", "immediate", "stop")
            said = failure(lambda: database.rows(rows(1)), database)
        assert "PostgreSQL" in said.message and "没有写出结果" in said.message
    finally:
        own.control("start")
        own.stop()


def test_a_limit_of_temporary_files_is_told_of(server: Server) -> None:
    with _admin(server) as connection:
        connection.execute(f"ALTER ROLE {READER} SET temp_file_limit = '64kB'")
    try:
        with open_engine(server.url(READER, password=PASSWORD)) as database:
            database.limit("1MB")
            ordered = rows(200_000).order_by(exp.Ordered(this=exp.column("x"), desc=True, nulls_first=False))
            said = failure(lambda: database.rows(ordered), database)
        assert "临时文件" in said.message
    finally:
        with _admin(server) as connection:
            connection.execute(f"ALTER ROLE {READER} RESET temp_file_limit")


def test_a_table_that_somebody_holds_is_told_of(server: Server, database: Database) -> None:
    import psycopg

    with _admin(server) as connection:
        connection.execute("DROP TABLE IF EXISTS public.held")
        connection.execute("CREATE TABLE public.held AS SELECT 1 AS x")
        with psycopg.connect(server.url()) as holder:
            holder.execute("LOCK TABLE public.held IN ACCESS EXCLUSIVE MODE")
            database.execute("SET LOCAL lock_timeout = '50ms'")
            said = failure(lambda: database.rows(exp.select("x").from_(exp.table_("held", db="public"))), database)
        connection.execute("DROP TABLE public.held")
    assert "表锁" in said.message


def test_a_run_there_is_explained_here(server: Server, tmp_path: Path) -> None:
    """The rows of a run's files are the same for every engine: explaining needs no server."""
    made = city(tmp_path, RULES)
    settle(made.book(), "结算", parse_period("2025"), [tmp_path / "data"], tmp_path / "out", engine=server.url())
    done = CliRunner().invoke(main, ["explain", str(tmp_path / "out"), "行程", "2"], env={"PGPORT": "1"})
    assert done.exit_code == 0 and "66.67" in done.output, done.output


def test_another_failure_says_nothing_of_the_records(database: Database) -> None:
    wrong = exp.select(exp.alias_(exp.cast(exp.Literal.string("张三 412723"), "BIGINT"), "x"))
    said = failure(lambda: database.rows(wrong), database)
    assert "22P02" in said.message and "张三" not in said.message + said.hint


def test_a_number_of_39_digits_is_refused_where_it_is_stored(database: Database) -> None:
    name = database.table([("x", "INT128", [10**38 - 1, -(10**38) + 1])])
    assert sorted(int(x) for (x,) in database.rows(exp.select("x").from_(name))) == [1 - 10**38, 10**38 - 1]
    said = failure(lambda: database.table([("x", "INT128", [10**38])]), database)
    assert "38 位" in said.message


def test_a_name_that_would_be_cut_is_refused(database: Database) -> None:
    fits, long = "病" * 21, "病" * 22
    assert database.rows(exp.select(exp.alias_(ints.whole(1), fits, quoted=True))) == [(1,)]
    with pytest.raises(RunStopped, match="63 字节"):
        database.rows(exp.select(exp.alias_(ints.whole(1), long, quoted=True)))


def test_one_state_of_the_data_is_seen(server: Server, database: Database) -> None:
    with _admin(server) as connection:
        connection.execute("DROP TABLE IF EXISTS public.seen")
        connection.execute("CREATE TABLE public.seen AS SELECT 1 AS x")
        query = exp.select("x").from_(exp.table_("seen", db="public"))
        with open_engine(server.url()) as other:
            assert other.rows(query) == [(1,)]
            connection.execute("INSERT INTO public.seen VALUES (2)")
            assert other.rows(query) == [(1,)]
        connection.execute("DROP TABLE public.seen")


# -- exact ------------------------------------------------------------

WIDE = st.integers(-(10**37), 10**37)
NARROW = st.integers(-(2**62), 2**62)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@MANY
@given(pairs=st.lists(st.tuples(WIDE | NARROW, st.integers(1, 10**20) | st.integers(1, 9)), min_size=1, max_size=40))
@pytest.mark.parametrize("wide", [True, False])
def test_quotients_and_remainders_are_those_of_whole_numbers(
    database: Database, wide: bool, pairs: list[tuple[int, int]]
) -> None:
    if not wide:
        pairs = [(n % 2**62 * (1 if n > 0 else -1), d % 2**40 + 1) for n, d in pairs]
    kind = ints.WIDE_TYPE if wide else ints.NARROW_TYPE
    name = database.table([("n", kind, [n for n, _ in pairs]), ("d", kind, [d for _, d in pairs])])
    number = ints.Int(exp.column("n"), -(10**37), 10**37, wide)
    divisor = ints.Int(exp.column("d"), 1, 10**20, wide)
    quotient, rest = ints.truncated(number, divisor).sql, ints.remainder(number, divisor).sql
    not_known = exp.IntDiv(this=exp.column("n"), expression=exp.column("d"))
    listed = [exp.column("n"), exp.column("d"), quotient, rest, *([] if wide else [not_known])]
    query = exp.select(*[exp.alias_(part, f"x{place}") for place, part in enumerate(listed)]).from_(name)
    for n, d, q, r, *same in database.rows(query):
        n, d, q, r = int(n), int(d), int(q), int(r)
        assert q == (abs(n) // d if n >= 0 else -(abs(n) // d)) and r == n - q * d
        assert all(int(one) == q for one in same)
    database.drop(name)


def test_a_division_that_is_not_whole_is_not_printed(database: Database) -> None:
    for wrong in ("SELECT a / b FROM t", "SELECT a * 1.5 FROM t", "SELECT CAST(a AS DOUBLE) FROM t"):
        from sqlglot import parse_one

        with pytest.raises(ValueError):
            database.printed(parse_one(wrong, dialect="duckdb"))


def test_texts_stand_in_code_point_order_wherever_they_come_from(database: Database) -> None:
    """The database of the tests sorts as people do: 阿 before 中 before 甲 is not how code points stand."""
    words = ["中", "甲", "阿", "b", "B", "a", "", "á", "z", "𠮷"]
    name = database.table([("w", "VARCHAR", words)])
    ordered = exp.Ordered(this=exp.column("w"), nulls_first=False)
    assert [w for (w,) in database.rows(exp.select("w").from_(name).order_by(ordered))] == sorted(words)
    ends = exp.select(*[exp.alias_(make(this=exp.column("w")), "x") for make in (exp.Min, exp.Max)]).from_(name)
    assert database.rows(ends) == [("", "𠮷")]
    case = exp.Case().when(exp.EQ(this=exp.column("w"), expression=exp.Literal.string("甲")), exp.Literal.string("阿"))
    inner = exp.select(exp.alias_(case.else_(exp.Literal.string("中")), "c")).from_(name)
    written = database.keep(inner)
    ordered = exp.Ordered(this=exp.column("c"), desc=True, nulls_first=False)
    assert database.rows(exp.select("c").from_(written).order_by(ordered).limit(1)) == [("阿",)]
    texts = exp.cast(exp.column("w"), "VARCHAR", dialect="duckdb")
    below = exp.LT(this=exp.Literal.string("B"), expression=exp.Literal.string("a"))
    assert database.rows(exp.select(exp.alias_(below, "x"), exp.alias_(exp.Max(this=texts), "y")).from_(name)) == [
        (True, "𠮷")
    ]


def test_a_join_where_null_equals_null_is_hashed(database: Database) -> None:
    kinds: dict[str, tuple[str, list[Any]]] = {
        "a": ("BIGINT", [0, None, 1]),
        "b": ("INT128", [None, 0, 10**30]),
        "c": ("VARCHAR", ["", None, "0"]),
        "d": ("BOOLEAN", [False, None, True]),
        "e": ("DATE", [datetime.date(1, 1, 1), None, datetime.date(2025, 1, 1)]),
    }
    name = database.table([(column, kind, cells) for column, (kind, cells) in kinds.items()])
    equal = []
    for column, (kind, _) in kinds.items():
        one = exp.NullSafeEQ(this=exp.column(column, "p"), expression=exp.column(column, "q"))
        one.meta[KEY_TYPE] = kind
        equal.append(one)
    query = exp.select(exp.alias_(exp.Count(this=exp.Star()), "x")).from_(exp.to_table(name, alias="p"))
    query = query.join(exp.to_table(name, alias="q"), on=exp.and_(*equal), join_type="left")
    plan = "\n".join(row[0] for row in database.connection.execute(f"EXPLAIN {database.printed(query)}"))  # type: ignore[attr-defined]
    assert database.rows(query) == [(3,)]
    assert "Hash Cond" in plan and "Nested Loop" not in plan
    for column, (kind, _) in kinds.items():  # one key at a time: NULL is like NULL and like nothing else
        one = exp.NullSafeEQ(this=exp.column(column, "p"), expression=exp.column(column, "q"))
        one.meta[KEY_TYPE] = kind
        joined = exp.select(exp.alias_(exp.Count(this=exp.column(column, "q")), "x")).from_(
            exp.to_table(name, alias="p")
        )
        assert database.rows(joined.join(exp.to_table(name, alias="q"), on=one, join_type="left")) == [(2,)], column


# -- rows in and out ------------------------------------------------------------

ODD = ["", "\\", "\\N", "NULL", "a\tb", "c\nd", 'e"f', "g\r\nh", ",", "'", None, "\\.", "中文", " ", "\x1f", '""']


def test_texts_go_in_as_they_are(database: Database) -> None:
    name = database.table([("n", "BIGINT", list(range(len(ODD)))), ("w", "VARCHAR", ODD)])
    assert [w for _, w in sorted(database.rows(exp.select("n", "w").from_(name)))] == ODD


def test_a_file_is_what_duckdb_would_write(database: Database, tmp_path: Path) -> None:
    import duckdb

    count = len(ODD)
    columns: list[tuple[str, str, list[Any]]] = [
        ("n", "BIGINT", list(range(count))),
        ("w", "VARCHAR", ODD),
        ("i", "INT128", [None if n == 3 else (-1) ** n * 10**n * 7 for n in range(count)]),
        ("b", "BOOLEAN", [None, True, False, *[True] * (count - 3)]),
        ("d", "DATE", [None, datetime.date(2025, 1, 31), *[datetime.date(1999, 12, 1)] * (count - 2)]),
    ]
    cent = exp.cast(exp.Literal.string("0.01"), "DECIMAL(3, 2)", dialect="duckdb")
    money = exp.Mul(this=exp.cast(exp.column("i"), "DECIMAL(30, 0)", dialect="duckdb"), expression=cent)
    heading = '这是一个很长很长很长很长很长很长很长很长很长的标题 “x” "'

    def written(engine: Database, where: Path, few: bool) -> tuple[Any, Any]:
        name = engine.table(columns)
        listed = [
            exp.alias_(exp.cast(exp.column("n"), "BIGINT"), "号", quoted=True),
            exp.alias_(exp.cast(exp.column("w"), "VARCHAR", dialect="duckdb"), heading, quoted=True),
            exp.alias_(exp.cast(money.copy(), "DECIMAL(38, 2)", dialect="duckdb"), "元", quoted=True),
            exp.alias_(exp.cast(exp.column("b"), "BOOLEAN"), "否", quoted=True),
            exp.alias_(exp.cast(exp.column("d"), "DATE"), "日", quoted=True),
            exp.alias_(exp.Literal.string("甲"), "原因", quoted=True),
        ]
        query = exp.select(*listed).from_(name)
        engine.copy(query.where(exp.false()) if few else query, where)
        read = duckdb.sql(f"SELECT * FROM '{where}' ORDER BY 1")
        return read.description, read.fetchall()

    for few in (False, True):
        with DuckDb() as other:
            expected = written(other, tmp_path / "duckdb.parquet", few)
        assert written(database, tmp_path / "postgres.parquet", few) == expected
        assert few or len(expected[1]) == count


def test_many_rows_come_in_pieces_while_other_queries_run(database: Database) -> None:
    seen = 0
    for piece in database.chunks(rows(2500), 1000):
        assert len(piece) <= 1000
        assert len(database.rows(rows(3))) == 3
        seen += len(piece)
    assert seen == 2500


# a run that stops


@pytest.mark.parametrize("engine", ["duckdb", "database"])
def test_what_a_stopped_run_refused_goes_into_a_schema_of_its_own(server: Server, tmp_path: Path, engine: str) -> None:
    trips = "行程号,车队号,日期,里程,运费,班次\n"
    trips += "1,东,2025-01-10,10,x,早\n2,东,2025-01-20,20,y,\n3,西,2025-01-21,1,1.00,\n"
    made = city(tmp_path, RULES, 行程=trips)
    schema = f"停下_{engine}"
    out = f"{server.url()}?schema={schema}"
    with _admin(server) as connection:
        for _ in range(2):  # the next stop takes the place of the one before
            with pytest.raises(RunStopped, match="拒收的行太多") as stop:
                settle(
                    made.book(), "结算", parse_period("2025"), [tmp_path / "data"], out,
                    engine=server.url() if engine == "database" else engine,
                )  # fmt: skip
            assert stop.value.left == f"拒收的 2 行写在 {schema}_拒收"
            found = connection.execute(f'SELECT "主键", "行号" FROM "{schema}_拒收"."拒收_行程" ORDER BY 1').fetchall()
            assert found == [("1", 2), ("2", 3)]
        there = connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchall()
        assert there == []
        settle(city(tmp_path, RULES).book(), "结算", parse_period("2025"), [tmp_path / "data"], out)
        left = connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [f"{schema}_拒收"]).fetchall()
        assert left == [], "the next result takes it away"
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


def test_a_result_that_happens_to_have_that_name_stays(server: Server, tmp_path: Path) -> None:
    made, period = city(tmp_path, RULES), parse_period("2025")
    settle(made.book(), "结算", period, [tmp_path / "data"], f"{server.url()}?schema=同名_拒收")
    made.data(行程="行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,10,x,早\n")
    with pytest.raises(RunStopped) as stop:
        settle(made.book(), "结算", period, [tmp_path / "data"], f"{server.url()}?schema=同名")
    assert "没有写出来" in stop.value.left and "是一次运行的结果" in stop.value.left
    settle(city(tmp_path, RULES).book(), "结算", period, [tmp_path / "data"], f"{server.url()}?schema=同名")
    with _admin(server) as connection:
        assert connection.execute('SELECT count(*) FROM "同名_拒收"."表一"').fetchone() == (4,)
        connection.execute('DROP SCHEMA "同名_拒收" CASCADE; DROP SCHEMA "同名" CASCADE')


def test_refused_rows_beside_which_somebody_put_a_table_stay(server: Server, tmp_path: Path) -> None:
    out = f"{server.url()}?schema=添了"
    made = city(tmp_path, RULES, 行程="行程号,车队号,日期,里程,运费,班次\n1,东,2025-01-10,10,x,早\n")
    with pytest.raises(RunStopped):
        settle(made.book(), "结算", parse_period("2025"), [tmp_path / "data"], out)
    with _admin(server) as connection:
        connection.execute('CREATE TABLE "添了_拒收"."我的" (a int)')
        settle(city(tmp_path, RULES).book(), "结算", parse_period("2025"), [tmp_path / "data"], out)
        assert connection.execute('SELECT count(*) FROM "添了_拒收"."拒收_行程"').fetchone() == (1,)
        connection.execute('DROP SCHEMA "添了_拒收" CASCADE; DROP SCHEMA "添了" CASCADE')
