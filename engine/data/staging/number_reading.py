"""Numbers as scaled whole numbers, never by way of a float, and never by a cast that rounds.

A decimal with s decimals times 10^d, of type DECIMAL(w + s + d + 1, s), has the field's d decimals in front of the
point. w, the digits before the point, is bounded by what is good, and is less where the file was measured: up to 18
digits DuckDB computes in 64 bits. It does so as long as both factors have at most 18 digits, whatever the product has,
so a factor of a longer product is first made longer than that.
"""

from __future__ import annotations

from sqlglot import exp

from engine.data.staging.reading import WHOLE_DIGITS, Reading, Value, decimal_size, is_text, never
from engine.data.staging.sql import Sql, between, cast, every, func, matches, text, try_cast, whole

_MOST = 38
_LONGEST = 20
"""Digits before the point, and after it, that text may have to be read here."""
_NARROW = 18
_SURE_OF_DOUBLE = 15
"""A decimal of up to 15 digits is the only such one at its double, so it is the shortest text of it."""


def number_reading(kind: str, base: Sql, digits: int) -> Reading:
    """The reading of ``base``, cells of SQL type ``kind``, as a number of ``digits`` decimals."""
    size = decimal_size(kind)
    if is_text(kind) or kind == "FLOAT":
        return _of_text(base, digits, _LONGEST - digits, kind != "FLOAT")
    if kind == "DOUBLE":
        return _of_double(base, digits)
    if kind in WHOLE_DIGITS:
        return _of_whole(base, digits, WHOLE_DIGITS[kind])
    if size is None:
        return never("BIGINT")
    precision, scale = size
    if scale > digits:
        return _of_long_decimal(base, digits, precision, scale)
    return _of_decimal(base, digits, precision, scale)


def _of_text(base: Sql, digits: int, zeros: int, plus: bool) -> Reading:
    """Plain decimal text; ``zeros``: how many zeros may follow the declared decimals."""
    longest = min(_LONGEST, _MOST - 1 - 2 * digits)
    if longest < 1 or zeros < 0:
        return never("BIGINT")
    decimals = rf"\.[0-9]{{1,{digits}}}0{{0,{zeros}}}" if digits else rf"\.0{{1,{max(zeros, 1)}}}"
    sign = "[+-]?" if plus else "-?"
    pattern = rf"{sign}([0-9]{{1,{longest}}}({decimals})?|{decimals})"
    decimal = cast(base, f"DECIMAL({longest + digits}, {digits})")
    return Reading(matches(base, pattern), _scaled(base, digits, digits, longest), ordered=decimal)


def _of_double(base: Sql, digits: int) -> Reading:
    """Python reads the shortest text of a double; here that text, where it is sure to be the same."""
    shown = cast(base, "VARCHAR")
    longest = min(_SURE_OF_DOUBLE, _MOST - 1 - 2 * digits)
    if longest < 1:
        return never("BIGINT")
    pattern = rf"-?[0-9]{{1,{longest}}}\.[0-9]{{1,{digits}}}" if digits else rf"-?[0-9]{{1,{longest}}}\.0"
    short = func("length", shown) <= whole(_SURE_OF_DOUBLE + 1)
    same = try_cast(shown, "DOUBLE").eq(base.copy())
    good = every([matches(shown, pattern), short, same])
    decimal = cast(shown, f"DECIMAL({longest + digits}, {digits})")
    return Reading(good, _scaled(shown, digits, digits, longest), ordered=decimal)


def _of_decimal(base: Sql, digits: int, precision: int, scale: int) -> Reading:
    longest = _MOST - 1 - scale - digits
    if longest < 1:
        return never("BIGINT")
    good: Sql = exp.true()
    if precision - scale > longest:
        low, high = (
            cast(text(str(bound)), f"DECIMAL({precision}, {scale})") for bound in (-(10**longest), 10**longest)
        )
        good = every([base.copy() > low, base.copy() < high])
    return Reading(good, _scaled(base, digits, scale, min(longest, max(1, precision - scale))), ordered=base)


def _of_long_decimal(base: Sql, digits: int, precision: int, scale: int) -> Reading:
    """One that may have more decimals than declared: good if it is still the same when it has lost them.

    Only this test rounds; the value is cast where that has shown that there is nothing to round.
    """
    before = min(precision - scale + 1, _MOST - 1 - 2 * digits)
    if before < 1:
        return never("BIGINT")
    shorter = try_cast(base, f"DECIMAL({before + digits}, {digits})")
    same = try_cast(shorter, f"DECIMAL({min(precision + 1, _MOST)}, {scale})").eq(base.copy())
    return Reading(same, _scaled(base, digits, digits, before), ordered=base)


def _of_whole(base: Sql, digits: int, precision: int) -> Reading:
    longest = _MOST - 1 - digits
    if longest < 1:
        return never("BIGINT")
    most = 10**longest - 1
    good = exp.true() if precision <= longest else between(base, whole(-most), whole(most))
    factor = 10**digits

    def value(before: int | None) -> Sql:
        narrow = (precision if before is None else min(before, precision)) + digits <= _NARROW
        number = cast(base, "BIGINT" if narrow else "HUGEINT")
        if not digits:
            return number
        return number * (whole(factor) if narrow else cast(text(str(factor)), "HUGEINT"))

    return Reading(good, value, ordered=base, calm=False)


def _scaled(base: Sql, digits: int, scale: int, longest: int) -> Value:
    def value(before: int | None) -> Sql:
        size = longest if before is None else max(1, min(before, longest))
        narrow = size + scale + digits < _NARROW
        number = cast(base, f"DECIMAL({size + scale if narrow else max(_NARROW + 1, size + scale)}, {scale})")
        if digits:
            number = number * cast(whole(10**digits), f"DECIMAL({digits + 1}, 0)")
        return cast(number, "BIGINT" if size + digits <= _NARROW else "HUGEINT")

    return value
