"""Time zones: a moment (a column with a time zone) is a date only in a place, which the mapping says.

One rule for all that can hold such a column: PostgreSQL, Spark, DuckDB files, Parquet (``isAdjustedToUTC``, INT96).
A field that reads one without 时区 in the mapping stops the run before a row is read. The zone of a session, a server
or this machine never enters.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection, Iterable

from engine.files.errors import DataError

KEYWORD = "时区"
USUAL = "Asia/Shanghai"


def is_zone(name: str) -> bool:
    """Whether it is a name of the IANA list that says a place (or UTC): abbreviations are of several places."""
    return name == "UTC" or ("/" in name and name in zoneinfo.available_timezones())


def zone_of(
    said: str | None, table: str, read: Iterable[tuple[str, str]], moments: Collection[str], origin: str
) -> str:
    """The zone of a table's ``moments``, the columns that are; "" if there is none and none is read.

    ``said``: what the mapping of the table says (``None``: it has none); ``read``: column and field of what is read.
    Raises :class:`DataError` if a field reads a moment and nothing says the zone.
    """
    found = [(column, field) for column, field in read if column in moments]
    if not found or said:
        return said or ""
    listed = "、".join(column if column == field else f"{column}（作“{field}”）" for column, field in found[:8])
    more = f" 等 {len(found)} 列" if len(found) > 8 else ""
    hint = (
        f"写一个映射文件，里面写 {table}: {{{KEYWORD}: {USUAL}}}，用 --mapping 指明"
        if said is None
        else f"在映射的“{table}:”下面加一行 {KEYWORD}: {USUAL}"
    )
    raise DataError(
        f"{origin}：列 {listed}{more}是带时区的时刻，在不同的时区是不同的日子，没有写明按哪个时区",
        f"{hint}（{USUAL} 就是北京时间，全国都用它）",
    )
