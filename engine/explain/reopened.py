"""The run that is explained, opened again: its record, files, rules, data and the period before, as they were.

``run.json`` may be a stranger's. What it names on this machine is read; a database or another machine is asked only if
whoever explains gave that address in this call: no connection is made, and no password sent, because a file says so.
"""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from engine.checked import load as load_remembered
from engine.data.places import Places
from engine.data.record import FolderRecord, read_record
from engine.data.staging.model import StagedTable
from engine.databases.registry import (
    CHOSEN,
    DUCKDB,
    REFERENCE,
    is_address,
    open_engine,
    parse_address,
    refuse_shared_password,
)
from engine.execute.loading import Loaded
from engine.execute.loading import load as load_data
from engine.execute.period import Period, parse_period
from engine.execute.published import PublishedValues, previous_of
from engine.execute.reference.execution import Execution
from engine.execute.reference.run import execute
from engine.execute.sql.tables import SqlTables
from engine.execute.stands_on import PREVIOUS
from engine.execute.unchanged import files_seen, is_remembered, measured_before, of_tables, remember_opened, seen_before
from engine.explain.kept_before import Keeps
from engine.explain.stored.opened import opened
from engine.files.errors import DataError, RunStopped
from engine.remembered.results import SeenFiles
from engine.rulebook.book import Book
from engine.rulebook.locate import Located
from engine.rulebook.model import Program
from engine.settle.may_run import program_of
from engine.settle.reading import load_into, mapped_places
from engine.watching.watching import UNWATCHED

NOTHING_SEEN = SeenFiles()


@dataclass(frozen=True)
class Given:
    """What was given in this call in the place of what ``run.json`` names: data, engine, the period before.

    ``verify``: every file is hashed, whatever its size and times.
    """

    data: Sequence[str | Path] = ()
    engine: str = ""
    previous: Path | None = None
    verify: bool = False


def record_of(folder: Path, verify: bool = False) -> tuple[FolderRecord, SeenFiles]:
    """The record of the run, once all its files are as it wrote them, and what is remembered of it; ``verify``: nothing
    is. Raises :class:`RunStopped`.
    """
    if is_address(str(folder).replace(":/", "://", 1).replace(":///", "://")):
        raise RunStopped("解释要读结果文件夹，不能读写进数据库的结果", hint="运行时 --out 写文件夹")
    try:
        record = read_record(folder) if verify else read_record(folder, seen_sound=is_remembered)
        before = SeenFiles() if verify else seen_before(record)
        record.all_unchanged()
    except DataError as error:
        raise RunStopped(error.message, hint=error.hint) from None
    return record, before


def book_of(record: FolderRecord) -> Book:
    """The rules, if they are what they were."""
    folder = Path(_near(record, "folder"))
    if not folder.is_dir():
        raise RunStopped(f"当时的规则文件夹 {folder} 已经不在了")
    as_of = datetime.date.fromisoformat(record.said["as_of"]) if record.said["as_of"] else None
    book = load_remembered(Located(folder, as_of))
    if book.fingerprint() != record.said["rules_sha256"]:
        raise RunStopped(
            "规则在这次运行之后改动过，不能用现在的规则解释当时的结果", hint="用当时的规则重新运行，或恢复规则文件"
        )
    return book


@dataclass(frozen=True)
class Reopened:
    """``execution``: the run up to the point where its rows are sorted and held. ``kept``: what it kept, by key, where
    coarse values are taken from there.
    """

    execution: Execution
    loaded: Loaded
    places: Places
    kept: Keeps


def execution_of(
    stack: ExitStack, record: FolderRecord, book: Book, given: Given, before: SeenFiles = NOTHING_SEEN
) -> Reopened:
    """The run again, its data left where they lie as long as ``stack`` is open. ``before``: what is remembered of its
    files. Raises :class:`RunStopped` where the data changed.
    """
    said = record.said
    period = period_of(record)
    program = program_of(book, said["program"], period)
    data = given.data or _own_places(record)
    engine = given.engine or _engine(said["engine"], data)
    try:
        refuse_shared_password([*data, engine])
        mapping = Path(_near(record, "mapping")) if said["mapping"] else None
        places = mapped_places(book, period, data, mapping)
        stack.callback(places.close)
        in_files = all(source.remote is None for source in places.sources)
        database = stack.enter_context(open_engine(DUCKDB if in_files or engine in (REFERENCE, CHOSEN) else engine))
        files = files_seen(places, mapping) if in_files else []
        same = in_files and bool(before.tables) and of_tables(files, before.tables) == dict(before.data)
        database.measured = measured_before(before) if same else {}
        loaded = load_into(database, book, program, period, places, UNWATCHED)
        _refuse_changed(record, book, program, period, places, loaded, same)
        if in_files:
            remember_opened(record, before, of_tables(files, loaded.tables), loaded)
    except DataError as error:
        raise RunStopped(f"当时的数据读不出来：{error.message}", hint=error.hint) from None
    former = _before(record, book, program, period, given.previous)
    rows = SqlTables(database, loaded.memory(), loaded.staged())
    execution, kept = opened(record, book, program, period, rows, former)
    return Reopened(execution, loaded, places, kept or PublishedValues(record))


def by_reference(stack: ExitStack, record: FolderRecord, book: Book, given: Given) -> Reopened:
    """The same with every row read and worked out again by the reference engine, whose data were looked at before."""
    period = period_of(record)
    program = program_of(book, record.said["program"], period)
    data = given.data or _own_places(record)
    mapping = Path(_near(record, "mapping")) if record.said["mapping"] else None
    places = mapped_places(book, period, data, mapping)
    stack.callback(places.close)
    loaded = load_data(book, program, period, places, UNWATCHED)
    before = _before(record, book, program, period, given.previous)
    execution = execute(book, program, period, loaded.memory(), before)
    return Reopened(execution, loaded, places, PublishedValues(record))


def period_of(record: FolderRecord) -> Period:
    try:
        return parse_period(record.said["period"])
    except ValueError as error:
        raise RunStopped(f"{record.folder}：{error}") from None


def _refuse_changed(
    record: FolderRecord, book: Book, program: Program, period: Period, places: Places, loaded: Loaded, same: bool
) -> None:  # fmt: skip
    """``same``: the files are those that were found to be the run's before; then only what is read here is compared."""
    then = dict(record.said["data_sha256"])
    if same:
        here = [name for name, table in loaded.tables.items() if not isinstance(table, StagedTable)]
        then = {name: digest for name, digest in then.items() if name in here or name not in loaded.tables}
        loaded = replace(loaded, tables={name: loaded.tables[name] for name in here})
    elif record.said["engine"] == REFERENCE:  # it gave the digests of rows, whoever reads them now
        loaded = load_data(book, program, period, places, UNWATCHED)
    now = loaded.digests()
    changed = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    if changed:
        raise RunStopped(f"数据在这次运行之后改动过：{'、'.join(changed)}", hint="用当时的数据，或重新运行")


def _before(
    record: FolderRecord, book: Book, program: Program, period: Period, given: Path | None
) -> PublishedValues | None:
    """The result of the period before, if it is the one that the run stood on."""
    if not record.said["previous"]:
        return None
    folder = given if given is not None else Path(_near(record, "previous"))
    found = previous_of(book, program, period, folder)
    then = [under["run_sha256"] for under in record.said["stands_on"] if under["as"] == PREVIOUS]
    if then and found.record.sha256 not in then:
        raise RunStopped(
            f"{folder} 在这次运行之后换成了另一次运行的结果，不是当时的上期结果",
            hint="用 --previous 指明当时的上期结果；或接现在的上期结果，把这一期也重新运行",
        )
    return found


def _own_places(record: FolderRecord) -> list[str]:
    """The data that ``run.json`` names, where all of them are on this machine."""
    places: list[str] = record.said["data"]
    away = [place for place in places if _is_away(place, record)]
    if away:
        words = " ".join(f"--data {shlex.quote(place)}" for place in places)
        raise RunStopped(
            f"这次运行的数据在 {'、'.join(away)}；结果文件夹里写着的地址不会自己去连",
            hint=f"核对过是要连的地址，就在命令后面加上 {words}",
        )
    return places


def _engine(engine: str, data: Sequence[str | Path]) -> str:
    """The engine of the run, by an address that was given in this call."""
    if "://" not in engine:
        return engine
    addresses = [parse_address(place) for place in data if is_address(place)]
    given = {address.database: address.url for address in addresses}
    if not given:
        return engine  # its data are files, which are read here
    if engine in given:
        return given[engine]
    raise RunStopped(
        f"这次运行在 {engine} 计算，不在 --data 给的数据库里；结果文件夹里写着的地址不会自己去连",
        hint=f"核对过是要连的地址，就在命令后面加上 --engine {shlex.quote(engine)}",
    )


def _near(record: FolderRecord, name: str) -> str:
    """A path of ``run.json``, which is on this machine."""
    path: str = record.said[name]
    if _is_away(path, record):
        raise RunStopped(
            f"{record.folder} 的 run.json 里 {name} 写着 {path}，在别的机器上；结果文件夹里写着的地址不会自己去连",
            hint="把结果和它用的规则、数据拷到本机，重新运行",
        )
    return path


def _is_away(place: str, record: FolderRecord) -> bool:
    """An address, or a path on another machine (``\\\\server\\share``) than that of the result itself."""
    if "://" in place:
        return True
    text = place.replace("\\", "/")
    if not text.startswith("//"):
        return False
    server = text.split("/")[2]
    return not str(record.folder.resolve()).replace("\\", "/").startswith(f"//{server}/")
