"""A few attempts of each fuzzer with fixed seeds; ``python -m tests.fuzz`` goes on for as long as it is told."""

import random

import pytest

from engine.language.parse import SyntaxProblem, parse_expression
from tests.fuzz import deliveries, formulas, names, rulebooks
from tests.fuzz.bounds import TooSlow, bounded
from tests.fuzz.spoil import bytes_spoilt, text_spoilt


@pytest.mark.parametrize("seed", range(12))
def test_formulas_are_taken_or_refused_in_a_sentence(tmp_path, seed):
    assert formulas.attempt(seed, tmp_path) == ""


@pytest.mark.parametrize("seed", range(6))
def test_spoilt_rulebooks_are_refused_with_a_place(tmp_path_factory, seed):
    assert rulebooks.attempt(seed, tmp_path_factory.getbasetemp()) == ""


@pytest.mark.parametrize("seed", [*range(20), 48, 68])
def test_spoilt_deliveries_are_read_alike_or_refused_alike(tmp_path, seed):
    assert deliveries.attempt(seed, tmp_path) == ""


@pytest.mark.parametrize("seed", range(4))
def test_nasty_names_give_what_plain_names_give(tmp_path, seed):
    assert names.attempt(seed, tmp_path) == ""


def test_the_grammar_gives_formulas_of_which_many_are_sound():
    sound = 0
    for seed in range(300):
        try:
            parse_expression(formulas.derived(random.Random(seed)))
            sound += 1
        except SyntaxProblem:
            continue
    assert sound > 50


def test_what_takes_too_long_is_seen():
    with pytest.raises(TooSlow), bounded(1):
        while True:
            pass


def test_spoiling_changes_something_and_is_the_same_each_time():
    text = "甲: {粒度: 病例, 公式: 费用 × 2}\n乙: 1\n" * 5
    for seed in range(20):
        once = text_spoilt(text, random.Random(seed), [text])
        assert once == text_spoilt(text, random.Random(seed), [text])
        assert bytes_spoilt(text.encode(), random.Random(seed)) == bytes_spoilt(text.encode(), random.Random(seed))
    assert any(text_spoilt(text, random.Random(seed), [text]) != text for seed in range(5))


def test_a_syntax_problem_passes_through_a_with_block():
    with pytest.raises(SyntaxProblem), bounded():
        parse_expression("(((")
