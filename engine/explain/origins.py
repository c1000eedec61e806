"""Where a field of a row came from: file and row, or the default that was taken for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.data.load import LoadedTable
from engine.data.places import Places
from engine.data.region_rows import region_rows
from engine.data.staging.delivery import FileDelivery
from engine.data.staging.model import StagedTable
from engine.data.typed import Part, typed_part
from engine.execute.loading import Loaded
from engine.execute.reference.rows import Row
from engine.explain.numbers import number
from engine.files.errors import DataError
from engine.files.named_files import DISK
from engine.files.raw import RawCell, RawTable, is_blank
from engine.rulebook.model import Table

Delivery = tuple[RawTable, Part]


@dataclass
class Origins:
    """What the data of the run were read from. A delivery is read again only where the loader does not tell enough."""

    loaded: Loaded
    places: Places
    _read: dict[str, list[Delivery]] = field(default_factory=dict)

    def where(self, table: Table, row: Row, name: str) -> str:
        """``data/行程.csv 第 5 行``, and whether the value is what is taken for nothing."""
        return "，".join(part for part in (self.line(table, row, name), self._not_there(table, row, name)) if part)

    def line(self, table: Table, row: Row, name: str = "") -> str:
        """File and row; with several deliveries those of the last one that has the column ``name``."""
        if name and len(self.places.of(table.name)) > 1 and table.rows_file is None:
            found = self._last(table, row, name)
            if found is not None:
                return _at(found[0].origin, found[0].lines[found[1]])
        loaded = self.loaded.tables.get(table.name)
        if isinstance(loaded, StagedTable):
            known = loaded.sources([row.number])
            return _at(*known[row.number]) if row.number in known else self._of_table(table)
        sources = loaded.sources if isinstance(loaded, LoadedTable) else ()
        if 0 <= row.number < len(sources):
            return _at(*sources[row.number])
        return self._of_table(table)

    def _of_table(self, table: Table) -> str:
        return "、".join(source.origin for source in self.places.of(table.name)) or (table.rows_file or "")

    def _not_there(self, table: Table, row: Row, name: str) -> str:
        declared = table.fields.get(name)
        value = None if row.record is None else row.record.get(name)
        if declared is None or (value is not None and not (declared.has_default and value == declared.default)):
            return ""
        loaded = self.loaded.tables.get(table.name)
        taken = f"用默认值 {number(declared.default)}" if declared.has_default else ""
        if loaded is not None and name in loaded.missing_columns:
            return f"没有交来这一列{taken and '，' + taken}"
        cells = self._cells(loaded, table, row, name)
        if name not in cells:
            return f"这一行所在的文件没有这一列{taken and '，' + taken}"
        return f"空着{taken and '，' + taken}" if is_blank(cells[name]) else ""

    def _cells(
        self, loaded: LoadedTable | StagedTable | None, table: Table, row: Row, name: str
    ) -> Mapping[str, RawCell]:
        """The row as it was delivered; of several deliveries in the last one that has both it and the column."""
        if isinstance(loaded, StagedTable) and isinstance(loaded.delivery, FileDelivery):
            return loaded.delivery.cells(row.number)
        found = self._last(table, row, name)
        return {} if found is None else dict(zip(found[0].columns, found[0].rows[found[1]], strict=False))

    def _last(self, table: Table, row: Row, name: str) -> tuple[RawTable, int] | None:
        """The last delivery that has both the row and the column, and the row's place in it."""
        key = tuple((row.record or {}).get(part) for part in table.key)
        for raw, part in reversed(self._deliveries(table)):
            if name in raw.columns and key in part.keys:
                return raw, part.keys.index(key)  # type: ignore[arg-type]
        return None

    def _deliveries(self, table: Table) -> list[Delivery]:
        if table.name not in self._read:
            try:
                if table.rows_file is not None:
                    raws = [region_rows(table, Path(table.rows_file), DISK.read, table.rows_file).raw]
                else:
                    raws = [source.read(table.fields) for source in self.places.of(table.name)]
                self._read[table.name] = [(raw, typed_part(table, raw, table.key)) for raw in raws]
            except DataError:
                self._read[table.name] = []
        return self._read[table.name]


def _at(origin: str, line: int) -> str:
    return f"{near(origin)} 第 {line} 行" if line else near(origin)  # rows of a database have no numbers


def near(path: str) -> str:
    """A path as seen from the working folder, where it lies below it."""
    try:
        return str(Path(path).relative_to(Path.cwd())) if Path(path).is_absolute() else path
    except ValueError:
        return path
