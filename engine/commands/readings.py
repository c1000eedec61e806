"""``casemix readings``: what the texts of a region leave open, how it may be read, what holds there and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.reading_texts import choices, in_one_line, marks, where
from engine.commands.screen import console, print_folded, stops
from engine.commands.unread import tell_unread
from engine.rulebook.book import Book, load
from engine.rulebook.locate import names_of_regions
from engine.rulebook.open_points import OpenPoint, open_points

FORMATS = ("文字", "markdown", "json")


@usage.command("readings")
@click.argument("regions", nargs=-1, metavar="[REGION]…")
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True, help="怎样列")
def command(regions: tuple[str, ...], form: str) -> None:
    """列出地区的读法：哪一条没有写明，可以怎样读，默认哪一种，为什么，现在用哪一种，看哪里。

    REGION 是 regions/ 下的名字或路径；不写就列全部（示例地区除外），沿用来而没有改的只在原来的地区列一次。
    """
    with stops():
        named = [load(name) for name in regions]
        books = named or [book for book in map(load, names_of_regions()) if not book.example]
        found = [(book, open_points(book) if named else _new_here(book, books)) for book in books]
        if form == "json":
            print(
                json.dumps(
                    [_plain(book, point) for book, points in found for point in points], ensure_ascii=False, indent=2
                )
            )
        elif form == "markdown":
            print("\n".join([INTRO, *(line for book, points in found for line in _page(book, points))]).rstrip())
        else:
            for book, points in found:
                _on_screen(book, points)
        tell_unread(books)
    sys.exit(0)


def _new_here(book: Book, books: list[Book]) -> list[OpenPoint]:
    """Those that no region below it has with the same reading in force."""
    below = {layer.folder for layer in book.layers if layer.kind == "region"} - {book.folder}
    told = {_said(point) for other in books if other.folder in below for point in open_points(other)}
    return [point for point in open_points(book) if _said(point) not in told]


def _said(point: OpenPoint) -> tuple[str, ...]:
    return (point.name, *(choice.text for choice in point.in_force))


def _on_screen(book: Book, points: list[OpenPoint]) -> None:
    screen = console()
    screen.print(f"[bold]{escape(book.title)}[/]（{book.name}）：{len(points)} 处原文没有写明的读法")
    for point in points:
        about = point.reading.provenance
        screen.print(f"\n[bold]{escape(point.name)}[/] {escape(about.cite)}（{about.status}）")
        print_folded(screen, point.reading.left_open, "  没有写明：")
        for option, meaning in point.reading.options:
            dot = "●" if option == point.held else "○"
            print_folded(screen, f"{option}{marks(point, option)}：{meaning}", f"  {dot} ")
        if point.reading.why:
            print_folded(screen, point.reading.why, "  为什么：")
        for line in choices(point):
            print_folded(screen, line, "  现用：")
        if point.shows:
            print_folded(screen, where(point), "  看哪里：")
        screen.print(f"  {escape(str(about.place))}", style="dim")
    screen.print()


INTRO = """\
# 读法一览

办法没有写明、可以有几种读法的地方：每一处是哪一条、没有写明什么、可以怎样读、默认哪一种和为什么、现在用哪一种、换一种看哪里的数会变。
这一页由规则生成（`casemix readings --format markdown > docs/readings.md`），示例地区除外。

换一种读法，在自己的文件夹里写一行，其余照旧：

```yaml
替换: {名称: {取值: {施行: 另一种读法}, 依据: 办法 第几条, 状态: 暂定}}
```

换以前和换以后各结算一次，用 `casemix compare` 看每家的钱差多少。
"""


def _page(book: Book, points: list[OpenPoint]) -> Iterator[str]:
    """The readings of a region, in Markdown."""
    yield f"## {book.title}（`{book.name}`）"
    yield ""
    if not points:
        yield "没有。"
        yield ""
    for point in points:
        reading, held = point.reading, point.held
        yield f"### {point.name}"
        yield ""
        yield f"{reading.provenance.cite}（{reading.provenance.status}）。没有写明：{in_one_line(reading.left_open)}"
        yield ""
        for option, meaning in reading.options:
            yield f"- {f'**{option}**' if option == held else option}{marks(point, option)}：{in_one_line(meaning)}"
        yield ""
        rest = [f"为什么：{in_one_line(reading.why)}"] if reading.why else []
        rest += [f"现用：{in_one_line(choice)}" for choice in choices(point)]
        rest += [f"看哪里：{where(point)}"] if point.shows else []
        yield "\\\n".join(rest)
        yield ""


def _plain(book: Book, point: OpenPoint) -> dict[str, object]:
    reading = point.reading
    return {
        "region": book.name,
        "name": point.name,
        "cite": reading.provenance.cite,
        "status": reading.provenance.status,
        "left_open": reading.left_open,
        "options": [{"value": option, "meaning": meaning} for option, meaning in reading.options],
        "default": point.default or None,
        "why": reading.why,
        "in_force": [
            {"from": str(c.day), "value": c.text or None, "cite": c.provenance.cite, "layer": c.provenance.layer}
            for c in point.in_force
        ],
        "shows": [{"statement": statement, "column": heading or None} for statement, heading in point.shows],
        "place": str(reading.provenance.place),
    }
