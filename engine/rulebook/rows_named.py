"""The file that 行 or 表 names, in either way to write it."""

from __future__ import annotations

from engine.rulebook.model import REQUIRED
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.written import text_of

KINDS = (".csv", ".xlsx")
"""How the names of files of rows end."""


def file_of_rows(rows: Yaml | None) -> Scalar | None:
    """The path as it is written, of ``行: PATH`` and of ``行: {文件: PATH, …}``; ``None`` where there is none."""
    named = rows.get("文件") if isinstance(rows, Mapping) else rows
    return named if isinstance(named, Scalar) and text_of(named) not in ("", REQUIRED) else None


def is_rows_file(rows: Yaml | None) -> bool:
    """Whether 行 names a file, so that the entry is a table."""
    named = file_of_rows(rows)
    return named is not None and (isinstance(rows, Mapping) or named.text.strip().lower().endswith(KINDS))
