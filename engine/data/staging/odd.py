"""Rows that are not clean, or whose key may stand twice: read and typed in Python by the code of load_table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from engine.data.duckdb_files import with_infinities, with_singles
from engine.data.duckdb_moments import LOCAL
from engine.data.overlay import overlay
from engine.data.staging.files import LINE, RN, RawFile
from engine.data.staging.model import ROW
from engine.data.staging.records import is_unresolved, plain
from engine.data.staging.source_column import SourceColumn
from engine.data.staging.sql import between, cast, column, func, quoted_table, run, select_from, when, whole
from engine.data.staging.storage import Stored, storer_of
from engine.data.staging.upload import create, insert
from engine.data.staging.view import ODD_ROW, Shape, more_of
from engine.data.typed import Rejected, typed_part
from engine.data.values import Cell
from engine.files.raw import RawTable, is_blank
from engine.rulebook.model import Table

CHUNK = 100_000
TWICE = "twice"


@dataclass(frozen=True)
class OddRows:
    """The odd rows of a file: their numbers stand in the table ``odd``."""

    connection: Any
    table: Table
    file: RawFile
    columns: Sequence[SourceColumn]
    optional: frozenset[str]
    odd: str

    def raw(self, wanted: Sequence[str], twice: bool) -> Iterator[tuple[list[int], RawTable]]:
        """Numbers and cells of the odd rows, some at a time; all at once those whose key may stand twice."""
        titles = [t for t in self.file.titles if self.file.whole_rows or t in wanted]
        chosen = exp.select(column(ODD_ROW)).from_(quoted_table(self.odd)).where(column(TWICE).eq(exp.convert(twice)))
        numbers = [n for (n,) in run(self.connection, chosen.order_by(column(ODD_ROW))).fetchall()]
        step = len(numbers) if twice else CHUNK
        for start in range(0, len(numbers), max(1, step)):
            part = numbers[start : start + step]
            yield self._chunk(titles, part[0], part[-1], chosen)

    def _chunk(self, titles: list[str], first: int, last: int, chosen: exp.Select) -> tuple[list[int], RawTable]:
        file = self.file
        cells = [column(file.raw(title) or "") for title in titles]
        inside = exp.In(this=column(RN), query=chosen.subquery())
        kinds = [file.kinds[file.titles.index(title)] for title in titles]
        dates = [at for at, kind in enumerate(kinds) if kind in ("DATE", LOCAL)]
        infinite = [when(func("isinf", cells[at]), cast(cells[at], "VARCHAR")) for at in dates]
        numbered = select_from(file.query, column(RN), column(LINE), *cells, *infinite)
        near = between(column(RN), whole(first), whole(last))
        found = run(self.connection, numbered.where(inside, near).order_by(column(RN))).fetchall()
        rows = with_singles(with_infinities([row[2:] for row in found], dates), kinds)
        there = [not (file.whole_rows and all(map(is_blank, row))) for row in rows]
        kept = [
            (row[0], file.lines.line(row[1]), cells)
            for row, cells, keep in zip(found, rows, there, strict=True)
            if keep
        ]
        raw = RawTable(
            self.table.name, tuple(titles), [cells for _, _, cells in kept], [line for _, line, _ in kept], file.origin
        )
        return [number for number, _, _ in kept], raw

    def keys(self, name: str, shapes: Mapping[str, Shape]) -> None:
        """The keys of the odd rows that have one, as the table ``name``: ROW and the key columns that the file has."""
        keys = [c for c in self.columns if c.is_key and c.raw is not None]
        spec = {ROW: "BIGINT"} | {f"c{c.place}": shapes[c.field.name].kind for c in keys}
        create(self.connection, name, spec)
        storers = {c.field.name: storer_of(c.field, self.file.origin) for c in keys}
        for numbers, raw in self.raw(self.table.key, False):
            part = typed_part(self.table, raw, self.table.key)
            known = [place for place, key in enumerate(part.keys) if key is not None]
            cells: dict[str, list[object]] = {ROW: [numbers[place] for place in known]}
            for c in keys:
                values = part.columns[c.field.name]
                cells[f"c{c.place}"] = [storers[c.field.name](values[place]) for place in known]  # type: ignore[arg-type]
            insert(self.connection, name, spec, cells)

    def typed(self, wanted: Sequence[str], shapes: Mapping[str, Shape]) -> list[Rejected]:
        """Types the odd rows; the good ones go to the table of more rows, the others are returned."""
        spec = {ROW: "BIGINT"}
        for c in self.columns:
            spec |= {f"c{c.place}": shapes[c.field.name].kind, f"o{c.place}": "BOOLEAN"}
        create(self.connection, more_of(self.odd), spec)
        rejected: list[Rejected] = []
        for twice in (False, True):
            for numbers, raw in self.raw(wanted, twice):
                part = typed_part(self.table, raw, wanted)
                rows, sources, refused = overlay(self.table, [part], wanted, self.optional)
                rejected += refused
                number_of = dict(zip(raw.lines, numbers, strict=True))
                self._keep(spec, [number_of[line] for _, line in sources], rows)
        return sorted(rejected, key=lambda row: row.line)

    def _keep(self, spec: Mapping[str, str], numbers: list[int], rows: Sequence[Mapping[str, Cell]]) -> None:
        cells: dict[str, list[object]] = {ROW: list(numbers)}
        for c in self.columns:
            name, store = c.field.name, storer_of(c.field, self.file.origin)
            stored: list[Stored] = [store(plain(row[name])) for row in rows]
            cells[f"c{c.place}"] = list(stored)
            cells[f"o{c.place}"] = [is_unresolved(row, name) for row in rows]
        if rows:
            insert(self.connection, more_of(self.odd), spec, cells)
