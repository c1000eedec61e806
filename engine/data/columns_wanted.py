"""Which columns of a delivery a table reads, which it lacks, and which nobody knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.data.nearly import nearly, some_of
from engine.files.errors import DataError, all_of
from engine.files.raw import RawTable
from engine.rulebook.model import Table


@dataclass(frozen=True)
class Lacking:
    """Columns that a table needs and did not come with, each with the one of the file that is likely meant by it, or
    nothing; ``there``: what the file has that is no field of the table.
    """

    table: str
    likely: Mapping[str, str]
    there: tuple[str, ...]


class MissingColumns(DataError):
    """A table without columns that it needs; nothing was read of it yet."""

    lacking: Lacking | None = None


def _lacking(message: str, names: Sequence[str], table: Table, raw: RawTable) -> MissingColumns:
    likely = {name: _near(name, table, raw) for name in names}
    what = "、".join(f"{name}（是不是文件里的 {near}？）" if near else name for name, near in likely.items())
    error = MissingColumns(f"{message} {what}", _columns_there(raw, names))
    error.lacking = Lacking(table.name, likely, tuple(_strange(table, raw)))
    return error


def wanted_columns(table: Table, columns_needed: Collection[str] | None) -> tuple[str, ...]:
    """Key, 归期 and the fields needed (``None``: all), in the order of the table."""
    if columns_needed is None:
        return tuple(table.fields)
    strange = sorted(set(columns_needed) - set(table.fields))
    if strange:
        raise ValueError(f"table {table.name!r} has no field {strange}")
    always = {*table.key, table.period_field}
    return tuple(name for name in table.fields if name in always or name in columns_needed)


def refuse_missing_columns(
    table: Table, raws: Sequence[RawTable], wanted: Sequence[str], optional: Collection[str]
) -> None:
    """Raises :class:`DataError` for a wanted column that no delivery has and that may not be empty, and for a key."""
    problems: list[DataError] = []
    headed = list(raws)
    for raw in raws:
        keys = [name for name in table.key if name not in raw.columns and not table.fields[name].has_default]
        if len(keys) == len(table.key) and not {*raw.columns} & {*table.fields} and not _any_near(keys, table, raw):
            hint = f"列名写在第一行，上面不要有标题；要 {some_of(wanted)}。{_columns_there(raw, wanted)}"
            problems.append(MissingColumns(f"{raw.origin}：没有一列是表“{table.name}”的字段", hint))
            headed.remove(raw)
        elif keys:
            problems.append(_lacking(f"{raw.origin}：缺少主键列", keys, table, raw))
    delivered = {name for raw in raws for name in raw.columns}
    missing = [
        name for name in wanted if name not in delivered and name not in optional and not _may_be_empty(table, name)
    ]
    missing = [name for name in missing if not problems or name not in table.key]
    if headed and missing:
        origins = "、".join(raw.origin for raw in headed)
        problems.append(_lacking(f"{origins}：表“{table.name}”缺少列", missing, table, headed[-1]))
    if problems:
        raise all_of(problems)


def _any_near(names: Sequence[str], table: Table, raw: RawTable) -> bool:
    return any(_near(name, table, raw) for name in names)


def _near(name: str, table: Table, raw: RawTable) -> str:
    """A column of the file that is likely meant by the name; nothing where there is none."""
    return next(iter(nearly(name, _strange(table, raw))), "")


def _strange(table: Table, raw: RawTable) -> list[str]:
    """Columns of the file that are no field of the table."""
    return [name for name in (*raw.columns, *raw.left) if name not in table.fields]


def unknown_columns(table: Table, raws: Sequence[RawTable]) -> tuple[str, ...]:
    """Columns that are no field of the table."""
    return tuple(dict.fromkeys(name for raw in raws for name in raw.columns if name not in table.fields))


def missing_columns(raws: Sequence[RawTable], wanted: Sequence[str], optional: Collection[str]) -> tuple[str, ...]:
    """Wanted columns that no delivery has, so that each row has the default or nothing; computed ones aside."""
    delivered = {name for raw in raws for name in raw.columns}
    return tuple(name for name in wanted if raws and name not in delivered and name not in optional)


def _may_be_empty(table: Table, name: str) -> bool:
    return table.fields[name].nullable or table.fields[name].has_default


def _columns_there(raw: RawTable, missing: Sequence[str]) -> str:
    return f"文件里的列：{some_of((*raw.columns, *raw.left), missing)}"
