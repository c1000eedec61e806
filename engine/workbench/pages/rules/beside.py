"""What stands beside the text: the article with the rules that state it, and a name with all that is told of it."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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
from engine.workbench.shows.kept_rows import Row, text_row

Go = Callable[[str], Awaitable[None]]
MOST_IN_GRAPH = 40
MOST_IN_SIGHT = 8
"""Names on one side of a graph that is seen whole beside the text."""


def link_to(name: str, go: Go) -> ui.link:
    """A name that leads to where it is written."""
    return _leading(name, lambda: go(name))


def _leading(text: str, to: Callable[[], Awaitable[None]], style: str = "wb-to") -> ui.link:
    link = ui.link(text, "#").classes(style)
    link.on("click.prevent", to)
    return link


def _box(style: str) -> Callable[[], ui.element]:
    return lambda: ui.element("div").classes(style)


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


def _is_of(folder: Path, cited: Cited) -> bool:
    """Whether an entry is written in the region's own files."""
    return Path(cited.raw.place.file).absolute().is_relative_to(folder)


def article_rows(one: Compared, unit: Unit, folder: Path, go: Go, figures: Go) -> Iterator[Row]:
    """The text, and below it what states it. ``figures`` leads to the form of a parameter that ``folder`` has."""
    yield text_row("title", f"{one.document.title} {one.outline.address(unit.part)}", "wb-subtitle")
    text = one.outline.text(unit.part)
    yield Row("law", text, lambda: _law(text))
    if unit.reason is not None:
        yield text_row("reason", f"不计算：{unit.reason}", "wb-quiet")
    if not unit.stated:
        if unit.reason is None:
            yield text_row("none", "没有规则写这一条", "wb-warn")
        return
    yield text_row("stated", "写它的规则", "wb-subtitle")
    rows = []
    for number, stating in enumerate(unit.stated):
        parts = "、".join(one.outline.address(part) for part in stating.parts)
        said = "，".join(filter(None, (stating.cited.part, parts)))
        quote = " ".join(stating.cited.quote.text.split()) if stating.cited.quote is not None else ""
        changes = "取值" in stating.cited.raw.body and _is_of(folder, stating.cited)
        told = (stating.cited.name, changes, said, quote)
        rows.append(Row(number, told, partial(_stating, *told, go, figures)))
    yield Row("rules", (), lambda: ui.element("ul").classes("wb-list"), rows)


def _law(text: str) -> ui.element:
    with ui.element("blockquote").classes("wb-law") as law:
        for line in text.split("\n"):
            ui.label(line)
    return law


def _stating(name: str, changes: bool, said: str, quote: str, go: Go, figures: Go) -> ui.element:
    with ui.element("li") as row:
        link_to(name, go)
        if changes:
            _leading("改数", lambda: figures(name), "wb-to wb-inline").props["aria-label"] = f"改数 {name}"
        ui.label(said).classes("wb-quiet wb-inline")
        if quote:
            ui.label(f"“{quote}”").classes("wb-quiet")
    return row


def named(book: Book, name: str) -> Named | None:
    """What is told of a name; takes a while the first time."""
    known = names_known(book, datetime.date.today())
    return next((one for one in known if one.name == name or name in one.also_called), None)


def reads_of(book: Book, name: str) -> list[str]:
    entry = book.at(book.epochs[-1]).entries.get(name)
    return sorted(names_of(entry) - {name}) if entry is not None else []


async def name_rows(
    desk: Desk, book: Book, name: str, articles: Articles | None, go: Go, article: Go
) -> Sequence[Row]:  # fmt: skip
    one = await aside(named, book, name)
    if one is None:
        return [text_row("none", f"没有 {name} 这个名字", "wb-quiet")]
    lines = await aside(about_name, book, one, desk.reached_now())
    reads = await aside(reads_of, book, one.name)
    cites = cites_of(articles, one.name) if articles is not None else []
    return list(_name_rows(desk, one, name, lines, cites, reads, go, article))


def _name_rows(
    desk: Desk, one: Named, name: str, lines: Sequence[str], cites: Sequence[str], reads: list[str], go: Go, article: Go
) -> Iterator[Row]:  # fmt: skip
    yield text_row("name", name, "wb-subtitle")
    for number, line in enumerate(lines[1:] if lines[0].startswith(f"{name}：") else lines):
        style = "wb-about" + (" wb-code" if line.startswith("  ") else "")
        yield text_row(("line", number), desk.near(line), style)
    for cite in cites:
        yield Row(("cite", cite), (), partial(_leading, f"看 {cite} 的原文", partial(article, cite)))
    readers = list(one.readers)
    chart = Row("chart", (one.name, reads, readers), lambda: _graph(one.name, reads, readers, go))
    height = f"height: {_height(reads, readers)}px"  # of its room, so that what stands below stays where it is
    graph = Row("graph", height, lambda: ui.element("div").classes("wb-graph").style(height), [chart])
    small = 0 < max(len(reads), len(readers)) <= MOST_IN_SIGHT  # else it would push the lists out of sight
    if small:
        yield graph
    yield from _links("它读的", reads, go)
    yield from _links("读它的", readers, go)
    if not small and (reads or readers):
        yield graph


def _links(title: str, names: Sequence[str], go: Go) -> Iterator[Row]:
    if names:
        yield text_row(title, f"{title} {len(names)} 个", "wb-subtitle")
        below = [Row(name, (), partial(link_to, name, go)) for name in names]
        yield Row((title, "names"), (), lambda: ui.row().classes("wb-names"), below)


def _graph(name: str, reads: list[str], readers: list[str], go: Go) -> ui.echart:
    """What it reads at the left, who reads it at the right; the lists above say the same."""
    left, right = reads[:MOST_IN_GRAPH], readers[:MOST_IN_GRAPH]
    tall = _tall(reads, readers)

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
    chart = ui.echart(options, renderer="svg").classes("wb-graph").style(f"height: {_height(reads, readers)}px")
    chart.props('role=img aria-label="它读的在左，读它的在右"')
    chart.on_point_click(lambda event: go(str(event.name)))
    return chart


def _tall(reads: Sequence[str], readers: Sequence[str]) -> int:
    """In names."""
    return min(max(len(reads), len(readers), 2), MOST_IN_GRAPH)


def _height(reads: Sequence[str], readers: Sequence[str]) -> int:
    return _tall(reads, readers) * 26 + 40


@dataclass(frozen=True)
class Ways:
    """Where what is told of examples leads to. ``grids``: the address of the page with examples as grids."""

    run: Callable[[], Awaitable[None]]
    example: Callable[[Example], Awaitable[None]]
    line: Callable[[Path, int], Awaitable[None]]
    grids: Callable[..., str]


async def example_rows(desk: Desk, book: Book, name: str, found: Reached | None, ways: Ways) -> Sequence[Row]:
    """The examples that mention a name, with how they came out, what none of them reaches, and all others that fail:
    a changed figure shows in examples that never name it.
    """
    examples = await aside(examples_of, book, name) if name else []
    failed = await aside(_failed, book, found) if found is not None else []
    return list(_example_rows(desk, name, found, ways, examples, failed))


def _example_rows(
    desk: Desk, name: str, found: Reached | None, ways: Ways, examples: Sequence[Example], failed: Sequence[Example]
) -> Iterator[Row]:  # fmt: skip
    words = "在格子里看、改这些例子" if examples else "在格子里看、改所有的例子"
    grids = ways.grids(name=name) if examples else ways.grids()
    yield Row("grids", (words, grids), lambda: ui.link(words, grids).classes("wb-to"))
    mention = f"{len(examples)} 个例子提到它" if examples else "没有例子直接提到它；它变了哪些会变，运行了就知道"
    said = f"{name}：{mention}" if name else "光标停在一个名字上，就列出提到它的例子"
    run = Row("run", (), lambda: ui.button("运行全部例子", on_click=ways.run).props("dense no-caps outline"))
    bar = [text_row("said", said, "wb-grow"), run]
    yield Row("bar", (), lambda: ui.row().classes("wb-rule-bar"), bar)
    if found is None:
        yield text_row("not run", "规则改成现在这样以后，还没有运行过例子", "wb-quiet")
    elif name:
        yield from _reached_rows(found, name, ways)
    for example in examples:
        yield _example(desk, example, found, ways)
    listed = {(one.path, one.name) for one in examples}
    others = [one for one in failed if (one.path, one.name) not in listed]
    if others:
        yield text_row("others", "别的例子里不符的" if name else "不符的例子", "wb-subtitle")
    for example in others:
        yield _example(desk, example, found, ways, mentions=False)


def _reached_rows(found: Reached, name: str, ways: Ways) -> Iterator[Row]:
    count, missing = found.of(name)
    if count:
        yield text_row("reached", f"情形、表行和界值 {count} 处，例子走到 {count - len(missing)} 处", "wb-about")
    for one in missing:
        to = partial(ways.line, Path(one.place.file), one.place.line)
        way = Row("way", one, partial(_leading, f"没有走到：{one.what}", to, "wb-warn"))
        yield Row(("missing", one.what, one.place.line), (), _box(""), [way])


def _failed(book: Book, found: Reached) -> list[Example]:
    """Every example that fails, once, whichever names it mentions."""
    met: dict[tuple[Path, str], Example] = {}
    for named_in in all_examples(book).values():
        for one in (one for same in named_in.values() for one in same):
            outcome = found.outcome(one.path, one.name)
            if outcome is not None and not outcome.passed:
                met[one.path, one.name] = one
    return sorted(met.values(), key=lambda one: (one.path, one.line))


def _example(desk: Desk, example: Example, found: Reached | None, ways: Ways, *, mentions: bool = True) -> Row:
    outcome = found.outcome(example.path, example.name) if found is not None else None
    mark, look = ("·", "wb-quiet") if outcome is None else ("✓", "wb-good") if outcome.passed else ("✗", "wb-bad")
    link = Row("example", example, lambda: _leading(example.name, partial(ways.example, example)))
    rows = [text_row("mark", mark, look), link]
    if mentions:
        rows.append(text_row("mentions", "比较它" if example.compares else "给出它", "wb-quiet wb-inline"))
    if outcome is not None and not outcome.passed and example.path.is_relative_to(desk.folder):
        file = example.path.relative_to(desk.folder).as_posix()
        address = ways.grids(file=file, example=example.name, failing="1")
        rows.append(Row("grid", address, lambda: ui.link("在格子里改", address).classes("wb-to")))
    for number, failure in enumerate(outcome.failures if outcome is not None else ()):
        rows.append(text_row(number, failure, "wb-bad wb-failure"))
    return Row((example.path, example.name), (), _box("wb-example-row"), rows)
