"""Literals of YAML as typed values: types of fields, defaults, ranges, dated values."""

from __future__ import annotations

import datetime
from fractions import Fraction

from engine.language import tree
from engine.language.parse import SyntaxProblem, parse_cell
from engine.language.types import (
    BOOL,
    DATE,
    INTERVAL,
    MONTH,
    NUMBER,
    TEXT,
    Kind,
    Type,
    default_digits,
    parse_unit,
)  # fmt: skip
from engine.language.values import Interval, Month, Value, as_bound
from engine.rulebook.source import Scalar, Sequence

_WORDS = {"文本": TEXT, "日期": DATE, "年月": MONTH, "是否": BOOL, "区间": INTERVAL, "数": NUMBER, "整数": NUMBER}


def read_type(node: object) -> tuple[Type, str | None, int | None] | None:
    """``类型`` as type, the table it refers to, and default decimals; ``None`` if it is no type."""
    if isinstance(node, Sequence):
        words = tuple(item.text for item in node.items if isinstance(item, Scalar))
        return Type(Kind.CLASS, classes=words), None, None
    if not isinstance(node, Scalar):
        return None
    text = node.text.strip()
    for arrow in ("→", "->"):
        if text.startswith(arrow):
            return TEXT, text.removeprefix(arrow).strip(), None
    if text in _WORDS:
        kind = _WORDS[text]
        return kind, None, {"整数": 0, "数": 6}.get(text)
    unit = parse_unit(text)
    return (Type(Kind.NUMBER, unit), None, default_digits(unit)) if unit is not None else None


def literal(node: tree.Node) -> Value:
    """The value of a literal node. Raises ``ValueError`` if it is a formula."""
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, (tree.Date, tree.Truth, tree.Text)):
        return node.value
    if isinstance(node, tree.Unary) and node.op == "-":
        value = literal(node.operand)
        if isinstance(value, Fraction):
            return -value
    if isinstance(node, tree.Word) and node.number is not None:
        return node.number
    raise ValueError("not a literal")


def read_interval(text: str) -> Interval | None:
    """``≥ 0``, ``[0, 1)``, ``任何`` with literal bounds; ``None`` if it is no interval."""
    try:
        cell = parse_cell(text)
        return cell_interval(cell)
    except (SyntaxProblem, ValueError):
        return None


def cell_interval(cell: tree.Node) -> Interval:
    """A condition cell as one interval. Raises ``ValueError`` where it is none or its bounds are formulas."""
    if isinstance(cell, tree.Compare):
        value = as_bound(literal(cell.operand))
        if cell.op in ("<", "<="):
            return Interval(None, value, True, cell.op == "<=")
        if cell.op in (">", ">="):
            return Interval(value, None, cell.op == ">=", True)
        if cell.op == "=":
            return Interval(value, value)
        raise ValueError("not an interval")
    assert isinstance(cell, tree.Items)
    if cell.presence is None and not cell.items:
        return Interval(None, None)
    if len(cell.items) != 1 or cell.presence is not None:
        raise ValueError("not one interval")
    item = cell.items[0]
    if isinstance(item, tree.Between):
        low = None if item.low is None else as_bound(literal(item.low))
        high = None if item.high is None else as_bound(literal(item.high))
        return Interval(low, high, item.low_closed, item.high_closed)
    value = as_bound(literal(item))
    return Interval(value, value)


def read_constant(text: str, type_: Type) -> Value:
    """A default of a field as a value of its type. Raises ``ValueError`` with a Chinese reason."""
    text = text.strip()
    if type_.kind is Kind.CLASS:
        if text not in type_.classes:
            raise ValueError(f"{text} 不在类别 {'、'.join(type_.classes)} 里")
        return text
    if type_.kind is Kind.TEXT:
        return text
    if type_.kind is Kind.BOOL:
        if text not in ("是", "否"):
            raise ValueError(f"{text} 不是 是 或 否")
        return text == "是"
    if type_.kind is Kind.DATE:
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text} 不是日期") from None
    if type_.kind is Kind.MONTH:
        year, _, month = text.partition("-")
        if not (year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
            raise ValueError(f"{text} 不是年月（如 2025-03）")
        return Month(int(year), int(month))
    if type_.kind is Kind.INTERVAL:
        interval = read_interval(text)
        if interval is None:
            raise ValueError(f"{text} 不是区间")
        return interval
    negative = text.startswith(("-", "−"))
    body = text[1:].strip() if negative else text
    scale = {"%": 100, "‰": 1000}.get(body[-1:], 1)
    body = body.rstrip("%‰")
    if not body.replace(".", "", 1).isdigit() or not body.isascii() or len(body) > 31:
        raise ValueError(f"{text} 不是数")
    number = Fraction(body) / scale
    return -number if negative else number
