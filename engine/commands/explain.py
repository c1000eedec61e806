"""``casemix explain``: a tree from a value down to the input data."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.markup import escape
from rich.tree import Tree

from engine.commands.screen import console, stops
from engine.explain.steps import Step

SEEN = "上面已经说明"


@click.command("explain")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("grain", metavar="GRAIN")
@click.argument("key", metavar="[KEY]", default="")
@click.option("--value", help="只看这一个值；不写就看报表显示的各值")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def command(folder: Path, grain: str, key: str, value: str | None, as_json: bool) -> None:
    """说明 DIR（run 的 --out）里 GRAIN 的一行怎么算出来的。KEY 是这一行的键，几个键按次序用逗号隔开。"""
    from engine.explain.explain import explain

    with stops():
        steps = explain(folder, grain, key, value)
        if as_json:
            click.echo(json.dumps([step.as_dict() for step in steps], ensure_ascii=False, indent=2))
            return
        screen = console()
        for step in steps:
            screen.print(tree_of(step), soft_wrap=False)


def tree_of(step: Step) -> Tree:
    """A step and those below it for the terminal."""
    root = Tree(_label(step), guide_style="dim")
    _fill(root, step)
    return root


def _fill(node: Tree, step: Step) -> None:
    for item in step.tried:
        mark = "[green]适用[/]" if item.applied else "[dim]不适用[/]"
        numbers = f"  〔{item.numbers}〕" if item.numbers and item.numbers != item.condition else ""
        node.add(f"[dim]情形[/] {escape(item.condition)}{escape(numbers)} {mark}")
    for inner in step.steps:
        _fill(node.add(_label(inner)), inner)


def _label(step: Step) -> str:
    where = f" [dim]〔{escape(step.grain)}{' ' + escape(step.key) if step.key else ''}〕[/]" if step.grain else ""
    unit = f" {step.unit}" if step.unit else ""
    first = f"[bold]{escape(step.name)}[/] = [cyan]{escape(step.value)}[/]{unit}{where}"
    if step.remark == SEEN or step.kind in ("field", "key", "period"):
        return f"{first} [dim]{escape(step.remark)}[/]" if step.remark else first
    lines = [first]
    if step.formula and step.kind == "rule" and step.formula != step.value:
        lines.append(f"  {escape(step.formula)}")
    if step.numbers and step.numbers != step.value:
        lines.append(f"  = {escape(step.numbers)}")
    cite = step.cite + (f"（{step.status}）" if step.cite and step.status else "")
    place = step.place if step.kind in ("rule", "parameter") else ""
    about = [text for text in (step.rounding, cite, step.remark) if text]
    if about:
        lines.append(f"  [dim]{escape('；'.join(about))}[/]")
    lines += [f"  [dim]{escape(text)}[/]" for text in (step.note, place) if text]
    return "\n".join(lines)
