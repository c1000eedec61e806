"""The file behind a view: what it was when it was staged, and where its rows stand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.staging.files import LINE, RN, RawFile
from engine.data.staging.sql import column, run, select_from, whole
from engine.files.stamps import Stamp

_BLOCK = 1 << 22


@dataclass(frozen=True)
class FileDelivery:
    """Rows that a view reads from a file."""

    connection: Any
    file: RawFile
    stamp: Stamp

    def source(self, rn: int) -> tuple[str, int]:
        query = select_from(self.file.query, column(RN), column(LINE))
        found = run(self.connection, select_from(query, column(LINE)).where(column(RN).eq(whole(rn)))).fetchall()
        if not found:
            raise KeyError(rn)
        return self.file.origin, found[0][0]

    def unchanged(self) -> None:
        self.stamp.unchanged()


class DeliveryDigest:
    """SHA-256 over the table's name, the wanted columns and the bytes of its file: of the delivery, not of its rows."""

    def __init__(self, table: str, wanted: Sequence[str]) -> None:
        self._hash = hashlib.sha256("\x1f".join([table, *wanted]).encode() + b"\n")

    def see(self, data: bytes) -> None:
        self._hash.update(data)

    def see_file(self, path: Path) -> None:
        with path.open("rb") as stream:
            while piece := stream.read(_BLOCK):
                self._hash.update(piece)

    def text(self) -> str:
        return self._hash.hexdigest()
