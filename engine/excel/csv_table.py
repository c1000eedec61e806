"""A CSV file as rows of cells under titles, and a line more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.excel.files import Change, TextFile
from engine.excel.grid import Refused
from engine.excel.text_slots import CsvCell, as_csv, csv_rows


def csv_records(file: TextFile, lines: tuple[int, int] = (1, 0)) -> tuple[list[CsvCell], list[list[CsvCell]]]:
    """The cells of the headings and of each row. Raises :class:`Refused` where it is no plain table.

    ``lines``: those of the headings and of the last row (0: to the end); what stands above and below is left out.
    """
    heading, last = lines
    numbered = ((file.line_of(row[0].start), row) for row in csv_rows(file))
    records = [row for line, row in numbered if heading <= line and (not last or line <= last)]
    if not records:
        raise Refused("里面没有列名")
    titles = [cell.text for cell in records[0]]
    if not all(titles):
        raise Refused(f"第 {titles.index('') + 1} 列没有列名")
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice is not None:
        raise Refused(f"列名 {twice} 有两个")
    for row in records:
        if len(row) != len(titles):
            raise Refused(f"第 {file.line_of(row[0].start)} 行有 {len(row)} 格，列名有 {len(titles)} 个")
    return records[0], records[1:]


@dataclass(frozen=True)
class AddsLine:
    """A line below the record ``above``; ``titles``: of its cells, in their order."""

    file: TextFile
    above: Sequence[CsvCell]
    titles: tuple[str, ...]

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        at = self.file.after_line(self.above[-1].end)
        broken = "" if self.file.text[:at].endswith("\n") else self.file.line_break
        line = ",".join(as_csv(cells.get(word, "")) for word in self.titles)
        return self.file, Change(at, at, f"{broken}{line}{self.file.line_break}")


@dataclass(frozen=True)
class BeginsFile:
    """The headings and a first line of a file that is not there yet."""

    file: TextFile
    titles: tuple[str, ...]

    def __call__(self, cells: Mapping[str, str]) -> tuple[TextFile, Change]:
        lines = (self.titles, [cells.get(word, "") for word in self.titles])
        return self.file, Change(0, 0, "".join(",".join(map(as_csv, line)) + "\n" for line in lines))


def own_line(file: TextFile, row: Sequence[CsvCell]) -> tuple[int, int]:
    """From its first sign to the line below."""
    return file.begin_of_line(row[0].start), file.after_line(row[-1].end)
