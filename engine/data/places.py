"""Where tables are: folders of files, a DuckDB file, the ``--out`` folder of an earlier run; laid over each other.

Table names come from listing what is there; no path is ever built from a name in a rulebook or in ``run.json``.
Symbolic links to files are followed: who owns the folder decides what stands in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.files.errors import DataError
from engine.files.raw import RawTable

KINDS = {".parquet": "parquet", ".csv": "csv", ".xlsx": "xlsx"}
_FILES = "文件夹里放 表名.parquet、表名.csv 或 表名.xlsx"


@dataclass(frozen=True)
class Source:
    """One delivery of one table: ``kind`` parquet, csv, xlsx or duckdb; ``origin`` is how messages name it."""

    table: str
    kind: str
    path: Path
    origin: str

    def read(self) -> RawTable:
        """The rows. Raises :class:`DataError`."""
        if self.kind == "csv":
            from engine.files.csv_text import read_csv as reader
        elif self.kind == "xlsx":
            from engine.data.workbook import read_workbook as reader
        elif self.kind == "parquet":
            from engine.data.duckdb_files import read_parquet as reader
        else:
            from engine.data.duckdb_files import read_database_table as reader
        return reader(self.path, self.table, self.origin)


@dataclass(frozen=True)
class Places:
    """Every delivery, a later one overlaying an earlier one; ``ignored`` are files that are no table."""

    sources: tuple[Source, ...] = ()
    ignored: tuple[str, ...] = ()

    def tables(self) -> tuple[str, ...]:
        """Names of the tables delivered, in code-point order."""
        return tuple(sorted({source.table for source in self.sources}))

    def of(self, table: str) -> tuple[Source, ...]:
        """The deliveries of one table, earlier places first; none if it is undelivered."""
        return tuple(source for source in self.sources if source.table == table)

    def raw(self, table: str) -> list[RawTable]:
        """The same, read. Raises :class:`DataError`."""
        return [source.read() for source in self.of(table)]


def open_places(paths: Sequence[str | Path]) -> Places:
    """The places in the order given. Raises :class:`DataError` for what is no place."""
    sources: list[Source] = []
    ignored: list[str] = []
    for path in paths:
        found, left = _open_place(path)
        sources += found
        ignored += left
    return Places(tuple(sources), tuple(ignored))


def _open_place(path: str | Path) -> tuple[list[Source], list[str]]:
    if isinstance(path, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", path):
        scheme = path.split("://", 1)[0]
        raise DataError(f"暂不支持从数据库地址（{scheme}://…）读数据", "先导出为文件夹或 DuckDB 文件")
    place = Path(path)
    if place.is_dir():
        return (_run_folder(place), []) if (place / "run.json").is_file() else _table_folder(place)
    if not place.exists():
        raise DataError(f"找不到数据位置 {place}")
    if _is_duckdb(place):
        from engine.data.duckdb_files import database_tables

        names = database_tables(place, str(place))
        return [Source(name, "duckdb", place, f"{place} 的表 {name}") for name in names], []
    raise DataError(f"{place} 不是数据位置", f"应是文件夹或 DuckDB 文件；{_FILES}")


def _is_duckdb(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(12)[8:] == b"DUCK"
    except OSError as error:
        raise DataError(f"{path}：读不出来（{error.strerror}）") from error


def _listing(folder: Path) -> Iterator[Path]:
    """Regular files, hidden ones and Excel's lock files aside, in code-point order."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"{folder}：读不出来（{error.strerror}）") from error
    return (entry for entry in entries if entry.is_file() and not entry.name.startswith((".", "~$")))


def _table_folder(folder: Path) -> tuple[list[Source], list[str]]:
    files: dict[str, Path] = {}
    ignored: list[str] = []
    for file in _listing(folder):
        if file.suffix.lower() not in KINDS:
            ignored.append(str(file))
        elif file.stem in files:
            raise DataError(f"{folder}：表“{file.stem}”有两个文件：{files[file.stem].name} 和 {file.name}", "只留一个")
        else:
            files[file.stem] = file
    if not files:
        nested = sorted(entry.name for entry in folder.iterdir() if (entry / "run.json").is_file())
        hint = f"它下面的 {'、'.join(nested[:3])} 是运行结果，请分别给出" if nested else _FILES
        raise DataError(f"{folder}：没有可读的表", hint)
    return [_source(table, file) for table, file in files.items()], ignored


def _source(table: str, file: Path) -> Source:
    return Source(table, KINDS[file.suffix.lower()], file, str(file))


def _run_folder(folder: Path) -> list[Source]:
    """The statements of an earlier run that fill tables (``fills`` of its run.json: statement, table, file)."""
    origin = folder / "run.json"
    try:
        fills = json.loads(origin.read_text(encoding="utf-8")).get("fills", [])
        wanted = [(str(fill["table"]), str(fill["file"])) for fill in fills]
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise DataError(f"{origin}：不是运行结果的说明", "这个文件由 casemix run 写出，不要改动") from error
    statements = folder / "statements"
    there = {f"statements/{file.name}": file for file in _listing(statements)} if statements.is_dir() else {}
    there = {name: file for name, file in there.items() if file.suffix.lower() in KINDS}
    lost = [file for _, file in wanted if file not in there]
    if lost:
        raise DataError(f"{origin}：提到的回填报表不在 statements 里：{'、'.join(lost)}")
    if not wanted:
        raise DataError(f"{folder}：这次运行没有回填的报表，不能当数据用")
    return [Source(table, KINDS[there[file].suffix.lower()], there[file], str(there[file])) for table, file in wanted]
