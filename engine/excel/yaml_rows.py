"""Rows that are written as a list of mappings: where each stands, a row more, a row less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.excel.yaml_slots import as_yaml
from engine.rulebook.spans import Written


def own_lines(file: TextFile, rows: Written) -> list[tuple[int, int] | None]:
    """Of each item the whole lines that it alone stands in, from its dash on."""
    found: list[tuple[int, int] | None] = []
    for row in rows.items:
        begin, end = file.begin_of_line(row.start), file.after_line(max(row.end - 1, row.start))
        alone = file.text[begin : row.start].strip() == "-" and not rows.flow
        found.append((begin, end) if alone else None)
    return found


def spans_in_brackets(rows: Written) -> list[tuple[int, int]]:
    """Of each item of a list in brackets what has to go with it: the comma before it, or behind the first."""
    items = rows.items
    return [
        (items[place - 1].end, item.end) if place else (item.start, items[1].start if len(items) > 1 else item.end)
        for place, item in enumerate(items)
    ]


@dataclass(frozen=True)
class AddsItem:
    """An item below ``model`` and written like it. ``own``: the lines in which that stands alone; ``None``: it stands
    in brackets, or others in its line. ``needed``: what a row cannot be without.
    """

    file: TextFile
    model: Written
    own: tuple[int, int] | None
    titles: tuple[str, ...]
    needed: str = ""

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        if self.needed and not cells.get(self.needed):
            raise Refused(f"新加的一行要写 {self.needed}")
        styles = {key.value: value.style for key, value in self.model.entries}
        pairs = ", ".join(
            f"{as_yaml(word)}: {as_yaml(cells[word], styles.get(word, ''))}" for word in self.titles if cells.get(word)
        )
        if self.own is None:
            return self.file, Change(self.model.end, self.model.end, f", {{{pairs}}}")
        lead, at = self.file.text[self.own[0] : self.model.start], self.own[1]
        broken = "" if self.file.text[:at].endswith("\n") else self.file.line_break
        return self.file, Change(at, at, f"{broken}{lead}{{{pairs}}}{self.file.line_break}")
