"""``casemix plan``: what a run will do, before a row is read."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import errors, stops


@usage.command("plan")
@click.argument("region", metavar="REGION")
@click.argument("program", metavar="PROGRAM")
@click.option("--period", default="", help="2025 或 2025-03；不写是规则最后变动的那一年，或其中的第一个月")
@click.option("--data", multiple=True, help="哪些表交来了按这里看；不写就当作全都交来")
@click.option("--name", "names", multiple=True, help="只看算出这个名字要的步骤，可以写几次")
@click.option("--json", "as_data", is_flag=True, help="写成 JSON")
def command(
    region: str, program: str, period: str, data: tuple[str, ...], names: tuple[str, ...], as_data: bool
) -> None:
    """REGION 的 PROGRAM 运行时要做什么：行怎样分拣，哪些值按什么次序算，每一列读什么、依据哪一条。

    不读数据行。数据行的列在数据库里一层一遍算出，其他粒度的值在内存里算。
    """
    from engine.databases.places import open_places
    from engine.execute.plan.passes import plan_of
    from engine.rulebook.book import load
    from engine.script.made_up import period_for
    from engine.script.plan_told import data_of, lines_of
    from engine.settle.may_run import program_of, sound

    with stops():
        book = load(region)
        sound(book)
        try:
            when = period_for(book, program, period)
        except ValueError as error:
            errors().print(f"[red]停止[/] {escape(str(error))}")
            sys.exit(1)
        delivered = set(open_places(list(data)).tables()) if data else None
        plan = plan_of(book, program_of(book, program, when), when, delivered)
        if names:
            plan = plan.only(names)
        if as_data:
            found: dict[str, Any] = data_of(plan)
            sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
            return
        sys.stdout.writelines(f"{line}\n" for line in lines_of(plan))
