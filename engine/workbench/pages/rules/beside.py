"""What stands beside the text: the article with the rules that state it, and a name with all that is told of it."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import ui

from engine.assist.examples import Example, all_examples, examples_of
from engine.assist.hover import about_name
from engine.assist.offered import names_known
from engine.assist.reached import Reached
from engine.measure.cited import Cited
from engine.measure.compared import Articles, Compared, Unit
from engine.measure.texts import article_of
from engine.names.named import Named
from engine.rulebook.book import Book
from engine.rulebook.parts import names_of
from engine.workbench.desk import Desk
from engine.workbench.page import aside

Go = Callable[[str], Awaitable[None]]
MOST_IN_GRAPH = 40
MOST_IN_SIGHT = 8
"""Names on one side of a graph that is seen whole beside the text."""


def link_to(name: str, go: Go) -> None:
    """A name that leads to where it is written."""
    link = ui.link(name, "#").classes("wb-to")
    link.on("click.prevent", lambda: go(name))


def found_unit(articles: Articles, cite: str) -> tuple[Compared, Unit] | None:
    """The article with this address, as the tree has it."""
    for one in articles.compared:
        for unit in one.units:
            if cite == article_of(one.document.name, one.outline.address(unit.part)):
                return one, unit
    return None


def cites_of(articles: Articles, name: str) -> list[str]:
    """The articles that an entry states."""
    return [
        article_of(one.document.name, one.outline.address(unit.part))
        for one in articles.compared
        for unit in one.units
        if any(stating.cited.name == name for stating in unit.stated)
    ]


def first_computed(articles: Articles, folder: Path) -> str:
    """The first article that a rule or figure of the region's own states; nothing where there is none."""
    for one in articles.compared:
        for unit in one.units:
            for stating in unit.stated:
                cited = stating.cited
                if cited.kind in ("rule", "parameter") and _is_of(folder, cited):
                    return article_of(one.document.name, one.outline.address(unit.part))
    return ""


def _change(name: str, figures: Go) -> None:
    link = ui.link("改数", "#").classes("wb-to wb-inline")
    link.props["aria-label"] = f"改数 {name}"
    link.on("click.prevent", lambda: figures(name))


def _is_of(folder: Path, cited: Cited) -> bool:
    """Whether an entry is written in the region's own files."""
    return Path(cited.raw.place.file).absolute().is_relative_to(folder)


def show_article(one: Compared, unit: Unit, folder: Path, go: Go, figures: Go) -> None:
    """The text, and beside it what states it. ``figures`` leads to the form of a parameter that ``folder`` has."""
    ui.label(f"{one.document.title} {one.outline.address(unit.part)}").classes("wb-subtitle")
    with ui.element("blockquote").classes("wb-law"):
        for line in one.outline.text(unit.part).split("\n"):
            ui.label(line)
    if unit.reason is not None:
        ui.label(f"不计算：{unit.reason}").classes("wb-quiet")
    if not unit.stated:
        if unit.reason is None:
            ui.label("没有规则写这一条").classes("wb-warn")
        return
    ui.label("写它的规则").classes("wb-subtitle")
    with ui.element("ul").classes("wb-list"):
        for stating in unit.stated:
            with ui.element("li"):
                link_to(stating.cited.name, go)
                if "取值" in stating.cited.raw.body and _is_of(folder, stating.cited):
                    _change(stating.cited.name, figures)
                parts = "、".join(one.outline.address(part) for part in stating.parts)
                said = "，".join(filter(None, (stating.cited.part, parts)))
                ui.label(said).classes("wb-quiet wb-inline")
                if stating.cited.quote is not None:
                    ui.label(f"“{' '.join(stating.cited.quote.text.split())}”").classes("wb-quiet")


def named(book: Book, name: str) -> Named | None:
    """What is told of a name; takes a while the first time."""
    known = names_known(book, datetime.date.today())
    return next((one for one in known if one.name == name or name in one.also_called), None)


def reads_of(book: Book, name: str) -> list[str]:
    entry = book.at(book.epochs[-1]).entries.get(name)
    return sorted(names_of(entry) - {name}) if entry is not None else []


async def show_name(desk: Desk, book: Book, name: str, articles: Articles | None, go: Go, article: Go) -> None:
    one = await aside(named, book, name)
    if one is None:
        ui.label(f"没有 {name} 这个名字").classes("wb-quiet")
        return
    lines = await aside(about_name, book, one, desk.reached_now())
    ui.label(name).classes("wb-subtitle")
    for line in lines[1:] if lines[0].startswith(f"{name}：") else lines:
        ui.label(desk.near(line)).classes("wb-about" + (" wb-code" if line.startswith("  ") else ""))
    for cite in cites_of(articles, one.name) if articles is not None else ():
        link = ui.link(f"看 {cite} 的原文", "#").classes("wb-to")
        link.on("click.prevent", lambda cite=cite: article(cite))
    reads, readers = await aside(reads_of, book, one.name), list(one.readers)
    small = 0 < max(len(reads), len(readers)) <= MOST_IN_SIGHT  # else it would push the lists out of sight
    if small:
        _graph(one.name, reads, readers, go)
    _links("它读的", reads, go)
    _links("读它的", readers, go)
    if not small and (reads or readers):
        _graph(one.name, reads, readers, go)


def _links(title: str, names: list[str], go: Go) -> None:
    if names:
        ui.label(f"{title} {len(names)} 个").classes("wb-subtitle")
        with ui.row().classes("wb-names"):
            for name in names:
                link_to(name, go)


def _graph(name: str, reads: list[str], readers: list[str], go: Go) -> None:
    """What it reads at the left, who reads it at the right; the lists above say the same."""
    left, right = reads[:MOST_IN_GRAPH], readers[:MOST_IN_GRAPH]
    tall = max(len(left), len(right), 2)

    def nodes(names: list[str], x: int, side: str) -> list[dict[str, object]]:
        step = tall / (len(names) + 1)
        return [
            {"name": one, "value": [x, (place + 1) * step], "label": {"position": side}}
            for place, one in enumerate(names)
        ]

    data = [*nodes(left, 0, "left"), *nodes([name], 1, "top"), *nodes(right, 2, "right")]
    middle = len(left)
    links = [{"source": place, "target": middle} for place in range(middle)]
    links += [{"source": middle, "target": middle + 1 + place} for place in range(len(right))]
    label = {"show": True, "formatter": "{b}", "color": "#6e7781", "width": 110, "overflow": "truncate"}
    options = {
        "animation": False,
        "grid": {"left": 125, "right": 125, "top": 6, "bottom": 6},
        "xAxis": {"show": False, "min": 0, "max": 2},
        "yAxis": {"show": False, "min": 0, "max": tall, "inverse": True},
        "series": [
            {
                "type": "graph", "coordinateSystem": "cartesian2d", "data": data, "links": links, "symbolSize": 9,
                "edgeSymbol": ["none", "arrow"], "edgeSymbolSize": 6, "label": label,
                "itemStyle": {"color": "#2f7fd6"}, "lineStyle": {"color": "#8b949e", "curveness": 0.08},
            }
        ],
    }  # fmt: skip
    chart = ui.echart(options, renderer="svg").classes("wb-graph").style(f"height: {tall * 26 + 40}px")
    chart.props('role=img aria-label="它读的在左，读它的在右"')
    chart.on_point_click(lambda event: go(str(event.name)))


async def show_examples(desk: Desk, book: Book, name: str, found: Reached | None, run: Callable[[], Awaitable[None]], go: Callable[[Example], Awaitable[None]], to_line: Callable[[Path, int], Awaitable[None]], grids: Callable[..., str]) -> None:  # fmt: skip  # noqa: E501
    """The examples that mention a name, with how they came out, what none of them reaches, and all others that fail:
    a changed figure shows in examples that never name it. ``grids``: the address of the page with examples as grids.
    """
    examples = await aside(examples_of, book, name) if name else []
    if examples:
        ui.link("在格子里看、改这些例子", grids(name=name)).classes("wb-to")
    else:
        ui.link("在格子里看、改所有的例子", grids()).classes("wb-to")
    with ui.row().classes("wb-rule-bar"):
        mention = f"{len(examples)} 个例子提到它" if examples else "没有例子直接提到它；它变了哪些会变，运行了就知道"
        said = f"{name}：{mention}" if name else "光标停在一个名字上，就列出提到它的例子"
        ui.label(said).classes("wb-grow")
        ui.button("运行全部例子", on_click=run).props("dense no-caps outline")
    if found is None:
        ui.label("规则改成现在这样以后，还没有运行过例子").classes("wb-quiet")
    elif name:
        _show_reached(found, name, to_line)
    for example in examples:
        _show_example(example, found, go, desk, grids)
    if found is None:
        return
    listed = {(one.path, one.name) for one in examples}
    others = [one for one in await aside(_failed, book, found) if (one.path, one.name) not in listed]
    if others:
        ui.label("别的例子里不符的" if name else "不符的例子").classes("wb-subtitle")
    for example in others:
        _show_example(example, found, go, desk, grids, mentions=False)


def _show_reached(found: Reached, name: str, to_line: Callable[[Path, int], Awaitable[None]]) -> None:
    count, missing = found.of(name)
    if count:
        ui.label(f"情形、表行和界值 {count} 处，例子走到 {count - len(missing)} 处").classes("wb-about")
    for one in missing:
        with ui.element("div"):
            link = ui.link(f"没有走到：{one.what}", "#").classes("wb-warn")
            link.on("click.prevent", lambda one=one: to_line(Path(one.place.file), one.place.line))


def _failed(book: Book, found: Reached) -> list[Example]:
    """Every example that fails, once, whichever names it mentions."""
    met: dict[tuple[Path, str], Example] = {}
    for named_in in all_examples(book).values():
        for one in (one for same in named_in.values() for one in same):
            outcome = found.outcome(one.path, one.name)
            if outcome is not None and not outcome.passed:
                met[one.path, one.name] = one
    return sorted(met.values(), key=lambda one: (one.path, one.line))


def _show_example(
    example: Example, found: Reached | None, go: Callable[[Example], Awaitable[None]], desk: Desk,
    grids: Callable[..., str], *, mentions: bool = True,
) -> None:  # fmt: skip
    outcome = found.outcome(example.path, example.name) if found is not None else None
    with ui.element("div").classes("wb-example-row"):
        mark, look = ("·", "wb-quiet") if outcome is None else ("✓", "wb-good") if outcome.passed else ("✗", "wb-bad")
        ui.label(mark).classes(look)
        link = ui.link(example.name, "#").classes("wb-to")
        link.on("click.prevent", lambda: go(example))
        if mentions:
            ui.label("比较它" if example.compares else "给出它").classes("wb-quiet wb-inline")
        if outcome is not None and not outcome.passed and example.path.is_relative_to(desk.folder):
            file = example.path.relative_to(desk.folder).as_posix()
            ui.link("在格子里改", grids(file=file, example=example.name, failing="1")).classes("wb-to")
        for failure in outcome.failures if outcome is not None else ():
            ui.label(failure).classes("wb-bad wb-failure")
