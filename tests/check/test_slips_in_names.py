"""A name, a function or a bracket that is nearly right: the message says what was meant."""

from __future__ import annotations

import pytest

from engine.check import check_book
from engine.language.functions import FUNCTIONS
from engine.language.other_words import OTHER_WORDS, simplified
from engine.rulebook.book import load
from engine.rulebook.problems import RulebookError

HEAD = "名称: 例市\n施行: 2025-01-01\n文件: {办法: {题名: 例市办法}}\n"
RULES = """依据: 办法 第一条
行程:
  主键: 编号
  归期: 日期
  字段: {编号: 文本, 日期: 日期, 费用: 元, 基准补助标准: 元, 载重: {类型: 数, 可空: 是}}
补助率: {单位: 比例, 取值: {2025-01-01: 50%}}
补助额: {单位: 元, 取值: {2025-01-01: 5}}
"""


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("费用 × 补助串", "是不是 补助率、补助额 中的一个？"),
        ("费用 × 补率助", "是不是 补助率？"),
        ("基准补助标 × 2", "是不是 基准补助标准？"),
        ("費用 × 补助率", "名字用简体字写：费用"),
        ("基準補助標準 × 补助率", "名字用简体字写：基准补助标准"),
        ("補助標準 × 补助率", "名字用简体字写：基准补助标准"),
        ("較大(费用, 0)", "名字用简体字写：较大"),
        ("四拾五入(费用, 2)", "是不是 四舍五入？"),
        ("IF(费用 > 0, 费用, 0)", "写 若"),
        ("Round(费用, 2)", "写 四舍五入"),
        ("max(费用, 0)", "写 较大（几个值里）或 最大（许多行里）"),
        ("变形(费用)", "函数都在语言手册的“函数”一节里"),
        ("【费用】 × 2", "括号只用圆括号 ( )，名字不加括号"),
        ("较大〔费用，0〕", "括号只用圆括号 ( )，名字不加括号"),
        ("较大{费用, 0}", "括号只用圆括号 ( )，名字不加括号"),
        ("较大[费用, 0]", "函数和算式的括号是圆括号，名字不加括号"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(tmp_path, formula, said):
    (tmp_path / "region.yaml").write_text(HEAD, "utf-8")
    (tmp_path / "规则.yaml").write_text(f"{RULES}算: {{粒度: 行程, 单位: 元, 舍入: 2, 公式: '{formula}'}}\n", "utf-8")
    try:
        problems = check_book(load(tmp_path))
    except RulebookError as error:
        problems = error.problems
    errors = [problem for problem in problems if problem.code.startswith("E")]
    assert len(errors) == 1 and said in f"{errors[0].message} {errors[0].hint}"


def test_every_other_word_leads_to_a_function_and_none_is_one():
    for word, own in OTHER_WORDS.items():
        assert word not in FUNCTIONS
        assert own.partition("(")[0].partition("（")[0] in {*FUNCTIONS, "没有 名字"}, own


def test_no_simplified_character_is_taken_for_a_traditional_one():
    names = "".join(FUNCTIONS) + "".join(OTHER_WORDS.values())
    assert simplified(names) == names and simplified("費額") == "费额"
