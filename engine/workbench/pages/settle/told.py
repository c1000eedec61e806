"""A result: where every row went, its statements and refused rows as grids, 必须, and what of it is not 正式."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nicegui import ui

from engine.results.called import Called, values_called
from engine.results.tables import STATEMENT, Table
from engine.rulebook.model import Statement
from engine.workbench.page import Here, aside
from engine.workbench.pages.settle.grid import show_grid
from engine.workbench.shows.names_beside import names_beside
from engine.workbench.shows.run_rules import rules_of
from engine.workbench.shows.tables import show_table
from engine.workbench.shows.troubles import show_line
from engine.workbench.shows.units import Units, scope_of, units_of

_STATES = ("冲销", "期外", "拒收", "排除", "挂起", "结算", "参加")


async def show_result(here: Here, name: str) -> None:
    result = await aside(here.place.open_result, name)
    tables = await aside(lambda: result.tables)
    said = result.said
    now = await rules_of(here, result.record)
    statements = now.statements
    beside = {name: names_beside(now, about) for name, about in statements.items()}
    units = await aside(units_of, scope_of(now, said["program"], said["period"]))
    called = await aside(values_called, result.record.folder, tables, beside)
    title = f"{said['title']} {said['program']} {said['period']}"
    with ui.row().classes("wb-row"):
        ui.label(title).classes("wb-title").props("role=heading aria-level=1")
        if said["example"]:
            ui.label("示例：含虚构数值").classes("wb-example")
    run = await aside(here.place.result, name)
    with ui.expansion(f"{run.title if run else name}：文件夹、引擎、规则的摘要").classes("wb-technical"):
        ui.label(f"{name}，引擎 {said['engine']}，规则 {said['rules_sha256'][:12]}").classes("wb-quiet")
    shown = here.asked.get("table", "")
    chosen = next((table for table in tables if table.title == shown), tables[0] if tables else None)
    with ui.tabs().classes("wb-tabs").props("dense no-caps align=left") as tabs:
        for table in tables:
            ui.tab(table.title, f"{table.title}（{table.rows}）")
        ui.tab("去向", "去向和必须")
        ui.tab("依据", "不是正式的")
    first = "去向" if shown == "去向" or chosen is None else "依据" if shown == "依据" else chosen.title
    with ui.tab_panels(tabs, value=first).classes("wb-panels").props("keep-alive"):
        for table in tables:
            with ui.tab_panel(table.title).props(f"aria-label={json.dumps(table.title)}"):
                _grid(here, name, table, statements, called, units)
        with ui.tab_panel("去向"):
            _went(said)
        with ui.tab_panel("依据"):
            _unofficial(said)
    tabs.on_value_change(lambda event: here.show_address(result=name, table=str(event.value)))


def _grid(
    here: Here, name: str, table: Table, statements: Mapping[str, Statement], called: Called, units: Mapping[str, Units]
) -> None:  # fmt: skip
    about = statements.get(table.name) if table.kind == STATEMENT else None
    grain = about.grain if about is not None else "" if table.kind == STATEMENT else table.name
    first = [c.heading for c in about.columns if c.name in about.first] if about is not None else []
    if table.rows == 0:
        ui.label("没有行").classes("wb-quiet")
    there = {column.heading for column in table.columns}
    codes = {heading: names for heading, (name_of, names) in called.items() if name_of not in there}
    told = units.get(table.name, {}) if table.kind == STATEMENT else {}
    show_grid(name, table, here.address(result=name, grain=grain) if grain else "", first, codes, told)


def _went(said: dict[str, Any]) -> None:
    ui.label("每一行去了哪里").classes("wb-subtitle")
    states = [s for s in _STATES if any(account["states"].get(s) for account in said["accounting"])]
    show_table(
        ["表", "行", *states],
        [[a["table"], a["rows"], *(a["states"].get(s, "") for s in states)] for a in said["accounting"]],
    )
    _list("拒收的原因", [_refusal(one) for one in said["refused"]], "wb-warn")
    excluded = [
        f"{a['table']} {one['state']}：{one['by']}，{one['rows']} 行"
        for a in said["accounting"] for one in a["by"] if one["state"] in ("排除", "挂起")
    ]  # fmt: skip
    _list("排除和挂起", excluded, "")
    ui.label("必须").classes("wb-subtitle")
    if said["assertions"]:
        show_table(
            ["必须", "依据", "检查的行", "结果"],
            [
                [one["name"], one["cite"], "" if one["why_not"] else one["rows"],
                 one["why_not"] or (f"{one['broken']} 行不成立，只提醒" if one["broken"] else "都成立")]
                for one in said["assertions"]
            ],
        )  # fmt: skip
    else:
        ui.label("规则里没有写必须。").classes("wb-quiet")
    warned = [f"{name}：{count} 行" for name, count in said["warnings"].items()]
    _list("提醒", [*warned, *said["notes"]], "wb-warn")


def _refusal(one: dict[str, Any]) -> str:
    example = one["example"]
    where = f"{example['origin']}{' 第 ' + str(example['line']) + ' 行' if example['line'] else ''}"
    return f"{one['table']}：{one['by']}，{one['rows']} 行；如 {where} {example['key']}：{example['reason']}"


def _unofficial(said: dict[str, Any]) -> None:
    if not said["not_official"]:
        ui.label("用到的数值和规则都是正式的。").classes("wb-good")
        return
    ui.label(f"用到 {len(said['not_official'])} 项不是正式的：").classes("wb-subtitle")
    show_table(
        ["名称", "状态", "依据", "说明"],
        [[f"{o['name']} {o.get('part', '')}".strip(), o["status"], o["cite"], o["note"]] for o in said["not_official"]],
    )


def _list(title: str, lines: list[str], style: str) -> None:
    if lines:
        ui.label(title).classes("wb-subtitle")
        with ui.element("ul").classes("wb-list"):
            for line in lines:
                with ui.element("li"):
                    show_line(line, style)
