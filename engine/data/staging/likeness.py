"""A remark on keys of one table that differ only in the case of letters, blanks, the width of signs or zeros in front:
two rows, perhaps of one thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.data.cells.refused import shown
from engine.data.likeness import DIFFERS
from engine.data.load import LoadedTable
from engine.data.staging.model import StagedTable
from engine.language.alike import likeness
from engine.language.types import Kind
from engine.rulebook.model import Table


def note_of_likeness(loaded: LoadedTable | StagedTable) -> str:
    """A sentence with the first two of them, in the order of their texts, and how many there are; "" if none."""
    texts = _text_keys(loaded.table)
    if not texts or not loaded.delivered:
        return ""
    if isinstance(loaded, LoadedTable):
        found = _in_memory(loaded, texts)
    else:
        from engine.data.staging.likeness_in_sql import likeness_in_database

        found = likeness_in_database(loaded, texts)
    if found is None:
        return ""
    count, first, second = found
    return (
        f"表 {loaded.table.name} 有 {count} 组主键{DIFFERS}，都当作不同的行，"
        f"如 {shown(first)} 和 {shown(second)}：请核对是不是同一个"
    )


def _text_keys(table: Table) -> list[str]:
    return [name for name in table.key if table.fields[name].type.kind is Kind.TEXT]


def _in_memory(loaded: LoadedTable, texts: Sequence[str]) -> tuple[int, str, str] | None:
    groups: dict[tuple[Any, ...], list[str]] = {}
    for row in loaded.rows:
        look = tuple(likeness(v) if isinstance(v := row[name], str) else v for name in loaded.table.key)
        groups.setdefault(look, []).append(",".join(str(row[name]) for name in texts))
    alike = sorted((min(keys), max(keys)) for keys in groups.values() if len(keys) > 1)
    return (len(alike), *alike[0]) if alike else None
