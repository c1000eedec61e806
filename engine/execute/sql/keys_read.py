"""By which keys columns read other grains: those that a name leads to, and those that 取 is given."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from engine.execute.plan.reads import How
from engine.execute.plan.steps import Column
from engine.execute.sql.ints import TooLarge
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.on_rows import OnRows
from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import law_of
from engine.language.values import Unresolved
from engine.rulebook.parts import parts
from engine.rulebook.scope import Access, Unreachable


def keys_read(reading: OnRows, columns: Sequence[Column], worked_out: bool) -> Iterator[list[Lowered]]:
    """The keys as the columns will lower them, under each state of the rules; ``worked_out``: those of which one is no
    field of the row. What cannot be lowered is left to the column.
    """
    for _, day in reading.days:
        if day < reading.execution.book.start:
            continue
        for column in columns:
            for names in _led_to(reading, column, day, worked_out):
                try:
                    yield [reading.read(one, day) if isinstance(one, str) else reading.node(one, day) for one in names]
                except (Unresolved, NotInSql, TooLarge):
                    continue


def _led_to(
    reading: OnRows, column: Column, day: datetime.date, worked_out: bool
) -> Iterator[Sequence[str | tree.Node]]:  # fmt: skip
    scope, there = reading.execution.scope(day), reading.execution.readings
    for read in column.reads:
        if read.how is not How.ELSEWHERE or read.grain in there:
            continue
        access = _reached(reading, read.name, day)
        if access is None or access.own or access.grain != read.grain:
            continue
        if worked_out != all(_stands(reading, step.name, day) for step in access.keys):
            yield [step.name for step in access.keys]
    for call in _calls(reading, column, day):
        home = scope.home(call.name_at(0))
        if home is None or scope.base(home) in there:
            continue
        given = dict(call.keys)
        keys: list[str | tree.Node] = [given.get(key, key) for key in scope.keys(home)]
        names = [one.id if isinstance(one, tree.Name) else one for one in keys]
        if worked_out != all(isinstance(one, str) and _stands(reading, one, day) for one in names):
            yield keys


def _calls(reading: OnRows, column: Column, day: datetime.date) -> Iterator[tree.Call]:
    """Each 取 of a rule, its keys read on the row alone."""
    entry = reading.execution.scope(day).book.rules.get(column.name)
    for part in parts(entry) if entry is not None else ():
        try:
            bound = reading.execution.formulas.bound(part.formula, part.grain, day, part.expected, part.rooted)
        except Unresolved:
            continue
        for node in bound.walk():
            if isinstance(node, tree.Call) and law_of(node.function).takes is Takes.NAME_AT_KEYS:
                inside = [one for _, key in node.keys for one in key.walk() if isinstance(one, tree.Call)]
                if not any(law_of(one.function).looks_beyond for one in inside):
                    yield node


def _reached(reading: OnRows, name: str, day: datetime.date) -> Access | None:
    try:
        return reading.execution.scope(day).reach(reading.base, name)
    except Unreachable:
        return None


def _stands(reading: OnRows, name: str, day: datetime.date) -> bool:
    """Whether a name is a field of the row."""
    access = _reached(reading, name, day)
    return access is not None and (access.kind == "key" or (access.kind == "field" and access.own))
