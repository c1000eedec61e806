"""A digest of typed rows that no order, no partition and no engine changes, worked out where the rows are.

A row's text is its stored values (numbers scaled, months counted, dates in ISO form, true and false, absent empty)
between U+001F, which no value can hold. Of the SHA-256 of that text the first 240 bits are a number; the numbers of all
rows are added up modulo 2^240 in exact arithmetic, as four sums of 60 bits. A sum, unlike an exclusive or, also sees
that a row stands there twice. The digest is the SHA-256 of the table's name, its columns, the number of rows and that
sum. Two different deliveries meet by chance once in 2^120; against somebody who constructs rows for the purpose a sum
is weaker than a hash of the sorted rows. It is there to tell that data changed between a run and its explanation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

from sqlglot import exp

from engine.data.staging.remote.dialect import Dialect
from engine.data.staging.sql import Sql, cast, column, func, text, whole
from engine.data.typed import Rejected

LANES, DIGITS = 4, 15
_BITS = 4 * DIGITS
_MODULUS = 1 << (LANES * _BITS)
_SEPARATOR = "\x1f"


def line(columns: Sequence[str], truths: Collection[str] = ()) -> Sql:
    """The text of a row with these columns; ``truths``: those of them that are true or false."""
    parts = [_truth(name) if name in truths else _cell(name) for name in columns]
    return func("concat_ws", func("chr", exp.Literal.number(ord(_SEPARATOR))), *parts)


def _cell(name: str) -> Sql:
    return exp.Coalesce(this=cast(column(name), "VARCHAR"), expressions=[text("")])


def _truth(name: str) -> Sql:
    """In words: not every database has a type of its own for it."""
    untrue = exp.Case(ifs=[exp.If(this=column(name).is_(exp.null()), true=text(""))], default=text("false"))
    return exp.Case(ifs=[exp.If(this=column(name), true=text("true"))], default=untrue)


def sums(dialect: Dialect, hashed: Sql) -> list[Sql]:
    """The four sums over rows, of whose texts these are the hashes."""
    parts = [func("substr", hashed, whole(1 + DIGITS * lane), whole(DIGITS)) for lane in range(LANES)]
    return [exp.Sum(this=dialect.lane(part)) for part in parts]


def number_of(row: str) -> int:
    """What a row of this text adds to the sum."""
    return int(hashlib.sha256(row.encode()).hexdigest()[: LANES * DIGITS], 16)


def total(lanes: Sequence[int | None]) -> int:
    """The sum of which four sums of lanes are the parts."""
    found = 0
    for lane in lanes:
        found = (found << _BITS) + int(lane or 0)
    return found % _MODULUS


def digest(table: str, wanted: Sequence[str], rows: int, added: int, rejected: Iterable[Rejected]) -> str:
    """64 hexadecimal digits of ``rows`` good rows whose numbers add up to ``added``, and of the rejected ones."""
    refused = 0
    for row in rejected:
        added += number_of(_SEPARATOR.join(("拒收", row.key_text, row.field, row.code)))
        refused += 1
    head = [table, *wanted, str(rows), str(refused), f"{added % _MODULUS:0{LANES * DIGITS}x}"]
    return hashlib.sha256(_SEPARATOR.join(head).encode()).hexdigest()
