"""``casemix curve``: what a value of one case comes to while a number of it varies."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.one_case import given, of_one_case, refused
from engine.commands.screen import console, print_table, stops

if TYPE_CHECKING:
    from engine.pricing.curve import Curve, CurvePoint

MOST_LINES = 21


@usage.command("curve")
@click.argument("region", metavar="REGION")
@click.argument("name", metavar="NAME")
@click.argument("fields", nargs=-1, metavar="[字段=值]…")
@click.option("--vary", required=True, metavar="字段=从..到", help="变的是哪个数字字段，从多少到多少")
@click.option("--steps", default=200, type=click.IntRange(1, 2000), show_default=True, help="分几步")
@of_one_case
@click.option("--json", "as_data", is_flag=True, help="写成 JSON")
def command(
    region: str, name: str, fields: tuple[str, ...], vary: str, steps: int, period: str, data: tuple[str, ...],
    program: str | None, case: Path | None, key: str | None, published: str | None, previous: str | None,
    as_data: bool,
) -> None:  # fmt: skip
    """REGION 的一个个案，--vary 的字段变动时 NAME 是多少：逐步计价，并找出从哪里起算法不同，精确到最小单位。"""
    from engine.pricing.opened import open_region
    from engine.pricing.problems import CannotPrice

    match = re.fullmatch(r"([^=]+)=(.+?)\.\.(.+)", vary)
    if match is None:
        raise click.BadParameter("写成 字段=从..到，如 费用=0..60000", param_hint="--vary")
    with stops():
        try:
            opened = open_region(region, period, data, program=program, published=published, previous=previous)
            record, below = given(opened, fields, case, key, data)
            found = opened.curve(name, record, match[1].strip(), match[2].strip(), match[3].strip(), steps, **below)
        except CannotPrice as error:
            refused(error)
    if as_data:
        sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n")
        return
    _show(found)


def _show(curve: Curve) -> None:
    screen = console()
    every = max(1, len(curve.points) // MOST_LINES)
    headings = [curve.varied, curve.name, "怎样算"]
    print_table(screen, "", headings, [_line(curve, point) for point in curve.points[::every]], lambda index: index < 2)
    screen.print()
    if not curve.thresholds:
        screen.print("这一段里算法没有变。")
    for one in curve.thresholds:
        left, right = _line(curve, one.below), _line(curve, one.above)
        screen.print(escape(f"  {left[0]}（{left[2]}，{left[1]}）→ {right[0]}（{right[2]}，{right[1]}）"))
    if curve.cut:
        screen.print("  还有更多，没有找下去：把范围改小", style="yellow")


def _line(curve: Curve, point: CurvePoint) -> list[str]:
    told = curve.told(point)
    return [told["at"], told["value"] or "—", "、".join(told["kind"])]
