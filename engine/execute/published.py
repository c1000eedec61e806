"""Values that an earlier run has published: what 上期 reads with ``--previous``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.data.errors import DataError
from engine.data.kept_values import KeptValues, read_values
from engine.execute.result import RunStopped
from engine.language.values import Unresolved, Value


@dataclass
class PublishedValues:
    """Kept values of a run, by grain and key; read once a grain."""

    folder: Path
    _grains: dict[str, dict[tuple, dict[str, object]]] = field(default_factory=dict)

    def value(self, name: str, grain: str, key: tuple[Value, ...]) -> tuple[bool, Value]:
        """(found, value). Raises :class:`Unresolved` where the earlier run could not tell it either."""
        rows = self._rows(grain)
        if key not in rows or name not in rows[key]:
            return False, None
        found = rows[key][name]
        if isinstance(found, Unresolved):
            raise found
        return True, found  # type: ignore[return-value]

    def _rows(self, grain: str) -> dict[tuple, dict[str, object]]:
        if grain not in self._grains:
            try:
                kept: KeptValues = read_values(self.folder, grain)
            except DataError:
                self._grains[grain] = {}
                return {}
            keys = [index for index, column in enumerate(kept.columns) if column.key]
            self._grains[grain] = {
                tuple(row[index] for index in keys): {
                    c.name: v for c, v in zip(kept.columns, row, strict=True)
                }
                for row in kept.rows
            }
        return self._grains[grain]


def read_published(folder: Path) -> PublishedValues:
    """The values of an earlier ``--out`` folder. Raises :class:`RunStopped` if it is none."""
    if not (folder / "run.json").is_file():
        raise RunStopped(
            f"{folder} 不是一次运行的输出（没有 run.json）", hint="--previous 写上期的 --out 文件夹"
        )
    return PublishedValues(folder)
