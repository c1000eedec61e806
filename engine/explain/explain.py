"""Explain a value of a run: from its inputs again, refused where rules, data or a kept value are not what they were."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.places import Places
from engine.execute.loading import Loaded
from engine.execute.loading import load as load_data
from engine.execute.period import parse_period
from engine.execute.published import PublishedValues, previous_of
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.run import execute
from engine.execute.result import RunStopped
from engine.explain.kept_before import KeptBefore
from engine.explain.left_out import LeftOut, left_out, not_of
from engine.explain.origins import Origins, near
from engine.explain.steps import Step
from engine.explain.walk import Walk
from engine.files.errors import DataError
from engine.files.ordinary import read_json
from engine.language.types import TEXT, Kind, Type
from engine.language.values import Value, render
from engine.rulebook.bind_errors import BindError
from engine.rulebook.book import Book, load
from engine.rulebook.constants import read_constant
from engine.rulebook.locate import Located
from engine.rulebook.scope import Unreachable
from engine.rulebook.stack import nearest
from engine.settle import digests_of, mapped_places, program_of

_ASKED = ("folder", "as_of", "rules_sha256", "program", "period", "engine", "data", "data_sha256", "previous")
"""What of ``run.json`` an explanation rests on."""


@dataclass(frozen=True)
class Explanation:
    """Trees of values; or, with ``left_out`` (a sentence), of what kept the row from being settled.

    ``example``: the run rests on invented figures. ``cut``: values that were not taken apart, as there were too many.
    """

    steps: list[Step]
    left_out: str = ""
    example: bool = False
    cut: tuple[str, ...] = ()


def explain(folder: Path, grain: str, key: str, value: str | None = None, rows: int | None = None) -> list[Step]:
    """The trees of :func:`explanation`."""
    return explanation(folder, grain, key, value, rows).steps


def explanation(folder: Path, grain: str, key: str, value: str | None = None, rows: int | None = None) -> Explanation:
    """The values that statements show of a row (or only ``value``), each as a tree of steps.

    ``key``: the row's key, comma-separated in key order; ``rows``: how many rows of a sum to list. Raises
    :class:`RunStopped`.
    """
    record = _record(folder)
    _refuse_tampered(folder, record)
    book = _book(record)
    execution, loaded, places = _execution(record, book)
    scope = execution.scope(execution.closing)
    if not scope.is_grain(grain):
        raise RunStopped(f"没有 {grain} 这个粒度", hint=nearest(grain, [*scope.book.tables, *scope.book.grains]))
    kept = KeptBefore(PublishedValues(folder), record)
    walk = Walk(execution, Origins(loaded, places), near(str(folder)), rows, kept)
    example = bool(record.get("example"))
    row = _row(walk, loaded, grain, key)
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
    return Explanation(steps, "", example, tuple(dict.fromkeys(walk.uncut)))


def _record(folder: Path) -> dict[str, Any]:
    if str(folder).startswith(("postgresql:/", "postgres:/")):
        raise RunStopped("解释要读结果文件夹，不能读写进数据库的结果", hint="运行时 --out 写文件夹")
    try:
        record = read_json(folder / "run.json")
        if all(name in record for name in _ASKED):
            return record
    except (OSError, ValueError, TypeError):
        pass
    raise RunStopped(f"{folder} 不是一次运行的输出（没有 run.json，或不完整）", hint="写 run 的 --out 文件夹")


def _refuse_tampered(folder: Path, record: dict[str, Any]) -> None:
    """A file of the result that is not what the run wrote is not explained as if it were."""
    for name, digest in dict(record.get("files_sha256") or {}).items():
        path = folder / str(name)
        inside = path.resolve().is_relative_to(folder.resolve())
        if not inside or not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise RunStopped(
                f"{name} 在这次运行之后改动过或不在了，不能解释改动过的结果",
                hint="恢复这个文件，或重新运行；要改格式请另存一份",
            )


def _book(record: dict[str, Any]) -> Book:
    import datetime

    folder = Path(record["folder"])
    if not folder.is_dir():
        raise RunStopped(f"当时的规则文件夹 {folder} 已经不在了")
    as_of = datetime.date.fromisoformat(record["as_of"]) if record.get("as_of") else None
    book = load(Located(folder, as_of))
    if book.fingerprint() != record["rules_sha256"]:
        raise RunStopped(
            "规则在这次运行之后改动过，不能用现在的规则解释当时的结果", hint="用当时的规则重新运行，或恢复规则文件"
        )
    return book


def _execution(record: dict[str, Any], book: Book) -> tuple[Execution, Loaded, Places]:
    """The run again up to the point where its rows are sorted. Raises :class:`RunStopped` where its data changed."""
    period = parse_period(record["period"])
    program = program_of(book, record["program"], period)
    try:
        mapping = record.get("mapping")
        places = mapped_places(book, period, record["data"], Path(mapping) if mapping else None)
        loaded = load_data(book, program, period, places, lambda text: None)
        now, then = digests_of(record["engine"], book, program, period, places, loaded), record["data_sha256"]
    except DataError as error:
        raise RunStopped(f"当时的数据读不出来：{error.message}", hint=error.hint) from None
    changed = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    if changed:
        raise RunStopped(f"数据在这次运行之后改动过：{'、'.join(changed)}", hint="用当时的数据，或重新运行")
    published = previous_of(book, period, Path(record["previous"])) if record.get("previous") else None
    return execute(book, program, period, loaded.memory(), published), loaded, places


def _row(walk: Walk, loaded: Loaded, grain: str, key: str) -> Row | LeftOut:
    execution = walk.execution
    scope = execution.scope(execution.closing)
    names = scope.keys(grain)
    given = [part.strip() for part in key.split(",")] if names else []
    if len(given) != len(names):
        raise RunStopped(f"{grain} 的键是 {'、'.join(names)}，用逗号隔开写 {len(names)} 项")
    wanted: list[Value] = []
    for name, text in zip(names, given, strict=True):
        type_ = scope.dimension_type(name) or _type_of_rule(execution, name)
        try:
            wanted.append(text if type_.kind is Kind.TEXT else read_constant(text, type_))
        except ValueError as error:
            raise RunStopped(f"键 {name}：{error}") from None
    for row in execution.rows_of(grain):
        if row.key == tuple(wanted):
            return row
    base = scope.base(grain)
    gone = left_out(walk, loaded, base, tuple(wanted), ",".join(given))
    if gone is not None:
        return gone
    for row in execution.rows_of(base) if base != grain else ():
        if row.key == tuple(wanted):
            return not_of(walk, grain, row, ",".join(given))
    close = nearest(key, [",".join(render(part) for part in row.key) for row in execution.rows_of(grain)])
    raise RunStopped(f"{grain} 里没有“{key}”这一行", hint=close)


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
