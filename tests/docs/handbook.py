"""docs/handbook/ as its reader works through it: files written and changed, commands run, in the order of the chapters.

A bold word before a block says what the reader does with it:

- **新建** `file`: a new file. **末尾添上** `file`: at its end. **删去** `file`: these lines.
- **找到** `file`: these lines, which stand there once; **改成**: what takes their place.
- **在 Excel 里改** `file`: cells of a workbook, as lines of sheet, cell, text.
- **改回**: the file as it was before the last change (no block).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from tests.docs.pages import ROOT, Command, commands

HANDBOOK = ROOT / "docs" / "handbook"
_STEP = re.compile(
    r"^\*\*(?P<word>新建|末尾添上|删去|找到|改成|改回|在 Excel 里改)\*\*(?: `(?P<file>[^`]+)`)?[^\n]*$"
    r"|^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Change:
    """What the reader does with a block."""

    word: str
    file: str
    text: str


class Unclear(AssertionError):
    """The handbook does not say what to do, or it cannot be done."""


def chapters() -> list[Path]:
    """In the order of their numbers."""
    return sorted(HANDBOOK.glob("[0-9][0-9]-*.md"))


def steps(chapter: Path) -> Iterator[Change | Command]:
    """What the reader of a chapter does, from its first line to its last."""
    word = file = ""
    for found in _STEP.finditer(chapter.read_text("utf-8")):
        where = f"{chapter.name}: {found[0][:60]}"
        if found["word"]:
            if word:
                raise Unclear(f"{where}: no block before it")
            word, file = found["word"], found["file"] or file
            if word == "改回":
                yield Change(word, file, "")
                word = ""
        elif found["kind"] == "console":
            yield from commands(found["text"])
        elif found["kind"] == "sh":
            continue  # how Casemix is installed: tests/test_packaging.py does so
        elif found["kind"] in ("yaml", "csv", "text"):
            if not word:
                raise Unclear(f"{where}: what to do with it?")
            yield Change(word, file, found["text"])
            word = ""
        else:
            raise Unclear(f"{where}: a block of no known kind")


class Desk:
    """The reader's working folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before: tuple[Path, str | None] | None = None
        self.found = ""

    def does(self, change: Change) -> None:
        """One change of a file."""
        path = self.folder / change.file
        if change.word == "在 Excel 里改":
            return self.types(path, change.text)
        old = path.read_text("utf-8") if path.exists() else None
        if change.word == "改回":
            if self.before is None or self.before[0] != path or self.before[1] is None:
                raise Unclear(f"nothing to take back in {change.file}")
            path.write_text(self.before[1], "utf-8")
        elif change.word == "找到":
            self.found = self.once(change, old)
        else:
            self.write(path, self.changed(change, old))
            self.before = (path, old)

    def types(self, path: Path, lines: str) -> None:
        """Texts typed into cells of a workbook, which is saved."""
        book = openpyxl.load_workbook(path)
        for sheet, place, text in list(csv.reader(lines.splitlines()))[1:]:
            book[sheet][place].value = text
            book[sheet][place].data_type = "s"
        book.save(path)

    def changed(self, change: Change, old: str | None) -> str:
        """The text of the file afterwards."""
        if change.word == "新建":
            if old is not None:
                raise Unclear(f"{change.file} is there already")
            return change.text
        if old is None:
            raise Unclear(f"there is no {change.file}")
        if change.word == "末尾添上":
            return f"{old.rstrip()}\n\n{change.text}"
        if change.word == "删去":
            return old.replace(self.once(change, old), "")
        return old.replace(self.found, change.text)

    def once(self, change: Change, old: str | None) -> str:
        """The lines looked for, which have to be there once."""
        if f"\n{old}".count(f"\n{change.text}") != 1:
            raise Unclear(f"not once in {change.file}: {change.text}")
        return change.text

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
