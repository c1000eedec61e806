"""``casemix explain --against``: the reasons of a row in two results as one tree, with what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from engine.compare.both_reasons import BothReasons
from engine.compare.changed_below import ChangedBelow
from engine.compare.reasons import ARTICLE, CHOICES, CHOSEN, FORMULA, ONLY, ROUNDING, VALUE, Pair, in_words
from engine.explain.steps import Step

SIDES = ("A", "B")


def show_both(screen: Console, found: BothReasons, folders: tuple[Path, Path]) -> None:
    """Where the differences begin, then the trees as far as they differ."""
    for side, folder, explained in zip(SIDES, folders, (found.one, found.other), strict=True):
        example = "（示例：用了编造的数值）" if explained.example else ""
        screen.print(f"[bold]{side}[/] {escape(str(folder))}{example}")
    for side, explained in zip(SIDES, (found.one, found.other), strict=True):
        if explained.left_out:
            screen.print(f"[bold]{side}[/] {escape(explained.left_out)}")
    if not found.pairs:
        return
    begin = found.beginnings
    if all(pair.is_same for pair in found.pairs):
        screen.print("两边的理由完全一样")
    elif begin:
        screen.print("不同从这里开始：")
        for pair in begin:
            screen.print("  " + _label(pair).replace("\n", "\n  "))
    for pair in found.pairs:
        screen.print(_tree_of(pair), soft_wrap=False)
    for below in found.below:
        _below(screen, below)


def _below(screen: Console, said: ChangedBelow) -> None:
    """The rows that belong to the row and differ."""
    cut = "（太多，只看了一部分）" if said.cut else ""
    screen.print(f"\n[bold]{escape(said.statement)}[/]：属于它的 {max(said.rows)} 行里 {said.changed} 行不同{cut}")
    for key, cells in said.most:
        told = "；".join(f"{heading} {one or '空'} → {other or '空'}" for heading, one, other in cells)
        screen.print(escape(f"  {key}：{told}"))
    for side, keys in zip(SIDES, (said.left, said.entered), strict=True):
        if keys:
            screen.print(escape(f"  只在 {side} 属于它：{'、'.join(keys)}"))


def _tree_of(pair: Pair) -> Tree:
    root = Tree(_label(pair), guide_style="dim")
    _fill(root, pair)
    return root


def _fill(node: Tree, pair: Pair) -> None:
    """What is the same on both sides is one line."""
    for inner in () if pair.is_same else pair.steps:
        _fill(node.add(_label(inner)), inner)


def _label(pair: Pair) -> str:
    step = pair.step
    where = f" [dim]〔{escape(step.grain)}{' ' + escape(step.key) if step.key else ''}〕[/]" if step.grain else ""
    only = ONLY in pair.differs
    value = _value(step) if only else _both(pair, _value)
    side = f"（{SIDES[0] if pair.other is None else SIDES[1]}）" if only else ""
    mark = f" [yellow]≠ {in_words(pair)}{side}[/]" if not pair.is_same else " [dim]相同[/]"
    again = " [dim]见上[/]" if pair.again and not pair.is_same else ""
    unit = f" {step.unit}" if step.unit and step.value != "空" else ""
    lines = [f"[bold]{escape(step.name)}[/] = [cyan]{escape(value)}[/]{escape(unit)}{where}{mark}{again}"]
    if not pair.is_same and not pair.again:
        lines += [f"  {escape(line)}" for line in _about(pair)]
    return "\n".join(lines)


def _about(pair: Pair) -> list[str]:
    """Formula and article: once where both say the same, else of each side."""
    told: list[tuple[str, Callable[[Step], str]]] = [
        (FORMULA, lambda step: step.formula if step.kind in ("rule", "call", "band") else ""),
        (CHOICES, lambda step: "情形：" + "；".join(one.condition for one in step.tried) if step.tried else ""),
        (CHOSEN, lambda step: "适用：" + "；".join(one.condition for one in step.tried if one.applied)),
        (ROUNDING, lambda step: step.rounding),
        (ARTICLE, lambda step: step.cite + (f"（{step.status}）" if step.cite and step.status else "")),
    ]
    lines = []
    sides = [(side, step) for side, step in zip(SIDES, (pair.one, pair.other), strict=True) if step is not None]
    for what, of in told:
        if what in pair.differs:
            lines += [f"{side} {text}" for side, step in sides if (text := of(step))]
        elif what in (FORMULA, ARTICLE) and (text := of(pair.step)):
            lines.append(text)
    if VALUE in pair.differs:
        lines += [f"{side} = {step.numbers}" for side, step in sides if step.numbers and step.numbers != step.value]
    if pair.begins:
        lines += [f"{side} {step.place}" for side, step in sides if step.place]
    return lines


def _value(step: Step) -> str:
    return step.written or step.value


def _both(pair: Pair, of: Callable[[Step], str]) -> str:
    assert pair.one is not None and pair.other is not None
    one, other = of(pair.one), of(pair.other)
    return one if one == other else f"{one} → {other}"
