"""The questions of a menu on a terminal: numbered options, an empty line for the usual one."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from engine.menu.answers import Answer, Answers, chosen, clashes, read_answer, usual
from engine.menu.fills import Filled, FillProblem, read_fill
from engine.menu.model import WORDS, Menu, Option, Question
from engine.rulebook.problems import Problem
from engine.rulebook.source import Yaml, read_text


def ask(menu: Menu, screen: Console) -> Answers:
    """Every question of ``menu`` that has to be asked; options that do not go together are asked again."""
    screen.print(f"付费方式：{escape(menu.title)}。每一问写序号，直接回车就是 ［默认］；要填的数写在后面。")
    answers: dict[str, Answer] = {}
    for question in menu.questions:
        if not question.only.holds({name: answer.option.name for name, answer in answers.items()}):
            continue
        while True:
            answers[question.name] = _one(question, screen)
            clash = clashes(Answers(menu, answers, {}))
            if not clash:
                break
            screen.print(f"  [red]{escape(str(clash[0]))}[/]")
    return chosen(menu, None, answers)


def which_scheme(titles: Mapping[str, str], usual_one: str, screen: Console) -> str:
    """The scheme that is chosen, by its number or title; ``titles`` by name."""
    screen.print("[bold]按什么付费？[/]")
    for number, title in enumerate(titles.values(), 1):
        screen.print(f"  {number} {escape(title)}")
    while True:
        typed = screen.input(f"  选哪一个 ［{escape(titles[usual_one])}］：").strip()
        if not typed:
            return usual_one
        for number, (name, title) in enumerate(titles.items(), 1):
            if typed in (str(number), name, title):
                return name
        screen.print(f"  [red]没有“{escape(typed)}”；可以选：{escape('、'.join(titles.values()))}[/]")


def _one(question: Question, screen: Console) -> Answer:
    screen.print(f"\n[bold]{escape(question.asks)}[/]  {escape(question.wording)}")
    for number, option in enumerate(question.options, 1):
        about = "；".join(
            part for part in (option.about, "、".join(option.cities) and f"如 {'、'.join(option.cities)}") if part
        )
        screen.print(f"  {number} {escape(option.name)}{escape(f'（{about}）') if about else ''}")
    default = usual(question)
    while True:
        typed = screen.input(f"  选哪一个 ［{escape(default.text)}］：").strip()
        if not typed:
            return default
        named = _option(question, typed)
        try:
            if named is None:
                return read_answer(question, _node(typed))
            return Answer(named) if named.fill is None else Answer(named, _filled(named, screen))
        except FillProblem as problem:
            screen.print(f"  [red]{escape(str(problem))}[/]")


def _option(question: Question, typed: str) -> Option | None:
    """By its name or its number; where there is but one option, a number is what it asks for."""
    named = question.option(typed)
    if named is not None or not typed.isdigit() or len(question.options) == 1:
        return named
    return question.options[int(typed) - 1] if 1 <= int(typed) <= len(question.options) else None


def _filled(option: Option, screen: Console) -> Filled:
    assert option.fill is not None
    example = option.fill.example or {WORDS: "几个字"}.get(option.fill.kind, "一个数")
    return read_fill(option.fill, _node(screen.input(f"  {escape(option.name)} 写多少（{escape(example)}）：").strip()))


def _node(typed: str) -> Yaml:
    """What was typed, as a line of an answers file would have it; braces may be left out."""
    text = typed.translate(str.maketrans("，：", ",:")).replace(":", ": ")
    if ": " in text and not text.startswith("{"):
        text = f"{{{text}}}"
    problems: list[Problem] = []
    root = read_text(f"答: {text}\n", "", problems)
    value = root.get("答") if root is not None and not problems else None
    if value is None:
        raise FillProblem("看不懂：写一个数，或 哪些: 数，哪些: 数")
    return value
