"""``casemix drafts``: what was written in the workbench and is not saved to the region yet; cells of tables, too."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.check import read_and_checked
from engine.commands.screen import console, errors, stops

if TYPE_CHECKING:
    from engine.drafts import Draft, Drafts, Saved
    from engine.rulebook.problems import Problem


@usage.command("drafts")
@click.argument("region", metavar="REGION")
@click.option("--lines", is_flag=True, help="一行一行列出差别；不写只说哪一条变了什么")
@click.option("--save", "saves", is_flag=True, help="草稿存进地区的文件：全存，或一个也不存")
@click.option("--undo", "undoes", is_flag=True, help="撤销上一次存的：文件改回存以前的样子")
@click.option("--drop", "drops", is_flag=True, help="不要草稿了；写 --file 只不要那一个文件的")
@click.option(
    "--keep", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="文件",
    help="--file 的草稿写成这个文件里的文字",
)  # fmt: skip
@click.option("--table", default="", help="改一张表的草稿：决策表，或行在 CSV 里的表")
@click.option("--example", default="", help="改一个例子的草稿；改哪一部分写 --part")
@click.option(
    "--part", default="分情形", show_default=True, help="例子的哪一部分：分情形、已知、应得，后两个可以带表名"
)
@click.option(
    "--row", type=click.IntRange(1), help="--table、--example 的第几行（列名下面是第 1 行）；和 --set 写在一起"
)
@click.option("--set", "cells", multiple=True, metavar="列=值", help="那一行的一格改成什么；不写 --row 是加一行")
@click.option("--remove", is_flag=True, help="删去 --row 那一行")
@click.option("--computed", is_flag=True, help="--example 里不符的应得都改成算出的值：先核对是不是规则错了")
@click.option("--note", metavar="文字", help="--example 的说明改成什么；写空的是去掉")
@click.option("--file", "file", default="", help="表、例子在几个文件里都有时，改哪一个；--drop、--keep 的文件")
def command(
    region: str, lines: bool, saves: bool, undoes: bool, drops: bool, keep: Path | None, table: str, example: str,
    part: str, row: int | None, cells: tuple[str, ...], remove: bool, computed: bool, note: str | None, file: str,
) -> None:  # fmt: skip
    """REGION 的草稿：工作台里写了、还没有存进地区的文字，和存着的差在哪里。

    文件在别处改过的，不存，退出码是 1。--table、--example 改一格、加一行、删一行，和工作台的格子一样只留成草稿，
    再用 --save 存。
    """
    if saves + undoes + drops + bool(table) + bool(example) + (keep is not None) > 1:
        raise click.UsageError("--save、--undo、--drop、--keep、--table、--example 只写一个")
    if (row is not None or cells or remove) and not (table or example):
        raise click.UsageError("--row、--set、--remove 要和 --table 或 --example 写在一起")
    if computed and (not example or row is not None or cells or remove):
        raise click.UsageError("--computed 和 --example 写在一起，不和 --row、--set、--remove 一起写")
    if note is not None and (not example or computed or row is not None or cells or remove):
        raise click.UsageError("--note 和 --example 写在一起，不和 --computed、--row、--set、--remove 一起写")
    if (
        (table or example)
        and not computed
        and note is None
        and (remove and (row is None or cells) or not (remove or cells))
    ):
        raise click.UsageError("写 --set 列=值（加 --row 是改那一行，不加是加一行），或 --row N --remove")
    if keep is not None and not file:
        raise click.UsageError("--keep 要写 --file：是地区里哪个文件的草稿")
    with stops():
        from engine.drafts import ChangedMeanwhile, Drafts, save, undo
        from engine.rulebook.locate import locate

        drafts = Drafts(locate(region).folder)
        try:
            if keep is not None:
                _keep(region, drafts, file, keep)
            elif computed:
                _take_computed(region, drafts, example, file)
            elif note is not None:
                _note(region, drafts, example, note, file)
            elif table or example:
                _change(region, drafts, table, example, part, row, dict(map(_cell, cells)), remove, file)
            elif undoes:
                _undo(undo(drafts), lines)
            else:
                _all(region, drafts, lines, saves, drops, file, save)
        except ChangedMeanwhile as changed:
            errors().print(f"[red]停止[/] {escape(str(changed))}")
            errors().print("  → 草稿还在：先看 --lines，再把两边合在一起", style="green")
            sys.exit(1)


def _all(
    region: str, drafts: Drafts, lines: bool, saves: bool, drops: bool, file: str,
    save: Callable[[Drafts, Sequence[Draft]], Saved],
) -> None:  # fmt: skip
    screen = console()
    chosen = [one for one in drafts.all() if not (drops and file) or one.file == file]
    for one in chosen:
        _print(one.file, one.was, one.text, lines)
    for line in _outdated_notes(drafts, chosen):
        screen.print(f"  {escape(line)}", style="yellow")
    if not chosen:
        screen.print("没有草稿", highlight=False)
    elif saves:
        screen.print(f"✓ 存了 {len(save(drafts, chosen).after)} 个文件；要撤销：casemix drafts {escape(region)} --undo")
    elif drops:
        for one in chosen:
            drafts.drop(one.file)
        screen.print("草稿不要了")


def _undo(undone: Saved | None, lines: bool) -> None:
    """What was undone: from what to what."""
    if undone is None:
        console().print("没有存过，没有可撤销的")
        return
    for file, was, now in undone.to_undo():
        _print(file, was, now, lines)
    console().print(f"✓ 撤销了 {undone.when} 存的 {len(undone.after)} 个文件", highlight=False)


def _outdated_notes(drafts: Drafts, chosen: Sequence[Draft]) -> list[str]:
    """Notes of examples that say figures which the drafts took out of them."""
    from engine.excel.example_files import example_file
    from engine.excel.outdated_notes import said_of
    from engine.rulebook.unread_files import is_example

    of = [one.file for one in chosen if is_example(drafts.folder / one.file, drafts.folder)]
    return [
        f"{name}：{said_of(figures)}" for file in of for name, figures in example_file(drafts, file).outdated.items()
    ]


def _keep(region: str, drafts: Drafts, file: str, path: Path) -> None:
    """A whole text as the draft of a file, in the place of what was drafted before."""
    from engine.drafts import KeptMeanwhile
    from engine.files.csv_text import decode

    text = decode(path.read_bytes(), str(path))
    try:
        kept = drafts.put(file, text)
    except ValueError:
        _refuse(f"{file} 不是这个地区里的文件")
    except KeptMeanwhile as meanwhile:
        _refuse(str(meanwhile))
    if kept is None:
        console().print("和存着的一样，没有草稿")
        return
    _print(kept.file, kept.was, kept.text, False)
    _kept(region)


def _change(
    region: str, drafts: Drafts, table: str, example: str, part: str, row: int | None, texts: dict[str, str],
    remove: bool, file: str,
) -> None:  # fmt: skip
    """A cell, or a row more or less, as a draft; then what differs, and what is told of the table."""
    from engine.drafts import KeptMeanwhile
    from engine.excel.drafted import change_row
    from engine.excel.example_files import change_example
    from engine.excel.grid import Refused
    from engine.session import Session

    told: Sequence[Problem] = ()
    try:
        if table:
            told = change_row(Session(region), drafts, table, row, texts, remove, file)
        else:
            change_example(drafts, example, texts, part=part, row=row, remove=remove, file=file)
    except (Refused, KeptMeanwhile) as refused:
        _refuse(str(refused))
    for one in drafts.all():
        _print(one.file, one.was, one.text, False)
    for problem in told:
        colour = "red" if problem.is_error else "yellow"
        errors().print(f"{escape(str(problem.place))} [{colour}]{problem.code}[/] {escape(problem.message)}")
        if problem.hint:
            errors().print(f"    → {escape(problem.hint)}", style="green")
    _kept(region)


def _note(region: str, drafts: Drafts, example: str, note: str, file: str) -> None:
    """The note of an example, as a draft."""
    from engine.drafts import KeptMeanwhile
    from engine.excel.example_notes import change_note
    from engine.excel.grid import Refused

    try:
        change_note(drafts, example, note, file)
    except (Refused, KeptMeanwhile) as refused:
        _refuse(str(refused))
    for one in drafts.all():
        _print(one.file, one.was, one.text, False)
    _kept(region)


def _take_computed(region: str, drafts: Drafts, example: str, file: str) -> None:
    """What came out in the place of what must come out, as drafts."""
    from engine.drafts import KeptMeanwhile
    from engine.excel.computed import take_computed
    from engine.excel.grid import Refused

    book, problems = read_and_checked(region, drafted=True)
    wrong = next((one for one in problems if one.is_error), None)
    if wrong is not None:
        _refuse(f"规则有错，先改好：{wrong.place} {wrong.message}")
    try:
        taken = take_computed(drafts, book, example, file)
    except (Refused, KeptMeanwhile) as refused:
        _refuse(str(refused))
    for one in taken:
        console().print(f"  {escape(str(one))}", highlight=False)
    if not taken:
        console().print("没有要改的：都符合，或者算不出、写不尽")
        return
    for line in _outdated_notes(drafts, drafts.all()):
        console().print(f"  {escape(line)}", style="yellow")
    _kept(region)


def _kept(region: str) -> None:
    console().print(f"留成草稿了；要存：casemix drafts {escape(region)} --save")


def _refuse(why: str) -> NoReturn:
    errors().print(f"[red]停止[/] {escape(why)}")
    sys.exit(1)


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
