"""Explain a value of a run: from its inputs again, refused where rules, data or a kept value are not what they were."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.record import FolderRecord
from engine.execute.loading import Loaded
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.sql.ints import TooLarge
from engine.execute.sql.not_in_sql import NotInSql
from engine.explain.found import is_key, keys_like, row_of
from engine.explain.kept_before import KeptBefore
from engine.explain.keys import split
from engine.explain.left_out import LeftOut, left_out, not_of
from engine.explain.origins import Origins, near
from engine.explain.reopened import Given, Reopened, book_of, by_reference, execution_of, record_of
from engine.explain.rows_below import RowsBelow, rows_below
from engine.explain.steps import Step
from engine.explain.walk import Walk
from engine.files.errors import RunStopped
from engine.language.types import TEXT, Kind, Type
from engine.language.values import Value
from engine.rulebook.bind_errors import BindError
from engine.rulebook.constants import read_constant
from engine.rulebook.nearest import nearest
from engine.rulebook.scope import Unreachable


class NoSuchRow(RunStopped):
    """A key that no row has, neither one that was settled nor one that was left out."""


@dataclass(frozen=True)
class Explanation:
    """Trees of values; or, with ``left_out`` (a sentence), of what kept the row from being settled.

    ``example``: the run rests on invented figures. ``cut``: values that were not taken apart, as there were too many.
    ``below``: the rows of finer statements that belong to the row, where that was asked.
    """

    steps: list[Step]
    left_out: str = ""
    example: bool = False
    cut: tuple[str, ...] = ()
    below: tuple[RowsBelow, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        steps = [step.as_dict() for step in self.steps]
        return {"steps": steps, "left_out": self.left_out, "example": self.example, "cut": list(self.cut)}


def explain(
    folder: Path, grain: str, key: str, value: str | None = None, rows: int | None = None, given: Given | None = None
) -> list[Step]:
    """The trees of :func:`explanation`."""
    return explanation(folder, grain, key, value, rows, given).steps


def explanation(
    folder: Path, grain: str, key: str, value: str | None = None, rows: int | None = None, given: Given | None = None,
    below: bool = False,
) -> Explanation:  # fmt: skip
    """The values that statements show of a row (or only ``value``), each as a tree of steps.

    ``key``: the row's key, comma-separated in key order, a part with a comma in quotes; ``rows``: how many rows of a
    sum to list; ``given``: data and addresses in the place of those that ``run.json`` names; ``below``: whether the
    rows that belong to it are told. Raises :class:`RunStopped`.
    """
    given = given or Given()
    asked = (grain, key, value, rows, below)
    record, before = record_of(folder, given.verify)
    book = book_of(record)
    try:
        with ExitStack() as stack:
            return explained(execution_of(stack, record, book, given, before), record, folder, *asked)
    except (NotInSql, TooLarge):  # of what the database has no words for the reference engine reads everything
        with ExitStack() as stack:
            return explained(by_reference(stack, record, book, given), record, folder, *asked)


def explained(
    opened: Reopened, record: FolderRecord, folder: Path, grain: str, key: str, value: str | None, rows: int | None,
    below: bool = False,
) -> Explanation:  # fmt: skip
    """The explanation on a run that is open."""
    execution = opened.execution
    scope = execution.scope(execution.closing)
    if not scope.is_grain(grain):
        raise RunStopped(f"没有 {grain} 这个粒度", hint=nearest(grain, [*scope.book.tables, *scope.book.grains]))
    kept = KeptBefore(opened.kept, record.said)
    walk = Walk(execution, Origins(opened.loaded, opened.places), near(str(folder)), rows, kept)
    example = bool(record.said["example"])
    row = _row(walk, opened.loaded, grain, key)
    if isinstance(row, LeftOut):
        row.step.example = example
        return Explanation([row.step], row.sentence, example)
    names = [value] if value else _shown(execution, grain)
    if not names:
        raise RunStopped(f"{grain} 没有报表显示的值，用 --value 写明要看哪一个")
    for name in names:
        try:
            scope.reach(grain, name)
        except Unreachable as error:
            raise RunStopped(error.message, hint=error.hint) from None
    steps = [walk.explain(name, row, execution.own_day(row)) for name in names]
    for name, step in zip(names, steps, strict=True):
        step.example = example
        if name in execution.now.rules and name not in execution.wanted:
            step.remark = "；".join(text for text in (step.remark, "这次运行没有用到它，只读了用到的表和列") if text)
    found = tuple(rows_below(walk, grain, row)) if below else ()
    return Explanation(steps, "", example, tuple(dict.fromkeys(walk.uncut)), found)


def _row(walk: Walk, loaded: Loaded, grain: str, key: str) -> Row | LeftOut:
    execution = walk.execution
    scope = execution.scope(execution.closing)
    names = scope.keys(grain)
    try:
        given = split(key) if names else []
    except ValueError as error:
        raise RunStopped(f"键“{key}”：{error}") from None
    if len(names) == 1 and len(given) > 1 and is_key(execution, grain, key):
        given = [key]  # nothing else can be meant
    if names and not key.strip():
        raise RunStopped(f"没有写是 {grain} 的哪一行", hint=f"后面写上它的 {'、'.join(names)}，用逗号隔开")
    if len(given) != len(names):
        quoted = '；本身有逗号的一项放在英文引号里，如 "甲,乙"' if len(given) > len(names) > 0 else ""
        raise RunStopped(f"{grain} 的键是 {'、'.join(names)}，用逗号隔开写 {len(names)} 项{quoted}")
    wanted: list[Value] = []
    for name, text in zip(names, given, strict=True):
        type_ = scope.dimension_type(name) or _type_of_rule(execution, name)
        try:
            wanted.append(text if type_.kind is Kind.TEXT else read_constant(text, type_))
        except ValueError as error:
            raise RunStopped(f"键 {name}：{error}") from None
    found = row_of(execution, grain, tuple(wanted))
    if found is not None:
        return found
    base = scope.base(grain)
    gone = left_out(walk, loaded, base, tuple(wanted), ",".join(given))
    if gone is not None:
        return gone
    found = row_of(execution, base, tuple(wanted)) if base != grain else None
    if found is not None:
        return not_of(walk, grain, found, ",".join(given))
    close = nearest(key, keys_like(execution, grain, key))
    raise NoSuchRow(f"{grain} 里没有“{key}”这一行", hint=close)


def _type_of_rule(execution: Execution, name: str) -> Type:
    """The type of a key that a rule gives: a month, a date, a number."""
    try:
        return execution.days.binder(execution.closing).rule_type(name)
    except BindError:
        return TEXT


def _shown(execution: Execution, grain: str) -> list[str]:
    """What statements of this grain show, rules last to first: the amounts at the end come first."""
    names: list[str] = []
    for name in execution.program.statements:
        statement = execution.now.statements[name]
        if execution.scope(execution.closing).base(statement.grain) == execution.scope(execution.closing).base(grain):
            names += [column.name for column in statement.columns if column.name not in names]
    rules = [name for name in names if name in execution.now.rules]
    return list(reversed(rules))
