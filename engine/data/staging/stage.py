"""A table staged from its places: a view over the one file it stands in, else rows typed in Python and uploaded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from engine.data.columns_wanted import missing_columns, refuse_missing_columns, unknown_columns, wanted_columns
from engine.data.duckdb_moments import is_moment
from engine.data.load import load_table
from engine.data.places import Places, Source
from engine.data.staging.csv_plain import plain_csv
from engine.data.staging.delivery import DeliveryDigest
from engine.data.staging.file_view import ViewOf, stage_view
from engine.data.staging.files import RawFile, csv_file, database_file, is_known, parquet_file
from engine.data.staging.measured import Measured
from engine.data.staging.model import StagedTable
from engine.data.staging.records import stage_loaded
from engine.data.staging.renamed import delivered, passed_over, renamed
from engine.data.staging.storage import refuse_unstaged
from engine.data.staging.upload import DuckStore
from engine.files.errors import DataError
from engine.files.raw import RawTable
from engine.files.stamps import stamp_of
from engine.rulebook.model import Table


def stage_table(
    connection: Any,
    table: Table,
    places: Places,
    *,
    columns_needed: Collection[str] | None = None,
    optional_columns: Collection[str] = frozenset(),
    name: str = "t0",
    measured: Measured | None = None,
) -> StagedTable:
    """The rows of ``table`` in ``places`` as ``name`` in ``connection``; the outcome is that of ``load_table``.

    A single Parquet file, table of a DuckDB file or plain CSV is read by a view, and must not change as long as that
    is used; its ``digest`` is of the delivery. Anything else is typed in Python and uploaded. The connection must keep
    the order of rows (DuckDB does unless told otherwise). ``measured``: what an earlier scan found in the
    file, which is the same: it is not scanned again. Raises :class:`DataError` as ``load_table`` does;
    ``ValueError`` for fields of intervals or with a wildcard.
    """
    wanted, optional = wanted_columns(table, columns_needed), frozenset(optional_columns)
    refuse_unstaged([table.fields[field] for field in wanted])
    sources = places.of(table.name)
    if len(sources) == 1:
        staged = _view(connection, table, sources[0], wanted, optional, name, measured)
        if staged is not None:
            return staged
    loaded = load_table(table, places, columns_needed=columns_needed, optional_columns=optional_columns)
    delivered = {title for row in loaded.rows[:1] for title in row} if loaded.rows else None
    columns = [field for field in wanted if delivered is None or field in delivered]
    return stage_loaded(DuckStore(connection), loaded, name, columns)


def _view(
    connection: Any, table: Table, source: Source, wanted: Sequence[str], optional: frozenset[str], name: str,
    measured: Measured | None,
) -> StagedTable | None:  # fmt: skip
    """``None`` where no view can stand on the file, or it cannot be read: then load_table says what is wrong."""
    import duckdb

    if source.remote is not None:
        return None
    try:
        stamp = stamp_of(source.path, source.origin)
        digest = DeliveryDigest(table.name, wanted, measured.digest if measured is not None else "")
        file = renamed(_file(connection, source, digest), source, table, digest)
    except (OSError, DataError, duckdb.Error):
        return None
    if file is None or not _can_be_read(file, table, wanted):
        return None
    bare = RawTable(table.name, delivered(file), [], (), source.origin, left=passed_over(file))
    refuse_missing_columns(table, [bare], wanted, optional)
    view = ViewOf(connection, table, file, wanted, optional, name, measured)
    try:
        made = stage_view(view)
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error:  # spoilt bytes raise any kind of it
        return None
    if made is None:
        return None
    stamp.unchanged()
    unknown, missing = unknown_columns(table, [bare]), missing_columns([bare], wanted, optional)
    return made.staged(unknown, missing, digest.text(), stamp)


def _file(connection: Any, source: Source, digest: DeliveryDigest) -> RawFile | None:
    if source.kind == "csv":
        plain = plain_csv(source.path, source.origin, digest.see)
        return None if plain is None else csv_file(source, plain)
    if source.kind == "parquet":
        file = parquet_file(connection, source)
    elif source.kind == "duckdb":
        file = database_file(connection, source)
    else:
        return None
    if file is not None:
        for path in source.files:
            digest.see_file(path)
    return file


def _can_be_read(file: RawFile, table: Table, wanted: Sequence[str]) -> bool:
    """A moment without a time zone stops the run, whatever the program wants."""
    kinds = dict(zip(file.titles, file.kinds, strict=False))
    if any(is_moment(kinds[field]) for field in table.fields if field in kinds):
        return False
    return all(is_known(kinds[field]) for field in wanted if field in kinds)
