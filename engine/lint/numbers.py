"""Numbers that a text states, however it writes them: 1.5, ５０％, 百分之五十, 两万元, 七五折, ½, 五个百分点."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from fractions import Fraction

from engine.measure.numerals import number_of

_SIGNS = "〇零一二三四五六七八九两十百千"
_MARKS = re.compile(
    rf"第[{_SIGNS}0-9]+[章节条款项目号]|[（(][{_SIGNS}0-9]+[）)]|^\s*[{_SIGNS}]+、|(?<![0-9.])[0-9]+\.(?![0-9])|"
    rf"^\s*[0-9]+、|[〔\[][0-9]{{4}}[〕\]]\s*[0-9]+\s*号|(?:附?[件表录图]|公式)\s*(?:[0-9]+|[{_SIGNS}]+)(?![{_SIGNS}0-9.%])|"
    r"[一二三四](?:[、,和或至到及][一二三四])*(?:、?四)?[级甲](?!差)|[0-9.]+\s*版",
    re.MULTILINE,
)
"""Numbers that only tell one thing from another: of articles, items, documents, tables, classes of hospitals."""
_NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_TENS = re.compile(rf"({_NUMBER})\s*(%|‰|万|亿)")
_DIGITS = re.compile(_NUMBER)
_PER = re.compile(rf"(百|千|万)分之([{_SIGNS}]+(?:点[{_SIGNS}]+)?|[0-9.]+)")
_PART = re.compile(rf"([{_SIGNS}]+)分之([{_SIGNS}]+)")
_POINT = re.compile(rf"([{_SIGNS}]+)点([{_SIGNS}]+)")
_WORDS = re.compile(rf"[{_SIGNS}]+")
_TENFOLD = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "万": Fraction(10**4), "亿": Fraction(10**8)}
_PARTS = {"百": 100, "千": 1000, "万": 10_000}
_EITHER = rf"(?:{_NUMBER}|[{_SIGNS}]+(?:点[{_SIGNS}]+)?)"
_TO = r"\s*(?:-|–|—|~|至|到|、|和|或)\s*"
_ON_PAPER = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟⁄○", "一二三四五六七八九十百千/〇")
_POINTS = re.compile(rf"(?:({_EITHER}){_TO})?({_EITHER})\s*个?(百|千)分点")
_LARGE = re.compile(rf"({_NUMBER}|[{_SIGNS}]+)\s*([十百千]?)(万|亿)(?!分)([{_SIGNS}]+|[0-9]千)?")
_ROUND = re.compile(rf"({_NUMBER})\s*(百|千)(?!分)")
_RANGE = re.compile(rf"({_EITHER}){_TO}{_EITHER}\s*(%|‰|万|亿)")
_PER_RANGE = re.compile(rf"(百|千|万)分之{_EITHER}{_TO}(?!百|千|万)({_EITHER})")
_FRACTION = re.compile(r"(?<![0-9/])([0-9]+)\s*/\s*([0-9]+)(?![0-9/])")
_GROUPED = re.compile(r"(?<![0-9.])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])")
_TENTHS = re.compile(r"([一二三四五六七八九两1-9](?:\.[0-9])?)成(?![本立员果功交])")
_OFF = re.compile(r"([一二三四五六七八九1-9])[.点]?([一二三四五六七八九1-9]?)折(?![旧算合])")
_TWICE = re.compile(r"双倍|加倍|翻倍|翻番|翻一番")
_CHANGED = re.compile(
    rf"(上浮|上调|提高|增加|下浮|下调|降低|减少|扣减)[^0-9，。；{_SIGNS}]{{0,6}}?(?:({_EITHER})\s*(%|倍|成)|百分之({_EITHER}))"
)
_YEARS = re.compile(rf"(?<![{_SIGNS}0-9])(半|[一二两三]|[123])个?(?:自然|会计|完整)?年(?![月度0-9])")
_TO_EACH_OTHER = re.compile(r"(?<![0-9.:])[0-9]+(?:\.[0-9]+)?(?:\s*[:：∶]\s*[0-9]+(?:\.[0-9]+)?)+(?![0-9.:])")
_FROM_THE = re.compile(
    rf"第\s*([0-9]+|[{_SIGNS}]+)\s*(?:个)?[{_SIGNS}]?[^，。；0-9{_SIGNS}]{{1,3}}(?:起|开始|以后|以上|及以[后上])"
)
_AND_A_HALF = re.compile(rf"([{_SIGNS}]+|[0-9]+)(?:个|倍|年|天|日)半")


def numbers_in(text: str) -> dict[Fraction, str]:
    """Every number that a text states, in digits or characters, with how it is written there; not those of articles."""
    found: dict[Fraction, str] = {}
    left = _MARKS.sub("；", _plain(text))
    for number, said in _beside(left):
        found.setdefault(number, said)

    def each(pattern: re.Pattern[str], value: Callable[[re.Match[str]], Fraction | None]) -> None:
        nonlocal left
        for match in pattern.finditer(left):
            if (number := value(match)) is not None:
                found.setdefault(number, match[0].strip())
        left = pattern.sub("；", left)

    left = _POINTS.sub("；", left)
    each(_LARGE, _large)
    each(_ROUND, lambda match: _number(match[1]) * (100 if match[2] == "百" else 1000))
    each(_PER, lambda match: None if (part := _decimal(match[2])) is None else part / _PARTS[match[1]])
    each(_PART, lambda match: _ratio(number_of(match[2]), number_of(match[1])))
    each(_TENS, lambda match: _number(match[1]) * _TENFOLD[match[2]])
    each(_DIGITS, lambda match: _number(match[0]))
    each(_POINT, lambda match: _decimal(match[0]))
    each(_WORDS, lambda match: None if (whole := number_of(match[0])) is None else Fraction(whole))
    if "半" in left:
        found.setdefault(Fraction(1, 2), "半")
    return found


DAYS, SHARES, THINGS, POINTS = "天", "比例", "个", "分"
UNIT_OF = {
    "工作日": DAYS, "日历日": DAYS, "床日": DAYS, "天": DAYS, "日": DAYS,
    "周岁": "岁", "岁": "岁", "元": "元", "月": "月", "季度": "季", "年": "年", "小时": "时",
    "百分点": SHARES, "%": SHARES, "‰": SHARES, "倍": SHARES, "比例": SHARES, "成": SHARES,
    "人次": THINGS, "例": THINGS, "家": THINGS, "次": THINGS, "项": THINGS, "种": THINGS, "名": THINGS, "人": THINGS,
    "个": THINGS, "分": POINTS, "点": POINTS,
}  # fmt: skip
"""What units say, as far as one may stand for another: five 例 are five 个."""
PER_SIGN = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "百分点": Fraction(1, 100), "成": Fraction(1, 10)}
_WITH_UNIT = re.compile(
    rf"(?:(百|千|万)分之)?({_EITHER})\s*(万|亿)?\s*(?:个?({'|'.join(UNIT_OF)})(?!(?<=分)[担别为配摊组类析散期段]|(?<=成)[本立员果功交])|(?![0-9.点{_SIGNS}万亿]))"
)


def units_in(text: str) -> dict[Fraction, set[str]]:
    """The units that stand right behind each number; "" where a number has none of these, or stands in a range."""
    found: dict[Fraction, set[str]] = {}
    for match in _WITH_UNIT.finditer(_plain(text)):
        number, unit = _either(match[2]), match[4] or ""
        if number is None:
            continue
        whole = number * (_TENFOLD[match[3]] if match[3] else 1) * PER_SIGN.get(unit, 1)
        if match[1]:
            whole, unit = whole / _PARTS[match[1]], unit or "%"
        found.setdefault(whole, set()).add(unit)
    return found


def _plain(text: str) -> str:
    """Digits and signs in one form; ① is no 1."""
    kept = re.sub("[①-⑳]", "；", text)
    return unicodedata.normalize("NFKC", kept).translate(_ON_PAPER)


def _beside(text: str) -> Iterator[tuple[Fraction, str]]:
    """Numbers that are also written in words with others: the first of a range, shares by points, tenths and halves."""
    for match in _RANGE.finditer(text):
        yield from _known(_either(match[1]), _TENFOLD[match[2]], match[0])
    for match in _PER_RANGE.finditer(text):
        yield from _known(_either(match[2]), Fraction(1, _PARTS[match[1]]), match[0])
    for match in _POINTS.finditer(text):
        for part in (match[1], match[2]):
            for times in (Fraction(1), Fraction(1, _PARTS[match[3]])):
                yield from _known(_either(part or ""), times, match[0])
    for match in _FRACTION.finditer(text):
        yield from _known(_ratio(int(match[1]), int(match[2])), Fraction(1), match[0])
    for match in _GROUPED.finditer(text):
        yield Fraction(match[0].replace(" ", "")), match[0]
    for match in _TENTHS.finditer(text):
        yield from _known(_either(match[1]), Fraction(1, 10), match[0])
    for match in _OFF.finditer(text):
        first, second = number_of(match[1]) or 0, number_of(match[2]) if match[2] else 0
        yield Fraction(first * 10 + (second or 0), 100), match[0]
    for match in _CHANGED.finditer(text):
        part = Fraction(1) if match[3] == "倍" else Fraction(1, 10) if match[3] == "成" else Fraction(1, 100)
        share = (_either(match[2] or match[4]) or Fraction(0)) * part
        yield 1 + (share if match[1] in ("上浮", "上调", "提高", "增加") else -share), match[0]
    for match in _TO_EACH_OTHER.finditer(text):
        yield from _shares(match[0])
    for match in _FROM_THE.finditer(text):
        yield from _known((_either(match[1]) or Fraction(0)) - 1, Fraction(1), match[0])
    for match in _YEARS.finditer(text):
        yield from _known(Fraction(1, 2) if match[1] == "半" else _either(match[1]), Fraction(12), match[0])
    for match in _TWICE.finditer(text):
        yield Fraction(2), match[0]
    for match in _AND_A_HALF.finditer(text):
        yield from _known((_either(match[1]) or Fraction(0)) + Fraction(1, 2), Fraction(1), match[0])


def _shares(said: str) -> Iterator[tuple[Fraction, str]]:
    """1:2:7 has 1, 2, 7, their sum, and a tenth, two and seven tenths of it."""
    parts = [Fraction(part.strip()) for part in re.split("[:：∶]", said)]
    for number in (*parts, sum(parts, Fraction(0)), *(part / sum(parts) for part in parts if any(parts))):
        yield number, said


def _known(number: Fraction | None, times: Fraction, said: str) -> Iterator[tuple[Fraction, str]]:
    if number is not None:
        yield number * times, said.strip()


def _either(text: str) -> Fraction | None:
    """A number in digits or in characters."""
    if not text:
        return None
    if text[0].isascii():
        return _number(text)
    whole = number_of(text)
    return Fraction(whole) if whole is not None else _decimal(text)


def _large(match: re.Match[str]) -> Fraction | None:
    """``1.2亿``, ``5百万``, ``十二万五千``, ``3万5千``."""
    head, tail = _either(match[1]), match[4] or ""
    if head is None:
        return None
    more = int(tail[0]) * 1000 if tail[:1].isascii() and tail else number_of(tail) if tail else 0
    tens = {"": 1, "十": 10, "百": 100, "千": 1000}[match[2]]
    return head * tens * _TENFOLD[match[3]] + (more or 0)


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
