"""No generated query contains what could round or overflow unseen; the rule about it catches what it should."""

from random import Random

import pytest
from generated import Inspector, forbidden
from rulebooks import Maker
from sqlglot import exp, parse_one
from test_differential import must_agree

from tests.databases import chosen, open_database


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 45, 15))
def test_generated_queries_are_exact_integers(first):
    for seed in range(first, first + 15):
        must_agree(Maker(Random(10_000 + seed), 8).make(), watched=True)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a / b FROM t",
        "SELECT a * 1.5 FROM t",
        "SELECT a * 1e3 FROM t",
        "SELECT CAST(a AS DOUBLE) FROM t",
        "SELECT CAST(a AS DECIMAL(18, 2)) FROM t",
        "SELECT CAST(a AS INT) FROM t",
        "SELECT TRY_CAST(a AS BIGINT) FROM t",
        "SELECT AVG(a) FROM t",
        "SELECT MEDIAN(a) FROM t",
        "SELECT QUANTILE_CONT(a, 0.5) FROM t",
        "SELECT STDDEV_POP(a) FROM t",
        "SELECT ROUND(a) FROM t",
        "SELECT a // 0 FROM t",
        "SELECT 费用 FROM t",
        "SELECT unheard_of(a) FROM t",
        "SELECT CASE WHEN a THEN b END FROM t",
        "SELECT a FROM t JOIN s ON t.a = s.a",
        "SELECT a FROM t LEFT JOIN s",
        "SELECT 100000000000000000000000000000000000000 FROM t",
    ],
)
def test_what_is_forbidden_is_seen(sql):
    assert list(forbidden(parse_one(sql, dialect="duckdb")))


def test_an_order_without_a_place_for_null_is_seen():
    assert list(forbidden(exp.select("a").from_("t").order_by(exp.Ordered(this=exp.column("a")))))
    assert not list(
        forbidden(exp.select("a").from_("t").order_by(exp.Ordered(this=exp.column("a"), nulls_first=False)))
    )


@pytest.mark.parametrize("engine", [name for name in ("duckdb", "postgresql") if name in chosen()])
def test_a_type_of_a_result_that_is_no_integer_is_seen(engine):
    with open_database(engine) as database:
        inspector = Inspector(database)
        inspector(exp.select(exp.alias_(exp.func("sqrt", exp.Literal.number(2)), "a")))
        inspector(exp.select(exp.alias_(exp.cast(exp.Literal.number(2), "BIGINT"), "b")))
    assert any("a is " in line for line in inspector.found)
    assert not any("b is" in line for line in inspector.found) and inspector.queries == 2
