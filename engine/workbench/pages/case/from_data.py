"""Where the data have the case of the form: told at the form, with its values to be filled in where they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nicegui import ui

from engine.data.mapping import read_mapping
from engine.data.record import read_record
from engine.explain.origins import near
from engine.files.errors import DataError
from engine.pricing.delivered import Delivered, NotDelivered, as_asked, delivered_case
from engine.pricing.region import Region
from engine.rulebook.model import Table
from engine.rulebook.problems import RulebookError
from engine.workbench.page import Here
from engine.workbench.shows.places import short_place
from engine.workbench.shows.troubles import words_of

FILLED = "填进表单"


@dataclass(frozen=True)
class Places:
    """Where cases are looked for: ``folders``, then the data of the result in ``run``. ``called``: what a reader knows
    them by.
    """

    folders: tuple[Path, ...]
    run: Path | None
    called: str


def looked(table: Table, below: Sequence[Table], places: Places, key: Mapping[str, str]) -> Delivered | None:
    """In the process beside. Raises what :func:`delivered_case` raises."""
    try:
        found = delivered_case(table, below, places.folders, key) if places.folders else None
    except NotDelivered:
        if places.run is None:
            raise
        found = None
    if found is not None or places.run is None:
        return found
    said = read_record(places.run).said
    there = [place for place in said["data"] if "://" not in place and Path(place).exists()]
    mapping = read_mapping(said["mapping"]) if said["mapping"] else None
    return delivered_case(table, below, there, key, mapping)


class FromData:
    """``look`` says it anew for what the form has now; ``fill`` is called with what the data have."""

    def __init__(self, here: Here, opened: Region, places: Places, fill: Callable[[Delivered], None]) -> None:
        self.here, self.opened, self.places, self.fill = here, opened, places, fill
        self._key: dict[str, str] = {}
        self._found: Delivered | Exception | None = None
        self._asked = 0
        self._shown: tuple[object, bool] | None = None
        self._room = ui.element("div").classes("wb-from-data").props("role=status")

    async def of(self, record: Mapping[str, str | None]) -> Delivered | None:
        """What the data have under the key of the form; looked up once for each key."""
        key = {name: record.get(name) or "" for name in self.opened.keys(self.opened.table)}
        if key == self._key or not all(key.values()) or not (self.places.folders or self.places.run):
            return self._found if key == self._key and isinstance(self._found, Delivered) else None
        self._asked += 1
        asked = self._asked
        table, below = self.opened.tables[self.opened.table], [self.opened.tables[n] for n in self.opened.fields_below]
        found: Delivered | Exception | None
        try:
            found = await self.here.place.beside.ask(looked, table, below, self.places, key)
            found = as_asked(self.opened, found) if found is not None else None
        except (DataError, RulebookError, OSError) as error:
            found = error
        if asked == self._asked:
            self._key, self._found = key, found
        return found if isinstance(found, Delivered) else None

    async def look(self, record: Mapping[str, str | None]) -> None:
        key = {name: record.get(name) or "" for name in self.opened.keys(self.opened.table)}
        await self.of(record)
        same = isinstance(self._found, Delivered) and _is_same(self.opened, record, self._found)
        if self._shown == ((tuple(key.values()), self._found), same):
            return  # nobody loses a button that is being pressed
        self._shown = ((tuple(key.values()), self._found), same)
        self._room.clear()
        if not all(key.values()):
            return
        with self._room:
            self._say(f"{self.opened.table} {','.join(key.values())}", key == self._key, same)

    def _say(self, case: str, is_looked_up: bool, same: bool) -> None:
        found = self._found
        if not (self.places.folders or self.places.run):
            _quiet(f"没有选数据，不知道到哪里找 {case}：按表单里填的算。")
        elif not is_looked_up:
            return
        elif isinstance(found, NotDelivered):
            _quiet(f"{self.places.called} 里没有表 {self.opened.table}，只有公布的表：按表单里填的算。")
        elif isinstance(found, Exception):
            ui.label(f"没有找 {case}：{words_of(found)}").classes("wb-warn")
        elif found is None:
            _quiet(f"{self.places.called} 里没有 {case}：按表单里填的算。")
        else:
            place = short_place(near(found.origin))
            where = f"{place} 第 {found.line} 行" if found.line else place
            if same:
                _quiet(f"表单里就是 {where}。")
                return
            ui.label(f"{where} 有 {case}，表单里的值和它不一样。")
            ui.button(FILLED, icon="input", on_click=lambda: self.fill(found)).props("dense no-caps outline")


def _is_same(opened: Region, record: Mapping[str, str | None], found: Delivered) -> bool:
    return all((record.get(name) or "") == found.record.get(name, "") for name in opened.fields)


def _quiet(text: str) -> None:
    ui.label(text).classes("wb-quiet")
