"""Make the data of a region: every table in its order, into a folder that appears whole or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import __version__
from engine.data.duckdb_files import memory_connection
from engine.data.occupied import MADE_UP, file_stem, refuse_occupied
from engine.data.plain_paths import literal_path, plain_path
from engine.data.swap import SPILL, Building, locked
from engine.execute.period import Period
from engine.files.errors import DataError, RunStopped
from engine.files.ordinary import resolved
from engine.files.stamps import sha256_of
from engine.language.types import Kind
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Table
from engine.synth.defaults import with_defaults
from engine.synth.faults import FAULTS, REJECTED, Fault, chosen, faults_of, with_fault
from engine.synth.hints import Hints, paths_of
from engine.synth.hints import Path as Column
from engine.synth.needed import columns_to_make
from engine.synth.read_hints import read_hints
from engine.synth.resident import resident
from engine.synth.weave import Loom
from engine.synth.world import Made, World, name_of, text_of

SMALL = 200_000
"""Rows up to which a counted table is kept in memory and its shares are dealt out evenly."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What was asked for. ``bad``: share of rows with one of the ``faults``; ``everything``: also what is computed."""

    cases: int
    first: Period
    last: Period
    seed: int = 1
    bad: float = 0.0
    faults: tuple[str, ...] = REJECTED
    everything: bool = False
    threads: int | None = None


@dataclass
class Report:
    """A table that was made: rows, bytes, seconds, and its bad rows by fault."""

    table: str
    rows: int
    size: int
    seconds: float
    bad: dict[str, int] = field(default_factory=dict)


def synthesize(
    book: Book, options: Options, out: Path, *, replace_old: bool = False, progress: Progress = lambda text: None
) -> list[Report]:
    """Writes ``表名.parquet`` for every table and ``synth.json``. Raises :class:`DataError` or :class:`RunStopped`."""
    if book.template:
        raise RunStopped(f"{book.title} 是模板，没有自己的数据", hint="给沿用它的地区造数据")
    snapshot = book.at(max(options.last.end, book.start))
    target = resolved(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target):
        refuse_occupied(target, replace_old, MADE_UP)
        building = Building(target, MADE_UP)
        try:
            reports = _make_all(snapshot, options, building, progress)
            _record(book, options, reports, building)
            refuse_occupied(target, replace_old, MADE_UP, hashed=False)
            building.put_in_place()
        finally:
            building.discard()
    return reports


def _make_all(snapshot: Snapshot, options: Options, building: Building, progress: Progress) -> list[Report]:
    delivered = columns_to_make(snapshot, options.everything)
    columns = _with_what_is_summed_up(snapshot, delivered)
    hints = {name: _hints(snapshot.tables[name]) for name in columns}
    order = _in_order(snapshot, columns, hints)
    read_elsewhere = _read_elsewhere(snapshot, columns, hints)
    reports = []
    with memory_connection() as connection:
        connection.execute(f"SET temp_directory = {text_of(str(plain_path(building.own(SPILL))))}")
        connection.execute("SET disabled_optimizers = 'build_side_probe_side,join_order'")  # rows stay in their order
        if options.threads:
            connection.execute(f"SET threads = {options.threads}")
        world = World(connection, options.seed, options.cases, options.first.first, options.last.last)
        for name in order:
            progress(f"造 {name}")
            table = snapshot.tables[name]
            if name in columns:
                extra = frozenset(read_elsewhere.get(name, ()))
                reports.append(_make(world, table, hints[name], columns[name], extra, options, building))
            else:
                world.made[name] = resident(world, table, _hints(table), read_elsewhere.get(name, set()))
    for name in columns.keys() - delivered.keys():
        building.own(f"{file_stem(name)}.parquet").unlink()
    return [report for name in delivered for report in reports if report.table == name]


def _with_what_is_summed_up(snapshot: Snapshot, columns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The columns, and all of the tables that a program gives and others of these sum up (汇总): they are made too, and
    not written.
    """
    found, waiting = dict(columns), list(columns)
    while waiting:
        name = waiting.pop()
        for other in sorted(_summed_up(_hints(snapshot.tables[name]))):
            table = snapshot.tables.get(other)
            if table is not None and other not in found and table.rows_file is None and not table.rows_required:
                found[other] = tuple(table.fields)
                waiting.append(other)
    return found


def _hints(table: Table) -> Hints:
    found, complaints = read_hints(table.synthesis) if table.synthesis is not None else (Hints(), [])
    if complaints:
        raise DataError(f"表“{table.name}”的 合成：{complaints[0].message}", complaints[0].hint)
    return with_defaults(table, found)


def _in_order(snapshot: Snapshot, columns: dict[str, tuple[str, ...]], hints: dict[str, Hints]) -> list[str]:
    """Tables after those they refer to or sum up. Raises :class:`DataError` for a circle."""
    done: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in done:
            return
        if name in above:
            raise DataError(f"表 {' → '.join((*above, name))} 互相引用，造不出来")
        for other in sorted(_needs(snapshot, name, columns.get(name, ()), hints.get(name, Hints()))):
            if other in snapshot.tables:
                visit(other, (*above, name))
        done.append(name)

    for name in columns:
        visit(name, ())
    return [n for n in done if n in columns or (snapshot.tables[n].rows_file is not None)]


def _needs(snapshot: Snapshot, name: str, columns: tuple[str, ...], hints: Hints) -> set[str]:
    table = snapshot.tables[name]
    makes = [*hints.fields.values(), *hints.helpers.values()]
    used = {*columns, *(path.here for make in makes for path in paths_of(make))}
    found = {column.refers for key, column in table.fields.items() if column.refers and key in used}
    return found | _summed_up(hints)


def _summed_up(hints: Hints) -> set[str]:
    """The tables whose rows a table's recipes add up."""
    return {make.detail["自"] for make in [*hints.fields.values(), *hints.helpers.values()] if make.how == "汇总"}


def _read_elsewhere(
    snapshot: Snapshot, columns: dict[str, tuple[str, ...]], hints: dict[str, Hints]
) -> dict[str, set[str]]:
    """Table to the columns that recipes of other tables read through a reference, as a weight, or to sum them up."""
    found: dict[str, set[str]] = {}
    for name in columns:
        fields, made = snapshot.tables[name].fields, hints[name]
        for column, make in {**made.fields, **made.helpers}.items():
            paths = list(paths_of(make))
            if make.how == "汇总" and make.detail["字段"] in snapshot.tables[make.detail["自"]].fields:
                found.setdefault(make.detail["自"], set()).add(make.detail["字段"])
            if make.how == "引用" and column in fields:
                weights = [make.detail.get("权重"), *make.detail.get("各列", {}).values()]
                paths += [Column(weight, column) for weight in weights if isinstance(weight, str)]
            for path in paths:
                if path.via and path.via in fields:
                    found.setdefault(fields[path.via].refers or "", set()).add(path.column)
    return found


def _make(
    world: World,
    table: Table,
    hints: Hints,
    columns: tuple[str, ...],
    extra: frozenset[str],
    options: Options,
    building: Building,
) -> Report:
    started = time.monotonic()
    loom = Loom(world, table, hints, columns, True, extra)
    streamed = hints.each is None and loom.count() > SMALL
    when = table.fields.get(table.period_field or "")
    bad_rows = options.bad > 0 and hints.each is None and when is not None and when.type.kind is Kind.DATE
    if hints.each is None and hints.rows is not None and hints.rows.per_case is not None:
        loom.small = loom.count() <= SMALL and hints.rows.per_case < 1
    faults = faults_of(table, columns, loom.makes, options.faults) if bad_rows else []
    select = loom.select()
    connection, path = world.connection, building.own(f"{file_stem(table.name)}.parquet")
    sql = f"t{len(world.made)}"
    if not streamed:
        connection.execute(f"CREATE TABLE {sql} AS {select}")
        select = f"SELECT * FROM {sql} ORDER BY i"
    if faults:
        select = f'SELECT *, {chosen(world.seed, table, faults, options.bad)} AS "@bad" FROM ({select})'
    shown = ", ".join(f"{with_fault(table.fields[c], name_of(c), faults)} AS {name_of(c)}" for c in columns)
    copied = connection.execute(
        f"COPY (SELECT {shown} FROM ({select})) TO {text_of(str(plain_path(path)))} (FORMAT parquet, COMPRESSION zstd)"
    ).fetchone()
    rows = int(copied[0])
    if streamed:
        source = f"read_parquet({text_of(literal_path(path))}, file_row_number=true)"
        connection.execute(
            f"CREATE VIEW {sql} AS SELECT file_row_number AS i, * EXCLUDE (file_row_number) FROM {source}"
        )
    there = {row[0] for row in connection.execute(f"DESCRIBE {sql}").fetchall()}
    world.made[table.name] = Made(table, sql, rows, frozenset(there))
    bad = _count_bad(world, table, faults, options.bad, rows) if faults else {}
    return Report(table.name, rows, path.stat().st_size, time.monotonic() - started, bad)


def _count_bad(world: World, table: Table, faults: list[Fault], share: float, rows: int) -> dict[str, int]:
    """How many rows have each kind of fault."""
    found = world.connection.execute(
        f"SELECT f, count(*) FROM (SELECT {chosen(world.seed, table, faults, share)} AS f "
        f"FROM {world.row_numbers(rows)}) WHERE f IS NOT NULL GROUP BY f"
    ).fetchall()
    counted: dict[str, int] = {}
    for number, count in found:
        kind = FAULTS[faults[number].kind]
        counted[kind] = counted.get(kind, 0) + count
    return counted


def _record(book: Book, options: Options, reports: list[Report], building: Building) -> None:
    import duckdb

    tables = [
        {"table": r.table, "file": f"{r.table}.parquet", "rows": r.rows, "bytes": r.size}
        | ({"bad": r.bad} if r.bad else {})
        for r in reports
    ]
    files = building.finished()
    content: dict[str, Any] = {
        "written_by": MADE_UP.mark,
        "synthetic": True,
        "region": book.name,
        "title": book.title,
        "rules_sha256": book.fingerprint(),
        "cases": options.cases,
        "period": f"{options.first}..{options.last}",
        "seed": options.seed,
        "bad": options.bad,
        "faults": list(options.faults) if options.bad else [],
        "everything": options.everything,
        "version": __version__,
        "duckdb": duckdb.__version__,
        "tables": tables,
        "files": sorted([*files, MADE_UP.record]),
        "files_sha256": {name: sha256_of(building.path / name) for name in files},
    }
    building.own(MADE_UP.record).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
