"""The numbers that Word makes by itself: counted as Word counts them, and written as it shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from engine.measure.numerals import in_characters

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_MOST_STYLES = 50
"""Styles above each other: more is a ring."""
_FORMAL = dict(zip("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟", strict=True))
_CHINESE = (
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "ideographDigital", "japaneseDigitalTen", "taiwaneseDigital", "koreanDigital2",
)  # fmt: skip
_HEAVENLY, _EARTHLY = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MOST = 30_000


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    style: str = ""


@dataclass
class _List:
    """A list of the document: which definition, and what it starts anew. Lists of one definition count on together."""

    definition: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts through a document: ask for each paragraph in order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self.unknown: set[str] = set()
        self.contents = False
        self._styles = (
            {s.get(f"{_W}styleId", ""): s for s in styles.iterfind(f"{_W}style")} if styles is not None else {}
        )
        self._lists = self._read(numbering) if numbering is not None else {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()

    def is_contents(self, paragraph: Element) -> bool:
        """Whether it is a line of a table of contents."""
        styled = paragraph.find(f"{_W}pPr/{_W}pStyle")
        style = self._styles.get(styled.get(f"{_W}val", "")) if styled is not None else None
        found = style is not None and re.fullmatch(r"toc ?[1-9]", (_val(style, "name") or "").lower()) is not None
        self.contents |= found
        return found

    def of(self, paragraph: Element) -> str:
        """What stands before its text, with the blank after it; empty for a paragraph without a number."""
        number, level = self._asked(paragraph)
        if number not in self._lists or not 0 <= level < _LEVELS:
            return ""
        found = self._lists[number]
        shape = found.levels.get(level)
        if shape is None:
            return ""
        self._count(number, found, level, shape)
        if shape.format in ("none", "bullet") and "%" not in shape.text:
            return shape.text + " " if shape.format == "none" and shape.text else ""
        text = re.sub(r"%([1-9])", lambda asked: self._figure(found, int(asked[1]) - 1, shape), shape.text)
        return text + ("" if shape.suffix == "nothing" or not text else " ")

    def _count(self, number: str, found: _List, level: int, shape: _Level) -> None:
        counts = self._counts.setdefault(found.definition, [None] * _LEVELS)
        start = found.starts.get(level, shape.start)
        first = (number, level) not in self._started
        self._started.add((number, level))
        if first and level in found.starts or counts[level] is None:
            counts[level] = start
        else:
            counts[level] = min((counts[level] or 0) + 1, _MOST)
        for above in range(level):
            if counts[above] is None:
                counts[above] = found.starts.get(above, found.levels.get(above, _Level()).start)
        for below in range(level + 1, _LEVELS):
            restart = found.levels.get(below, _Level()).restart
            if restart is None or level < restart:
                counts[below] = None

    def _figure(self, found: _List, level: int, asking: _Level) -> str:
        count = self._counts[found.definition][level]
        shape = found.levels.get(level, _Level())
        value = count if count is not None else shape.start
        return str(value) if asking.legal else self._written(value, shape.format)

    def _written(self, value: int, format_: str) -> str:
        if format_ in _CHINESE:
            return in_characters(value) if value else "〇"
        if format_ in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
            return "".join(_FORMAL.get(sign, sign) for sign in in_characters(value))
        if format_ in ("upperLetter", "lowerLetter") and value > 0:
            letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 20)
            return letter.upper() if format_ == "upperLetter" else letter
        if format_ in ("upperRoman", "lowerRoman"):
            return _roman(value).upper() if format_ == "upperRoman" else _roman(value)
        if format_ in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 0 < value <= 20:
            return chr(0x2460 + value - 1)
        if format_ == "decimalEnclosedParen" or format_ == "decimalEnclosedFullstop":
            return f"（{value}）" if format_ == "decimalEnclosedParen" else f"{value}."
        if format_ == "decimalZero":
            return f"{value:02}"
        if format_ in ("ideographTraditional", "ideographZodiac") and value > 0:
            signs = _HEAVENLY if format_ == "ideographTraditional" else _EARTHLY
            return signs[(value - 1) % len(signs)]
        if format_ not in ("decimal", "decimalFullWidth", "decimalHalfWidth", "decimalFullWidth2"):
            self.unknown.add(format_[:40])
        return str(value)

    # which list and level a paragraph is in

    def _asked(self, paragraph: Element) -> tuple[str, int]:
        about = paragraph.find(f"{_W}pPr")
        number = level = None
        style = None
        if about is not None:
            number, level = _numbers(about)
            styled = about.find(f"{_W}pStyle")
            style = styled.get(f"{_W}val") if styled is not None else None
        own = style
        for _ in range(_MOST_STYLES):
            found = self._styles.get(style or "")
            if found is None or number is not None and level is not None:
                break
            settings = found.find(f"{_W}pPr")
            if settings is not None:
                styled_number, styled_level = _numbers(settings)
                number = styled_number if number is None else number
                level = styled_level if level is None else level
            based = found.find(f"{_W}basedOn")
            style = based.get(f"{_W}val") if based is not None else None
        if number is None or number == "0":
            return "", -1
        return number, int(level) if level is not None and level.isdigit() else self._level_of_style(number, own)

    def _level_of_style(self, number: str, style: str | None) -> int:
        levels = self._lists[number].levels if number in self._lists else {}
        return next((level for level, shape in levels.items() if style and shape.style == style), 0)

    # the definitions

    def _read(self, numbering: Element) -> dict[str, _List]:
        abstract = {a.get(f"{_W}abstractNumId", ""): a for a in numbering.iterfind(f"{_W}abstractNum")}
        linked = {_val(a, "styleLink"): a for a in abstract.values() if _val(a, "styleLink")}
        found: dict[str, _List] = {}
        for item in numbering.iterfind(f"{_W}num"):
            name = _val(item, "abstractNumId") or ""
            definition = abstract.get(name)
            if definition is None:
                continue
            style = _val(definition, "numStyleLink")
            levels = _levels(linked.get(style, definition) if style else definition)
            made = _List(name, levels)
            for override in item.iterfind(f"{_W}lvlOverride"):
                level = _number(override.get(f"{_W}ilvl"), -1)
                own = override.find(f"{_W}lvl")
                if own is not None:
                    made.levels[level] = _level(own)
                start = _val(override, "startOverride")
                if start is not None:
                    made.starts[level] = _number(start, 1)
            found[item.get(f"{_W}numId", "")] = made
        return found


def _numbers(about: Element) -> tuple[str | None, str | None]:
    asked = about.find(f"{_W}numPr")
    return (None, None) if asked is None else (_val(asked, "numId"), _val(asked, "ilvl"))


def _levels(definition: Element) -> dict[int, _Level]:
    return {_number(item.get(f"{_W}ilvl"), -1): _level(item) for item in definition.iterfind(f"{_W}lvl")}


def _level(item: Element) -> _Level:
    restart = _val(item, "lvlRestart")
    legal = item.find(f"{_W}isLgl")
    return _Level(
        _number(_val(item, "start"), 0 if _val(item, "start") else 1),
        _val(item, "numFmt") or "decimal",
        (_val(item, "lvlText") or "")[:100],
        _val(item, "suff") or "tab",
        _number(restart, 0) if restart is not None else None,
        legal is not None and legal.get(f"{_W}val", "1") not in ("0", "false"),
        _val(item, "pStyle") or "",
    )


def _val(element: Element, name: str) -> str | None:
    found = element.find(f"{_W}{name}")
    return None if found is None else found.get(f"{_W}val")


def _number(text: str | None, otherwise: int) -> int:
    return (
        min(int(text), _MOST) if text is not None and text.isascii() and text.isdigit() and len(text) < 9 else otherwise
    )


def _roman(value: int) -> str:
    text = ""
    for size, sign in _ROMAN:
        while value >= size and len(text) < 40:
            text += sign
            value -= size
    return text
