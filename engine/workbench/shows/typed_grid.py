"""A grid whose cells are typed in: what comes for it leaves alone what somebody types, and has just typed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

_COUNT = """(event) => {
  event.api.casemixTyped ??= new Map();
  event.api.casemixCount = (event.api.casemixCount ?? 0) + 1;
  event.api.casemixTyped.set(`${event.node.id} ${event.column.getColId()}`, event.api.casemixCount);
}"""
"""Which of the changes that were typed was the last of a cell: the page counts those that it has heard of."""
_ENDS = """(given) => {
  const ends = given.editing && given.event.ctrlKey && given.event.key === "Enter";
  if (ends) given.api.stopEditing();
  return ends;
}"""
"""A page that does something at Ctrl+Enter does it with what was typed until then."""
_TAKE = """((api, rows, count, heard) => {
  if (!api) return;
  const typing = new Set(api.getEditingCells().map((cell) => `${cell.rowIndex} ${cell.colId}`));
  const add = [], remove = [];
  for (const row of rows) {
    const node = api.getRowNode(String(row.number));
    if (!node) {
      add.push(row);
      continue;
    }
    const typed = (field) => (api.casemixTyped?.get(`${node.id} ${field}`) ?? 0) > heard;
    const isTheirs = (field) => typing.has(`${node.rowIndex} ${field}`) || typed(field);
    for (const [field, value] of Object.entries(row)) if (!isTheirs(field)) node.data[field] = value;
    const columns = api.getColumns().filter((one) => !typing.has(`${node.rowIndex} ${one.getColId()}`));
    api.refreshCells({ rowNodes: [node], columns, force: true });
  }
  for (let node, number = count; (node = api.getRowNode(String(number))); number++) remove.push(node.data);
  if (add.length || remove.length) api.applyTransaction({ add, remove });
})"""
"""What is another now; a cell in which somebody types stays, and one whose change the page has not heard of yet."""
_TOLD = """(async (api, stops) => {
  if (stops) api?.stopEditing();
  await new Promise((done) => setTimeout(done, 50));
})"""
"""The grid tells of a changed cell a moment later, not at once."""
_ROW = "() => emit((({api}) => api.getDisplayedRowAtIndex(api.getFocusedCell()?.rowIndex ?? -1)?.data)(getElement(ID)))"
Data = dict[str, Any]


@dataclass(frozen=True)
class SeenRow:
    """``row``: from 0, as the reader had it. ``stood``: which texts they saw in it, by field."""

    row: int
    stood: Callable[[], Mapping[str, str]]

    def now(self, rows: Sequence[Mapping[str, str]]) -> int | None:
        """Where it stands in ``rows``, to be asked when its turn has come: others may have come above it meanwhile.
        ``None``: it is not there any more as it was seen, or more than once.
        """
        seen = self.stood()

        def is_it(texts: Mapping[str, str]) -> bool:
            return all(seen.get(field, "").strip() == text.strip() for field, text in texts.items())

        if self.row < len(rows) and is_it(rows[self.row]):
            return self.row
        same = [number for number, texts in enumerate(rows) if is_it(texts)]
        return same[0] if len(same) == 1 else None


@dataclass(frozen=True)
class TypedCell(SeenRow):
    """``place``: of its column, from 0. The row is seen as it stood before ``text`` was typed."""

    place: int
    text: str


class TypedGrid:
    """``rows``: a ``number`` each, from 0; ``c0``, ``c1`` … are the texts of cells, other fields what is told of them.

    ``typed`` keeps a change and calls :meth:`takes` with the rows as they are then. What it did not keep stands in the
    cell again. ``options``: of the grid, beside those that all have.
    """

    def __init__(
        self, columns: list[Data], rows: Sequence[Data], typed: Callable[[TypedCell], Awaitable[None]], **options: Any
    ) -> None:
        self._typed = typed
        self._rows = rows
        self._known = [dict(row) for row in rows]
        """What the browser shows, as far as it told."""
        self._stood: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        """What has stood in each cell of the browser, as far as it was told or told of it."""
        for number in range(len(rows)):
            self._note(number, rows[number])
        self._heard = 0
        self._under_way: Counter[tuple[int, str]] = Counter()
        self._became: dict[tuple[int, str], tuple[str, str]] = {}
        """What was typed last into a cell, and what its file says since: one goes on before the browser knows."""
        self.shown = ui.aggrid({
            "columnDefs": columns, "rowData": [dict(row) for row in rows],
            "defaultColDef": {
                "sortable": False, "cellDataType": False, ":onCellValueChanged": _COUNT,
                ":suppressKeyboardEvent": _ENDS,
            },
            ":getRowId": "(p) => String(p.data.number)", "stopEditingWhenCellsLoseFocus": True,
            "suppressScrollOnNewData": True, "tooltipShowDelay": 200, "animateRows": False,
            "enterNavigatesVertically": True, "enterNavigatesVerticallyAfterEdit": True,
            "undoRedoCellEditing": True, "undoRedoCellEditingLimit": 100,
            "localeText": {"noRowsToShow": "没有行"}, **options,
        })  # fmt: skip
        self.shown.classes("wb-grid")
        self.shown.on("cellValueChanged", self._changed)

    def takes(self, rows: Sequence[Data]) -> None:
        """The rows as they are now: only what is another is sent."""
        self._rows = rows
        if self.shown.is_deleted:
            return
        changed = [other for number in range(len(rows)) if (other := self._other(number))]
        if changed or len(rows) < len(self._known):
            given = json.dumps(changed).replace("<", "\\u003c")
            self.run(f"{_TAKE}({self._api}, {given}, {len(rows)}, {self._heard})")
        del self._known[len(rows) :]

    def run(self, script: str) -> None:
        self.shown.client.run_javascript(script)

    async def leave(self, *, stops: bool = False) -> None:
        """What was typed, and left, has come when this returns; if it ``stops``, also what is just being typed."""
        if self.shown.is_deleted:
            return
        with suppress(TimeoutError):  # a browser that is busy: what was typed comes when it comes
            asked = f"return {_TOLD}({self._api}, {json.dumps(stops)})"
            await self.shown.client.run_javascript(asked, timeout=10)

    def with_row(self, button: ui.button, work: Callable[[SeenRow | None], Awaitable[None]]) -> None:
        """``work`` with the row in which the cursor is when ``button`` is pressed."""

        async def pressed(event: GenericEventArguments) -> None:
            data = event.args
            seen = {name: str(text or "") for name, text in (data or {}).items()}
            number = int(data["number"]) if data else -1
            await work(SeenRow(number, lambda: self._in_the_file(number, seen)) if data else None)

        button.on("click", pressed, js_handler=_ROW.replace("ID", str(self.shown.id)))

    @property
    def _api(self) -> str:
        return f"getElement({self.shown.id})?.api"

    def _other(self, number: int) -> Data:
        """What of a row the browser does not show, but for cells whose change is under way."""
        row = self._rows[number]
        if number == len(self._known):
            self._known.append(dict(row))
            self._note(number, row)
            return dict(row)
        known = self._known[number]
        other = {
            field: row.get(field) for field in {**known, **row}
            if known.get(field) != row.get(field) and not self._under_way[number, field]
        }  # fmt: skip
        known.update(other)
        self._note(number, other)
        return {"number": number, **other} if other else {}

    async def _changed(self, event: GenericEventArguments) -> None:
        self._heard += 1
        data, field = event.args["data"], str(event.args["colId"])
        number = int(data["number"])
        cell = number, field
        typed, before = (str(event.args.get(key) or "") for key in ("newValue", "oldValue"))
        stood = self._seen(number, {**data, field: before})
        if number < len(self._known):
            self._known[number][field] = typed
            self._note(number, {field: typed})
        self._under_way[cell] += 1
        try:
            if typed.strip() != before.strip():
                seen = partial(self._in_the_file, number, stood)
                await self._typed(TypedCell(number, seen, int(field[1:]), typed.strip()))
        finally:
            self._under_way[cell] -= 1
            if number < len(self._rows):
                self._became[cell] = typed, self._rows[number][field]
            self.takes(self._rows)

    def _note(self, number: int, row: Data) -> None:
        for field, text in row.items():
            self._stood[number, field].add(str(text or ""))

    def _seen(self, number: int, data: Data) -> dict[str, str]:
        """The texts of a row as they stood when one of them was typed. A text that has never stood there was typed into
        another cell since, and is told of next.
        """
        known = self._known[number] if number < len(self._known) else data
        return {
            name: text if (text := str(told or "")) in self._stood[number, name] else str(known.get(name) or "")
            for name, told in data.items()
        }

    def _in_the_file(self, number: int, seen: Mapping[str, str]) -> dict[str, str]:
        """The texts that a reader saw; of one that they had typed just before, what became of it."""
        found = dict(seen)
        for field, text in seen.items():
            typed, became = self._became.get((number, field), ("", ""))
            if (number, field) in self._became and typed == text:
                found[field] = became
        return found
