"""From JSON Schema errors to problems: at the place of the node, in a sentence that says what to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.rulebook.keywords import nearest, places_of, places_text
from engine.rulebook.names import FAULTS, bad_class, bad_name, fault_of_class
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml, shortened
from engine.rulebook.problems import Place, Problem
from engine.rulebook.schemas import validator
from engine.rulebook.source_flow import colon_mistake

SchemaError = Any  # jsonschema's ValidationError, whose every attribute may be unset to a type checker

MOST_SOUND = 5000
_SOUND: set[tuple[str, str]] = set()
"""What was looked at in this process and found without a fault: a file is read again for each of its entries."""
_GOT: dict[type, str] = {str: "文字", list: "列表", dict: "“名: 内容”"}
_PLACE_OF_KEY = {
    "分情形": "branch",
    "舍入": "rounding",
    "字段": "field",
    "文件": "source",
    "列": "column",
    "表": "row",
    "读法": "reading",
    "展开": "unfolded",
    "行": "rows",
}


@dataclass(frozen=True)
class Subject:
    """What is checked: what to call it, the key it stands under, its node, which keywords it may have."""

    title: str
    key: Scalar | None
    node: Mapping
    place: str


def problems_of(subject: Subject, schema: str) -> list[Problem]:
    """All findings. ``schema`` is a file of ``schema/``; ``#case`` and ``#字段`` are parts of one."""
    plain = to_plain(subject.node)
    known = (schema, repr(plain))
    if known in _SOUND:
        return []
    errors = list(validator(schema).iter_errors(plain))
    if not errors:
        if len(_SOUND) >= MOST_SOUND:
            _SOUND.clear()
        _SOUND.add(known)
    found = [problem for error in errors for problem in _say(error, subject)]
    return list(dict.fromkeys(found))


def to_plain(node: Yaml) -> Any:
    """Dictionaries, lists and text."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    return {key.text: to_plain(value) for key, value in node.entries}


def _say(error: SchemaError, subject: Subject) -> Iterator[Problem]:
    key, node = _locate(subject, error.absolute_path)
    if isinstance(node, Scalar) and node.unreadable:
        return
    at = _At(error, subject, key, node)
    yield from _SAY.get(error.validator, _wrong_shape)(at)


@dataclass(frozen=True)
class _At:
    """An error, and the node it is of with its key: of the kind the schema keyword implies."""

    error: SchemaError
    subject: Subject
    key: Any
    node: Any

    @property
    def place(self) -> Place:
        """Of a text: where it stands; of a list or mapping: its key."""
        if isinstance(self.node, Scalar) or self.key is None:
            return self.node.place
        return self.key.place

    @property
    def what(self) -> str:
        return _path_text(self.subject, self.error.absolute_path)

    @property
    def code(self) -> str:
        return self.error.schema.get("x-code", "E123")

    def problem(self, code: str, message: str, hint: str = "", place: Place | None = None) -> Problem:
        return Problem(code, place or self.place, message, hint)


def _locate(subject: Subject, path: Iterable[Any]) -> tuple[Any, Any]:
    key: Any = subject.key
    node: Any = subject.node
    for step in path:
        if isinstance(node, Mapping):
            key, node = node.key(step), node.get(step)
        elif isinstance(node, Sequence):
            node = node.items[step]
            key = None
    return key, node


def _path_text(subject: Subject, path: Iterable[Any]) -> str:
    text = subject.title
    for step in path:
        text += f"的“{shortened(step)}”" if isinstance(step, str) else f"的第 {step + 1} 项"
    return text


def _unknown_keywords(at: _At) -> Iterator[Problem]:
    allowed = tuple(at.error.schema.get("properties", ()))
    place = _place_of_path(at.subject, at.error.absolute_path)
    for written, _ in at.node:
        key, where = written.text, written.place
        if key in allowed:
            continue
        if glued := _glued(written, allowed):
            yield glued
            continue
        elsewhere = [p for p in places_of(key) if p != place]
        listed = "、".join(allowed)
        if elsewhere:
            meant = nearest(key, allowed)
            hint = f"“{key}”用在{places_text(elsewhere)}里；这里可以写：{listed}"
            hint = f"是不是“{meant}”？{hint}" if meant else hint
            yield at.problem("E121", f"{at.what}里不能写“{written.shown}”", hint, where)
        else:
            meant = nearest(key, allowed)
            hint = f"是不是“{meant}”？" if meant else ""
            yield at.problem("E120", f"{at.what}里的“{written.shown}”不是关键字", f"{hint}可以写：{listed}", where)


def _glued(written: Scalar, allowed: tuple[str, ...]) -> Problem | None:
    """A keyword with its value stuck to it, ``取值:{2025-01-01`` or ``单位:倍``: as if the whole were one name."""
    word, colon, _ = written.text.partition(":")
    if not colon or written.quoted or word not in allowed:
        return None
    return Problem("E107", written.place, f"“{word}:”后面没有空格", f"冒号后面加一个空格：“{word}: …”")


def _place_of_path(subject: Subject, path: Iterable[Any]) -> str:
    return next((_PLACE_OF_KEY[s] for s in path if s in _PLACE_OF_KEY), subject.place)


def _missing(at: _At) -> Iterator[Problem]:
    for word in at.error.validator_value:
        if word not in at.error.instance:
            described = at.error.schema["properties"][word]["description"]
            yield at.problem("E122", f"{at.what}缺少“{word}”", f"{word}：{described}", _owner(at))


def _owner(at: _At) -> Place:
    return at.key.place if at.key else at.node.place


def _missing_companion(at: _At) -> Iterator[Problem]:
    for word, needed in at.error.validator_value.items():
        for other in needed:
            if word in at.error.instance and other not in at.error.instance:
                message = f"{at.what}写了“{word}”，还要写“{other}”"
                yield at.problem("E122", message, place=at.node.key(word).place)


def _not_allowed(at: _At) -> Iterator[Problem]:
    together = at.error.validator_value.get("required")
    if together:
        message = f"{at.what}里“{'”和“'.join(together)}”不能同时写"
        yield at.problem("E129", message, "只留一个，或拆成两个条目", at.node.key(together[-1]).place)
        return
    word = at.error.instance
    key = at.node.key(word)
    hint = f"“{word}”若属于上一层，前面少缩进两格"
    yield at.problem("E121", f"{at.what}下面的“{word}”缩进多了", hint, key.place)


def _one_of_words(at: _At) -> Iterator[Problem]:
    allowed = at.error.validator_value
    written = str(at.error.instance)
    close = difflib.get_close_matches(written, allowed, 1, 0.4)
    hint = f"是不是“{close[0]}”？" if close else ""
    yield at.problem("E124", f"{at.what}只能写 {'、'.join(allowed)}，写的是“{written[:40]}”", hint)


def _wrong_text(at: _At) -> Iterator[Problem]:
    schema = at.error.schema
    sentence = schema.get("patternErrorMessage") or schema.get("errorMessage", "写法不对")
    instance = str(at.error.instance)
    if schema.get("format") == "class-word":
        where = at.node.key(instance) if _is_key(at.error) else at.node
        yield bad_class(where.place, instance, fault_of_class(instance))
        return
    if not _is_key(at.error):
        yield at.problem(at.code, f"{at.what}{sentence}，写的是“{instance[:40]}”")
        return
    key = at.node.key(instance)
    fault = FAULTS.get(schema.get("format"))
    if fault:
        yield bad_name(key.place, instance, fault(instance))
    elif places_of(instance):
        hint = f"“{instance}”若属于上一层，前面少缩进两格"
        yield at.problem("E121", f"{at.what}下面的“{instance}”缩进多了", hint, key.place)
    else:
        yield at.problem(at.code, f"{at.what}下面写的是“{instance[:40]}”，{sentence}", place=key.place)


def _is_key(error: SchemaError) -> bool:
    return "propertyNames" in error.relative_schema_path or (error.parent is not None and _is_key(error.parent))


def _too_few(at: _At) -> Iterator[Problem]:
    if isinstance(at.node, Scalar):
        yield at.problem("E123", f"{at.what}是空的", "写上内容，或删去这一项")
    else:
        yield at.problem("E123", f"{at.what}里什么也没有", "写上内容，或删去这一项")


def _repeated(at: _At) -> Iterator[Problem]:
    seen = set()
    for item in at.node.items:
        text = str(to_plain(item))
        if text in seen:
            yield at.problem("E123", f"{at.what}里“{text[:40]}”写了两次", "删去一个", item.place)
        seen.add(text)


def _none_fits(at: _At) -> Iterator[Problem]:
    """Of several shapes: what is wrong by the one that was meant, told by its type; else list them all."""
    branches = at.error.validator_value
    if all(branch.keys() == {"required"} for branch in branches):
        wanted = "”或“".join(branch["required"][0] for branch in branches)
        yield at.problem("E122", f"{at.what}缺少“{wanted}”", place=_owner(at))
        return
    by_branch: dict[int, list[SchemaError]] = {}
    for inner in at.error.context:
        by_branch.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [errors for errors in by_branch.values() if not any(_is_type_of_whole(e) for e in errors)]
    if meant:
        for inner in meant[0]:
            yield from _say(inner, at.subject)
        return
    titles = dict.fromkeys(title for branch in branches for title in _titles(branch))
    yield from _wrong_shape(at, "，或".join(titles))


def _is_type_of_whole(error: SchemaError) -> bool:
    if error.relative_path:
        return False
    if error.validator == "anyOf":
        return all(
            any(_is_type_of_whole(e) for e in error.context if e.relative_schema_path[0] == n)
            for n in range(len(error.validator_value))
        )
    return error.validator == "type"


def _titles(branch: dict) -> Iterator[str]:
    if "title" in branch:
        yield branch["title"]
    else:
        for inner in branch.get("anyOf", ()):
            yield from _titles(inner)


def _wrong_shape(at: _At, wanted: str = "") -> Iterator[Problem]:
    if misread := misread_text(at.node):
        yield misread
        return
    wanted = wanted or at.error.schema.get("title", "别的样子")
    got = _GOT[type(at.error.instance)]
    if isinstance(at.node, Scalar):
        got += f"“{at.node.text[:20]}”"
    yield at.problem("E123", f"{at.what}应是{wanted}，写的却是{got}", _shape_hint(at, wanted))


def _shape_hint(at: _At, wanted: str) -> str:
    node = at.node
    if isinstance(node, Scalar) and "列表" in wanted:
        parts = [
            part for part in node.text.strip("［］【】 ").replace("，", "、").replace(",", "、").split("、") if part
        ]
        return f"写成 [{', '.join(part.strip() for part in parts)[:60]}]"
    if isinstance(node, Scalar):
        return f"写成 {{{wanted.split('，或')[0].strip('“”')}}} 的样子，或在下面逐行写"
    if isinstance(node, Sequence) and wanted.startswith("文字"):
        return "方括号在 YAML 里是列表：区间和公式要加引号；几个值用顿号连写"
    if isinstance(node, Mapping) and wanted.startswith("文字"):
        return "花括号、下一层的“名: 内容”在这里不能用；公式写在一行，或给整个公式加引号"
    return ""


def misread_text(node: Yaml) -> Problem | None:
    """A text that was meant as ``key: value`` but has a full-width colon, or no blank after the colon."""
    if not isinstance(node, Scalar) or node.quoted:
        return None
    found = colon_mistake(node)
    return Problem(*found) if found else None


_SAY = {
    "additionalProperties": _unknown_keywords,
    "required": _missing,
    "dependentRequired": _missing_companion,
    "not": _not_allowed,
    "enum": _one_of_words,
    "pattern": _wrong_text,
    "format": _wrong_text,
    "minLength": _too_few,
    "minItems": _too_few,
    "minProperties": _too_few,
    "uniqueItems": _repeated,
    "anyOf": _none_fits,
}
