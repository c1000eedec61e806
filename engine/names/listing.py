"""Every name of a rulebook on a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

from engine.names.described import (
    FIELD,
    KINDS,
    definition,
    field_value,
    grain_of,
    type_of,
    unit_text,
    value_text,
)  # fmt: skip
from engine.names.named import AS_IT_IS, CHOOSE, FILL_IN, OWN, REPLACEABLE, REPLACED, UNOFFICIAL, Named
from engine.names.used import reached_by, readers_of
from engine.rulebook.aliases import aliases
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.history import Standing, standing
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import ASSUMED, SECONDARY, Check, Entry, Field, Grain, Parameter, Provenance, Rule, Table
from engine.rulebook.nodes import Mapping, Yaml
from engine.rulebook.pending import what_is_missing
from engine.rulebook.scope import Scope
from engine.rulebook.stack import Stacked
from engine.rulebook.unsure import cited
from engine.rulebook.written import text_of

_HIDDEN = "〔"


def names_of_book(book: Book, today: datetime.date) -> list[Named]:
    """All names in force on ``today`` (the day of ``@…`` where the book has one; of rules still to come their first
    day), in order of layers and files.
    """
    snapshot = book.at(max(book.as_of or today, book.start))
    return [*_Listing(book, snapshot).all()]


class _Listing:
    """What all entries of one snapshot are asked against, worked out once."""

    def __init__(self, book: Book, snapshot: Snapshot) -> None:
        self._book, self._snapshot = book, snapshot
        self._binder = Binder(Scope(snapshot))
        self._readers, self._programs = readers_of(snapshot), reached_by(snapshot)
        self._titles = {layer.name: layer.title for layer in book.layers}
        self._own = {
            layer.name
            for layer in book.layers
            if layer.kind != "module" and (layer.folder == book.folder or book.folder in layer.folder.parents)
        }
        self._also: dict[str, list[str]] = {}
        for alias in aliases(snapshot.stacked):
            if alias.text not in self._also.setdefault(alias.name, []):
                self._also[alias.name].append(alias.text)

    def all(self) -> Iterator[Named]:
        order = {layer.name: number for number, layer in enumerate(self._book.layers)}
        told: dict[tuple[str, str], Named] = {}
        for name, entry in self._snapshot.entries.items():
            if _HIDDEN not in name:
                one = self._entry(entry)
                told[name, one.kind] = one
            if isinstance(entry, Table):
                for field in entry.fields.values():
                    self._field(entry, field, told)
        yield from sorted(told.values(), key=lambda one: (order.get(one.layer, -1), one.place))

    def _entry(self, entry: Entry) -> Named:
        name, about = entry.name, entry.provenance
        stacked = self._snapshot.stacked.get(name)
        kind = type_of(entry, self._binder)
        stands = self._figures(entry)
        change, note = self._change(entry, stacked)
        return Named(
            name=name,
            kind=KINDS[type(entry)],
            grain=grain_of(entry),
            unit=entry.kind if isinstance(entry, Check) else unit_text(kind, getattr(entry, "refers", None)),
            classes=kind.classes if kind is not None else (),
            meaning=about.note or _earlier_note(entry, stacked),
            value=value_text(entry, self._snapshot.day),
            since=next((s.day for s in reversed(stands) if s.day <= self._snapshot.day and s.place), None),
            coming=tuple((s.day, s.text) for s in stands if s.day > self._snapshot.day),
            definition=definition(entry),
            cites=tuple(dict.fromkeys(part.cite for _, part in cited(entry) if part.cite)),
            change=change,
            change_note=note,
            **self._common(name, about),
        )

    def _field(self, table: Table, field: Field, told: dict[tuple[str, str], Named]) -> None:
        """A field that several tables have alike is one name of all of them."""
        unit = unit_text(field.type, field.refers if field.refers != table.name else None)
        key = (field.name, f"{FIELD} {unit} {'、'.join(field.type.classes)}")
        if key in told:
            told[key] = replace(told[key], grain=f"{told[key].grain}、{table.name}")
            return
        about = field.provenance
        wish = text_of(_word_of_field(self._snapshot.stacked.get(table.name), field.name, "可替换"))
        told[key] = Named(
            name=field.name,
            kind=FIELD,
            grain=table.name,
            unit=unit,
            classes=field.type.classes,
            meaning=about.note,
            value=field_value(field),
            since=None,
            coming=(),
            definition=(),
            cites=(about.cite,) if about.cite else (),
            change=OWN if about.layer in self._own else REPLACEABLE if wish else AS_IT_IS,
            change_note="" if about.layer in self._own else wish,
            **self._common(field.name, about),
        )

    def _common(self, name: str, about: Provenance) -> dict:
        return {
            "cite": about.cite,
            "status": about.status,
            "layer": about.layer,
            "layer_title": self._titles.get(about.layer, about.layer),
            "place": about.place,
            "also_called": tuple(self._also.get(name, ())),
            "readers": self._readers.get(name, ()),
            "programs": self._programs.get(name, ()),
        }

    def _figures(self, entry: Entry) -> list[Standing]:
        return standing(self._book, entry.name) if isinstance(entry, Parameter) else []

    def _change(self, entry: Entry, stacked: Stacked | None) -> tuple[str, str]:
        """What a region may do with the entry, and what the rules say of that."""
        about = entry.provenance
        missing = what_is_missing(entry, self._snapshot)
        if missing:
            return FILL_IN, missing
        if isinstance(entry, (Parameter, Rule)) and entry.reading is not None:
            return CHOOSE, "、".join(option for option, _ in entry.reading.options)
        if about.layer in self._own:
            below = next((raw for raw in _below(stacked) if raw.layer not in self._own), None)
            return (REPLACED, f"原来在 {self._titles.get(below.layer, below.layer)}") if below else (OWN, "")
        wish = text_of(stacked.raw.body.get("可替换")) if stacked is not None else ""
        if wish:
            return REPLACEABLE, wish
        if about.status in (ASSUMED, SECONDARY) and isinstance(entry, (Parameter, Rule, Grain)):
            return UNOFFICIAL, ""
        return AS_IT_IS, ""


def _below(stacked: Stacked | None) -> Iterator[RawEntry]:
    """What an entry takes the place of, as written, the latest first."""
    while stacked is not None and stacked.previous is not None:
        stacked = stacked.previous
        yield stacked.raw


def _earlier_note(entry: Entry, stacked: Stacked | None) -> str:
    """A layer that only gives another figure says no more what it is: what the one below says."""
    figures = [raw for raw in _below(stacked) if raw.kind == "parameter"] if isinstance(entry, Parameter) else []
    return next((text for raw in figures if (text := text_of(raw.body.get("说明")))), "")


def _word_of_field(stacked: Stacked | None, field: str, word: str) -> Yaml | None:
    if stacked is None:
        return None
    added = stacked.fields.get(field)
    fields = stacked.raw.body.get("字段")
    spec = added[1] if added is not None else fields.get(field) if isinstance(fields, Mapping) else None
    return spec.get(word) if isinstance(spec, Mapping) else None
