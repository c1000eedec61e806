"""The same of a table that is staged in a database: what :mod:`likeness` finds in memory, by queries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from engine.data.staging.model import StagedTable
from engine.data.staging.sql import Sql, cast, column, func, named, quoted_table, select_from, text, whole
from engine.language.alike import BLANKS, LOOSE, SIGNS


def likeness_in_database(staged: StagedTable, texts: Sequence[str]) -> tuple[int, str, str] | None:
    """Nothing is grouped where no keys can be alike: no letters of both cases, no blanks or signs of other
    widths; no zeros in front, or one length.
    """
    cells = {name: column(staged.columns[name].name) for name in staged.table.key if name in staged.columns}
    measures: list[Sql] = []
    for name in texts:
        cell = cells[name]
        marks: list[Sql] = [func("lower", cell).neq(cell.copy()), func("upper", cell).neq(cell.copy())]
        marks.append(func("substr", cell, whole(1), whole(1)).eq(text("0")))
        marks.append(exp.RegexpLike(this=cell.copy(), expression=text(LOOSE)))
        measures += [exp.Max(this=exp.Case(ifs=[exp.If(this=mark, true=whole(1))], default=whole(0))) for mark in marks]
        measures += [func(bound, func("length", cell)) for bound in ("min", "max")]
    seen = staged.store.rows(exp.select(*measures).from_(quoted_table(staged.relation)))[0]
    parts = [seen[start : start + 6] for start in range(0, len(seen), 6)]
    if not any(
        (upper and lower) or loose or (zero and least != most) for upper, lower, zero, loose, least, most in parts
    ):
        return None
    looks = [_look(cell) if name in texts else cell.copy() for name, cell in cells.items()]
    shown_key = func("concat_ws", text(","), *(cast(cells[name], "VARCHAR") for name in texts))
    inner = exp.select(*(named(look, f"l{n}") for n, look in enumerate(looks)), named(shown_key, "k"))
    grouped = [column(f"l{n}") for n in range(len(looks))]
    bounds = [named(func(bound, column("k")), bound) for bound in ("min", "max")]
    alike = select_from(inner.from_(quoted_table(staged.relation)), *bounds).group_by(*grouped)
    alike = alike.having(exp.Count(this=exp.Star()) > whole(1))
    count = int(staged.store.rows(select_from(alike.copy(), exp.Count(this=exp.Star())))[0][0])
    if not count:
        return None
    first, second = staged.store.rows(
        select_from(alike, column("min"), column("max")).order_by(column("min")).limit(1)
    )[0]
    return count, first, second


def _look(cell: Sql) -> Sql:
    look = func("lower", cell)
    for sign in (*BLANKS, *SIGNS):
        look = func("replace", look, text(sign), text(SIGNS.get(sign, "")))
    return exp.Trim(this=look, expression=text("0"), position="LEADING")
