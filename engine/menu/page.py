"""The menu on paper: every question with its wording, options, what is to be filled in, and cities that chose so."""

from __future__ import annotations

from collections.abc import Sequence

from engine.menu.model import BANDS, BY_CLASS, BY_CODE, NUMBER, WORDS, Fill, Menu, Option, Question

_FILLED = {NUMBER: "一个数", BY_CLASS: "每类一个数", BY_CODE: "编码: 数", BANDS: "每档一个数", WORDS: "几个字"}


def page(menus: Sequence[Menu]) -> str:
    """Markdown, a heading for each scheme and part."""
    return "\n\n".join(_scheme(menu) for menu in menus) + "\n"


def _scheme(menu: Menu) -> str:
    parts: dict[str, list[Question]] = {}
    for question in menu.questions:
        parts.setdefault(question.part, []).append(question)
    texts = [f"## {menu.title}（`--scheme {menu.scheme}`）"]
    if not menu.questions:
        texts.append("什么也不问：只有标准的数据字典、一个程序和一条等着写的规则。")
    for part, questions in parts.items():
        texts.append(f"### {part}")
        texts += [_question(question) for question in questions]
    if menu.clashes:
        texts.append("### 不能一起选的")
        texts.append("\n".join(f"- {clash.when}：{clash.because}" for clash in menu.clashes))
    return "\n\n".join(texts)


def _question(question: Question) -> str:
    only = f"　只在 {question.only} 时问。" if question.only.options else ""
    lines = [f"**{question.name}**　{question.asks}{only}"]
    if question.wording:
        lines.append(f"原文如：{question.wording}")
    options = ["| 选项 | 意思 | 要填的 | 例城 |", "|---|---|---|---|"]
    options += [_option(question, option) for option in question.options]
    return "\n\n".join([*lines, "\n".join(options)])


def _option(question: Question, option: Option) -> str:
    usual = "（默认）" if question.usual == option.name else ""
    fill = "" if option.fill is None else _fill(option.fill)
    return f"| {option.name}{usual} | {option.about} | {fill} | {'、'.join(option.cities)} |"


def _fill(fill: Fill) -> str:
    parts = [fill.example or _FILLED[fill.kind], fill.within_text and f"在 {fill.within_text} 里"]
    if fill.classes:
        parts.append(f"类：{'、'.join(fill.classes)}")
    return "；".join(part for part in parts if part).replace("|", "\\|")
