"""What differs between two texts of a file: in words, and line by line for who wants to see that."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from engine.drafts.said import Said
from engine.drafts.words import in_lines, in_words

MOST_WORDS, MOST_LINES = 60, 300
"""Of one file; a table that was replaced has thousands."""


@dataclass(frozen=True)
class FileDifference:
    """``words``: ``None`` where a text cannot be read."""

    file: str
    words: list[Said] | None
    lines: list[str]

    @classmethod
    def of(cls, file: str, was: str, now: str) -> FileDifference:
        """Takes a while for a large table."""
        return cls(file, in_words(file, was, now), in_lines(was, now, file))

    def show(self) -> None:
        ui.label(self.file).classes("wb-subtitle")
        if self.words is None:
            ui.label("现在读不出来，只能看行").classes("wb-warn")
        for said in (self.words or ())[:MOST_WORDS]:
            ui.label(str(said)).classes("wb-about")
        _more(len(self.words or ()) - MOST_WORDS, "处")
        if self.words == []:
            ui.label("只有排列、注释变了").classes("wb-quiet")
        with ui.expansion("一行一行看", value=self.words is None).classes("wb-diff-lines"):
            for line in self.lines[2:][:MOST_LINES]:
                look = {"+": "wb-diff-new", "-": "wb-diff-old"}.get(line[:1], "wb-quiet")
                ui.label(line).classes(f"wb-code wb-diff {look}")
            _more(len(self.lines) - 2 - MOST_LINES, "行")


def _more(left: int, of: str) -> None:
    if left > 0:
        ui.label(f"…还有 {left} {of}：用 casemix drafts 全部列出来").classes("wb-quiet")
