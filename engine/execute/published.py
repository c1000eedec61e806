"""Values that an earlier run has published: what 上期 reads with ``--previous``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.data.kept_values import TYPES_FILE, Kept, KeptValues, file_of, read_values
from engine.data.record import FolderRecord, read_record
from engine.execute.period import Period
from engine.files.errors import DataError, RunStopped
from engine.language.values import Unresolved, Value
from engine.rulebook.book import Book
from engine.rulebook.model import Program


@dataclass(frozen=True)
class KeptValue:
    """A value as it was kept, or why it was not known."""

    value: Value
    failed: Unresolved | None = None


@dataclass
class PublishedValues:
    """Kept values of a run, by grain and key; read once a grain, and only if they are as that run wrote them."""

    record: FolderRecord
    _grains: dict[str, dict[tuple, dict[str, Kept]] | None] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the result is, or will stand."""
        return Path(self.record.place)

    @property
    def was_read(self) -> bool:
        """Whether anything was asked of it."""
        return bool(self._grains)

    def value(self, name: str, grain: str, key: tuple[Value, ...]) -> tuple[bool, Value]:
        """(whether there is a row at ``key``, value).

        Raises :class:`Unresolved` where the earlier run did not keep the name, or could not tell the value either.
        """
        rows = self._rows(grain)
        if rows is None or name not in self._names[grain]:
            raise Unresolved(f"上期的结果（{self.folder}）里没有 {name}", name, "没有上期")
        if key not in rows:
            return False, None
        found = rows[key][name]
        if isinstance(found, Unresolved):
            raise found
        return True, found

    def keys_of(self, grain: str) -> list[tuple[Value, ...]]:
        """The keys of the rows that were kept of a grain."""
        return list(self._rows(grain) or ())

    def kept(self, name: str, grain: str, key: tuple[Value, ...]) -> KeptValue | None:
        """What was kept of ``name`` at ``key``; ``None`` where nothing was."""
        rows = self._rows(grain)
        if rows is None or key not in rows or name not in rows[key]:
            return None
        found = rows[key][name]
        return KeptValue(None, found) if isinstance(found, Unresolved) else KeptValue(found)

    def _rows(self, grain: str) -> dict[tuple, dict[str, Kept]] | None:
        if grain not in self._grains:
            kept = unchanged_values(self.record, grain)
            if kept is None:
                self._grains[grain] = None
                return None
            self._names[grain] = {column.name for column in kept.columns}
            keys = [index for index, column in enumerate(kept.columns) if column.key]
            self._grains[grain] = {
                tuple(row[index] for index in keys): {c.name: v for c, v in zip(kept.columns, row, strict=True)}
                for row in kept.rows
            }
        return self._grains[grain]


def unchanged_values(record: FolderRecord, grain: str) -> KeptValues | None:
    """What a run kept of a grain; ``None`` for nothing. Raises :class:`DataError` where it was changed since."""
    types = f"values/{TYPES_FILE}"
    if types not in record.said["files_sha256"]:
        return None  # a run that kept nothing at all
    record.unchanged([types])
    file = file_of(record.folder, grain)
    if file is None:
        return None
    record.unchanged([file])
    return read_values(record.folder, grain)


def read_published(folder: Path, place: str = "") -> PublishedValues:
    """The values of an earlier ``--out`` folder. ``place``: where it will stand. Raises :class:`RunStopped`."""
    try:
        return PublishedValues(read_record(folder, place))
    except DataError as error:
        raise RunStopped(error.message, hint="--previous 写上期的 --out 文件夹") from None


def previous_of(book: Book, program: Program, period: Period, folder: Path, place: str = "") -> PublishedValues:
    """The same for a run of ``period``. Raises :class:`RunStopped` for the result of another region, period or series.

    ``place``: where the result will stand, if it is not there yet.
    """
    found = read_published(folder, place)
    region, of, before = found.record.of
    if before != str(period.previous()):
        raise RunStopped(
            f"{folder} 是 {before} 的结果，{period} 的上期是 {period.previous()}",
            hint="--previous 写上期的 --out 文件夹",
        )
    if region != book.name:
        raise RunStopped(
            f"{folder} 是 {region} 的结果，不是 {book.name} 的", hint="--previous 写同一地区上期的 --out 文件夹"
        )
    if program.series is not None and of != program.name:
        raise RunStopped(
            f"{folder} 是 {of} 的结果；{program.name} 各期连着算，上期只能是它自己的",
            hint=f"--previous 写 {program.name} {before} 的 --out 文件夹",
        )
    return found
