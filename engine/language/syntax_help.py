"""A syntax error by example: which common mistake it is, as a Chinese sentence."""

from __future__ import annotations

import re
from collections.abc import Callable

from lark import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

EXAMPLES: dict[str, list[str]] = {
    "条件不能连写：a < b < c 要写成 a < b 且 b < c，或 b 属于 (a, c)": [
        "a < b < c",
        "1 ≤ x ≤ 5",
        "a = b = c",
    ],
    "两个名字或数字之间缺少运算符（乘号写 ×，除号写 ÷）": [
        "a b",
        "2 a",
        "a 2",
        "(a) (b)",
        "(a) b",
        "a (b) 2",
        "a + b c",
    ],
    "运算符后面缺少内容": [
        "a +",
        "a ×",
        "a ÷",
        "a 且",
        "a 或",
        "非",
        "a <",
        "a = ",
        "(a + )",
        "f(a + , b)",
        "a 属于",
        "−",
        "(a 且 )",
    ],
    "运算符写重了，或它前面缺少内容": [
        "a + × b",
        "× a",
        "a ÷ ÷ b",
        "÷ 2",
        "+ a",
        "a − × b",
        "= a",
        "a = = b",
        "a × + b",
        "且 a",
        "a 且 或 b",
        "或 a",
    ],
    "括号没有配对：缺少右括号 )": ["(a + b", "f(a, b", "f((a)", "f(a, 当 b = c"],
    "多了一个右括号 )": ["a + b)", "f(a))", "(a))"],
    "逗号后面缺少参数": ["f(a, )", "f(, a)", "f(a,, b)"],
    "逗号只用在函数的括号里": ["a, b", "(a, b)"],
    "“有”“没有”“可算”后面写一个名字，或 取(…)": [
        "有 (a)",
        "没有 1",
        "有 (a + b)",
        "可算 2",
        "没有 (a 且 b)",
        "有 有 a",
    ],
    "区间写成 [下限, 上限)，用逗号隔开两个数": [
        "a 属于 [1]",
        "a 属于 [1 2]",
        "a 属于 (1)",
        "a 属于 (1, 2",
        "a 属于 [1, 2",
    ],
    "列举的各项用顿号隔开，如 属于 三级、二级": ["a 属于 b c", "a 属于 b、", "a 属于 、b"],
    "方括号只用在 属于 后面的区间里；没有下标的写法": ["a[1]", "[1, 2]", "a + [1, 2]", "a[b]"],
    "“自”后面写一个粒度的名字": ["f(a, 自 1)", "f(a, 自 (b))", "f(a, 自)"],
    "“当”后面写一个条件": ["f(a, 当)", "f(a, 当, b)"],
    "“每”后面写一个或几个键，用顿号隔开": ["f(a, 每)", "f(a, 每 1)", "f(a, 每 b c)"],
    "“按”后面写一个名字": ["f(a, 按)", "f(a, 按 1)"],
    "“当、自、每、按”只写在函数的括号里": ["a 当 b", "当 a", "a 自 b", "a + b 当 c = d", "按 a", "a 按 b"],
    "顿号只用在 属于 后面的列举里": ["a、b", "f(a、b)", "a + b、c"],
    "编码只能写在 属于 后面的列举里": ["a = I21.9", "I21.9", "a + 00.6x"],
}

_CHARACTERS = {
    "^": "没有乘方；平方写成 a × a",
    "²": "没有乘方；平方写成 a × a",
    ".": "没有“.”的写法；小数写全，如 0.5",
    ":": "公式里不用冒号",
    ";": "公式里不用分号",
    "'": "文字用“ ”括起来",
    "“": "引号没有配对：缺少右引号 ”",
    "”": "引号没有配对：缺少左引号 “",
    '"': "引号没有配对",
    "{": "公式里不用花括号",
    "}": "公式里不用花括号",
    "&": "“并且”写 且",
    "|": "“或者”写 或",
    "!": "“不”写 非；不等于写 ≠",
    "。": "公式末尾不用句号；小数点用半角“.”",
    "《": "公式里不用书名号",
    "％": "百分号用 %",
    "℃": "公式里没有这个符号",
}


def explain(error: UnexpectedInput, text: str, parse: Callable[[str], object]) -> tuple[str, int]:
    """The sentence for ``error`` in ``text`` and the column (from 0) it points at."""
    column = getattr(error, "pos_in_stream", None)
    if column is None or isinstance(error, UnexpectedEOF) or column < 0 or _at_end(error):
        column = len(text.rstrip())
    if isinstance(error, UnexpectedCharacters):
        return _unexpected_character(text, column), column
    word = re.match(r"[A-Za-z]+", text[column:])
    if word and word.group().lower() in ("and", "or", "not", "if", "else", "then", "in"):
        return f"不认识 {word.group()}：写 且、或、非、若(…)、属于", column
    if text[column : column + 1] == "=" and text[column - 1 : column] == "=":
        return "等于只写一个 =", column
    message = error.match_examples(parse, EXAMPLES, use_accepts=True)
    if message is None and isinstance(error, UnexpectedToken) and not _at_end(error):
        message = f"这里不该出现“{error.token}”"
    return message or "公式没有写完", column


def _at_end(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedToken) and error.token.type == "$END"


def _unexpected_character(text: str, column: int) -> str:
    ch = text[column]
    if ch.isdecimal() and not ch.isascii():
        return f"数字用半角：{ch} 写成 {int(ch)}"
    if ch.isascii() and ch.isdigit():
        number = re.match(r"[0-9.]+", text[column:]).group()
        rest = text[column + len(number) : column + len(number) + 1]
        if rest and (rest.isalpha()):
            return f"数字 {number} 后面不写单位，单位写在“单位:”里"
        return f"这个数写得不对：{number}"
    if ch in _CHARACTERS:
        return _CHARACTERS[ch]
    if not ch.isprintable():
        return f"有一个看不见的字符（U+{ord(ch):04X}），删掉它"
    return f"不认识字符“{ch}”"
