"""One case at a time: a region opened with the figures that were published, a price, the price as an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.pricing.opened import open_region
from engine.pricing.priced import Priced
from engine.pricing.region import Region

if TYPE_CHECKING:
    from engine.excel.new_example import NewExample
    from engine.pricing.delivered import Delivered


def load(
    region: str | Path,
    period: str,
    data: str | Path | Sequence[str | Path] = (),
    *,
    program: str | None = None,
    of: Sequence[str] | None = None,
    table: str | None = None,
    previous: str | Path | None = None,
    published: str | Path | None = None,
) -> Region:
    """A region ready to price the rows of one table.

    ``region``: a name, a path, or either with ``@2026-01-01``; ``period``: ``2025``, ``2025Q1`` or ``2025-03``;
    ``data``: the places of published tables, as ``casemix run --data`` takes them.

    ``program``: whose rules (what is excluded, what a case needs); left out, the one of this kind of period that says
    what a case needs. ``of``: names to price, of any grain that a case leads to; left out, what the program needs and
    shows of a case. ``table``: whose rows are priced, where several are settled by date.

    ``previous``: the ``--out`` folder of the period before, for rules that look back. ``published``: the ``--out``
    folder of the same program, period and rules, for values that only all cases together give.

    Raises :class:`CannotPrice` where the rules are wrong or not complete, the data cannot be read, or a name asked for
    needs all the cases of the period.
    """
    return open_region(
        region, period, data, program=program, of=of, table=table, previous=previous, published=published
    )


def price(region: Region, record: Mapping[str, Any], /, **below: Sequence[Mapping[str, Any]]) -> Priced:
    """:meth:`Region.price`."""
    return region.price(record, **below)


def find_case(region: Region, key: str, data: str | Path | Sequence[str | Path]) -> Delivered:
    """The case with this key (its parts between commas) as ``data`` have it, for :meth:`Region.price`: ``record`` and
    ``below`` as texts, ``origin`` and ``line``; what ``casemix price --key`` prices.

    Raises :class:`CannotPrice` where no such case is there, ``DataError`` for data that cannot be read.
    """
    from engine.pricing.delivered import find_case as found

    return found(region, key, [data] if isinstance(data, str | Path) else list(data))


def as_example(
    region: Region, record: Mapping[str, Any], name: str, /, **below: Sequence[Mapping[str, Any]]
) -> NewExample:
    """A case as an example called ``name``, as ``casemix price --example`` makes it: what was read for its figures is
    given, the figures that it has now must come out. ``record`` and ``below`` as for :meth:`Region.price`. Nothing is
    written: :func:`keep_example` puts it into a draft.

    Raises :class:`CannotPrice` for a case that is not settled, or has no figure.
    """
    from engine.pricing.as_example import as_example as example_of

    return example_of(region, region.price(record, **below), record, below, name)
