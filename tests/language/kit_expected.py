"""结果 of a kit line: refused, or what comes out on each row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from kit_words import Fails, plain, words

from engine.language.types import Unit, parse_unit
from engine.language.values import Unresolved, Value, render


@dataclass(frozen=True)
class Expected:
    """``refused`` (a class such as 单位) or ``values``; ``by_row``: the rule stands at the rows of 行."""

    values: tuple[Value | Fails, ...] = ()
    refused: str | None = None
    unit: Unit | None = None
    by_row: bool = False


def read_expected(text: str) -> Expected:
    unit = None
    if match := re.fullmatch(r"(.*)\{(.*)\}", text):
        text = match[1]
        unit = parse_unit(match[2]) if match[2] else Unit()
    by_row = text.startswith("[")
    items = words(text[1:-1]) if by_row else [text]
    if items and items[0].startswith("!"):
        return Expected(refused=items[0][1:], by_row=by_row)
    return Expected(tuple(_value(item) for item in items), None, unit, by_row)


def _value(text: str) -> Value | Fails:
    if text == "空":
        return None
    if text.startswith("?"):
        return Fails(text[1:])
    value = plain(text)
    return text if value is None else value


def agrees(found: Value | Unresolved, expected: Value | Fails) -> bool:
    """Whether what an engine gave is what the kit says, exactly."""
    if isinstance(expected, Fails):
        return isinstance(found, Unresolved) and expected.reason in found.reason
    if isinstance(expected, Fraction) and not isinstance(found, Fraction):
        return False
    return type(found) is type(expected) and found == expected


def shown(found: object) -> str:
    """A found or expected value for a message."""
    if isinstance(found, Unresolved):
        return f"?{found.reason}"
    if isinstance(found, Fails):
        return f"?{found.reason}"
    return "空" if found is None else render(found)  # type: ignore[arg-type]
