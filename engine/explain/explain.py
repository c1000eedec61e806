"""Explain a value of a run: from its inputs again, refused where rules, data or a kept value are not what they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.data.errors import DataError
from engine.data.kept_values import read_values
from engine.data.places import open_places
from engine.execute.period import parse_period
from engine.execute.published import read_published
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.run import execute
from engine.execute.result import RunStopped
from engine.explain.steps import Step
from engine.explain.tree_of_value import Walk, number
from engine.language.types import Kind
from engine.language.values import Unresolved, Value, render
from engine.rulebook.book import Book, load
from engine.rulebook.constants import read_constant
from engine.rulebook.locate import Located
from engine.rulebook.stack import nearest
from engine.settle import load as load_data
from engine.settle import program_of


def explain(folder: Path, grain: str, key: str, value: str | None = None) -> list[Step]:
    """The values that statements show of a row (or only ``value``), each as a tree of steps.

    ``key``: the row's key, comma-separated in key order. Raises :class:`RunStopped`.
    """
    record = _record(folder)
    book = _book(record)
    execution = _execution(record, book)
    scope = execution.scope(execution.closing)
    if not scope.is_grain(grain):
        raise RunStopped(f"没有 {grain} 这个粒度", hint=nearest(grain, [*scope.book.tables, *scope.book.grains]))
    row = _row(execution, grain, key)
    names = [value] if value else _shown(execution, grain)
    if not names:
        raise RunStopped(f"{grain} 没有报表显示的值，用 --value 写明要看哪一个")
    _agree(folder, execution, row, names)
    walk = Walk(execution)
    return [walk.explain(name, row, execution.own_day(row)) for name in names]


def _record(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise RunStopped(f"{folder} 不是一次运行的输出（没有 run.json）", hint="写 run 的 --out 文件夹") from None


def _book(record: dict[str, Any]) -> Book:
    import datetime

    folder = Path(record["folder"])
    if not folder.is_dir():
        raise RunStopped(f"当时的规则文件夹 {folder} 已经不在了")
    as_of = datetime.date.fromisoformat(record["as_of"]) if record.get("as_of") else None
    book = load(Located(folder, as_of))
    if book.fingerprint() != record["rules_sha256"]:
        raise RunStopped("规则在这次运行之后改动过，不能用现在的规则解释当时的结果", hint="用当时的规则重新运行，或恢复规则文件")
    return book


def _execution(record: dict[str, Any], book: Book) -> Execution:
    period = parse_period(record["period"])
    program = program_of(book, record["program"], period)
    try:
        loaded = load_data(book, program, period, open_places(record["data"]), lambda text: None)
    except DataError as error:
        raise RunStopped(f"当时的数据读不出来：{error.message}", hint=error.hint) from None
    changed = [name for name, digest in loaded.digests().items() if record["data_sha256"].get(name) != digest]
    if changed:
        raise RunStopped(f"数据在这次运行之后改动过：{'、'.join(changed)}", hint="用当时的数据，或重新运行")
    published = read_published(Path(record["previous"])) if record.get("previous") else None
    return execute(book, program, period, loaded.memory(), published)


def _row(execution: Execution, grain: str, key: str) -> Row:
    scope = execution.scope(execution.closing)
    names = scope.keys(grain)
    given = [part.strip() for part in key.split(",")] if names else []
    if len(given) != len(names):
        raise RunStopped(f"{grain} 的键是 {'、'.join(names)}，用逗号隔开写 {len(names)} 项")
    wanted: list[Value] = []
    for name, text in zip(names, given, strict=True):
        type_ = scope.dimension_type(name)
        try:
            wanted.append(text if type_ is None or type_.kind is Kind.TEXT else read_constant(text, type_))
        except ValueError as error:
            raise RunStopped(f"键 {name}：{error}") from None
    base = scope.base(grain)
    if base in execution.selection.main_tables:
        for row in execution.selection.everything[base]:
            if row.key == tuple(wanted):
                verdict = execution.selection.verdicts[base].get(row.number)
                if verdict is not None:
                    by = f"（{verdict.by}）" if verdict.by else ""
                    raise RunStopped(f"{grain} {key} 没有结算：{verdict.state}{by} {verdict.reason}".rstrip())
    for row in execution.rows_of(grain):
        if row.key == tuple(wanted):
            return row
    near = nearest(key, [",".join(render(part) for part in row.key) for row in execution.rows_of(grain)])
    raise RunStopped(f"{grain} 里没有“{key}”这一行", hint=near)


def _shown(execution: Execution, grain: str) -> list[str]:
    """What statements of this grain show, rules last to first: the amounts at the end come first."""
    names: list[str] = []
    for name in execution.program.statements:
        statement = execution.now.statements[name]
        if execution.scope(execution.closing).base(statement.grain) == execution.scope(execution.closing).base(grain):
            names += [column.name for column in statement.columns if column.name not in names]
    rules = [name for name in names if name in execution.now.rules]
    return list(reversed(rules))


def _agree(folder: Path, execution: Execution, row: Row, names: list[str]) -> None:
    """Refuses where a value kept by the run is not what comes out now."""
    try:
        kept = read_values(folder, row.grain)
    except DataError:
        return
    keys = [index for index, column in enumerate(kept.columns) if column.key]
    line = next((r for r in kept.rows if tuple(r[i] for i in keys) == row.key), None)
    if line is None:
        return
    for column, value in zip(kept.columns, line, strict=True):
        if column.name not in names or isinstance(value, Unresolved):
            continue
        try:
            now = execution.value(column.name, row, execution.own_day(row))
        except Unresolved as error:
            raise RunStopped(f"{column.name} 当时是 {number(value)}，现在无法确定：{error}") from None
        if now != value:
            raise RunStopped(f"{column.name} 当时是 {number(value)}，现在算出 {number(now)}，输出可能被改动")
