"""Rows of a statement or of kept values that stay in the database: counted, streamed, written and digested there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from engine.data.columns import OutColumn
from engine.data.digest import heading_line
from engine.execute.sql import ints
from engine.execute.sql.frame import decoded
from engine.execute.sql.ints import grouped, typed
from engine.execute.sql.lowered import Lowered
from engine.execute.sql.on_rows import OnRows
from engine.language.types import Kind
from engine.language.values import Unresolved, Value

PRECISION = 38
IN_ORDER = 50_000
"""Rows up to which a file has them in the order of their keys."""
_AT_ONCE = 90


@dataclass
class BigRows(Sequence[list[Value]]):
    """``lows``: a column each. ``reasons``: of kept values, row number and column to why a value is not known."""

    reading: OnRows
    lows: list[Lowered]
    conditions: list[exp.Expression]
    rows: int
    reasons: dict[int, dict[int, Unresolved]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[list[Value]]:
        """In key order, a chunk at a time."""
        parts = [part for low in self.lows for part in (low.value, exp.Null() if low.over is None else low.over.sql)]
        query = self.reading.frame.selected(parts, self.conditions, self.reading.key_order())
        for row in self._stream(query):
            yield [decoded(low, row[2 * n], row[2 * n + 1]) for n, low in enumerate(self.lows)]

    def __getitem__(self, place: Any) -> Any:
        raise TypeError("big rows are only gone through in order")

    def _stream(self, query: exp.Expression) -> Iterator[tuple]:
        for rows in self.reading.frame.database.chunks(query):
            yield from rows

    def plus(self, value: Lowered) -> BigRows:
        """With one more column that is the same on every row."""
        return BigRows(self.reading, [*self.lows, value], self.conditions, self.rows, self.reasons)

    # -- a statement ------------------------------------------------------------

    def write_statement(self, path: Path, columns: Sequence[OutColumn]) -> None:
        """A Parquet file with the types that :mod:`engine.data.parquet_out` gives the columns."""
        listed = [
            exp.alias_(_stored(low, column), column.heading, quoted=True)
            for low, column in zip(self.lows, columns, strict=True)
        ]
        self._copy(path, listed, [low.value for low in self.lows])

    def digest(self, columns: Sequence[OutColumn]) -> str:
        """SHA-256 over the canonical text (:mod:`engine.data.digest`), worked out without all rows in memory."""
        texts = [_text(low, column.digits) for low, column in zip(self.lows, columns, strict=True)]
        line = _escaped(_line(texts))  # once for all columns: what stands between them is not escaped
        keys = [_escaped(text) for text, column in zip(texts, columns, strict=True) if column.key]
        order = [exp.Ordered(this=key, nulls_first=True) for key in keys]
        if not self._told_apart(columns):
            order.append(exp.Ordered(this=exp.column("x"), nulls_first=True))
        inner = self.reading.frame.relation([low.value for low in self.lows], self.conditions)
        query = exp.select(exp.alias_(line, "x")).from_(inner.subquery("q", copy=False), copy=False)
        query = query.order_by(*order, copy=False)
        digest = hashlib.sha256(heading_line([column.heading for column in columns]).encode())
        self.reading.frame.database.hash_lines(query, digest)
        return digest.hexdigest()

    def _told_apart(self, columns: Sequence[OutColumn]) -> bool:
        """Whether no two rows have the same key columns."""
        execution, base = self.reading.execution, self.reading.base
        return {column.name for column in columns if column.key} >= set(execution.scope(execution.closing).keys(base))

    # -- kept values ------------------------------------------------------------

    def write_values(self, path: Path, columns: Sequence[OutColumn], reason_name: str) -> list[bool]:
        """Exact values, and a column of reasons for each that is not always known; says which those are."""
        listed: list[Any] = []
        reads: list[exp.Expression] = []
        with_reasons: list[bool] = []
        for low, column in zip(self.lows, columns, strict=True):
            listed.append(exp.alias_(_exact(low, column), column.name, quoted=True))
            reads += [low.value] if low.over is None else [low.value, low.over.sql]
            with_reasons.append(low.fail is not None)
            if low.fail is not None:
                reads.append(low.fail)
        for place, (low, column) in enumerate(zip(self.lows, columns, strict=True)):
            if low.fail is not None:
                listed.append(exp.alias_(self._reason(place, low, reads), reason_name.format(column.name), quoted=True))
        self._copy(path, listed, reads)
        return with_reasons

    def _reason(self, place: int, low: Lowered, reads: list[exp.Expression]) -> exp.Expression:
        """The reason as JSON where it was looked up, else that it was not."""
        frame = self.reading.frame
        known = [(rn, found[place]) for rn, found in self.reasons.items() if place in found]
        unknown = exp.Literal.string(_reason_text(Unresolved("原因没有逐行列出；用 explain 看这一行", "", "没有列出")))
        assert low.fail is not None
        text: exp.Expression = unknown
        if known:
            column = self.reading.host.texts_by_row([rn for rn, _ in known], [_reason_text(why) for _, why in known])
            reads.append(column)
            text = exp.Coalesce(this=column, expressions=[unknown])
        sql = exp.Case().when(frame.let(low.fail), text, copy=False)
        return sql.else_(exp.Null(), copy=False)

    def _copy(self, path: Path, listed: list[Any], reads: list[exp.Expression]) -> None:
        order = self.reading.key_order() if self.rows <= IN_ORDER else []
        inner = self.reading.frame.relation([*reads, *order], self.conditions)
        query = exp.select(*listed).from_(inner.subquery("q", copy=False), copy=False)
        if order:
            by = [exp.Ordered(this=_of(part, "q"), nulls_first=False) for part in order]
            query = query.order_by(*by, copy=False)
        self.reading.frame.database.copy(query, path)


def _of(sql: exp.Expression, alias: str) -> exp.Expression:
    """``sql`` over the columns of a subquery, whatever the columns around it are called."""
    copied = sql.copy()
    for column in list(copied.find_all(exp.Column)):
        column.set("table", exp.to_identifier(alias))
    return copied


def _line(texts: Sequence[exp.Expression]) -> exp.Expression:
    """Texts, none of them NULL, with U+001F between them; some at a time, as functions take no more than 100."""
    if len(texts) == 1:
        return texts[0]
    if len(texts) > _AT_ONCE:
        return _line([_line(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)])
    return exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string("\x1f"), *texts])


def _decimal(low: Lowered, digits: int) -> exp.Expression | None:
    """A DECIMAL of ``digits`` decimals that is exactly the value; ``None`` where the value has more, or is too long."""
    if low.num is None or low.over is not None or 10**digits % low.den:
        return None
    num = ints.scaled(low.num, 10**digits // low.den)
    whole = max(len(str(num.size)), 1)
    if whole + digits + 1 > PRECISION:
        return None
    number = exp.cast(typed(num), f"DECIMAL({whole}, 0)", dialect="duckdb")
    if digits == 0:
        return number
    unit = exp.cast(
        exp.Literal.string("0." + "0" * (digits - 1) + "1"), f"DECIMAL({digits + 1}, {digits})", dialect="duckdb"
    )
    return exp.Mul(this=number, expression=unit)


def _stored(low: Lowered, column: OutColumn) -> exp.Expression:
    kind = column.type.kind
    if kind is Kind.NUMBER and column.digits is not None:
        if isinstance(low.value, exp.Null):
            return exp.cast(exp.Null(), f"DECIMAL({PRECISION}, {column.digits})", dialect="duckdb")
        found = _decimal(low, column.digits)
        if found is None:
            raise ints.TooLarge(ints.WIDE + 1)
        narrow = column.digits == 0 and low.num is not None and low.num.size < 2**63
        sql_type = "BIGINT" if narrow else f"DECIMAL({PRECISION}, {column.digits})"
        return exp.cast(found, sql_type, dialect="duckdb")
    if kind is Kind.BOOL:
        return exp.cast(low.value.copy(), "BOOLEAN")
    if kind is Kind.DATE:
        return exp.cast(low.value.copy(), "DATE")
    return exp.cast(_text(low, None, empty=False), "VARCHAR", dialect="duckdb")


def _exact(low: Lowered, column: OutColumn) -> exp.Expression:
    """As :mod:`engine.data.kept_values` reads it back: DECIMAL, or text n/d."""
    if low.kind is not Kind.NUMBER or low.num is None:
        return (
            _stored(low, OutColumn(column.name, column.heading, column.type, None, column.key))
            if column.type.kind is not Kind.NUMBER
            else exp.cast(low.value.copy(), "VARCHAR", dialect="duckdb")
        )
    digits = next((d for d in range(20) if low.over is None and 10**d % low.den == 0), None)
    found = None if digits is None else _decimal(low, digits)
    if found is not None:
        return exp.cast(found, f"DECIMAL({PRECISION}, {digits})", dialect="duckdb")
    den = ints.constant(low.den) if low.over is None else ints.scaled(low.over, low.den)
    slash = exp.DPipe(this=exp.cast(typed(low.num), "VARCHAR", dialect="duckdb"), expression=exp.Literal.string("/"))
    return exp.DPipe(this=slash, expression=exp.cast(typed(den), "VARCHAR", dialect="duckdb"))


def _escaped(text: exp.Expression) -> exp.Func:
    return exp.func("replace", text.copy(), exp.Literal.string("\\"), exp.Literal.string("\\\\"))


def _text(low: Lowered, digits: int | None, empty: bool = True) -> exp.Expression:
    """The canonical text of a value, not escaped yet; absent is empty."""
    value = low.value.copy()
    text: Any
    if isinstance(value, exp.Null):
        text = exp.Null()
    elif low.kind is Kind.NUMBER:
        assert digits is not None
        number = _decimal(low, digits)
        if number is None:
            raise ints.TooLarge(ints.WIDE + 1)
        text = exp.cast(number, "VARCHAR", dialect="duckdb")
    elif low.kind is Kind.BOOL:
        text = (
            exp.Case()
            .when(value, exp.Literal.string("是"), copy=False)
            .when(exp.Not(this=grouped(value)), exp.Literal.string("否"), copy=False)
        )
    elif low.kind is Kind.MONTH:
        year = exp.cast(exp.IntDiv(this=grouped(value), expression=ints.whole(12)), "VARCHAR", dialect="duckdb")
        month = exp.Add(this=exp.Mod(this=grouped(value), expression=ints.whole(12)), expression=ints.whole(1))
        shown = exp.cast(exp.Paren(this=month), "VARCHAR", dialect="duckdb")
        padded = exp.func("lpad", shown, ints.whole(2), exp.Literal.string("0"))
        years = exp.func("lpad", year, ints.whole(4), exp.Literal.string("0"))
        text = exp.DPipe(this=exp.DPipe(this=years, expression=exp.Literal.string("-")), expression=padded)
    elif low.kind is Kind.DATE:
        text = exp.cast(value, "VARCHAR", dialect="duckdb")
    else:
        text = value
    if not empty:
        return text
    return exp.Coalesce(this=exp.cast(text, "VARCHAR", dialect="duckdb"), expressions=[exp.Literal.string("")])


def _reason_text(why: Unresolved) -> str:
    return json.dumps([why.reason, why.name, why.cause], ensure_ascii=False)
