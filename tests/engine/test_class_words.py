"""A class may be any text that people print: what is declared can be used everywhere, or is refused there and then."""

import pytest
from city import city

from engine.check import check_book
from engine.rulebook.names import fault_of_class

ODD = ["二级（含）以下", "三级 甲等", "50%", "1", "A-B", "≥ 60岁", "J18.9", "是"]
LIST = ", ".join(f'"{word}"' for word in ODD)
RULES = f"""
档: {{粒度: 行程, 类别: [{LIST}], 表: tables/档.csv}}
按档: {{粒度: 行程, 单位: 倍, 按: 档, 分情形: {{{", ".join(f'"{word}": {n}' for n, word in enumerate(ODD))}}}}}
表档: {{粒度: 行程, 单位: 倍, 表: [{", ".join(f'{{档: "{word}", 表档: {n}}}' for n, word in enumerate(ODD))}]}}
合档: {{粒度: 行程, 单位: 倍, 表: [{{档: "{"、".join(ODD[:4])}", 合档: 1}}, {{档: "{"、".join(ODD[4:])}", 合档: 2}}]}}
式档: {{粒度: 行程, 单位: 倍, 公式: "{" + ".join(f"若(档 = “{word}”, {n}, 0)" for n, word in enumerate(ODD))}"}}
档名: {{粒度: 行程, 类别: [{LIST}], 按: 档, 分情形: {{{", ".join(f'"{word}": "{word}"' for word in ODD)}}}}}
开关: {{类别: [按（甲）, 按（乙）], 取值: {{2024-01-01: 按（乙）}}}}
开: {{粒度: 行程, 单位: 倍, 按: 开关, 分情形: {{按（甲）: 1, 按（乙）: 2}}}}
查: {{粒度: 行程, 筛查: {{红（强）: 里程 > 20, 黄: 里程 > 10}}}}
红: {{粒度: 行程, 公式: 查 = “红（强）”}}
表一: {{粒度: 行程, 列: [档, 档名, 按档, 表档, 合档, 式档, 开, 查, 红]}}
结算: {{期间: 年, 报表: [表一]}}
"""
CELLS = "里程,档\n" + "".join(f'"[{n}, {n + 1})",{word}\n' for n, word in enumerate(ODD)) + f"≥ {len(ODD)},是\n"
TRIPS = "行程号,车队号,日期,里程,运费,班次\n" + "".join(f"{n},东,2025-01-10,{n},1.00,早\n" for n in range(len(ODD)))


def test_a_class_of_any_text_is_usable_everywhere_and_on_every_engine(tmp_path):
    made = city(tmp_path, RULES, 行程=TRIPS)
    made.write("jia/tables/档.csv", CELLS)
    rows = [[str(value) for value in row] for row in made.run().sheet("表一").rows]
    wanted = [[str(n), w, w, str(n), str(n), "1" if n < 4 else "2", str(n), "2"] for n, w in enumerate(ODD)]
    assert [row[:8] for row in rows] == wanted
    assert {tuple(row[8:]) for row in rows} == {("未命中", "False")}


@pytest.mark.parametrize(
    "word", ["任何", "否则", "待定", "空", "有", "没有", "甲、乙", "甲“乙", "甲|乙", " 甲", "甲\u200b", "字" * 41]
)
def test_what_cannot_be_told_from_the_words_about_it_is_no_class(word):
    assert fault_of_class(word)


@pytest.mark.parametrize("word", [*ODD, "其他", "期初", "未分级", "甲/乙", "(空)", "A(1,2)"])
def test_what_people_print_is_a_class(word):
    assert not fault_of_class(word)


@pytest.mark.parametrize(
    "formula",
    ["档 = 乙等（含）以下", "若(档 属于 甲等、乙等（含）以下, 1, 2) > 1", "档 = 乙等 (含)以下 或 费用 > 1"],
)
def test_a_class_that_needs_quotes_says_so_where_it_stands_without(tmp_path, formula):
    declared = "档: {类别: [甲等, 乙等（含）以下, 乙等 (含)以下], 取值: {2025-01-01: 甲等}}\n"
    made = city(tmp_path, declared.replace("2025", "2024") + f'低: {{粒度: 行程, 公式: "{formula}"}}\n')
    found = [p for p in check_book(made.book()) if p.code[0] == "E"]
    assert [p.place.line for p in found] == [3]
    assert "写成 “乙等" in found[0].hint
