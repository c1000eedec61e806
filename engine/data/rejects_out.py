"""Rows that were refused, written to be read by people and by programs: in a result, and beside one that never came."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.data.columns import OutColumn
from engine.data.csv_out import write_csv
from engine.data.occupied import Kind, file_stem, refuse_occupied
from engine.data.parquet_out import ParquetFiles, Stored, WriteParquet
from engine.data.swap import Building, locked
from engine.data.typed import Rejected
from engine.data.xlsx_out import MAX_ROWS, MAX_TEXT, write_xlsx
from engine.files.errors import DataError
from engine.files.stamps import sha256_of
from engine.language.types import NUMBER, TEXT
from engine.language.values import Value

STOPPED = Kind("拒收.json", "casemix run stopped", "停下的运行拒收的行")
"""A folder of rows that a run refused before it stopped: no result, and no data either."""
_TEXTS = {"主键": "key_text", "字段": "field", "检查": "code", "原因": "reason", "来源": "origin"}
_LINE = "行号"


def write_rejects(
    place: Callable[[str], Path],
    table: str,
    rows: Sequence[Rejected],
    formats: Collection[str],
    write_parquet: WriteParquet,
) -> None:
    """Key, field, check, reason, and where the row stands. ``place``: where a file of a suffix goes.

    Parquet always; CSV and XLSX where asked for, and CSV for more rows than a sheet of XLSX holds.
    """
    stored = [Stored(heading, "VARCHAR", [getattr(row, name) for row in rows]) for heading, name in _TEXTS.items()]
    lines = Stored(_LINE, "BIGINT", [str(row.line) if row.line else None for row in rows])
    write_parquet(place("parquet"), [*stored, lines])
    columns = [OutColumn(heading, heading, TEXT, None) for heading in _TEXTS]
    columns.append(OutColumn(_LINE, _LINE, NUMBER, 0))
    shown = [_line(row) for row in rows]
    too_many = "xlsx" in formats and len(rows) >= MAX_ROWS
    if "csv" in formats or too_many:
        write_csv(place("csv"), columns, shown)
    if "xlsx" in formats and not too_many:
        write_xlsx(place("xlsx"), table, columns, shown)


def _line(row: Rejected) -> list[Value]:
    texts: list[Value] = [str(getattr(row, name))[:MAX_TEXT] for name in _TEXTS.values()]
    return [*texts, Fraction(row.line) if row.line else None]


def write_stopped(
    target: Path, rejected: Mapping[str, Sequence[Rejected]], formats: Collection[str], record: Mapping[str, Any]
) -> None:
    """The folder ``target`` with ``rejects/`` as of a result, whole or not at all, in place of an earlier such folder.

    ``record``: what ``拒收.json`` says of the run. Raises :class:`DataError` where something else stands there.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target):
        refuse_occupied(target, True, STOPPED)
        building = Building(target, STOPPED)
        parquet = ParquetFiles()
        try:
            (building.path / "rejects").mkdir()
            for table, rows in rejected.items():
                stem = file_stem(table)

                def place(suffix: str, stem: str = stem) -> Path:
                    return building.own(f"rejects/{stem}.{suffix}")

                write_rejects(place, table, rows, formats, parquet.write)
            files = building.finished()
            sums = {name: sha256_of(building.path / name) for name in files}
            said = {
                "written_by": STOPPED.mark,
                **record,
                "files": sorted([*files, STOPPED.record]),
                "files_sha256": sums,
            }
            text = json.dumps(said, ensure_ascii=False, indent=2)
            building.own(STOPPED.record).write_text(text + "\n", "utf-8", errors="backslashreplace")
            building.finished()
            building.put_in_place()
        finally:
            parquet.close()
            building.discard()


def clear_stopped(target: Path) -> None:
    """Removes what an earlier run left there when it stopped, and nothing else: a result has come now."""
    with suppress(DataError, OSError):
        if (target / STOPPED.record).is_file():
            refuse_occupied(target, True, STOPPED)
            shutil.rmtree(target)
