"""A table of a result as a grid that asks the server for its rows as it is turned over."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from nicegui import ui

from engine.results.conditions import DAY, NUMBER
from engine.results.tables import Column, Table
from engine.workbench.shows.troubles import tell
from engine.workbench.shows.units import Units, titled

BLOCK = 200
ROOM_TO_SORT = 40
"""Beside a heading: with the arrow of a sorted column it is still whole."""
_GROUPED = (
    "(p) => p.value == null ? '' : String(p.value).replace(/^[+-]?\\d+/, (w) => w.replace(/\\B(?=(\\d{3})+$)/g, ','))"
)
"""Of a text that ``units.grouped`` groups likewise."""
_CALLED = "((names) => (p) => names[p.value] ? `${p.value} ${names[p.value]}` : p.value)(NAMES)"
_WORDS = {
    "noRowsToShow": "没有行", "loadingOoo": "正在读…", "contains": "含有", "notContains": "不含", "equals": "等于",
    "notEqual": "不等于", "startsWith": "开头是", "blank": "空", "notBlank": "不空", "lessThan": "小于",
    "lessThanOrEqual": "不大于", "greaterThan": "大于", "greaterThanOrEqual": "不小于", "inRange": "在…之间",
    "inRangeStart": "从", "inRangeEnd": "到", "filterOoo": "筛选…", "before": "早于", "after": "晚于",
    "applyFilter": "筛选", "resetFilter": "不筛选", "andCondition": "并且", "orCondition": "或者",
    "ariaFilterMenuOpen": "打开筛选", "ariaFilterInput": "筛选的值", "ariaFilterFromValue": "从",
    "ariaFilterToValue": "到",
    "pinColumn": "固定", "sortAscending": "从小到大", "sortDescending": "从大到小", "sortUnSort": "不排",
}  # fmt: skip
_ALL = ("equals", "notEqual", "blank", "notBlank")
_ORDERED = ("equals", "notEqual", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "inRange",
            "blank", "notBlank")  # fmt: skip
_OF = {
    NUMBER: ("agNumberColumnFilter", _ORDERED),
    DAY: ("agDateColumnFilter", ("equals", "notEqual", "lessThan", "greaterThan", "inRange", "blank", "notBlank")),
}
_TEXT = ("agTextColumnFilter", ("contains", "notContains", "startsWith", *_ALL))


def show_grid(
    result: str, table: Table, why: str, first: Collection[str], called: Mapping[str, Mapping[str, str]], units: Units
) -> ui.aggrid:
    """``why``: the address of a row's reasons, to which its key is added; empty where there are none. ``first``: the
    headings that a reader looks at first. ``called``: by heading what its codes are called, where no column says it.
    """
    asked = urlencode({"result": result, "table": table.title})
    columns = [_column(number, column, column.heading in first, units) for number, column in enumerate(table.columns)]
    for column, about in zip(table.columns, columns, strict=True):
        if names := called.get(column.heading):
            longest = max(len(code) * 9 + len(name) * 15 for code, name in names.items())
            about |= {
                ":valueFormatter": _CALLED.replace("NAMES", json.dumps(names)), "suppressAutoSize": True,
                "width": min(max(longest + 44, about["width"]), 320),
            }  # fmt: skip
    if why:
        columns.insert(0, {
            "headerName": "理由", "colId": "why", "width": 76, "suppressAutoSize": True, "pinned": "left",
            "sortable": False, "filter": False,
            ":cellRenderer": _link(why),
        })  # fmt: skip
    grid = ui.aggrid(
        {
            "columnDefs": columns, "rowModelType": "infinite", "cacheBlockSize": BLOCK, "maxBlocksInCache": 20,
            "autoSizePadding": ROOM_TO_SORT, "infiniteInitialRowCount": 1,
            "localeText": _WORDS, "animateRows": False, "enableCellTextSelection": True,
            "defaultColDef": {"sortable": True, "resizable": True, "suppressHeaderMenuButton": False},
        },
        auto_size_columns=False,
    )  # fmt: skip
    source = _SOURCE.replace("GRID", str(grid.id)).replace("ASKED", json.dumps(asked))
    grid.options[":datasource"] = source
    grid.on("rows-failed", lambda event: tell(f"行没有读出来：{event.args}"))
    grid.classes("wb-grid")
    height = min(table.rows, 18) * 42 + 150
    grid.style(f"height: min({height}px, calc(100vh - 250px)); min-height: 260px")
    with ui.row().classes("wb-row wb-no-print"):
        for kind, title in (("xlsx", "下载 Excel"), ("csv", "下载 CSV")):
            button = ui.button(title, icon="download").props("flat no-caps dense")
            button.on("click", js_handler=_DOWNLOAD.replace("GRID", str(grid.id)).replace("KIND", kind)
                      .replace("ASKED", json.dumps(asked)))  # fmt: skip
    return grid


def _column(number: int, column: Column, is_first: bool, units: Units) -> dict:
    name, options = _OF.get(column.kind, _TEXT)
    heading = titled(column.heading, units)
    found = {
        "headerName": heading, "field": f"c{number}", "filter": name,
        "filterParams": {"filterOptions": list(options), "maxNumConditions": 1, "buttons": ["apply", "reset"],
                         "closeOnApply": True},
        "width": min(max(len(heading) * 17 + 62, 120), 300),
    }  # fmt: skip
    if column.kind == NUMBER:
        found |= {"cellClass": "wb-num", "headerClass": "ag-right-aligned-header"}
        if column.adds_up or column.heading in units:  # a year is a number, too
            found[":valueFormatter"] = _GROUPED
    if is_first:
        found["cellClass"] = f"{found.get('cellClass', '')} wb-first".strip()
    found["maxWidth"] = 460
    if column.key:
        found["pinned"] = "left"
    if column.heading == "原因":
        found["width"] = 420
    return found


_SOURCE = """{
  rowCount: undefined,
  getRows: async (p) => {
    const asked = new URLSearchParams(ASKED);
    asked.set('start', p.startRow); asked.set('count', p.endRow - p.startRow);
    asked.set('sort', JSON.stringify(p.sortModel)); asked.set('filter', JSON.stringify(p.filterModel));
    try {
      const answer = await fetch('/rows?' + asked);
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.error);
      p.successCallback(found.rows, found.matching);
      setTimeout(() => {
        const grid = getElement(GRID).api;
        grid.setGridOption('pinnedBottomRowData', Object.keys(found.sums).length ? [found.sums] : []);
        const fit = grid.getColumns().filter((one) => !one.getColDef().suppressAutoSize);
        if (!grid.sized) { grid.sized = true; grid.autoSizeColumns(fit); }
      }, 30);
    } catch (error) {
      p.failCallback();
      getElement(GRID).$emit('rows-failed', error instanceof TypeError ? '工作台没有回应' : error.message);
    }
  }
}"""
_DOWNLOAD = """() => {
  const api = getElement(GRID).api, asked = new URLSearchParams(ASKED);
  const sort = api.getColumnState().filter(c => c.sort).sort((a, b) => a.sortIndex - b.sortIndex);
  asked.set('sort', JSON.stringify(sort.map(c => ({colId: c.colId, sort: c.sort}))));
  asked.set('filter', JSON.stringify(api.getFilterModel())); asked.set('kind', 'KIND');
  window.location = '/rows-file?' + asked;
}"""


def _link(why: str) -> str:
    address = json.dumps(why + ("&" if "?" in why else "?") + "key=")
    return (
        "(p) => { if (!p.data || p.node.rowPinned) return p.node.rowPinned ? '合计' : ''; "
        "const a = document.createElement('a'); a.textContent = '理由'; "
        f"a.href = {address} + encodeURIComponent(p.data.key); return a; }}"
    )
