"""Tables that lie in the very database that settles, typed where they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine.data.columns_wanted import wanted_columns
from engine.data.places import Places
from engine.data.staging.model import StagedTable
from engine.data.staging.remote.dialect import Dialect, RemoteSource, RemoteStore
from engine.data.staging.remote.stage import stage_remote
from engine.rulebook.model import Table


def stage_in_place(
    store: RemoteStore,
    dialect: Dialect,
    connection: Any,
    table: Table,
    places: Places,
    columns_needed: Collection[str] | None,
    optional: frozenset[str],
    name: str,
) -> StagedTable | None:
    """``None`` if the table does not lie in the database of ``connection`` alone."""
    sources = places.of(table.name)
    if len(sources) != 1 or sources[0].remote is None or not sources[0].remote.server.uses(connection):
        return None
    remote, mapping = sources[0].remote, sources[0].mapping
    chosen = remote.chosen(mapping, table.fields)
    zone = "" if mapping is None else mapping.zone
    relation, kinds = dialect.relation(remote.schema, remote.name), remote.local_kinds(zone)
    zoned = frozenset(name for name in kinds if kinds[name] != remote.kinds[name])
    source = RemoteSource(remote.origin, relation, kinds, chosen, mapping, zoned, zone)
    return stage_remote(store, dialect, table, source, wanted_columns(table, columns_needed), optional, name)
