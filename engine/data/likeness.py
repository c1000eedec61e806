"""Stops where keys of a later delivery are nearly, but not quite, those of an earlier one: it would add rows where it
was to replace them.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.cells.refused import shown
from engine.data.typed import Key, Part, key_text
from engine.files.errors import DataError
from engine.language.alike import likeness
from engine.language.types import Kind
from engine.rulebook.model import Table

DIFFERS = "只差大小写、空格、全角符号或前面的 0"


def refuse_added_likeness(table: Table, parts: Sequence[Part]) -> None:
    """Raises :class:`DataError` where a later delivery adds a row whose key differs from an earlier one only in what
    :data:`DIFFERS` says: it was meant to replace that row, and both would be paid.
    """
    texts = [place for place, name in enumerate(table.key) if table.fields[name].type.kind is Kind.TEXT]
    if len(parts) < 2 or not texts:
        return

    def look(key: Key) -> Key:
        return tuple(
            likeness(cell) if place in texts and isinstance(cell, str) else cell for place, cell in enumerate(key)
        )

    seen: dict[Key, tuple[Key, Part, int]] = {}
    known: set[Key] = set()
    for part in parts:
        new = [(key, line) for key, line in zip(part.keys, part.lines, strict=True) if key is not None]
        for key, line in new:
            other = seen.get(look(key)) if seen and key not in known else None
            if other is not None:
                raise _stop(table, (key, part, line), other)
        for key, line in new:
            known.add(key)
            seen.setdefault(look(key), (key, part, line))


def _stop(table: Table, new: tuple[Key, Part, int], old: tuple[Key, Part, int]) -> DataError:
    first, second = (
        f"{part.origin}{f' 第 {line} 行' if line else ''}的 {shown(key_text(key))}" for key, part, line in (new, old)
    )
    return DataError(
        f"表“{table.name}”：{first}和{second}看起来是同一个主键，{DIFFERS}：会多出一行，而不是替换那一行",
        "改成一样的主键；确实是两行，就把后交的一份并到先交的文件里",
    )
