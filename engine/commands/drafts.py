"""``casemix drafts``: what was written in the workbench and is not saved to the region yet; cells of tables, too."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, stops

if TYPE_CHECKING:
    from engine.drafts import Drafts
    from engine.excel.files import Change, TextFile
    from engine.excel.grid import Sheet


@usage.command("drafts")
@click.argument("region", metavar="REGION")
@click.option("--lines", is_flag=True, help="一行一行列出差别；不写只说哪一条变了什么")
@click.option("--save", "saves", is_flag=True, help="草稿存进地区的文件：全存，或一个也不存")
@click.option("--undo", "undoes", is_flag=True, help="撤销上一次存的：文件改回存以前的样子")
@click.option("--drop", "drops", is_flag=True, help="不要草稿了；写 --file 只不要那一个文件的")
@click.option("--table", default="", help="改一张表的草稿：决策表，或行在 CSV 里的表")
@click.option("--row", type=click.IntRange(1), help="--table 的第几行（列名下面是第 1 行）；和 --set 写在一起")
@click.option("--set", "cells", multiple=True, metavar="列=值", help="那一行的一格改成什么；不写 --row 是加一行")
@click.option("--remove", is_flag=True, help="删去 --row 那一行")
@click.option("--file", "file", default="", help="表在几个文件里都有时，改哪一个；--drop 的文件")
def command(
    region: str, lines: bool, saves: bool, undoes: bool, drops: bool, table: str, row: int | None,
    cells: tuple[str, ...], remove: bool, file: str,
) -> None:  # fmt: skip
    """REGION 的草稿：工作台里写了、还没有存进地区的文字，和存着的差在哪里。

    文件在别处改过的，不存，退出码是 1。--table 改一格、加一行、删一行，和工作台的格子一样只留成草稿，再用 --save 存。
    """
    if saves + undoes + drops + bool(table) > 1:
        raise click.UsageError("--save、--undo、--drop、--table 只写一个")
    if (row is not None or cells or remove) and not table:
        raise click.UsageError("--row、--set、--remove 要和 --table 写在一起")
    if table and (remove and (row is None or cells) or not (remove or cells)):
        raise click.UsageError("--table 写 --set 列=值（加 --row 是改那一行，不加是加一行），或 --row N --remove")
    with stops():
        from engine.drafts import ChangedMeanwhile, Drafts, save, undo
        from engine.rulebook.locate import locate

        drafts = Drafts(locate(region).folder)
        screen = console()
        try:
            if table:
                _change(region, drafts, table, row, dict(map(_cell, cells)), remove, file)
                return
            if undoes:
                undone = undo(drafts)
                screen.print("没有存过，没有可撤销的" if undone is None else f"✓ 撤销了 {undone.when} 存的")
                return
            chosen = [one for one in drafts.all() if not (drops and file) or one.file == file]
            for one in chosen:
                _print(one.file, one.was, one.text, lines)
            if not chosen:
                screen.print("没有草稿", highlight=False)
            elif saves:
                screen.print(f"✓ 存了 {len(save(drafts).after)} 个文件；要撤销：casemix drafts {escape(region)} --undo")
            elif drops:
                for one in chosen:
                    drafts.drop(one.file)
                screen.print("草稿不要了")
        except ChangedMeanwhile as changed:
            errors().print(f"[red]停止[/] {escape(str(changed))}")
            errors().print("  → 草稿还在：先看 --lines，再把两边合在一起", style="green")
            sys.exit(1)


def _change(
    region: str, drafts: Drafts, table: str, row: int | None, texts: dict[str, str], remove: bool, file: str
) -> None:
    """A cell, or a row more or less, as a draft; then what differs, and what is told of the table."""
    from engine.drafts import KeptMeanwhile
    from engine.excel.drafted import change_table
    from engine.excel.grid import Refused
    from engine.session import Session

    def work(sheet: Sheet) -> list[tuple[TextFile, Change]]:
        if row is None:
            return [sheet.new_row(texts)]
        if remove:
            return [sheet.without(row - 1)]
        return [sheet.change(row - 1, title, text) for title, text in texts.items()]

    try:
        told = change_table(Session(region), drafts, table, file, work)
    except (Refused, KeptMeanwhile) as refused:
        errors().print(f"[red]停止[/] {escape(str(refused))}")
        sys.exit(1)
    for one in drafts.all():
        _print(one.file, one.was, one.text, False)
    for problem in told:
        colour = "red" if problem.is_error else "yellow"
        errors().print(f"{escape(str(problem.place))} [{colour}]{problem.code}[/] {escape(problem.message)}")
        if problem.hint:
            errors().print(f"    → {escape(problem.hint)}", style="green")
    console().print(f"留成草稿了；要存：casemix drafts {escape(region)} --save")


def _cell(said: str) -> tuple[str, str]:
    title, equals, text = said.partition("=")
    if not equals or not title.strip():
        raise click.UsageError(f"--set 写成 列=值，不是 {said}")
    return title.strip(), text.strip()


def _print(file: str, was: str, text: str, lines: bool) -> None:
    from engine.drafts.words import in_lines, in_words

    screen = console()
    screen.print(f"[bold]{escape(file)}[/]")
    told = in_words(file, was, text)
    for one in ("（现在读不出来，只能看行）",) if told is None else told:
        screen.print(f"  {escape(str(one))}")
    if lines or told is None:
        for line in in_lines(was, text, file):
            screen.print(f"  {escape(line)}", style="green" if line[:1] == "+" else "red" if line[:1] == "-" else "dim")
