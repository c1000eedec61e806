"""``casemix price``: one case, by the figures that were published."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.one_case import given, of_one_case, refused
from engine.commands.screen import console, print_table, stops

if TYPE_CHECKING:
    from engine.pricing.form import Asked
    from engine.pricing.priced import Priced
    from engine.pricing.region import Region


@usage.command("price")
@click.argument("region", metavar="REGION")
@click.argument("fields", nargs=-1, metavar="[字段=值]…")
@of_one_case
@click.option("--explain", "explained", multiple=True, metavar="NAME", help="说明这个值怎么算出来的；可写几个")
@click.option("--example", "example", metavar="名字", help="把它写成地区的一个例子，先留作草稿（casemix drafts）")
@click.option("--form", "form", is_flag=True, help="只列要填哪些字段")
@click.option("--json", "as_data", is_flag=True, help="写成 JSON")
def command(
    region: str, fields: tuple[str, ...], period: str, data: tuple[str, ...], program: str | None, case: Path | None,
    key: str | None, published: str | None, previous: str | None, explained: tuple[str, ...], example: str | None,
    form: bool, as_data: bool,
) -> None:  # fmt: skip
    """给 REGION 的一个个案计价：它的字段写成 字段=值，或写在 --case 的文件里；没有结算的，退出码为 1。"""
    from engine.pricing.opened import open_region
    from engine.pricing.problems import CannotPrice

    with stops():
        try:
            opened = open_region(region, period, data, program=program, published=published, previous=previous)
            if form:
                _show_form(opened, as_data)
                return
            record, below = given(opened, fields, case, key, data)
            priced = opened.price(record, **below)
            trees = priced.explain(*explained) if explained else None
            kept = _as_example(region, opened, priced, record, below, example) if example else ""
        except CannotPrice as error:
            refused(error)
    if as_data:
        told = priced.as_dict()
        if trees is not None:
            told["steps"] = [step.as_dict() for step in trees.steps]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        _show(opened, priced)
        if trees is not None:
            from engine.commands.explain import show

            show(console(), trees)
        if kept:
            console().print(escape(kept))
    sys.exit(0 if priced.settled else 1)


def _as_example(
    region: str, opened: Region, priced: Priced, record: dict[str, Any], below: dict[str, list[Any]], name: str
) -> str:
    """Keeps the case as an example in a draft; what is said of it. Raises ``CannotPrice``."""
    from engine.drafts import Drafts, KeptMeanwhile
    from engine.excel.example_files import keep_example
    from engine.excel.grid import Refused
    from engine.pricing.as_example import FILE, as_example
    from engine.pricing.problems import CannotPrice
    from engine.rulebook.locate import locate

    try:
        made = keep_example(Drafts(locate(region).folder), as_example(opened, priced, record, below, name), FILE)
    except (Refused, KeptMeanwhile) as error:
        raise CannotPrice(f"没有写成例子：{error}") from None
    return f"例子“{made}”留作 {FILE} 的草稿：看 casemix drafts {region} --lines，存 casemix drafts {region} --save"


def _show(region: Region, priced: Priced) -> None:
    screen = console()
    if region.example:
        screen.print("[yellow]示例[/] 用了编造的数值，不能作结算的依据")
    about = f"：{priced.by} {priced.reason}".rstrip() if priced.by or priced.reason else ""
    screen.print(f"[bold]{escape(priced.state)}[/]{escape(about)}")
    for name in region.first if priced.settled else ():
        why = priced.unknown.get(name)
        unit = str(region.types[name].unit) if name in region.types and region.types[name].unit.powers else ""
        text = f"无法确定：{why}" if why else f"{priced.text(name) or '（空）'} {unit}".rstrip()
        screen.print(f"  {escape(name)} = {escape(text)}")
    for line in priced.warnings:
        screen.print(f"  [yellow]提醒[/] {escape(line)}")
    for row in priced.rejected:
        screen.print(f"  [yellow]没有用[/] {escape(f'{row.table} {row.key}：{row.check} {row.reason}')}")


def _show_form(region: Region, as_data: bool) -> None:
    asked = region.form()
    below = {name: region.form(name) for name in region.fields_below}
    if as_data:
        told = {region.table: [one.as_dict() for one in asked]}
        told |= {name: [one.as_dict() for one in fields] for name, fields in below.items()}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    for name, fields in {region.table: asked, **below}.items():
        rows = [
            [
                one.name,
                _kind(one),
                "要填" if one.required else f"默认 {one.default}" if one.default else "可空",
                one.note,
            ]
            for one in fields
        ]
        print_table(console(), name, ["字段", "怎么填", "", "说明"], rows)


def _kind(one: Asked) -> str:
    if one.choices:
        return "、".join(one.choices)
    return f"→ {one.refers}" if one.refers else one.unit or one.kind
