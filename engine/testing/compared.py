"""What an example should give beside what it gives: each difference as a line, one cause said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.language.values import Unresolved, Value, decimal_text, render, round_to
from engine.testing.typed_text import UNRESOLVED_WORD

MORE_DIGITS = 2
"""Decimals shown beyond those that a person wrote, where a number does not end."""
FEWEST_DIGITS = 4


@dataclass(frozen=True)
class Difference:
    """A value that did not come out: its row (empty: there is only one), its name, and how it differs or its cause."""

    where: str
    name: str
    said: str
    cause: str = ""


@dataclass(frozen=True)
class Compared:
    """A value that an example compares. ``grain``: of the rows that it stands in, empty of small tables and of single
    values; ``row``: the number of its row from 1, 0 of a single value; ``why``: why it cannot be known, if so.
    """

    grain: str
    row: int
    name: str
    wanted: str
    got: str
    right: bool
    why: str = ""


def ends(number: Fraction) -> bool:
    """Whether the decimals of ``number`` come to an end."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def written_digits(text: str) -> int | None:
    """Decimals that a person wrote: 2 for ``33.33``, 4 for ``33.33%``; ``None`` where it is no plain decimal."""
    scale = {"%": 2, "‰": 3}.get(text[-1:], 0)
    body = text.rstrip("%‰").strip().lstrip("-−+")
    whole, _, decimals = body.partition(".")
    return len(decimals) + scale if (whole + decimals).isdigit() and whole.isascii() else None


def same(found: Value, wanted: Value, text: str, rounded: bool) -> tuple[bool, bool]:
    """(whether ``found`` is what was written as ``text``, whether it was compared at the digits written only).

    Exactly, but for a number that no rule rounds (``rounded`` is false) and whose decimals do not end: nobody can
    write it out, so it is rounded half up to the decimals that were written.
    """
    if isinstance(found, Fraction) and isinstance(wanted, Fraction) and not rounded and not ends(found):
        digits = written_digits(text)
        if digits is not None:
            return round_to(found, digits) == wanted, True
    return found == wanted, False


def shown(found: Value, text: str = "", fractions: bool = False) -> str:
    """A value that came out, as people read it: a number without end as ≈ a decimal, or as n/d where asked for."""
    if not isinstance(found, Fraction) or ends(found):
        return render(found) or "空"
    if fractions:
        return render(found)
    digits = max((written_digits(text) or 0) + MORE_DIGITS, FEWEST_DIGITS)
    return f"≈ {decimal_text(found, digits)}"


def differs(where: str, name: str, text: str, found: Value, fractions: bool) -> Difference:
    """What came out is not what was written."""
    return Difference(where, name, f"应得 {text or '空'}，得到 {shown(found, text, fractions)}")


def unknown(where: str, name: str, text: str, error: Unresolved, hint: str = "") -> Difference:
    """What came out cannot be known; ``hint``: what to do about it."""
    return Difference(where, name, f"应得 {text or '空'}，却无法确定", f"{error}。{hint}" if hint else str(error))


def expects_unknown(text: str) -> bool:
    """Whether the example wants a value that cannot be known."""
    return text.startswith(UNRESOLVED_WORD)


def reason_wanted(text: str) -> str:
    """What the example says of the reason: ``无法确定：reason``."""
    return text.removeprefix(UNRESOLVED_WORD).lstrip("：: ")


def lines(differences: Sequence[Difference]) -> Iterator[str]:
    """A line a difference; those of one cause in one line, with their rows and names."""
    by_cause: dict[str, list[Difference]] = {}
    for one in differences:
        if one.cause:
            by_cause.setdefault(one.cause, []).append(one)
    told: set[str] = set()
    for one in differences:
        if not one.cause:
            yield f"{one.where}{one.name}：{one.said}"
        elif one.cause not in told:
            told.add(one.cause)
            yield _of_one_cause(by_cause[one.cause], one.cause)


def _of_one_cause(those: list[Difference], cause: str) -> str:
    if len(those) == 1:
        return f"{those[0].where}{those[0].name}：{those[0].said}：{cause}"
    names = list(dict.fromkeys(one.name for one in those))
    wheres = list(dict.fromkeys(one.where.strip() for one in those if one.where))
    rows = f"{_few(wheres, '行')}的 " if wheres else ""
    return f"{rows}{_few(names)}（共 {len(those)} 个值）都无法确定：{cause}"


def _few(words: list[str], counted: str = "个", most: int = 4) -> str:
    return "、".join(words[:most]) + (f" 等 {len(words)} {counted}" if len(words) > most else "")
