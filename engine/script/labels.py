"""What the columns of the queries of a run stand for."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from engine.execute.sql.execution import SqlRun
from engine.execute.sql.frame import SmallTable
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.reading import MEMBER, Reading
from engine.language.types import Kind
from engine.rulebook.book import Snapshot


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


def see_names(labels: Labels, execution: SqlRun) -> None:
    """Adds what is lowered by now."""
    book = execution.now
    for base, reading in execution.big.readings.items():
        columns = labels.columns.setdefault(base, {})
        labels.relations[reading.frame.relation_name.rpartition(".")[2]] = base
        for name, low in reading.named():
            for column, label in _labelled(name, low, book):
                columns.setdefault(column, label)
        _label_staged(reading, columns)
        _label_looked_up(reading, columns)
        _label_by_day(reading, columns)
        _see_uploads(labels, reading, columns)


def _see_uploads(labels: Labels, reading: Reading, columns: dict[str, str]) -> None:
    """The columns of small tables mean what the columns mean that they are joined to and read as."""
    for joined in reading.frame.joins.values():
        if not isinstance(joined.relation, SmallTable) or not joined.relation.name:
            continue
        about = labels.uploads.setdefault(joined.relation.name, {})
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


def _label_by_day(reading: Reading, columns: dict[str, str]) -> None:
    """What chooses between values of one name, by the day of a row, is that name."""
    for name, column in reading.frame.columns.items():
        if name not in columns and isinstance(column.sql, exp.Case):
            chosen = [part.args["true"] for part in column.sql.args["ifs"]] + [column.sql.args.get("default")]
            found = {columns.get(one.name, "") for one in chosen if isinstance(one, exp.Column)}
            if len(found) == 1:
                columns[name] = found.pop()


def _label_staged(reading: Reading, columns: dict[str, str]) -> None:
    for name, staged in reading.frame.staged.columns.items():
        scale = f" ×{10**staged.digits}" if staged.digits else ""
        columns.setdefault(staged.name, f"{name}{scale}")
        if staged.out_of_range is not None:
            columns.setdefault(staged.out_of_range, f"{name} 超出范围")
