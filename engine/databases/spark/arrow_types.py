"""Between Python, Arrow and Spark: the types by which queries name them, exactly, without a float."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)", re.I)


def arrow_type(kind: str) -> Any:
    """The Arrow type of a type as queries name it (BIGINT, INT128 …) or as Spark does (bigint, decimal(38,0) …)."""
    import pyarrow

    plain = {
        "BIGINT": pyarrow.int64(),
        "INTEGER": pyarrow.int32(),
        "INT": pyarrow.int32(),
        "INT128": pyarrow.decimal128(38, 0),
        "HUGEINT": pyarrow.decimal128(38, 0),
        "VARCHAR": pyarrow.string(),
        "STRING": pyarrow.string(),
        "BOOLEAN": pyarrow.bool_(),
        "DATE": pyarrow.date32(),
        "VOID": pyarrow.null(),
        "ARRAY<STRING>": pyarrow.list_(pyarrow.string()),
    }
    found = _DECIMAL.fullmatch(kind)
    return pyarrow.decimal128(int(found[1]), int(found[2])) if found else plain[kind.upper()]


def arrow_table(spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> Any:
    """Columns of cells, a list of equal length each."""
    import pyarrow

    return pyarrow.table({name: _array(cells[name], arrow_type(kind)) for name, kind in spec.items()})


def _array(cells: Sequence[Any], kind: Any) -> Any:
    import pyarrow

    if pyarrow.types.is_decimal(kind):
        cells = [None if cell is None else Decimal(cell) for cell in cells]
    elif pyarrow.types.is_integer(kind):
        cells = [None if cell is None else int(cell) for cell in cells]
    return pyarrow.array(cells, kind)


def python_rows(table: Any) -> list[tuple[Any, ...]]:
    """The rows of an Arrow table."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
