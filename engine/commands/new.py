"""``casemix new``: the folder of a new region from a template, which checks and tests at once."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.schema import write_schemas
from engine.commands.screen import console, errors, stops
from engine.commands.streams import finished
from engine.rulebook.book import load
from engine.rulebook.locate import find_layer, shipped
from engine.rulebook.versions import accept

COMMON = "common"
DEFAULT = "default"
SCHEMA_FOLDER = ".schema"
_MODULES = re.compile(r"^沿用: \[(.+)\]$", re.MULTILINE)
_NAME = re.compile(r"[^\W_][\w-]{0,39}")
_TITLE = re.compile(r"[^\x00-\x1f\x7f\"\\]{1,60}")
_PLAIN = re.compile(r"[^\W\d_][\w（）·]*")


def templates() -> Path:
    """The folder of templates: a folder a scheme, and what all of them share."""
    return shipped("templates")


def schemes() -> list[str]:
    """Templates of which every shared module is there, by name."""
    found = []
    for head in sorted(templates().glob("*/region.yaml")):
        if all(find_layer(name, head.parent) for name in modules_of(head.read_text("utf-8"))):
            found.append(head.parent.name)
    return found


def usual_scheme() -> str:
    """The one that is taken where none is named."""
    return (templates() / DEFAULT).read_text("utf-8").strip()


def modules_of(head: str) -> list[str]:
    """What the head of a template inherits."""
    written = _MODULES.search(head)
    return [name.strip() for name in written[1].split(",")] if written else []


class _Schemes(click.ParamType):
    """One of :func:`schemes`, looked up only when it is needed."""

    name = "scheme"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"[{'|'.join(schemes())}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in schemes():
            self.fail(f"没有 {value}；可用的有：{'、'.join(schemes())}", param, ctx)
        return value


@usage.command("new")
@click.argument("region", metavar="REGION")
@click.option("--scheme", type=_Schemes(), default=usual_scheme, help="付费方式；不写是最常用的一种")
@click.option("--title", help="地区的名称；不写就用 REGION")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="从哪一天起施行；不写是今年 1 月 1 日")
def command(region: str, scheme: str, title: str | None, start: datetime.datetime | None) -> None:
    """新建一个地区的文件夹 regions/REGION（或写路径），一建好就能通过 check 和 test。已有的不覆盖。"""
    folder = Path(region) if not region or os.sep in region or "/" in region else Path("regions") / region
    title = title or folder.name
    day = start.date() if start else datetime.date.today().replace(month=1, day=1)
    with stops():
        if why := refusal(folder, title):
            errors().print(f"[red]停止[/] {escape(why)}")
            sys.exit(1)
        shown = folder.name if folder.parent == Path("regions") else str(folder)
        words = {"地区": shown, "名称": title, "YAML名称": in_yaml(title), "施行": str(day), "年": str(day.year)}
        written = create(folder, scheme, words)
        finished(str(folder))
        screen = console()
        screen.print(f"[green]✓[/] 新建 {escape(str(folder))}（{escape(scheme)}）：")
        for name in written:
            screen.print(f"  {escape(name)}")
        screen.print("接下来：")
        screen.print(f"  casemix check {escape(shown)}    列出还要填的数")
        screen.print(f"  casemix test {escape(shown)}     运行它的例子")
        screen.print("  照着政策改各章的文件，改一条就再检查、再测试；README.md 说明每个文件放什么")


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


def in_yaml(title: str) -> str:
    """A title as YAML text: in quotes unless it is plain words."""
    return title if _PLAIN.fullmatch(title) else f'"{title}"'


def create(folder: Path, scheme: str, words: dict[str, str]) -> list[str]:
    """Writes the folder, whole or not at all, and gives its files by name."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for source in (templates() / COMMON, templates() / scheme):
            for path in sorted(path for path in source.rglob("*") if path.is_file()):
                target = made / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(filled(path.read_text("utf-8"), words), "utf-8")
        write_schemas(made / SCHEMA_FOLDER)
        accept(load(made))
        made.chmod(0o755)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def filled(text: str, words: dict[str, str]) -> str:
    """``text`` with every ``{{word}}`` replaced."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: words[found[1]], text)
