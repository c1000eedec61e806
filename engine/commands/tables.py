"""``casemix tables``: the figures of a region as a workbook, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_folded, stops
from engine.commands.streams import finished

if TYPE_CHECKING:
    from engine.excel.book import Brought
    from engine.excel.read_book import Address

MOST_LINES = 200


@usage.command("tables")
@click.argument("region", metavar="REGION")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="写成这个工作簿，如 规则.xlsx")
@click.option("--from", "back", type=click.Path(path_type=Path, dir_okay=False), help="把改过的工作簿读回来")
@click.option("--yes", is_flag=True, help="读回来时，列出改动以后不问，直接写")
@click.option("--replace", is_flag=True, help="--out 的文件已经有了，取代它")
def command(region: str, out: Path | None, back: Path | None, yes: bool, replace: bool) -> None:
    """把 REGION 自己的数写成 Excel 工作簿，改完再读回来：参数、决策表、随目录走的表、例子。

    没有改的格，规则文件一个字也不变；改了的只变那几行。先列出改动，检查过，再写。
    """
    if (out is None) == (back is None):
        errors().print("[red]停止[/] 写 --out 工作簿（写出），或 --from 工作簿（读回来）")
        sys.exit(2)
    with stops():
        from engine.excel.book import bring_back, write_tables
        from engine.excel.listing import published_workbooks
        from engine.rulebook.book import load

        book = load(region)
        if out is not None:
            if out.exists() and not replace:
                errors().print(f"[red]停止[/] {escape(str(out))} 已经有了")
                errors().print("  → 换一个名字，或加 --replace", style="green")
                sys.exit(1)
            sheets = write_tables(book, out)
            finished(str(out))
            console().print(f"[green]✓[/] 写出 {escape(str(out))}：")
            for sheet in sheets:
                console().print(f"  {escape(sheet.title)}：{len(sheet.rows)} 行")
            for name, path in published_workbooks(book):
                console().print(f"  {escape(name)}：行在 {escape(path)}，就在那个工作簿里改，不放进来")
            return
        assert back is not None
        brought = bring_back(book, back)
        _print(brought)
        if brought.wrong or (brought.tried is not None and brought.tried.refused):
            errors().print("[red]✗[/] 没有写入：先在工作簿里改好上面这些")
            sys.exit(1)
        if not brought.files:
            console().print("没有改动，什么也没有写")
            return
        if not yes and not _agreed():
            console().print("没有写入；要写，加 --yes")
            return
        for name in brought.write():
            finished(name)
            console().print(f"[green]✓[/] 写入 {escape(name)}")
        console().print("接着改，先重新导出工作簿")


def _agreed() -> bool:
    return sys.stdin.isatty() and click.confirm("写入这些文件？", default=False)


def _print(brought: Brought) -> None:
    screen = console()
    for remark in brought.read.remarks:
        print_folded(screen, remark, "提醒 ", mark_style="yellow")
    if brought.read.edits:
        screen.print(f"[bold]{len(brought.read.edits)} 处改动[/]")
        for edit in brought.read.edits:
            print_folded(screen, f"{edit.at}：{edit.words}", "  ")
        lines = brought.lines()
        if lines:
            screen.print("\n[bold]规则文件里要变的行[/]")
        for line in lines[:MOST_LINES]:
            style = "red" if line.startswith("- ") else "green" if line.startswith("+ ") else "dim"
            screen.print(f"  {escape(line)}", style=style)
        if len(lines) > MOST_LINES:
            screen.print(f"  … 还有 {len(lines) - MOST_LINES} 行")
        screen.print()
    for wrong in brought.wrong:
        _say(wrong.at, "", wrong.message, "")
    if brought.tried is None:
        return
    for title in brought.tried.differs:
        errors().print(f"工作表“{escape(title)}” [red]读回来会不一样[/]：这里的改动请在规则文件里做")
    for found in brought.tried.problems:
        problem = found.problem
        _say(found.at, problem.code, problem.message, problem.hint, "" if found.at else str(problem.place))
    for failing in brought.tried.failing:
        at = f"{failing.at} " if failing.at else ""
        errors().print(f"{escape(at)}[yellow]例子不符[/] {escape(failing.name)}")
        for line in failing.failures[:3]:
            errors().print(f"    {escape(line)}")
    if brought.tried.failing:
        print_folded(errors(), "不拦着写入；例子也要跟着改，看改得对不对", "    → ", style="green")


def _say(at: Address | None, code: str, message: str, hint: str, place: str = "") -> None:
    colour = "yellow" if code.startswith("W") else "red"
    where = str(at) if at is not None else place
    errors().print(f"{escape(where)} [{colour}]{code or '不行'}[/] {escape(message)}")
    if hint:
        errors().print(f"    → {escape(hint)}", style="green")
