"""Two results are chosen; the page shows where they differ, or the reasons of one row in both."""

from __future__ import annotations

from nicegui import ui

from engine.execute.period import parse_period
from engine.explain.keys import joined
from engine.files.errors import DataError
from engine.workbench.page import Here, Page, aside
from engine.workbench.pages.compare.figures import Compared, compared
from engine.workbench.pages.settle.trying import explained
from engine.workbench.shows.steps import Tree
from engine.workbench.shows.tables import show_table
from engine.workbench.workplace import Run


async def build(here: Here) -> None:
    one, other, by = (here.asked.get(name, "") for name in ("a", "b", "by"))
    runs = {run.name: run for run in await aside(here.place.results) if run.region == here.region}
    for name in (one, other):
        if name and name not in runs:
            raise DataError(f"没有结果 {name}", "它可能移走了")
    if one and other and here.asked.get("grain"):
        await _reasons(here, [runs[one], runs[other]], here.asked["grain"], here.asked.get("key", ""))
        return
    ui.label("两个结果的比较").classes("wb-title").props("role=heading aria-level=1")
    if len(runs) < 2:
        ui.label("先在结算那一页用同样的数据算出两个结果：规则改动前一个，改动后一个。").classes("wb-quiet")
        return
    with ui.element("div").classes("wb-settle-two"):
        for name, title, value in (("a", "原来的", one), ("b", "改了以后的", other)):
            choice = ui.select(list(runs), value=value or None, label=title).props("outlined dense")
            choice.on_value_change(
                lambda event, name=name: ui.navigate.to(
                    here.address(**{**{"a": one, "b": other, "by": by}, name: event.value})
                )
            )
    if one and other:
        await _differences(here, runs[one], runs[other], by)


async def _differences(here: Here, one: Run, other: Run, by: str) -> None:
    waiting = ui.label("正在比较…").classes("wb-quiet").props("role=status")
    heads, moved, found, same = await here.place.beside.ask(compared, str(one.folder), str(other.folder), by)
    waiting.delete()
    ui.label(f"{len(found)} 张报表不同，{same} 张相同").classes("wb-subtitle").props("role=heading aria-level=2")
    if heads:
        show_table(["不同", "原来的", "改了以后的"], [[what, *texts] for what, texts in heads])
    if moved:
        ui.label("去向不同的行数").classes("wb-subtitle")
        show_table(["表", "去向", "原来的", "改了以后的"], moved, 2)
    columns = list(dict.fromkeys(name for sheet in found for name in sheet.columns))
    if columns:
        chosen = ui.select(columns, value=by if by in columns else None, label="按哪一列看谁多谁少")
        chosen.props("outlined dense").classes("wb-choose-by")
        chosen.on_value_change(lambda event: ui.navigate.to(here.address(a=one.name, b=other.name, by=event.value)))
    book = await here.book()
    statements = book.at(max(parse_period(one.period).end, book.start)).statements
    for sheet in found:
        grain = statements[sheet.name].grain if sheet.name in statements else ""
        _sheet(sheet, by, here.address(a=one.name, b=other.name, grain=grain) if grain else "")


def _sheet(sheet: Compared, by: str, why: str) -> None:
    ui.label(f"{sheet.name}：{sheet.rows[0]} 行 → {sheet.rows[1]} 行").classes("wb-subtitle")
    if any(sheet.only):
        ui.label(f"只在原来的 {sheet.only[0]} 行，只在改了以后的 {sheet.only[1]} 行").classes("wb-quiet")
    if sheet.changed:
        show_table(["列", "不同的行", "合计，原来的", "合计，改了以后的"], [list(line) for line in sheet.changed], 1)
    if sheet.moves:
        show_table(["列", "从", "到", "行"], [list(line) for line in sheet.moves], 3)
    for heading, lines in sheet.gains.items():
        ui.label(f"{heading}，按 {by}").classes("wb-quiet")
        show_table([by, "原来的", "改了以后的", "差"], [list(line) for line in lines], 1)
    with ui.expansion(f"不同的行（前 {len(sheet.cells)} 个）").classes("wb-more"):
        for key, heading, before, after in sheet.cells:
            with ui.row().classes("wb-row"):
                ui.label(f"{'，'.join(key)} {heading}：{before} → {after}")
                if why:
                    ui.link("两边的理由", f"{why}&key={_quoted(joined(key))}")


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


async def _reasons(here: Here, runs: list[Run], grain: str, key: str) -> None:
    ui.label(f"{grain} {key}").classes("wb-title").props("role=heading aria-level=1")
    ui.link("回到比较", here.address(a=runs[0].name, b=runs[1].name))
    with ui.element("div").classes("wb-settle"):
        rooms = [ui.element("section").classes("wb-card") for _ in runs]
    for run, room, title in zip(runs, rooms, ("原来的", "改了以后的"), strict=True):
        with room:
            ui.label(f"{title}：{run.name}").classes("wb-subtitle")
            found = await here.place.beside.ask(explained, str(run.folder), grain, key)
            if found.left_out:
                ui.label(found.left_out).classes("wb-warn")
            await Tree().show(found.steps)


PAGE = Page("compare", "比较", build)
