"""``casemix show``: a region at a glance, or one name with its history."""

from __future__ import annotations

import sys

import click
from rich.markup import escape

from engine.commands.screen import console, errors, stops, table
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Book, Snapshot, load
from engine.rulebook.history import history
from engine.rulebook.model import OFFICIAL, Check, Grain, Parameter, Program, Rule, Statement, Table
from engine.rulebook.parts import parts
from engine.rulebook.scope import Scope
from engine.rulebook.stack import nearest

KINDS = {Table: "表", Grain: "粒度", Parameter: "参数", Rule: "规则", Check: "检查", Statement: "报表", Program: "程序"}


@click.command("show")
@click.argument("region", metavar="REGION")
@click.argument("name", required=False, metavar="[NAME]")
def command(region: str, name: str | None) -> None:
    """看 REGION 的各层、程序和条目；写 NAME 时看这个名字的公式、单位和历次规定。"""
    with stops():
        book = load(region)
        snapshot = book.at(book.as_of or book.epochs[-1])
        if name is None:
            _overview(book, snapshot)
        else:
            _one(book, snapshot, name)


def _overview(book: Book, snapshot: Snapshot) -> None:
    screen = console()
    screen.print(f"[bold]{escape(book.title)}[/]（{book.name}），自 {book.start} 起施行" + ("，模板" if book.template else ""))
    rows = [[la.title, la.name, {"module": "共用", "region": "地区", "amendment": "修订"}[la.kind], str(la.start or "")] for la in book.layers]
    screen.print(table("各层（后面的盖前面的）", ["名称", "文件夹", "类", "施行"], rows))
    lines = []
    for program in snapshot.programs.values():
        lines.append([program.name, "、".join(program.periods), "、".join(program.statements)])
    screen.print(table("程序", ["程序", "期间", "报表"], lines))
    counts: dict[str, int] = {}
    unsure: dict[str, int] = {}
    for entry in snapshot.entries.values():
        kind = KINDS[type(entry)]
        counts[kind] = counts.get(kind, 0) + 1
        if entry.provenance.status != OFFICIAL:
            unsure[entry.provenance.status] = unsure.get(entry.provenance.status, 0) + 1
    screen.print("条目：" + "，".join(f"{kind} {count}" for kind, count in counts.items()))
    if unsure:
        screen.print("不是正式的：" + "，".join(f"{status} {count}" for status, count in sorted(unsure.items())), style="yellow")


def _one(book: Book, snapshot: Snapshot, name: str) -> None:
    screen = console()
    entry = snapshot.entries.get(name)
    events = history(book, name)
    if entry is None and not events:
        where = snapshot.columns.get(name)
        if where:
            _field(snapshot, name, where)
            return
        errors().print(f"{book.title} 没有 {escape(name)}。{nearest(name, [*snapshot.entries, *snapshot.columns])}")
        sys.exit(1)
    if entry is not None:
        screen.print(f"[bold]{escape(name)}[/]：{KINDS[type(entry)]}，{escape(_about(snapshot, entry))}")
        for formula, supplied in _supplied(snapshot, entry):
            screen.print(f"  {escape(formula)} 中的 {supplied}", style="dim")
    rows = [[e.start, e.how, e.text, e.cite + (f"（{e.status}）" if e.status != OFFICIAL else ""), e.note, e.place, e.layer] for e in events]
    screen.print(table("来历", ["自", "怎样", "写的内容", "依据", "说明", "文件", "层"], rows))


def _field(snapshot: Snapshot, name: str, tables: list[str]) -> None:
    for where in tables:
        field = snapshot.tables[where].fields[name]
        about = field.provenance
        console().print(f"[bold]{escape(name)}[/]：表 {where} 的字段，{escape(str(field.type))}（{escape(about.cite)}）{escape(about.note)} {about.place}")


def _about(snapshot: Snapshot, entry: object) -> str:
    if isinstance(entry, Parameter):
        return f"单位 {entry.type}"
    if isinstance(entry, Rule):
        binder = Binder(Scope(snapshot))
        try:
            unit = str(binder.rule_type(entry.name))
        except BindError:
            unit = str(entry.type or "")
        rounding = f"，{entry.rounding.mode} {entry.rounding.digits} 位小数" if entry.rounding else ""
        return f"每个 {entry.grain} 一个值，{unit}{rounding}"
    if isinstance(entry, (Check, Statement)):
        return f"粒度 {entry.grain}"
    return ""


def _supplied(snapshot: Snapshot, entry: object) -> list[tuple[str, str]]:
    """Bare numbers that supplied a unit."""
    found = []
    if isinstance(entry, Rule):
        binder = Binder(Scope(snapshot, None, "月"))
        for part in parts(entry):
            try:
                bound = binder.bind(part.formula, part.grain, part.expected, rooted=part.rooted)
            except BindError:
                continue
            found += [(part.formula.text, f"{number} 带单位 {unit}") for number, unit in bound.supplied]
    return found
