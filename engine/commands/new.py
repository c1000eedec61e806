"""``casemix new``: the folder of a new region with what was chosen from a menu, which checks and tests at once."""

from __future__ import annotations

import datetime
import os
import re
import sys
from pathlib import Path

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.asking import ask, which_scheme
from engine.commands.schema import write_schemas
from engine.commands.screen import console, errors, stops
from engine.commands.streams import finished
from engine.menu.answers import START, TITLE, Answers, chosen, read_answers, scheme_of
from engine.menu.page import page
from engine.menu.read_menu import read_menu
from engine.menu.region import create, schemes, words_of
from engine.rulebook.locate import find_layer, shipped

DEFAULT = "default"
SCHEMA_FOLDER = ".schema"
_NAME = re.compile(r"[^\W_][\w-]{0,39}")
_TITLE = re.compile(r"[^\x00-\x1f\x7f\"\\]{1,60}")


def templates() -> Path:
    """The folder of templates: a folder a scheme, and what all of them share."""
    return shipped("templates")


def usual_scheme() -> str:
    """The one that is taken where none is named."""
    return (templates() / DEFAULT).read_text("utf-8").strip()


class _Schemes(click.ParamType):
    """One of :func:`schemes`, looked up only when it is needed."""

    name = "scheme"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"[{'|'.join(schemes(templates()))}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in (there := schemes(templates())):
            self.fail(f"没有 {value}；可用的有：{'、'.join(there)}", param, ctx)
        return value


@usage.command("new")
@click.argument("region", metavar="REGION", required=False)
@click.option("--scheme", type=_Schemes(), help="付费方式；不写是最常用的一种，或答案文件里写的")
@click.option("--title", help="地区的名称；不写就用 REGION")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="从哪一天起施行；不写是今年 1 月 1 日")
@click.option("--answers", type=click.Path(path_type=Path), help="答案文件（YAML）：每个问题选什么；没有写的用默认")
@click.option("--usual", is_flag=True, help="在终端上也不问，都用默认")
@click.option("--menu", is_flag=True, help="只印出菜单：所有的问题、选项、例城；不新建")
def command(
    region: str | None, scheme: str | None, title: str | None, start: datetime.datetime | None,
    answers: Path | None, usual: bool, menu: bool,
) -> None:  # fmt: skip
    """新建一个地区的文件夹 regions/REGION（或写路径），照菜单上的选择写，一建好就能通过 check 和 test。

    在终端上逐项问（每一问直接回车是默认）；不在终端上，或写了 --answers、--usual，就不问。已有的不覆盖。
    """
    with stops():
        if menu:
            print_menu([scheme] if scheme else schemes(templates()))
            return
        if region is None:
            raise click.MissingParameter(param_hint="REGION", param_type="argument")
        folder = Path(region) if not region or os.sep in region or "/" in region else Path("regions") / region
        refuse(folder, title or folder.name)
        made = answered(scheme, answers, interactive=not usual and sys.stdin.isatty() and sys.stdout.isatty())
        title = title or made.head.get(TITLE) or folder.name
        refuse(folder, title)
        day = str(start.date()) if start else made.head.get(START) or f"{datetime.date.today().year}-01-01"
        shown = folder.name if folder.parent == Path("regions") else str(folder)
        words = words_of(made, shown, title, day)
        written = create(folder, templates(), made, words, lambda place: write_schemas(place / SCHEMA_FOLDER))
        finished(str(folder))
        told(folder, shown, made, written)


def answered(scheme: str | None, answers: Path | None, interactive: bool) -> Answers:
    """What is chosen: from a file, on the terminal, or the usual."""
    titles = {name: read_menu(name, templates()).title for name in schemes(templates())}
    root = read_answers(answers) if answers else None
    if root is not None:
        named = scheme_of(root, titles)
        scheme = scheme or named
    asks = interactive and root is None
    if asks and not scheme:
        scheme = which_scheme(titles, usual_scheme(), console())
    menu = read_menu(scheme or usual_scheme(), templates())
    return ask(menu, console()) if asks else chosen(menu, root)


def print_menu(names: list[str]) -> None:
    """Every question of these schemes, as one page."""
    click.echo(page([read_menu(name, templates()) for name in names]), nl=False)


def told(folder: Path, shown: str, made: Answers, written: list[str]) -> None:
    """What was written, what was chosen, and what comes next."""
    screen = console()
    screen.print(f"[green]✓[/] 新建 {escape(str(folder))}（{escape(made.menu.scheme)}）：")
    for name in written:
        screen.print(f"  {escape(name)}")
    if made.chosen:
        screen.print("照这些选择：")
    for question, answer in made.chosen.items():
        screen.print(f"  {escape(question)}：{escape(answer.text)}")
    screen.print("接下来：")
    screen.print(f"  casemix check {escape(shown)}    列出还要填的数")
    screen.print(f"  casemix test {escape(shown)}     运行它的例子")
    screen.print("  照着政策改各章的文件，改一条就再检查、再测试；README.md 说明每个文件放什么")
    screen.print("  文件开头的 依据（办法 第几章）是照常见的章次写的，与办法不同的改；casemix articles 会对出来")


def refuse(folder: Path, title: str) -> None:
    """Ends the command if there can be no such region."""
    if why := refusal(folder, title):
        errors().print(f"[red]停止[/] {escape(why)}")
        sys.exit(1)


def refusal(folder: Path, title: str) -> str:
    """Why there can be no such region; empty if there can."""
    if not _NAME.fullmatch(folder.name):
        return f"文件夹名 {folder.name} 不行：用字母、数字、汉字、-，以字母或汉字开头，不超过 40 个字"
    if not _TITLE.fullmatch(title):
        return "名称不行：1 到 60 个字，不含引号、反斜线和换行"
    if os.path.lexists(folder):
        return f"{folder} 已经有了，不覆盖：换一个名字，或先移走它"
    if taken := find_layer(folder.name, folder.absolute()):
        return f"{folder.name} 这个名字已经有了（{taken}），换一个，免得 沿用 时两个混在一起"
    return ""
