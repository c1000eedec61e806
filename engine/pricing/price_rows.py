"""A whole table priced in one call, row by row: each has its outcome, in the order of the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.data.cells.reader import reader_of
from engine.data.values import BadCell, OutOfRange
from engine.pricing.prepare import refuse_strange
from engine.pricing.priced import Priced
from engine.pricing.problems import CannotPrice, said_once
from engine.pricing.whole_table import rows_of
from engine.rulebook.model import Table

Key = tuple[Any, ...]


class Prices(Protocol):
    """What prices one row of ``table`` after another: a loaded region."""

    table: str

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables of the rules, by name."""

    def price(self, record: Mapping[str, Any], /, **below: Sequence[Mapping[str, Any]]) -> Priced:
        """One row with the rows that belong to it. Raises :class:`CannotPrice`."""


def price_rows(region: Prices, table: Any, below: Mapping[str, Any]) -> list[Priced | CannotPrice]:
    """See :meth:`engine.pricing.region.Region.price_all`."""
    main = region.tables[region.table]
    rows = rows_of(region.table, table)
    _refuse_strange(main, rows)
    keys = _keys(main, main.key, rows)
    often = {key: count for key, count in Counter(key for key in keys if key is not None).items() if count > 1}
    given = {name: _by_case(region, name, one, keys) for name, one in below.items()}
    found: list[Priced | CannotPrice] = []
    for row, key in zip(rows, keys, strict=True):
        if isinstance(row, CannotPrice):
            found.append(row)
        elif key in often:
            text = "、".join(str(part) for part in key or ())
            found.append(CannotPrice(f"{region.table} {text} 在表里有 {often[key or ()]} 行：主键重复，都不能计价"))
        else:
            try:
                found.append(region.price(row, **{name: one.get(key, []) for name, one in given.items()}))
            except CannotPrice as error:
                found.append(error)
    return found


def _refuse_strange(table: Table, rows: Sequence[dict[str, Any] | CannotPrice]) -> None:
    names = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    with said_once():
        refuse_strange(table, names)


def _keys(table: Table, fields: Sequence[str], rows: Sequence[dict[str, Any] | CannotPrice]) -> list[Key | None]:
    """What stands in the key fields, as it is read; ``None`` where that cannot be."""
    readers = [(name, reader_of(table.fields[name])) for name in fields]
    keys: list[Key | None] = []
    for row in rows:
        cells = [] if isinstance(row, CannotPrice) else [read(row.get(name)) for name, read in readers]
        good = bool(cells) and not any(cell is None or isinstance(cell, BadCell | OutOfRange) for cell in cells)
        keys.append(tuple(cells) if good else None)
    return keys


def _by_case(region: Prices, name: str, given: Any, keys: Sequence[Key | None]) -> dict[Key | None, list[Any]]:
    """The rows of a table below, by the key of the row that they belong to."""
    table = region.tables.get(name)
    own = [] if table is None else [key for key in table.key if table.fields[key].refers == region.table]
    if table is None or not own:
        raise CannotPrice(f"{name} 不是随 {region.table} 一起给的表")
    rows = rows_of(name, given)
    wrong = next((row for row in rows if isinstance(row, CannotPrice)), None)
    if wrong is not None:
        raise wrong
    _refuse_strange(table, rows)
    found: dict[Key | None, list[Any]] = {}
    there = set(keys)
    for row, key in zip(rows, _keys(table, own[:1], rows), strict=True):
        if key is None or key not in there:
            shown = "读不出来" if key is None else str(key[0])
            raise CannotPrice(f"{name} 的一行是 {region.table} {shown} 的，表里没有它")
        found.setdefault(key, []).append(row)
    return found
