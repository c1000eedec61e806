"""Menus as they stand in ``templates/``: YAML with places. A menu that is written wrongly is a fault of ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.menu.model import ALWAYS, FILLS, Addition, Clash, Fill, Menu, Option, Question, When
from engine.rulebook.constants import read_interval
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.rulebook.source import Mapping, Scalar, Sequence, Yaml, read

HEAD = "菜单.yaml"
_PART = frozenset({"部分", "问题", "数", "词", "另写", "矛盾"})
_QUESTION = frozenset({"问", "原文", "默认", "只当", "默认即沿用", "选项"})
_OPTION = frozenset({"说明", "例城", "填", "范围", "类别", "例值", "步长", "写法", "可以待定", "写", "数", "词"})


_NOTHING = Mapping((), Place())


class MenuFault(ValueError):
    """A menu that says what cannot be."""


def read_menu(scheme: str, templates: Path) -> Menu:
    """The menu of a scheme: its head names the files with questions, in the order in which they are asked."""
    head = _read(templates / scheme / HEAD, templates)
    questions: list[Question] = []
    before = [Addition({}, _texts(head.get("数")), _texts(head.get("词")))]
    after: list[Addition] = []
    clashes: list[Clash] = []
    for name in _words(head.get("菜单")):
        part = _read(templates / name, templates)
        _refuse(part, _PART)
        before.append(Addition({}, _texts(part.get("数")), _texts(part.get("词"))))
        after += [_addition(_mapping(item)) for item in _items(part.get("另写"))]
        clashes += [_clash(_mapping(item)) for item in _items(part.get("矛盾"))]
        heading = _text(part.get("部分"))
        questions += [_question(key, _mapping(body), heading) for key, body in _mapping(part.get("问题"))]
    asked = {question.name for question in questions}
    questions = [replace(question, only=_of(question.only, asked)) for question in questions]
    menu = Menu(
        scheme, _text(head.get("名称")), _text(head.get("办法")), tuple(questions), tuple(before), tuple(after),
        tuple(clashes),
    )  # fmt: skip
    _refuse_unknown(menu)
    return menu


def _of(condition: When, asked: set[str]) -> When:
    """A question that several schemes share may be about another that only some of them ask."""
    return When({name: options for name, options in condition.options.items() if name in asked})


def _question(key: Scalar, body: Mapping, part: str) -> Question:
    _refuse(body, _QUESTION)
    options = tuple(_option(name, value) for name, value in _mapping(body.get("选项")))
    return Question(
        key.text, key.place, _text(body.get("问")), _text(body.get("原文")), options,
        _text(body.get("默认")) or options[0].name, _when(body.get("只当")), part,
        _text(body.get("默认即沿用")) == "是",
    )  # fmt: skip


def _option(key: Scalar, value: Yaml) -> Option:
    body = _mapping(value)
    _refuse(body, _OPTION)
    cities = tuple(_words(body.get("例城")))
    return Option(key.text, key.place, _text(body.get("说明")), cities, _fill(body), _addition(body))


def _fill(body: Mapping) -> Fill | None:
    kind = _text(body.get("填"))
    if not kind:
        return None
    if kind not in FILLS:
        raise MenuFault(f"{body.place}：填 {kind}")
    within = _text(body.get("范围"))
    return Fill(
        kind,
        within=read_interval(within) if within else None,
        within_text=within,
        classes=tuple(_words(body.get("类别"))),
        at=_text(body.get("例值")),
        step=_text(body.get("步长")) or "0.01",
        example=_text(body.get("写法")),
        may_wait=_text(body.get("可以待定")) == "是",
    )


def _addition(body: Mapping) -> Addition:
    return Addition(_texts(body.get("写")), _texts(body.get("数")), _texts(body.get("词")), _when(body.get("当")))


def _clash(body: Mapping) -> Clash:
    return Clash(_when(body.get("当")), _text(body.get("因为")))


def _when(node: Yaml | None) -> When:
    if node is None:
        return ALWAYS
    return When({key.text: tuple(_words(value)) for key, value in _mapping(node)})


def _refuse_unknown(menu: Menu) -> None:
    """Every question and option that a condition names is there."""
    additions = [
        *menu.before,
        *menu.after,
        *(option.adds for question in menu.questions for option in question.options),
    ]
    conditions = [
        *(question.only for question in menu.questions),
        *(clash.when for clash in menu.clashes),
        *(addition.when for addition in additions),
    ]
    for condition in conditions:
        for name, options in condition.options.items():
            question = menu.question(name)
            if question is None or any(question.option(option) is None for option in options):
                raise MenuFault(f"{menu.scheme}：{condition} 里有菜单没有的")
    for question in menu.questions:
        if menu.question(question.name) is not question:
            raise MenuFault(f"{question.place}：{question.name} 问了两次")


def _read(path: Path, templates: Path) -> Mapping:
    problems: list[Problem] = []
    root = read(path, str(path.relative_to(templates.parent)), problems)
    if root is None or problems:
        raise RulebookError(problems)
    return root


def _refuse(body: Mapping, known: frozenset[str]) -> None:
    for key, _ in body:
        if key.text not in known:
            raise MenuFault(f"{key.place}：没有 {key.text} 这一项")


def _mapping(node: Yaml | None) -> Mapping:
    if not isinstance(node, Mapping):
        if node is None or (isinstance(node, Scalar) and not node.text):
            return _NOTHING
        raise MenuFault(f"{node.place}：应是“名: 内容”")
    return node


def _items(node: Yaml | None) -> tuple[Yaml, ...]:
    return node.items if isinstance(node, Sequence) else ()


def _text(node: Yaml | None) -> str:
    return node.text.strip() if isinstance(node, Scalar) else ""


def _words(node: Yaml | None) -> list[str]:
    if isinstance(node, Scalar):
        return [node.text]
    return [_text(item) for item in _items(node)]


def _texts(node: Yaml | None) -> dict[str, str]:
    return {key.text: value.text for key, value in _mapping(node) if isinstance(value, Scalar)}
