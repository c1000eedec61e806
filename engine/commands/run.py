"""``casemix run``: a program over one period or several, with its table and the accounting on the screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.status import Status

from engine.commands import usage
from engine.commands.result_shown import print_delivery, print_result
from engine.commands.screen import console, errors, events_on, print_folded, print_table, stops
from engine.commands.streams import finished
from engine.databases.registry import (
    CHOSEN,
    DATA_FORMS,
    ENGINE_FORMS,
    OUT_FORMS,
    REFERENCE,
    is_address,
    is_engine,
    is_out_address,
    title_of,
)
from engine.watching.event import Watcher
from engine.watching.lines import lines_to
from engine.watching.watching import Watching

if TYPE_CHECKING:
    from engine.data.together import Together
    from engine.execute.period import Period
    from engine.execute.result import Result
    from engine.looked_over import Looked
    from engine.rulebook.book import Book
    from engine.watching.cancel import Cancel


def _memory(context: click.Context, option: click.Parameter, value: str) -> str:
    """An amount of memory, or nothing."""
    if value and not re.fullmatch(r"[0-9]{1,6}(\.[0-9])?(MB|GB)", value):
        raise click.BadParameter("写成 800MB 或 6GB")
    return value


def _engine(context: click.Context, option: click.Parameter, value: str) -> str:
    """The name of an engine, or the address of one."""
    if not is_engine(value):
        raise click.BadParameter(f"写成 {'、'.join((CHOSEN, REFERENCE, *ENGINE_FORMS))}")
    return value


def _target(context: click.Context, option: click.Parameter, value: str) -> Path | str:
    """A folder, or the address of a schema."""
    value = value.strip()
    if "://" in value and not is_out_address(value):
        known = f"结果不能写进 {title_of(value)}；" if is_address(value) else ""
        raise click.BadParameter(f"{known}写成文件夹，或 {'、'.join(OUT_FORMS)}")
    return value if is_out_address(value) else Path(value)


def _folder(context: click.Context, option: click.Parameter, value: str | None) -> Path | None:
    """A folder; what a run put into a database has no values to go on from."""
    if value is not None and "://" in value:
        raise click.BadParameter("要写文件夹：上期的结果用 --out 文件夹 写出，才能接着用")
    return None if value is None else Path(value)


def _matched(context: click.Context, option: click.Parameter, value: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """By table and field the column of the data."""
    found: dict[str, dict[str, str]] = {}
    for said in value:
        names, _, column = said.partition("=")
        table, _, field = names.partition(".")
        if not (table and field and column):
            raise click.BadParameter(f"写成 表.字段=列，不是 {said}")
        if field in found.setdefault(table, {}):
            raise click.BadParameter(f"{names} 写了两次")
        found[table][field] = column
    return found


@usage.command("run")
@click.argument("region", metavar="REGION")
@click.argument("program", metavar="PROGRAM")
@click.option("--period", required=True, help="2025、2025Q1、2025-03，或 2025-01..2025-12（写到 --out/<期间>/）")
@click.option(
    "--data",
    multiple=True,
    help=f"放 表名.parquet|csv|xlsx|xls 的文件夹、DuckDB 文件，或 {'、'.join(DATA_FORMS)}；可写几个，后盖前；"
    "只读地区自己的表的程序不用写",
)
@click.option(
    "--mapping", type=click.Path(path_type=Path), metavar="YAML", help="映射文件：数据里的表和列各是规则里的哪个"
)
@click.option(
    "--map", "matched", multiple=True, callback=_matched, metavar="表.字段=列",
    help="数据里的哪一列是规则里的哪个字段：先写进 --mapping 文件，再核对；可写几个，和 --check 写在一起",
)  # fmt: skip
@click.option(
    "--out", required=True, callback=_target, metavar="|".join(("DIR", *OUT_FORMS)),
    help="结果文件夹，或数据库里新建的模式；完整出现，或不出现",
)  # fmt: skip
@click.option("--previous", callback=_folder, metavar="DIR", help="上期的 --out 文件夹")
@click.option("--format", "formats", multiple=True, type=click.Choice(["csv", "xlsx"]), help="报表另存的格式")
@click.option(
    "--engine", default=CHOSEN, callback=_engine, show_default=True,
    metavar="|".join((CHOSEN, REFERENCE, *ENGINE_FORMS)),
    help="在哪里计算；auto：用 DuckDB，数据只有几百行时直接算，结果相同",
)  # fmt: skip
@click.option(
    "--memory", default="", callback=_memory, help="DuckDB 最多用多少内存，如 6GB；放不下的暂存到磁盘", metavar="大小"
)
@click.option("--keep", type=click.Choice(["all"]), help="all：每行数据算出的值全部保留，不只保留类别和报表要的")
@click.option("--replace", is_flag=True, help="覆盖以前运行的结果")
@click.option("--check", is_flag=True, help="只核对：缺什么、哪些行读不出来；不计算，不写结果")
@click.option("--progress", is_flag=True, help="进度写到标准错误，一步一行 JSON，代替屏幕上的进度")
@click.option("--progress-fd", type=click.IntRange(1), metavar="N", help="进度写到第 N 号文件描述符，一步一行 JSON")
def command(
    region: str, program: str, period: str, data: tuple[str, ...], mapping: Path | None,
    matched: dict[str, dict[str, str]], out: Path | str, previous: Path | None, formats: tuple[str, ...],
    engine: str, memory: str, keep: str | None, replace: bool, check: bool, progress: bool, progress_fd: int | None,
) -> None:  # fmt: skip
    """用 --data 的数据运行 REGION 的 PROGRAM。"""
    from engine.checked import load
    from engine.data.mapped_columns import map_columns
    from engine.databases.places import shown_place
    from engine.execute.period import parse_periods
    from engine.execute.stopped import beside
    from engine.settle import settle
    from engine.watching.cancel import Cancel

    if matched and not (check and mapping):
        raise click.UsageError("--map 要和 --check、--mapping 写在一起：写进映射文件，再核对")
    screen, cancel = console(), Cancel()
    told = lines_to(progress_fd if progress_fd is not None else 2 if progress else None)
    with stops(cancel):
        try:
            periods = parse_periods(period)
        except ValueError as error:
            errors().print(f"[red]停止[/] {escape(str(error))}")
            sys.exit(1)
        if isinstance(out, str):
            _refuse_in_database(formats, periods)
        options: dict[str, Any] = {
            "previous": previous, "formats": ("parquet", *formats), "replace": replace, "keep_all": keep == "all",
            "engine": engine, "memory": memory, "mapping": mapping,
            "rejects": None if isinstance(out, str) else Path(beside(out)),
        }  # fmt: skip
        if check:
            if mapping is not None and matched:
                map_columns(mapping, matched)
            whole = _look_over(load(region), program, periods, data, out, options, cancel)
            if not whole:
                sys.exit(1)
        elif len(periods) == 1:
            book = load(region)
            with Status("准备", console=errors()) as status:
                watching = Watching(_told(told, status), cancel)
                result, record = settle(book, program, periods[0], data, out, watching=watching, **options)
            shown = shown_place(out) if isinstance(out, str) else str(out)
            finished(shown)
            print_result(f"{book.title} {program} {periods[0]}", result, record, book.example)
            screen.print(f"\n结果：{escape(shown)}")
    if len(periods) > 1 and not check:
        _run_range(region, program, periods, data, Path(out), options, told)


def _refuse_in_database(formats: tuple[str, ...], periods: list[Period]) -> None:
    """Raises :class:`DataError` for what only a folder can take."""
    from engine.files.errors import DataError

    if formats:
        raise DataError("写到数据库时没有文件，--format 不起作用", "去掉 --format，或 --out 写文件夹")
    if len(periods) > 1:
        raise DataError(
            "几期一起运行，后一期要读前一期留下的值，这些只从文件夹读，所以结果不能写到数据库",
            "--out 写文件夹；不接着上期算的程序也可以一期一期运行，各写一个模式",
        )


def _look_over(
    book: Book, program: str, periods: list[Period], data: tuple[str, ...], out: Path | str, options: dict[str, Any],
    cancel: Cancel,
) -> bool:  # fmt: skip
    """Says what a run would read, and what of it it could not; whether no table is missing."""
    from engine.looked_over import look_over_each

    whole = True
    with Status("核对", console=errors()) as status:
        asked = {name: options[name] for name in ("previous", "mapping", "replace")}
        watching = Watching(events_on(status), cancel)
        for period, found in look_over_each(book, program, periods, data, out, watching=watching, **asked):
            status.stop()
            _say_looked(f"{book.title} {program} {period}", found)
            whole = whole and not found.missing
            status.start()
    return whole


def _say_looked(title: str, found: Looked) -> None:
    screen = console()
    lines = [
        [one.table, str(one.rows) if one.delivered else "没有交来" if one.needed else "没有交来（可以没有）",
         str(one.refused) if one.refused else ""]
        for one in found.tables
    ]  # fmt: skip
    print_table(screen, f"{title} 要读的表", ["表", "行", "读不出来"], lines, lambda at: at > 0)
    for one in found.tables:
        for reason in one.reasons:
            print_folded(screen, f"{one.table} {reason}", "  · ", style="yellow")
    print_delivery({
        "defaulted_columns": {one.table: one.missing for one in found.tables if one.missing},
        "unknown_columns": {one.table: one.unknown for one in found.tables if one.unknown},
        "unused_tables": found.unused, "unused_files": found.ignored,
    })  # fmt: skip
    if found.missing:
        screen.print(f"没有交来表：{escape('、'.join(found.missing))}", style="red")


def _run_range(
    region: str, program: str, periods: list[Period], data: tuple[str, ...], out: Path, options: dict[str, Any],
    lines: Watcher | None,
) -> None:  # fmt: skip
    """Several periods at once: each is shown when it is done, and all results appear at the end."""
    from engine.checked import load
    from engine.data.together import Together
    from engine.ranges import settle_range
    from engine.watching.cancel import Cancel

    screen, cancel = console(), Cancel()
    together = Together(out, [str(period) for period in periods], options["replace"])
    with _what_stands(together), stops(cancel):
        book = load(region)
        with together, Status("准备", console=errors()) as status:

            def told(period: Period, result: Result, record: dict[str, Any]) -> None:
                status.stop()
                print_result(f"{book.title} {program} {period}", result, record, book.example)
                screen.print(f"\n{period} 算完（{len(together.done)}/{len(periods)}），各期全部算完以后一起写出")
                if lines is None:
                    status.start()

            watching = Watching(_told(lines, status), cancel)
            settle_range(book, program, periods, data, together, told, watching=watching, **options)
        for period in periods:
            finished(str(out / str(period)))
        screen.print()
        for period in periods:
            screen.print(f"结果：{escape(str(out / str(period)))}")


def _told(lines: Watcher | None, status: Status) -> Watcher:
    """Lines of JSON take the place of what moves on the screen."""
    if lines is None:
        return events_on(status)
    status.stop()
    return lines


@contextmanager
def _what_stands(together: Together) -> Iterator[None]:
    """Behind the message of a range that ended early: what stands at ``--out`` now."""
    try:
        yield
    except SystemExit as ended:
        if ended.code:
            names = f"{together.names[0]}..{together.names[-1]}"
            former = [name for name in together.names if together.target(name).exists()]
            said = f"{together.folder} 里 {names} 一期也没有写出"
            if together.placed:
                said = f"{together.folder} 里 {names} 的结果已经全部写出"
            elif former:
                said += f"；原来的结果没有动：{'、'.join(former)}"
            if together.done and not together.placed:
                said += f"（算完了 {'、'.join(together.done)}，没有留下）"
            errors().print(f"  → {escape(said)}", style="green")
        raise
