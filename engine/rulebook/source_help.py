"""From what a YAML parser says to what the writer should do: the mistake is guessed from the line itself."""

from __future__ import annotations

import re
from typing import Any

import yaml

from engine.rulebook.keywords import places_of
from engine.rulebook.nodes import Yaml, shortened
from engine.rulebook.problems import Place, Problem
from engine.rulebook.source_flow import without_curly

Guess = tuple[str, int, str, str]
Marked = Any  # yaml.MarkedYAMLError with a problem_mark
MAX_SHOWN = 20
MAX_LINE = 2000

_KEY = r"""[^\s:：,，{}\[\]"'#]{1,40}"""
_FULL_WIDTH_KEY = re.compile(rf"^(\s*(?:- )?)({_KEY})[ ]?：[ ]?(.*)$")
_TIGHT_KEY = re.compile(rf"^(\s*(?:- )?)({_KEY}):(?=[^\s/:])(.*)$")
_STRANGE_BLANK = re.compile(rf"^(\s*(?:- )?)({_KEY}):([^\S \t\r\n]+)\s*(.*)$")
_CONDITION_KEY = re.compile(r"""^(\s*(?:- )?)([^\s:：,，{}\[\]"'#“][^:：{}\"'#“]{0,200})：\s*(.*)$""")
_VALUE = re.compile(rf"""^\s*(?:- )?(?:{_KEY}|"[^"]*"|'[^']*'):\s+(.+?)\s*$""")
_FULL_WIDTH_BRACKET = re.compile(r"[:：]\s*[｛［【]|[{\[][^\"“]*[｝］】]\s*$")
_FULL_WIDTH_COMMA = re.compile(r"[，：](?=[^{}\[\]\"“”]*[:：,，}\]])")
_TIGHT_BRACKET = re.compile(rf"[{{,]\s*({_KEY}):([{{\[])")
_INTERVAL = re.compile(r"""[:,\[{]\s*((?:\([^()\[\]"]*,[^()\[\]"]*[\])]|\[[^()\[\]"]*,[^()\[\]"]*\)))""")
_BLOCK_TEXT = re.compile(r"[:-]\s+[|>][+-]?\d?[+-]?\s*(#.*)?$")


def not_a_mapping(root: Yaml, lines: list[str]) -> Problem:
    """The whole file is a list or a text."""
    found = _full_width_or_tight(lines[root.place.line - 1]) if root.place.line <= len(lines) else None
    if found:
        code, message, hint = found
        return Problem(code, root.place, message, hint, excerpt(lines, root.place.line))
    hint = "每一条写成“名: 内容”，名前面没有“-”"
    return Problem("E114", root.place, "文件应是一条条“名: 内容”", hint)


def explain(error: yaml.YAMLError, lines: list[str], shown: str) -> list[Problem]:
    """Every tab and full-width colon that keeps the file from being read, or what the parser tripped over."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return [Problem("E104", Place(shown), "文件不合 YAML 的写法", "检查文件是否完整、是否为文本文件")]
    text_lines = _outside_block_text(lines)
    suspects = _suspects(error, lines)
    found = [p for n in text_lines if (p := _tab(lines[n], n, shown))]
    found += [p for n in text_lines if (p := _misread_key(lines[n], n, shown, n in suspects))]
    if not found:
        found = [_at_line(error, lines, suspects, shown)]
    return [_with_excerpt(p, lines) for p in found[:MAX_SHOWN]]


def _with_excerpt(problem: Problem, lines: list[str]) -> Problem:
    number = problem.place.line
    return Problem(problem.code, problem.place, problem.message, problem.hint, excerpt(lines, number))


def excerpt(lines: list[str], number: int) -> str:
    """Line ``number``, at most 200 characters of it."""
    return shortened(lines[number - 1], 200).rstrip() if 0 < number <= len(lines) else ""


def _outside_block_text(lines: list[str]) -> list[int]:
    """Line numbers from 0, without the text under ``|`` and ``>`` and without comments."""
    kept, inside = [], None
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(" "))
        if inside is not None and (not line.strip() or indent > inside):
            continue
        inside = indent if _BLOCK_TEXT.search(line) else None
        if line.strip() and not line.lstrip().startswith("#"):
            kept.append(number)
    return kept


def _suspects(error: Marked, lines: list[str]) -> list[int]:
    """The lines where the mistake may be: where reading stopped, where that began, and the one before."""
    stopped = min(error.problem_mark.line, len(lines) - 1)
    before = next((n for n in range(stopped - 1, -1, -1) if lines[n].strip()), stopped)
    began = error.context_mark.line if error.context_mark and "block mapping" not in (error.context or "") else stopped
    return list(dict.fromkeys((min(began, len(lines) - 1), stopped, before)))


def _tab(line: str, number: int, shown: str) -> Problem | None:
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" not in indent:
        return None
    place = Place(shown, number + 1, indent.index("\t") + 1)
    return Problem("E105", place, "这一行用制表符（Tab）缩进", "改用空格，每层两格；编辑器里可设“用空格代替 Tab”")


def _full_width_or_tight(line: str) -> tuple[str, str, str] | None:
    if found := _STRANGE_BLANK.match(line):
        message = f"“{found[2]}:”后面是全角空格或别的特殊空格（U+{ord(found[3][0]):04X}），不是半角空格"
        return "E107", message, f"换成一个半角空格：“{found[2]}: {shortened(found[4], 20)}”"
    if re.search(r":\s", line) and not re.match(rf"\s*(?:- )?{_KEY}：", line):
        return None
    if found := _FULL_WIDTH_KEY.match(line):
        message = f"“{found[2]}”后面是全角冒号“：”"
        return "E106", message, f"改成半角冒号加空格：“{found[2]}: {shortened(found[3], 20)}”"
    if found := _TIGHT_KEY.match(line):
        message = f"“{found[2]}:”后面没有空格"
        return "E107", message, f"冒号后面加一个空格：“{found[2]}: {shortened(found[3], 20)}”"
    return None


def _misread_key(line: str, number: int, shown: str, suspect: bool) -> Problem | None:
    found = _full_width_or_tight(line)
    if not found:
        return None
    word = re.match(rf"(\s*(?:- )?)({_KEY})", line)
    if not word or (not suspect and not places_of(word[2])):
        return None
    return Problem(found[0], Place(shown, number + 1, len(word[1]) + 1), found[1], found[2])


def _at_line(error: Marked, lines: list[str], suspects: list[int], shown: str) -> Problem:
    for number in suspects:
        for guess in (
            _no_key,
            _lost_quote,
            _tight_in_flow,
            _full_width_in_flow,
            _interval,
            _leading_sign,
            _text_after_quote,
            _condition_key,
        ):
            found = guess(lines[number][:MAX_LINE], error)
            if found:
                code, column, message, hint = found
                return Problem(code, Place(shown, number + 1, column), message, hint)
    return _by_what_the_parser_says(error, lines, shown)


def _value(line: str) -> tuple[str, int]:
    found = _VALUE.match(line)
    return (found[1], found.start(1) + 1) if found else ("", 0)


def _no_key(line: str, error: Marked) -> Guess | None:
    if not line.lstrip().startswith(": "):
        return None
    return "E119", line.index(":") + 1, "冒号前面没有名称", "在冒号前面写上名称"


def _lost_quote(line: str, error: Marked) -> Guess | None:
    text = re.sub(r"\\.|''", "", line.split(" #")[0])
    for quote in "\"'":
        if re.search(rf"(?:[:,\[{{-]\s*|^\s*){quote}", text) and text.count(quote) % 2:
            return "E108", line.index(quote) + 1, f"引号 {quote} 没有闭合", f"在这段文字的末尾补上 {quote}"
    return None


def _tight_in_flow(line: str, error: Marked) -> Guess | None:
    """``{单位: 元, 取值:{2025-01-01: 5}}``: the bracket touches the colon."""
    found = _TIGHT_BRACKET.search(re.sub(r'"[^"]*"', lambda m: "_" * len(m[0]), line))
    if not found:
        return None
    return (
        "E107",
        found.start(1) + 1,
        f"“{found[1]}:”后面没有空格",
        f"冒号后面加一个空格：“{found[1]}: {found[2]}”",
    )


def _full_width_in_flow(line: str, error: Marked) -> Guess | None:
    if found := _FULL_WIDTH_BRACKET.search(line):
        return "E106", found.start() + 1, "这里用了全角括号", "改成半角的 { } 或 [ ]"
    opened = re.search(r"[{\[]", line)
    if opened and "flow" in (error.context or "") and (found := _FULL_WIDTH_COMMA.search(line, opened.end())):
        hint = "分隔用半角的逗号、冒号加空格；若是文字里的标点，给这段文字加引号"
        return "E106", found.start() + 1, f"花括号、方括号里用了全角的“{found[0]}”", hint
    return None


def _interval(line: str, error: Marked) -> Guess | None:
    found = _INTERVAL.search(re.sub(r'"[^"]*"', lambda m: "_" * len(m[0]), line))
    if not found:
        return None
    return "E115", found.start(1) + 1, f"区间“{found[1]}”要加引号", f'写成 "{found[1]}"'


def _leading_sign(line: str, error: Marked) -> Guess | None:
    value, column = _value(line)
    found = re.search(r"[{,]\s*[^\s:,{}]+:\s+([>|*&%@`!?][^,}]*)", line)
    if found:
        value, column = found[1].strip(), found.start(1) + 1
    if not value or value[0] not in ">|*&%@`!?-" or (value[0] == "-" and not value.startswith("- ")):
        return None
    if value.startswith("- "):
        return (
            "E115",
            column,
            "列表的第一项要另起一行",
            "“- ”写在下一行；若是负号，后面不要空格，或给整个值加引号",
        )
    if value[0] in "&*" and re.match(r".\w", value):
        return (
            "E112",
            column,
            f"不能用“{shortened(value, 20)}”作锚点或引用",
            "把内容照写一遍；若是公式，给整个值加引号",
        )
    if value[0] == "!":
        return (
            "E117",
            column,
            f"不能用 YAML 标签“{shortened(value, 20)}”",
            "删去“!”；若是文字，给整个值加引号",
        )
    return "E115", column, f"值不能以“{value[0]}”开头", f'给整个值加引号："{shortened(without_curly(value))}"'


def _text_after_quote(line: str, error: Marked) -> Guess | None:
    value, column = _value(line)
    found = re.match(r"""("[^"]*"|'[^']*')\s*([^#\s].*)""", value)
    if found and not found[2].startswith(","):
        return (
            "E115",
            column,
            f"引号之后还有文字“{shortened(found[2], 20)}”",
            "公式里的文字用 “ ”；整个值要么全部在引号里，要么不以引号开头",
        )
    end = _end_of_brackets(value)
    rest = value[end:].lstrip()
    if not end or not rest or rest[0] in ",#":
        return None
    if rest[0] in "}]":
        return "E116", column + value.index(rest, end), f"多了一个“{rest[0]}”", "删去多余的括号"
    shown = shortened(rest, 20)
    return "E115", column, f"括号之后还有文字“{shown}”", "以 [ 或 { 开头的公式，给整个值加引号"


def _condition_key(line: str, error: Marked) -> Guess | None:
    """``费用 ≤ 100： 偏低``, a condition as key, with a full-width colon."""
    found = _CONDITION_KEY.match(line)
    if not found or re.search(r":(\s|$)", line):
        return None
    condition = shortened(found[2].strip())
    message = f"“{condition}”后面是全角冒号“：”"
    return "E106", len(found[1]) + 1, message, f"改成半角冒号加空格：“{condition}: {shortened(found[3], 20)}”"


def _end_of_brackets(value: str) -> int:
    """Where the bracket that a value begins with is closed; 0 if it begins with none or is not closed."""
    depth = 0
    for found in re.finditer(r'"[^"]*"|[\[{]|[\]}]', value if value[:1] in ("[", "{") else ""):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth == 0 and found[0] in "]}":
            return found.end()
    return 0


def _by_what_the_parser_says(error: Marked, lines: list[str], shown: str) -> Problem:
    context, said = error.context or "", error.problem or ""
    mark = error.problem_mark
    line = min(mark.line, len(lines) - 1)
    here = Place(shown, line + 1, mark.column + 1)
    began = error.context_mark and Place(shown, error.context_mark.line + 1, error.context_mark.column + 1)
    if "quoted scalar" in context and "escape" in said:
        return Problem("E115", here, "双引号里的“\\”有特别的意思", "改用单引号，或写成“\\\\”")
    if "quoted scalar" in context:
        return Problem("E108", began or here, "引号没有闭合", "在这段文字的末尾补上引号")
    if "flow" in context or "flow" in said:
        kind = "花括号 {" if "mapping" in context + said else "方括号 ["
        hint = "补上另一半括号；每两项之间要有半角逗号，含括号或逗号的值加引号"
        return Problem("E116", began or here, f"{kind} 里的内容没有写完或没有闭合", hint)
    if "mapping values" in said:
        return _second_colon(lines, line, here)
    if "block sequence entries" in said or "block collection" in context or "block sequence" in context:
        return Problem("E109", here, "列表的“-”没有对齐", "同一列表的“-”上下对齐，各占一行")
    if "block mapping" in context or "indentation" in said or "simple key" in context:
        return _uneven(lines, line, here)
    if "cannot start any token" in said:
        sign = lines[line][mark.column : mark.column + 1]
        return Problem("E104", here, f"这里不能以“{sign}”开头", "换一个写法，或加引号")
    return Problem("E104", here, "这里不合 YAML 的写法", "检查这一行和上一行的缩进、冒号和引号")


def _second_colon(lines: list[str], line: int, here: Place) -> Problem:
    before = next((lines[n] for n in range(line - 1, -1, -1) if lines[n].strip()), "")
    deeper = _indent(lines[line]) > _indent(before)
    if deeper and _VALUE.match(before):
        return _uneven(lines, line, here)
    if not re.match(r"^\s*(?:- )?[^:]+:\s[^:]*:(\s|$)", lines[line][:MAX_LINE]):
        hint = "上一行可能少了冒号，或这一行缩进多了"
        return Problem("E109", here, "这一行不应在这里开始一个“名: 内容”", hint)
    return Problem("E115", here, "一行里有两个“冒号加空格”", "文字里的冒号用全角“：”，或给整个值加引号")


def _uneven(lines: list[str], line: int, here: Place) -> Problem:
    before = next((n for n in range(line - 1, -1, -1) if lines[n].strip()), line)
    if _indent(lines[line]) == _indent(lines[before]) and not re.search(r":(\s|$)", lines[before][:MAX_LINE]):
        message = f"“{shortened(lines[before].strip(), 20)}”不是“名: 内容”：少了冒号"
        place = Place(here.file, before + 1, _indent(lines[before]) + 1)
        return Problem("E114", place, message, "写成“名: 内容”；若是说明，行首加 #，或写在 说明: 后面")
    message = f"缩进不齐：这一行缩进 {_indent(lines[line])} 格，上一行是 {_indent(lines[before])} 格"
    return Problem(
        "E109",
        Place(here.file, line + 1, _indent(lines[line]) + 1),
        message,
        "同一层的行上下对齐，下一层多缩进两格",
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
