"""The ``--out`` folder of a run: statements, values, rejects, held rows and ``run.json``, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from engine.data.columns import OutColumn, adds_up
from engine.data.csv_out import write_csv
from engine.data.digest import statement_digest
from engine.data.kept_values import REASON, TYPES_FILE, Kept, described, write_values
from engine.data.occupied import RESULT, RUN_FILE, file_stem, refuse_occupied
from engine.data.parquet_out import ParquetFiles, Stored, stored_column
from engine.data.rejects_out import write_rejects
from engine.data.swap import Building, locked
from engine.data.typed import Rejected
from engine.data.xlsx_out import write_xlsx
from engine.files.errors import DataError, why
from engine.files.ordinary import resolved
from engine.files.stamps import sha256_of
from engine.language.values import Value

FORMATS = ("parquet", "csv", "xlsx")
_RESERVED = ("written_by", "fills", "digests", "columns", "files", "files_sha256")


@dataclass(frozen=True)
class Held:
    """A row that could not be settled: its table and key, the value it ``needs``, first ``cause`` and why (Chinese)."""

    table: str
    key_text: str
    needs: str
    cause: str
    reason: str


@runtime_checkable
class StoredElsewhere(Protocol):
    """Rows that are too many for memory: they write and digest themselves, to the same result."""

    def write_statement(self, path: Path, columns: Sequence[OutColumn]) -> None: ...

    def digest(self, columns: Sequence[OutColumn]) -> str: ...

    def write_values(self, path: Path, columns: Sequence[OutColumn], reason_name: str) -> list[bool]: ...


class OutFolder:
    """Use as ``with OutFolder(path) as out``; what is written appears at ``path`` when the block ends without an error.

    Raises :class:`DataError` on entry if another run writes there, or if ``path`` holds something that may not be
    replaced: only an empty folder, or with ``replace`` one that a run wrote and nobody has added files to, is.
    """

    def __init__(self, path: str | Path, replace: bool = False) -> None:
        self.target = resolved(Path(path))
        self._replace = replace
        self._building: Building | None = None
        self._stack = ExitStack()
        self._parquet = ParquetFiles()
        self._run: dict[str, Any] | None = None
        self._fills: list[dict[str, str]] = []
        self._kept: dict[str, Any] = {}
        self.digests: dict[str, str] = {}
        self._columns: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._stack.enter_context(locked(self.target))
            self._building = Building(self.target)
            refuse_occupied(self.target, self._replace)
        except OSError as error:
            self._close()
            raise DataError(f"写不了 {self.target}（{why(error)}）", "换一个 --out 文件夹，或检查权限和磁盘") from error
        except DataError:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._close()

    def file(self, folder: str, name: str, suffix: str = "parquet") -> Path:
        """Where a program that writes by itself (an SQL engine) puts ``folder/name.suffix``, which is not there yet."""
        path = self._own(f"{folder}/{file_stem(name)}.{suffix}")
        path.parent.mkdir(exist_ok=True)
        if path.exists():
            raise ValueError(f"{folder}/{path.name} is written twice")
        return path

    def statement(
        self,
        name: str,
        columns: Sequence[OutColumn],
        rows: Sequence[Sequence[Value]],
        formats: Iterable[str] = ("parquet",),
        fills: str | None = None,
        total: Sequence[Sequence[Value]] = (),
        label: str = "",
    ) -> str:
        """Writes ``statements/<name>``, Parquet always, and returns its digest. ``fills``: the table it is input of.

        ``total`` lines and ``label`` (示例, before file name and sheet name) are for people, in CSV and XLSX only.
        """
        others = [kind for kind in FORMATS[1:] if kind in set(formats)]
        path = self.file("statements", name)
        if isinstance(rows, StoredElsewhere):
            rows.write_statement(path, columns)
        else:
            stored = [stored_column(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
            self._parquet.write(path, stored)
        shown = f"{label}-{name}" if label else name
        if "csv" in others:
            write_csv(self.file("statements", shown, "csv"), columns, chain(rows, total))
        if "xlsx" in others:
            write_xlsx(self.file("statements", shown, "xlsx"), shown, columns, [*rows, *total])
        if fills is not None:
            self.fills(name, fills)
        self._columns[name] = [
            {"heading": column.heading, "key": column.key, "adds_up": adds_up(column)} for column in columns
        ]
        digest = rows.digest(columns) if isinstance(rows, StoredElsewhere) else statement_digest(columns, rows)
        self.digests[name] = digest
        return self.digests[name]

    def fills(self, statement: str, table: str) -> None:
        """Says that ``statements/<statement>.parquet`` stands for ``table`` when this folder is a place of data."""
        file = f"statements/{file_stem(statement)}.parquet"
        self._fills.append({"statement": statement, "table": table, "file": file})

    def values(self, grain: str, columns: Sequence[OutColumn], rows: Sequence[Sequence[Kept]]) -> None:
        """Writes ``values/<grain>.parquet``, exactly; :func:`engine.data.kept_values.read_values` reads it back."""
        path = self.file("values", grain)
        if isinstance(rows, StoredElsewhere):
            reasons = rows.write_values(path, columns, REASON)
            self._kept[grain] = described(path, columns, reasons)
        else:
            self._kept[grain] = write_values(path, columns, rows, self._parquet.write)

    def rejects(self, table: str, rows: Sequence[Rejected], formats: Iterable[str] = ()) -> None:
        """Writes ``rejects/<table>``: Parquet, and the ``formats`` for people."""
        write_rejects(
            lambda suffix: self.file("rejects", table, suffix), table, rows, set(formats), self._parquet.write
        )

    def cancelled(self, table: str, rows: Sequence[Rejected], formats: Iterable[str] = ()) -> None:
        """Writes ``cancelled/<table>``, of the same columns: settlements and their refunds."""
        write_rejects(
            lambda suffix: self.file("cancelled", table, suffix), table, rows, set(formats), self._parquet.write
        )

    def held(self, rows: Sequence[Held]) -> None:
        """Writes ``held.parquet``."""
        texts = {"表": "table", "主键": "key_text", "需要": "needs", "起因": "cause", "原因": "reason"}
        self._parquet.write(
            self._own("held.parquet"),
            [_texts(heading, rows, attribute) for heading, attribute in texts.items()],
        )

    def run_json(self, run: dict[str, Any]) -> None:
        """What ``run.json`` will say; what this class knows itself (``digests``, ``files`` …) is added at the end."""
        taken = [name for name in _RESERVED if name in run]
        if taken:
            raise ValueError(f"run.json: {taken} are written by OutFolder")
        self._run = run

    def _finish(self) -> None:
        if self._run is None:
            raise RuntimeError("run_json() was not called")
        assert self._building is not None
        if self._kept:
            _write_json(self._own(f"values/{TYPES_FILE}"), self._kept)
        files = self._building.finished()
        added = {
            "fills": self._fills,
            "digests": self.digests,
            "columns": self._columns,
            "files": sorted([*files, RUN_FILE]),
            "files_sha256": {name: sha256_of(self._building.path / name) for name in files},
        }
        _write_json(self._own(RUN_FILE), {"written_by": RESULT.mark} | self._run | added)
        self._building.finished()
        refuse_occupied(self.target, self._replace, hashed=False)
        self._building.put_in_place()

    def _own(self, name: str) -> Path:
        assert self._building is not None, "used outside of its block"
        return self._building.own(name)

    def _close(self) -> None:
        self._parquet.close()
        if self._building is not None:
            self._building.discard()
        self._stack.close()


def _texts(heading: str, rows: Sequence[Any], attribute: str) -> Stored:
    return Stored(heading, "VARCHAR", [getattr(row, attribute) for row in rows])


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=False)
    path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")  # of a path that is no text: an escape
