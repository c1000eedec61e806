"""The menus themselves: every question can be asked and answered, options differ, the page has them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import menu_manual
from engine.cli import main
from engine.menu.answers import chosen, usual
from engine.menu.model import Option, Question
from tests.menu.regions import ROOT, SCHEMES, TEMPLATES, made, menu, wrong

QUESTIONS = [(scheme, question) for scheme in SCHEMES for question in menu(scheme).questions]
NAMED = pytest.mark.parametrize(
    ("scheme", "question"), QUESTIONS, ids=lambda value: value.name if isinstance(value, Question) else value
)


@NAMED
def test_a_question_asks_quotes_and_has_a_usual_answer(scheme: str, question: Question) -> None:
    assert question.asks.endswith(("？", "）")) and question.wording and question.part
    assert len(question.options) >= 2 or question.options[0].fill
    assert usual(question).option.name == question.usual_option


def says_nothing(option: Option) -> bool:
    adds = option.adds
    return not (adds.files or adds.figures or adds.words)


@NAMED
def test_options_differ_in_what_they_write(scheme: str, question: Question) -> None:
    """At most one option is what the shared rules say anyway."""
    together = {name for addition in menu(scheme).after for name in addition.when.options}
    assert sum(map(says_nothing, question.options)) <= 1 or question.name in together


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_nobody_chose_is_not_written(scheme: str, tmp_path: Path) -> None:
    """A case's payment alone: no file about budgets, no example that waits for a figure."""
    answers = tmp_path / "答案.yaml"
    published = "" if scheme in ("drg-rate", "bed-day") else "点值: {职工: 10, 居民: 9}\n"
    answers.write_text(f"付费方式: {menu(scheme).title}\n算到哪一步: 病例\n{published}", "utf-8")
    done = casemix("new", tmp_path / "甲", "--answers", answers)
    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "甲").rglob("*.yaml")}
    assert not names & {"第一章 总则.yaml", "第二章 预算管理.yaml", "第四章 结算清算.yaml", "费用和预算.yaml"}
    text = (tmp_path / "甲" / "报表.yaml").read_text("utf-8")
    assert re.findall(r"^(\w+):$", text, re.MULTILINE)[0] == "病例明细"
    assert re.search(r"(病例支付金额|床日付费额): \{标题: \w+, 小数: 2\}", text)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_usual_answers_are_sound(scheme: str, tmp_path: Path) -> None:
    assert wrong(made(tmp_path / "甲", chosen(menu(scheme), None))) == []


def casemix(*arguments: object):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="casemix", input="")


def test_the_page_is_made_from_the_menus() -> None:
    assert (ROOT / "docs" / "menu.md").read_text("utf-8") == menu_manual.text(), "python -m engine.manual"


def test_the_printed_menu_has_every_question_and_option() -> None:
    done = casemix("new", "--menu")
    assert done.exit_code == 0
    for scheme, question in QUESTIONS:
        assert f"**{question.name}**" in done.output, scheme
        assert all(f"| {option.name}" in done.output for option in question.options)
    alone = casemix("new", "--menu", "--scheme", "bed-day")
    assert alone.output in done.output and "DRG" not in alone.output


def test_menus_name_only_files_that_are_there() -> None:
    heads = [(TEMPLATES / scheme / "菜单.yaml").read_text("utf-8") for scheme in SCHEMES]
    named = {name for head in heads for name in re.findall(r"- (\S+\.yaml)", head)}
    there = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.glob("*/菜单/*.yaml")}
    assert named == there
