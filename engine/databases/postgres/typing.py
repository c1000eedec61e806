"""How PostgreSQL reads its own cells as fields, and how it is told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp

from engine.data.column_kinds import LOCAL, WHOLE, bare, is_text
from engine.data.staging.model import ROW
from engine.data.staging.remote.columns import RAW
from engine.data.staging.remote.dialect import Pieces, RemoteStore, Typed
from engine.data.staging.sql import Sql, cast, column, func, negated, quoted_table, some, text, when, whole
from engine.data.staging.storage import digits_of
from engine.databases.postgres.cells import sent_cell_maker
from engine.databases.postgres.typing_dates import date_typed, month_typed
from engine.databases.postgres.typing_numbers import number_typed
from engine.databases.postgres.typing_text import bool_typed, class_typed, like, text_typed, trimmed
from engine.files.raw import RawCell
from engine.language.types import Kind
from engine.rulebook.model import Field


class PostgresDialect:
    """A :class:`engine.data.staging.remote.dialect.Dialect`; kinds are those of ``format_type``, and ``enum``."""

    def relation(self, schema: str, name: str) -> exp.Table:
        return quoted_table(name, schema)

    def read(self, kind: str, cell: Sql) -> Sql:
        return cell

    def local(self, cell: Sql, zone: str) -> Sql:
        return func("timezone", text(zone), cell)

    def typed(self, kind: str, cell: Sql, field: Field) -> Typed:
        what = field.type.kind
        if what is Kind.NUMBER:
            return number_typed(kind, cell, digits_of(field) or 0)
        if what is Kind.CLASS:
            return class_typed(kind, cell, field.type.classes)
        if what is Kind.DATE:
            return date_typed(kind, cell, field)
        simple = {Kind.TEXT: text_typed, Kind.BOOL: bool_typed, Kind.MONTH: month_typed}
        return simple[what](kind, cell)

    def is_empty(self, kind: str, cell: Sql) -> Sql:
        nothing = cell.copy().is_(exp.null())
        return some([nothing, trimmed(cell).eq(text(""))]) if is_text(kind) else nothing

    def code(self, kind: str, cell: Sql) -> Sql:
        if is_text(kind):
            return trimmed(cell)
        if bare(kind) == "numeric":
            return when(func("scale", cell).eq(whole(0)), cast(cell, "VARCHAR"))
        return cast(cell, "VARCHAR") if bare(kind) in (*WHOLE, "boolean") else cast(exp.null(), "VARCHAR")

    def matches(self, what: Sql, pattern: str) -> Sql:
        return like(what, f"^({pattern})$")

    def shown(self, kind: str, cell: Sql) -> Sql:
        """As :func:`engine.databases.postgres.cells.sent` has it."""
        if bare(kind) in ("date", LOCAL):
            return func("btrim", cast(func("to_json", cell), "VARCHAR"), text('"'))
        if bare(kind) in ("real", "double precision"):
            return func("encode", func("float4send" if bare(kind) == "real" else "float8send", cell), text("hex"))
        return cast(cell, "VARCHAR")

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]:
        return sent_cell_maker(kind)

    def text_kind(self) -> str:
        return "text"

    def row_number(self) -> Sql:
        return exp.Window(this=exp.RowNumber())

    def array(self, cells: Sequence[Sql]) -> Sql:
        return exp.Array(expressions=[cell.copy() for cell in cells])

    def listed(self, fetched: Any) -> Sequence[str | None]:
        return fetched  # type: ignore[no-any-return]

    def hashed(self, line: Sql) -> Sql:
        return func("encode", func("sha256", func("convert_to", line, text("UTF8"))), text("hex"))

    def lane(self, digits: Sql) -> Sql:
        """Through a string of bits: PostgreSQL has no function for it, only a cast."""
        hexadecimal = exp.paren(exp.DPipe(this=text("x"), expression=digits.copy()))
        return cast(exp.Cast(this=hexadecimal, to=exp.DataType.build("BIT(60)", dialect="postgres")), "BIGINT")

    def assemble(self, store: RemoteStore, pieces: Pieces) -> None:
        """In place: few rows are odd, and the table has all others already."""
        first = quoted_table(pieces.first)
        gone: list[Sql] = [negated(column(RAW).is_(exp.null()))]
        if pieces.twice:
            numbers = exp.select(column(ROW)).from_(quoted_table(pieces.twice))
            gone.append(exp.In(this=column(ROW), query=numbers.subquery()))
        if pieces.odd or pieces.twice:
            store.execute(store.text(exp.delete(first.copy()).where(some(gone))))
        if pieces.more:
            for name, kind in pieces.spec.items():
                if kind == "INT128":
                    store.execute(f'ALTER TABLE "{pieces.first}" ALTER COLUMN "{name}" TYPE NUMERIC(38, 0)')
            values = [cast(column(name), kind) for name, kind in pieces.spec.items()]
            into = exp.Schema(this=first.copy(), expressions=[column(name) for name in pieces.spec])
            rows = exp.select(*values).from_(quoted_table(pieces.more))
            store.execute(store.text(exp.Insert(this=into, expression=rows)))
        store.execute(f'ALTER TABLE "{pieces.first}" DROP COLUMN "{RAW}"')
        store.execute(f'ALTER TABLE "{pieces.first}" RENAME TO "{pieces.name}"')
        store.execute(f'ANALYZE "{pieces.name}"')
