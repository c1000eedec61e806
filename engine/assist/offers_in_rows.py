"""What may stand in a CSV file: in the heading fields or names, in a cell what its column may be."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assist.offered import CLASS, HAS_VALUES, NAME, READABLE, WORD, Asked, Completion
from engine.assist.rows_files import DECISION, PRINTED, naming
from engine.assist.words import CELLS
from engine.rulebook.keywords import PROVENANCE_WORDS


def in_rows(asked: Asked) -> Iterator[Completion]:
    """Of a file that an entry names, or that is called as a table of the region."""
    line_start = asked.text.rfind("\n", 0, asked.at.offset) + 1
    heading = [cell.strip(' "\r') for cell in asked.text.lstrip("\ufeff").split("\n", 1)[0].split(",")]
    column = asked.text.count(",", line_start, asked.at.offset)
    entry, how = _meant(asked)
    if how == PRINTED:
        return
    if not line_start:
        yield from _headings(asked, entry, how, set(heading[:column] + heading[column + 1 :]))
    elif column < len(heading) and heading[column] not in PROVENANCE_WORDS:
        name = heading[column]
        yield from (asked.word(word, CLASS, name) for word in asked.classes_of(name))
        if how == DECISION:
            yield from (asked.word(word, WORD, "", meaning) for word, meaning in CELLS.items())
            yield from (asked.named(one, far=READABLE) for one in asked.of_kinds(*HAS_VALUES))


def _meant(asked: Asked) -> tuple[str, str]:
    for layer in asked.book.layers:
        if layer.folder in asked.path.parents:
            found = next(naming(asked.book.files, layer.folder, asked.path), None)
            if found is not None:
                return found
    return asked.path.stem, ""


def _headings(asked: Asked, entry: str, how: str, told: set[str]) -> Iterator[Completion]:
    table = asked.snapshot.tables.get(entry)
    if table is not None:
        yield from (asked.word(field, NAME, entry) for field in table.fields if field not in told)
    elif how == DECISION:
        rule = asked.snapshot.rules.get(entry)
        grain = rule.grain if rule is not None else ""
        for one in asked.of_kinds(*HAS_VALUES):
            if one.name not in told:
                yield asked.named(one, far=asked.far(one, grain))
        yield from (asked.word(word, WORD, entry, far=READABLE) for word in PROVENANCE_WORDS if word not in told)
