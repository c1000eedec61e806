"""What can be read of a result row by row: statements, refused rows, settlements taken out with refunds, held rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.duckdb_files import memory_connection
from engine.data.occupied import file_stem
from engine.data.plain_paths import literal_path
from engine.data.staging.sql import Sql, func, run, text
from engine.files.errors import DataError
from engine.results.conditions import DAY, NUMBER, TEXT, TRUTH

STATEMENT, REJECTED, CANCELLED, HELD = "报表", "拒收", "冲销", "挂起"
_WHOLE = frozenset(("BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "TINYINT"))


@dataclass(frozen=True)
class Column:
    """``kind``: 数, 文字, 日期 or 是否; ``digits``: decimals; ``adds_up``: whether a total means anything."""

    heading: str
    kind: str
    digits: int = 0
    key: bool = False
    adds_up: bool = False


@dataclass(frozen=True)
class Table:
    """``kind`` and ``name``: a statement, or of which table the refused rows are (held rows have none); ``file``: where
    it stands below the result.
    """

    kind: str
    name: str
    file: str
    columns: tuple[Column, ...]
    rows: int

    def column(self, heading: str) -> Column:
        """Raises :class:`DataError` for a heading that is none."""
        found = next((one for one in self.columns if one.heading == heading), None)
        if found is None:
            raise DataError(f"没有列 {heading}", f"有：{'、'.join(one.heading for one in self.columns)}")
        return found

    @property
    def title(self) -> str:
        """As it is asked for: 报表 by its name alone."""
        return self.name if self.kind == STATEMENT else f"{self.kind} {self.name}".strip()


def tables_of(folder: Path, said: Mapping[str, Any]) -> list[Table]:
    """In the order of the result, statements first. Raises :class:`DataError` where a file is not what it should be."""
    found = [(STATEMENT, name, f"statements/{file_stem(name)}.parquet") for name in said["columns"]]
    for kind, place in ((REJECTED, "rejects"), (CANCELLED, "cancelled")):
        for account in said["accounting"]:
            file = f"{place}/{file_stem(account['table'])}.parquet"
            found += [(kind, account["table"], file)] if file in said["files_sha256"] else []
    found += [(HELD, "", "held.parquet")] if "held.parquet" in said["files_sha256"] else []
    with memory_connection() as connection:
        return [_described(connection, folder, said, *one) for one in found]


def _described(connection: Any, folder: Path, said: Mapping[str, Any], kind: str, name: str, file: str) -> Table:
    import duckdb
    from sqlglot import exp

    try:
        query = exp.select("*").from_(rows_in(folder / file))
        described = run(connection, exp.Describe(this=query)).fetchall()
        counted = exp.select("num_rows").from_(func("parquet_file_metadata", text(literal_path(folder / file))))
        (count,) = run(connection, counted).fetchone()
    except duckdb.Error as error:
        raise DataError(f"{folder / file} 读不出来", "结果文件夹不完整：恢复它，或重新运行") from error
    about = {column["heading"]: column for column in said["columns"][name]} if kind == STATEMENT else {}
    columns = [_column(heading, sql_type, about.get(heading, {})) for heading, sql_type, *_ in described]
    return Table(kind, name, file, tuple(columns), int(count))


def _column(heading: str, sql_type: str, about: Mapping[str, Any]) -> Column:
    digits = 0
    if sql_type.startswith("DECIMAL"):
        kind, digits = NUMBER, int(sql_type.rpartition(",")[2].rstrip(") "))
    else:
        kind = NUMBER if sql_type in _WHOLE else {"DATE": DAY, "BOOLEAN": TRUTH}.get(sql_type, TEXT)
    return Column(heading, kind, digits, bool(about.get("key")), bool(about.get("adds_up")))


def rows_in(file: Path) -> Sql:
    """The rows of a Parquet file."""
    return func("read_parquet", text(literal_path(file)))
