"""已知 of a kit line: definitions to entries of a rulebook and typed rows.

Table 单 has one row and the scalars as fields; table 行 has the columns and refers to 单. What is unresolved
is a rule 无法确定(“…”), in a column a marker for a value outside its range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from kit_words import Fails, KitProblem, class_type, plain, type_of, typed, unit_type, words

from engine.data.values import OutOfRange
from engine.language.parse import parse_cell, parse_expression
from engine.language.types import BOOL, DATE, NUMBER, TEXT, Type
from engine.language.values import decimal_text
from engine.rulebook.model import DecisionTable, Entry, Field, Formula, Rounding, Rule, Table, TableRow

ONE, MANY = "单", "行"
ONE_KEY, MANY_KEY, DAY_KEY = "单号", "行号", "日历日"
ONLY = "一"


@dataclass
class Given:
    """What a line gives: fields and rows of its tables, rules, and what the rule 结果 declares."""

    one: dict[str, Field] = field(default_factory=dict)
    many: dict[str, Field] = field(default_factory=dict)
    record: dict[str, object] = field(default_factory=dict)
    columns: dict[str, list[object]] = field(default_factory=dict)
    calendar: dict[str, dict] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    type: Type | None = None
    rounding: Rounding | None = None
    delivered: str = ""

    def entries(self) -> list[Entry]:
        """The tables and rules, without 结果."""
        key = Field(ONE_KEY, TEXT)
        found: list[Entry] = [Table(ONE, (ONE_KEY,), {ONE_KEY: key, **self.one}), *self.rules]
        if self.many:
            refers = Field(ONE_KEY, TEXT, refers=ONE)
            fields = {MANY_KEY: Field(MANY_KEY, NUMBER), ONE_KEY: refers, **self.many}
            found.append(Table(MANY, (MANY_KEY,), fields))
        for name in self.calendar:
            fields = {
                DAY_KEY: Field(DAY_KEY, DATE),
                name: Field(name, BOOL, nullable=None in self.calendar[name].values()),
            }
            found.append(Table(f"{name}历", (DAY_KEY,), fields))
        return found

    def rows(self) -> dict[str, list[dict[str, object]]]:
        """Typed rows of every table."""
        found: dict[str, list[dict[str, object]]] = {ONE: [{ONE_KEY: ONLY, **self.record}]}
        if self.many:
            lines = zip(*self.columns.values(), strict=True)
            found[MANY] = [
                {MANY_KEY: Fraction(number), ONE_KEY: ONLY, **dict(zip(self.columns, line, strict=True))}
                for number, line in enumerate(lines, 1)
            ]
        for name, days in self.calendar.items():
            found[f"{name}历"] = [{DAY_KEY: day, name: worked} for day, worked in days.items()]
        return found


def read_given(text: str) -> Given:
    """The definitions of a line. Raises :class:`KitProblem`."""
    given = Given()
    for word in words(text):
        name, equals, value = word.partition("=")
        if not equals:
            raise KitProblem(f"no definition: {word}")
        if name.startswith("结果"):
            _declare(given, name, value)
        elif value.startswith("["):
            _column(given, name, value)
        elif value.startswith("日历("):
            days = (day.split(":") for day in words(value[3:-1]))
            given.calendar[name] = {plain(day): None if worked == "空" else worked == "是" for day, worked in days}
        elif value.startswith("段("):
            given.rules.append(_bands(name, value[2:-1]))
        else:
            _scalar(given, name, value)
    return given


def _declare(given: Given, name: str, value: str) -> None:
    if name == "结果单位":
        given.type = unit_type(value)
    elif name == "结果交来":
        given.delivered = value
    elif name == "结果类别":
        given.type = class_type(value)
    elif name == "结果舍入":
        match = re.fullmatch(r"(\d+)(.*)", value)
        if match is None:
            raise KitProblem(f"no rounding: {value}")
        given.rounding = Rounding(int(match[1]), match[2] or "四舍五入")
    else:
        raise KitProblem(f"no declaration: {name}")


def _scalar(given: Given, name: str, text: str) -> None:
    name, optional = name.removesuffix("?"), name.endswith("?")
    value, type_ = typed(text)
    if isinstance(value, Fails):
        reason = f"无法确定(“{value.reason}”)"
        given.rules.append(Rule(name, ONE, Formula(reason, parse_expression(reason)), type_))
        return
    given.one[name] = Field(name, type_, digits=_digits(value), nullable=optional or value is None)
    given.record[name] = value


def _digits(value: object) -> int:
    """The decimals of a number as written; other values count as two."""
    text = decimal_text(value) if isinstance(value, Fraction) else "0.00"
    return len(text.partition(".")[2])


def _column(given: Given, name: str, text: str) -> None:
    end = text.rindex("]") if not text.endswith("}") else text.index("]")
    items, rest = words(text[1:end]), text[end + 1 :]
    values: list[object] = []
    for item in items:
        if item == "空":
            values.append(None)
        elif item.startswith("错("):
            values.append(OutOfRange(item[2:-1]))
        else:
            values.append(item if rest.startswith("{") else plain(item))
    shown = [value for value in values if value is not None and not isinstance(value, OutOfRange)]
    if rest.startswith("{"):
        type_ = class_type(rest)
    elif rest or not shown:
        type_ = unit_type(rest)
    else:
        type_ = type_of(shown[0])
    given.many[name] = Field(name, type_, digits=max(map(_digits, values), default=0), nullable=None in values)
    given.columns[name] = values


def _bands(name: str, text: str) -> Rule:
    variable, _, lines = text.partition(":")
    rows, type_ = [], NUMBER
    for line in words(lines):
        cell, _, band = line.partition("→")
        value, type_ = typed(band)
        literal = re.match(r"-?[0-9.]+", band)[0]
        rows.append(TableRow((Formula(cell, parse_cell(cell)),), Formula(literal, parse_expression(literal))))
        assert isinstance(value, Fraction)
    return Rule(name, ONE, DecisionTable((variable,), tuple(rows)), type_)
