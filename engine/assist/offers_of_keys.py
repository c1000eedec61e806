"""What may stand as a key: keywords, names, dates, classes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assist.keys import places
from engine.assist.offered import CLASS, DATE, ELSEWHERE, HAS_VALUES, KEYWORD, NAME, READABLE, WORD, Asked, Completion
from engine.assist.words import IN_FORCE, OTHERWISE
from engine.rulebook.keywords import KEYWORDS, PLACES


def keywords(asked: Asked, kinds: tuple[str, ...]) -> Iterator[Completion]:
    """Those of the places that the mapping has not yet."""
    told = set(asked.at.beside) if kinds != ("row",) else set()  # other rows of the table have them
    for place in kinds:
        for keyword in KEYWORDS:
            if place in keyword.places and keyword.word not in told:
                told.add(keyword.word)
                yield asked.word(keyword.word, KEYWORD, PLACES[place], keyword.description, ": ")


def keys(asked: Asked) -> Iterator[Completion]:
    at, inner = asked.at, asked.entry_path
    yield from keywords(asked, places(asked.path.name, at.path, at.beside))
    below = inner[1] if len(inner) == 2 else ""
    told = set(at.beside)
    if at.path == ("替换",):
        entries = (one for one in asked.names if one.kind != "字段" and one.name not in told)
        yield from (asked.named(one, ": ", READABLE) for one in entries)
        yield from fields(asked, ": ")
    elif below == "取值":
        yield from dates(asked)
    elif below == "分情形" and asked.beside("按"):
        yield from classes(asked, asked.beside("按"), ": ")
        yield from (asked.word(word, WORD, "", meaning, ": ") for word, meaning in OTHERWISE.items())
    elif below in ("表", "列"):
        names = (one for one in asked.of_kinds(*HAS_VALUES) if below == "表" or one.name not in told)
        yield from asked.near_rows(names, asked.grain, ": ")
    elif below in ("排除", "需要", "行"):
        yield from (asked.named(one, ": ", READABLE) for one in asked.of_kinds("表") if one.name not in told)
    elif len(inner) == 3 and inner[1:] == ("读法", "读作"):
        yield from readings(asked)


def fields(asked: Asked, after: str = "") -> Iterator[Completion]:
    """表.字段, of all tables: what may be replaced or deleted alone."""
    for table in asked.snapshot.tables.values():
        yield from (asked.whole(f"{table.name}.{field}", NAME, "字段", "", after, ELSEWHERE) for field in table.fields)


def dates(asked: Asked) -> Iterator[Completion]:
    """施行, the days on which layers came into force, and those that other figures have from."""
    start = next((layer.start for layer in asked.book.layers if layer.folder in asked.path.parents and layer.start), "")
    for word, meaning in IN_FORCE.items():
        yield asked.whole(word, DATE, str(start or ""), meaning, ": ")
    days = {str(layer.start) for layer in asked.book.layers if layer.start}
    for parameter in asked.snapshot.parameters.values():
        days |= {str(day) for day, _ in parameter.values}
    for day in sorted(days - set(asked.at.beside), reverse=True):
        yield asked.whole(day, DATE, "", "", ": ", READABLE)


def classes(asked: Asked, name: str, after: str = "") -> Iterator[Completion]:
    for word in asked.classes_of(name):
        yield asked.word(word, CLASS, name, "", after)


def readings(asked: Asked) -> Iterator[Completion]:
    """Of a parameter its classes, of a rule names that may be its formula."""
    own = list(classes(asked, asked.name, ": "))
    yield from own
    if not own:
        yield from asked.near_rows(asked.of_kinds("规则", "字段"), asked.grain, ": ")
