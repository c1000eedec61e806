"""A program of a region over data: checked, loaded, run, written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.places import Places
from engine.data.staging.likeness import note_of_likeness
from engine.data.staging.one_cut import notes_of_one_cut
from engine.databases.places import shown_place
from engine.databases.registry import CHOSEN, DUCKDB, REFERENCE, is_out_address, open_engine, refuse_shared_password
from engine.execute.in_period import notes_of_months, notes_of_other_periods
from engine.execute.loading import Loaded, load
from engine.execute.period import Period
from engine.execute.published import previous_of
from engine.execute.reference.inputs import Published
from engine.execute.reference.run import run
from engine.execute.result import Result
from engine.execute.stands_on import former_results, refuse_unfit, standing
from engine.execute.stopped import Stopped, beside, like_refunds, with_cancelled, with_unreadable
from engine.execute.unchanged import remember_result
from engine.files.csv_text import is_cut
from engine.files.errors import DataError, RunStopped
from engine.files.ordinary import resolved
from engine.files.stamps import Stamp, seen, stamp_of
from engine.language.values import Unresolved
from engine.rulebook.book import Book
from engine.rulebook.chains import TOO_DEEP, TOO_DEEP_HINT
from engine.rulebook.model import Program
from engine.settle.may_run import program_of, refuse_pending, sound
from engine.settle.reading import load_into, mapped_places
from engine.settle.record import run_record
from engine.settle.target import Target, refuse_read, refuse_target, write
from engine.watching.event import CHECKING, DONE
from engine.watching.watching import UNWATCHED, Watching

if TYPE_CHECKING:
    from engine.databases.interface import Database


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
    work = _Work(book, program, period, places, published, keep_all, watching)
    with ExitStack() as stack, _said_why(work, stamps, stopped, "" if data else "没有写 --data：这个程序要读数据"):
        stack.callback(places.close)
        result, loaded = work.done(stack, engine, memory)
        result.notes += fetched(places)
        _complete(result, loaded, stamps)
        result.notes += [*notes_of_months(book, period, loaded), *notes_of_other_periods(period, loaded, result)]
        stands_on, notes = standing(book, program, period, work.engine, loaded.digests(), formers, published)
        result.notes += notes
        record = run_record(book, program, period, data, loaded, result, published, work.engine, mapping)
        record |= {"stands_on": stands_on, "range": part.as_json()}
        digests = write(Target(out, formats, replace, watching), book, period, loaded, result, record, stamps)
        if not is_out_address(out):
            read = {str(stamp.path): stamp.seen for table, stamp in stamps if table in loaded.tables}
            remember_result(Path(out), read | mapped, loaded)
        stopped.clear()
        watching.watcher(watching.event(DONE, shown_place(out)))
        return result, {**record, "digests": digests}


@dataclass
class _Work:
    """What is loaded and run. ``engine``, ``database`` and ``loaded`` are known as soon as they are there, also to who
    says why the work stopped after that.
    """

    book: Book
    program: Program
    period: Period
    places: Places
    published: Published | None
    keep_all: bool
    watching: Watching
    engine: str = ""
    database: Database | None = None
    loaded: Loaded | None = None

    def done(self, stack: ExitStack, engine: str, memory: str) -> tuple[Result, Loaded]:
        """Loads and runs on an engine; a database stays open as long as ``stack``."""
        about = self.book, self.program, self.period
        self.engine = _chosen(engine, memory, *about, self.places)
        if self.engine == REFERENCE:
            self.loaded = load(*about, self.places, self.watching)
            return run(*about, self.loaded.memory(), self.published, self.keep_all, self.watching), self.loaded
        self.database = stack.enter_context(open_engine(self.engine))
        if memory:
            self.database.limit(memory)
        stack.enter_context(self.watching.cancel.interrupting(self.database.interrupt))
        self.engine = self.database.name  # without a password
        self.loaded = load_into(self.database, *about, self.places, self.watching)
        result = _run_in_sql(self.database, *about, self.loaded, self.published, self.keep_all, self.watching)
        return result, self.loaded


@contextmanager
def _said_why(work: _Work, stamps: Sequence[tuple[str, Stamp]], stopped: Stopped, without_data: str) -> Iterator[None]:
    """Errors of a run in the words of who has to mend something. ``without_data``: a hint where no data were named."""
    try:
        yield
    except Unresolved as error:
        raise RunStopped(f"有值无法确定：{error}", hint=without_data) from None
    except RecursionError:
        raise RunStopped(TOO_DEEP, hint=TOO_DEEP_HINT) from None
    except RunStopped as stop:
        about = {"region": work.book.name, "program": work.program.name, "period": str(work.period)}
        raise stopped.told(stop, work.loaded, about) from None
    except DataError:
        raise
    except Exception as error:
        for _, stamp in stamps:
            stamp.unchanged()  # else that is why
        raise (error if work.database is None else work.database.said_of(error)) from error


def _chosen(engine: str, memory: str, book: Book, program: Program, period: Period, places: Places) -> str:
    """The engine itself where one is to be chosen: who says how much memory DuckDB may take means DuckDB."""
    if engine != CHOSEN:
        return engine
    from engine.data.few_rows import has_few_rows
    from engine.execute.plan.data_tables import data_tables

    return REFERENCE if not memory and has_few_rows(places, data_tables(book, program, period)) else DUCKDB


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


def _complete(result: Result, loaded: Loaded, stamps: Sequence[tuple[str, Stamp]]) -> None:
    """Adds what is only known of the delivery: rows that could not be read, files that may have been cut."""
    counted = [with_cancelled(with_unreadable(account, loaded), loaded) for account in result.accounts]
    result.accounts = [account for account in counted if account.rows]
    result.notes += [*_cut_files(loaded, stamps), *like_refunds(result.accounts)]
    for table in loaded.tables.values():
        result.notes += [*filter(None, [note_of_likeness(table)]), *notes_of_one_cut(table)]


def fetched(places: Places) -> list[str]:
    """What to tell of databases whose rows were brought here."""
    remotes = [source.remote for source in places.sources if source.remote is not None]
    away = sorted({remote.server.database for remote in remotes if not remote.server.is_joined})
    return [f"{database} 的行取到本机来计算；写 --engine {database} 就在数据库里计算" for database in away]


def _cut_files(loaded: Loaded, stamps: Sequence[tuple[str, Stamp]]) -> list[str]:
    """What to tell of text files that may have been cut short."""
    texts = [stamp for table, stamp in stamps if table in loaded.tables and stamp.path.suffix.lower() == ".csv"]
    return [f"{s.origin} 的最后一行没有换行，文件可能没有传完：请核对行数" for s in texts if is_cut(s.path)]


def _stamps_of_run(previous: Path | None) -> list[tuple[str, Stamp]]:
    """What an earlier run left, which is read piece by piece."""
    found = [] if previous is None else [previous / "run.json", *sorted(previous.glob("values/*"))]
    return [("", stamp_of(path, str(path))) for path in found if path.is_file()]
