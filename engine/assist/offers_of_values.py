"""What may stand behind a keyword that takes no formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.assist.articles import articles_known, documents_of
from engine.assist.offered import (
    ARTICLE,
    CLASS,
    FILE,
    NAME,
    READABLE,
    ROWS,
    UNIT,
    WORD,
    Asked,
    Completion,
)  # fmt: skip
from engine.assist.offers_of_keys import fields
from engine.assist.words import LEFT_OPEN, MEANINGS, OF_PERIODS, STOPS_OR_WARNS, TYPES, VALUES
from engine.files.named_files import FILE as IS_FILE
from engine.rulebook.locate import names_of_layers

_NAMES = ("规则", "字段", "参数")
_IN_COLUMNS = ("规则", "字段", "检查")


def values(asked: Asked) -> Iterator[Completion]:
    yield from (one for one in _found(asked) if one.label not in asked.told_in_list)


def _found(asked: Asked) -> Iterator[Completion]:
    key, path = asked.at.key, asked.entry_path
    about = path[-2] if len(path) > 2 else ""
    if key in _OFFERS and not (len(path) == 3 and about in ("字段", "列", "已知")):
        yield from _OFFERS[key](asked)
    elif about == "字段" and len(path) == 3:
        yield from _types(asked)
    elif about == "取值" and len(path) == 3:
        yield from (asked.word(word, CLASS, asked.name) for word in asked.classes_of(asked.name))
        yield from (
            asked.word(word, WORD, "", MEANINGS[word]) for word in ("是", "否") if asked.is_yes_or_no(asked.name)
        )
    elif about in ("需要", "排除"):
        yield from _in_program(asked)
    elif key in VALUES:
        yield from (asked.word(word, WORD, "", MEANINGS.get(word, "")) for word in VALUES[key])


def _units(asked: Asked) -> Iterator[Completion]:
    yield from (asked.whole(unit, UNIT) for unit in asked.units())


def _articles(asked: Asked) -> Iterator[Completion]:
    """Documents, the articles of those whose text is at hand, and what entries of the region cite already."""
    documents = documents_of(asked.book)
    yield from (_cited(asked, name, title) for name, title in documents.items())
    yield from (_cited(asked, cite, words) for cite, words in articles_known(asked.book).items())
    cites = sorted({cite for one in asked.names for cite in one.cites})
    for document in documents:
        yield from (_cited(asked, cite) for cite in cites if cite.startswith(document))


def _cited(asked: Asked, cite: str, meaning: str = "") -> Completion:
    return asked.whole(cite, ARTICLE, meaning, meaning, far=READABLE)


def _grains(asked: Asked) -> Iterator[Completion]:
    yield from (asked.named(one, far=READABLE) for one in asked.of_kinds(*ROWS))
    yield from (asked.word(name, NAME, "键", far=READABLE) for name in sorted(asked.snapshot.dimensions))


def _bounds(asked: Asked) -> Iterator[Completion]:
    yield from (asked.named(one, far=READABLE) for one in asked.of_kinds("参数"))


def _types(asked: Asked) -> Iterator[Completion]:
    yield from (asked.whole(word, UNIT) for word in (*TYPES, *asked.units()))
    yield from (asked.whole(f"→ {name}", NAME, "表") for name in asked.snapshot.tables)


def _by(asked: Asked) -> Iterator[Completion]:
    yield from asked.near_rows(asked.of_kinds(*_NAMES), asked.grain)


def _columns(asked: Asked) -> Iterator[Completion]:
    yield from asked.near_rows(asked.of_kinds(*_IN_COLUMNS), asked.grain)


def _fields(asked: Asked) -> Iterator[Completion]:
    """Of the table that is being written, its fields; else what a row is told by."""
    own = set(asked.fields_written)
    for one in asked.of_kinds(*_NAMES):
        if (not own or one.name in own) and (asked.at.key != "归期" or one.unit in OF_PERIODS):
            yield asked.named(one, far=READABLE)
    known = {one.name for one in asked.of_kinds(*_NAMES)}
    yield from (asked.word(name, NAME, "字段") for name in asked.fields_written if name not in known)


def _first(asked: Asked) -> Iterator[Completion]:
    """The columns of the statement as it was read last, or any name that may be one."""
    about = asked.snapshot.statements.get(asked.name)
    own = {column.name for column in about.columns} if about is not None else set()
    names = (one for one in asked.of_kinds(*_IN_COLUMNS) if not own or one.name in own)
    yield from asked.near_rows(names, asked.grain)


def _statements(asked: Asked) -> Iterator[Completion]:
    yield from (asked.named(one, far=READABLE) for one in asked.of_kinds("报表"))


def _rules(asked: Asked) -> Iterator[Completion]:
    yield from (asked.named(one, far=READABLE) for one in asked.of_kinds("规则"))


def _in_program(asked: Asked) -> Iterator[Completion]:
    is_left_out = asked.entry_path[-2:-1] == ("排除",)
    names = asked.of_kinds("规则", "检查", "粒度")
    fit = (one for one in names if not is_left_out or one.unit in ("是否", "筛查") or one.kind == "粒度")
    yield from asked.near_rows(fit, asked.at.key)


def _tables(asked: Asked) -> Iterator[Completion]:
    yield from (asked.named(one, far=READABLE) for one in asked.of_kinds("表"))


def _rows(asked: Asked) -> Iterator[Completion]:
    """Of a grain another, of a table a file."""
    if "主键" not in asked.beside_entry and "字段" not in asked.beside_entry:
        yield from _grains(asked)
    yield from _files(asked)


def _files(asked: Asked) -> Iterator[Completion]:
    """Files of rows in the folder of the layer, or that there are none yet."""
    layer = next((layer for layer in asked.book.layers if layer.folder in asked.path.parents), None)
    endings = (".txt", ".md") if asked.at.key == "原文" else (".csv", ".xlsx")
    for path, kind in asked.book.files.below(layer.folder).items() if layer is not None else ():
        if kind == IS_FILE and path.suffix.lower() in endings:
            yield asked.whole(path.relative_to(layer.folder).as_posix(), FILE)  # type: ignore[union-attr]
    yield from (asked.word(word, WORD, "", meaning) for word, meaning in LEFT_OPEN.items())


def _deleted(asked: Asked) -> Iterator[Completion]:
    yield from _any_name(asked)
    yield from fields(asked)


def _any_name(asked: Asked) -> Iterator[Completion]:
    yield from (asked.named(one, far=READABLE) for one in asked.names)


def _layers(asked: Asked) -> Iterator[Completion]:
    for name in names_of_layers(asked.book.folder, asked.book.files):
        if name != asked.book.folder.name:
            yield asked.whole(name, NAME, "模块或地区")


def _amended(asked: Asked) -> Iterator[Completion]:
    yield asked.whole(asked.book.folder.name, NAME, asked.book.title)


def _stops(asked: Asked) -> Iterator[Completion]:
    yield from (asked.word(word, WORD) for word in STOPS_OR_WARNS)
    for one in asked.of_kinds("参数"):
        if set(one.classes) & set(STOPS_OR_WARNS):
            yield asked.named(one)


def _default(asked: Asked) -> Iterator[Completion]:
    field = asked.entry_path[-2] if len(asked.entry_path) > 2 else ""
    yield from (asked.word(word, CLASS, field) for word in asked.classes_of(field))
    yield from (asked.word(word, WORD, "", MEANINGS[word]) for word in ("是", "否"))


_OFFERS: dict[str, Callable[[Asked], Iterator[Completion]]] = {
    "单位": _units, "依据": _articles, "类型": _types, "默认": _default, "不成立时": _stops,
    "粒度": _grains, "合计行": _grains, "每个": _grains, "回填": _tables, "行": _rows, "表": _files, "文件": _files,
    "原文": _files, "限": _bounds, "范围": _bounds, "按": _by, "交来": _by, "主键": _fields, "归期": _fields,
    "键": _fields, "列": _columns, "首要": _first, "报表": _statements, "测算": _rules, "删除": _deleted,
    "见于": _any_name, "沿用": _layers, "修订": _amended,
}  # fmt: skip
