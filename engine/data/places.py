"""Where tables are: folders of files, a DuckDB file, the result of an earlier run, a schema of a database; laid over
each other. What is particular to a database stands in :mod:`engine.databases`.

Table names come from listing what is there; no path is ever built from a name in a rulebook or in ``run.json``.
Symbolic links to files are followed: who owns the folder decides what stands in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.data.mapping import DataMapping, TableMapping
from engine.data.occupied import RUN_FILE
from engine.data.record import REFUSED_ROWS_CURE, WRITES_NOTHING_BACK, Record, read_record
from engine.data.rejects_out import STOPPED
from engine.data.remote_table import RemoteTable, TableServer
from engine.data.zones import zone_of
from engine.files.errors import DataError, why
from engine.files.ordinary import is_text, meant, refuse_strange
from engine.files.raw import RawTable
from engine.files.stamps import Stamp, stamp_of

DATABASE_FILE = "duckdb"
WORKBOOK = "workbook"
REMOTE = "remote"
KINDS = {".parquet": "parquet", ".csv": "csv"} | dict.fromkeys((".xlsx", ".xlsm", ".xls", ".et"), WORKBOOK)
_NOT_READ = frozenset((".ods", ".fods", ".xlsb", ".numbers", ".dbf", ".tsv"))
"""Tables too, of kinds that are not read: left aside without a word they would count as not delivered."""
_FILES = "文件夹里放 表名.parquet（也可以是分成几份的文件夹）、表名.csv、表名.xlsx 或 表名.xls"


@dataclass(frozen=True)
class Source:
    """One delivery of one table: ``kind`` parquet, csv, workbook, duckdb or remote; ``origin`` names it.

    ``stored``: its name there, where a ``mapping`` says so; ``remote``: the table of a database, instead of ``path``.
    ``parts``: the Parquet files in ``path`` that together are the table, in the order of their names.
    """

    table: str
    kind: str
    path: Path
    origin: str
    mapping: TableMapping | None = None
    stored: str = ""
    remote: RemoteTable | None = None
    parts: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold the rows, in order."""
        return self.parts or (self.path,)

    def read(self, fields: Collection[str] | None = None) -> RawTable:
        """The rows. ``fields``: those the rulebook's table has (``None``: not known). Raises :class:`DataError`."""
        raw = self._as_stored(fields)
        return raw if self.mapping is None else self.mapping.mapped(raw, fields)

    def _as_stored(self, fields: Collection[str] | None) -> RawTable:
        if self.remote is not None:
            return self.remote.read(self.table, self.mapping, fields)

        def zone(columns: Sequence[str], moments: Collection[str]) -> str:
            """Of the moments, if there are any."""
            if not moments:
                return ""
            if self.mapping is None:
                same = [(name, name) for name in columns if fields is None or name in fields]
                return zone_of(None, self.table, same, moments, self.origin)
            taken = self.mapping.columns(columns, fields, self.origin)
            read = [(column, one.field) for one in taken for column in one.columns]
            return zone_of(self.mapping.zone, self.table, read, moments, self.origin)

        if self.kind == "csv":
            from engine.files.csv_text import read_csv as reader
        elif self.kind == WORKBOOK:
            from engine.data.workbook import read_workbook as reader
        elif self.kind == "parquet":
            from engine.data.duckdb_files import read_parquet

            return read_parquet(self.files, self.stored or self.table, self.origin, zone)
        else:
            from engine.data.duckdb_files import read_database_table

            return read_database_table(self.path, self.stored or self.table, self.origin, zone)
        return reader(self.path, self.stored or self.table, self.origin)


@dataclass(frozen=True)
class Places:
    """Every delivery, a later one overlaying an earlier one; ``ignored`` are files that are no table, tables in
    a folder below, and tables whose name the mapping takes from another one of the same place.

    ``results``: those places that are results of earlier runs.
    """

    sources: tuple[Source, ...] = ()
    ignored: tuple[str, ...] = ()
    results: tuple[Record, ...] = ()

    def tables(self) -> tuple[str, ...]:
        """Names of the tables delivered, in code-point order."""
        return tuple(sorted({source.table for source in self.sources}))

    def of(self, table: str) -> tuple[Source, ...]:
        """The deliveries of one table, earlier places first; none if it is undelivered."""
        return tuple(source for source in self.sources if source.table == table)

    def servers(self) -> list[TableServer]:
        """The databases that deliveries lie in, each once."""
        found = [source.remote.server for source in self.sources if source.remote is not None]
        return list({id(server): server for server in found}.values())

    def close(self) -> None:
        """Lets go of the databases that deliveries lie in."""
        for server in self.servers():
            server.close()

    def stamps(self) -> list[tuple[str, Stamp]]:
        """Each file with the table that stands in it, and what it is now. Raises :class:`DataError`."""
        found = []
        for source in self.sources:
            if source.kind in (*KINDS.values(), DATABASE_FILE):
                try:
                    for path in source.files:
                        refuse_strange(path)
                        path.open("rb").close()  # whether it may be read at all
                    watched = [(source.path, source.origin), *((part, str(part)) for part in source.parts)]
                    found += [(source.table, stamp_of(*one)) for one in watched]  # of a folder too: files come and go
                except OSError as error:
                    raise DataError(f"{source.origin}：读不出来（{why(error)}）", "检查文件和它的权限") from error
        return found

    def raw(self, table: str, fields: Collection[str] | None = None) -> list[RawTable]:
        """The same, read. Raises :class:`DataError`."""
        return [source.read(fields) for source in self.of(table)]


def file_place(path: str | Path, mapping: DataMapping | None) -> tuple[list[Source], list[str], Record | None]:
    """The deliveries of a folder or file of this machine, what is no table there, and the record of a result.

    ``mapping`` says which of its tables are which, but not of a result. Raises :class:`DataError` for what is no place.
    """
    if (Path(path) / RUN_FILE).is_file():
        found, record = _run_folder(Path(path))
        return found, [], record
    found, left = _open_place(Path(path))
    if mapping is not None:
        found, hidden = _renamed(found, mapping)
        left += hidden
    return found, left, None


def _renamed(sources: list[Source], mapping: DataMapping) -> tuple[list[Source], list[str]]:
    """The deliveries under the rulebook's names, and those that another one stands for."""
    found, hidden = [], []
    there = {source.table for source in sources}
    for source in sources:
        taken = mapping.taken_from(source.table)
        found += [replace(source, table=one.table, mapping=one, stored=source.table) for one in taken]
        instead = mapping.hidden(source.table, there)
        if not taken and instead is not None:
            hidden.append(instead.instead_of(source.origin))
        elif not taken:
            found.append(source)
    return found, hidden


def refuse_not_found(mapping: DataMapping, sources: Sequence[Source]) -> None:
    """Raises :class:`DataError` for a mapped table that no place has."""
    found = {source.mapping.table for source in sources if source.mapping is not None}
    for name, table in mapping.tables.items():
        if name not in found:
            raise DataError(f"{table.place}：数据里没有 {table.origin}，表“{name}”取不到", "检查 来自 和 --data")


def _open_place(place: Path) -> tuple[list[Source], list[str]]:
    if place.is_dir():
        return _table_folder(place)
    if not place.exists():
        raise DataError(f"找不到数据位置 {place}")
    if _is_duckdb(place):
        from engine.data.duckdb_files import database_tables

        names = database_tables(place, str(place))
        return [Source(name, DATABASE_FILE, place, f"{place} 的表 {name}") for name in names], []
    raise DataError(f"{place} 不是数据位置", f"应是文件夹或 DuckDB 文件；{_FILES}")


def _is_duckdb(path: Path) -> bool:
    try:
        refuse_strange(path)
        with path.open("rb") as stream:
            return stream.read(12)[8:] == b"DUCK"
    except OSError as error:
        raise DataError(f"{path}：读不出来（{why(error)}）") from error


def _listing(folder: Path) -> Iterator[Path]:
    """Regular files, hidden ones and Excel's lock files aside, in code-point order."""
    return (entry for entry in _entries(folder) if entry.is_file())


def _entries(folder: Path) -> list[Path]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"{folder}：读不出来（{why(error)}）") from error
    entries = [entry for entry in entries if not entry.name.startswith((".", "~$"))]
    for entry in entries:
        if not is_text(entry.name):
            raise DataError(
                f"{folder}：里面有一个文件名不是 UTF-8 编码{meant(entry.name)}",
                "它多半来自 Windows 的压缩包：改名，或重新解压（unzip -O GBK 文件.zip）",
            )
    return entries


def _table_folder(folder: Path) -> tuple[list[Source], list[str]]:
    files: dict[str, Path] = {}
    ignored: list[str] = []
    for entry in _entries(folder):
        known = entry.suffix.lower() in KINDS
        if known and entry.stem in files:
            raise DataError(
                f"{folder}：表“{entry.stem}”有两个文件：{files[entry.stem].name} 和 {entry.name}", "只留一个"
            )
        if entry.suffix.lower() in _NOT_READ:
            raise DataError(f"{entry}：不读 {entry.suffix} 文件", "另存为 .xlsx 或 .csv；不是数据的移到别处")
        if known:
            files[entry.stem] = entry
        elif entry.is_file():
            ignored.append(str(entry))
        elif entry.is_dir():
            ignored += [str(file) for file in _listing(entry) if file.suffix.lower() in KINDS]
    if not files:
        if (folder / STOPPED.record).is_file():
            raise DataError(f"{folder} 是一次停下的运行拒收的行，不是数据", REFUSED_ROWS_CURE)
        nested = sorted(entry.name for entry in folder.iterdir() if (entry / RUN_FILE).is_file())
        below = sorted(entry.name for entry in _entries(folder) if entry.is_dir() and _has_tables(entry))
        hint = _FILES
        if nested:
            hint = f"它下面的 {'、'.join(nested[:3])} 是运行结果，请分别给出"
        elif below:
            hint = f"表在它下面的文件夹 {'、'.join(below[:3])} 里：--data 写到那一层，如 {folder / below[0]}"
        raise DataError(f"{folder}：没有可读的表", hint)
    return [_source(table, file) for table, file in files.items()], ignored


def _has_tables(folder: Path) -> bool:
    return any(file.suffix.lower() in KINDS for file in _listing(folder))


def _source(table: str, file: Path) -> Source:
    parts = _parts(file) if file.is_dir() else ()
    return Source(table, KINDS[file.suffix.lower()], file, str(file), parts=parts)


def _parts(folder: Path) -> tuple[Path, ...]:
    """The files of a table that was written in parts, as clusters do: 表名.parquet/part-00000….parquet."""
    if KINDS[folder.suffix.lower()] != "parquet":
        raise DataError(f"{folder} 是文件夹", "分成几份的表只能是 Parquet；CSV 和 XLSX 一张表一个文件")
    below = [entry.name for entry in _entries(folder) if entry.is_dir()]
    if below:
        raise DataError(
            f"{folder}：里面还有文件夹 {below[0]}", "按列分区的表先写成不分区的：文件夹里直接放 .parquet 文件"
        )
    parts = tuple(entry for entry in _listing(folder) if entry.suffix.lower() == ".parquet")
    if not parts:
        raise DataError(f"{folder}：里面没有 .parquet 文件")
    return parts


def _run_folder(folder: Path) -> tuple[list[Source], Record]:
    """The statements of an earlier run that fill tables (``fills`` of its run.json), as it wrote them."""
    record = read_record(folder)
    origin, wanted = folder / RUN_FILE, [(fill["table"], fill["file"]) for fill in record.said["fills"]]
    statements = folder / "statements"
    there = {f"statements/{file.name}": file for file in _listing(statements)} if statements.is_dir() else {}
    there = {name: file for name, file in there.items() if file.suffix.lower() in KINDS}
    lost = [file for _, file in wanted if file not in there]
    if lost:
        raise DataError(f"{origin}：提到的回填报表不在 statements 里：{'、'.join(lost)}")
    if not wanted:
        raise DataError(f"{folder}：{WRITES_NOTHING_BACK[0]}", WRITES_NOTHING_BACK[1])
    record.unchanged(file for _, file in wanted)
    found = [Source(table, KINDS[there[file].suffix.lower()], there[file], str(there[file])) for table, file in wanted]
    return found, record
