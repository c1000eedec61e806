"""How a name came to stand as it does: every layer that wrote it, with value, date, article, file and line."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from engine.rulebook.book import Book
from engine.rulebook.in_force import FROM_THE_FIRST_DAY, retroactive_from, start_of
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.layers import Layer, RawEntry
from engine.rulebook.model import Parameter, Provenance
from engine.rulebook.source import Mapping, Scalar, Sequence, Yaml

_HINTS = "合成"
"""Says how data are made up, and nothing of a name."""


@dataclass(frozen=True)
class Event:
    """``start``: the date in force, or empty; ``how``: 新写, 替换, 补齐, 加字段 or 删除, and whether 追溯;
    ``text``: what was written, ``lines`` the same in lines (branches and rows one by one); ``figure``: where a dated
    value stands.
    """

    start: str
    how: str
    text: str
    cite: str
    status: str
    note: str
    place: str
    layer: str
    figure: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What holds from ``day`` until the next, and whose it is; ``text``: a figure, empty for other entries."""

    day: datetime.date
    text: str
    provenance: Provenance
    place: str


def standing(book: Book, name: str) -> list[Standing]:
    """What a run reads of a name on each day, from the region's first: one for each change; gaps have no place."""
    found: list[Standing] = []
    for day in book.epochs:
        entry = book.at(day).entries.get(name)
        provenance = entry.provenance if entry is not None else Provenance()
        text, place = "", str(provenance.place)
        if isinstance(entry, Parameter):
            formula = entry.on(day)
            text, place = (formula.text, str(formula.place)) if formula is not None else ("", "")
        if not found or (found[-1].text, found[-1].place) != (text, place):
            found.append(Standing(day, text, provenance, place))
    return found


def history(book: Book, name: str) -> list[Event]:
    """All events of a name, lowest layer first; dated values one by one."""
    found: list[Event] = []
    known = False
    for layer in book.layers:
        start = str(layer.start) if layer.start else ""
        for gone in layer.deleted:
            if gone.text == name or gone.text.startswith(name + "."):
                found.append(
                    Event(start, "删除", gone.text.partition(".")[2], "", "", "", str(gone.place), layer.title)
                )
        for raw in layer.replaced:
            if raw.name == name or raw.name.startswith(name + "."):
                found.extend(_events(raw, "替换", layer, start))
                known = True
        for raw in layer.entries:
            if raw.name == name and raw.body.keys() != (_HINTS,):
                how = "新写" if not known else "加字段" if raw.kind == "table" else "补齐"
                found.extend(_events(raw, how, layer, start))
                known = True
    return found


def _events(raw: RawEntry, how: str, layer: Layer, start: str) -> list[Event]:
    cite = _text(raw.body.get("依据")) or raw.cite
    status = _text(raw.body.get("状态")) or raw.status or "正式"
    note = _text(raw.body.get("说明"))
    how += "，追溯" if retroactive_from(raw) is not None else ""
    dated = raw.body.get("取值")
    if isinstance(dated, Mapping):
        return [
            Event(_start(day, raw), how, written(value), cite, status, note, str(day.place), layer.title, _of(value))
            for day, value in dated.entries
        ]
    start = str(retroactive_from(raw) or start)
    told = [(key, value) for key, value in raw.body.entries if key.text not in (*PROVENANCE_WORDS, "读法", _HINTS)]
    text = "；".join(f"{key.text}: {written(value)}" for key, value in told)
    lines = tuple(line for key, value in told for line in _lines(key.text, value))
    return [Event(start, how, text, cite, status, note, str(raw.place), layer.title, lines=lines)]


_ABOUT = ("依据", "状态", "说明")


def _lines(word: str, value: Yaml) -> Iterator[str]:
    """One keyword in lines: of 分情形 a line for each branch, of 表 for each row, with what it says of itself; of
    字段 and 列 for each name.
    """
    if word == "分情形" and isinstance(value, Mapping):
        yield f"{word}:"
        for condition, branch in value.entries:
            then = branch.get("则") if isinstance(branch, Mapping) else branch
            yield f"  {condition.text}: {written(then)}{_about(branch)}"
    elif word == "表" and isinstance(value, Sequence):
        yield f"{word}:"
        for row in value.items:
            cells = (
                [(k, v) for k, v in row.entries if k.text not in PROVENANCE_WORDS] if isinstance(row, Mapping) else []
            )
            yield f"  {'，'.join(f'{key.text} {written(cell)}' for key, cell in cells)}{_about(row)}"
    elif word in ("字段", "列") and isinstance(value, Mapping):
        yield f"{word}:"
        yield from (f"  {key.text}: {_plainly(spec)}" for key, spec in value.entries)
    else:
        yield f"{word}: {written(value)}"


def _plainly(spec: Yaml) -> str:
    """What is said of a field or column, without the braces."""
    if not isinstance(spec, Mapping):
        return written(spec)
    return "，".join(f"{key.text} {written(value)}" for key, value in spec.entries)


def _about(node: Yaml) -> str:
    """Article, status and remark of a branch or row, where it has its own."""
    if not isinstance(node, Mapping):
        return ""
    cite, status, note = (_text(node.get(word)) for word in _ABOUT)
    whose = cite + (f"（{status}）" if status and status != "正式" else "")
    return (f"  〔{whose}〕" if whose else "") + (f" {' '.join(note.split())}" if note else "")


def _of(value: Yaml) -> str:
    """Where a figure stands, as the model has it."""
    lead = len(value.text) - len(value.text.lstrip()) if isinstance(value, Scalar) else 0
    return str(value.at(lead) if isinstance(value, Scalar) else value.place)


def _start(key: Scalar, raw: RawEntry) -> str:
    """The day as written; of 施行 the day it stands for, if the layer has one."""
    day = start_of(key, raw)
    return key.text if day is None or day == FROM_THE_FIRST_DAY else str(day)


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
