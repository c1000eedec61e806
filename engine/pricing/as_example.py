"""A priced case as an example of its region: what was read for its figures is given, the figures must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.excel.new_example import NewExample
from engine.explain.keys import split
from engine.explain.steps import SEEN, Step
from engine.language.values import render
from engine.pricing.priced import Priced
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.rulebook.unread_files import EXAMPLES

FILE = f"{EXAMPLES}/计价的例子.yaml"
"""Where such examples stand, unless another file is said."""
ALL_ROWS = 1000
Rows = dict[str, dict[str, dict[str, str]]]


def as_example(
    opened: Region, priced: Priced, record: Mapping[str, Any], below: Mapping[str, Sequence[Mapping[str, Any]]],
    name: str,
) -> NewExample:  # fmt: skip
    """The example. ``record``, ``below``: as the case was given to :meth:`Region.price`.

    Raises :class:`CannotPrice` for a case that is not settled, or has no figure.
    """
    if not priced.settled:
        raise CannotPrice(f"没有结算，没有应得的数：{priced.state} {priced.by} {priced.reason}".rstrip())
    names = [one for one in opened.first if one not in priced.unknown]
    if not names:
        raise CannotPrice("没有一个算得出的数，写不成例子")
    rows: Rows = {}
    alone: dict[str, str] = {}
    for step in _read(priced.explain(*names, rows=ALL_ROWS).steps):
        if step.grain in (opened.table, *below):
            continue
        keys = opened.keys(step.grain)
        if not keys or not step.key:
            alone[step.name] = step.value
        else:
            parts = dict(zip(keys, split(step.key), strict=False))
            rows.setdefault(step.grain, {}).setdefault(step.key, parts)[step.name] = step.value
    given = {field: _text(record.get(field)) for field in opened.fields}
    tables = {table: list(by_key.values()) for table, by_key in rows.items()}
    tables |= {
        table: [{field: _text(row.get(field)) for field in opened.fields_below[table]} for row in given_rows]
        for table, given_rows in below.items()
        if given_rows
    }
    expected = {one: priced.text(one) or "空" for one in names if one not in given}
    return NewExample(name, opened.program, opened.period, "", {**given, **alone}, tables, expected)


def _read(steps: Sequence[Step]) -> Iterator[Step]:
    """The fields that were read, and what a finished run published, each once."""
    for step in steps:
        published = step.kind == "rule" and not step.steps and not step.formula and step.remark != SEEN
        if (step.kind == "field" and step.remark != SEEN) or published:
            yield step
        yield from _read(step.steps)


def _text(value: Any) -> str:
    if value is None or value == "":
        return "空"
    return value if isinstance(value, str) else render(value)
