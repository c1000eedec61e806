"""``casemix run``: a program over one period or several, with its table and the accounting on the screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.status import Status

from engine.commands import usage
from engine.commands.screen import console, errors, events_on, print_folded, print_table, stops
from engine.commands.streams import finished
from engine.data.refund_endings import CANCELLED
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
from engine.execute.result import Account, Asserted, Refusal, Result, Sheet
from engine.language.types import Kind
from engine.language.values import Value, decimal_text, render
from engine.watching.event import Watcher
from engine.watching.lines import lines_to
from engine.watching.watching import Watching

if TYPE_CHECKING:
    from engine.data.together import Together
    from engine.execute.period import Period
    from engine.looked_over import Looked
    from engine.rulebook.book import Book
    from engine.watching.cancel import Cancel

STATES = (CANCELLED, "期外", "拒收", "排除", "挂起", "结算", "参加")
MOST_LINES = 30


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
    from engine.files.errors import DataError
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
        if isinstance(out, str) and formats:
            raise DataError("写到数据库时没有文件，--format 不起作用", "去掉 --format，或 --out 写文件夹")
        if isinstance(out, str) and len(periods) > 1:
            raise DataError(
                "几期一起运行，后一期要读前一期留下的值，这些只从文件夹读，所以结果不能写到数据库",
                "--out 写文件夹；不接着上期算的程序也可以一期一期运行，各写一个模式",
            )
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


def print_result(title: str, result: Result, record: dict, example: bool) -> None:
    screen = console()
    screen.print(f"\n[bold]{escape(title)}[/]" + ("〔示例：含虚构数值〕" if example else ""))
    shown = [sheet for sheet in result.statements if sheet.fills is None and len(sheet.rows) <= MOST_LINES]
    for sheet in shown:
        screen.print()
        headings = [column.heading for column in sheet.columns]
        numeric = [column.type.kind is Kind.NUMBER for column in sheet.columns]
        keys = max(sum(column.key for column in sheet.columns), 1)
        print_table(screen, sheet.name, headings, _lines(sheet), numeric.__getitem__, keys)
    screen.print()
    for sheet in result.statements:
        if sheet not in shown:
            fills = f"，以后的程序当作表 {sheet.fills} 来读" if sheet.fills else ""
            screen.print(f"[bold]{escape(sheet.name)}[/]：{len(sheet.rows)} 行{fills}")
    screen.print()
    print_accounts(result.accounts)
    print_refused(result.refused)
    print_asserted(result.asserted)
    for brought in result.brought:
        screen.print(f"交来 {escape(brought.text)}", style="yellow" if 0 < brought.delivered < brought.rows else "")
    print_delivery(record)
    for check, count in sorted(result.warned.items()):
        screen.print(f"提醒 {escape(check)}：{count} 行", style="yellow")
    for note in result.notes:
        screen.print(f"提醒 {escape(note)}", style="yellow")
    for name, about in result.retroactive:
        screen.print(f"追溯 {escape(name)}：{about.retroactive_text}（{escape(about.cite)}）", style="yellow")
    print_not_official(result)


def print_refused(refused: list[Refusal]) -> None:
    """Every reason for which rows were refused: how many, their yuan, and the first of them."""
    screen = console()
    if not refused:
        return
    screen.print(f"\n[bold]拒收的行[/]：{sum(one.rows for one in refused)} 行没有用上，逐行在 rejects/", style="yellow")
    for one in refused[:MOST_LINES]:
        print_folded(screen, f"{one.table} {one.headline}", "  · ", style="yellow")
        print_folded(screen, f"如 {one.example}", "    ")
    if len(refused) > MOST_LINES:
        screen.print(f"  · 另有 {len(refused) - MOST_LINES} 种原因，见 run.json")


def print_asserted(asserted: list[Asserted]) -> None:
    """Which 必须 were looked at, on how many rows, and which were not and why."""
    screen = console()
    held = [one for one in asserted if not one.why_not]
    if not asserted:
        return
    broken = [one for one in held if one.broken]
    came_to = f"{len(broken)} 项不成立，只提醒" if broken else "都成立"
    screen.print(f"\n[bold]必须[/]：检查了 {len(held)} 项，{came_to}；没有检查 {len(asserted) - len(held)} 项")
    for one in asserted[:MOST_LINES]:
        cite = f"（{one.cite}）" if one.cite else ""
        if one.why_not:
            print_folded(screen, f"{one.name}{cite}：没有检查，{one.why_not}", "  – ", style="dim")
        elif one.broken:
            said = f"{one.name}{cite}：提醒，{one.grain} {one.rows} 行里 {one.broken} 行不成立"
            print_folded(screen, said, "  ✗ ", style="yellow")
            for line in one.told:
                print_folded(screen, line, "    · ", style="yellow")
            if one.broken > len(one.told):
                screen.print(f"    · 另有 {one.broken - len(one.told)} 行", style="yellow")
        elif one.rows:
            print_folded(screen, f"{one.name}{cite}：{one.grain} {one.rows} 行", "  ✓ ")
        else:
            print_folded(screen, f"{one.name}{cite}：{one.grain} 没有行，没有什么可检查", "  – ", style="yellow")
    if len(asserted) > MOST_LINES:
        screen.print(f"  · 另有 {len(asserted) - MOST_LINES} 项，见 run.json")


def print_delivery(record: dict) -> None:
    """What was delivered and not read, and where a default stands for a column that was not delivered."""
    screen = console()
    for table, names in record["defaulted_columns"].items():
        screen.print(
            f"提醒 {escape(table)} 没有交来这些列，按默认值或空处理：{escape('、'.join(names))}", style="yellow"
        )
    for table, names in record["unknown_columns"].items():
        screen.print(f"提醒 {escape(table)} 有不认识的列，没有读：{escape('、'.join(names))}", style="yellow")
    others = [*record["unused_tables"], *record["unused_files"]]
    if others:
        screen.print(f"提醒 交来了但没有读：{escape('、'.join(others))}", style="yellow")


def print_not_official(result: Result) -> None:
    """What the run used that is not 正式: name, status and article, and the remark below it."""
    screen = console()
    if result.not_official:
        screen.print(f"\n用到 {len(result.not_official)} 项不是正式的规定：", style="yellow")
    for name, part, about in result.not_official[:MOST_LINES]:
        whole = f"{name}（{part}）" if part else name
        screen.print(f"  · {escape(whole)} {about.status}（{escape(about.cite)}）")
        if about.note:
            screen.print(f"    [dim]{escape(about.note)}[/]")
    if len(result.not_official) > MOST_LINES:
        screen.print(f"  · 另有 {len(result.not_official) - MOST_LINES} 项，见 run.json")


def _lines(sheet: Sheet) -> list[list[str]]:
    lines = [*sheet.rows, *sheet.total]
    return [[_cell(value, column.digits) for value, column in zip(line, sheet.columns, strict=True)] for line in lines]


def _cell(value: Value, digits: int | None) -> str:
    return decimal_text(value, digits) if isinstance(value, Fraction) else render(value)


def print_accounts(accounts: list[Account]) -> None:
    """Every row of every table ends in one place; yuan add up."""
    screen = console()
    rows = []
    shown = [s for s in STATES if s != CANCELLED or any(s in account.states for account in accounts)]
    for account in accounts:
        states = [str(account.states.get(state, 0) or "") for state in shown]
        unread = "" if account.unread is None else str(account.unread or "")
        rows.append([account.table, str(account.rows), *states, unread])
    print_table(screen, "各表行数的去向", ["表", "行数", *shown, "没有用到"], rows, lambda i: i > 0)
    for account in accounts:
        for (state, by), count in sorted(account.by.items()):
            screen.print(f"  {escape(account.table)} {state}：{escape(by)} {count} 行")
        if account.cancelled:
            amounts = "，".join(
                f"{name} {decimal_text(value, 2)} 元" for name, value in account.cancelled.items() if value
            )
            screen.print(f"  {escape(account.table)} 冲销：结算后又退费，{escape(amounts)}")
    for account in accounts:
        names = list(dict.fromkeys(name for sums in account.sums.values() for name in sums))
        if names:
            states = [state for state in STATES if state in account.sums]
            lines = [
                [state, *(decimal_text(account.sums[state].get(n, Fraction(0)), 2) for n in names)] for state in states
            ]
            sums = [sum((account.sums[state].get(n, Fraction(0)) for state in states), Fraction(0)) for n in names]
            lines.append(["合计", *(decimal_text(total, 2) for total in sums)])
            screen.print()
            print_table(screen, f"{account.table} 金额的去向（元）", ["去向", *names], lines, lambda i: i > 0)
