"""Scalars of YAML as cells: what is typed is written as the old text was, in quotes only where it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.rulebook.problems import Problem
from engine.rulebook.source import Mapping, Scalar, read_text
from engine.rulebook.spans import Written


def as_yaml(text: str, style: str = "", flow: bool = True) -> str:
    """``text`` as a scalar: plain, or in the quotes of ``style``, or in quotes because it would be misread."""
    if any(not sign.isprintable() for sign in text):
        raise Refused("单元格里有换行或看不见的字符")
    if style in ("", "|", ">") and _reads_as(text, text, flow):
        return text
    single = "'" + text.replace("'", "''") + "'"
    double = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for made in (single, double) if style == "'" else (double, single):
        if _reads_as(made, text, flow):
            return made
    raise Refused("写不成一个值")


def _reads_as(made: str, text: str, flow: bool) -> bool:
    problems: list[Problem] = []
    root = read_text(f"k: {{v: {made}, w: 1}}\n" if flow else f"k:\n  v: {made}\n", "", problems)
    inner = root.get("k") if root is not None else None
    value = inner.get("v") if isinstance(inner, Mapping) else None
    return not problems and isinstance(value, Scalar) and value.text == text


@dataclass(frozen=True)
class Value:
    """A scalar that is there. ``gone``: what to take out where its cell is emptied; ``None``: it may not be."""

    file: TextFile
    node: Written
    flow: bool
    gone: tuple[int, int] | None = None

    @property
    def span(self) -> tuple[int, int]:
        return self.node.start, self.node.end

    def change(self, text: str) -> Change:
        if not text:
            if self.gone is None:
                raise Refused("不能空着")
            return Change(*self.gone, "")
        return Change(self.node.start, self.node.end, as_yaml(text, self.node.style, self.flow))


@dataclass(frozen=True)
class Absent:
    """A key that a row does not have yet: what is typed is added with it, before what stands at ``at``."""

    file: TextFile
    at: int
    key: str
    before: bool

    @property
    def span(self) -> tuple[int, int]:
        return self.at, self.at

    def change(self, text: str) -> Change:
        pair = f"{as_yaml(self.key)}: {as_yaml(text)}"
        return Change(self.at, self.at, f"{pair}, " if self.before else f", {pair}")


@dataclass(frozen=True)
class AbsentLine:
    """A key that a mapping without brackets does not have yet: a line below the one in which ``end`` is."""

    file: TextFile
    end: int
    indent: str
    key: str

    @property
    def span(self) -> tuple[int, int]:
        return self.end, self.end

    def change(self, text: str) -> Change:
        at = self.file.after_line(self.end)
        broken = "" if self.file.text[:at].endswith("\n") else self.file.line_break
        pair = f"{as_yaml(self.key, flow=False)}: {as_yaml(text, flow=False)}"
        return Change(at, at, f"{broken}{self.indent}{pair}{self.file.line_break}")


def item_slots(file: TextFile, item: Written, columns: Sequence[str]) -> dict[str, Value | Absent | AbsentLine]:
    """The slots of a mapping, in brackets or not; what it does not say of ``columns`` is put behind what it says."""
    found: dict[str, Value | Absent | AbsentLine] = {}
    entries = item.entries
    for place, (key, value) in enumerate(entries):
        if value.kind != "scalar":
            continue
        gone = None
        if item.flow and len(entries) > 1:
            last = place == len(entries) - 1
            gone = (entries[place - 1][1].end, value.end) if last else (key.start, entries[place + 1][0].start)
        found[key.value] = Value(file, value, item.flow, gone)
    if not entries:
        return found
    written_here = {key.value for key, _ in entries}
    end = entries[-1][1].end
    indent = " " * (entries[-1][0].start - file.begin_of_line(entries[-1][0].start))
    for column in columns:
        if column not in written_here:
            found[column] = Absent(file, end, column, False) if item.flow else AbsentLine(file, end, indent, column)
    return found


def row_slots(file: TextFile, row: Written, columns: Sequence[str], needed: str) -> dict[str, Value | Absent]:
    """The slots of a row of a table, written as a mapping in brackets; only ``needed`` may not be emptied."""
    found: dict[str, Value | Absent] = {}
    for place, (key, value) in enumerate(row.entries):
        if value.kind != "scalar":
            continue
        gone = None
        if key.value != needed and len(row.entries) > 1:
            last = place == len(row.entries) - 1
            gone = (row.entries[place - 1][1].end, value.end) if last else (key.start, row.entries[place + 1][0].start)
        found[key.value] = Value(file, value, row.flow, gone if row.flow else None)
    own = row.key(needed)
    if own is None or not row.flow:
        return found
    for column in columns:
        if column not in found and column not in ("依据", "原句", "状态", "说明"):
            found[column] = Absent(file, own.start, column, True)
        elif column not in found:
            found[column] = Absent(file, row.entries[-1][1].end, column, False)
    return found
