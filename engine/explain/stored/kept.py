"""What a run kept, found by key: coarse grains are read whole when they are first asked for, data rows one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.columns import value_text
from engine.data.kept_values import TYPES_FILE, KeptFile, kept_file, kept_grains
from engine.data.plain_paths import literal_path
from engine.data.staging.sql import Sql, cast, column, func, named, run, select_from, text
from engine.databases.interface import Database
from engine.execute.published import KeptValue, PublishedValues
from engine.language.types import Kind
from engine.language.values import Unresolved, Value

AT_ONCE = 1_000
"""Keys that one query asks for."""
HELD_FILE = "held.parquet"
"""The rows that were held, with the keys as people write them."""
PLAIN_KEYS = (Kind.TEXT, Kind.CLASS)


@dataclass
class KeptRun:
    """``data``: the grains whose rows stay in ``database``. The files are as the run wrote them: that was looked at."""

    values: PublishedValues
    database: Database
    data: Collection[str]
    _rows: dict[tuple, dict[str, Value | Unresolved] | None] = field(default_factory=dict)
    _cells: dict[str, dict[tuple[Value, ...], tuple[Any, ...]]] = field(default_factory=dict)
    _files: dict[str, KeptFile | None] = field(default_factory=dict)

    def kept(self, name: str, grain: str, key: tuple[Value, ...]) -> KeptValue | None:
        """What was kept of ``name`` at ``key``; ``None`` where nothing was."""
        row = self.row(grain, key)
        if row is None or name not in row:
            return None
        found = row[name]
        return KeptValue(None, found) if isinstance(found, Unresolved) else KeptValue(found)

    def keys_of(self, grain: str) -> list[tuple[Value, ...]] | None:
        """The keys of the rows of a coarse grain; ``None`` if nothing was kept of it."""
        return None if self.file(grain) is None else list(self._whole(grain))

    def _whole(self, grain: str) -> dict[tuple[Value, ...], tuple[Any, ...]]:
        """The cells of each row of a coarse grain, whose values are looked at when they are asked for."""
        if grain not in self._cells:
            file = self.file(grain)
            assert file is not None
            query = select_from(relation_of(file), *(column(title) for title in file.titles))
            self._cells[grain] = {file.key_of(row): row for row in run(self.database.connection, query).fetchall()}
        return self._cells[grain]

    def file(self, grain: str) -> KeptFile | None:
        if grain not in self._files:
            there = grain in self._grains
            self._files[grain] = kept_file(self.values.record.folder, grain) if there else None
        return self._files[grain]

    @cached_property
    def _grains(self) -> Collection[str]:
        record = self.values.record
        return kept_grains(record.folder) if f"values/{TYPES_FILE}" in record.said["files_sha256"] else ()

    def row(self, grain: str, key: tuple[Value, ...]) -> dict[str, Value | Unresolved] | None:
        """All that was kept of one row; ``None`` if there is none, or it was not settled."""
        place = (grain, key)
        if place not in self._rows:
            self._rows[place] = None
            file = self.file(grain)
            if file is not None and grain not in self.data:
                cells = self._whole(grain).get(key)
                self._rows[place] = None if cells is None else _named(file, cells)
            elif file is not None:
                same = [_is(column(one.name), one.type.kind, part) for one, part in zip(file.keys, key, strict=True)]
                self._read(file, *same)
        return self._rows[place]

    def fetch(self, grain: str, keys: Sequence[tuple[Value, ...]]) -> None:
        """Reads the rows at several keys by one query."""
        file = self.file(grain)
        asked = [key for key in keys if (grain, key) not in self._rows]
        if file is None or len(file.keys) != 1 or file.keys[0].type.kind not in PLAIN_KEYS or not asked:
            return
        self._rows |= {(grain, key): None for key in asked}
        for start in range(0, len(asked), AT_ONCE):
            texts = [text(str(part)) for (part,) in asked[start : start + AT_ONCE]]
            self._read(file, exp.In(this=column(file.keys[0].name), expressions=texts))

    def _read(self, file: KeptFile, *conditions: Sql) -> None:
        query = select_from(relation_of(file), *(column(title) for title in file.titles)).where(*conditions)
        for cells in run(self.database.connection, query).fetchall():
            self._rows[file.grain, file.key_of(cells)] = _named(file, cells)

    @cached_property
    def held(self) -> dict[str, set[str]]:
        """The keys, as people write them, of the rows that were held, by table."""
        record = self.values.record
        if HELD_FILE not in record.said["files_sha256"]:
            return {}
        query = select_from(_parquet(record.folder / HELD_FILE), column("表"), column("主键"))
        found: dict[str, set[str]] = {}
        for table, key in run(self.database.connection, query).fetchall():
            found.setdefault(table, set()).add(key)
        return found


def _named(file: KeptFile, cells: Sequence[Any]) -> dict[str, Value | Unresolved]:
    return {one.name: value for one, value in zip(file.columns, file.restored(cells), strict=True)}


def is_plain(file: KeptFile | None) -> bool:
    """Whether rows of a staged table are found in the file by their keys as they stand."""
    return file is not None and bool(file.keys) and all(one.type.kind in PLAIN_KEYS for one in file.keys)


def _parquet(path: Path) -> Sql:
    plain = exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false())
    return func("read_parquet", exp.Array(expressions=[text(literal_path(path))]), plain)


def relation_of(file: KeptFile) -> exp.Select:
    """The rows of a file of kept values."""
    return exp.select("*").from_(_parquet(file.path))


def keys_and(file: KeptFile, **others: Sql) -> exp.Select:
    """The keys as k0 …, and what else is named."""
    keys = [named(column(one.name), f"k{place}") for place, one in enumerate(file.keys)]
    return select_from(relation_of(file), *keys, *(named(what, name) for name, what in others.items()))


def _is(cell: Sql, kind: Kind, value: Value) -> Sql:
    if kind is Kind.NUMBER:
        return cell.eq(cast(text(value_text(value)), "DECIMAL(38, 10)"))
    if kind is Kind.DATE:
        return cell.eq(cast(text(value_text(value)), "DATE"))
    return cell.eq(text(value_text(value)))
