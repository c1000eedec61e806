"""Figures and dates that are written otherwise than the language writes them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from engine.assist.fixes.fix import Case, Edit, Fix

_DATE = re.compile(r"([0-9０-９]{4})\s*[年./．／-]\s*([0-9０-９]{1,2})\s*[月./．／-]\s*([0-9０-９]{1,2})\s*日?")
_TIGHT_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])")
_WIDE = re.compile(r"[0-9０-９][0-9０-９.．,，]*\s*[%％‰]?")
_MONEY = re.compile(r"[￥¥]?\s*([0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?)\s*([万亿]?)\s*元?(?=\s*[,}\]\n]|\s*$)")
_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_TURNED = re.compile(r"([\[(])\s*([^,，\[\]()]+?)\s*[,，]\s*([^,，\[\]()]+?)\s*([\])])")


def percent(case: Case) -> Iterator[Fix]:
    match = re.search(r"是不是 ([0-9.]+)%", case.problem.hint)
    if match is None:
        return
    at = case.text.find(match[1], case.at)
    if at >= 0 and "\n" not in case.text[case.at : at]:
        yield Fix(f"改成 {match[1]}%", (Edit(at, at + len(match[1]), f"{match[1]}%"),))


def date(case: Case) -> Iterator[Fix]:
    """2025年1月1日, 2025/1/1: a day that there is, written otherwise."""
    start, line = case.line
    for match in (*_DATE.finditer(line, case.at - start), *_TIGHT_DATE.finditer(line, case.at - start)):
        try:
            day = datetime.date(*(int(part) for part in match.groups())).isoformat()
        except ValueError:
            continue
        begun, end = start + match.start(), start + match.end()
        if match[0] != day:
            yield Fix(f"改成 {day}", (Edit(begun, end, day),), certain=True)
            return


def half_width(case: Case) -> Iterator[Fix]:
    """１００, 0．5, 50 %: a figure in signs of full width, or with a blank before its sign."""
    if not re.search(r"数字用半角|不认识字符“[．%％]”", case.problem.message):
        return
    start, line = case.line
    for match in _WIDE.finditer(line):
        right = re.sub(r"\s", "", unicodedata.normalize("NFKC", match[0]))
        whole = match[0].rstrip() if right[-1:] not in "%‰" else match[0]
        if start + match.start() <= case.at <= start + match.end() and right != whole:
            begun = start + match.start()
            yield Fix(f"改成 {right}", (Edit(begun, begun + len(whole), right),), certain=True)
            return


def money(case: Case) -> Iterator[Fix]:
    """100元, ￥100, 3万 as the value of a parameter in 元: the bare figure."""
    match = _MONEY.match(case.text, case.at)
    head = case.entry()
    if match is None or head is None or not re.search(r"[￥¥元万亿]", match[0]):
        return
    figure = Decimal(re.sub(r"[,，]", "", unicodedata.normalize("NFKC", match[1])).replace("，", ""))
    figure *= {"万": 10_000, "亿": 100_000_000}.get(match[2], 1)
    right = f"{figure.normalize():f}"
    yield Fix(f"改成 {right}", (Edit(case.at, match.end(), right),))


def from_the_start(case: Case) -> Iterator[Fix]:
    """A value where dated values are wanted: from the day on which the rules are in force."""
    match = re.search(r"应是“起始日期: 值”，写的却是文字“([^”]+)”", case.problem.message)
    if match is not None and case.text.startswith(match[1], case.at):
        right = f"{{施行: {match[1]}}}"
        yield Fix(f"改成 {right}（自施行之日起）", (Edit(case.at, case.at + len(match[1]), right),))


def whole_number(case: Case) -> Iterator[Fix]:
    """两位, 2位, ２: a number of digits."""
    match = re.search(r"的整数，写的是“([^”]+)”", case.problem.message)
    said = re.fullmatch(r"(?:保留)?(.+?)位?(?:小数)?", match[1]) if match is not None else None
    if match is None or said is None:
        return
    number = _DIGITS.get(said[1], int(said[1]) if said[1].isdecimal() else None)
    at = case.text.find(match[1], case.at)
    if number is not None and at >= 0:
        yield Fix(f"改成 {number}", (Edit(at, at + len(match[1]), str(number)),), certain=True)


def turned(case: Case) -> Iterator[Fix]:
    """An interval whose bounds stand the wrong way round."""
    start, line = case.line
    match = _TURNED.search(line, case.at - start)
    if match is not None:
        right = f"{match[1]}{match[3]}, {match[2]}{match[4]}"
        yield Fix(f"改成 {right}", (Edit(start + match.start(), start + match.end(), right),))
