"""A whole table as rows: a DataFrame, an Arrow table, a dict of columns, or a list of rows.

What it is is told by what it can do; pandas and pyarrow are not imported unless the table is theirs, or is only to be
had by way of Arrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.pricing.plain import plain, plain_record, single
from engine.pricing.problems import CannotPrice

_SHAPES = "给 DataFrame、Arrow 表、列名到一列值的字典，或一行一个字典的列表"
_SINGLE = ("float32", "float16", "Float32", "float", "halffloat")


def rows_of(name: str, table: Any) -> list[dict[str, Any] | CannotPrice]:
    """The rows in order, with plain values; a row with a value that is none is a :class:`CannotPrice`.

    Raises :class:`CannotPrice` for what is no table, or one whose columns cannot be told apart.
    """
    try:
        columns = _columns(table)
    except CannotPrice:
        raise
    except Exception as error:
        raise CannotPrice(f"{name} 的表读不出来（{type(error).__name__}：{error}）", hint=_SHAPES) from error
    if columns is None:
        return [_row(name, row) for row in _listed(name, table)]
    titles = [title for title, _ in columns]
    odd = [title for title in titles if not isinstance(title, str)]
    twice = sorted({title for title in titles if titles.count(title) > 1} - set(odd))
    if odd or twice:
        what = f"列名 {odd[0]!r} 不是文字" if odd else f"列 {twice[0]} 有两列"
        raise CannotPrice(f"{name} 的{what}", hint="每个字段一列，列名就是字段名")
    lengths = {len(values) for _, values in columns}
    if len(lengths) > 1:
        raise CannotPrice(f"{name} 的各列不一样长", hint=_SHAPES)
    cleaned = [_plain_column(title, values) for title, values in columns]
    return [_joined(titles, cells) for cells in zip(*cleaned, strict=True)]


def _row(name: str, row: Any) -> dict[str, Any] | CannotPrice:
    try:
        return plain_record(name, row)
    except CannotPrice as error:
        return error


def _joined(titles: Sequence[str], cells: Sequence[Any]) -> dict[str, Any] | CannotPrice:
    for cell in cells:
        if cell.__class__ is CannotPrice:
            return cell  # type: ignore[no-any-return]
    return dict(zip(titles, cells, strict=True))


def _plain_column(title: str, values: Sequence[Any]) -> list[Any]:
    made = []
    for value in values:
        try:
            made.append(value if value.__class__ is str else plain(title, value))
        except CannotPrice as error:
            made.append(error)
    return made


def _columns(table: Any) -> list[tuple[Any, Sequence[Any]]] | None:
    """The columns, if it is a table of columns. Raises whatever its library raises."""
    if isinstance(table, Mapping):
        return [(title, _values(table, title)) for title in table]
    if hasattr(table, "itertuples") and hasattr(table, "dtypes"):  # of pandas
        return [(title, _of_series(table.iloc[:, place])) for place, title in enumerate(table.columns)]
    if not (hasattr(table, "column_names") and hasattr(table, "schema")):  # not of Arrow itself
        if not (hasattr(table, "__arrow_c_stream__") or hasattr(table, "__dataframe__")):
            return None
        table = _by_arrow(table)
    return [(title, _of_arrow(table.column(place))) for place, title in enumerate(table.schema.names)]


def _values(table: Mapping[Any, Any], title: Any) -> Sequence[Any]:
    values = table[title]
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise CannotPrice(f"列 {title} 不是一列值", hint=_SHAPES)
    return list(values)


def _of_series(series: Any) -> Sequence[Any]:
    values = series.tolist()
    return [_of_single(value) for value in values] if str(series.dtype) in _SINGLE else values


def _of_arrow(column: Any) -> Sequence[Any]:
    values = column.to_pylist()
    return [_of_single(value) for value in values] if str(column.type) in _SINGLE else values


def _of_single(value: Any) -> Any:
    return single(value) if value.__class__ is float else value


def _by_arrow(table: Any) -> Any:
    try:
        import pyarrow
    except ImportError as error:
        what = f"{type(table).__name__} 要经过 pyarrow 读"
        raise CannotPrice(what, hint="pip install pyarrow，或改成一行一个字典的列表") from error
    if hasattr(table, "__arrow_c_stream__"):
        return pyarrow.table(table)
    from pyarrow.interchange import from_dataframe

    return from_dataframe(table)


def _listed(name: str, table: Any) -> Iterator[Any]:
    if isinstance(table, str | bytes) or not isinstance(table, Iterable):
        raise CannotPrice(f"{name}：{type(table).__name__} 不是一张表", hint=_SHAPES)
    yield from table
