"""One name of a rulebook with all that is told of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from engine.rulebook.problems import Place

FILL_IN, CHOOSE, REPLACEABLE, UNOFFICIAL = "要填", "选读法", "可替换", "可改"
REPLACED, OWN, AS_IT_IS = "已替换", "本地", "照用"
CHANGES = {
    FILL_IN: "没有数或公式，由当地给出",
    CHOOSE: "原文没有写明，几种读法里选一种",
    REPLACEABLE: "各地常有自己的规定，写它的人说了谁要替换",
    UNOFFICIAL: "暂定或转述，不是正式的规定；本地的规定不同就替换",
    REPLACED: "本地已经替换了沿用来的",
    OWN: "本地自己写的，直接改",
    AS_IT_IS: "沿用来的，照它",
}
"""What a region may do with a name."""


@dataclass(frozen=True)
class Named:
    """An entry, or a field of tables. Texts that do not apply are empty.

    ``kind``: 表 字段 粒度 参数 规则 检查 报表 程序; ``grain``: what a value is of (of a field, its tables);
    ``unit``: unit or type; ``classes``: what it may be; ``meaning``: 说明. ``value``: the figure, formula or shape on
    the day that was asked for, ``since`` when it holds (figures only), ``coming``: later figures by day.
    ``definition``: branches and rows of tables, a line each. ``cites``: every article, of branches and rows too.
    ``readers``: names whose formulas have it; ``programs``: those that reach it. ``change``: a key of
    :data:`CHANGES`, ``change_note``: what by, as the rules say it.
    """

    name: str
    kind: str
    grain: str
    unit: str
    classes: tuple[str, ...]
    meaning: str
    value: str
    since: datetime.date | None
    coming: tuple[tuple[datetime.date, str], ...]
    definition: tuple[str, ...]
    cite: str
    cites: tuple[str, ...]
    status: str
    layer: str
    layer_title: str
    place: Place
    also_called: tuple[str, ...]
    readers: tuple[str, ...]
    programs: tuple[str, ...]
    change: str
    change_note: str

    @property
    def what(self) -> str:
        """Kind, grain and unit in a few words."""
        return " ".join(part for part in (self.kind, self.grain, self.unit) if part)

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON has it: English keys, lists, days as text, the place as file, line and column."""
        return {
            "name": self.name,
            "kind": self.kind,
            "grain": self.grain or None,
            "unit": self.unit or None,
            "classes": list(self.classes),
            "meaning": self.meaning,
            "value": self.value,
            "since": str(self.since) if self.since else None,
            "coming": [{"from": str(day), "value": text} for day, text in self.coming],
            "definition": list(self.definition),
            "cite": self.cite,
            "cites": list(self.cites),
            "status": self.status,
            "layer": self.layer,
            "layer_title": self.layer_title,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "also_called": list(self.also_called),
            "readers": list(self.readers),
            "programs": list(self.programs),
            "change": self.change,
            "change_note": self.change_note,
        }
