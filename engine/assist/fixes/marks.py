"""Signs that YAML or a formula does not take: full width, tabs, missing blanks, brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.fixes.fix import Case, Edit, Fix, lines_of, outside_quotes, whole_line, without_remark
from engine.assist.spot import inside_texts

_LINE_WITH_COLON = re.compile(r"^(\s*(?:- )?)([^\s:：{}\[\]\"'#][^:：{}\[\]\"'#]*?)\s*：[^\S\r\n]*")
_AT_KEY = r"""((?:^\s*(?:- )?|[{,]\s*)[^\s:：{}\[\],，"'#][^:：{}\[\],，"'#]*?)"""
_TIGHT = re.compile(_AT_KEY + r":(?=[^\s/:])")
_WIDE_COLON = re.compile(_AT_KEY + r"\s*：\s*")
_COMMA_BEFORE_KEY = re.compile(r"""，\s*(?=[^\s:：{}\[\],，"'#][^:：{}\[\],，"'#]*[:：])""")
_IN_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_STRANGE_BLANKS = re.compile(r":[^\S \t\r\n]+")
_WIDE_HEAD_OF_TEXT = re.compile(r"^(\s*(?:- )?)[^#：]+：\s*[|>][-+]?\s*(?:#.*)?$")
_CHAIN = re.compile(r"([\w.%]+)\s*([<>≤≥]=?)\s*([\w.%]+)\s*([<>≤≥]=?)\s*([\w.%]+)")
FULL_WIDTH = str.maketrans("｛｝［］【】", "{}[][]")
_ROUND = {"【": "】", "[": "]", "［": "］", "《": "》", "〔": "〕", "{": "}", "｛": "｝"}


def tab(case: Case) -> Iterator[Fix]:
    edits = [
        Edit(match.start(), match.end(), match[0].replace("\t", "  "))
        for match in re.finditer(r"^[ \t]*\t[ \t]*", case.text, re.MULTILINE)
    ]
    yield Fix("整个文件的制表符缩进换成空格", tuple(edits), certain=True)


def full_width(case: Case) -> Iterator[Fix]:
    start, line = case.line
    edits = []
    prose = inside_texts(case.text) | _below_wide_colons(case.text)
    for begun, other in lines_of(case.text):
        match = _LINE_WITH_COLON.match(other) if begun not in prose else None
        if match is not None:
            edits.append(Edit(begun, begun + match.end(), f"{match[1]}{match[2].rstrip()}: "))
    if any(edit.start == start for edit in edits):
        told = f"（这个文件 {len(edits)} 处）" if len(edits) > 1 else ""
        yield Fix(f"全角冒号换成半角{told}", tuple(edits), certain=True)
        return
    if start not in prose:
        yield from whole_line(case, outside_quotes(line, _half_width), "这一行的全角标点换成半角", certain=True)


def _below_wide_colons(text: str) -> set[int]:
    """Where the lines begin that are in a text of several lines whose head has a colon of full width itself."""
    found: set[int] = set()
    above: int | None = None
    for at, line in lines_of(text):
        column = len(line) - len(line.lstrip(" "))
        if above is not None and (not line.strip() or column > above):
            found.add(at)
            continue
        head = _WIDE_HEAD_OF_TEXT.match(line)
        above = len(head[1]) if head is not None else None
    return found


def _half_width(part: str) -> str:
    """Brackets, the colon behind a key, commas before the next key and within a list; those of a sentence stay."""
    plain = _COMMA_BEFORE_KEY.sub(", ", part.translate(FULL_WIDTH))
    return _WIDE_COLON.sub(r"\1: ", _IN_BRACKETS.sub(lambda match: re.sub("，\\s*", ", ", match[0]), plain))


def colon_in_name(case: Case) -> Iterator[Fix]:
    """A line whose only colon that YAML knows stands far behind the one that was meant."""
    if "含全角的“：”" in case.problem.message:
        yield from full_width(case)


def blank(case: Case) -> Iterator[Fix]:
    plain = outside_quotes(case.line[1], lambda part: _TIGHT.sub(r"\1: ", _STRANGE_BLANKS.sub(": ", part)))
    yield from whole_line(case, plain, "冒号后面加一个空格", certain=True)


def invisible(case: Case) -> Iterator[Fix]:
    """What nobody sees: a blank of another kind becomes one, in front of a colon nothing, and the rest goes."""
    line = case.line[1]
    shown_as = re.search(r"U\+([0-9A-F]{4,6})", case.problem.message)
    sign = chr(int(shown_as[1], 16)) if shown_as is not None else ""
    if sign and sign in line:
        blank_ = " " if sign.isspace() else ""
        kept = re.sub(rf"{re.escape(sign)}+(?=\s*:)", "", line)
        indent = len(kept) - len(kept.lstrip())
        kept = kept[:indent].replace(sign, "  " if sign == "\u3000" else blank_) + kept[indent:].replace(sign, blank_)
        yield from whole_line(case, kept, "这一行看不见的字符去掉", certain=True)


def sign_at_end(case: Case) -> Iterator[Fix]:
    """The full stop, comma or semicolon of a sentence behind a formula."""
    match = re.compile(r"[。．；;，]+(?=\s*(?:[}\]\"'\n]|$| #))").match(case.text, case.at)
    if match is not None:
        yield Fix(f"删去末尾的 {match[0]}", (Edit(case.at, match.end(), ""),), certain=True)


def doubled(case: Case) -> Iterator[Fix]:
    """``==`` for ``=``."""
    if "等于只写一个 =" in case.problem.message and case.text[case.at - 1 : case.at + 1] == "==":
        yield Fix("改成 =", (Edit(case.at, case.at + 1, ""),), certain=True)


def chained(case: Case) -> Iterator[Fix]:
    """3 < a < 5 as two conditions."""
    start, line = case.line
    match = _CHAIN.search(line)
    if "条件不能连写" in case.problem.message and match is not None and match.start(4) == case.at - start:
        right = f"{match[1]} {match[2]} {match[3]} 且 {match[3]} {match[4]} {match[5]}"
        yield Fix(f"改成 {right}", (Edit(start + match.start(), start + match.end(), right),), certain=True)


def brackets_of_formula(case: Case) -> Iterator[Fix]:
    """【 】 and their like: none round a name, else ( )."""
    pair = _ROUND.get(case.text[case.at : case.at + 1])
    end = case.text.find(pair, case.at) if pair else -1
    inner = case.text[case.at + 1 : end]
    if "括号只用圆括号" in case.problem.message and end > 0 and "\n" not in inner:
        if re.fullmatch(r"[\w.]+", inner):
            yield Fix(f"写成 {inner}", (Edit(case.at, end + 1, inner),), certain=True)
        else:
            yield Fix(f"写成 ({inner})", (Edit(case.at, end + 1, f"({inner})"),), certain=True)


def closing_bracket(case: Case) -> Iterator[Fix]:
    """The bracket that is missing at the end of the line, or of a formula in it."""
    start, line = case.line
    cut_formula = re.search(r"“(.+)”的括号没有闭合", case.problem.message)
    at = line.find(cut_formula[1]) if cut_formula is not None else -1
    if cut_formula is not None and at >= 0 and '"' not in cut_formula[1] and _ends_in_one_place(cut_formula[1]):
        whole = f'"{cut_formula[1]})"'
        yield Fix(f"写成 {whole}", (Edit(start + at, start + at + len(cut_formula[1]), whole),))
    end = len(without_remark(line))
    outside = re.sub(r"\"[^\"]*\"|'[^']*'", "", line[:end])
    open_ = [sign for sign in re.findall(r"[{}\[\]]", outside.translate(FULL_WIDTH))]
    waiting: list[str] = []
    for sign in open_:
        if sign in "{[":
            waiting.append("}" if sign == "{" else "]")
        elif waiting:
            waiting.pop()
    if waiting:
        lacks = "".join(reversed(waiting))
        yield Fix(f"在行末补上 {lacks}", (Edit(start + end, start + end, lacks),))
    yield from whole_line(case, outside_quotes(line, _half_width), "这一行的全角标点换成半角", certain=True)


def _ends_in_one_place(formula: str) -> bool:
    """Whether the bracket that is open can only be closed at the end: nothing is worked out behind it."""
    return not re.search(r"[+−×÷*/=<>≤≥≠-]", formula.rpartition("(")[2])
