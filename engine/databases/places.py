"""The places of data that a run is given, files and databases alike, in the order given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from engine.data.mapping import DataMapping
from engine.data.places import Places, Source, file_place, refuse_not_found
from engine.data.record import Record
from engine.data.remote_table import TableServer
from engine.databases.registry import DATA_FORMS, engine_at, is_address, parse_address
from engine.files.errors import DataError
from engine.files.ordinary import resolved


def open_places(paths: Sequence[str | Path], mapping: DataMapping | None = None) -> Places:
    """``mapping`` says which of their tables are which, but not of results of runs.

    Raises :class:`DataError` for what is no place, and for a mapped table that no place has.
    """
    sources: list[Source] = []
    ignored: list[str] = []
    results: list[Record] = []
    servers: dict[str, TableServer] = {}
    for given in paths:
        path = given.strip() if isinstance(given, str) and "://" in given else given
        if is_address(path):
            tables, left, record = engine_at(path).sources(path, mapping, servers)
        elif isinstance(path, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", path):
            forms = " 或 ".join(DATA_FORMS)
            raise DataError(f"不能从 {path.partition('://')[0]}://… 读数据", f"数据库地址写 {forms}，或导出为文件")
        else:
            tables, left, record = file_place(path, mapping)
        sources += tables
        ignored += left
        results += [] if record is None else [record]
    if mapping is not None:
        refuse_not_found(mapping, sources)
    return Places(tuple(sources), tuple(ignored), tuple(results))


def shown_place(path: str | Path) -> str:
    """A place as ``run.json`` has it, where it can be opened again: absolute, or an address without its password."""
    return parse_address(path).shown if is_address(path) else str(resolved(Path(path)))
