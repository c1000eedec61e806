"""MariaDB against the reference engine: a part of the kit and of the random rulebooks, its traps, its failures, one
snapshot, a region whose data lie in it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from sqlglot import exp

from engine.cli import main
from engine.databases.mariadb.session import Doubtful
from engine.databases.places import open_places
from engine.databases.registry import open_engine, refuse_shared_password
from engine.execute.period import parse_period
from engine.execute.sql import ints
from engine.execute.sql.ints import Int
from engine.files.errors import DataError, RunStopped
from engine.rulebook.book import load
from engine.settle import settle
from tests import interruptions
from tests.databases import mariadb_server, why_not
from tests.databases.kit_lines import wrong_lines
from tests.databases.mariadb_server import PASSWORD, READER, Server

pytestmark = pytest.mark.skipif(bool(why_not("mariadb")), reason=why_not("mariadb"))
ROOT = Path(__file__).parents[2]
WIDE, NARROW = 10**38 - 1, 2**63 - 1
CITY = ROOT / "regions" / "jiyuan-demo"


@pytest.fixture(scope="module")
def server() -> Server:
    return mariadb_server.server()


@pytest.fixture
def maria() -> Iterator[Any]:
    with open_engine(mariadb_server.url()) as database:
        yield database


def ask(database: Any, text: str) -> list[tuple[Any, ...]]:
    from engine.databases.mariadb.session import run

    return run(database.connection, text)


# -- numbers ------------------------------------------------------------


@pytest.mark.parametrize(("kind", "top"), [("INT128", WIDE), ("BIGINT", NARROW)])
def test_quotients_and_remainders_are_those_of_whole_numbers(maria, kind, top):
    ends = [n for n in (1, 2, 3, 10**9, 10**18, NARROW, 10**19, 10**37, WIDE - 1, WIDE) if n <= top]
    pairs = [(sign * a, b) for a in (0, *ends) for b in ends for sign in (1, -1)]
    chance, digits = Random(5), len(str(top)) - 1
    for _ in range(300):
        a, b = chance.randrange(10 ** chance.randint(1, digits)), chance.randrange(1, 10 ** chance.randint(1, digits))
        pairs += [(a, b), (-a, b), (a - a % b, b), (max(a - a % b - 1, 0), b)]
    rows = [("n", "BIGINT", list(range(len(pairs))))]
    table = maria.table([*rows, ("a", kind, [a for a, _ in pairs]), ("b", kind, [b for _, b in pairs])])
    number, divisor = (
        Int(exp.column("a"), -top, top, top > NARROW),
        Int(exp.column("b"), 1, top, top > NARROW),
    )
    shown = [
        exp.alias_(one.sql, f"x{n}")
        for n, one in enumerate((ints.truncated(number, divisor), ints.remainder(number, divisor)))
    ]
    found = maria.rows(exp.select(*shown).from_(table).order_by(exp.Ordered(this=exp.column("n"), nulls_first=False)))
    expected = [(abs(a) // b * (1 if a >= 0 else -1), abs(a) % b * (1 if a >= 0 else -1)) for a, b in pairs]
    assert [(int(q), int(r)) for q, r in found] == expected


def test_sums_of_64_bits_go_beyond_them_and_products_have_38_digits(maria):
    table = maria.table([("a", "BIGINT", [NARROW, NARROW, 5]), ("b", "INT128", [WIDE, None, -WIDE])])
    assert maria.rows(exp.select(exp.alias_(exp.Sum(this=exp.column("a")), "s")).from_(table)) == [(2**64 + 3,)]
    product = ints.multiply(Int(exp.column("a"), 0, NARROW, False), ints.constant(10**19))
    found = maria.rows(exp.select(exp.alias_(product.sql, "p")).from_(table).limit(1))
    assert int(found[0][0]) == NARROW * 10**19


@pytest.mark.parametrize(
    "query",
    ["SELECT CAST('12x' AS SIGNED)", "SELECT CAST('1e40' AS DECIMAL(38, 0))", "SELECT CAST('2025-02-31' AS DATE)",
     "SELECT CAST(99999999999999999999 AS SIGNED)"],
)  # fmt: skip
def test_what_the_server_does_with_a_warning_is_no_result(maria, query):
    with pytest.raises(Doubtful) as doubtful:
        ask(maria, query)
    said = maria.said_of(doubtful.value)
    assert isinstance(said, RunStopped) and "没有写出结果" in said.message


def test_a_number_of_39_digits_is_refused_where_it_is_stored(maria):
    with pytest.raises(Exception, match="1264") as refused:
        maria.table([("a", "INT128", [WIDE + 1])])
    assert "超过了能放的位数" in str(maria.said_of(refused.value))


def test_a_division_that_is_not_whole_and_a_float_are_not_printed(maria):
    for wrong in (exp.Div(this=exp.column("a"), expression=exp.column("b")), exp.cast(exp.column("a"), "DOUBLE")):
        with pytest.raises(ValueError, match="exact"):
            maria.printed(exp.select(wrong))


# -- texts, NULL, order ------------------------------------------------------------


def test_texts_go_in_and_come_out_as_they_are(maria):
    texts = [
        "",
        "a'b\"`",
        "\\",
        "\\n",
        "一😀",
        "\t",
        "x\x1fy",
        "--",
        "%s",
        "\n",
        "\r\n",
        "?",
        "長" * 700,
        "\0",
        " a ",
        "a ",
    ]
    table = maria.table([("n", "BIGINT", list(range(len(texts)))), ("a", "VARCHAR", texts)])
    order = exp.Ordered(this=exp.column("n"), nulls_first=False)
    assert [row for (row,) in maria.rows(exp.select("a").from_(table).order_by(order))] == texts
    literals = exp.select(*[exp.alias_(exp.Literal.string(text), f"x{n}") for n, text in enumerate(texts)])
    assert maria.rows(literals) == [tuple(texts)]


def test_texts_are_equal_where_all_characters_are_and_stand_in_code_point_order(maria):
    texts = ["a", "A", "a ", "á", "ａ", "", "b", "一", "丁", "丂", None]
    table = maria.table([("a", "VARCHAR", texts)])
    assert maria.rows(
        exp.select(exp.alias_(exp.Count(this=exp.Distinct(expressions=[exp.column("a")])), "n")).from_(table)
    ) == [(10,)]
    order = exp.Ordered(this=exp.column("a"), nulls_first=False)
    assert [text for (text,) in maria.rows(exp.select("a").from_(table).order_by(order))] == [*sorted(texts[:-1]), None]
    order.set("nulls_first", True)
    assert maria.rows(exp.select("a").from_(table).order_by(order).limit(1)) == [(None,)]


def test_long_texts_that_differ_at_their_end_are_different(maria):
    texts = ["長" * 5000 + end for end in ("一", "二", "一")]
    table = maria.table([("a", "VARCHAR", texts)])
    grouped = exp.select(exp.alias_(exp.Count(this=exp.Star()), "n")).from_(table).group_by("a")
    assert sorted(maria.rows(grouped)) == [(1,), (2,)]
    assert maria.rows(exp.select(exp.alias_(exp.func("char_length", exp.column("a")), "n")).from_(table).limit(1)) == [
        (5001,)
    ]


def test_the_least_and_the_greatest_pass_over_what_is_null(maria):
    table = maria.table([("a", "BIGINT", [1, None, None]), ("b", "BIGINT", [2, 2, None])])
    parts = dict(this=exp.column("a"), expressions=[exp.column("b")], ignore_nulls=True)
    query = exp.select(exp.alias_(exp.Least(**parts), "x"), exp.alias_(exp.Greatest(**parts), "y")).from_(table)
    assert sorted(maria.rows(query), key=str) == [(1, 2), (2, 2), (None, None)]


def test_a_temporary_table_may_stand_twice_in_a_query(maria):
    table = maria.table([("a", "BIGINT", [1, 2])])
    pairs = exp.select(exp.alias_(exp.Count(this=exp.Star()), "n")).from_(exp.to_table(table, alias="x"))
    assert maria.rows(pairs.join(exp.to_table(table, alias="y"), join_type="cross")) == [(4,)]


def test_a_query_of_very_many_layers_is_asked_in_parts_that_are_gone_afterwards(maria):
    query = exp.select("1 AS n")
    for _ in range(900):
        query = exp.select("n + 1 AS n").from_(query.subquery("q"))
    assert maria.rows(query) == maria.rows(query) == [(901,)]
    maria.create_as("made", query)
    assert maria.rows(exp.select("n").from_("made")) == [(901,)]
    with pytest.raises(Exception, match="doesn't exist"):
        ask(maria, "SELECT * FROM casemix_layer0")


def test_many_rows_come_in_pieces_while_other_queries_run(maria):
    table = maria.table([("n", "BIGINT", list(range(1000)))])
    query = exp.select("n").from_(table).order_by(exp.Ordered(this=exp.column("n"), nulls_first=False))
    seen = []
    for rows in maria.chunks(query, 64):
        seen += [n for (n,) in rows]
        assert maria.rows(exp.select(exp.alias_(exp.Count(this=exp.Star()), "c")).from_(table)) == [(1000,)]
    assert seen == list(range(1000))


def test_a_file_has_the_types_and_headings_of_the_query(maria, tmp_path):
    table = maria.table(
        [("a", "BIGINT", [5]), ("b", "INT128", [WIDE]), ("c", "VARCHAR", ["一,\"'\n"]), ("d", "BOOLEAN", [True])]
    )
    amount = exp.Mul(
        this=exp.cast(exp.column("a"), "DECIMAL(20, 0)"),
        expression=exp.cast(exp.Literal.string("0.01"), "DECIMAL(3, 2)"),
    )
    listed = {"金额 (元)": exp.cast(amount, "DECIMAL(38, 2)"), "长": exp.cast(exp.column("b"), "DECIMAL(38, 0)"),
              "名=;": exp.cast(exp.column("c"), "VARCHAR"), "是否": exp.cast(exp.column("d"), "BOOLEAN")}  # fmt: skip
    path = tmp_path / "一.parquet"
    maria.copy(exp.select(*[exp.alias_(sql, name, quoted=True) for name, sql in listed.items()]).from_(table), path)
    with duckdb.connect() as connection:
        kinds = connection.execute(f"describe select * from '{path}'").fetchall()
        assert [kind for _, kind, *_ in kinds] == ["DECIMAL(38,2)", "DECIMAL(38,0)", "VARCHAR", "BOOLEAN"]
        row = connection.execute(f"select * from '{path}'").fetchone()
    assert row is not None and (str(row[0]), *row[1:]) == ("0.05", WIDE, "一,\"'\n", True)


# -- language ------------------------------------------------------------


@pytest.mark.slow
def test_a_twelfth_of_the_kit():
    assert wrong_lines("mariadb", 0, 12) == []


@pytest.mark.slow
def test_random_rulebooks_agree():
    sys.path.insert(0, str(Path(__file__).parents[1] / "differential"))
    from rulebooks import Maker
    from test_differential import must_agree

    for seed in range(7000, 7004):
        must_agree(Maker(Random(seed), 6).make(), engines=["mariadb"])


# -- a region whose data lie in it ------------------------------------------------------------


@pytest.fixture(scope="module")
def delivered(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A month of the region as tables of a database, with the types that hospitals have; and as files."""
    folder = tmp_path_factory.mktemp("data") / "data"
    options = ["--cases", "300", "--period", "2024-12..2025-01", "--all", "--bad", "2%", "--out", str(folder)]
    done = CliRunner().invoke(main, ["synth", str(CITY), *options])
    assert done.exit_code == 0, done.output
    kinds = {"DATE": "DATE", "BIGINT": "BIGINT", "BOOLEAN": "VARCHAR(5)"}
    server.run("DROP DATABASE IF EXISTS his", "CREATE DATABASE his COLLATE utf8mb4_general_ci")
    with duckdb.connect() as files:
        for path in sorted(folder.glob("*.parquet")):
            described = files.execute(f"describe select * from '{path}'").fetchall()
            spec = [
                (name, kind if kind.startswith("DECIMAL") else kinds.get(kind, "VARCHAR(100)"))
                for name, kind, *_ in described
            ]
            columns = ", ".join(f"`{name}` {kind}" for name, kind in spec)
            rows = files.execute(f"select columns(*)::varchar from '{path}'").fetchall()
            cells = [
                ", ".join("NULL" if cell is None else "'" + cell.replace("'", "''") + "'" for cell in row)
                for row in rows
            ]
            inserts = [f"INSERT INTO his.`{path.stem}` VALUES ({row})" for row in cells]
            server.run(f"CREATE TABLE his.`{path.stem}` ({columns})", *inserts, "SELECT 1")
    server.run(f"GRANT SELECT, CREATE TEMPORARY TABLES ON his.* TO {READER}@localhost", "SELECT 1", user="root")
    return server.url(READER, "his", PASSWORD), folder


def quoted(cell: str | None) -> str:
    return "NULL" if cell is None else "'" + cell.replace("'", "''") + "'"


def outcome(data: str | Path, out: Path, engine: str) -> tuple[Any, ...]:
    result, record = settle(load(CITY), "月度预结算", parse_period("2025-01"), [data], out, engine=engine)
    accounts = [(account.table, account.states, account.sums) for account in result.accounts]
    refused = sorted((row.table, row.key, row.check, row.reason) for row in result.rejected)
    return record["digests"], accounts, refused, record["engine"]


@pytest.mark.slow
def test_a_user_who_may_only_read_and_make_temporary_tables_settles_where_the_data_lie(server, delivered, tmp_path):
    """Typed there and settled there, fetched here, and from files: the same; nothing stays there or is told."""
    at, files = delivered
    asked = "SELECT TABLE_NAME, UPDATE_TIME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'his'"
    before = server.run(asked)
    there, here = outcome(at, tmp_path / "there", at), outcome(at, tmp_path / "here", "duckdb")
    plain = outcome(files, tmp_path / "files", at)
    assert there[:3] == here[:3] == plain[:3] and there[0]
    assert there[3].startswith("mariadb://reader@localhost/his")
    assert PASSWORD not in (tmp_path / "there" / "run.json").read_text("utf-8")
    assert server.run(asked) == before
    with duckdb.connect() as files_there:
        sheet = tmp_path / "there" / "statements" / "月度病例明细.parquet"
        ((key,),) = files_there.execute(f"select 病例号 from '{sheet}' limit 1").fetchall()
    words = ["explain", str(tmp_path / "there"), "病例", str(key)]
    unasked, told = CliRunner().invoke(main, words), CliRunner().invoke(main, [*words, "--data", at])
    assert unasked.exit_code == 1 and "不会自己去连" in unasked.output
    assert told.exit_code == 0 and str(key) in told.output and PASSWORD not in told.output


@pytest.mark.slow
def test_one_state_of_the_data_is_seen_and_nobody_waits_for_us(server, delivered):
    at, _ = delivered
    places = open_places([at])
    table = load(CITY).at(parse_period("2025-01").end).tables["病例"]
    with open_engine(at) as database:
        database.join(places)
        count = "SELECT COUNT(*) FROM his.`病例`"
        ((before,),) = ask(database, count)
        key = server.run("SELECT 病例号 FROM his.`病例` LIMIT 1")[0][0]
        server.run(f"DELETE FROM his.`病例` WHERE 病例号 = '{key}'", "SELECT 1")  # would wait, were a row locked
        staged = database.stage(table, places, None, frozenset(), "t0")
        server.run("UPDATE his.`病例` SET 病例号 = CONCAT(病例号, 'x') LIMIT 1", "SELECT 1")
        assert staged.count + len(staged.rejected) == before
        assert server.run(count) == [(before - 1,)]


# -- who may, and what is said ------------------------------------------------------------


def test_without_the_right_to_temporary_tables_it_says_which_right_is_missing(server):
    made = "CREATE USER IF NOT EXISTS looker@localhost", "GRANT SELECT ON casemix.* TO looker@localhost"
    server.run(*made, "SELECT 1", user="root")
    with open_engine(server.url("looker")) as database, pytest.raises(Exception, match="denied") as refused:
        database.table([("a", "BIGINT", [1])])
    said = database.said_of(refused.value)
    assert "CREATE TEMPORARY TABLES" in said.hint


def test_who_ends_a_connection_is_told_of(server, maria):
    server.run(f"KILL CONNECTION {maria.connection.thread_id()}")
    with pytest.raises(Exception) as gone:  # noqa: PT011
        maria.rows(exp.select(exp.alias_(exp.Literal.number(1), "x")))
    assert isinstance(maria.said_of(gone.value), RunStopped)


def test_an_interruption_ends_the_query_on_the_server(server):
    def sleeping() -> bool:
        asked = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'"
        return server.run(asked) != [(0,)]

    with (
        pytest.raises(KeyboardInterrupt),
        open_engine(server.url()) as database,
        interruptions.coming_once(sleeping),
    ):
        ask(database, "SELECT SLEEP(60)")
    until = time.monotonic() + 5
    while sleeping():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_an_address_where_nothing_listens_is_said():
    with pytest.raises(DataError, match="连不上数据库 mariadb://u@127.0.0.1:1/db"):
        open_engine("mariadb://u:secret@127.0.0.1:1/db")


@pytest.mark.parametrize(
    "url",
    ["mariadb://u:secret@h", "mariadb://h/db", "mariadb://u:secret@h/db?strange=1", "mariadb://u:sec/ret@h/db",
     "mariadb://u:secret@h:x/db", "mariadb://u@h/db#x", f"mariadb://u@h/{'x' * 65}"],
)  # fmt: skip
def test_a_wrong_address_is_refused_without_its_password(url):
    with pytest.raises(DataError) as refused:
        open_places([url])
    assert "secret" not in f"{refused.value} {refused.value.hint}"


def test_mysql_is_refused_with_what_to_do():
    for refused in (lambda: open_places(["mysql://u:secret@h/db"]), lambda: open_engine("mysql://u:secret@h/db")):
        with pytest.raises(DataError, match="临时表只能读一次") as told:
            refused()
        assert "mariadb://" in told.value.hint and "secret" not in str(told.value)


def test_a_result_does_not_go_into_mariadb_and_it_says_where_it_can_go(server, tmp_path):
    options = ["--period", "2025-01", "--data", str(tmp_path), "--out", server.url()]
    done = CliRunner().invoke(main, ["run", str(CITY), "月度预结算", *options])
    assert done.exit_code != 0
    assert "结果不能写进 MariaDB" in done.output and "文件夹" in done.output
    with pytest.raises(DataError, match="不能把结果写进 MariaDB"):
        settle(load(CITY), "月度预结算", parse_period("2025-01"), [tmp_path], server.url())


def test_a_password_of_the_environment_goes_to_one_server_only(monkeypatch, tmp_path):
    places = ["mariadb://u@a/db", "mariadb://u@b/db"]
    refuse_shared_password(places)
    monkeypatch.setenv("MYSQL_PWD", "secret")
    with pytest.raises(DataError, match="每一台") as told:
        refuse_shared_password(places)
    assert "passfile" in told.value.hint and "secret" not in str(told.value)
    refuse_shared_password([places[0], f"mariadb://u@b/db?passfile={tmp_path}/secret"])


def test_a_password_may_stand_in_a_file(server, tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", "utf-8")
    with open_engine(f"{server.url(READER)}&passfile={file}") as database:
        assert ask(database, "SELECT 1") == [(1,)] and str(file) not in database.name
