"""``casemix sql``: the queries of a program, as a script that a data engineer can read."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
from rich.markup import escape
from rich.status import Status

from engine.commands import usage
from engine.commands.screen import console, errors, stops
from engine.commands.streams import finished
from engine.databases.registry import DIALECTS, dialect_of


@usage.command("sql")
@click.argument("region", metavar="REGION")
@click.argument("program", metavar="PROGRAM")
@click.option("--dialect", default="duckdb", type=click.Choice(DIALECTS), show_default=True, help="哪种数据库的写法")
@click.option("--period", default="", help="2025 或 2025-03；不写是规则最后变动的那一年，或其中的第一个月")
@click.option("--data", multiple=True, help="数有多大按哪里的数据；不写就按声明的范围，行用合成的（地区要有 合成）")
@click.option("--cases", default=2000, show_default=True, type=click.IntRange(1, 100_000), help="合成多少例")
@click.option("--out", type=click.Path(path_type=Path), help="写到这个文件；不写就打印出来")
def command(
    region: str, program: str, dialect: str, period: str, data: tuple[str, ...], cases: int, out: Path | None
) -> None:
    """把 REGION 的 PROGRAM 在数据库里执行的查询写成脚本：一步一步，每列注明规则和条款。

    只为阅读和核对：行数少的粒度的值由引擎在内存里算，传进临时表，脚本里写着规则，不写数值。
    """
    from engine.rulebook.book import load
    from engine.script.made_up import data_for, period_for
    from engine.script.script import program_to_write, script_of
    from engine.watching.watching import Watching

    with stops(), tempfile.TemporaryDirectory(prefix="casemix-") as folder:
        book = load(region)
        try:
            when = period_for(book, program, period)
        except ValueError as error:
            errors().print(f"[red]停止[/] {escape(str(error))}")
            sys.exit(1)
        with Status("准备", console=errors()) as status:
            asked = program_to_write(book, program, when)
            places: list[str | Path] = list(data) or [data_for(book, when, cases, Path(folder) / "data", status.update)]
            watching = Watching(lambda event: status.update(escape(event.text)))
            printer = dialect_of(dialect).readable
            lines = list(script_of(book, asked, when, places, not data, dialect, printer, watching))
        if out is None:
            sys.stdout.writelines(f"{line}\n" for line in lines)
            return
        script = "".join(f"{line}\n" for line in lines)
        out.write_text(script, "utf-8")
        finished(str(out))
    console().print(f"脚本：{escape(str(out))}（{script.count(chr(10))} 行）")
