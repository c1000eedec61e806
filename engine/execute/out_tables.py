"""The files of a result as tables of a database, with what each column is and where that is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from engine.data.kept_values import TYPES_FILE
from engine.data.occupied import RUN_FILE, file_stem
from engine.databases.out_place import CANCELLED, HELD, REJECTS, RUN, VALUES, OutPlace, OutTable
from engine.execute.period import Period
from engine.execute.result import Result, SheetColumn
from engine.files.errors import DataError
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Program, Provenance
from engine.rulebook.scope import Scope
from engine.rulebook.wanted import wanted


def refuse_names(place: OutPlace, snapshot: Snapshot, program: Program, period: Period) -> None:
    """Raises :class:`DataError` where a table of the result could not have its name, before anything is computed."""
    for name in program.statements:
        place.refuse_name(name, "报表")
        for column in snapshot.statements[name].columns:
            place.refuse_name(column.heading, f"报表“{name}”的列")
        if name in (RUN, HELD) or name.startswith((VALUES, REJECTS, CANCELLED)):
            raise DataError(f"报表“{name}”和结果里另一张表重名", "给报表换一个名称，或用 --out 文件夹")
    scope = Scope(snapshot, program, period.kind)
    for name in wanted(snapshot, program):
        if name in snapshot.rules and scope.as_rule(name):
            place.refuse_name(VALUES + scope.base(snapshot.rules[name].grain), "表")


def publish(schema: OutPlace, folder: Path, result: Result, snapshot: Snapshot, example: bool) -> None:
    """Puts the finished ``folder`` of a run into a database. Raises :class:`DataError`."""
    record = json.loads((folder / RUN_FILE).read_text("utf-8"))
    tables = []
    for sheet in result.statements:
        file = folder / "statements" / f"{file_stem(sheet.name)}.parquet"
        about = _comments(snapshot, sheet.columns)
        key = [column.heading for column in sheet.columns if column.key]
        statement = snapshot.statements.get(sheet.name)
        said = _cited(statement.provenance) if statement is not None else ""
        tables.append(OutTable(sheet.name, file, about, key, said + ("〔示例：含虚构数值〕" if example else "")))
    if result.kept:
        kinds = json.loads((folder / "values" / TYPES_FILE).read_text("utf-8"))
        for kept in result.kept:
            file = folder / "values" / kinds[kept.grain]["file"]
            about = {column.name: _about(snapshot, column) for column in kept.columns}
            key = [column.name for column in kept.columns if column.key]
            tables.append(OutTable(VALUES + kept.grain, file, about, key))
    for file in sorted((folder / "rejects").glob("*.parquet")):
        tables.append(OutTable(REJECTS + file.stem, file))
    for file in sorted((folder / "cancelled").glob("*.parquet")):
        tables.append(OutTable(CANCELLED + file.stem, file))
    if (folder / "held.parquet").is_file():
        tables.append(OutTable(HELD, folder / "held.parquet"))
    schema.write(tables, record)


def _comments(snapshot: Snapshot, columns: Sequence[SheetColumn]) -> dict[str, str]:
    return {column.heading: _about(snapshot, column) for column in columns}


def _about(snapshot: Snapshot, column: SheetColumn) -> str:
    """The rule or field of a column, and where it is written."""
    entry = snapshot.entries.get(column.name)
    provenance = entry.provenance if entry is not None else _of_field(snapshot, column.name)
    cited = "" if provenance is None else _cited(provenance)
    return f"{column.name}（{cited}）" if cited else column.name


def _of_field(snapshot: Snapshot, name: str) -> Provenance | None:
    """That of a field which all tables that have it cite alike."""
    fields = [snapshot.tables[table].fields.get(name) for table in snapshot.columns.get(name, ())]
    found = {_cited(field.provenance): field.provenance for field in fields if field is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _cited(provenance: Provenance) -> str:
    status = "" if provenance.status == "正式" else f"，{provenance.status}"
    return f"{provenance.cite}{status}" if provenance.cite else ""
