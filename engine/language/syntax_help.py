"""A syntax error by example: which common mistake it is, as a Chinese sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from typing import Any

from lark import Tree, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from engine.language.functions import FUNCTIONS
from engine.language.ranges_in_words import interval_for
from engine.language.types import BASE_UNITS, LABELS

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
    "方括号只用在 属于 后面的区间里；函数和算式的括号是圆括号，名字不加括号": ["a[1]", "[1, 2]", "a + [1, 2]", "a[b]"],
    "“自”后面写一个粒度的名字": ["f(a, 自 1)", "f(a, 自 (b))", "f(a, 自)"],
    "“当”后面写一个条件": ["f(a, 当)", "f(a, 当, b)"],
    "“每”后面写一个或几个键，用顿号隔开": ["f(a, 每)", "f(a, 每 1)", "f(a, 每 b c)"],
    "“按”后面写一个名字": ["f(a, 按)", "f(a, 按 1)"],
    "“范围”后面写一个区间，如 范围 [0, 100000]": ["f(a, 范围 3)", "f(a, 范围 b)", "f(a, 范围 [1])", "f(a, 范围 ≥ 0)"],
    "“舍入”后面写小数位数，如 舍入 2": ["f(a, 舍入 b)", "f(a, 舍入 (2))", "f(a, 舍入 [2])"],
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
    "{": "公式里不用花括号；括号只用圆括号 ( )，名字不加括号",
    "}": "公式里不用花括号；括号只用圆括号 ( )，名字不加括号",
    "&": "“并且”写 且",
    "|": "“或者”写 或",
    "!": "“不”写 非；不等于写 ≠",
    "。": "公式末尾不用句号；小数点用半角“.”",
    "《": "公式里不用书名号",
    "》": "公式里不用书名号",
    **dict.fromkeys("【】〔〕「」『』〈〉", "括号只用圆括号 ( )，名字不加括号"),
    "％": "百分号用 %",
    "℃": "公式里没有这个符号",
    **dict.fromkeys("✕✖╳·•∙", "乘号写 ×"),
    "⩽": "小于等于写 ≤",
    "⩾": "大于等于写 ≥",
}

_SIGNS = {
    "×": ("x", "X", "乘以", "乘", "乘上"),
    "÷": ("除以", "除"),
    "+": ("加上", "加"),
    "−": ("减去", "减"),
    ">": ("大于", "超过", "高于", "多于"),
    "<": ("小于", "低于", "少于", "不足", "不到"),
    "=": ("等于", "为", "eq"),
    "≥": ("大于等于", "大于或等于", "不小于", "不低于", "不少于", "达到"),
    "≤": ("小于等于", "小于或等于", "不大于", "不超过", "不高于", "不多于"),
    "≠": ("不等于", "不为"),
    "且": ("并且", "而且", "同时", "和", "与", "and", "AND"),
    "或": ("或者", "or", "OR"),
    "非": ("不是", "不", "not", "NOT"),
    "属于": ("属", "in", "IN"),
    "若(条件, 甲, 乙)": ("如果", "假如", "if", "IF", "则", "那么", "then", "否则", "else"),
}
_SIGN_OF_WORD = {word: sign for sign, words in _SIGNS.items() for word in words}
_REVERSED = {"=<": "≤", "=>": "≥", "<>": "≠", "><": "≠", "==": "=", "<<": "<", ">>": ">"}
_APART = {"<=": "≤", ">=": "≥", "!=": "≠"}
_OF_ABSENCE = {
    "为空": "没有", "是空": "没有", "不存在": "没有", "非空": "有", "不为空": "有", "不是空": "有", "存在": "有",
}  # fmt: skip


def in_signs(name: str, known: Container[str]) -> str:
    """For words written as one, such as ``费用大于限额`` or ``编号为空``: how to write them, or nothing."""
    for word in sorted(_OF_ABSENCE, key=len, reverse=True):
        rest = name.removesuffix(word)
        if rest != name and rest in known:
            return f"写成“{_OF_ABSENCE[word]} {rest}”"
    if bound := _BOUND_IN_WORDS.fullmatch(name):
        return _bound_in_signs(bound)
    if told := interval_for(name):
        return told[0]
    for word in sorted(_SIGN_OF_WORD, key=len, reverse=True):
        left, found, right = name.partition(word)
        if found and not left and _NUMBER.fullmatch(right):
            return f"写成“{_SIGN_OF_WORD[word]} {right}”"
        if found and left in known and (right in known or _NUMBER.fullmatch(right)):
            return f"写成“{left} {_SIGN_OF_WORD[word]} {right}”"
    return ""


def _thousands(text: str, column: int) -> re.Match[str] | None:
    """The number with commas between its thousands (``1,000``) that ``column`` lies in."""
    return next((number for number in _THOUSANDS.finditer(text) if number.start() <= column <= number.end()), None)


def _bound_in_signs(bound: re.Match[str]) -> str:
    number, inclusive, word = bound[1], bound[2] or bound[4], bound[3]
    sign = ("≥", ">") if word in ("以上", "及以上", "起") else ("≤", "<")
    if inclusive or word in ("及以上", "及以下", "以内"):
        return f"不用文字“{bound[0]}”：写 {sign[0]} {number}"
    return f"不用文字“{bound[0]}”：含 {number} 写 {sign[0]} {number}，不含写 {sign[1]} {number}"


def explain(error: UnexpectedInput, text: str, parse: Callable[[str], Tree[Any]]) -> tuple[str, int]:
    """The sentence for ``error`` in ``text`` and the column (from 0) it points at."""
    column = getattr(error, "pos_in_stream", None)
    if column is None or isinstance(error, UnexpectedEOF) or column < 0 or _at_end(error):
        column = len(text.rstrip())
    if told := _a_family(text, column) or interval_for(text, column) or _a_comparison(text, column):
        return told
    if isinstance(error, UnexpectedCharacters):
        return _unexpected_character(text, column), column
    if told := _by_its_words(text, column):
        return told
    message = _like_an_example(error, parse) if isinstance(error, UnexpectedToken) else None
    if message is None and isinstance(error, UnexpectedToken) and not _at_end(error):
        message = f"这里不该出现“{error.token}”"
    return message or "公式没有写完", column


def _a_family(text: str, column: int) -> tuple[str, int] | None:
    """F20*, F20.*, F20%: a sign for all that begins so; in ICD-10 the asterisk is a part of codes."""
    found = _CODE_BEFORE.search(text[: column + 1])
    if found is None or text[found.end() - 1 : found.end()] not in ("*", "×", "%", "?", "."):
        return None
    before = text[: found.start()].rpartition("属于")[2]
    if re.search(r"[=<>≤≥≠+−×÷*/(\[]", before):
        return None
    code = found[1]
    return f"一类编码不用“{found[2]}”：写 {code} 开头", found.start(2)


def _a_comparison(text: str, column: int) -> tuple[str, int] | None:
    """A comparison in words that touches its number (大于200), which ``column`` lies in."""
    for joined in _WORD_AND_NUMBER.finditer(text):
        if joined.start() <= column <= joined.end():
            return f"“{joined[0]}”写成 {_SIGN_OF_WORD[joined[1]]} {joined[2]}", joined.start()
    return None


def _by_its_words(text: str, column: int) -> tuple[str, int] | None:
    """A sign that is written otherwise, a sign in words, or a unit after a number; and its column."""
    before = text[:column].rstrip()
    pair = before[-1:] + text[column : column + 1]
    if pair == "==":
        return "等于只写一个 =", column
    if pair in _REVERSED:
        return f"没有“{pair}”的写法：写 {_REVERSED[pair]}", len(before) - 1
    if pair in _APART:
        return f"“{pair[0]}”和“{pair[1]}”之间不要空格，或写 {_APART[pair]}", len(before) - 1
    if grouped := _thousands(text, column):
        return f"数里不写千分位的逗号：{grouped[0]} 写成 {grouped[0].replace(',', '')}", grouped.start()
    if bound := _BOUND_IN_WORDS.search(text):
        return _bound_in_signs(bound), bound.start()
    here = _WORD.match(text, column)
    last = _LAST_WORD.search(before)
    if here and (absent := _OF_ABSENCE.get(here[0])) and last:
        return f"“{last[0]} {here[0]}”写成 {absent} {last[0]}", column
    if number := _BAD_NUMBER.match(text, column):
        return f"这个数写得不对：{number[0]}", column
    if here and here[0] in ("当", "自", "每", "按") and before.count("(") > before.count(")"):
        return f"“{here[0]}”前面要有逗号：(…, {here[0]} …)", column
    if here and here[0] == "是" and last:
        return "“是”写 =", column
    if here and pair[0] in "0123456789%‰" and here[0] in (*BASE_UNITS, *LABELS):
        return f"数字后面不写单位“{here[0]}”，单位写在“单位:”里", column
    if here and last and last[0] in FUNCTIONS:
        return f"“{last[0]}”后面要有括号：{last[0]}({FUNCTIONS[last[0]].arguments})", last.start()
    for found in (here, last):
        alone = found is last and found is not None and len(found[0]) == 1  # more likely a name
        if found and not alone and (sign := _SIGN_OF_WORD.get(found[0])):
            place = found.start()
            if found[0] in ("不是", "不为") and before and found is here:
                return f"“{found[0]}”写 ≠；一个条件不成立写 非 条件", place
            return f"不用文字“{found[0]}”：写 {sign}", place
    return None


_THOUSANDS = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:,[0-9]{3})+(?![\w,])")
_BOUND_IN_WORDS = re.compile(
    r"([0-9]+(?:\.[0-9]+)?[%‰]?)\s*[元天岁倍点分次]?\s*([（(]含[^（()）]{0,4}[)）])?\s*(及以上|及以下|以上|以下|以内)\s*([（(]含[^（()）]{0,4}[)）])?"
)
_CODE_BEFORE = re.compile(r"([A-Za-z][0-9][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*)\s*(\.?[*×%?]|\.)$")
_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"\w+$")
_BAD_NUMBER = re.compile(r"[0-9]+\.[0-9.]*\.[0-9.]*")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?[%‰]?")
_COMPARED = (word for sign in "><=≥≤≠" for word in _SIGNS[sign])
_WORD_AND_NUMBER = re.compile(
    rf"(?<!\w)({'|'.join(sorted(_COMPARED, key=len, reverse=True))})({_NUMBER.pattern})(?!\w)"
)
_Known = dict[tuple[int, str], str]
_KNOWN: dict[str, _Known] = {}


def _like_an_example(error: UnexpectedToken, parse: Callable[[str], object]) -> str | None:
    """The sentence of an example that fails in the same state of the parser, best at the same kind of word.

    (``lark``'s own ``match_examples`` cannot print its debug text once the states are objects, and raises.)
    """
    start = error.interactive_parser.parser_state.parse_conf.start
    known = _KNOWN.get(start) or _KNOWN.setdefault(start, _known_failures(parse))
    place = _state(error)
    exact = known.get((place, error.token.type))
    return exact or next((message for (state, _), message in known.items() if state == place), None)


def _known_failures(parse: Callable[[str], object]) -> _Known:
    found: _Known = {}
    for message, examples in EXAMPLES.items():
        for example in examples:
            try:
                parse(example)
            except UnexpectedToken as failure:
                found.setdefault((_state(failure), failure.token.type), message)
            except UnexpectedInput:
                continue
    return found


def _state(error: UnexpectedToken) -> int:
    return int(error.interactive_parser.parser_state.position)


def _at_end(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedToken) and error.token.type == "$END"


def _unexpected_character(text: str, column: int) -> str:
    ch = text[column]
    if ch.isdecimal() and not ch.isascii():
        return f"数字用半角：{ch} 写成 {int(ch)}"
    if ch.isascii() and ch.isdigit():
        rest = text[column:].lstrip("0123456789.")
        number = text[column : len(text) - len(rest)]
        if rest[:1].isalpha():
            return f"数字 {number} 后面不写单位，单位写在“单位:”里"
        return f"这个数写得不对：{number}"
    if ch in _CHARACTERS:
        return _CHARACTERS[ch]
    if not ch.isprintable():
        return f"有一个看不见的字符（U+{ord(ch):04X}），删掉它"
    return f"不认识字符“{ch}”"
