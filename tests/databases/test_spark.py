"""Spark against the reference engine: a part of the kit and of the random rulebooks, its traps, its failures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlglot import exp

from engine.databases.spark.database import Spark
from engine.execute.sql import ints
from engine.execute.sql.ints import Int
from engine.files.errors import DataError
from tests.databases import nothing_left_out, spark_session, why_not
from tests.databases.kit_lines import wrong_lines

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_not("spark")), reason=why_not("spark"))]
WIDE = 10**38 - 1


@pytest.fixture
def spark() -> Iterator[Any]:
    with spark_session.open_tiny() as database:
        yield database


def quotients(database: Any, pairs: list[tuple[int, int]], kind: str = "INT128") -> list[int]:
    """What :func:`ints.truncated` gives for each pair."""
    listed = [
        ("n", "BIGINT", list(range(len(pairs)))),
        ("a", kind, [a for a, _ in pairs]),
        ("b", kind, [b for _, b in pairs]),
    ]
    table = database.table(listed)
    wide = kind == "INT128"
    number = Int(exp.column("a"), min(a for a, _ in pairs), max(a for a, _ in pairs), wide)
    divisor = Int(exp.column("b"), min(b for _, b in pairs), max(b for _, b in pairs), wide)
    found = ints.truncated(number, divisor)
    query = (
        exp.select(exp.alias_(found.sql, "q"))
        .from_(table)
        .order_by(exp.Ordered(this=exp.column("n"), nulls_first=False))
    )
    return [int(q) for (q,) in database.rows(query)]


def test_a_query_of_some_hundred_layers_is_answered_and_its_layers_are_dropped(spark):
    query = exp.select("1 AS n")
    for _ in range(300):
        query = exp.select("n + 1 AS n").from_(query.subquery("q"))
    assert [int(n) for (n,) in spark.rows(query)] == [301]
    assert spark.rows(exp.select("2 AS n")) == [(2,)]
    assert not [name for name in spark._views if "layer" in name]


def towards_zero(a: int, b: int) -> int:
    return abs(a) // b * (1 if a >= 0 else -1)


def test_quotients_of_38_digits_are_exact(spark):
    ends = [
        1,
        2,
        3,
        7,
        10**9,
        10**18,
        2**63 - 1,
        2**63,
        10**19 - 1,
        10**19,
        10**19 + 1,
        2 * 10**19,
        10**37,
        WIDE - 1,
        WIDE,
    ]
    pairs = [(sign * a, b) for a in (0, *ends) for b in ends for sign in (1, -1)]
    chance = Random(5)
    for _ in range(300):
        a, b = chance.randrange(10 ** chance.randint(1, 38)), chance.randrange(1, 10 ** chance.randint(1, 38))
        pairs += [(a, b), (-a, b), (a - a % b, b), (max(a - a % b - 1, 0), b)]
    assert quotients(spark, pairs) == [towards_zero(a, b) for a, b in pairs]


def test_narrow_quotients_of_wide_numbers_are_exact(spark):
    """Bounds that prove 64 bits: Spark's own ``div``, which would wrap beyond them."""
    pairs = [
        (a, b) for a in (0, 1, -1, 10**38 - 1, -(10**38 - 1), 10**30 + 7) for b in (2 * 10**19, 10**25, 10**38 - 1)
    ]
    assert quotients(spark, pairs) == [towards_zero(a, b) for a, b in pairs]


def test_narrow_quotients_are_exact(spark):
    top = 2**63 - 1
    pairs = [(a, b) for a in (0, 1, -1, 5, -5, top, -top) for b in (1, 2, 3, top - 1, top)]
    assert quotients(spark, pairs, "BIGINT") == [towards_zero(a, b) for a, b in pairs]


def test_a_divisor_without_a_value_gives_none(spark):
    table = spark.table([("a", "INT128", [WIDE]), ("b", "INT128", [None])])
    found = ints.truncated(Int(exp.column("a"), 0, WIDE, True), Int(exp.column("b"), 1, WIDE, True))
    assert spark.rows(exp.select(exp.alias_(found.sql, "q")).from_(table)) == [(None,)]


def test_sums_of_64_bits_go_beyond_them(spark):
    table = spark.table([("a", "BIGINT", [2**63 - 1, 2**63 - 1, 5])])
    assert spark.rows(exp.select(exp.alias_(exp.Sum(this=exp.column("a")), "s")).from_(table)) == [(2**64 + 3,)]


def test_overflow_of_38_digits_stops(spark):
    table = spark.table([("a", "INT128", [WIDE])])
    with pytest.raises(Exception, match="NUMERIC_VALUE_OUT_OF_RANGE"):
        spark.rows(exp.select(exp.alias_(exp.Add(this=exp.column("a"), expression=exp.column("a")), "s")).from_(table))


def test_texts_come_through_as_they_are(spark):
    texts = ["", "a'b\"`", "\\", "\\n", "${x}", "{{y}}", "一😀", "\t", "x\x1fy", "--", "%s", "\n", "$1", ":a", "?"]
    table = spark.table([("n", "BIGINT", list(range(len(texts)))), ("a", "VARCHAR", texts)])
    order = exp.Ordered(this=exp.column("n"), nulls_first=False)
    assert [row for (row,) in spark.rows(exp.select("a").from_(table).order_by(order))] == texts
    literals = exp.select(*[exp.alias_(exp.Literal.string(text), f"x{n}") for n, text in enumerate(texts)])
    assert spark.rows(literals) == [tuple(texts)]


def test_what_is_kept_is_not_worked_out_again(spark):
    table = spark.table([("a", "BIGINT", list(range(50)))])
    numbered = exp.select("a", exp.alias_(exp.Anonymous(this="uuid"), "u")).from_(table)
    kept = spark.keep(numbered)
    query = exp.select("a", "u").from_(kept).order_by(exp.Ordered(this=exp.column("a"), nulls_first=False))
    assert spark.rows(query) == spark.rows(query)


def test_a_file_has_the_types_and_headings_of_the_query(spark, tmp_path):
    import duckdb

    table = spark.table(
        [("a", "BIGINT", [5]), ("b", "INT128", [WIDE]), ("c", "VARCHAR", ["一"]), ("d", "BOOLEAN", [None])]
    )
    amount = exp.Mul(
        this=exp.cast(exp.column("a"), "DECIMAL(20, 0)"),
        expression=exp.cast(exp.Literal.string("0.01"), "DECIMAL(3, 2)"),
    )
    listed = [
        exp.alias_(exp.cast(amount, "DECIMAL(38, 2)"), "金额 (元),{}", quoted=True),
        exp.alias_(exp.column("b"), "长", quoted=True),
        exp.alias_(exp.column("c"), "名=;", quoted=True),
        exp.alias_(exp.column("d"), "是否", quoted=True),
    ]
    path = tmp_path / "一.parquet"
    spark.copy(exp.select(*listed).from_(table), path)
    with duckdb.connect() as connection:
        found = connection.execute(f"describe select * from '{path}'").fetchall()
        assert [(name, kind) for name, kind, *_ in found] == [
            ("金额 (元),{}", "DECIMAL(38,2)"), ("长", "DECIMAL(38,0)"), ("名=;", "VARCHAR"), ("是否", "BOOLEAN"),
        ]  # fmt: skip
        assert connection.execute(f"select * from '{path}'").fetchone()[1] == WIDE


def test_a_table_may_have_no_rows(spark):
    table = spark.table([("a", "INT128", []), ("b", "VARCHAR", []), ("c", "DATE", [])])
    assert spark.rows(exp.select("a", "b", "c").from_(table)) == []


def test_decimals_are_plain_text(spark):
    zero = exp.cast(exp.cast(exp.Literal.string("0"), "DECIMAL(38, 10)"), "VARCHAR")
    assert spark.rows(exp.select(exp.alias_(zero, "x"))) == [("0.0000000000",)]


PARTS = 6
"""All six take five minutes; ``range(PARTS)`` below runs them by hand."""


@pytest.mark.parametrize("part", range(2 if nothing_left_out() else 1))
def test_a_sixth_of_the_kit(part):
    """Two sixths where nothing is left out."""
    assert wrong_lines("spark", part, PARTS) == []


def test_random_rulebooks_agree():
    sys.path.insert(0, str(Path(__file__).parents[1] / "differential"))
    from rulebooks import Maker
    from test_differential import must_agree

    for seed in range(7000, 7006):
        must_agree(Maker(Random(seed), 6).make(), watched=True, engines=["spark"])


def test_nothing_is_printed_by_a_session_that_starts_and_fails(tmp_path):
    """Neither warnings of Java, nor its stack traces, nor values of records."""
    program = (
        "from engine.databases.spark.database import Spark\n"
        "from sqlglot import parse_one\n"
        "with Spark() as database:\n"
        "    try:\n"
        "        database.rows(parse_one(\"select cast('a secret' as bigint) as x\"))\n"
        "    except Exception as error:\n"
        "        said = database.said_of(error)\n"
        "        print(said.message, said.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300,
        env={**__import__("os").environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.stderr == "" and "CAST_INVALID_INPUT" in done.stdout and "secret" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(DataError, match="连不上 sc://127.0.0.1:1"):
        Spark("sc://127.0.0.1:1/;token=secret").rows(exp.select(exp.alias_(exp.Literal.number(1), "x")))


def test_memory_of_a_cluster_is_not_ours_to_bound():
    with pytest.raises(DataError, match="--memory"):
        Spark("sc://127.0.0.1:1").limit("6GB")
