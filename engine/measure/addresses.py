"""Citations as 依据 writes them: 办法 第十九条（一）2、（二）; 方案 三至五; 说明 三（第七章）、规程 第二十五条."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from engine.measure import marks
from engine.measure.marks import ARTICLE, CHAPTER, ITEM, OUTLINE, PARAGRAPH, POINT, SECTION, SUBPOINT
from engine.measure.numerals import SIGNS, number_of
from engine.measure.outline import Outline, Part

_N = f"[{SIGNS}]+|[0-9０-９]+"
_RANGE_OF_ARTICLES = re.compile(rf"第({_N})(?:条)?\s*[至到—–\-~～]\s*第?({_N})(章|节|条)")
_TOKENS = (
    (re.compile(rf"第\s*({_N})\s*章"), CHAPTER),
    (re.compile(rf"第\s*({_N})\s*节"), SECTION),
    (re.compile(rf"第\s*({_N})\s*条(?:之([{SIGNS}]+))?"), ARTICLE),
    (re.compile(rf"第\s*({_N})\s*款"), PARAGRAPH),
    (re.compile(rf"第\s*[（(]?({_N})[）)]?\s*项"), ITEM),
    (re.compile(rf"第\s*({_N})\s*目"), POINT),
    (re.compile(r"附件\s*([0-9一二三四五六七八九十]*)"), marks.ANNEX),
    (re.compile(rf"[（(]\s*([{SIGNS}]+)\s*[）)]"), ITEM),
    (re.compile(r"[（(]\s*([0-9０-９]+)\s*[）)]"), SUBPOINT),
    (re.compile(r"([0-9０-９]+)[.．]?"), POINT),
    (re.compile(rf"([{SIGNS}]+)(?![^\s、，,；;（(0-9至到和及)）])"), OUTLINE),
)
_REMARK = re.compile(r"[（(]([^（）()]*)[）)]")
_SEPARATOR = re.compile(r"\s*(?:[、，,；;]|和|及|以及)\s*")
_TO = re.compile(r"\s*(?:至|到|—|–|~|～)\s*")


@dataclass(frozen=True)
class Step:
    kind: str
    number: int
    sub: int = 0

    @property
    def label(self) -> str:
        return marks.label(self.kind, self.number, self.sub)


@dataclass(frozen=True)
class Address:
    """One place that a citation names: ``steps`` down to it (none: the whole document), ``until`` the end of a range.

    ``remark``: words in brackets that are no number, which tell parts of one number apart; ``heading``: words that are
    no address at all.
    """

    document: str
    steps: tuple[Step, ...] = ()
    until: tuple[Step, ...] = ()
    remark: str = ""
    heading: str = ""

    @property
    def text(self) -> str:
        """As it would be written alone, without the document."""
        if self.heading:
            return self.heading
        whole = _written(self.steps) + (f"至{_written(self.until)}" if self.until else "")
        return whole + (f"（{self.remark}）" if self.remark else "")


def _written(steps: tuple[Step, ...]) -> str:
    text = ""
    for step in steps:
        text += (" " if step.kind == POINT and text.endswith("条") else "") + step.label
    return text


def document_of(cite: str, documents: Collection[str]) -> str:
    """The document that a citation begins with, one of ``documents``; empty if none."""
    return max((name for name in documents if _begins(cite, name)), key=len, default="")


def _begins(text: str, name: str) -> bool:
    return text == name or text.startswith((name + " ", name + "　", name + "、"))


def addresses_of(cite: str, documents: Collection[str]) -> list[Address]:
    """Every place that ``cite`` names, in its order. Parts left out are those of the place before."""
    document = document_of(cite.strip(), documents)
    if not document:
        return []
    return addresses_in(cite.strip()[len(document) :], document, documents)


def addresses_in(text: str, document: str, documents: Collection[str] = ()) -> list[Address]:
    """As :func:`addresses_of`, of what stands after the document's name; nothing there: the whole document."""
    rest = text.strip()
    if not rest:
        return [Address(document)]
    found: list[Address] = []
    while rest:
        if found and (other := document_of(rest, documents)):
            document, rest = other, rest[len(other) :].strip()
            if not rest:
                found.append(Address(other))
                break
        last = found[-1] if found and found[-1].document == document else None
        before = (last.until or last.steps) if last else ()
        address, rest = _place(rest, document, before)
        if address is None:
            found.append(Address(document, heading=rest.strip()))
            return found
        found.append(address)
        separator = _SEPARATOR.match(rest)
        if rest.strip() and not separator:
            found[-1] = Address(document, heading=text.strip())
            return found
        rest = rest[separator.end() :] if separator else ""
    return found


def _place(text: str, document: str, before: tuple[Step, ...]) -> tuple[Address | None, str]:
    if whole := _RANGE_OF_ARTICLES.match(text):
        first, last = number_of(whole[1]), number_of(whole[2])
        rest = text[whole.end() :]
        if first and last and not _continues(rest):
            return Address(document, (Step(whole[3], first),), (Step(whole[3], last),)), rest
    steps, remark, rest = _steps(text)
    if not steps:
        return None, text
    steps = _inherited(before, steps)
    if to := _TO.match(rest):
        until, _, after = _steps(rest[to.end() :])
        if until:
            return Address(document, steps, _inherited(steps, until), remark), after
    return Address(document, steps, (), remark), rest


def _continues(rest: str) -> bool:
    return bool(_steps(rest)[0])


def _steps(text: str) -> tuple[tuple[Step, ...], str, str]:
    """Steps, a remark, and what is left. Each step lies deeper than the one before."""
    steps: list[Step] = []
    remark = ""
    rest = text.lstrip()
    while rest:
        step, end = _step(rest, bool(steps))
        if step is not None and (not steps or _depth(step.kind) > _depth(steps[-1].kind)):
            steps.append(step)
            rest = rest[end:].lstrip()
        elif steps and not remark and (found := _REMARK.match(rest)):
            remark, rest = found[1].strip(), rest[found.end() :].lstrip()
        else:
            break
    return tuple(steps), remark, rest


def _step(text: str, inside: bool) -> tuple[Step | None, int]:
    for pattern, kind in _TOKENS:
        if kind == OUTLINE and inside:
            continue
        if found := pattern.match(text):
            number = number_of(found[1]) if found[1] else 0
            if number is None:
                continue
            sub = (number_of(found[2]) or 0) if kind == ARTICLE and found[2] else 0
            return Step(kind, number, sub), found.end()
    return None, 0


def _depth(kind: str) -> int:
    return marks.OUTLINE_INSIDE if kind == PARAGRAPH else marks.DEPTH[kind]


def _inherited(before: tuple[Step, ...], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """``（三）`` after 第三十二条（二） is 第三十二条（三）."""
    top = _depth(steps[0].kind)
    return (*(step for step in before if _depth(step.kind) < top), *steps)


def find(outline: Outline, address: Address) -> list[Part]:
    """The parts that an address names, first to last of a range; empty if the text has no such part."""
    if address.heading:
        return [part for part in outline.parts if address.heading in part.text][:1]
    if not address.steps:
        return []
    found = _told_apart(outline, _down(outline, address.steps), address.remark)
    if not found or not address.until:
        return found[:1]
    last = _down(outline, address.until)
    if not last or last[-1].index < found[0].index:
        return []
    same = [part for part in outline.parts[found[0].index : last[-1].index + 1] if part.depth <= found[0].depth]
    return [found[0], *(part for part in same if part.index > found[0].index and part.kind == last[-1].kind)]


def _down(outline: Outline, steps: tuple[Step, ...]) -> list[Part]:
    found = [part for part in outline.parts if _is(part, steps[0])]
    for number, step in enumerate(steps[1:], 1):
        deeper = [item for part in found for item in outline.below(part) if _is(item, step)]
        if not deeper and step.kind == PARAGRAPH and step.number == 1:
            deeper = found  # the first 款 is the article's own line
        if not deeper:  # written within a paragraph: the place is the part that has it
            deeper = [part for part in found if _has_inline(outline.text(part), steps[number:])]
            return deeper
        found = deeper
    return found


def _is(part: Part, step: Step) -> bool:
    return (part.kind, part.number, part.sub) == (step.kind, step.number, step.sub)


def _has_inline(text: str, steps: tuple[Step, ...]) -> bool:
    at = 0
    for step in steps:
        place = marks.inline(text[at:], step.kind, step.number)
        if place < 0:
            return False
        at += place
    return True


def _told_apart(outline: Outline, found: list[Part], remark: str) -> list[Part]:
    """Of parts of one number (an article counted twice) the one that the remark is about."""
    if len(found) < 2 or not remark:
        return found
    wanted = "".join(sign for sign in remark if sign.isalnum())
    for part in found:
        if wanted in "".join(sign for sign in outline.text(part) if sign.isalnum()):
            return [part]
    return found
