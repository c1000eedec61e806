"""An answers file: what was chosen at each question, in readable YAML; everything wrong with it at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from pathlib import Path

from engine.files.errors import DataError, all_of
from engine.menu.fills import Filled, FillProblem, kinds_of, read_fill
from engine.menu.model import Menu, Option, Question
from engine.rulebook.nearest import nearest
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.rulebook.source import Mapping, Scalar, Yaml, read, read_text

SCHEME, TITLE, START, MEASURE = "付费方式", "名称", "施行", "办法"
HEAD = (SCHEME, TITLE, START, MEASURE)
"""What an answers file says besides the questions of the menu."""


@dataclass(frozen=True)
class Answer:
    """The option chosen at a question, and what was given with it; ``said``: by somebody, not taken as the usual."""

    option: Option
    given: Filled | None = None
    said: bool = True

    @property
    def text(self) -> str:
        return self.option.name if self.given is None else f"{self.option.name}：{self.given.text}"


@dataclass(frozen=True)
class Answers:
    """``chosen``: questions that are asked, with answers; ``head``: the other lines of the file."""

    menu: Menu
    chosen: Map[str, Answer]
    head: Map[str, str]

    @property
    def options(self) -> dict[str, str]:
        return {question: answer.option.name for question, answer in self.chosen.items()}


def read_answers(path: Path) -> Mapping:
    """The file. Raises :class:`RulebookError` where it is no YAML of ours."""
    problems: list[Problem] = []
    root = read(path, str(path), problems)
    if root is None or problems:
        raise RulebookError(problems)
    return root


def scheme_of(root: Mapping, schemes: Map[str, str]) -> str:
    """The scheme that the file names, by its folder or its title; "" if none. ``schemes``: titles by folder."""
    node = root.get(SCHEME)
    if node is None:
        return ""
    said = node.text.strip() if isinstance(node, Scalar) else ""
    for folder, title in schemes.items():
        if said in (folder, title):
            return folder
    near = nearest(said, [*schemes.values(), *schemes]) or f"有：{'、'.join(schemes.values())}"
    raise DataError(f"{_at(root.key(SCHEME))}没有付费方式“{said}”", near)


def chosen(menu: Menu, root: Mapping | None, open_questions: Map[str, Answer] | None = None) -> Answers:
    """What the file chose, the usual where it says nothing. Raises :class:`DataError` with everything wrong in it.

    ``open_questions``: answers from elsewhere (a terminal), which come before the usual ones.
    """
    root = root if root is not None else Mapping((), Place())
    faults: list[DataError] = []
    head = _head(root, faults)
    given = _given(menu, root, faults)
    answers: dict[str, Answer] = {}
    left_out: dict[str, Question] = {}
    for question in menu.questions:
        if not question.only.holds({name: answer.option.name for name, answer in answers.items()}):
            left_out[question.name] = question
            continue
        answer = given.get(question.name) or (open_questions or {}).get(question.name)
        answers[question.name] = answer or usual(question)
    for name, question in left_out.items():
        if name in given:
            because = f"只在 {question.only} 时才问"
            faults.append(DataError(f"{_at(root.key(name))}{name}：{because}", "删去这一行，或改前面的"))
    made = Answers(menu, answers, head)
    faults += [] if faults else clashes(made, root)
    if faults:
        raise all_of(faults)
    return made


def clashes(made: Answers, root: Mapping | None = None) -> list[DataError]:
    """Options that do not go together."""
    found = []
    for clash in made.menu.clashes:
        if clash.when.holds(made.options):
            keys = [root.key(name) for name in clash.when.options] if root is not None else []
            place = _at(next((key for key in keys if key is not None), None))
            said = "，".join(f"{name} 选了 {made.options[name]}" for name in clash.when.options)
            found.append(DataError(f"{place}{said}：不能一起选", clash.because))
    return found


def usual(question: Question) -> Answer:
    """What is taken where nothing is said."""
    problems: list[Problem] = []
    node = read_text(f"问: {question.usual}\n", str(question.place.file), problems)
    assert node is not None and not problems, f"{question.place}：默认 {question.usual}"
    value = node.get("问")
    assert value is not None
    return replace(read_answer(question, value), said=False)


def read_answer(question: Question, node: Yaml) -> Answer:
    """The option that was named, or the one that what was given is for. Raises :class:`FillProblem`."""
    if isinstance(node, Scalar):
        named = question.option(node.text.strip())
        if named is not None:
            if named.fill is not None and named.fill.may_wait:
                return Answer(named, Filled("待定", rest=named.fill.classes))
            if named.fill is not None:
                raise FillProblem(f"选 {named.name} 要连数一起写：{{{named.name}: …}}", node)
            return Answer(named)
    elif isinstance(node, Mapping) and len(node) == 1:
        key, value = node.entries[0]
        option = question.option(key.text.strip())
        if option is not None:
            if option.fill is None:
                raise FillProblem(f"{option.name} 不用另外写数", value)
            return Answer(option, read_fill(option.fill, value))
    fills = {option.fill: option for option in reversed(question.options) if option.fill is not None}
    fitting = kinds_of(node, list(fills)) if _is_figure(node) else []
    if fitting:
        fill = fitting[-1]
        return Answer(fills[fill], read_fill(fill, node))
    raise _unknown(question, node)


def _is_figure(node: Yaml) -> bool:
    return not isinstance(node, Scalar) or bool(re.match(r"[\d.−-]", node.text.strip()))


def _unknown(question: Question, node: Yaml) -> FillProblem:
    names = [option.name for option in question.options]
    if isinstance(node, Scalar):
        near = nearest(node.text.strip(), names) or f"可以选：{'、'.join(names)}"
        return FillProblem(f"没有“{node.shown}”这一项；{near}", node)
    if isinstance(node, Mapping) and len(node) == 1:
        key = node.entries[0][0]
        near = nearest(key.text.strip(), names) or f"可以选：{'、'.join(names)}"
        return FillProblem(f"没有“{key.shown}”这一项；{near}", key)
    return FillProblem(f"可以选：{'、'.join(names)}", node)


def _given(menu: Menu, root: Mapping, faults: list[DataError]) -> dict[str, Answer]:
    names = [question.name for question in menu.questions]
    found = {}
    for key, value in root:
        if key.text in HEAD:
            continue
        question = menu.question(key.text)
        if question is None:
            near = nearest(key.text, [*names, *HEAD]) or "所有的问题：casemix new --menu"
            faults.append(DataError(f"{_at(key)}菜单里没有“{key.shown}”这一问", near))
            continue
        try:
            found[key.text] = read_answer(question, value)
        except FillProblem as problem:
            place = (problem.node or value).place
            faults.append(DataError(f"{place}：{key.text}：{problem}"))
    return found


def _head(root: Mapping, faults: list[DataError]) -> dict[str, str]:
    found = {}
    for name in HEAD:
        node = root.get(name)
        if node is None:
            continue
        if not isinstance(node, Scalar) or not node.text.strip():
            faults.append(DataError(f"{_at(root.key(name))}{name} 要几个字"))
            continue
        found[name] = node.text.strip()
        if name == START and not _is_day(found[name]):
            faults.append(DataError(f"{node.place}：施行 {node.shown} 不是日期", "写成 2025-01-01 的样子"))
    return found


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(text)) and len(text) == 10
    except ValueError:
        return False


def _at(node: Scalar | None) -> str:
    return "" if node is None else f"{node.place}："
