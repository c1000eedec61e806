"""The parts of an XLSX workbook: its sheets in order, texts that cells share, and which formats are dates."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element

from engine.data.sheets.date_formats import Formats, epoch, formats_of
from engine.data.sheets.xml import event_parser, prefix_of, tree_of

_PIECE = 1 << 20
_MOST_SMALL = 64 << 20
"""Bytes of a part that is read as a whole."""


@dataclass(frozen=True)
class SheetPart:
    """A sheet by its title; ``part`` is its name in the archive."""

    title: str
    part: str


class Package:
    """An open workbook. Raises ``KeyError``, ``ValueError`` or what zip and XML raise if it is none."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._main = next(iter(self._targets("", "/officeDocument").values()))
        book = self._tree(self._main)
        settings = book.find("{*}workbookPr")
        self.epoch = epoch(settings is not None and settings.get("date1904", "0") in ("1", "true"))
        parts = self._targets(self._main, "/worksheet")
        named = [(sheet.get("name", ""), _relation_of(sheet)) for sheet in book.iterfind("{*}sheets/{*}sheet")]
        self.sheets = [SheetPart(title, parts[number]) for title, number in named if number in parts]

    def open(self, sheet: SheetPart) -> IO[bytes]:
        """Its XML."""
        return self._archive.open(sheet.part)

    def texts(self) -> list[str]:
        """The texts that cells refer to by number; how they are to be read aloud is left out."""
        found: list[str] = []
        for part in self._targets(self._main, "/sharedStrings").values():
            with self._archive.open(part) as stream:
                found += _shared_texts(stream)
        return found

    def formats(self) -> Formats:
        """Which styles are of dates."""
        own: dict[int, str] = {}
        numbers: list[int] = []
        for part in self._targets(self._main, "/styles").values():
            styles = self._tree(part)
            own |= {
                int(f.get("numFmtId", "")): f.get("formatCode", "") for f in styles.iterfind("{*}numFmts/{*}numFmt")
            }
            numbers += [int(style.get("numFmtId", "0")) for style in styles.iterfind("{*}cellXfs/{*}xf")]
        return formats_of(numbers, own)

    def _targets(self, part: str, kind: str) -> dict[str, str]:
        """The parts that ``part`` refers to as a ``kind``, by number of the reference."""
        folder, name = posixpath.split(part)
        try:
            relations = self._tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        except KeyError:
            return {}
        return {
            relation.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))[1:]
            for relation in relations.iterfind("{*}Relationship")
            if relation.get("Type", "").endswith(kind) and relation.get("TargetMode") != "External"
        }

    def _tree(self, part: str) -> Element:
        if self._archive.getinfo(part).file_size > _MOST_SMALL:
            raise ValueError(f"{part} is too big")
        return tree_of(self._archive.read(part))


def _relation_of(sheet: Element) -> str:
    return next((value for name, value in sheet.items() if name.endswith("}id")), "")


def _shared_texts(stream: IO[bytes]) -> Iterator[str]:
    reader = _TextReader()
    while piece := stream.read(_PIECE):
        reader.parser.Parse(piece)
        yield from reader.found
        reader.found = []
    reader.parser.Parse(b"", True)
    yield from reader.found


class _TextReader:
    """Collects the text of each ``si``."""

    def __init__(self) -> None:
        from openpyxl.utils.escape import unescape

        self.found: list[str] = []
        self._unescape = unescape
        self._pieces: list[str] = []
        self._prefix: str | None = None
        self._aloud = 0
        self.parser = event_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, _: dict[str, str]) -> None:
        if self._prefix is None:
            self._prefix = prefix_of(name)
        name = name.removeprefix(self._prefix)
        if name == "t" and not self._aloud:
            self.parser.CharacterDataHandler = self._pieces.append
        elif name == "rPh":
            self._aloud += 1

    def _end(self, name: str) -> None:
        name = name.removeprefix(self._prefix or "")
        self.parser.CharacterDataHandler = None
        if name == "si":
            text = "".join(self._pieces)
            self.found.append(self._unescape(text) if "_x" in text else text)
            self._pieces = []
            self.parser.CharacterDataHandler = None
        elif name == "rPh":
            self._aloud -= 1
