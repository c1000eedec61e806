"""Cells of CSV files and of the small tables in examples, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused


@dataclass(frozen=True)
class _Cell:
    """What stands from ``start`` to ``end`` of a file, and what it says."""

    file: TextFile
    start: int
    end: int
    text: str

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


class CsvCell(_Cell):
    """A cell between commas, with its quotes."""

    def change(self, text: str) -> Change:
        return Change(self.start, self.end, as_csv(text, self.file.text[self.start : self.end].startswith('"')))


def _refuse_unseen(text: str) -> None:
    if any(not sign.isprintable() for sign in text):
        raise Refused("单元格里有换行或看不见的字符")


def as_csv(text: str, quoted: bool = False) -> str:
    _refuse_unseen(text)
    if quoted or any(sign in text for sign in ',"') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def csv_rows(file: TextFile) -> Iterator[list[CsvCell]]:
    """The records of a file with commas, empty lines left out; quotes may hold commas and line breaks."""
    text, at, row = file.text, 0, []
    if text.startswith("\ufeff"):
        at = 1
    while at < len(text):
        start = at
        if text[at] == '"':
            at = _closing(text, at)
        while at < len(text) and text[at] not in ",\r\n":
            at += 1
        written = text[start:at]
        plain = written.strip()
        value = plain[1:-1].replace('""', '"') if plain[:1] == '"' == plain[-1:] and len(plain) > 1 else plain
        row.append(CsvCell(file, start, at, value))
        if at < len(text) and text[at] == ",":
            at += 1
            if at == len(text) or text[at] in "\r\n":
                row.append(CsvCell(file, at, at, ""))
            else:
                continue
        if any(cell.start < cell.end for cell in row):
            yield row
        row = []
        while at < len(text) and text[at] in "\r\n":
            at += 1


def _closing(text: str, at: int) -> int:
    """After the quote that closes the one at ``at``."""
    at += 1
    while at < len(text):
        if text[at] == '"':
            if text[at + 1 : at + 2] != '"':
                return at + 1
            at += 1
        at += 1
    return at


class PipeCell(_Cell):
    """A cell between bars; it keeps its width where what is typed fits."""

    def change(self, text: str) -> Change:
        return Change(self.start, self.end, _padded(self.file.text[self.start : self.end], as_pipe(text)))


def as_pipe(text: str) -> str:
    _refuse_unseen(text)
    if "|" in text or "｜" in text:
        raise Refused("例子里的格不能有竖线")
    if not text:
        raise Refused("例子里的格不能空着：没有值写 空")
    if text.startswith("#"):
        raise Refused("不能以 # 开头")
    return text


def _padded(old: str, text: str) -> str:
    lead = old[: len(old) - len(old.lstrip(" "))] if old.strip() else " "
    tail = " " if old.endswith(" ") else ""
    room = _width(old) - len(lead) - _width(text)
    return lead + text + (" " * room if room >= len(tail) and old.endswith(" ") else tail)


def _width(text: str) -> int:
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


@dataclass(frozen=True)
class PipeRow:
    """A line of a small table: its cells, and where the line begins and ends (without the break)."""

    start: int
    end: int
    cells: list[PipeCell]


def pipe_rows(file: TextFile, start: int, end: int) -> list[PipeRow]:
    """The lines of the table in ``text[start:end]``, the first is the heading; empty where it is no such table."""
    rows: list[PipeRow] = []
    at = start
    while at < end:
        stop = file.text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line_end = stop - 1 if file.text[stop - 1 : stop] == "\r" else stop
        line = file.text[at:line_end]
        if line.strip() and not line.strip().startswith("#"):
            rows.append(PipeRow(at, line_end, _pipe_cells(file, at, line_end)))
        at = stop + 1
    return rows if rows and all(len(row.cells) == len(rows[0].cells) for row in rows) else []


def _pipe_cells(file: TextFile, start: int, end: int) -> list[PipeCell]:
    line = file.text[start:end]
    begin = start + len(line) - len(line.lstrip())
    stop = start + len(line.rstrip())
    text = file.text[begin:stop]
    if text.startswith("|") and not text.startswith("||"):
        begin += 1
    if text.endswith("|") and not text.endswith("||"):
        stop -= 1
    found, at = [], begin
    while True:
        bar = file.text.find("|", at, stop)
        last = bar < 0
        piece_end = stop if last else bar
        found.append(PipeCell(file, at, piece_end, file.text[at:piece_end].strip()))
        if last:
            return found
        at = bar + (2 if file.text[bar : bar + 2] == "||" else 1)
