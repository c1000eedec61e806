"""Values, keys and commands as an explanation prints them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from fractions import Fraction

from engine.execute.reference.rows import Row
from engine.explain.keys import joined
from engine.language.values import Unresolved, Value, decimal_text, readable, render

EMPTY = "空"


def number(value: Value) -> str:
    """A value for people: an endless fraction at ten decimals, marked as cut."""
    return readable(value)


def exact(value: Fraction) -> str:
    """A number and, where it has no end, the fraction it is."""
    text = decimal_text(value)
    return f"{text}（{decimal_text(value, 10)}…）" if "/" in text else text


def said(read: Callable[[], Value]) -> str:
    """The value that ``read`` gives; 空 for none; why, where it cannot be known."""
    try:
        return number(read()) or EMPTY
    except Unresolved as error:
        return f"无法确定：{error}"


def key_text(row: Row) -> str:
    return joined(render(part) for part in row.key)


def key_named(keys: tuple[str, ...], values: tuple[Value, ...]) -> str:
    """``车队号 = 西，月份 = 2025-01``."""
    return "，".join(f"{name} = {render(value)}" for name, value in zip(keys, values, strict=True))


def ask(folder: str, grain: str, key: str, name: str = "") -> str:
    """The command that explains a value, as people type it."""
    words = ["casemix", "explain", folder, grain, *([key] if key else []), *(["--value", name] if name else [])]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    return shlex.quote(word) if any(sign in " \t'\"\\$`;&|<>()*?#!" for sign in word) else word
