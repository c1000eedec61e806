"""Columns written into a mapping, as somebody would who knows which column of the data is which."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from engine.data.mapping import read_mapping
from engine.files.errors import DataError
from engine.files.whole import write_whole
from engine.rulebook import nodes, source
from engine.rulebook.problems import Problem, RulebookError

_PLAIN = re.compile(r"[^\W\d][\w（）]*")
"""Needs no quotes in YAML, whatever it is beside."""
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))


def map_columns(file: Path, columns: Mapping[str, Mapping[str, str]]) -> None:
    """Adds ``columns`` (by table, of the data by field) to a mapping file, a new one where there is none. What raises
    leaves the file as it was: :class:`DataError`, :class:`RulebookError`, ``OSError``.
    """
    text = file.read_text("utf-8") if file.is_file() else ""
    for table, own in columns.items():
        twice = [column for column, times in Counter(own.values()).items() if times > 1]
        if twice:
            raise DataError(f"{'、'.join(twice)} 选了两次", f"表“{table}”里一列只能是一个字段")
        text = with_columns(text, str(file), table, own)
    write_mapping(file, text)


def write_mapping(file: Path, text: str) -> None:
    """The text as a mapping file. What raises leaves the file as it was: :class:`RulebookError` for a text that cannot
    be read as a mapping, ``OSError``.
    """
    before = file.read_bytes() if file.is_file() else None
    write_whole(file, text)
    try:
        read_mapping(file)
    except (RulebookError, DataError):
        if before is None:
            file.unlink(missing_ok=True)
        else:
            write_whole(file, before)
        raise


def with_columns(text: str, file: str, table: str, columns: Mapping[str, str]) -> str:
    """The mapping with ``columns`` (of the data, by the field of ``table``) added; what stands in it stays as it is.

    Raises :class:`RulebookError` for a text that is no YAML, :class:`DataError` where a line cannot be added.
    """
    problems: list[Problem] = []
    document = source.read_text(text, file, problems)
    if document is None or problems:
        raise RulebookError(problems)
    lines = text.splitlines()
    pairs = [f"{_written(field)}: {_written(column)}" for field, column in columns.items()]
    key, own = document.key(table), document.get(table)
    if key is None:
        added = [f"{_written(table)}:", "  列:", *(f"    {pair}" for pair in pairs)]
        return "\n".join([*lines, *added]) + "\n"
    below, named = (own.get("列"), own.key("列")) if isinstance(own, nodes.Mapping) else (None, None)
    if isinstance(below, nodes.Mapping) and named is not None and _first_line(below) > named.place.line:
        at, indent, added = _first_line(below), _indent(below), pairs
    elif named is None and isinstance(own, nodes.Mapping) and _first_line(own) > key.place.line:
        at, indent = _first_line(own), _indent(own)
        added = ["列:", *(f"  {pair}" for pair in pairs)]
    else:
        hint = f"自己写：表“{table}”的 列 里加上 {'、'.join(pairs)}"
        raise DataError(f"{file} 第 {key.place.line} 行：表“{table}”写在一行里，不能替您加进去", hint)
    return "\n".join([*lines[: at - 1], *(" " * indent + line for line in added), *lines[at - 1 :]]) + "\n"


def _first_line(node: nodes.Mapping) -> int:
    return node.entries[0][0].place.line if node.entries else 0


def _indent(node: nodes.Mapping) -> int:
    return node.entries[0][0].place.column - 1


def _written(name: str) -> str:
    plain = _PLAIN.fullmatch(name) and name.casefold() not in _WORDS
    return name if plain else json.dumps(name, ensure_ascii=False)
