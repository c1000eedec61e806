"""``casemix rename``: a name changed everywhere, or refused with the reason."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_folded, stops

if TYPE_CHECKING:
    from engine.assist.rename import Renamed

MOST_LEFT = 20


@usage.command("rename")
@click.argument("region", metavar="REGION")
@click.argument("old", metavar="旧名")
@click.argument("new", metavar="新名")
@click.option("--check", is_flag=True, help="什么也不写，只说要改哪些地方")
@click.option("--drafts", "as_drafts", is_flag=True, help="在草稿上改，改了的也留作草稿（casemix drafts），不写进文件")
def command(region: str, old: str, new: str, check: bool, as_drafts: bool) -> None:
    """REGION 的一个名字改成 新名：规则、通知、例子、CSV 表头，和建在它上面的地区，一起改。

    改完的规则先检查一遍，和原来说的不一样就一个也不改，退出码是 1。说明、注释里写着旧名的不改，列出来由人看。
    """
    if check and as_drafts:
        raise click.UsageError("--check、--drafts 只写一个")
    with stops():
        from engine.assist.rename import NotRenamed, rename
        from engine.drafts import KeptMeanwhile
        from engine.rulebook.layers import shown
        from engine.session import Session

        screen = console()
        try:
            made = _as_drafts(region, old, new) if as_drafts else rename(Session(region), old, new)
        except NotRenamed as refused:
            errors().print(f"[red]不改[/] {escape(refused.message)}")
            if refused.hint:
                errors().print(f"  → {escape(refused.hint)}", style="green")
            sys.exit(1)
        except KeptMeanwhile as meanwhile:
            errors().print(f"[red]不改[/] {escape(str(meanwhile))}")
            sys.exit(1)
        for path, found in sorted(made.edits.items()):
            lines = "、".join(str(line) for line in sorted({one.line for one in found}))
            print_folded(screen, f"{escape(shown(path))}：{len(found)} 处（{lines} 行）", "  ")
        if not check and not as_drafts:
            made.write()
        said = "要改" if check else "✓ 草稿里改了" if as_drafts else "✓ 改了"
        screen.print(f"{said} {len(made.edits)} 个文件里的 {made.places} 处：{escape(old)} → {escape(new)}")
        _left([f"{shown(one.path)}:{one.line} {one.where} {one.text}" for one in made.left], old)


def _as_drafts(region: str, old: str, new: str) -> Renamed:
    from engine.assist.rename_drafted import rename_in_drafts
    from engine.drafts import Drafts
    from engine.session import Session

    session = Session(region)
    return rename_in_drafts(session, Drafts(session.folder), old, new)


def _left(left: Sequence[str], old: str) -> None:
    if not left:
        return
    screen = console()
    screen.print(f"{len(left)} 处说明、注释里还写着 {escape(old)}，没有改：", style="yellow")
    for line in left[:MOST_LEFT]:
        print_folded(screen, escape(line), "  ")
    if len(left) > MOST_LEFT:
        screen.print(f"  …还有 {len(left) - MOST_LEFT} 处")
