"""Apply the layers in force on a day: what is new stands plainly, what changes under 替换, what goes under 删除."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace

from engine.rulebook.in_force import holds_from
from engine.rulebook.kinds import kind_of
from engine.rulebook.layers import Layer, RawEntry
from engine.rulebook.nearest import nearest
from engine.rulebook.problems import Problem
from engine.rulebook.source import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.written import words_of

_CHANGEABLE = {"parameter", "rule", "grain"}
_REST_ON_OTHER_FILES = ("E206", "E207", "E208", "E209", "E211", "E213")
_DROPPED_BY_FILLING = {"状态", "列", "说明", "可替换", "读法"}
_SAY_THE_TYPE = ("类别", "类型", "单位", "多值")


@dataclass(frozen=True)
class Stacked:
    """An entry as it stands after all layers. ``fields``: columns that later layers added to a table or retyped.

    ``deleted``: what stood under this name before a layer deleted it, and this was written anew: its 限 still bind.
    """

    raw: RawEntry
    previous: Stacked | None = None
    fields: dict[str, tuple[RawEntry, Mapping | Sequence | Scalar]] = field(default_factory=dict)
    history: tuple[RawEntry, ...] = ()
    deleted: Stacked | None = None


def stack(layers: list[Layer], day: datetime.date, problems: list[Problem]) -> dict[str, Stacked]:
    """Name to entry for everything in force on ``day``; clashes and changes of nothing are problems.

    Where a file of any layer could not be read, what it says is missing here: what may rest on that is not told.
    """
    found: list[Problem] = []
    book = _applied(layers, day, found)
    incomplete = any(layer.unreadable for layer in layers)
    problems.extend(p for p in found if not (incomplete and p.code in _REST_ON_OTHER_FILES))
    return book


def _applied(layers: list[Layer], day: datetime.date, problems: list[Problem]) -> dict[str, Stacked]:
    book: dict[str, Stacked] = {}
    gone: dict[str, Stacked] = {}
    for layer in layers:
        dated = layer.kind == "amendment"
        if dated and layer.start is None:
            continue
        for name in layer.deleted if not dated or (layer.start and layer.start <= day) else ():
            if name.text in book:
                gone[name.text] = book.pop(name.text)
            elif name.text.partition(".")[0] in book:
                _delete_field(book, name, problems)
            else:
                problems.append(Problem("E208", name.place, f"删除 的 {name.text} 不存在", nearest(name.text, book)))
        for raw in _written_once(layer.replaced, problems):
            if not dated or _holds(raw, day, book.get(raw.name)):
                _replace(book, raw, problems, layer)
        added = [raw for raw in layer.entries if not dated or _holds(raw, day, None)]
        for raw in _written_once([raw for raw in added if not _only_hints(raw)], problems):
            if raw.name in gone and raw.name not in book:
                book[raw.name] = Stacked(raw, history=(raw,), deleted=gone[raw.name])
            else:
                _add(book, raw, problems)
        for raw in added:
            if _only_hints(raw):
                _add(book, raw, problems)
    return book


def _delete_field(book: dict[str, Stacked], name: Scalar, problems: list[Problem]) -> None:
    """``删除: [表.字段]``: the table has the field no more, nor hints for it; a key and the 归期 stay."""
    table_name, _, column = name.text.partition(".")
    old = book[table_name]
    body = old.raw.body
    known = {*old.fields, *_field_names(body)}
    if old.raw.kind != "table" or column not in known:
        problems.append(Problem("E208", name.place, f"表 {table_name} 没有字段 {column}", nearest(column, known)))
        return
    held = next((word for word in ("主键", "归期") if column in words_of(body.get(word))), None)
    if held is not None:
        cure = "一行由它认定，表少不了它；整张表都不要，就删除表"
        problems.append(Problem("E208", name.place, f"{name.text} 是表 {table_name} 的 {held}，不能删除", cure))
        return
    without = _without(_without(body, ("字段", column)), ("合成", "字段", column))
    fields = {other: added for other, added in old.fields.items() if other != column}
    book[table_name] = replace(old, raw=replace(old.raw, body=without), fields=fields)


def _without(body: Mapping, path: tuple[str, ...]) -> Mapping:
    """``body`` without what stands at a path of keys."""
    kept = []
    for key, value in body.entries:
        if key.text != path[0]:
            kept.append((key, value))
        elif len(path) > 1:
            kept.append((key, _without(value, path[1:]) if isinstance(value, Mapping) else value))
    return Mapping(tuple(kept), body.place)


def _holds(raw: RawEntry, day: datetime.date, old: Stacked | None) -> bool:
    """Whether what a notice writes holds on ``day``; ``old`` is what it replaces."""
    first = holds_from(raw, replaces_figures=old is not None and old.raw.kind == "parameter" == raw.kind)
    return first is not None and first <= day


def _only_hints(raw: RawEntry) -> bool:
    """Hints for synthetic data may stand in a file of their own, also in the layer that has the table."""
    return raw.body.keys() == ("合成",)


def _written_once(entries: list[RawEntry], problems: list[Problem]) -> list[RawEntry]:
    """Entries of one layer: of those written in two files the first."""
    kept: dict[str, RawEntry] = {}
    for raw in entries:
        if raw.name in kept:
            other = kept[raw.name].place
            problems.append(
                Problem(
                    "E205",
                    raw.place,
                    f"{raw.name} 写了两次，另一处在 {other.file} 第 {other.line} 行",
                    "删去一处，或改名",
                )
            )
        else:
            kept[raw.name] = raw
    return list(kept.values())


def _add(book: dict[str, Stacked], raw: RawEntry, problems: list[Problem]) -> None:
    old = book.get(raw.name)
    if old is None:
        if raw.kind == "table" and "主键" not in raw.body:
            problems.append(
                Problem(
                    "E213",
                    raw.place,
                    f"没有 {raw.name} 这张表，不能给它加字段",
                    "新表要写 主键；" + nearest(raw.name, book),
                )
            )
            return
        book[raw.name] = Stacked(raw, history=(raw,))
    elif raw.kind == "table" and old.raw.kind == "table" and "主键" not in raw.body:
        book[raw.name] = _extended(old, raw, problems)
    elif is_required(old.raw):
        book[raw.name] = Stacked(_filled(old.raw, raw), old, old.fields, (*old.history, raw))
    else:
        problems.append(
            Problem(
                "E206",
                raw.place,
                f"{raw.name} 已经在 {old.raw.layer} 里定义（{old.raw.place.file} 第 {old.raw.place.line} 行）",
                "要改它，写在 替换 下面；不改，就换一个名字",
            )
        )


def _extended(old: Stacked, raw: RawEntry, problems: list[Problem]) -> Stacked:
    fields = dict(old.fields)
    added = raw.body.get("字段")
    known = set(fields) | set(_field_names(old.raw.body))
    for name, spec in added.entries if isinstance(added, Mapping) else ():
        if name.text in known:
            problems.append(
                Problem(
                    "E206",
                    name.place,
                    f"表 {raw.name} 已经有字段 {name.text}",
                    f"要改它的类型，在 替换 下面写 {raw.name}.{name.text}",
                )
            )
        else:
            fields[name.text] = (raw, spec)
    body = old.raw
    rest = [(key, value) for key, value in raw.body.entries if key.text in ("行", "合成", "可空", "可缺行")]
    if rest:
        rest = [
            (key, _merged_hints(old.raw.body.get("合成"), value) if key.text == "合成" else value)
            for key, value in rest
        ]
        kept = [(key, value) for key, value in old.raw.body.entries if key.text not in {k.text for k, _ in rest}]
        folder = raw.folder if "行" in {k.text for k, _ in rest} else old.raw.folder
        body = replace(old.raw, body=Mapping((*kept, *rest), old.raw.body.place), folder=folder)
    return replace(old, raw=body, fields=fields, history=(*old.history, raw))


def _merged_hints(old: object, new: Yaml) -> Yaml:
    """Hints for synthetic data word by word, those of a field by field: what a later layer says wins."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    said = {key.text for key, _ in new.entries}
    merged = [
        (key, _merged_hints(old.get(key.text), value) if key.text in ("字段", "另设") else value)
        for key, value in new.entries
    ]
    return Mapping((*((key, value) for key, value in old.entries if key.text not in said), *merged), new.place)


def _replace(book: dict[str, Stacked], raw: RawEntry, problems: list[Problem], layer: Layer) -> None:
    table_name, dot, column = raw.name.partition(".")
    old = book.get(table_name)
    if old is None:
        problems.append(
            Problem(
                "E207",
                raw.place,
                *_nothing_to_replace(table_name, book, layer),
            )
        )
    elif dot:
        known = set(old.fields) | set(_field_names(old.raw.body))
        if old.raw.kind != "table" or column not in known:
            problems.append(Problem("E211", raw.place, f"表 {table_name} 没有字段 {column}", nearest(column, known)))
            return
        spec = raw.body
        only = spec.entries[0][1] if len(spec.entries) == 1 and spec.entries[0][0].text == "类型" else spec
        book[table_name] = replace(old, fields={**old.fields, column: (raw, only)}, history=(*old.history, raw))
    elif raw.kind != old.raw.kind and not {raw.kind, old.raw.kind} <= _CHANGEABLE:
        problems.append(
            Problem(
                "E209",
                raw.place,
                f"{raw.name} 原来不是这一类条目，不能这样替换",
                f"原来的在 {old.raw.place.file} 第 {old.raw.place.line} 行；先 删除，再换一个名字写",
            )
        )
    else:
        replaced = _of_the_same_type(old.raw, raw)
        book[raw.name] = Stacked(replaced, old, old.fields if raw.kind == "table" else {}, (*old.history, raw))


def _of_the_same_type(old: RawEntry, new: RawEntry) -> RawEntry:
    """A parameter that only gives other figures has the unit or the classes of the one that it replaces."""
    if not old.kind == new.kind == "parameter" or any(word in new.body for word in _SAY_THE_TYPE):
        return new
    kept = [(key, value) for key, value in old.body.entries if key.text in _SAY_THE_TYPE]
    return replace(new, body=Mapping((*kept, *new.body.entries), new.body.place))


def _nothing_to_replace(name: str, book: dict[str, Stacked], layer: Layer) -> tuple[str, str]:
    if own := next((raw for raw in layer.entries if raw.name == name), None):
        where = f"{own.place.file} 第 {own.place.line} 行"
        return f"替换 的 {name} 就写在本地（{where}）", "直接改那一处；替换 只用来改沿用来的"
    fields = {table: {*stacked.fields, *_field_names(stacked.raw.body)} for table, stacked in book.items()}
    for raw in layer.entries:
        fields.setdefault(raw.name, set()).update(_field_names(raw.body))
    tables = [table for table, names in fields.items() if name in names]
    if not tables:
        return f"替换 的 {name} 不存在", nearest(name, book) or "新的规则直接写，不放在 替换 下面"
    message = f"替换 的 {name} 不是一个条目：它是表 {'、'.join(tables)} 的字段"
    hint = (
        f"要算出来、不再交：写一条叫 {name} 的规则（有 粒度，不放在 替换 下面），并在程序的 测算 里列上它；"
        f"要改字段的类型，在 替换 下面写 {tables[0]}.{name}"
    )
    return message, hint


def is_required(raw: RawEntry) -> bool:
    """Whether an entry waits to be filled: 状态 待定, or 表 or 行 待定."""
    words = [raw.body.get(key) for key in ("状态", "表", "行")]
    if any(isinstance(word, Scalar) and word.text == "待定" for word in words):
        return True
    return raw.status == "待定" and raw.body.get("状态") is None


def _filled(old: RawEntry, new: RawEntry) -> RawEntry:
    given = {key.text for key, _ in new.body.entries}
    kept = [
        (key, value)
        for key, value in old.body.entries
        if key.text not in given and key.text not in _DROPPED_BY_FILLING
        and not (isinstance(value, Scalar) and value.text == "待定")
    ]  # fmt: skip
    if "依据" not in given and new.cite:
        kept = [(key, value) for key, value in kept if key.text not in ("依据", "原句")]
    body = Mapping((*kept, *new.body.entries), new.body.place)
    return replace(new, body=body, kind=kind_of(body), cite=new.cite or old.cite, status=new.status)


def _field_names(body: Mapping) -> list[str]:
    fields = body.get("字段")
    return [key.text for key, _ in fields.entries] if isinstance(fields, Mapping) else []
