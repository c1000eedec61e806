"""How a name came to stand as it does: every layer that wrote it, with value, date, article, file and line."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rulebook.book import Book
from engine.rulebook.layers import Layer, RawEntry
from engine.rulebook.source import Mapping, Scalar, Sequence


@dataclass(frozen=True)
class Event:
    """``start``: the date in force, or empty; ``how``: 新写, 替换, 补齐, 加字段 or 删除; ``text``: what was written."""

    start: str
    how: str
    text: str
    cite: str
    status: str
    note: str
    place: str
    layer: str


def history(book: Book, name: str) -> list[Event]:
    """All events of a name, lowest layer first; dated values one by one."""
    found: list[Event] = []
    known = False
    for layer in book.layers:
        start = str(layer.start) if layer.start else ""
        for gone in layer.deleted:
            if gone.text == name:
                found.append(Event(start, "删除", "", "", "", "", str(gone.place), layer.title))
        for raw in layer.replaced:
            if raw.name == name or raw.name.startswith(name + "."):
                found.extend(_events(raw, "替换", layer, start))
                known = True
        for raw in layer.entries:
            if raw.name == name:
                how = "新写" if not known else "加字段" if raw.kind == "table" else "补齐"
                found.extend(_events(raw, how, layer, start))
                known = True
    return found


def _events(raw: RawEntry, how: str, layer: Layer, start: str) -> list[Event]:
    cite = _text(raw.body.get("依据")) or raw.cite
    status = _text(raw.body.get("状态")) or raw.status or "正式"
    note = _text(raw.body.get("说明"))
    dated = raw.body.get("取值")
    if isinstance(dated, Mapping):
        return [
            Event(day.text, how, written(value), cite, status, note, str(day.place), layer.title)
            for day, value in dated.entries
        ]
    text = "；".join(
        f"{key.text}: {written(value)}" for key, value in raw.body.entries if key.text not in ("依据", "状态", "说明")
    )
    return [Event(start, how, text, cite, status, note, str(raw.place), layer.title)]


def written(node: object) -> str:
    """YAML as one line."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return "[" + ", ".join(written(item) for item in node.items) + "]"
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{key.text}: {written(value)}" for key, value in node.entries) + "}"
    return ""


def _text(node: object) -> str:
    return node.text if isinstance(node, Scalar) else ""
