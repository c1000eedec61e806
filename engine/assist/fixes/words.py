"""Another word in the place of a wrong one: the nearest name, what the problem says is to be written, a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.assist.fixes.fix import Case, Edit, Fix, in_quotes

_MEANT = re.compile(r"是不是[ “]?([^”？]+?)”?？")
NAME = re.compile(r"[\w.]+")
_SIGNS = re.compile(r"&&?|\|\|?")
_WRITE = (
    re.compile(r"写成 ?“(没有 [^”]+)”"),
    re.compile(r"^写成“([^”]+)”$"),
    re.compile(r"(?:简体字写：)(\S+)"),
    re.compile(r"千分位的逗号[：:][\d,，]+ 写成 (\d+(?:\.\d+)?)"),
    re.compile(r"千分位的逗号：写 (\d+(?:\.\d+)?)"),
    re.compile(r"写成 (“[^”]+”|[^；，]+)"),
    re.compile(r"[：:]写 ([^\s；，]+)$"),
    re.compile(r"^写 (\S)$"),
    re.compile(r"其余的情形写 (否则)$"),
    re.compile(r"不是它的名称：“修订: ([^”]+)”"),
    re.compile(r"“\S+”写 (\S)$"),
)
_MAY_BE_WRITTEN = re.compile(r"[\w \[\]–.><=≤≥≠×÷+−]+|“[^”]+”|\[[\w, ]+\]")
"""A name, a sign, a formula of names, a list of them: no sentence."""
_NOT_RIGHT = (
    re.compile(r"类别 (.+?) 不是一个词"),
    re.compile(r"写的(?:却是文字|是)“([^”]+)”"),
    re.compile(r"修订 写的是 (\S+?)，"),
    re.compile(r"不认识单位 ([^\s。]+)"),
    re.compile(r"没有字段 (\S+?)。"),
    re.compile(r"没有 (\S+?) 这"),
    re.compile(r"不认识“([^”]+)”"),
    re.compile(r"指向的表 (\S+) 不存在"),
    re.compile(r"不用文字“([^”]+)”"),
    re.compile(r"没有“([^”]+)”的写法"),
    re.compile(r"依据“([^”]+)”"),
    re.compile(r"的“[^”]+”里的“([^”]+)”不是"),
    re.compile(r"“([^”]+)” 不是类别"),
    re.compile(r"逗号把“([^”]+)”切断"),
    re.compile(r"千分位的逗号：([\d,，]+) 写成"),
    re.compile(r"的(?:键|主键|首要|报表|需要|粒度) (?:写了 )?(\S+?)(?:，| )"),
)
_NEEDS_QUOTES = re.compile(r"[>\[\]{}%@`|!&*?-]|.*[:,#]")
"""What YAML would read otherwise, at the beginning of a text or in it."""


def meant(case: Case) -> Iterator[Fix]:
    """The nearest names or words, where the problem tells them."""
    match = _MEANT.search(case.problem.hint)
    if match is None:
        return
    for word in match[1].removesuffix(" 中的一个").split("、"):
        wrong = [word.replace(" ", "")] if " " in word.strip() else wrong_words(case)
        yield from replaced(case, wrong, word.strip())


def as_told(case: Case) -> Iterator[Fix]:
    """写成 …, 写 …: what the problem says is to be written instead."""
    if "数字用半角" in case.problem.message:
        return  # the whole figure, not its first digit
    certain = case.problem.code in ("E301", "E304")
    for text in (case.problem.hint, case.problem.message):
        for pattern in _WRITE:
            match = pattern.search(text)
            if match is not None and _MAY_BE_WRITTEN.fullmatch(match[1].strip()):
                yield from replaced(case, wrong_words(case), match[1], certain=certain)
                return


def choices(case: Case) -> Iterator[Fix]:
    """Each of the words that may stand there."""
    match = re.search(r"只能写 ([^，]+)，", case.problem.message)
    for word in match[1].split("、") if match is not None else ():
        yield from replaced(case, wrong_words(case), word)


def either(case: Case) -> Iterator[Fix]:
    """写 较大（几个值里）或 最大（许多行里）: what each means stands in its title."""
    match = re.search(r"写 (\S+?)（([^）]+)）或 (\S+?)（([^）]+)）", case.problem.hint)
    if match is not None:
        for word, why in ((match[1], match[2]), (match[3], match[4])):
            yield from replaced(case, wrong_words(case), word, f"（{why}）")


def bound(case: Case) -> Iterator[Fix]:
    """100以下 with the bound in it or not: the measure has to say which."""
    told = f"{case.problem.message}\n{case.problem.hint}"
    match = re.search(r"“([^”]+)”：含 (\S+) 写 ([≤≥] \S+?)，不含写 ([<>] \S+)$", told, re.MULTILINE)
    if match is not None:
        yield from replaced(case, [match[1]], match[3], f"（含 {match[2]}）")
        yield from replaced(case, [match[1]], match[4], f"（不含 {match[2]}）")


def codes(case: Case) -> Iterator[Fix]:
    """A code that may be meant as a whole family, or not: both ways to say it."""
    match = re.search(r"写 ([^\s，；]+(?: 开头)?)[，；]", case.problem.hint)
    word = re.match(r"[\w.]+(?: 开头)?", case.text[case.at :])
    if match is not None and word is not None:
        yield from replaced(case, [word[0]], match[1])
        bare = word[0].removesuffix(" 开头")
        if bare == word[0]:
            yield from replaced(case, [word[0]], f"“{bare}”")


def family(case: Case) -> Iterator[Fix]:
    """A01* for all codes that begin so."""
    match = re.search(r"一类编码不用“\*”：写 (\S+) 开头", case.problem.message)
    if match is not None and case.text[: case.at].endswith(match[1]) and case.text.startswith("*", case.at):
        yield Fix(f"改成 {match[1]} 开头", (Edit(case.at, case.at + 1, " 开头"),), certain=True)


def documents(case: Case) -> Iterator[Fix]:
    """Each document that is registered, for one that is not; those that it names first. The article stays."""
    told = f"{case.problem.message}。{case.problem.hint}"
    match = re.search(r"依据“([^”]+)”引用的文件 .* 没有在.*已登记的有：([^；]+)；", told)
    if match is None:
        return
    title, _, article = match[1].partition(" ")
    if not article:
        cut = re.match(r"([^第]+)(第.*)", title)
        title, article = cut.groups() if cut is not None else (title, "")
    for name in sorted(match[2].split("、"), key=lambda one: one not in title):
        yield from replaced(case, [match[1]], f"{name} {article}".strip())


def without_blanks(case: Case) -> Iterator[Fix]:
    """A name with blanks in it, wherever the file has it."""
    match = re.search(r"名称“([^”]+)”不行：含空格", case.problem.message)
    if match is None:
        return
    right = re.sub(r"\s+", "", match[1])
    found = re.finditer(rf"(?<![\w#]){re.escape(match[1])}(?!\w)", case.text)
    yield Fix(f"改成 {right}（这个文件里都改）", tuple(Edit(one.start(), one.end(), right) for one in found))


def wrong_words(case: Case) -> list[str]:
    """What the problem says is wrong, and the word at its place."""
    said = [
        match for pattern in _NOT_RIGHT for match in pattern.findall(f"{case.problem.message}。{case.problem.hint}")
    ]
    word = NAME.match(case.text, case.at) or _SIGNS.match(case.text, case.at)
    return [*said, word[0]] if word is not None and (not said or word[0] in case.problem.message) else said


def replaced(case: Case, wrong: list[str], right: str, why: str = "", certain: bool = False) -> Iterator[Fix]:
    """The first of the wrong words that stands in the entry from the place on; in a head of rows, in every row."""
    end = re.compile(r"\n(?=[^\s#-])").search(case.text, case.at)
    stop = end.start() if end is not None else len(case.text)
    for word in wrong:
        at = case.text.find(word, case.at, stop) if word != right else -1
        if at >= 0:
            edits = [_edit(case.text, at, word, right)]
            if "的表有一列" in case.problem.message:
                heads = re.compile(rf"(?<=[{{,\s]){re.escape(word)}(?=\s*:)").finditer(case.text, at + 1, stop)
                edits += [Edit(match.start(), match.end(), right) for match in heads]
            yield Fix(f"改成 {right}{why}", tuple(edits), certain)
            return


def _edit(text: str, at: int, word: str, right: str) -> Edit:
    """A value that is all of a cell gets quotes where YAML would read it otherwise."""
    whole = re.match(r"\s*(?:[,}\]\n]|$| #)", text[at + len(word) :]) and re.search(r"(?:[:,\[]|-) $|\[$", text[:at])
    if whole and _NEEDS_QUOTES.match(right) and not right.startswith("["):
        return Edit(at, at + len(word), in_quotes(right) or right)
    return Edit(at, at + len(word), right)
