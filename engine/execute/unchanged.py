"""Whether the files of a result and of its data are what they were: by size and times where they were looked at before,
so that nothing is hashed twice.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.places import Places
from engine.data.record import FolderRecord, written_record
from engine.data.staging.model import StagedTable
from engine.execute.loading import Loaded
from engine.files.errors import DataError
from engine.files.stamps import Seen, seen
from engine.remembered.results import SeenFiles, is_on, recalled, remember

if TYPE_CHECKING:
    from engine.data.staging.measured import Measured


def remember_result(folder: Path, data: dict[str, Seen], loaded: Loaded) -> None:
    """Keeps what the files of a result that was just written are, and those of its ``data``."""
    if not is_on():
        return
    with suppress(DataError, OSError):
        record = written_record(folder)
        record.seen.update({name: seen(folder / name) for name in record.said["files_sha256"]})
        remember_opened(record, SeenFiles(), data, loaded)


def remember_opened(record: FolderRecord, before: SeenFiles, data: dict[str, Seen], loaded: Loaded) -> None:
    """The same of a result whose files, and the data it stood on, were found to be as the run had them; ``before``:
    what is remembered already.
    """
    found = SeenFiles(dict(record.seen), data, tuple(loaded.tables), _measured(loaded))
    if is_on() and found != before:
        remember(record.sha256, found)


def _measured(loaded: Loaded) -> dict[str, Any]:
    measured: dict[str, Any] = {}
    staged = {name: table for name, table in loaded.tables.items() if isinstance(table, StagedTable)}
    if not staged:
        return measured
    from engine.data.staging.delivery import FileDelivery  # with what queries need

    for name, table in staged.items():
        if isinstance(table.delivery, FileDelivery):
            found = table.delivery.measured
            measured |= {} if found is None else {name: found.as_json()}
    return measured


def is_remembered(run_sha256: str) -> bool:
    """Whether a result whose ``run.json`` has this digest was written or opened here before."""
    return bool(recalled(run_sha256).files)


def seen_before(record: FolderRecord) -> SeenFiles:
    """What is remembered of a result; its files need not be hashed that are still the same."""
    found = recalled(record.sha256)
    record.seen.update(found.files)
    return found


def files_seen(places: Places, mapping: Path | None) -> list[tuple[str, str, Seen]]:
    """What the files of a delivery are: table, path, size and times; the file that maps names is of no table.

    Raises :class:`DataError`.
    """
    found = [(table, str(stamp.path), stamp.seen) for table, stamp in places.stamps()]
    return found if mapping is None else [*found, ("", str(mapping), seen(mapping))]


def of_tables(files: list[tuple[str, str, Seen]], tables: Collection[str]) -> dict[str, Seen]:
    """The files that ``tables`` stand in, and those of no table, by path."""
    return {path: stamp for table, path, stamp in files if not table or table in tables}


def measured_before(before: SeenFiles) -> dict[str, Measured]:
    """What was found in the tables that a view reads."""
    from engine.data.staging.measured import measured_of  # with what queries need

    found = {name: measured_of(said) for name, said in before.measured.items()}
    return {name: one for name, one in found.items() if one is not None}
