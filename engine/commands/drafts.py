"""``casemix drafts``: what somebody wrote in the workbench and has not saved to the region yet."""

from __future__ import annotations

import sys

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, stops


@usage.command("drafts")
@click.argument("region", metavar="REGION")
@click.option("--lines", is_flag=True, help="一行一行列出差别；不写只说哪一条变了什么")
@click.option("--save", "saves", is_flag=True, help="草稿存进地区的文件：全存，或一个也不存")
@click.option("--undo", "undoes", is_flag=True, help="撤销上一次存的：文件改回存以前的样子")
@click.option("--drop", "drops", is_flag=True, help="不要草稿了")
def command(region: str, lines: bool, saves: bool, undoes: bool, drops: bool) -> None:
    """REGION 的草稿：工作台里写了、还没有存进地区的文字，和存着的差在哪里。

    文件在别处改过的，不存，退出码是 1。
    """
    if saves + undoes + drops > 1:
        raise click.UsageError("--save、--undo、--drop 只写一个")
    with stops():
        from engine.drafts import ChangedMeanwhile, Drafts, save, undo
        from engine.rulebook.locate import locate

        drafts = Drafts(locate(region).folder)
        screen = console()
        try:
            if undoes:
                undone = undo(drafts)
                screen.print("没有存过，没有可撤销的" if undone is None else f"✓ 撤销了 {undone.when} 存的")
                return
            for one in drafts.all():
                _print(one.file, one.was, one.text, lines)
            if not drafts.all():
                screen.print("没有草稿", highlight=False)
            elif saves:
                screen.print(f"✓ 存了 {len(save(drafts).after)} 个文件；要撤销：casemix drafts {escape(region)} --undo")
            elif drops:
                for one in drafts.all():
                    drafts.drop(one.file)
                screen.print("草稿不要了")
        except ChangedMeanwhile as changed:
            errors().print(f"[red]停止[/] {escape(str(changed))}")
            errors().print("  → 草稿还在：先看 --lines，再把两边合在一起", style="green")
            sys.exit(1)


def _print(file: str, was: str, text: str, lines: bool) -> None:
    from engine.drafts.words import in_lines, in_words

    screen = console()
    screen.print(f"[bold]{escape(file)}[/]")
    told = in_words(was, text)
    for one in ("（现在读不成 YAML，只能看行）",) if told is None else told:
        screen.print(f"  {escape(str(one))}")
    if lines or told is None:
        for line in in_lines(was, text, file):
            screen.print(f"  {escape(line)}", style="green" if line[:1] == "+" else "red" if line[:1] == "-" else "dim")
