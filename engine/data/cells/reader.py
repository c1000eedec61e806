"""The reader of one field's cells: what is empty, what the kind says, digits, range."""

from __future__ import annotations

from collections.abc import Callable

from engine.data.cells.dates import parse_date, parse_month
from engine.data.cells.identifiers import refuse_spoilt
from engine.data.cells.intervals import parse_interval
from engine.data.cells.numbers import check_digits, check_size, parse_number
from engine.data.cells.placeholders import refuse_placeholder
from engine.data.cells.refused import REQUIRED, Refused, shown
from engine.data.cells.texts import class_parser, parse_bool, parse_text
from engine.data.values import ANY, BadCell, OutOfRange
from engine.files.raw import is_blank
from engine.language.types import Kind, default_digits
from engine.language.values import Value, render
from engine.rulebook.model import Field

Reader = Callable[[object], "Value | OutOfRange | BadCell"]


def reader_of(field: Field) -> Reader:
    """A function from a raw cell to its value: ``None`` if absent, :class:`OutOfRange` if unresolved, else a reason.

    An empty cell takes the default if there is one, is absent if the field is nullable, and is refused otherwise.
    """
    parse = _parser_of(field)

    def read(raw: object) -> Value | OutOfRange | BadCell:
        if is_blank(raw):
            return _empty(field)
        if isinstance(raw, BadCell):
            return raw
        if field.wildcard and isinstance(raw, str) and raw.strip() == "任何":
            return ANY
        try:
            value = parse(raw)
            refuse_placeholder(field, value)
        except Refused as refused:
            return BadCell(refused.reason, refused.code)
        if field.range is not None and value not in field.range:
            return out_of_range(field, value)
        return value

    return read


def out_of_range(field: Field, value: Value) -> OutOfRange:
    """The marker for a value outside the range of its field, with its reason."""
    return OutOfRange(f"{field.name} {render(value)} 超出范围 {field.range}", value)


def read_column(field: Field, cells: list[object]) -> list[Value | OutOfRange | BadCell]:
    """A whole column; equal cells are read once (equal and of one type: 1, 1.0 and true are not the same cell)."""
    read = reader_of(field)
    known: dict[object, Value | OutOfRange | BadCell] = {}
    result = []
    for cell in cells:
        mark = cell if type(cell) is str else (type(cell), cell) if cell else (type(cell), str(cell))  # 0 and -0
        try:
            result.append(known[mark])
        except KeyError:
            value = known[mark] = read(cell)
            result.append(value)
    return result


def _empty(field: Field) -> Value | BadCell:
    if field.has_default:
        return field.default
    return None if field.nullable else BadCell("必填，单元格是空的", REQUIRED)


def _parser_of(field: Field) -> Callable[[object], Value]:
    kind, unit = field.type.kind, field.type.unit
    if kind is Kind.NUMBER:
        percent = not unit.powers and unit.label in ("比例", "%")
        digits = default_digits(unit) if field.digits is None else field.digits

        def parse(raw: object) -> Value:
            number = parse_number(raw, percent)
            try:
                check_digits(number, digits)
                check_size(number, digits)
            except Refused as refused:
                raise Refused(f"{shown(raw)}{refused.reason}", refused.code) from None
            return number

        return parse
    if kind is Kind.CLASS:
        return class_parser(field.type.classes)
    by_kind: dict[Kind, Callable[[object], Value]] = {
        Kind.TEXT: _text_parser(field),
        Kind.BOOL: parse_bool,
        Kind.DATE: parse_date,
        Kind.MONTH: parse_month,
        Kind.INTERVAL: parse_interval,
    }
    return by_kind[kind]


def _text_parser(field: Field) -> Callable[[object], Value]:
    if not field.identifies and not field.lengths:
        return parse_text

    def parse(raw: object) -> Value:
        text = parse_text(raw)
        refuse_spoilt(field, text)
        return text

    return parse
