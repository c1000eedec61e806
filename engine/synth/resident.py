"""Rows that live in the region stand as they are; what recipes of other tables read of them beside is made to fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from pathlib import Path as FilePath
from typing import Any

from engine.data.load import load_region_rows
from engine.language.types import Kind
from engine.rulebook.model import Field, Table
from engine.synth.hints import Hints, Make, Path, paths_of
from engine.synth.weave import Loom
from engine.synth.world import Made, World, name_of

SQL_TYPES = {Kind.NUMBER: "DOUBLE", Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE"}
"""Of what is no key: recipes count in DOUBLE."""


def resident(world: World, table: Table, hints: Hints, wanted: Set[str]) -> Made:
    """The rows of ``table`` with all its fields, and the helpers (另设) among ``wanted``.

    A helper that a field is written from (权重: {列: 典型费用, 乘: 0.000125}) is worked back from the published field
    where it has a value, so that what is made from the helper goes by the published figures; others are drawn.
    """
    sql = f"t{len(world.made)}"
    _put(world, table, sql)
    there = frozenset(("i", *table.fields))
    helpers = _needed(hints, wanted)
    if not helpers:
        return Made(table, sql, _count(world, sql), there)
    loom = Loom(world, table, dataclasses.replace(hints, helpers=helpers, again=None), (), True, source=sql)
    drawn, woven = loom.select(), f"{sql}w"
    told = {name: _worked_back(hints, name, table) for name in helpers}
    shown = ", ".join(f"coalesce({back}, {name_of(name)}) AS {name_of(name)}" for name, back in told.items() if back)
    replaced = f" REPLACE ({shown})" if shown else ""
    world.connection.execute(f"CREATE TABLE {woven} AS SELECT *{replaced} FROM ({drawn}) ORDER BY i")
    return Made(table, woven, _count(world, woven), there | frozenset(helpers))


def _put(world: World, table: Table, sql: str) -> None:
    loaded = load_region_rows(table, FilePath(table.rows_file or ""))
    kinds = [(field, "VARCHAR" if name in table.key else _sql_type(field)) for name, field in table.fields.items()]
    rows = [(n, *(_plain(row[f.name], kind) for f, kind in kinds)) for n, row in enumerate(loaded.rows)]
    columns = ", ".join(f"{name_of(field.name)} {kind}" for field, kind in kinds)
    world.connection.execute(f"CREATE TABLE {sql} (i BIGINT, {columns})")
    if rows:
        world.connection.executemany(f"INSERT INTO {sql} VALUES ({', '.join('?' * (len(kinds) + 1))})", rows)


def _sql_type(field: Field) -> str:
    return SQL_TYPES.get(field.type.kind, "VARCHAR")


def _plain(value: Any, kind: str) -> Any:
    if value is None or kind in ("BOOLEAN", "DATE"):
        return value
    return float(value) if kind == "DOUBLE" else str(value)


def _count(world: World, sql: str) -> int:
    return int(world.connection.execute(f"SELECT count(*) FROM {sql}").fetchone()[0])


def _needed(hints: Hints, wanted: Set[str]) -> dict[str, Make]:
    """The helpers among ``wanted``, and those that they read."""
    waiting, found = [name for name in hints.helpers if name in wanted], set[str]()
    while waiting:
        name = waiting.pop()
        if name in hints.helpers and name not in found:
            found.add(name)
            waiting += [path.here for path in paths_of(hints.helpers[name])]
    return {name: make for name, make in hints.helpers.items() if name in found}


def _worked_back(hints: Hints, helper: str, table: Table) -> str:
    """SQL of the helper from the first field that is a plain multiple of it; empty if there is none."""
    for name, make in hints.fields.items():
        factors = [float(part) for part in make.times if isinstance(part, float | int) and part != 0]
        plain = not make.plus and not make.minus and make.when is None and len(factors) == len(make.times)
        if name in table.fields and make.how == "列" and make.detail == Path(helper) and plain:
            whole = 1.0
            for factor in factors:
                whole *= factor
            return f"{name_of(name)} / {whole!r}"
    return ""
