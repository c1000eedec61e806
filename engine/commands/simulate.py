"""``casemix simulate``: the rules as saved against the drafts, or another folder, over the same data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.status import Status

from engine.commands import usage
from engine.commands.compare import NAMES, print_comparison
from engine.commands.screen import console, errors, events_on, stops
from engine.databases.registry import DATA_FORMS
from engine.watching.lines import lines_to

if TYPE_CHECKING:
    from engine.simulate.simulate import Simulation


@usage.command("simulate")
@click.argument("region", metavar="REGION")
@click.argument("program", metavar="PROGRAM")
@click.option("--period", required=True, help="2025、2025Q1 或 2025-03")
@click.option("--data", multiple=True, help=f"和 run 一样：文件夹、DuckDB 文件，或 {'、'.join(DATA_FORMS)}；可写几个")
@click.option("--drafts", is_flag=True, help="改后是：存着的规则盖上草稿")
@click.option("--against", metavar="REGION|DIR", default="", help="改后是：另一个地区，或另一个文件夹里的规则")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="新的文件夹：两个结果和两份规则"
)
@click.option("--mapping", type=click.Path(path_type=Path), metavar="YAML", help="映射文件，和 run 一样")
@click.option("--previous", type=click.Path(path_type=Path), metavar="DIR", help="上期的 --out 文件夹")
@click.option("--memory", default="", help="DuckDB 最多用多少内存，如 6GB", metavar="大小")
@click.option("--rows", default=5, show_default=True, type=click.IntRange(0, 10_000), help="每张报表列出多少行不同的")
@click.option("--by", metavar="列", default="", help="按这一列的每个值（机构、类别……）列出谁多了谁少了")
@click.option("--of", metavar="值", default=None, help="和 --by 一起：不同的行只列这个值的，变得最多的在前")
@click.option("--progress-fd", type=click.IntRange(1), metavar="N", help="进度写到第 N 号文件描述符，一步一行 JSON")
def command(
    region: str, program: str, period: str, data: tuple[str, ...], drafts: bool, against: str, out: Path,
    mapping: Path | None, previous: Path | None, memory: str, rows: int, by: str, of: str | None,
    progress_fd: int | None,
) -> None:  # fmt: skip
    """试算：REGION 存着的规则和草稿（或另一份规则）各算一遍 PROGRAM，说规则变了什么、数变了什么。

    两份规则都抄进 --out，草稿以后存了、不要了，两边的数照样可以 casemix explain。规则有错，先说错，不算。
    """
    from engine.compare.runs import read_run
    from engine.simulate.simulate import one_period, simulate
    from engine.simulate.variants import saved, with_drafts
    from engine.watching.cancel import Cancel
    from engine.watching.watching import Watching

    if drafts == bool(against):
        raise click.UsageError("写 --drafts 或 --against，只写一个")
    if of is not None and not by:
        raise click.UsageError("--of 要和 --by 一起写")
    cancel, told = Cancel(), lines_to(progress_fd)
    with stops(cancel):
        try:
            asked = one_period(period)
        except ValueError as error:
            errors().print(f"[red]停止[/] {escape(str(error))}")
            sys.exit(1)
        before, after = saved(region), with_drafts(region) if drafts else saved(against)
        with Status("准备", console=errors()) as status:
            watching = Watching(told or events_on(status), cancel)
            made = simulate(
                before, after, program, asked, data, out, against=against, watching=watching, mapping=mapping,
                previous=previous, memory=memory,
            )  # fmt: skip
        _changed(made)
        print_comparison([read_run(*one) for one in zip(NAMES, (made.before, made.after), strict=False)], rows, by, of)
        console().print(f"\n试算：{escape(str(out))}")


def _changed(made: Simulation) -> None:
    screen = console()
    screen.print("[bold]规则变了什么[/]")
    for one in made.changed:
        screen.print(escape(one.file))
        for line in one.said:
            screen.print(f"  {escape(line)}")
    screen.print()
