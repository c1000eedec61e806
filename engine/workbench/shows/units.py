"""Figures as people read them: with the unit of their column, and grouped in thousands. What is written has neither."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.execute.period import parse_period
from engine.explain.writing import unit
from engine.language.types import Type
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Statement
from engine.rulebook.scope import Scope

_FIGURE = re.compile(r"([+-]?)(\d+)((?:\.\d+)?)")
_THOUSANDS = re.compile(r"\B(?=(?:\d{3})+$)")

Units = Mapping[str, str]
"""By the heading of a column of numbers its unit, 元 or 点/天; pure numbers have none."""


def scope_of(now: Snapshot, program: str, period: str) -> Scope:
    """As a run of the program sees names."""
    return Scope(now, now.programs.get(program), parse_period(period).kind)


def units_of(scope: Scope) -> dict[str, Units]:
    """By statement; none where a formula is wrong, or fields of one name differ."""
    binder = Binder(scope)
    return {name: _of_statement(binder, about) for name, about in scope.book.statements.items()}


def _of_statement(binder: Binder, about: Statement) -> Units:
    found: dict[str, str] = {}
    for column in about.columns:
        told = {unit(one) for one in _types(binder, column.name)}
        if len(told) == 1 and any(told):
            found[column.heading] = told.pop()
    return found


def _types(binder: Binder, name: str) -> list[Type]:
    now = binder.scope.book
    if name in now.parameters:
        return [now.parameters[name].type]
    if name in now.rules:
        try:
            return [binder.rule_type(name)]
        except BindError:
            return []
    return [binder.scope.field_type(table, name) for table in now.columns.get(name, ())]


def titled(heading: str, units: Units) -> str:
    """总额（元）, unless the heading says it already."""
    said = units.get(heading, "")
    return f"{heading}（{said}）" if said and not heading.endswith((f"（{said}）", f"({said})")) else heading


def grouped(figure: str) -> str:
    """-1234567.50 as -1,234,567.50; any other text as it is."""
    found = _FIGURE.fullmatch(figure)
    return found[1] + _THOUSANDS.sub(",", found[2]) + found[3] if found is not None else figure


def most_grouped(most: str) -> str:
    """Of a row, with the figure behind its key."""
    key, mark, figure = most.rpartition("：")
    return f"{key}{mark}{grouped(figure)}"
