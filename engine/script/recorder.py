"""A DuckDB that notes what it is asked, and what the columns of the queries stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.databases.duckdb.database import DuckDb
from engine.execute.sql.execution import SqlRun
from engine.execute.sql.frame import SmallTable
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.reading import MEMBER, Reading
from engine.language.types import Kind
from engine.rulebook.book import Snapshot


@dataclass(frozen=True)
class Query:
    """A query; ``makes``: the temporary table of its rows; ``writes``: the statement or kept values that it is."""

    tree: exp.Expression
    makes: str = ""
    writes: str = ""


@dataclass(frozen=True)
class Upload:
    """A small table of values that the engine worked out: name, columns and their types, and how many rows."""

    name: str
    spec: dict[str, str]
    rows: int


@dataclass
class Labels:
    """What columns stand for, by table of data rows; ``relations``: the table whose rows a relation has; ``uploads``:
    what the columns of small tables stand for.
    """

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, base: str, column: str) -> str:
        return self.columns.get(base, {}).get(column, "")


class Recorder(DuckDb):
    """``steps`` in order. It treats few rows as a run treats many, so that the script is that of a real run."""

    many = 0
    listed = 0

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Query | Upload] = []
        self.labels = Labels()
        self.execution: SqlRun | None = None

    def text(self, query: exp.Expression) -> str:
        self._see_names()
        if not isinstance(query, exp.Create):
            self.steps.append(Query(query.copy()))
        return super().text(query)

    def create(self, name: str, spec: Mapping[str, str]) -> None:
        super().create(name, spec)
        self.steps.append(Upload(name, dict(spec), 0))

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None:
        super().insert(name, spec, cells)
        count = len(next(iter(cells.values()), ()))
        for place, step in enumerate(self.steps):
            if isinstance(step, Upload) and step.name == name:
                self.steps[place] = Upload(name, step.spec, step.rows + count)

    def create_as(self, name: str, query: exp.Expression) -> None:
        super().create_as(name, query)
        self.steps.append(Query(query.copy(), makes=name))

    def keep_on_disk(self, query: exp.Expression) -> str:
        return self.keep(query)

    def drop(self, name: str) -> None:
        """Kept: a later step of the script may still say its name."""

    def copy(self, query: exp.Expression, path: Path) -> None:
        self.steps.append(Query(query.copy(), writes=path.stem))

    def _see_names(self) -> None:
        if self.execution is None:
            return
        book = self.execution.now
        for base, reading in self.execution.big.readings.items():
            columns = self.labels.columns.setdefault(base, {})
            self.labels.relations[reading.frame.relation_name] = base
            for name, low in reading.named():
                for column, label in _labelled(name, low, book):
                    columns.setdefault(column, label)
            _label_staged(reading, columns)
            _label_looked_up(reading, columns)
            self._see_uploads(reading, columns)

    def _see_uploads(self, reading: Reading, columns: dict[str, str]) -> None:
        """The columns of small tables mean what the columns mean that they are joined to and read as."""
        for joined in reading.frame.joins.values():
            if not isinstance(joined.relation, SmallTable) or not joined.relation.name:
                continue
            about = self.labels.uploads.setdefault(joined.relation.name, {})
            for key, column in zip(joined.keys, joined.key_columns, strict=True):
                if columns.get(key.name):
                    about.setdefault(column, columns[key.name])
            for column, _, _ in joined.relation.columns:
                if columns.get(f"{joined.alias}{column}"):
                    about.setdefault(column, columns[f"{joined.alias}{column}"])


def _labelled(name: str, low: Lowered, book: Snapshot) -> list[tuple[str, str]]:
    """Columns of a lowered value, and what they are: name, scale, article."""
    shown = name.replace(MEMBER, "是否属于 ")
    about = book.entries.get(name.removeprefix(MEMBER))
    cite = f"（{about.provenance.cite}）" if about is not None and about.provenance.cite else ""
    found = []
    if isinstance(low.value, exp.Column):
        scale = f" ×{low.den}" if low.kind is Kind.NUMBER and low.den != 1 else ""
        found.append((low.value.name, f"{shown}{scale}{cite}" if low.over is None else f"{shown} 的分子{scale}{cite}"))
    if low.over is not None and isinstance(low.over.sql, exp.Column):
        found.append((low.over.sql.name, f"{shown} 的分母"))
    if isinstance(low.fail, exp.Column):
        found.append((low.fail.name, f"{shown} 无法确定"))
    return found


def _label_looked_up(reading: Reading, columns: dict[str, str]) -> None:
    """A value that is looked up, but for where there is none, is what the column is that it is looked up in."""
    there = reading.frame.columns
    for name, label in list(columns.items()):
        sql = there[name].sql if name in there else None
        if isinstance(sql, exp.Case):
            found = {c.name for c in sql.find_all(exp.Column) if there[c.name].joined is not None}
            values = [column for column in found if isinstance(there[column].joined.relation, SmallTable)]  # type: ignore[union-attr]
            if len(values) == 1:
                columns.setdefault(values[0], label)


def _label_staged(reading: Reading, columns: dict[str, str]) -> None:
    for name, staged in reading.frame.staged.columns.items():
        scale = f" ×{10**staged.digits}" if staged.digits else ""
        columns.setdefault(staged.name, f"{name}{scale}")
        if staged.out_of_range is not None:
            columns.setdefault(staged.out_of_range, f"{name} 超出范围")
