"""Figures of an entry that its article does not have, where the text of the document is at hand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from fractions import Fraction

from engine.language import tree
from engine.lint.findings import NOT_IN_TEXT, Finding
from engine.measure.cited import citations
from engine.measure.compared import Articles, Compared
from engine.measure.numerals import number_of
from engine.rulebook.book import Snapshot
from engine.rulebook.model import OFFICIAL, Cases, DecisionTable, Entry, Formula, Parameter, Rule
from engine.rulebook.parts import formulas_of
from engine.rulebook.problems import Place

_SIGNS = "〇零一二三四五六七八九两十百千"
_MARKS = re.compile(
    rf"第[{_SIGNS}0-9]+[章节条款项目]|[（(][{_SIGNS}0-9]+[）)]|^\s*[{_SIGNS}]+、|(?<![0-9.])[0-9]+\.(?![0-9])",
    re.MULTILINE,
)
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_TENS = re.compile(rf"({_NUMBER})\s*(%|‰|万|亿)")
_DIGITS = re.compile(_NUMBER)
_PER = re.compile(rf"(百|千|万)分之([{_SIGNS}]+(?:点[{_SIGNS}]+)?|[0-9.]+)")
_PART = re.compile(rf"([{_SIGNS}]+)分之([{_SIGNS}]+)")
_POINT = re.compile(rf"([{_SIGNS}]+)点([{_SIGNS}]+)")
_WORDS = re.compile(rf"[{_SIGNS}]+")
_TENFOLD = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "万": Fraction(10**4), "亿": Fraction(10**8)}
_PARTS = {"百": 100, "千": 1000, "万": 10_000}
_SELF_EVIDENT = frozenset((Fraction(0), Fraction(1), Fraction(100)))
MOST_SHOWN = 6


def figures_without_article(found: Articles, snapshot: Snapshot) -> Iterator[Finding]:
    """Each entry that is 正式, whose cited documents all have their text, and whose figures do not stand there."""
    texts: dict[str, list[str]] = {}
    cites: dict[str, str] = {}
    unsure = _cites_without_text(found, snapshot)
    for one in found.compared:
        for name, cite, text in _stated(one):
            texts.setdefault(name, []).append(text)
            cites.setdefault(name, cite)
    for name, parts in texts.items():
        entry = snapshot.entries.get(name)
        if entry is None or name in unsure or entry.provenance.status != OFFICIAL:
            continue
        there = numbers_in("\n".join(parts))
        missing = [(text, place) for text, value, place in _figures(entry) if value not in there]
        if missing:
            shown = "、".join(dict.fromkeys(text for text, _ in missing))
            has = "、".join(sorted(there.values(), key=lambda text: (len(text), text))[:MOST_SHOWN])
            yield Finding(
                NOT_IN_TEXT,
                missing[0][1],
                name,
                f"{cites[name]} 里没有 {shown}" + (f"（那里的数是 {has}）" if has else "（那里没有数）"),
                "依据写错了就改；办法没有写这个数，状态写 暂定，说明里写它从哪里来",
            )


def _stated(one: Compared) -> Iterator[tuple[str, str, str]]:
    """Name of an entry, its citation, and the text of the parts that it names."""
    for unit in one.units:
        for stating in unit.stated:
            if not stating.cited.replaced:
                for part in stating.parts:
                    yield stating.cited.name, stating.cited.cite, one.outline.text(part)
    for cited in one.whole:
        yield cited.name, cited.cite, "\n".join(part.text for part in one.outline.parts)
    for unit in one.units:
        for cited in unit.above:
            yield cited.name, cited.cite, one.outline.text(unit.part)


def _cites_without_text(found: Articles, snapshot: Snapshot) -> set[str]:
    """Entries that also cite what is not at hand: their figures may stand there."""
    without = {document.name for document, _ in found.without}
    return {
        cited.name
        for cited in citations(found.book, snapshot)
        if any(cited.cite.startswith(name) or f"、{name}" in cited.cite for name in without)
    }


def _figures(entry: Entry) -> Iterator[tuple[str, Fraction, Place]]:
    """The numbers that an entry states: as written, exact, where; parts that are not 正式 left out."""
    formulas: list[Formula] = []
    if isinstance(entry, Parameter):
        formulas = [formula for _, formula in entry.values]
    elif isinstance(entry, Rule) and isinstance(entry.body, Cases):
        for branch in entry.body.branches:
            if branch.provenance.status == OFFICIAL:
                formulas += [part for part in (branch.condition, branch.value) if part is not None]
    elif isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        for row in entry.body.rows:
            if row.provenance.status == OFFICIAL:
                formulas += [part for part in (*row.cells, row.value) if part is not None]
    elif isinstance(entry, Rule):
        formulas = formulas_of(entry.body)
    for formula in formulas:
        for node in formula.tree.walk():
            if isinstance(node, tree.Number) and node.value not in _SELF_EVIDENT:
                yield node.text, node.value, formula.at(node)


def numbers_in(text: str) -> dict[Fraction, str]:
    """Every number that a text states, in digits or characters, with how it is written there; not those of articles."""
    found: dict[Fraction, str] = {}
    left = _MARKS.sub("；", unicodedata.normalize("NFKC", text))

    def each(pattern: re.Pattern[str], value: Callable[[re.Match[str]], Fraction | None]) -> None:
        nonlocal left
        for match in pattern.finditer(left):
            if (number := value(match)) is not None:
                found.setdefault(number, match[0].strip())
        left = pattern.sub("；", left)

    each(_PER, lambda match: None if (part := _decimal(match[2])) is None else part / _PARTS[match[1]])
    each(_PART, lambda match: _ratio(number_of(match[2]), number_of(match[1])))
    each(_TENS, lambda match: _number(match[1]) * _TENFOLD[match[2]])
    each(_DIGITS, lambda match: _number(match[0]))
    each(_POINT, lambda match: _decimal(match[0]))
    each(_WORDS, lambda match: None if (whole := number_of(match[0])) is None else Fraction(whole))
    if "半" in left:
        found.setdefault(Fraction(1, 2), "半")
    return found


def _number(digits: str) -> Fraction:
    return Fraction(digits.replace(",", ""))


def _ratio(above: int | None, below: int | None) -> Fraction | None:
    return Fraction(above, below) if above and below else None


def _decimal(text: str) -> Fraction | None:
    """``五``, ``一点五`` or ``1.5``."""
    if text[0].isascii():
        return Fraction(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else None
    whole, _, after = text.partition("点")
    first = 0 if whole in ("零", "〇") else number_of(whole)
    digits = ["〇一二三四五六七八九".find(sign.replace("零", "〇")) for sign in after]
    if first is None or any(digit < 0 for digit in digits):
        return None
    return first + Fraction(int("".join(map(str, digits)) or "0"), 10 ** len(digits))
