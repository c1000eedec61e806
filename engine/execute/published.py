"""Values that an earlier run has published: what 上期 reads with ``--previous``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.data.kept_values import KeptValues, read_values
from engine.execute.period import Period
from engine.execute.result import RunStopped
from engine.files.errors import DataError
from engine.files.ordinary import read_json
from engine.language.values import Unresolved, Value
from engine.rulebook.book import Book


@dataclass(frozen=True)
class KeptValue:
    """A value as it was kept, or why it was not known."""

    value: Value
    failed: Unresolved | None = None


@dataclass
class PublishedValues:
    """Kept values of a run, by grain and key; read once a grain. ``period``: which one it was a run of."""

    folder: Path
    period: str = ""
    region: str = ""
    _grains: dict[str, dict[tuple, dict[str, object]] | None] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)

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
        return True, found  # type: ignore[return-value]

    def keys_of(self, grain: str) -> list[tuple[Value, ...]]:
        """The keys of the rows that were kept of a grain."""
        return list(self._rows(grain) or ())

    def kept(self, name: str, grain: str, key: tuple[Value, ...]) -> KeptValue | None:
        """What was kept of ``name`` at ``key``; ``None`` where nothing was."""
        rows = self._rows(grain)
        if rows is None or key not in rows or name not in rows[key]:
            return None
        found = rows[key][name]
        return KeptValue(None, found) if isinstance(found, Unresolved) else KeptValue(found)  # type: ignore[arg-type]

    def _rows(self, grain: str) -> dict[tuple, dict[str, object]] | None:
        if grain not in self._grains:
            try:
                kept: KeptValues = read_values(self.folder, grain)
            except DataError:
                self._grains[grain] = None
                return None
            self._names[grain] = {column.name for column in kept.columns}
            keys = [index for index, column in enumerate(kept.columns) if column.key]
            self._grains[grain] = {
                tuple(row[index] for index in keys): {c.name: v for c, v in zip(kept.columns, row, strict=True)}
                for row in kept.rows
            }
        return self._grains[grain]


def read_published(folder: Path) -> PublishedValues:
    """The values of an earlier ``--out`` folder. Raises :class:`RunStopped` if it is none."""
    try:
        record = read_json(folder / "run.json")
        return PublishedValues(folder, str(record["period"]), str(record["region"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise RunStopped(
            f"{folder} 不是一次运行的输出（没有 run.json，或读不出来）", hint="--previous 写上期的 --out 文件夹"
        ) from None


def previous_of(book: Book, period: Period, folder: Path) -> PublishedValues:
    """The same for a run of ``period``. Raises :class:`RunStopped` for another region's or another period's result."""
    found = read_published(folder)
    if found.period != str(period.previous()):
        raise RunStopped(
            f"{folder} 是 {found.period} 的结果，{period} 的上期是 {period.previous()}",
            hint="--previous 写上期的 --out 文件夹",
        )
    if found.region != book.name:
        raise RunStopped(
            f"{folder} 是 {found.region} 的结果，不是 {book.name} 的", hint="--previous 写同一地区上期的 --out 文件夹"
        )
    return found
