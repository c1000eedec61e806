"""Where two results differ: totals, moves, who gains and who loses with bars, the rows, and the two reasons of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from urllib.parse import quote

from nicegui import ui

from engine.compare.compared import ROWS, Compared, Comparison, Total, compared
from engine.explain.keys import joined
from engine.rulebook.model import Statement
from engine.simulate.simulate import AFTER, BEFORE, TITLES
from engine.workbench.page import Here, aside
from engine.workbench.pages.compare.told import show_effect, show_heads
from engine.workbench.shows.bars import show_bars
from engine.workbench.shows.names_beside import names_beside
from engine.workbench.shows.run_rules import rules_of
from engine.workbench.shows.tables import show_table
from engine.workbench.shows.units import Units, grouped, most_grouped, scope_of, titled, units_of
from engine.workbench.workplace import Run

ALL = "*"
"""In an address: the rows of every value, not of one."""
SIDES = {"A": TITLES[BEFORE], "B": TITLES[AFTER]}
Address = Callable[..., str]
"""Of the page that shows two results, with what else it is to show."""


async def show_differences(
    here: Here, one: Run, other: Run, address: Address, room: ui.element, about: ui.element
) -> None:  # fmt: skip
    """``by`` of the address: the column by which gains are told; ``of``: whose rows are listed; ``at``: the statement
    that is looked at. What it comes to goes into ``room``, what the two results are of into ``about``.
    """
    by, of = here.asked.get("by", ""), here.asked.get("of")
    now = await rules_of(here, (await aside(here.place.open_result, one.name)).record)
    statements = now.statements
    first = {name: _first(statement) for name, statement in statements.items()}
    names = {name: names_beside(now, statement) for name, statement in statements.items()}
    units = await aside(units_of, scope_of(now, one.program, one.period))
    with room:
        waiting = ui.label("正在比较…").classes("wb-quiet").props("role=status")
    said = await here.place.beside.ask(
        compared, str(one.folder), str(other.folder), by, _value(of), first, ROWS, names
    )  # fmt: skip
    waiting.delete()
    with room:
        show_effect(said, units)
    with about:
        show_heads(said, list(SIDES.values()))
    if said.moved:
        ui.label("去向不同的行数").classes("wb-subtitle")
        show_table(["表", "去向", *SIDES.values()], [list(map(grouped, line)) for line in said.moved], 2)
    for name, which in said.only:
        ui.label(f"报表 {name} 只有{SIDES[which]}有").classes("wb-warn")
    _choose(said, address)
    if of is not None:
        with ui.row().classes("wb-row"):
            ui.label(f"只列 {said.by} 是 {_called(said, _value(of) or '')} 的行")
            ui.link("列出全部的行", address(by=said.by))
    for sheet in said.found:
        looked_at = _sheet(sheet, said, of, address, statements.get(sheet.name), units.get(sheet.name, {}))
        if sheet.name == here.asked.get("at"):
            here.window.run_javascript(f"getHtmlElement({looked_at.id})?.scrollIntoView({{block: 'start'}})")


def _first(about: Statement) -> list[str]:
    """Headings of what is looked at first, the most telling first."""
    headings = {column.name: column.heading for column in about.columns}
    return [headings[name] for name in about.first if name in headings]


def _called(said: Comparison, value: str) -> str:
    return f"{value} {said.called.get(value, '')}".strip() or "（空）"


def _value(of: str | None) -> str | None:
    """An absent value stands in an address as a mark: an empty one would be left out."""
    return "" if of == ALL else of


def _choose(said: Comparison, address: Address) -> None:
    columns = list(dict.fromkeys(name for sheet in said.found for name in sheet.columns))
    if columns:
        chosen = ui.select(columns, value=said.by if said.by in columns else None, label="按哪一列看谁多谁少")
        chosen.props("outlined dense").classes("wb-choose-by")
        chosen.on_value_change(lambda event: ui.navigate.to(address(by=event.value)))


def _sheet(
    sheet: Compared, said: Comparison, of: str | None, address: Address, about: Statement | None, units: Units
) -> ui.element:  # fmt: skip
    """What is looked at of it: the rows of one value where they are asked for."""
    with ui.element("section").classes("wb-card wb-compared") as room:
        title = f"{sheet.name}：{sheet.rows[0]} 行 → {sheet.rows[1]} 行"
        ui.label(title).classes("wb-subtitle").props("role=heading aria-level=2")
        if any(sheet.only):
            ui.label(f"只有原来有的 {sheet.only[0]} 行，只有改后有的 {sheet.only[1]} 行").classes("wb-quiet")
        for heading, which in sheet.lost:
            ui.label(f"列 {heading} 只有{SIDES[which]}有").classes("wb-warn")
        if sheet.changed:
            headings = ["列", "不同的行", *(f"{side}的合计" for side in SIDES.values()), "差", "变得最多的一行"]
            show_table(headings, [_total(line, units) for line in sheet.changed], 1)
        if sheet.moves:
            show_table(["列", "从", "到", "行"], [[*line[:-1], grouped(line.rows)] for line in sheet.moves], 3)
        address = partial(address, at=sheet.name)
        _gains(sheet, said, address, units)
        rows = _rows(sheet, said, of, address, about.grain if about is not None else "", units)
    return room if rows is None or of is None else rows


def _total(line: Total, units: Units) -> list[str]:
    return [titled(line.column, units), *map(grouped, line[1:-1]), most_grouped(line.most)]


def _gains(sheet: Compared, said: Comparison, address: Address, units: Units) -> None:
    """The first column with its bars; the others behind a line that opens."""
    by = said.by
    told = [(titled(heading, units), lines) for heading, lines in sheet.gains.items()]
    for heading, lines in told[:1]:
        with ui.element("div").classes("wb-gains"):
            _who(heading, lines, said, address)
            show_bars(f"{heading}，按 {by}", [(_called(said, line[0]), line[-1]) for line in lines])
    if told[1:]:
        names = "、".join(heading for heading, _ in told[1:])
        with ui.expansion(f"按 {by} 看另外 {len(told) - 1} 列：{names}").classes("wb-more"):
            for heading, lines in told[1:]:
                _who(heading, lines, said, address)


def _who(heading: str, lines: Sequence[tuple[str, ...]], said: Comparison, address: Address) -> None:
    by = said.by
    with ui.element("div"):
        ui.label(f"{heading}，按 {by}").classes("wb-quiet")
        shown = [[_called(said, line[0]), *map(grouped, line[1:])] for line in lines]
        show_table([by, *SIDES.values(), "差"], shown, 1, lambda n: address(by=by, of=lines[n][0] or ALL))


def _rows(
    sheet: Compared, said: Comparison, of: str | None, address: Address, grain: str, units: Units
) -> ui.element | None:
    by = said.by
    if of is not None and by not in sheet.columns:
        ui.label(f"这张报表没有列 {by}，不列行").classes("wb-quiet")
    rows = list(_by_key(sheet))
    if not rows:
        return None
    whose = f"{by} {_called(said, _value(of) or '')}：" if of is not None and by in sheet.columns else ""
    with ui.expansion(f"{whose}变得最多的 {len(rows)} 行", value=of is not None).classes("wb-more wb-rows-of") as room:
        for key, cells in rows:
            with ui.row().classes("wb-row wb-changed-row"):
                ui.label("，".join(key)).classes("wb-step-name")
                ui.label("；".join(_cell(*cell, units, sheet) for cell in cells))
                if grain:
                    told = address(by=by if of else "", of=of or "", grain=grain)
                    ui.link("两边的理由", f"{told}&key={quote(joined(key), safe='')}")
    return room


def _cell(heading: str, one: str, other: str, units: Units, sheet: Compared) -> str:
    if heading in units or heading in sheet.gains:
        one, other = grouped(one), grouped(other)
    return f"{heading} {one or '（空）'} → {other or '（空）'} {units.get(heading, '')}".rstrip()


def _by_key(sheet: Compared) -> Iterator[tuple[tuple[str, ...], list[tuple[str, str, str]]]]:
    for key, cells in groupby(sheet.cells, key=lambda cell: cell[0]):
        yield key, [cell[1:] for cell in cells]
