"""The rows that a grid asks for as it is turned over, and the files that it gives: HTTP beside the page."""

from __future__ import annotations

import json
import tempfile
from itertools import takewhile
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import FileResponse, JSONResponse, Response
from nicegui import app
from starlette.background import BackgroundTask

from engine.explain.keys import joined
from engine.files.errors import DataError, why
from engine.results.conditions import Condition
from engine.results.files import SUFFIXES, file_title, write_rows
from engine.results.shown import shown
from engine.results.tables import STATEMENT, Table
from engine.workbench.page import aside
from engine.workbench.workplace import Workplace

MOST = 1000
"""Rows at a time."""
_TEXTS = {
    "contains": "~", "notContains": "!~", "equals": "=", "notEqual": "!=", "startsWith": "^", "lessThan": "<",
    "lessThanOrEqual": "<=", "greaterThan": ">", "greaterThanOrEqual": ">=", "blank": "=", "notBlank": "!=",
}  # fmt: skip
"""What the grid calls an operator."""


def serve_rows(place: Workplace) -> None:
    @app.get("/rows")
    async def rows(request: Request) -> Response:
        try:
            return JSONResponse(await aside(_page, place, dict(request.query_params)))
        except DataError as error:
            return JSONResponse({"error": str(error)}, 400)

    @app.get("/rows-file")
    async def file(request: Request) -> Response:
        asked = dict(request.query_params)
        try:
            path, title = await aside(_file, place, asked)
        except DataError as error:
            return JSONResponse({"error": str(error)}, 400)
        except OSError as error:
            return JSONResponse({"error": f"文件写不出来：{why(error)}"}, 400)
        return FileResponse(path, filename=title, background=BackgroundTask(path.unlink, missing_ok=True))


def _page(place: Workplace, asked: dict[str, str]) -> dict[str, Any]:
    result = place.open_result(asked.get("result", ""))
    table = result.table(asked.get("table", ""))
    where, sort = _wanted(table, asked)
    found = result.page(table.title, where, sort, _whole(asked, "start", 0), min(_whole(asked, "count", 100), MOST))
    keys = [n for n, _ in takewhile(lambda one: one[1].key, enumerate(table.columns))]  # not the period that it fills
    lines = [{**{f"c{n}": text for n, text in enumerate(line)}, "key": _key(table, line, keys)} for line in found.texts]
    sums = {
        f"c{n}": shown(found.sums[column.heading])
        for n, column in enumerate(table.columns) if column.heading in found.sums
    }  # fmt: skip
    return {"rows": lines, "matching": found.matching, "total": found.total, "sums": sums}


def _key(table: Table, line: list[str], keys: list[int]) -> str:
    """As ``casemix explain`` takes it; refused and held rows have it as a text."""
    if table.kind == STATEMENT:
        return joined(line[place] for place in keys)
    return next((text for column, text in zip(table.columns, line, strict=True) if column.heading == "主键"), "")


def _wanted(table: Table, asked: dict[str, str]) -> tuple[list[Condition], list[tuple[str, bool]]]:
    """What the grid says of filters and order, by its numbers of columns."""
    headings = {f"c{n}": column.heading for n, column in enumerate(table.columns)}
    try:
        sort = [(headings[one["colId"]], one["sort"] == "desc") for one in json.loads(asked.get("sort", "[]"))]
        where: list[Condition] = []
        for name, model in json.loads(asked.get("filter", "{}")).items():
            where += _conditions(headings[name], model)
    except (ValueError, TypeError, AttributeError, KeyError):  # words of another shape, of which no column is
        raise DataError("筛选或排序写得不对：表里没有这一列，或不是表格发出的") from None
    return where, sort


def _whole(asked: dict[str, str], name: str, otherwise: int) -> int:
    try:
        return int(asked.get(name, otherwise))
    except ValueError:
        raise DataError(f"{name} 要写整数") from None


def _conditions(heading: str, model: dict[str, Any]) -> list[Condition]:
    kind = model.get("type", "")
    first = str(model.get("dateFrom", "") or "")[:10] if "dateFrom" in model else _text(model.get("filter"))
    last = str(model.get("dateTo", "") or "")[:10] if "dateTo" in model else _text(model.get("filterTo"))
    if kind == "inRange":
        return [Condition(heading, ">=", first), Condition(heading, "<=", last)]
    if kind not in _TEXTS:
        raise DataError(f"不会这样筛选：{kind}")
    return [Condition(heading, _TEXTS[kind], "" if kind in ("blank", "notBlank") else first)]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _file(place: Workplace, asked: dict[str, str]) -> tuple[Path, str]:
    result = place.open_result(asked.get("result", ""))
    table, suffix = result.table(asked.get("table", "")), f".{asked.get('kind', '')}"
    if suffix not in SUFFIXES:
        raise DataError(f"不能下载 {suffix}")
    where, sort = _wanted(table, asked)
    handle = tempfile.NamedTemporaryFile(prefix="casemix-", suffix=suffix, delete=False)  # noqa: SIM115
    handle.close()
    path = Path(handle.name)
    try:
        write_rows(result, table.title, path, where, sort)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, f"{file_title(result, table)}{suffix}"
