"""``casemix show``: a region at a glance, or one name with its history."""

from __future__ import annotations

import sys
from difflib import get_close_matches

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.names import show_names
from engine.commands.screen import console, errors, print_folded, stops
from engine.commands.show_classes import show_class
from engine.commands.unread import tell_unread
from engine.names.search import as_searched
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Book, Snapshot, load
from engine.rulebook.history import Event, Standing, history, standing
from engine.rulebook.model import OFFICIAL, Check, Grain, OpenReading, Parameter, Program, Rule, Statement, Table
from engine.rulebook.names import FROM_THE_START
from engine.rulebook.nearest import nearest
from engine.rulebook.parts import parts
from engine.rulebook.scope import Scope
from engine.rulebook.unsure import cited

KINDS = {Table: "表", Grain: "粒度", Parameter: "参数", Rule: "规则", Check: "检查", Statement: "报表", Program: "程序"}
LAYERS = {"module": "共用", "region": "地区", "amendment": "修订"}


@usage.command("show")
@click.argument("region", metavar="REGION")
@click.argument("name", required=False, metavar="[NAME]")
@click.option(
    "--names", "listed", is_flag=True, help="列出所有名字；写 NAME 时只列有这个词的（名字、又名、条款、说明）"
)
@click.option("--json", "as_data", is_flag=True, help="和 --names 一起：同样的内容，写成 JSON")
def command(region: str, name: str | None, listed: bool, as_data: bool) -> None:
    """看 REGION 的各层、程序和条目；写 NAME 时看这个名字的公式、单位和历次规定。

    --names 列出名字：是什么、属于什么、单位、现在的值、依据、谁读它、要不要替换。REGION 也可以是共用模块的名字。
    """
    if as_data and not listed:
        raise click.UsageError("--json 要和 --names 一起写")
    with stops():
        book = load(region)
        if listed:
            show_names(book, name or "", as_data)
            tell_unread(book)
            return
        snapshot = book.at(max(book.as_of or book.epochs[-1], book.start))
        if name is None:
            _overview(book, snapshot)
        else:
            _one(book, snapshot, name)
        tell_unread(book)


def _overview(book: Book, snapshot: Snapshot) -> None:
    screen = console()
    screen.print(
        f"[bold]{escape(book.title)}[/]（{book.name}），自 {book.start} 起施行" + ("，模板" if book.template else "")
    )
    screen.print("\n[bold]各层[/]（后面的盖前面的）")
    for layer in book.layers:
        start = f"，自 {layer.start} 起" if layer.start else ""
        screen.print(f"  {LAYERS[layer.kind]} {escape(layer.title)}（{escape(layer.name)}）{start}")
    screen.print("\n[bold]程序[/]")
    for program in snapshot.programs.values():
        screen.print(
            f"  [bold]{escape(program.name)}[/]：每{'、'.join(program.periods)}，{escape(program.provenance.cite)}"
        )
        screen.print(f"    出 {escape('、'.join(program.statements))}", style="dim")
    screen.print()
    counts: dict[str, int] = {}
    unsure: dict[str, int] = {}
    for entry in snapshot.entries.values():
        kind = KINDS[type(entry)]
        counts[kind] = counts.get(kind, 0) + 1
        if entry.provenance.status != OFFICIAL:
            unsure[entry.provenance.status] = unsure.get(entry.provenance.status, 0) + 1
    screen.print("条目：" + "，".join(f"{kind} {count}" for kind, count in counts.items()))
    if unsure:
        screen.print(
            "不是正式的：" + "，".join(f"{status} {count}" for status, count in sorted(unsure.items())), style="yellow"
        )


def _one(book: Book, snapshot: Snapshot, name: str) -> None:
    screen = console()
    if name in snapshot.also_called:
        screen.print(f"{escape(name)} 是 [bold]{escape(snapshot.also_called[name])}[/] 的又名")
        name = snapshot.also_called[name]
    entry = snapshot.entries.get(name)
    events = history(book, name)
    if entry is None and not events:
        where = snapshot.columns.get(name)
        if where:
            _field(snapshot, name, where)
            return
        if _of_the_article(snapshot, name) or show_class(snapshot, name):
            return
        _not_there(book, snapshot, name)
    if entry is not None:
        about = _about(snapshot, entry)
        screen.print(f"[bold]{escape(name)}[/]：{KINDS[type(entry)]}{'，' if about else ''}{escape(about)}")
        for formula, supplied in _supplied(snapshot, entry):
            screen.print(f"  {escape(formula)} 中的 {supplied}", style="dim")
    if isinstance(entry, (Parameter, Rule)) and entry.reading is not None:
        _reading(entry.reading, snapshot)
    stands = standing(book, name)
    if len(stands) > 1 or any(item.provenance.is_retroactive_on(item.day) for item in stands):
        _standing(book, stands)
    figures = {item.place for item in stands}
    for event in events:
        _event(event, never=isinstance(entry, Parameter) and bool(event.figure) and event.figure not in figures)


MOST_NEAR = 10


def _of_the_article(snapshot: Snapshot, article: str) -> bool:
    """The entries, and branches and rows of entries, that cite an article, if there are any."""
    found = [
        f"  · {name}（{part}）：{about.cite}" if part else f"  · {name}：{about.cite}"
        for name, entry in snapshot.entries.items()
        if "〔" not in name
        for part, about in cited(entry)
        if len(article) > 1 and as_searched(article) in as_searched(about.cite)
    ]
    if found:
        screen = console()
        screen.print(f"依据里有 {escape(article)} 的 {len(found)} 处：")
        for line in found:
            screen.print(escape(line))
    return bool(found)


def _not_there(book: Book, snapshot: Snapshot, name: str) -> None:
    """Names and other names that contain the word or are like it, on the standard error; then the end."""
    errors().print(f"{book.title} 没有 {escape(name)}。{escape(nearest(name, snapshot.known_names))}")
    also = snapshot.also_called
    known = [*(n for n in snapshot.entries if "〔" not in n), *snapshot.columns, *also]
    inside = [n for n in dict.fromkeys(known) if name in n or (n in name and len(n) > 1)]
    inside += [n for n in get_close_matches(name, known, MOST_NEAR, 0.5) if n not in inside]
    inside.sort(key=lambda n: (name not in n, abs(len(n) - len(name))))
    shown = [f"{n}（{also[n]} 的又名）" if n in also else n for n in inside[:MOST_NEAR]]
    if shown:
        more = f" 等 {len(inside)} 个" if len(inside) > MOST_NEAR else ""
        errors().print(f"相近的名称：{escape('、'.join(shown))}{more}")
    sys.exit(1)


def _reading(reading: OpenReading, snapshot: Snapshot) -> None:
    """What the text leaves open, and how it may be read."""
    screen = console()
    default = reading.default_on(snapshot.day)
    print_folded(screen, f"{reading.provenance.cite} 没有写明：{reading.left_open}", "  ")
    for option, meaning in reading.options:
        print_folded(screen, f"{option}{'（默认）' if option == default else ''}：{meaning}", "  · ")
    if reading.why:
        print_folded(screen, reading.why, "  为什么：")


def _standing(book: Book, stands: list[Standing]) -> None:
    """What a run reads, day by day."""
    screen = console()
    titles = {layer.name: layer.title for layer in book.layers}
    screen.print("\n[bold]各日算数的[/]")
    for item in stands:
        about = item.provenance
        text = item.text or ("没有" if not item.place else "")
        whose = f"{escape(about.cite)} 〔{escape(titles.get(about.layer, about.layer))}〕" if item.place else ""
        late = f"；{about.retroactive_text}" if about.is_retroactive_on(item.day) else ""
        parts = (f"自 {item.day} 起", f"[cyan]{escape(text)}[/]" if text else "", whose + late)
        screen.print("  " + " ".join(part for part in parts if part))


def _event(event: Event, never: bool) -> None:
    """One time that the name was written: what, from when, by which article, where; ``never``: it holds on no day."""
    screen = console()
    status = f"（{event.status}）" if event.status != OFFICIAL else ""
    since = "自施行之日起" if event.start == FROM_THE_START else f"自 {event.start} 起" if event.start else ""
    head = " ".join(part for part in (event.how, since, escape(event.cite) + status) if part)
    screen.print(f"\n[bold]{head}[/] 〔{escape(event.layer)}〕")
    for line in event.lines or ((event.text,) if event.text else ()):
        screen.print(f"  {escape(line)}", style="cyan")
    if event.note:
        screen.print(f"  {escape(event.note)}")
    if never:
        screen.print("  没有一天算数：别的一层盖住了它", style="yellow")
    screen.print(f"  {escape(event.place)}", style="dim")


def _field(snapshot: Snapshot, name: str, tables: list[str]) -> None:
    screen = console()
    for where in tables:
        field = snapshot.tables[where].fields[name]
        about = field.provenance
        status = f"（{about.status}）" if about.status != OFFICIAL else ""
        screen.print(f"[bold]{escape(name)}[/]：表 {escape(where)} 的字段，{escape(str(field.type))}")
        for text in (f"{about.cite}{status}", about.note):
            if text:
                screen.print(f"  {escape(text)}")
        screen.print(f"  {about.place}", style="dim")


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
