"""Of a column of a staged table: how many long numbers, and how many of them end as a spreadsheet leaves them."""

from __future__ import annotations

from sqlglot import exp

from engine.data.staging.model import StagedTable
from engine.data.staging.sql import Sql, column, func, quoted_table, text, when, whole

_MOST_ROWS = 200_000
"""Of more rows nobody has one in twenty."""


def counted_in_database(staged: StagedTable, name: str) -> tuple[int, int, str | None, str | None]:
    if name not in staged.columns or staged.count > _MOST_ROWS:
        return 0, 0, None, None
    cell = column(staged.columns[name].name)
    is_long = func("length", cell) >= whole(18)
    bare = exp.Trim(this=func("substr", cell.copy(), whole(16)), expression=text("0"), position="LEADING")
    is_cut = exp.and_(is_long.copy(), func("length", bare).eq(whole(0)))
    measures: list[Sql] = [exp.Count(this=when(is_long, whole(1))), exp.Count(this=when(is_cut, whole(1)))]
    measures += [func(bound, when(is_cut.copy(), cell.copy())) for bound in ("min", "max")]
    long, cut, least, greatest = staged.store.rows(exp.select(*measures).from_(quoted_table(staged.relation)))[0]
    return int(long), int(cut), least, greatest
