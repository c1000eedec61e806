"""A file whose columns bear other names than the rulebook's: its columns under the names that a mapping gives them."""

from __future__ import annotations

from dataclasses import replace

from engine.data.places import Source
from engine.data.staging.delivery import DeliveryDigest
from engine.data.staging.files import RawFile
from engine.rulebook.model import Table

_NOBODYS = "\0"
"""Begins the title of a column that is not read."""


def renamed(file: RawFile | None, source: Source, table: Table, digest: DeliveryDigest) -> RawFile | None:
    """``None`` where a cell is not what stands in the file: constants, codes and the like are for Python.

    What the mapping says becomes part of the digest. Raises :class:`DataError` for a column that is not there.
    """
    if file is None or source.mapping is None:
        return file
    chosen = source.mapping.columns(file.titles, table.fields, source.origin)
    field_of = {taken.columns[0]: taken.field for taken in chosen if taken.is_plain}
    if len(field_of) < len(chosen) or source.mapping.refunds is not None:
        return None
    digest.see("\x1f".join(part for taken in chosen for part in (taken.field, *taken.columns)).encode())
    digest.see(source.mapping.zone.encode())
    titles = tuple(field_of.get(title, f"{_NOBODYS}{title}") for title in file.titles)
    return replace(file, titles=titles)


def delivered(file: RawFile) -> tuple[str, ...]:
    """The titles of columns, those aside that a mapping passes over."""
    return tuple(title for title in file.titles if not title.startswith(_NOBODYS))


def passed_over(file: RawFile) -> tuple[str, ...]:
    """The titles of those columns, as the file has them."""
    return tuple(title.removeprefix(_NOBODYS) for title in file.titles if title.startswith(_NOBODYS))
