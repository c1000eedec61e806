"""What has to be said of a case, as a form: a field each, with its kind, its choices and what may be left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.language.types import Kind, default_digits
from engine.language.values import render
from engine.rulebook.model import Field, Table

MOST_KNOWN = 20_000
"""Keys of a published table that are offered."""
YES, NO = "是", "否"


@dataclass(frozen=True)
class Asked:
    """A field. ``kind``: 数, 文本, 日期, 年月, 类别, 是否; ``unit`` and ``digits`` of a number.

    ``choices``: the classes. ``known``: of a field that points to a published table its keys there, each with what it
    is called. ``required``: it may not be empty and has no default. ``key``: it tells this case from others.
    """

    name: str
    kind: str
    unit: str = ""
    digits: int | None = None
    choices: tuple[str, ...] = ()
    refers: str = ""
    known: tuple[tuple[str, str], ...] = ()
    required: bool = True
    key: bool = False
    dated: bool = False
    default: str = ""
    range: str = ""
    note: str = ""
    cite: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON: without what is empty, and without the keys of published tables."""
        left_out = ("", (), None, False)
        told = {name: value for name, value in vars(self).items() if value not in left_out and name != "known"}
        return told | {"required": self.required}


Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def form_of(table: Table, fields: Sequence[str], tables: Mapping[str, Table], rows: Rows) -> list[Asked]:
    """The ``fields`` of a table in its own order: what tells the case apart, what must be said, then the rest.

    ``tables``: all of the rules; ``rows``: of those that were published, for the fields that point to one.
    """
    found = [_asked(table, table.fields[name], tables, rows) for name in table.fields if name in fields]
    return sorted(found, key=lambda one: (not one.key, not one.required))


def _asked(table: Table, field: Field, tables: Mapping[str, Table], rows: Rows) -> Asked:
    kind = field.type.kind
    number = kind is Kind.NUMBER
    return Asked(
        field.name,
        kind.value,
        str(field.type) if number and str(field.type) != kind.value else "",
        (field.digits if field.digits is not None else default_digits(field.type.unit)) if number else None,
        field.type.classes or ((YES, NO) if kind is Kind.BOOL else ()),
        field.refers or "",
        _known(tables.get(field.refers or ""), rows),
        not (field.nullable or field.has_default),
        field.name in table.key,
        field.name == table.period_field,
        render(field.default) if field.has_default and field.default is not None else "",
        field.range_named or (str(field.range) if field.range is not None else ""),
        field.provenance.note,
        field.provenance.cite,
    )


def _known(table: Table | None, rows: Rows) -> tuple[tuple[str, str], ...]:
    """The keys of a table with one key, each with the first text that was read beside it: mostly its name."""
    if table is None or len(table.key) != 1:
        return ()
    (key,) = table.key
    texts = [name for name, field in table.fields.items() if name != key and field.type.kind is Kind.TEXT]
    found: dict[str, str] = {}
    for row in rows.get(table.name, ())[:MOST_KNOWN]:
        if row.get(key) is not None:
            found.setdefault(render(row[key]), next((str(row[name]) for name in texts if row.get(name)), ""))
    return tuple(found.items())
