"""Explanations of a result both ways: by what the run kept, and by the reference engine, which reads everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from engine.data.kept_values import kept_grains, read_values
from engine.data.record import read_record
from engine.explain.explain import Explanation, explained, explanation
from engine.explain.keys import joined
from engine.explain.reopened import Given, Reopened, book_of, by_reference, record_of
from engine.files.errors import RunStopped
from engine.language.values import render

Asked = tuple[str, str, str | None, int | None]
"""Grain, key, value and how many rows."""


class BothWays:
    """A result, opened once by the reference engine."""

    def __init__(self, folder: Path, given: Given | None = None) -> None:
        self.folder, self.given = folder, given or Given()
        self.record, _ = record_of(folder)
        self.reference: Reopened = by_reference(ExitStack(), self.record, book_of(self.record), self.given)

    def differs(self, grain: str, key: str, value: str | None = None, rows: int | None = None) -> str:
        """What is not the same, or nothing."""
        found = said(lambda: explanation(self.folder, grain, key, value, rows, self.given))
        judged = said(lambda: explained(self.reference, self.record, self.folder, grain, key, value, rows))
        return "" if found == judged else f"{grain} {key} {value or ''} {rows or ''}：{first_difference(judged, found)}"


def said(ask: Any) -> Any:
    """An explanation as data, or why there is none."""
    try:
        found: Explanation = ask()
    except RunStopped as stop:
        return {"stopped": stop.message, "hint": stop.hint}
    return {
        "steps": [step.as_dict() for step in found.steps],
        "left_out": found.left_out,
        "example": found.example,
        "cut": found.cut,
    }


def first_difference(one: Any, other: Any, where: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *(name for name in other if name not in one)]:
            if one.get(name) != other.get(name):
                return first_difference(one.get(name), other.get(name), f"{where}/{name}")
    if isinstance(one, list) and isinstance(other, list):
        for place, (a, b) in enumerate(zip(one, other, strict=False)):
            if a != b:
                return first_difference(a, b, f"{where}/{place}")
    return f"{where}：{str(one)[:500]} ≠ {str(other)[:500]}"


def asked_of(folder: Path, of_each: int, rows: int | None = None) -> Iterator[Asked]:
    """Some rows of every grain of which values were kept: all that statements show, or their first value."""
    record = read_record(folder)
    for grain in kept_grains(folder) if "values/_types.json" in record.said["files_sha256"] else ():
        kept = read_values(folder, grain)
        keys = [place for place, column in enumerate(kept.columns) if column.key]
        names = [column.name for column in kept.columns if not column.key and "〔" not in column.name]
        step = max(1, len(kept.rows) // of_each)
        for number, row in enumerate(kept.rows[::step][:of_each]):
            yield grain, joined(render(row[place]) for place in keys), names[(number * 7) % len(names)], rows
