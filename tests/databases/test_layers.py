"""Queries of very many layers are printed without as many calls inside each other."""

import duckdb
import pytest
from sqlglot import exp

from engine.databases.layers import MOST, flattened


def layered(count: int) -> exp.Select:
    query = exp.select("1 AS n")
    for _ in range(count):
        query = exp.select("n + 1 AS n").from_(query.subquery("q"))
    return query


def answer(query: exp.Expression) -> object:
    return duckdb.sql(flattened(query).sql("duckdb")).fetchall()


def test_a_query_of_few_layers_is_left_as_it_is():
    query = layered(MOST)
    assert flattened(query) is query


@pytest.mark.slow
def test_a_query_of_many_layers_asks_the_same():
    assert answer(layered(3 * MOST + 5)) == [(3 * MOST + 6,)]


def test_so_do_several_that_are_put_together():
    assert answer(exp.union(layered(2 * MOST), layered(1), distinct=False)) == [(2 * MOST + 1,), (2,)]


def test_a_table_is_made_of_as_many_layers():
    query = exp.Create(this=exp.to_table("made"), kind="TABLE", expression=layered(2 * MOST))
    with duckdb.connect() as database:
        database.execute(flattened(query).sql("duckdb"))
        assert database.execute("select n from made").fetchall() == [(2 * MOST + 1,)]
