"""``casemix format``: rules files laid out one way."""

from __future__ import annotations

import difflib
import sys

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_problem, stops
from engine.commands.streams import finished


@usage.command("format")
@click.argument("places", nargs=-1, metavar="[REGION|文件夹|文件]…")
@click.option("--check", is_flag=True, help="什么也不写；有文件要重排时退出码为 1，供自动检查用")
@click.option("--diff", is_flag=True, help="什么也不写，列出要变的行；退出码同 --check")
def command(places: tuple[str, ...], check: bool, diff: bool) -> None:
    """把规则文件排成一种样子：缩进、空格、运算符号、例子里的小表对齐。意思、次序和注释都不变。

    不写就是全部地区。读不出来的文件不动，先改好它。
    """
    with stops():
        from engine.formatting.files import files_of, laid
        from engine.rulebook.layers import shown
        from engine.rulebook.locate import names_of_regions

        wanted = list(dict.fromkeys(path for place in places or names_of_regions() for path in files_of(place)))
        look = check or diff
        wrong = changed = 0
        for path in wanted:
            file = laid(path)
            for problem in file.problems[:1]:
                print_problem(errors(), problem)
                errors().print(f"[yellow]没有重排[/] {escape(shown(path))}：有 {len(file.problems)} 处错误，先改好")
            if file.left:
                errors().print(f"[yellow]没有重排[/] {escape(file.left)}")
            wrong += bool(file.problems or file.left)
            if not file.differs:
                continue
            changed += 1
            name = escape(shown(path))
            if look:
                console().print(f"[yellow]要重排[/] {name}")
                if diff:
                    _print_lines(file.before, file.after)
            else:
                file.write()
                finished(str(path))
                console().print(f"[green]✓[/] 重排了 {name}")
        _sum_up(len(wanted), changed, wrong, look)
    sys.exit(1 if wrong or (look and changed) or not wanted else 0)


def _sum_up(files: int, changed: int, wrong: int, look: bool) -> None:
    if not files:
        errors().print("[red]停止[/] 这里没有规则文件（.yaml）")
        return
    told = [f"{files} 个文件"]
    if changed:
        told.append(f"{changed} 个{'要重排' if look else '重排了'}")
    if wrong:
        told.append(f"{wrong} 个没有动")
    if not changed and files > wrong:
        told.append("其余都已经排好" if wrong else "都已经排好")
    console().print("，".join(told) + ("；去掉 --check、--diff 就写" if look and changed else ""))


def _print_lines(before: str, after: str) -> None:
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]
    for line in lines:
        style = "red" if line.startswith("-") else "green" if line.startswith("+") else "dim"
        console().print(f"  {escape(line)}", style=style)
