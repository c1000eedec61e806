"""What lies in a folder of data, for whoever chooses one: how many files, the largest with rows or size, of when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
from nicegui import ui
from sqlglot import exp

from engine.data.duckdb_files import memory_connection
from engine.data.places import KINDS
from engine.data.plain_paths import literal_path
from engine.data.staging.sql import func, run, text

MOST_TOLD = 50
"""Folders: of more none is told, it would keep the page waiting."""


def folders_told(folders: Mapping[str, Path]) -> dict[str, str]:
    """By name, of the files that may be tables. A folder that cannot be read is not told."""
    told: dict[str, str] = {}
    for name, folder in folders.items() if len(folders) <= MOST_TOLD else ():
        try:
            files = [(one, one.stat()) for one in folder.iterdir() if one.suffix.lower() in KINDS and one.is_file()]
        except OSError:
            continue
        if files:
            largest, about = max(files, key=lambda one: one[1].st_size)
            day = datetime.date.fromtimestamp(max(one.st_mtime for _, one in files))
            much = _rows(largest) or _size(about.st_size)
            told[name] = f"{len(files)} 个文件，最大的 {largest.name} {much}，最近改的 {day.isoformat()}"
    return told


def show_told(told: Mapping[str, str], chosen: Iterable[str], label: ui.label) -> None:
    """Of those that are chosen."""
    lines = [f"{name}：{told[name]}" for name in chosen if name in told]
    label.set_text("；".join(lines))
    label.set_visibility(bool(lines))


def _rows(file: Path) -> str:
    """Only of Parquet, whose foot says it."""
    if file.suffix.lower() != ".parquet":
        return ""
    query = exp.select("num_rows").from_(func("parquet_file_metadata", text(literal_path(file))))
    try:
        with memory_connection() as connection:
            (count,) = run(connection, query).fetchone()
    except duckdb.Error:  # what is wrong with it the check of the data says
        return ""
    return f"{count:,} 行"


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} 字节"
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} KB"
