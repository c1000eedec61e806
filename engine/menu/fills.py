"""What an officer gives with an option: a number, one for each class, one for each band, or words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.language.types import NUMBER as A_NUMBER
from engine.language.values import decimal_text
from engine.menu.bands import BandProblem, read_bands
from engine.menu.model import BANDS, BY_CLASS, BY_CODE, NUMBER, WORDS, Fill
from engine.rulebook.constants import read_constant
from engine.rulebook.nearest import nearest
from engine.rulebook.source import Mapping, Scalar, Yaml

_CODE = re.compile(r"[A-Za-z0-9.]{1,20}")
_AS_WRITTEN = {
    BANDS: "{≤ 1: 3, ≤ 2: 2.5, 其余: 2}", BY_CLASS: "{三级: 1, 二级: 0.9}", BY_CODE: "{AB11、CD13: 4000, EF15: 8000}"
}  # fmt: skip
_WORDS = re.compile(r"[^\x00-\x1f\x7f\"\\{}\[\]#]{1,80}")


class FillProblem(ValueError):
    """What is wrong with what was given, in Chinese; ``node``: where, if not at the whole."""

    def __init__(self, message: str, node: Yaml | None = None) -> None:
        super().__init__(message)
        self.node = node


@dataclass(frozen=True)
class Filled:
    """``text``: as it was given; ``number``: what examples reckon with; ``rows``: what lines are repeated for."""

    text: str
    number: Fraction | None = None
    rows: tuple[dict[str, str], ...] = ()
    points: tuple[dict[str, str], ...] = ()
    first: str = ""
    rest: tuple[str, ...] = ()


def read_fill(fill: Fill, node: Yaml) -> Filled:
    """Raises :class:`FillProblem`."""
    if fill.kind == NUMBER:
        return _one(fill, _scalar(node, "这里要一个数"))
    if fill.kind == WORDS:
        return _words(_scalar(node, "这里要几个字"))
    if isinstance(node, Scalar) and fill.kind == BY_CLASS:
        return _every_class(fill, node)
    if not isinstance(node, Mapping) or not len(node):
        raise FillProblem(f"这里要几行“哪些: 数”，如 {fill.example or _AS_WRITTEN[fill.kind]}", node)
    return {BANDS: _bands, BY_CODE: _by_code, BY_CLASS: _by_class}[fill.kind](fill, node)


def _scalar(node: Yaml, wanted: str) -> Scalar:
    if isinstance(node, Scalar) and node.text.strip():
        return node
    raise FillProblem(wanted, node)


def _words(node: Scalar) -> Filled:
    if not _WORDS.fullmatch(node.text.strip()):
        raise FillProblem("1 到 80 个字，不含引号、反斜线、括号 {}[] 和 #", node)
    return Filled(node.text.strip())


def _number(fill: Fill, node: Scalar) -> Fraction:
    try:
        value = read_constant(node.text, A_NUMBER)
    except ValueError:
        cure = "；还没有公布的类不用写，用到时算不出，会停下说明" if fill.kind == BY_CLASS else ""
        raise FillProblem(f"“{node.shown}”不是数（写 0.4、40%，不带单位）{cure}", node) from None
    assert isinstance(value, Fraction)
    within = fill.within
    if within is not None and value not in within:
        raise FillProblem(f"{node.shown} 不在 {fill.within_text} 里", node)
    return value


def _one(fill: Fill, node: Scalar) -> Filled:
    return Filled(node.text.strip(), _number(fill, node))


def _every_class(fill: Fill, node: Scalar) -> Filled:
    """One number for all."""
    value = _number(fill, node)
    rows = tuple({"类": name, "值": node.text.strip()} for name in fill.classes)
    return Filled(node.text.strip(), value, rows, (), fill.classes[0])


def _by_class(fill: Fill, node: Mapping) -> Filled:
    rows: list[dict[str, str]] = []
    numbers: list[Fraction] = []
    for key, value in node:
        for name in re.split("[、,，]", key.text):
            if name.strip() not in fill.classes:
                near = nearest(name.strip(), fill.classes) or f"有：{'、'.join(fill.classes)}"
                raise FillProblem(f"没有“{name.strip()}”这一类；{near}", key)
            if name.strip() in (row["类"] for row in rows):
                raise FillProblem(f"{name.strip()} 写了两次", key)
            numbers.append(_number(fill, _scalar(value, "这里要一个数")))
            rows.append({"类": name.strip(), "值": _scalar(value, "").text.strip()})
    given = [row["类"] for row in rows]
    rest = tuple(name for name in fill.classes if name not in given)
    text = "，".join(f"{row['类']} {row['值']}" for row in rows)
    return Filled(text, numbers[0], tuple(rows), (), given[0], rest)


def _by_code(fill: Fill, node: Mapping) -> Filled:
    rows: list[dict[str, str]] = []
    seen: set[str] = set()
    for key, value in node:
        names = [name.strip() for name in re.split("[、,，]", key.text)]
        for name in names:
            if not _CODE.fullmatch(name):
                raise FillProblem(f"“{name}”不是编码", key)
            if name in seen:
                raise FillProblem(f"{name} 写了两次", key)
            seen.add(name)
        _number(fill, _scalar(value, "这里要一个数"))
        rows.append({"码": "、".join(names), "首码": names[0], "值": _scalar(value, "").text.strip()})
    text = "；".join(f"{row['码']}：{row['值']}" for row in rows)
    return Filled(text, Fraction(0), tuple(rows))


def _bands(fill: Fill, node: Mapping) -> Filled:
    try:
        bands = read_bands([key.text for key, _ in node], Fraction(fill.step))
    except BandProblem as problem:
        raise FillProblem(str(problem), node) from None
    values = [_scalar(value, "这里要一个数") for _, value in node]
    numbers = [_number(fill, value) for value in values]
    rows, points, chosen = [], [], None
    for band, value, number in zip(bands, values, numbers, strict=True):
        rows.append({"档": band.text, "值": value.text.strip()})
        points += [
            {"例点": decimal_text(point), "值": value.text.strip()} for point in band.points(Fraction(fill.step))
        ]
        if fill.at and band.has(Fraction(fill.at)):
            chosen = number
    text = "，".join(f"{row['档']} {row['值']}" for row in rows)
    return Filled(text, chosen, tuple(rows), tuple(points))


def kinds_of(node: Yaml, fills: Sequence[Fill]) -> list[Fill]:
    """Those of ``fills`` that what was given may be for, by its shape."""
    if isinstance(node, Scalar):
        return [fill for fill in fills if fill.kind in (NUMBER, WORDS, BY_CLASS)]
    if not isinstance(node, Mapping):
        return []
    known = {name for fill in fills for name in fill.classes}
    if any(part.strip() in known for key, _ in node for part in re.split("[、,，]", key.text)):
        return [fill for fill in fills if fill.kind == BY_CLASS]
    by_code = all(_CODE.fullmatch(part.strip()) for key, _ in node for part in re.split("[、,，]", key.text))
    return [fill for fill in fills if fill.kind == (BY_CODE if by_code else BANDS)] or [
        fill for fill in fills if fill.kind in (BANDS, BY_CLASS)
    ]
