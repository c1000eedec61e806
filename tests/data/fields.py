"""Small tables of an invented city, for the tests of this folder."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path

from engine.data.load import LoadedTable, load_table
from engine.databases.places import open_places
from engine.language.types import BOOL, DATE, INTERVAL, MONTH, TEXT, Kind, Type, parse_unit
from engine.language.values import Interval
from engine.rulebook.model import Field, Table

LEVEL = Type(Kind.CLASS, classes=("甲级", "乙级及以下"))


def number(unit: str = "") -> Type:
    return Type(Kind.NUMBER, parse_unit(unit) if unit else Type(Kind.NUMBER).unit)


def table(name: str, key: str, **fields: Field | Type) -> Table:
    full = {k: f if isinstance(f, Field) else Field(k, f) for k, f in fields.items()}
    return Table(name, tuple(key.split(",")), full)


def visits() -> Table:
    return table(
        "就诊",
        "编号",
        编号=TEXT,
        日期=DATE,
        金额=number("元"),
        级别=LEVEL,
        备用=Field("备用", number("元"), nullable=True),
        新=Field("新", BOOL, has_default=True, default=False),
        天数=Field("天数", number("天"), range=Interval(Fraction(0), Fraction(100))),
    )


HEADER = "编号,日期,金额,级别,备用,新,天数\n"


def loaded(folder: Path, text: str | bytes, what: Table | None = None, **options: object) -> LoadedTable:
    what = what or visits()
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    (folder / f"{what.name}.csv").write_bytes(data)
    return load_table(what, open_places([folder]), **options)


__all__ = [
    "BOOL",
    "DATE",
    "HEADER",
    "INTERVAL",
    "LEVEL",
    "MONTH",
    "TEXT",
    "loaded",
    "number",
    "table",
    "visits",
]


RUN = {
    "region": "虚构市", "title": "虚构市", "folder": "/x", "as_of": None, "example": False, "layers": [],
    "rules_sha256": "0" * 64, "program": "结算", "period": "2025-01", "engine": "duckdb", "version": "0", "data": [],
    "mapping": None, "previous": None, "stands_on": [], "range": None, "data_sha256": {}, "accounting": [],
}  # fmt: skip
"""What a run says of itself, as little as there must be."""


def result_folder(folder, fills, **files):
    """A result with these statements (file name to text), as its run wrote it."""
    written = {f"statements/{name}": text for name, text in files.items()}
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in written.items()}
    said = {"written_by": "casemix run", **RUN, "fills": fills, "digests": {}, "columns": {}}
    said |= {"files": [*sorted(sums), "run.json"], "files_sha256": sums}
    (folder / "run.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    return folder
