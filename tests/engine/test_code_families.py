"""Tables over codes: a row for a family (F20 开头), a row for the rest (其余); what is proved of them."""

from itertools import product
from random import Random

import pytest
from city import city

from engine.check import check_book
from engine.check.pieces import Variable, in_family
from engine.execute.period import parse_period
from engine.settle import settle
from tests.databases import chosen, engine_option

TRIPS = """
行程号,车队号,日期,里程,运费,班次
1,东,2025-01-10,10,100.00,F20.000
2,东,2025-01-20,20,200.00,F20
3,西,2025-02-10,30,400.00,F33.9
4,西,2025-03-15,40,800.00,Z51.502
5,东,2025-03-16,40,800.00,F2
6,西,2025-03-17,40,800.00,
7,西,2025-03-18,40,800.00,F34
"""
RULES = """
费率:
  粒度: 行程
  单位: 倍
  表:
    - {班次: "F20 开头、F30–F33", 等级: 大, 费率: 1}
    - {班次: "F20 开头、F30–F33", 等级: 小, 费率: 2}
    - {班次: Z51.5 开头, 费率: 3}
    - {班次: 其余, 费率: 4}
高: {粒度: 行程, 公式: 有 班次 且 班次 属于 F20 开头、Z51.502}
档: {粒度: 行程, 单位: 倍, 表: [{里程: ≤ 10, 档: 1}, {里程: "(10, 30)", 档: 2}, {里程: 其余, 档: 3}]}
表一: {粒度: 行程, 列: [费率, 高, 档]}
结算: {期间: 年, 报表: [表一]}
"""


def test_families_and_the_rest_on_every_engine(tmp_path):
    lines = city(tmp_path, RULES, 行程=TRIPS).run().lines("表一")
    assert lines == ["1 1 是 1", "2 1 是 2", "3 2 否 3", "4 3 是 3", "5 4 否 3", "6 空 否 3", "7 4 否 3"]


def told(tmp_path, rows, column="车队号"):
    cells = ", ".join(f'{{{column}: "{cell}", 费率: {n}}}' for n, cell in enumerate(rows))
    book = city(tmp_path, f"费率: {{粒度: 车队, 单位: 倍, 表: [{cells}]}}\n").book()
    return [(p.code, p.message) for p in check_book(book)]


def test_a_table_without_the_rest_says_so(tmp_path):
    ((code, message),) = told(tmp_path, ["F20 开头", "Z51.5"])
    assert code == "W702" and "车队号 是 别的 时没有一行适用" in message
    assert told(tmp_path, ["F20 开头", "Z51.5", "其余"]) == []


@pytest.mark.parametrize(
    "rows, code",
    [
        (["F00–F99", "F20 开头", "其余"], "E702"),
        (["F20.1", "F20 开头", "其余"], "E702"),
        (["F20 开头", "任何"], "E702"),
        (["F20–F25", "F25.9–F30", "其余"], "E702"),
        (["F20–F25", "F26–F30", "其余"], ""),
        (["F20.1", "F20.2 开头", "F21 开头", "其余"], ""),
    ],
)
def test_families_that_overlap_are_told(tmp_path, rows, code):
    assert [found for found, _ in told(tmp_path, rows)] == ([code] if code else [])


def test_every_code_that_conditions_tell_apart_stands_among_the_pieces():
    """Over all codes of up to three letters of a small alphabet, by trying them."""
    rng = Random(5)
    codes = ["".join(letters) for n in (1, 2, 3) for letters in product("AB1", repeat=n)]
    for _ in range(300):
        pairs = [sorted(rng.choices(codes, k=2)) for _ in range(rng.randint(1, 3))]
        families = tuple((low, high) for low, high in pairs if low[: len(high)] <= high)
        words = tuple(rng.sample(codes, rng.randint(0, 2)))
        pieces = Variable("x", "text", words=words, families=families).pieces()

        def facts(code, words=words, families=families):
            return tuple(code == word for word in words) + tuple(in_family(code, *family) for family in families)

        seen = {facts(piece.sample) if isinstance(piece.sample, str) else facts("\uffff") for piece in pieces}
        assert {facts(code) for code in codes} <= seen


@pytest.mark.parametrize("engine", ["reference", *chosen()])
def test_an_exact_code_that_no_row_has_while_rows_have_longer_ones_is_told(tmp_path, engine):
    made = city(
        tmp_path,
        "精神: {粒度: 行程, 公式: 有 班次 且 班次 属于 F33、F20、Z99、Z51–Z52}\n"
        "这个: {粒度: 行程, 公式: 有 班次 且 班次 属于 “F33”}\n"
        "表一: {粒度: 行程, 列: [精神, 这个]}\n结算: {期间: 年, 报表: [表一]}\n",
        行程=TRIPS,
    )
    where = engine if engine == "reference" else engine_option(engine)
    result, record = settle(
        made.book(), "结算", parse_period("2025"), [tmp_path / "data"], tmp_path / "out", engine=where
    )
    (note,) = [note for note in result.notes if "编码" in note]
    assert note.startswith("班次 属于 F33：数据里没有 F33 这个编码，以它开头的有 1 行") and note in record["notes"]
