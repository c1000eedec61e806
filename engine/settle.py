"""Run a program of a region over data and write its ``--out`` folder."""

from __future__ import annotations

import platform
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from engine import __version__
from engine.checked import problems_of
from engine.data.columns import OutColumn, value_text
from engine.data.occupied import refuse_occupied
from engine.data.places import Places
from engine.data.staging.likeness import note_of_likeness
from engine.data.staging.model import StagedTable
from engine.data.staging.one_cut import notes_of_one_cut
from engine.data.write import Held, OutFolder
from engine.databases.places import open_places, shown_place
from engine.databases.registry import (
    CHOSEN,
    DUCKDB,
    OUT_FORMS,
    REFERENCE,
    engine_at,
    is_address,
    is_out_address,
    open_engine,
    out_place,
    parse_address,
    refuse_shared_password,
)
from engine.execute.in_period import notes_of_months, notes_of_other_periods
from engine.execute.loading import Loaded, load
from engine.execute.period import Period
from engine.execute.published import PublishedValues, previous_of
from engine.execute.reference.days import rules_of
from engine.execute.reference.inputs import Published
from engine.execute.reference.run import run
from engine.execute.result import Account, Refusal, Result, SheetColumn
from engine.execute.stands_on import former_results, refuse_unfit, standing
from engine.execute.stopped import Stopped, all_rejected, beside, like_refunds, with_cancelled, with_unreadable
from engine.execute.unchanged import remember_result
from engine.files.csv_text import is_cut
from engine.files.errors import DataError, RunStopped
from engine.files.ordinary import resolved
from engine.files.stamps import Stamp, seen, stamp_of
from engine.language.values import Unresolved, render
from engine.rulebook.book import Book
from engine.rulebook.chains import TOO_DEEP, TOO_DEEP_HINT
from engine.rulebook.model import Program, Provenance, Table
from engine.rulebook.pending import pending, sheets
from engine.rulebook.problems import RulebookError
from engine.watching.event import CHECKING, DONE, WRITING
from engine.watching.watching import UNWATCHED, Watching

if TYPE_CHECKING:
    from engine.databases.interface import Database

_SOUND: WeakSet[Book] = WeakSet()
_SOUND_FILES: set[tuple[Any, ...]] = set()
"""Folder, day and files of rulebooks that were found sound: read again in this process, they are what they were."""


def program_of(book: Book, name: str, period: Period) -> Program:
    """The program as it stands at the end of the period. Raises :class:`RunStopped` where it may not run at all."""
    if book.template:
        raise RunStopped(f"{book.title} 是模板，自己不结算", hint="由各市 沿用 它，补齐待定的数值后再运行")
    try:
        snapshot = book.at(period.end)
    except ValueError as error:
        raise RunStopped(str(error)) from None
    program = snapshot.programs.get(name)
    if program is None:
        raise RunStopped(f"{book.title} 没有程序 {name}", hint=f"有：{'、'.join(snapshot.programs)}")
    if period.kind not in program.periods:
        raise RunStopped(f"{name} 的期间是 {'、'.join(program.periods)}，不能用 {period}")
    return program


def sound(book: Book) -> None:
    """Raises :class:`RulebookError` if the rulebook has any error: a wrong rulebook never settles."""
    files = (book.folder, book.as_of, book.read_from) if book.read_from else None
    if book not in _SOUND and files not in _SOUND_FILES:  # a range of periods, or of commands, checks it once
        errors = [problem for problem in problems_of(book) if problem.is_error]
        if errors:
            raise RulebookError(errors)
        _SOUND.add(book)
        if files is not None:
            _SOUND_FILES.add(files)


def refuse_pending(book: Book, program: Program, period: Period, delivered: Collection[str] | None = None) -> None:
    """Stops where the program reaches a figure that is 待定, and names them all.

    ``delivered``: the tables that were; ``None``: not known yet, then only what none of them could bring (交来).
    """
    details: dict[str, str] = {}
    for snapshot in rules_of(book, program, period):
        brought = sheets(snapshot) if delivered is None else delivered
        for name, what in pending(snapshot, program, brought).items():
            about = snapshot.entries[name].provenance
            details[name] = f"{name}：缺 {what}（{about.cite}）{about.note}"
    if details:
        raise RunStopped(
            f"{book.title} 的 {program.name} 用到 {len(details)} 项待定的规定，不能结算",
            [details[name] for name in sorted(details)],
            "由统筹地区给出数值：新建一个 沿用 本地区的文件夹，写上 取值 或 表",
        )  # fmt: skip


def settle(
    book: Book,
    program_name: str,
    period: Period,
    data: Sequence[str | Path],
    out: Path | str,
    *,
    previous: Path | None = None,
    formats: Sequence[str] = ("parquet",),
    replace: bool = False,
    keep_all: bool = False,
    engine: str = DUCKDB,
    memory: str = "",
    mapping: Path | None = None,
    rejects: Path | None = None,
    part: Part | None = None,
    watching: Watching = UNWATCHED,
) -> tuple[Result, dict[str, Any]]:
    """Check, load, run, write. Nothing appears at ``out``, a folder or the address of a schema, unless all is well.

    Where the run stops, the rows that it refused are written to ``rejects`` (``OUT.拒收`` beside ``out``).
    ``part``: of which range of periods that are run at once this is one. ``watching`` is told every step; where it is
    cancelled :class:`Cancelled` is raised, and nothing has appeared.
    """
    watching = watching if watching.period else watching.of(str(period), 1, 1)
    watching.tell(CHECKING, book.title)
    sound(book)
    program = program_of(book, program_name, period)
    refuse_pending(book, program, period)
    refuse_shared_password([*data, engine, out])
    refuse_target(book, program, period, out, replace)
    part = part or Part()
    published = previous_of(book, program, period, previous, part.before) if previous is not None else None
    mapped = {} if mapping is None or not mapping.is_file() else {str(resolved(mapping)): seen(mapping)}
    places = mapped_places(book, period, data, mapping)
    refuse_pending(book, program, period, places.tables())
    formers = former_results(published, places)
    refuse_unfit(book, formers)
    refuse_read(places, out)
    stamps = [*places.stamps(), *_stamps_of_run(previous)]
    stopped = Stopped(out, beside(out) if rejects is None else rejects, formats)
    database: Database | None = None
    loaded: Loaded | None = None
    with ExitStack() as stack:
        stack.callback(places.close)
        try:
            engine = _chosen(engine, memory, book, program, period, places)
            if engine == REFERENCE:
                loaded = load(book, program, period, places, watching)
                result = run(book, program, period, loaded.memory(), published, keep_all, watching)
            else:
                database = _database(stack, engine, memory)
                stack.enter_context(watching.cancel.interrupting(database.interrupt))
                engine = database.name  # without a password
                loaded = load_into(database, book, program, period, places, watching)
                result = _run_in_sql(database, book, program, period, loaded, published, keep_all, watching)
            result.notes += fetched(places)
            _complete(result, loaded, stamps)
            result.notes += [*notes_of_months(book, period, loaded), *notes_of_other_periods(period, loaded, result)]
            stands_on, notes = standing(book, program, period, engine, loaded.digests(), formers, published)
            result.notes += notes
            record = run_record(book, program, period, data, loaded, result, published, engine, mapping)
            record |= {"stands_on": stands_on, "range": part.as_json()}
            target = Target(out, formats, replace, watching)
            digests = _write(target, book, period, loaded, result, record, stamps)
            if not is_out_address(out):
                read = {str(stamp.path): stamp.seen for table, stamp in stamps if table in loaded.tables}
                remember_result(Path(out), read | mapped, loaded)
            stopped.clear()
            watching.watcher(watching.event(DONE, shown_place(out)))
            return result, {**record, "digests": digests}
        except Unresolved as error:
            hint = "" if data else "没有写 --data：这个程序要读数据"
            raise RunStopped(f"有值无法确定：{error}", hint=hint) from None
        except RecursionError:
            raise RunStopped(TOO_DEEP, hint=TOO_DEEP_HINT) from None
        except RunStopped as stop:
            about = {"region": book.name, "program": program.name, "period": str(period)}
            raise stopped.told(stop, loaded, about) from None
        except DataError:
            raise
        except Exception as error:
            _refuse_changed_data(stamps)  # then that is why
            raise (error if database is None else database.said_of(error)) from error


def _chosen(engine: str, memory: str, book: Book, program: Program, period: Period, places: Places) -> str:
    """The engine itself where one is to be chosen: who says how much memory DuckDB may take means DuckDB."""
    if engine != CHOSEN:
        return engine
    from engine.data.few_rows import has_few_rows
    from engine.execute.plan.data_tables import data_tables

    return REFERENCE if not memory and has_few_rows(places, data_tables(book, program, period)) else DUCKDB


def mapped_places(book: Book, period: Period, data: Sequence[str | Path], mapping: Path | None) -> Places:
    """The places of data, with the names that the file ``mapping`` gives to their tables and columns. Where it lies
    beside the tables it is no file that was left aside.
    """
    if mapping is None:
        return open_places(list(data))
    from engine.data.mapping import read_mapping

    names = read_mapping(mapping)
    names.refuse_strangers(book.at(max(period.end, book.start)).tables)
    places, itself = open_places(list(data), names), Path(mapping).resolve()
    left = tuple(file for file in places.ignored if Path(file).resolve() != itself)
    return Places(places.sources, left, places.results)


@dataclass(frozen=True)
class Part:
    """One of the periods that are run at once; all of them have the same ``id``.

    ``before``: where the result of the period before will stand, which is not there yet.
    """

    id: str = ""
    periods: tuple[str, ...] = ()
    before: str = ""

    def as_json(self) -> dict[str, Any] | None:
        return {"id": self.id, "periods": list(self.periods)} if self.id else None


@dataclass(frozen=True)
class Target:
    """Where a result goes, a folder or the address of a schema, in which formats, and whether over an earlier one."""

    out: Path | str
    formats: Sequence[str]
    replace: bool
    watching: Watching = UNWATCHED


def _complete(result: Result, loaded: Loaded, stamps: Sequence[tuple[str, Stamp]]) -> None:
    """Adds what is only known of the delivery: rows that could not be read, files that may have been cut."""
    counted = [with_cancelled(with_unreadable(account, loaded), loaded) for account in result.accounts]
    result.accounts = [account for account in counted if account.rows]
    result.notes += [*_cut_files(loaded, stamps), *like_refunds(result.accounts)]
    for table in loaded.tables.values():
        result.notes += [*filter(None, [note_of_likeness(table)]), *notes_of_one_cut(table)]


def _write(
    target: Target, book: Book, period: Period, loaded: Loaded, result: Result, record: dict[str, Any],
    stamps: Sequence[tuple[str, Stamp]],
) -> dict[str, str]:  # fmt: skip
    """Writes all of it, or nothing; the digests of the statements."""
    with ExitStack() as stack:
        place = Path(target.out)
        if is_out_address(target.out):
            place = Path(stack.enter_context(TemporaryDirectory(prefix="casemix-"))) / "out"
        with OutFolder(place, replace=target.replace) as folder:
            write_result(folder, result, loaded, record, target.formats, target.watching)
            refuse_changed(book, loaded, stamps)
            target.watching.tell(WRITING, shown_place(target.out))
        if is_out_address(target.out):
            from engine.execute.out_tables import publish

            there = out_place(target.out, target.replace)
            publish(there, place, result, book.at(max(period.end, book.start)), book.example)
    return folder.digests


def fetched(places: Places) -> list[str]:
    """What to tell of databases whose rows were brought here."""
    remotes = [source.remote for source in places.sources if source.remote is not None]
    away = sorted({remote.server.database for remote in remotes if not remote.server.is_joined})
    return [f"{database} 的行取到本机来计算；写 --engine {database} 就在数据库里计算" for database in away]


def refuse_target(book: Book, program: Program, period: Period, out: Path | str, replace: bool) -> None:
    """Raises :class:`DataError` before anything is worked out where the result could not be written."""
    if not is_out_address(out):
        if is_address(out):
            engine_at(out).out(out, replace)  # says why not
        if isinstance(out, str) and "://" in out:
            raise DataError(f"不能写到 {out.partition('://')[0]}://…", f"写文件夹，或 {'、'.join(OUT_FORMS)}")
        refuse_occupied(resolved(Path(out)), replace)
        return
    from engine.execute.out_tables import refuse_names

    place = out_place(out, replace)
    refuse_names(place, book.at(max(period.end, book.start)), program, period)
    place.refuse_occupied()


def refuse_read(places: Places, out: Path | str) -> None:
    """Raises :class:`DataError` where the result would take the place of what it is worked out from."""
    if not is_out_address(out):
        return
    target = parse_address(out)
    for remote in (source.remote for source in places.sources):
        if remote is not None and (remote.server.database, remote.schema) == (target.database, target.schema):
            raise DataError(f"{target.shown}：这个模式正被 --data 读，不能又写结果", "把结果写到另一个模式")


def _cut_files(loaded: Loaded, stamps: Sequence[tuple[str, Stamp]]) -> list[str]:
    """What to tell of text files that may have been cut short."""
    texts = [stamp for table, stamp in stamps if table in loaded.tables and stamp.path.suffix.lower() == ".csv"]
    return [f"{s.origin} 的最后一行没有换行，文件可能没有传完：请核对行数" for s in texts if is_cut(s.path)]


def _stamps_of_run(previous: Path | None) -> list[tuple[str, Stamp]]:
    """What an earlier run left, which is read piece by piece."""
    found = [] if previous is None else [previous / "run.json", *sorted(previous.glob("values/*"))]
    return [("", stamp_of(path, str(path))) for path in found if path.is_file()]


def _refuse_changed_data(stamps: Sequence[tuple[str, Stamp]]) -> None:
    for _, stamp in stamps:
        stamp.unchanged()


def refuse_changed(book: Book, loaded: Loaded, stamps: Sequence[tuple[str, Stamp]]) -> None:
    """Raises where a file was written while it was in use: rules or data of two moments make no result."""
    for table, stamp in stamps:
        if table in loaded.tables or not table:
            stamp.unchanged()
    changed = book.changed_files()
    if changed:
        names = "、".join(str(path) for path in changed[:3])
        raise RunStopped(f"计算期间规则文件被改动了：{names}", hint="没有写出结果；规则改好后重新运行")


def _database(stack: ExitStack, engine: str, memory: str) -> Database:
    """The database that settles, open as long as the run."""
    database = stack.enter_context(open_engine(engine))
    if memory:
        database.limit(memory)
    return database


def load_into(
    database: Database, book: Book, program: Program, period: Period, places: Places, watching: Watching
) -> Loaded:
    """What the program reads: small tables in Python, big ones as views or tables of ``database``."""
    from engine.execute.plan.data_tables import data_tables

    made: list[StagedTable] = []
    database.join(places)

    def stage(table: Table, fields: Collection[str], computed: frozenset[str]) -> StagedTable:
        made.append(database.stage(table, places, fields, computed, f"t{len(made)}"))
        return made[-1]

    return load(book, program, period, places, watching, data_tables(book, program, period), stage)


def _run_in_sql(
    database: Database, book: Book, program: Program, period: Period, loaded: Loaded, published: Published | None,
    keep_all: bool, watching: Watching,
) -> Result:  # fmt: skip
    from engine.execute.sql.run import run as run_sql
    from engine.execute.sql.tables import SqlTables

    data = SqlTables(database, loaded.memory(), loaded.staged())
    result = run_sql(book, program, period, data, published, keep_all, watching)
    for staged in loaded.staged().values():
        staged.unchanged()
    return result


def write_result(
    folder: OutFolder, result: Result, loaded: Loaded, record: dict[str, Any], formats: Sequence[str],
    watching: Watching = UNWATCHED,
) -> None:  # fmt: skip
    for sheet in watching.each(WRITING, [(sheet.name, sheet) for sheet in result.statements]):
        columns = [out_column(column) for column in sheet.columns]
        rows = sheet.rows
        label = "示例" if record["example"] else ""
        folder.statement(
            sheet.name, columns, rows, formats=tuple(formats), fills=sheet.fills, total=sheet.total, label=label
        )
    for kept in result.kept:
        folder.values(kept.grain, [out_column(column) for column in kept.columns], kept.rows)
    for table, refused in all_rejected(loaded, result.rejected).items():
        folder.rejects(table, refused, formats)
    for name, came in loaded.tables.items():
        if came.cancelled:
            folder.cancelled(name, came.cancelled, formats)
    if result.held:
        folder.held([Held(h.table, h.key, h.need, h.cause, h.reason) for h in result.held])
    folder.run_json(record)


def out_column(column: SheetColumn) -> OutColumn:
    """A column of a sheet as it is written."""
    return OutColumn(column.name, column.heading, column.type, column.digits, column.key)


def run_record(
    book: Book, program: Program, period: Period, data: Sequence[str | Path], loaded: Loaded, result: Result,
    previous: PublishedValues | None, engine: str, mapping: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """``run.json``: what was run with what, where every row went, and what is not 正式."""
    return {
        "region": book.name,
        "title": book.title,
        "folder": str(book.folder),
        "as_of": str(book.as_of) if book.as_of else None,
        "example": book.example,
        "layers": [
            {"name": la.name, "title": la.title, "from": str(la.start) if la.start else None} for la in book.layers
        ],
        "rules_sha256": book.fingerprint(),
        "program": program.name,
        "period": str(period),
        "engine": engine,
        "version": __version__,
        "python": platform.python_version(),
        "data": [shown_place(place) for place in data],
        "mapping": str(resolved(mapping)) if mapping else None,
        "previous": previous.record.place if previous else None,
        "data_sha256": loaded.digests(),
        "assertions": [asdict(one) for one in result.asserted],
        "delivered": [asdict(one) for one in result.brought],
        "refused": [_refusal_json(refusal) for refusal in result.refused],
        "accounting": [_account_json(account) for account in result.accounts],
        "unused_tables": list(loaded.unused),
        "unused_files": list(loaded.ignored),
        "unknown_columns": {
            name: list(t.unknown_columns) for name, t in sorted(loaded.tables.items()) if t.unknown_columns
        },
        "defaulted_columns": {
            name: list(t.missing_columns) for name, t in sorted(loaded.tables.items()) if t.missing_columns
        },
        "warnings": result.warned,
        "notes": result.notes,
        "not_official": [
            {"name": name, **({"part": part} if part else {}), **_provenance_json(about)}
            for name, part, about in result.not_official
        ],
        "retroactive": [{"name": name, **_retroactive_json(p)} for name, p in result.retroactive],
        "totals": {
            sheet.name: [
                [value_text(value, column.digits) for value, column in zip(line, sheet.columns, strict=True)]
                for line in sheet.total
            ]
            for sheet in result.statements
            if sheet.total
        },
    }


def _account_json(account: Account) -> dict[str, Any]:
    return {
        "table": account.table,
        "rows": account.rows,
        "states": account.states,
        "by": [{"state": state, "by": by, "rows": count} for (state, by), count in sorted(account.by.items())],
        "sums": {state: {name: render(value) for name, value in sums.items()} for state, sums in account.sums.items()},
        "unread": account.unread,
        **({"cancelled": {n: render(v) for n, v in account.cancelled.items()}} if account.cancelled else {}),
    }


def _refusal_json(refusal: Refusal) -> dict[str, Any]:
    return {
        "table": refusal.table,
        "by": refusal.by,
        "code": refusal.code,
        "rows": refusal.rows,
        "sums": {name: render(value) for name, value in refusal.amounts.items()},
        "example": {"origin": refusal.origin, "line": refusal.line, "key": refusal.key, "reason": refusal.reason},
    }


def _retroactive_json(provenance: Provenance) -> dict[str, str]:
    assert provenance.retroactive is not None
    first, start = provenance.retroactive
    return {"holds_from": str(first), "in_force_from": str(start), "cite": provenance.cite, "layer": provenance.layer}


def _provenance_json(provenance: Any) -> dict[str, str]:
    found = asdict(provenance)
    return {"status": found["status"], "cite": found["cite"], "note": found["note"], "layer": found["layer"]}
