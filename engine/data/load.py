"""A table from its places: typed, overlaid, with every row either good or rejected by name.

Codes of rejections: D101 a cell that is no value of its field; D102 a required cell is empty; D103 more decimals than
declared; D104 the key stands twice in one file; D105 the key is empty or out of range; D106 the row does not fit
the header. Rows that have to do with refunds are refused by the names of :mod:`engine.data.refund_endings`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.data.cells.faults import Fault, grouped
from engine.data.columns import value_text
from engine.data.columns_wanted import missing_columns, refuse_missing_columns, unknown_columns, wanted_columns
from engine.data.digest import text_digest
from engine.data.likeness import refuse_added_likeness
from engine.data.overlay import in_order, overlay
from engine.data.places import Places
from engine.data.refund_endings import CANCELLED
from engine.data.refunds import taken_out
from engine.data.region_rows import region_rows
from engine.data.typed import Part, Rejected, typed_part
from engine.data.values import Cell, OutOfRange
from engine.files.errors import DataError
from engine.files.named_files import DISK, FILE, Files
from engine.files.raw import RawTable
from engine.rulebook.keywords import PROVENANCE_WORDS
from engine.rulebook.model import Table


@dataclass(frozen=True)
class LoadedTable:
    """``rows`` in file order, earlier places first: dicts of the key, 归期 and the fields wanted, all present.

    A value may be ``None`` (absent) or :class:`OutOfRange` (unresolved). A field that is computed and was not delivered
    is no key of the dict. ``missing_columns``: wanted ones that no file has, so that each row has the default or
    nothing. ``sources[i]``: file and line of ``rows[i]`` (the last delivery that has it). ``cancelled``: settlements
    and refunds that add up to nothing. ``len(rows) + len(rejected) + len(cancelled)`` rows came in. ``digest`` does not
    depend on the order of rows.
    """

    table: Table
    rows: list[dict[str, Cell]]
    rejected: list[Rejected]
    unknown_columns: tuple[str, ...]
    delivered: bool
    digest: str
    missing_columns: tuple[str, ...] = ()
    sources: tuple[tuple[str, int], ...] = ()
    cancelled: tuple[Rejected, ...] = ()

    @property
    def count(self) -> int:
        """How many rows are good."""
        return len(self.rows)


def load_table(
    table: Table,
    places: Places,
    *,
    columns_needed: Collection[str] | None = None,
    optional_columns: Collection[str] = frozenset(),
) -> LoadedTable:
    """The rows of ``table`` in ``places``; a table that is not delivered has none and says so.

    ``columns_needed``: the fields to read beside key and 归期 (``None``: all); others are not looked at.
    ``optional_columns`` may be missing: the program computes them. Raises :class:`DataError` for a missing column.
    """
    return _load(table, places.raw(table.name, table.fields), columns_needed, frozenset(optional_columns))


def load_region_rows(table: Table, path: Path, files: Files = DISK) -> LoadedTable:
    """Reference rows that live in a region: any problem at all is a :class:`DataError`.

    ``files``: where those of the region are read from. The caller sees to it that ``path`` lies inside it. Columns
    依据, 状态 and 说明 are remarks.
    """
    if files.kind(path) != FILE:
        raise DataError(f"找不到表“{table.name}”的行文件 {path}", "行: 后面写本地文件夹里的 CSV 或 XLSX")
    given = region_rows(table, path, files.read, str(path))
    raw = given.raw
    loaded = _load(table, [raw], None, frozenset())
    faults = [Fault(row.line, row.field, row.reason) for row in loaded.rejected]
    for number, row in enumerate(loaded.rows if not faults else ()):
        faults += [
            Fault(raw.lines[number], name, value.reason, given.cell(number, name))
            for name, value in row.items()
            if isinstance(value, OutOfRange)
        ]
    problems = [f"{group.first.cell or f'第 {group.first.line} 行'}：{group}" for group in grouped(faults)]
    problems += [f"没有字段“{name}”" for name in loaded.unknown_columns if name not in PROVENANCE_WORDS]
    if problems:
        more = f"；另有 {len(problems) - 20} 处" if len(problems) > 20 else ""
        raise DataError(f"{raw.origin}：{'；'.join(problems[:20])}{more}")
    return loaded


def _load(
    table: Table, raws: list[RawTable], columns_needed: Collection[str] | None, optional: frozenset[str]
) -> LoadedTable:
    wanted = wanted_columns(table, columns_needed)
    refuse_missing_columns(table, raws, wanted, optional)
    raws, cancelled, refused = taken_out(table, raws)
    parts = [typed_part(table, raw, wanted) for raw in raws]
    _refuse_lost_keys(parts)
    refuse_added_likeness(table, parts)
    rows, sources, rejected = overlay(table, parts, wanted, optional)
    rejected = in_order([*rejected, *refused], parts) if refused else rejected
    digest = _digest(table, wanted, rows, rejected, cancelled)
    unknown, missing = unknown_columns(table, raws), missing_columns(raws, wanted, optional)
    return LoadedTable(table, rows, rejected, unknown, bool(raws), digest, missing, tuple(sources), tuple(cancelled))


def _refuse_lost_keys(parts: list[Part]) -> None:
    """Of several places, a row whose key cannot be read might have replaced another: going on would use the old one."""
    if len(parts) < 2:
        return
    lost = [row for part in parts for row in part.keyless]
    if lost:
        row = lost[0]
        more = f"（共 {len(lost)} 行）" if len(lost) > 1 else ""
        raise DataError(
            f"{row.origin}{f' 第 {row.line} 行' if row.line else ''}：{row.reason}{more}",
            "几处数据叠加时，读不出主键的行无法对应，请先改正",
        )


def _digest(
    table: Table,
    wanted: tuple[str, ...],
    rows: list[dict[str, Cell]],
    rejected: list[Rejected],
    cancelled: list[Rejected],
) -> str:
    texts = [["行", *(_text(row, name) for name in wanted)] for row in rows]
    texts += [["拒收", row.key_text, row.field, row.code] for row in rejected]
    texts += [[CANCELLED, row.key_text, row.field, row.code] for row in cancelled]
    return text_digest([table.name, *wanted], texts)


def _text(row: dict[str, Cell], name: str) -> str:
    value = row.get(name)
    return f"!{value.reason}" if isinstance(value, OutOfRange) else value_text(value)
