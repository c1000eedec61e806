"""Every value of a grain as the run had it, exactly, and back: ``values/<粒度>.parquet`` and ``values/_types.json``.

A number column is DECIMAL if all its numbers end within 38 digits, otherwise text (decimal, or n/d). A value that could
not be determined is NULL, and its first cause stands in a second column ``名（未定原因）``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.data.cells.dates import parse_month
from engine.data.cells.intervals import parse_interval
from engine.data.columns import OutColumn, check_values, number_text, numbers_of, truths_of, value_text
from engine.data.duckdb_files import read_parquet
from engine.data.parquet_out import PRECISION, Stored, WriteParquet
from engine.files.errors import DataError
from engine.files.ordinary import read_json
from engine.language.types import Kind, Type, Unit
from engine.language.values import Unresolved, Value

Kept = Value | Unresolved
TYPES_FILE = "_types.json"
REASON = "{}（未定原因）"


@dataclass(frozen=True)
class KeptValues:
    """The values of one grain: rows in the order of ``columns``; an ``Unresolved`` is one that was never known."""

    grain: str
    columns: tuple[OutColumn, ...]
    rows: list[list[Kept]]


class ByColumn(Sequence[Sequence[Kept]]):
    """Rows of which there are all values of one column after the other."""

    def __init__(self, columns: Sequence[Sequence[Kept]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[list[Kept]]:
        return (list(cells) for cells in zip(*self.columns, strict=True))

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return ByColumn([column[place] for column in self.columns])
        return [column[place] for column in self.columns]


def write_values(
    path: Path, columns: Sequence[OutColumn], rows: Sequence[Sequence[Kept]], write_parquet: WriteParquet
) -> dict[str, Any]:
    """Writes one grain; returns what ``_types.json`` says of it."""
    by_column: Iterable[Sequence[Kept]] = [[] for _ in columns]
    if rows:
        by_column = rows.columns if isinstance(rows, ByColumn) else zip(*rows, strict=True)
    stored, reasons, uncertain = [], [], []
    for column, cells in zip(columns, by_column, strict=True):
        each = {id(cell): cell for cell in cells}  # many rows share an object: it is written out once
        unresolved = any(isinstance(cell, Unresolved) for cell in each.values())
        made = _exact_column(column, [None if isinstance(cell, Unresolved) else cell for cell in each.values()])
        texts = dict(zip(each, made.cells, strict=True))
        stored.append(replace(made, cells=[texts[id(cell)] for cell in cells]))
        if unresolved:
            reasons.append(Stored(REASON.format(column.name), "VARCHAR", [_reason_text(cell) for cell in cells]))
        uncertain.append(unresolved)
    write_parquet(path, [*stored, *reasons])
    return described(path, columns, uncertain)


def described(path: Path, columns: Sequence[OutColumn], reasons: Sequence[bool]) -> dict[str, Any]:
    """What ``_types.json`` says of a grain: its file, its columns, and which of them have a column of reasons."""
    listed = [_column_json(column) | {"reasons": also} for column, also in zip(columns, reasons, strict=True)]
    return {"file": path.name, "columns": listed}


def file_of(folder: Path, grain: str) -> str | None:
    """The file of a grain below the ``--out`` folder, or ``None``. Raises :class:`DataError`."""
    entry = _described(folder / "values").get(grain)
    return None if entry is None else f"values/{entry['file']}"


@dataclass(frozen=True)
class KeptFile:
    """Where the values of a grain stand: the columns of the file, in order, and which have a column of reasons, which
    follow them in the file.
    """

    grain: str
    path: Path
    columns: tuple[OutColumn, ...]
    with_reasons: tuple[int, ...]

    @property
    def keys(self) -> tuple[OutColumn, ...]:
        return tuple(column for column in self.columns if column.key)

    @property
    def titles(self) -> tuple[str, ...]:
        """The columns of the file as they are named there."""
        return *(c.name for c in self.columns), *(REASON.format(self.columns[n].name) for n in self.with_reasons)

    def key_of(self, cells: Sequence[Any]) -> tuple[Value, ...]:
        """The key of a row from its cells."""
        return tuple(_restored(one, cell) for one, cell in zip(self.columns, cells, strict=False) if one.key)

    def restored(self, cells: Sequence[Any]) -> list[Kept]:
        """The values of a row from its cells."""
        row: list[Kept] = [_restored(column, cell) for column, cell in zip(self.columns, cells, strict=False)]
        for place, text in zip(self.with_reasons, cells[len(self.columns) :], strict=True):
            if text is not None:
                row[place] = Unresolved(*json.loads(str(text)))
        return row


def kept_file(folder: Path, grain: str) -> KeptFile:
    """The file of ``grain`` in an ``--out`` folder. Raises :class:`DataError` if it is not there."""
    values = folder / "values"
    try:
        entry = _described(values)[grain]
        file = next(path for path in sorted(values.iterdir()) if path.name == entry["file"])
        columns = tuple(_column_of(described) for described in entry["columns"])
        with_reasons = [place for place, described in enumerate(entry["columns"]) if described["reasons"]]
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise DataError(f"{values}：没有留存粒度“{grain}”的数值", "它由 casemix run 写出") from error
    return KeptFile(grain, file, columns, tuple(with_reasons))


def kept_grains(folder: Path) -> Collection[str]:
    """The grains of which an ``--out`` folder keeps values. Raises :class:`DataError`."""
    return _described(folder / "values").keys()


def read_values(folder: Path, grain: str) -> KeptValues:
    """The values of ``grain`` in an ``--out`` folder. Raises :class:`DataError` if they are not there."""
    kept = kept_file(folder, grain)
    table = read_parquet([kept.path], grain, str(kept.path))
    if len(table.columns) != len(kept.titles):
        raise DataError(f"{kept.path}：列与 {TYPES_FILE} 不符", "这两个文件由同一次运行写出，不要改动")
    return KeptValues(grain, kept.columns, [kept.restored(cells) for cells in table.rows])


def _described(values: Path) -> dict[str, Any]:
    """What ``_types.json`` says, by grain."""
    try:
        found = read_json(values / TYPES_FILE)
        if all(str(entry["file"]) for entry in found.values()):
            return dict(found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise DataError(f"{values / TYPES_FILE}：读不出来，或被改动过", "它由 casemix run 写出，不要改动")


def _exact_column(column: OutColumn, values: list[Value]) -> Stored:
    if column.type.kind is Kind.BOOL:
        return Stored(column.name, "BOOLEAN", truths_of(column, values))
    if column.type.kind is not Kind.NUMBER:
        check_values(column, values)
        sql_type = "DATE" if column.type.kind is Kind.DATE else "VARCHAR"
        return Stored(column.name, sql_type, [None if value is None else value_text(value) for value in values])
    texts = [None if number is None else number_text(number, None) for number in numbers_of(column, values)]
    parts = [text.lstrip("-").partition(".") for text in texts if text is not None]
    digits = max((len(decimals) for _, _, decimals in parts), default=0)
    whole = max((len(before) for before, _, _ in parts), default=0)
    fits = whole + digits <= PRECISION and not any("/" in before for before, _, _ in parts)
    return Stored(column.name, f"DECIMAL({PRECISION}, {digits})" if fits else "VARCHAR", texts)


def _restored(column: OutColumn, cell: Any) -> Value:
    if cell is None:
        return None
    kind = column.type.kind
    if kind is Kind.NUMBER:
        return Fraction(cell) if isinstance(cell, str | Decimal | int) else Fraction(repr(cell))
    if kind is Kind.MONTH:
        return parse_month(cell)
    return parse_interval(cell) if kind is Kind.INTERVAL else cell


def _reason_text(cell: Kept) -> str | None:
    if not isinstance(cell, Unresolved):
        return None
    return json.dumps([cell.reason, cell.name, cell.cause], ensure_ascii=False)


def _column_json(column: OutColumn) -> dict[str, Any]:
    kind, unit = column.type.kind, column.type.unit
    return {
        "name": column.name,
        "heading": column.heading,
        "kind": kind.value,
        "unit": {"powers": [list(power) for power in unit.powers], "label": unit.label},
        "classes": list(column.type.classes),
        "digits": column.digits,
        "key": column.key,
    }


def _column_of(entry: dict[str, Any]) -> OutColumn:
    powers = tuple((name, power) for name, power in entry["unit"]["powers"])
    kind = Type(Kind(entry["kind"]), Unit(powers, entry["unit"]["label"]), tuple(entry["classes"]))
    return OutColumn(entry["name"], entry["heading"], kind, entry["digits"], entry["key"])
