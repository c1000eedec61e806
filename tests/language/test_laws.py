"""What is true of each function is said once; what an engine has no words for is worked out on the host."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest
from kit import Case, Line, read_lines, refusal
from kit_engines import ENGINES, in_sql
from kit_expected import agrees

from engine.execute.reference.scalars import SCALARS
from engine.execute.sql import added_up, host_values, lower
from engine.execute.sql.not_in_sql import NotInSql
from engine.language import tree
from engine.language.function_laws import Absence, Decimals, Law, Reach, Takes
from engine.language.functions import FUNCTIONS, SCALAR, Function
from engine.language.parse import parse_expression
from engine.rulebook.digits import digits_of_node
from tests.databases import KNOWN, SLOW, why_not

CASE = Case(Line("law", "", "1", "", "1"))
IN_SQL = [name for name in ENGINES if name not in ("reference", "closures", "row by row", "spark")]
GATHERED = ("去重计数", "均值", "最大", "最小", "标准差", "样本变异系数", "中位数", "分位数")
WORDLESS = ("余数", "有效数字", "限定", "取低", "较小", "天数", "年月", "绝对值")


def decimals(node: tree.Node) -> int | None:
    return digits_of_node(CASE.scope, CASE.binder, node, frozenset())


def test_a_function_without_a_law_cannot_be_written_down():
    with pytest.raises(TypeError, match="law"):
        Function("半数", SCALAR, "x", 1, 1, "一半", "half")  # type: ignore[call-arg]


def test_decimals_of_a_function_that_has_no_law_are_no_number():
    with pytest.raises(KeyError, match="半数"):
        decimals(tree.Call("半数", (tree.Name("x"),)))
    with pytest.raises(TypeError, match="Word"):
        decimals(tree.Word("x"))


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_says_how_many_decimals_it_has(function):
    one, two = parse_expression("1.25"), parse_expression("2")
    assert decimals(tree.Call(function.name, (one, two, two))) in (0, 2, None)


@pytest.mark.parametrize(
    ("written", "places"),
    [("3.75 + 1", 2), ("余数(3.75, 0.125)", 3), ("有效数字(3.75, 1)", 2), ("有效数字(1 ÷ 3, 2)", None),
     ("四舍五入(3.755, 2)", 2), ("四舍五入(3.755)", 0), ("若(1.2345 > 1, 2.5, 3)", 1), ("取高(1.5, 2.25) × 0.1", 3)],
)  # fmt: skip
def test_decimals_follow_from_the_law(written, places):
    assert decimals(parse_expression(written)) == places


def test_what_follows_from_arguments_alone_is_scalar():
    for function in FUNCTIONS.values():
        assert (function.law.reach is Reach.ROW) == (function.family == SCALAR and function.name != "工作日数")


@pytest.mark.slow
@pytest.mark.parametrize("engine", IN_SQL)
def test_what_sql_has_no_words_for_gives_the_same(engine, monkeypatch):
    for name in WORDLESS:
        monkeypatch.delitem(lower.WORDS, name)
    cases = [Case(line) for line in read_lines() if any(f"{name}(" in line.expression for name in WORDLESS)]
    cases = [case for case in cases if case.expected.refused is None and case.line.given]
    assert len(cases) > 60
    for case in cases:
        for one, other in zip(ENGINES[engine](case), case.expected.values, strict=True):
            assert agrees(one, other), f"{case.line}: {one}, not {other}"


NEW = Function(
    "中间值", SCALAR, "a, b, c", 3, 3, "三个当中居中的", "middle one", Law(Takes.ORDERED, Decimals.MOST, Absence.ANY)
)
OF_NEW = (
    Line("new-1", "", "中间值(甲, 乙, 4)", "甲=[1 9 空 错(未知)] 乙=[5 2 3 4]", "[4 4 空 ?未知]"),
    Line("new-2", "", "中间值(甲, 乙, 丙) × 10 + 1", "甲=2.5 乙=0.25 丙=7", "26"),
    Line("new-3", "", "合计(中间值(甲, 乙, 3))", "甲=[1 9 4] 乙=[5 2 8]", "10"),
    Line("new-4", "", "中间值(甲, 乙, 3) > 1", "甲=空 乙=2", "!缺失"),
)


EVERYWHERE = ENGINES | {name: partial(in_sql, name) for name in KNOWN if not why_not(name)}
"""Those that run only a part of the kit too."""


@pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in EVERYWHERE]
)
def test_a_new_scalar_function_is_its_row_with_its_law_and_its_meaning(engine, monkeypatch):
    monkeypatch.setitem(FUNCTIONS, NEW.name, NEW)
    monkeypatch.setitem(SCALARS, NEW.name, lambda *values: None if None in values else sorted(values)[1])
    for line in OF_NEW:
        case = Case(line)
        refused = refusal(case)
        assert (None if refused is None else refused[0]) == case.expected.refused, refused
        for one, other in zip(EVERYWHERE[engine](case) if refused is None else (), case.expected.values, strict=True):
            assert agrees(one, other), f"{line}: {one}, not {other}"


@pytest.mark.slow
@pytest.mark.parametrize("engine", IN_SQL)
def test_an_aggregate_that_sql_has_no_words_for_is_worked_out_from_every_value(engine, monkeypatch):
    for name in GATHERED:
        monkeypatch.delitem(added_up.PLACES if name in added_up.PLACES else added_up.STATES, name)
    cases = [Case(line) for line in read_lines() if any(line.expression.startswith(f"{name}(") for name in GATHERED)]
    cases = [case for case in cases if case.expected.refused is None and not case.line.result.startswith("[")]
    assert len(cases) > 60
    for case in cases:
        for one, other in zip(ENGINES[engine](case), case.expected.values, strict=True):
            assert agrees(one, other), f"{case.line}: {one}, not {other}"


@pytest.mark.parametrize("engine", IN_SQL)
def test_over_too_many_different_arguments_function_and_engine_are_named(engine, monkeypatch):
    case = Case(Line("many", "", "合计(余数(甲, 乙))", "甲=[4 5 6 4] 乙=[3 3 3 3]", "4"))
    monkeypatch.delitem(lower.WORDS, "余数")
    monkeypatch.setattr(host_values, "MOST_ARGUMENTS", 3)
    (found,) = ENGINES[engine](case)
    assert agrees(found, case.expected.values[0])
    monkeypatch.setattr(host_values, "MOST_ARGUMENTS", 2)
    with pytest.raises(NotInSql, match=f"余数.*{engine}.*2 组以上"):
        ENGINES[engine](dataclasses.replace(case))
