"""Whatever is written, reading an expression gives a tree or a sentence in Chinese, and soon."""

from __future__ import annotations

import random
import re

import pytest

from engine.language.parse import SyntaxProblem, parse_cell, parse_expression

WORDS = [
    "甲",
    "乙",
    "丙",
    "合计",
    "取",
    "缺省",
    "若",
    "且",
    "或",
    "非",
    "有",
    "没有",
    "可算",
    "属于",
    "不属于",
    "是",
    "否",
    "空",
    "当",
    "自",
    "每",
    "按",
    "从大到小",
    "任何",
    "否则",
    "x",
    "X",
    "倍",
    "元",
    "除以",
    "大于",
    "不是",
    "为空",
    "and",
]
SIGNS = [
    "+",
    "−",
    "-",
    "×",
    "*",
    "÷",
    "/",
    "=",
    "≠",
    "!=",
    "<",
    "<=",
    "≤",
    ">",
    ">=",
    "≥",
    "=<",
    "<>",
    "==",
    "(",
    ")",
    "（",
    "）",
    "[",
    "]",
    "［",
    "，",
    ",",
    "、",
    "~",
    "–",
    "%",
    ";",
    "：",
    ".",
    "“",
    "”",
    '"',
    "'",
    "^",
    "{",
    "}",
    "!",
]
VALUES = ["0", "1", "2.5", "50%", "6‰", "2025-01-01", "2025-02-30", "1.0.2", "I21.9", "I21–I25", "“文字”", "３", "0."]


def _sentence(read, text: str) -> str:
    try:
        read(text)
    except SyntaxProblem as problem:
        return problem.message
    return ""


def test_any_sequence_of_words_and_signs_is_read_or_refused_in_a_sentence():
    rng = random.Random(20250101)
    for _ in range(3000):
        tokens = [rng.choice(rng.choice((WORDS, WORDS, SIGNS, VALUES))) for _ in range(rng.randint(1, 12))]
        text = rng.choice((" ", "")).join(tokens)
        for read in (parse_expression, parse_cell):
            message = _sentence(read, text)
            assert not message or re.search("[\u4e00-\u9fff]", message), text


@pytest.mark.parametrize(
    "text, told",
    [
        ("甲 =< 乙", "写 ≤"),
        ("甲 <> 乙", "写 ≠"),
        ("甲 < = 乙", "写 ≤"),
        ("甲 == 乙", "一个 ="),
        ("甲 x 乙", "写 ×"),
        ("甲 X 乙", "写 ×"),
        ("甲 乘以 乙", "写 ×"),
        ("甲 除以 乙", "写 ÷"),
        ("甲 加上 乙", "写 +"),
        ("甲 减去 乙", "写 −"),
        ("甲 大于 乙", "写 >"),
        ("甲 小于 乙", "写 <"),
        ("甲 等于 乙", "写 ="),
        ("甲 大于200", "“大于200”写成 > 200"),
        ("甲 不超过12.5%", "“不超过12.5%”写成 ≤ 12.5%"),
        ("甲 小于等于3", "“小于等于3”写成 ≤ 3"),
        ("甲 达到 3", "写 ≥"),
        ("甲 在100到200之间", "“在100到200之间”写成区间 [100, 200]（公式里是 属于 [100, 200]）；不含的一头用圆括号"),
        ("若(甲 介于 10% 和 20% 之间, 1, 2)", "区间 [10%, 20%]"),
        ("甲 100～200", "区间 [100, 200]"),
        ("甲 不低于100且低于200", "“不低于100且低于200”写成区间 [100, 200)"),
        ("甲 2025-01-01至2025-12-31", "缺少运算符"),
        ("若 甲 > 5 则 1 否则 2", "“若”后面要有括号：若(条件, a, b)"),
        ("合计 甲", "“合计”后面要有括号"),
        ("甲 = 1 并且 乙 = 2", "写 且"),
        ("甲 = 1 或者 乙 = 2", "写 或"),
        ("甲 不是 乙", "写 ≠"),
        ("不是 甲", "写 非"),
        ("病种 为空", "没有 病种"),
        ("3 倍 × 甲", "不写单位"),
        ("合计(甲 当 乙)", "逗号"),
        ("甲 × 1.0.2", "1.0.2"),
        ("甲 + 乙 丙", "缺少运算符"),
    ],
)
def test_what_to_write_instead_is_said(text, told):
    assert told in _sentence(parse_expression, text)


@pytest.mark.parametrize("written", ["名次(甲, 从大到小, 每 乙, 丙)", "累计(甲, 每 乙, 每 丙, 按 丁)"])
def test_keys_behind_a_comma_are_told_with_their_form(written: str) -> None:
    with pytest.raises(SyntaxProblem, match="几个键用顿号隔开：每 乙、丙"):
        parse_expression(written)
