"""Trees of SQL are copied, searched and told apart without being printed."""

import pytest
from sqlglot import exp

from engine.databases.marks import COMPUTED_FILTER, WIDE_DIVISION
from engine.databases.trees import cast, columns_of, copied, is_marked, made_of, named


def quotient() -> exp.Expression:
    return exp.IntDiv(this=exp.column("v1"), expression=exp.column("c2"))


def trees() -> list[exp.Expression]:
    choice = exp.Case().when(exp.GTE(this=exp.column("v1"), expression=exp.Literal.number(1)), quotient(), copy=False)
    return [
        exp.column("v1"), exp.column("v1", "p"), quotient(), exp.Literal.number(1), exp.Literal.string("1"),
        exp.Boolean(this=True), exp.Boolean(this=False), exp.Null(), choice.copy(), choice.else_(exp.Null()),
        cast(exp.column("v1"), "BIGINT"), cast(exp.column("v1"), "DECIMAL(10, 2)"),
        cast(exp.column("v1"), "DECIMAL(10)"),
        exp.Max(this=exp.column("v1")), exp.Min(this=exp.column("v1")), exp.Literal.string(""),
        exp.select(named(quotient(), "x0")).from_("t"), exp.select(named(quotient(), "x1")).from_("t"),
    ]  # fmt: skip


@pytest.mark.parametrize("tree", trees(), ids=lambda tree: tree.sql("duckdb"))
def test_a_copy_says_the_same_and_has_no_node_in_common(tree: exp.Expression) -> None:
    same = copied(tree)
    assert same.sql("duckdb") == tree.sql("duckdb")
    assert not {id(node) for node in same.walk()} & {id(node) for node in tree.walk()}
    assert same.parent is None
    assert all(node.parent.args[node.arg_key] is not None for node in same.walk() if node is not same)


def test_trees_are_the_same_where_they_are_printed_the_same() -> None:
    for one in trees():
        for other in trees():
            assert (made_of(one) == made_of(other)) == (one.sql("duckdb") == other.sql("duckdb"))


def test_a_copy_keeps_the_marks() -> None:
    tree = quotient()
    tree.meta[WIDE_DIVISION] = True
    assert copied(exp.Paren(this=tree)).this.meta == {WIDE_DIVISION: True}


def test_a_copy_reads_its_columns_from_the_relation_that_is_named() -> None:
    assert copied(quotient(), "p").sql("duckdb") == "p.v1 // p.c2"


def test_columns_are_found_wherever_they_stand() -> None:
    assert sorted(columns_of(trees()[8])) == ["c2", "v1", "v1"]


def test_a_mark_is_found_in_a_select_below() -> None:
    inner = exp.select("v1").from_("t")
    outer = exp.select("v1").from_(inner.subquery("q", copy=False), copy=False)
    assert not is_marked(outer, COMPUTED_FILTER)
    inner.meta[COMPUTED_FILTER] = True
    assert is_marked(outer, COMPUTED_FILTER)
