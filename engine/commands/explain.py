"""``casemix explain``: a tree from a value down to the input data."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from engine.commands import usage
from engine.commands.screen import console, stops
from engine.explain.steps import SEEN, Step

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.explain.reopened import Given

ALL = "全部"
LEAVES = ("field", "key", "period")
UNBROKEN = 100_000
"""Cells of a line that goes to a file or another program: it is not broken."""


def _rows(context: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    if text is None or text == ALL:
        return sys.maxsize if text else None
    if not text.isdecimal():
        raise click.BadParameter(f"写行数，或 {ALL}", context, parameter)
    return int(text)


@usage.command("explain")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("grain", metavar="GRAIN")
@click.argument("key", metavar="[KEY]", default="")
@click.option("--value", help="只看这一个值；不写就看报表显示的各值")
@click.option("--rows", metavar=f"N|{ALL}", callback=_rows, help="合计、名次、分摊等逐行列出多少行；不写只说最大的几行")
@click.option(
    "--data",
    multiple=True,
    metavar="PLACE",
    help="当时的数据现在在哪里；数据在数据库里的结果，要这样指明才会去连。写法和次序同 run",
)
@click.option("--engine", default="", metavar="ADDRESS", help="当时在哪个数据库里计算，不是 --data 的那个时才要写")
@click.option("--previous", type=click.Path(path_type=Path), metavar="DIR", help="当时的上期结果现在在哪里")
@click.option(
    "--verify", is_flag=True, help="不看大小和时间，把结果和数据的文件都重算一遍 SHA-256，确认和当时一个字节不差"
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="另一个结果：同一行在两个结果里的理由并成一棵树，标出不同的地方，先说不同从哪里开始",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def command(
    folder: Path, grain: str, key: str, value: str | None, rows: int | None, data: tuple[str, ...],
    engine: str, previous: Path | None, verify: bool, against: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """说明 DIR（run 的 --out）里 GRAIN 的一行怎么算出来的。

    KEY 是这一行的键，几个键按次序用逗号隔开，本身有逗号的放在英文引号里：'"甲,乙",2025-01'。

    没有结算的行说明是什么检查或规则决定的，退出码 1。
    """
    from engine.explain.explain import explanation
    from engine.explain.reopened import Given

    given = Given(data, engine, previous, verify)
    if against is not None:
        _both(folder, against, (grain, key, value, rows), given, as_json)
        return
    with stops():
        found = explanation(folder, grain, key, value, rows, given)
        if as_json:
            click.echo(json.dumps([step.as_dict() for step in found.steps], ensure_ascii=False, indent=2))
        else:
            show(_unbroken(), found)
        if found.left_out:
            sys.exit(1)


def _both(
    one: Path, other: Path, asked: tuple[str, str, str | None, int | None], given: Given, as_json: bool
) -> None:  # fmt: skip
    from engine.commands.explain_both import show_both
    from engine.compare.both_reasons import both_reasons

    with stops():
        found = both_reasons(one, other, *asked, given=(given, given))
        if as_json:
            click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        else:
            show_both(_unbroken(), found, (one, other))
        if found.one.left_out or found.other.left_out:
            sys.exit(1)


def _unbroken() -> Console:
    screen = console()
    if not screen.is_terminal:
        screen.width = UNBROKEN
    return screen


def show(screen: Console, found: Explanation) -> None:
    """An explanation as people read it."""
    if found.example:
        screen.print("[yellow]示例[/] 这次运行用了编造的数值，不能作结算的依据")
    for step in found.steps:
        screen.print(tree_of(step), soft_wrap=False)
    if found.cut:
        screen.print(f"没有展开的有 {len(found.cut)} 个：{escape('、'.join(found.cut))}；上面各写了看它的命令")
    if found.left_out:
        screen.print(escape(found.left_out))


def tree_of(step: Step) -> Tree:
    """A step and those below it for the terminal."""
    root = Tree(_label(step), guide_style="dim")
    _fill(root, step)
    return root


def _fill(node: Tree, step: Step) -> None:
    for item in step.tried:
        numbers = f"  〔{item.numbers}〕" if item.applied and item.numbers not in ("", item.condition) else ""
        why = f"：{item.why_not}" if item.why_not else ""
        mark = "[green]适用[/]" if item.applied else f"[dim]不适用{escape(why)}[/]"
        node.add(f"[dim]情形[/] {escape(item.condition)}{escape(numbers)} {mark}")
    for inner in step.steps:
        _fill(node.add(_label(inner)), inner)


def _label(step: Step) -> str:
    where = f" [dim]〔{escape(step.grain)}{' ' + escape(step.key) if step.key else ''}〕[/]" if step.grain else ""
    known = step.value != "空" and not step.value.startswith("无法确定")
    unit = f" {step.unit}" if step.unit and known else ""
    written = f"（{escape(step.written)}）" if step.written else ""
    first = f"[bold]{escape(step.name)}[/] = [cyan]{escape(step.value)}[/]{written}{unit}{where}"
    if step.kind == "out":
        first = f"[bold]{escape(step.name)}[/]：[red]{escape(step.value)}[/] [dim]{escape(step.remark)}[/]"
        return f"{first}\n  [dim]{escape(step.place)}[/]" if step.place else first
    if step.remark == SEEN or step.kind in LEAVES:
        return f"{first} [dim]{escape(step.remark)}[/]" if step.remark else first
    lines = [first]
    if step.formula and step.kind in ("rule", "call", "band") and step.formula != step.value:
        lines.append(f"  {escape(step.formula)}")
    if step.numbers and step.numbers != step.value:
        lines.append(f"  = {escape(step.numbers)}")
    cite = step.cite + (f"（{step.status}）" if step.cite and step.status else "")
    about = [text for text in (step.rounding, cite, step.remark, step.more, step.retroactive) if text]
    if about:
        lines.append(f"  [dim]{escape('；'.join(about))}[/]")
    place = "" if step.kind in ("call", "row") else step.place
    lines += [f"  [dim]{escape(text)}[/]" for text in (step.note, place) if text]
    return "\n".join(lines)
