"""``casemix rows``: the rows of a result, filtered and sorted, a page at a time."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, print_table, stops
from engine.commands.streams import finished

if TYPE_CHECKING:
    from engine.results.opened import OpenResult, Page


@usage.command("rows")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("title", metavar="[报表]", default="")
@click.option(
    "--where",
    multiple=True,
    metavar="列=值",
    help="只要这样的行，可以写几个；= != < <= > >= ~（含有） !~ ^（开头是），列= 是空",
)
@click.option("--sort", multiple=True, metavar="列", help="按这一列排，可以写几列；前面加 - 是从大到小")
@click.option("--page", default=1, show_default=True, type=click.IntRange(1), help="第几页")
@click.option("--size", default=50, show_default=True, type=click.IntRange(1, 100_000), help="一页几行")
@click.option("--out", type=click.Path(path_type=Path), help="全部写到这个 .csv 或 .xlsx，不只一页")
@click.option("--json", "as_data", is_flag=True, help="写成 JSON")
def command(
    folder: Path, title: str, where: tuple[str, ...], sort: tuple[str, ...], page: int, size: int, out: Path | None,
    as_data: bool,
) -> None:  # fmt: skip
    """结果 DIR 里的行：报表的名字，或 拒收 表、冲销 表、挂起。不写名字就列出有哪些、各多少行。

    几百万行的明细也只读一页；合计是全部符合条件的行的合计。
    """
    from engine.files.errors import DataError
    from engine.results.conditions import parse_condition, parse_order
    from engine.results.files import write_rows
    from engine.results.opened import open_result

    with stops():
        result = open_result(folder)
        if not title:
            _list(result, as_data)
            return
        table = result.table(title)
        headings = [column.heading for column in table.columns]
        wanted = [parse_condition(one, headings) for one in where]
        order = [parse_order(one, headings) for one in sort]
        if out is not None:
            if out.exists():
                raise DataError(f"{out} 已经有了", "换一个文件名")
            count = write_rows(result, title, out, wanted, order)
            finished(str(out))
            console().print(f"写出 {count} 行：{escape(str(out))}")
            return
        _show(result.page(title, wanted, order, (page - 1) * size, size), page, size, as_data)


def _list(result: OpenResult, as_data: bool) -> None:
    if as_data:
        tables = [
            {
                "title": table.title, "kind": table.kind, "rows": table.rows,
                "columns": [{"heading": c.heading, "kind": c.kind, "key": c.key} for c in table.columns],
            }
            for table in result.tables
        ]  # fmt: skip
        _write(tables)
        return
    said = result.said
    lines = [[table.title, table.kind, str(table.rows)] for table in result.tables]
    print_table(console(), f"{said['title']} {said['program']} {said['period']}", ["名称", "是", "行"], lines,
                lambda index: index == 2)  # fmt: skip


def _show(found: Page, page: int, size: int, as_data: bool) -> None:
    from engine.results.shown import shown

    sums = {heading: shown(value) for heading, value in found.sums.items()}
    headings = [column.heading for column in found.table.columns]
    if as_data:
        _write(
            {"headings": headings, "rows": found.texts, "matching": found.matching, "total": found.total, "sums": sums}
        )
        return
    numbers = [column.kind == "数" for column in found.table.columns]
    keys = max(sum(column.key for column in found.table.columns), 1)
    print_table(console(), found.table.title, headings, found.texts, numbers.__getitem__, keys)
    pages = max(-(-found.matching // size), 1)
    of = f"，全部 {found.total} 行" if found.matching != found.total else ""
    console().print(f"第 {page}/{pages} 页，符合条件 {found.matching} 行{of}")
    if sums:
        console().print("合计 " + "，".join(f"{escape(heading)} {text}" for heading, text in sums.items()))


def _write(found: Any) -> None:
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
