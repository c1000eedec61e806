"""The parser's tables ship with the engine; they are of the grammar beside them and read what it reads."""

import csv
import json
from pathlib import Path

import pytest

from engine.language import parser_tables
from engine.language.build_tree import TreeBuilder
from engine.language.parse import parse_expression
from engine.language.parser_tables import parser_with

KIT = Path(__file__).parent / "conformance.csv"


def kept() -> dict:
    return json.loads(Path(parser_tables.__file__).with_name(parser_tables.TABLES).read_text("utf-8"))


def test_the_tables_are_of_this_grammar_and_this_library():
    assert kept()["of"] == parser_tables.tables_now()["of"], "python -m engine.language.parser_tables"


def test_the_parser_of_the_tables_reads_as_the_one_of_the_grammar(monkeypatch):
    rows = csv.DictReader(KIT.open(encoding="utf-8"), delimiter=";")
    formulas = [row["表达式"] for row in rows if row["表达式"]][::10]
    from_tables = parser_with(TreeBuilder())
    monkeypatch.setattr(parser_tables, "TABLES", "there-is-none.json")
    from_grammar = parser_with(TreeBuilder())
    for formula in formulas:
        read = [said_by(parser, formula) for parser in (from_tables, from_grammar)]
        assert read[0] == read[1], formula
    assert len(formulas) > 50


def test_tables_of_another_grammar_are_left_alone(monkeypatch):
    monkeypatch.setattr(parser_tables, "_key", lambda grammar: ["another grammar", "1.3"])
    assert str(parser_with(TreeBuilder()).parse("1 + 2", start="expression")) == str(parse_expression("1 + 2"))


def said_by(parser, formula: str) -> str:
    try:
        return repr(parser.parse(formula, start="expression"))
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("formula", ["1 + + 2 $", "01 + 2 $"])
def test_a_character_that_is_no_word_is_told_before_what_stands_in_a_wrong_place(formula):
    with pytest.raises(Exception, match=r"\$"):
        parse_expression(formula)
