"""The file that a staged table is a view of: whether it is still what it was when it was staged, and in which line a
row stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.staging.files import LINE, RN, RawFile
from engine.data.staging.measured import Measured
from engine.data.staging.sql import column, run, select_from, whole
from engine.files.stamps import Stamp

_BLOCK = 1 << 22
_AT_ONCE = 20_000
"""Rows whose lines are looked up by one query."""


@dataclass(frozen=True)
class FileDelivery:
    """Rows that a view reads from a file. ``measured``: what was found in it, if all of its rows are clean."""

    connection: Any
    file: RawFile
    stamp: Stamp
    measured: Measured | None = None

    def sources(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        lines = select_from(self.file.query, column(RN), column(LINE))
        found: dict[int, tuple[str, int]] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            wanted = exp.In(this=column(RN), expressions=[whole(rn) for rn in numbers[start : start + _AT_ONCE]])
            rows = run(self.connection, select_from(lines, column(RN), column(LINE)).where(wanted)).fetchall()
            found |= {rn: (self.file.origin, self.file.lines.line(line)) for rn, line in rows}
        return found

    def cells(self, number: int) -> dict[str, Any]:
        """The cells of a row as they stand in the file, by title."""
        wanted = column(RN).eq(whole(number))
        cells = [column(f"r{place}") for place in range(len(self.file.titles))]
        found = run(self.connection, select_from(self.file.query, *cells).where(wanted)).fetchone()
        return {} if found is None else dict(zip(self.file.titles, found, strict=True))

    def unchanged(self) -> None:
        self.stamp.unchanged()


class DeliveryDigest:
    """SHA-256 over the table's name, the wanted columns and the bytes of its file: of the delivery, not of its rows."""

    def __init__(self, table: str, wanted: Sequence[str], known: str = "") -> None:
        """``known``: what it is, where that is known: then no byte is looked at."""
        self._known = known
        self._hash = hashlib.sha256("\x1f".join([table, *wanted]).encode() + b"\n")

    def see(self, data: bytes) -> None:
        if not self._known:
            self._hash.update(data)

    def see_file(self, path: Path) -> None:
        if self._known:
            return
        with path.open("rb") as stream:
            while piece := stream.read(_BLOCK):
                self._hash.update(piece)

    def text(self) -> str:
        return self._known or self._hash.hexdigest()
