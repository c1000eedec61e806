"""A table of the catalog of the cluster that settles, typed there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlglot import exp

from engine.data.columns_wanted import wanted_columns
from engine.data.places import Places
from engine.data.staging.model import StagedTable
from engine.data.staging.remote.dialect import RemoteSource, RemoteStore
from engine.data.staging.remote.spark import SparkDialect
from engine.data.staging.remote.stage import stage_remote
from engine.rulebook.model import Table


def stage_there(
    store: RemoteStore,
    session: Any,
    table: Table,
    places: Places,
    columns_needed: Collection[str] | None,
    optional: frozenset[str],
    name: str,
) -> StagedTable | None:
    """``None`` if the table does not lie on the server of ``session`` alone."""
    sources = places.of(table.name)
    if len(sources) != 1 or sources[0].remote is None or not sources[0].remote.server.uses(session):
        return None
    remote, mapping = sources[0].remote, sources[0].mapping
    chosen = remote.chosen(mapping, table.fields)
    *catalog, schema = remote.schema.split(".")
    relation = exp.table_(remote.name, db=schema, catalog=catalog[0] if catalog else None, quoted=True)
    source = RemoteSource(remote.origin, relation, remote.kinds, chosen, mapping)
    return stage_remote(store, SparkDialect(), table, source, wanted_columns(table, columns_needed), optional, name)
