"""Types and units: what a value is, and what may be added to, compared with or assigned to what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

BASE_UNITS = ("元", "点", "天")
LABELS = ("倍", "比例", "%", "月", "年", "岁", "分", "个", "例", "人", "人次", "床", "家", "次", "项", "克")
ADDITIVE_LABELS = ("个", "例", "人", "人次", "家", "次", "项", "床")
DEFAULT_DIGITS = {"元": 2, "点": 4, "天": 0, "倍": 6, "比例": 6, "%": 6, "分": 2, "": 6}
DEFAULT_DIGITS |= {label: 0 for label in ("年", "月", "岁", "个", "例", "人", "人次", "床", "家", "次", "项", "克")}


class Kind(Enum):
    """What sort of value: the Chinese word is how messages name it."""

    NUMBER = "数"
    BOOL = "是否"
    DATE = "日期"
    MONTH = "年月"
    TEXT = "文本"
    CLASS = "类别"
    INTERVAL = "区间"
    ABSENT = "空"


@dataclass(frozen=True)
class Unit:
    """A product of powers of the base units, and the label (倍, 岁 …) a pure number was declared with."""

    powers: tuple[tuple[str, int], ...] = ()
    label: str = ""

    def __mul__(self, other: Unit) -> Unit:
        return _combine(self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _combine(self, other, -1)

    def same(self, other: Unit) -> bool:
        """Labels do not matter: 比例 and 倍 are both pure numbers."""
        return self.powers == other.powers

    def __str__(self) -> str:
        if not self.powers:
            return self.label or "纯数"
        up = [name for name, power in self.powers for _ in range(power)]
        down = [name for name, power in self.powers for _ in range(-power)]
        return "/".join(["·".join(up) or "1", *down])


PURE = Unit()


def _combine(left: Unit, right: Unit, sign: int) -> Unit:
    powers = dict(left.powers)
    for name, power in right.powers:
        powers[name] = powers.get(name, 0) + sign * power
    return Unit(tuple((name, powers[name]) for name in BASE_UNITS if powers.get(name)))


def parse_unit(text: str) -> Unit | None:
    """``元``, ``元/点``, ``点·天``, ``倍`` …; ``None`` if it is no unit. A label in a product counts as 1."""
    text = text.strip()
    if text in LABELS:
        return Unit((), text)
    result, sign = PURE, 1
    for part in re.split(r"([/·])", text):
        if part in "/·" and part:
            sign = -1 if part == "/" else 1
        elif part in BASE_UNITS:
            result = _combine(result, Unit(((part, 1),)), sign)
        elif part not in LABELS and part != "1":
            return None
    return result


@dataclass(frozen=True)
class Type:
    """The type of a value. ``classes`` for a class; ``many`` where it is a list of values (多值)."""

    kind: Kind
    unit: Unit = PURE
    classes: tuple[str, ...] = ()
    many: bool = False

    def with_unit(self, unit: Unit) -> Type:
        return replace(self, unit=unit)

    def __str__(self) -> str:
        if self.kind is Kind.NUMBER:
            return str(self.unit) if self.unit != PURE else "数"
        if self.kind is Kind.CLASS:
            return f"类别（{'、'.join(self.classes)}）"
        return self.kind.value


NUMBER = Type(Kind.NUMBER)
BOOL = Type(Kind.BOOL)
DATE = Type(Kind.DATE)
MONTH = Type(Kind.MONTH)
TEXT = Type(Kind.TEXT)
INTERVAL = Type(Kind.INTERVAL)
ABSENT_TYPE = Type(Kind.ABSENT)


def default_digits(unit: Unit) -> int:
    """Decimals of a field that does not say: 元 2, 点 4, counts 0, ratios 6."""
    if not unit.powers:
        return DEFAULT_DIGITS.get(unit.label, 6)
    return DEFAULT_DIGITS[unit.powers[0][0]] if len(unit.powers) == 1 and unit.powers[0][1] == 1 else 6
