"""Where a result goes: refused before anything is worked out where it cannot, written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.data.columns import OutColumn
from engine.data.occupied import refuse_occupied
from engine.data.places import Places
from engine.data.write import Held, OutFolder
from engine.databases.places import shown_place
from engine.databases.registry import OUT_FORMS, engine_at, is_address, is_out_address, out_place, parse_address
from engine.execute.loading import Loaded
from engine.execute.period import Period
from engine.execute.result import Result, SheetColumn
from engine.execute.stopped import all_rejected
from engine.files.errors import DataError, RunStopped
from engine.files.ordinary import resolved
from engine.files.stamps import Stamp
from engine.rulebook.book import Book
from engine.rulebook.model import Program
from engine.watching.event import WRITING
from engine.watching.watching import UNWATCHED, Watching


@dataclass(frozen=True)
class Target:
    """Where a result goes, a folder or the address of a schema, in which formats, and whether over an earlier one."""

    out: Path | str
    formats: Sequence[str]
    replace: bool
    watching: Watching = UNWATCHED


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


def write(
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


def refuse_changed(book: Book, loaded: Loaded, stamps: Sequence[tuple[str, Stamp]]) -> None:
    """Raises where a file was written while it was in use: rules or data of two moments make no result."""
    for table, stamp in stamps:
        if table in loaded.tables or not table:
            stamp.unchanged()
    changed = book.changed_files()
    if changed:
        names = "、".join(str(path) for path in changed[:3])
        raise RunStopped(f"计算期间规则文件被改动了：{names}", hint="没有写出结果；规则改好后重新运行")


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
