"""读法 as written to an entry of the model: of whatever layer declared it, for a later one only chooses."""

from __future__ import annotations

from engine.rulebook.in_force import FROM_THE_FIRST_DAY, start_of
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import OpenReading
from engine.rulebook.nodes import Mapping
from engine.rulebook.reading import Reading
from engine.rulebook.stack import Stacked
from engine.rulebook.written import text_of, words_of


def open_reading(at: Reading, stacked: Stacked) -> OpenReading | None:
    """The 读法 of an entry, or of what it replaces or fills; ``None`` where nobody declares one."""
    declaring: Stacked | None = stacked
    while declaring is not None and "读法" not in declaring.raw.body:
        declaring = declaring.previous
    body = declaring.raw.body.get("读法") if declaring is not None else None
    if declaring is None or not isinstance(body, Mapping):
        return None
    options = body.get("读作")
    return OpenReading(
        left_open=text_of(body.get("未写明")),
        options=tuple((key.text, text_of(value)) for key, value in options.entries)
        if isinstance(options, Mapping)
        else (),
        why=text_of(body.get("为什么")),
        shows_in=tuple(words_of(body.get("见于"))),
        defaults=_defaults(declaring.raw),
        provenance=at.provenance(declaring.raw),
    )


def _defaults(raw: RawEntry) -> tuple:
    """What the declaring entry itself says: its dated values, or its formula from the first day on."""
    dated = raw.body.get("取值")
    if isinstance(dated, Mapping):
        days = [(start_of(day, raw), text_of(value)) for day, value in dated.entries]
        return tuple(sorted((day, text) for day, text in days if day is not None))
    formula = text_of(raw.body.get("公式"))
    return ((FROM_THE_FIRST_DAY, formula),) if formula else ()
