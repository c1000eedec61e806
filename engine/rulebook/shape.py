"""The shape of head, rules and test files, by JSON Schema: all findings at once, each at its place."""

from __future__ import annotations

from engine.rulebook import names
from engine.rulebook.keywords import ENTRY_KINDS, HEAD_KINDS, PLACES, nearest, places_of, places_text, words
from engine.rulebook.kinds import kind_of, kind_problem
from engine.rulebook.nodes import Mapping, Scalar, Yaml
from engine.rulebook.problems import Problem
from engine.rulebook.schema_problems import Subject, misread_text, problems_of
from engine.rulebook.written import MOST_DATES

_FILE_WORDS = ("依据", "状态", "删除")


def check_head(doc: Mapping, kind: str, problems: list[Problem]) -> None:
    """``kind`` is region, module or amendment."""
    assert kind in HEAD_KINDS
    found = problems_of(Subject(PLACES[kind], None, doc, kind), kind)
    problems.extend(_in_order(found))


def check_rules_file(doc: Mapping, problems: list[Problem]) -> None:
    """The file's own keywords, the names of its entries, and each entry by its kind."""
    own = Mapping(tuple((key, value) for key, value in doc if key.text in _FILE_WORDS), doc.place)
    found = problems_of(Subject("规则文件", None, own, "file"), "rules-file")
    for key, value in doc:
        if key.text == "替换":
            found += _replacements(key, value)
        elif key.text not in _FILE_WORDS:
            found += _entry(key, value)
    problems.extend(_in_order(found))


def check_test_file(doc: Mapping, problems: list[Problem]) -> None:
    """Name of the example: what is given and what must come out."""
    found = []
    for key, value in doc:
        if isinstance(value, Mapping):
            found += problems_of(Subject(f"例子“{key.shown}”", key, value, "test"), "test-file#case")
        else:
            found += _not_a_mapping(key, value, "例子要写 已知，和 应得 或 分情形")
    problems.extend(_in_order(found))


def _in_order(found: list[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(found), key=lambda problem: problem.place)


def _replacements(key: Scalar, value: Yaml) -> list[Problem]:
    if not isinstance(value, Mapping):
        return _not_a_mapping(key, value, "替换 下面逐条写：名: 新内容")
    found = []
    for name, content in value:
        found += _replaced_field(name, content) if "." in name.text else _entry(name, content)
    return found


def _replaced_field(name: Scalar, content: Yaml) -> list[Problem]:
    table, _, field = name.text.partition(".")
    found = [*names.entry_name_is_bad(name, table), *names.field_name_is_bad(name, field)]
    wrapped = Mapping(((Scalar(field, name.place), content),), name.place)
    return found + problems_of(Subject(f"表“{table[:40]}”", name, wrapped, "table"), "table#字段")


def _entry(name: Scalar, content: Yaml) -> list[Problem]:
    if places := places_of(name.text):
        return [_stray_keyword(name, places)]
    found = names.entry_name_is_bad(name, name.text)
    if not isinstance(content, Mapping):
        return found + _not_a_mapping(name, content, "一个条目写成“名: {关键字: 内容}”，或名下面逐行写“关键字: 内容”")
    kind = kind_of(content)
    if kind is None:
        return found + _no_kind(name, content)
    dated = content.get("取值")
    if isinstance(dated, Mapping) and len(dated.entries) > MOST_DATES:
        message = f"{name.shown} 的 取值 有 {len(dated.entries)} 个日期，最多 {MOST_DATES} 个"
        return [*found, Problem("E103", dated.place, message, "天天变的数放进一张表，用日期作键，行放 CSV 文件")]
    return found + problems_of(Subject(f"{PLACES[kind]}“{name.shown}”", name, content, kind), kind)


def _stray_keyword(name: Scalar, places: tuple[str, ...]) -> Problem:
    message = f"“{name.shown}”是关键字，不能作条目的名称"
    hint = f"它用在{places_text(places)}里；若属于上面的条目，前面多缩进两格；若是名称，换一个"
    return Problem("E121", name.place, message, hint)


def _no_kind(name: Scalar, content: Mapping) -> list[Problem]:
    """Say what is misspelt rather than that nothing is recognisable."""
    unknown = [key for key, _ in content if not places_of(key.text)]
    alike = [(key, word) for key in unknown if (word := nearest(key.text, _entry_words()))]
    if alike and kind_problem(name, content).code == "E128":
        return [
            Problem("E120", key.place, f"“{name.shown}”里的“{key.shown}”不是关键字", f"是不是“{word}”？")
            for key, word in alike
        ]
    return [kind_problem(name, content)]


def _entry_words() -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for kind in ENTRY_KINDS for word in words(kind)))


def _not_a_mapping(name: Scalar, content: Yaml, hint: str) -> list[Problem]:
    if isinstance(content, Scalar):
        if content.unreadable:
            return []
        if misread := misread_text(content):
            return [misread]
        return [Problem("E123", name.place, f"“{name.shown}”后面应是“关键字: 内容”，写的却是文字", hint)]
    return [Problem("E123", name.place, f"“{name.shown}”后面应是“关键字: 内容”，写的却是列表", hint)]
