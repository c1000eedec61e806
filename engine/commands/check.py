"""``casemix check``: everything wrong, at once; what is still 待定 is listed and is no error."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence

import click
from rich.markup import escape

from engine.checked import load, problems_of
from engine.commands import usage
from engine.commands.mend import mend_files
from engine.commands.screen import console, errors, print_problem, stops
from engine.rulebook.book import Book
from engine.rulebook.layers import shown
from engine.rulebook.locate import names_of_regions, places_of_regions
from engine.rulebook.pending import pending_from
from engine.rulebook.problems import Problem
from engine.rulebook.versions import accept, inherited


@usage.command("check")
@click.argument("regions", nargs=-1, metavar="[REGION]…")
@click.option("--quiet", is_flag=True, help="不列提醒和待定，只列错误")
@click.option("--drafts", "drafted", is_flag=True, help="规则盖上草稿再检查（casemix drafts）")
@click.option("--fix", "fixes", is_flag=True, help="列出只有一种改法的错误会怎样改，什么也不写")
@click.option("--write", "writes", is_flag=True, help="和 --fix 一起写：照列出的改，写进文件")
@click.option("--code", default="", metavar="E106", help="和 --fix 一起写：只改这一种错误")
@click.option("--accept", "accepts", is_flag=True, help="认可沿用的模块现在的写法，记下版本；以后它们变了就提醒")
def command(
    regions: tuple[str, ...], quiet: bool, drafted: bool, fixes: bool, writes: bool, code: str, accepts: bool
) -> None:  # fmt: skip
    """检查地区的规则。REGION 是 regions/ 下的名字或路径，不写就检查全部；有错误时退出码为 1。"""
    if drafted and accepts:
        raise click.UsageError("--accept 认可的是存着的：不和 --drafts 一起写")
    if (writes or code) and not fixes:
        raise click.UsageError("--write、--code 和 --fix 一起写")
    if fixes and drafted:
        raise click.UsageError("--fix 改的是存着的：不和 --drafts 一起写")
    with stops():
        sound = []
        for name in named_or_all(regions):
            if fixes:
                mend_files(name, code, writes)
            sound.append(_region(name, quiet, drafted, accepts))
    sys.exit(0 if sound and all(sound) else 1)


def named_or_all(regions: tuple[str, ...]) -> list[str]:
    """The regions that were named; else all that there are, and where they lie is said if that is not usual."""
    if not regions and (where := places_of_regions()):
        errors().print(escape(where), style="yellow")
    return list(regions or names_of_regions())


def _region(name: str, quiet: bool, drafted: bool, accepts: bool) -> bool:
    """Tells what is wrong with a region, or what is in it; whether it has no error."""
    screen = console()
    book, problems = read_and_checked(name, drafted)
    for problem in problems:
        if problem.is_error or not quiet:
            print_problem(screen, problem)
    count = sum(p.is_error for p in problems)
    warnings = sum(p.code.startswith("W") for p in problems)
    if count:
        screen.print(f"[red]✗[/] {escape(book.title)}（{book.name}）：{count} 个错误，{warnings} 个提醒")
        return False
    snapshot = book.at(book.epochs[-1])
    counts = f"{len(snapshot.rules)} 条规则，{len(snapshot.parameters)} 个参数，{len(snapshot.checks)} 项检查"
    noted = f"，{warnings} 个提醒" if warnings else ""
    screen.print(f"[green]✓[/] {escape(book.title)}（{book.name}）：{counts}{noted}")
    if not quiet:
        _print_pending(book)
    if accepts:
        _accept(book)
    return True


def read_and_checked(region: str, drafted: bool) -> tuple[Book, Sequence[Problem]]:
    """A region and what is told of it, as saved or with its drafts."""
    if not drafted:
        book = load(region)
        return book, problems_of(book)
    from engine.drafts.laid import with_drafts

    session = with_drafts(region)
    return session.book, session.problems()


def _accept(book: Book) -> None:
    """Record what the region inherits, and say so."""
    path = accept(book)
    counts = [f"{name} 第 {item.version} 版 {len(item.entries)} 条" for name, item in inherited(book).items()]
    console().print(f"  记在 {escape(shown(path))}：{escape('，'.join(counts))}；以后哪一条变了，check 会说")


def _print_pending(book: Book) -> None:
    waiting = pending_from(book, datetime.date.today())
    if not waiting:
        return
    screen = console()
    screen.print(f"  还有 {len(waiting)} 项待定，运行用到它们的程序时会停下：", style="yellow")
    for item in waiting:
        until = f"，{item.until} 以前" if item.until else ""
        instead = f"，或交来 {'、'.join(item.instead)}" if item.instead else ""
        missing = f"{escape(item.name)}：缺 {item.what}{instead}{until}"
        screen.print(f"  · {missing}（{escape(item.cite)}）〔{'、'.join(item.programs)}〕")
        if item.note:
            screen.print(f"    [dim]{escape(item.note)}[/]")
