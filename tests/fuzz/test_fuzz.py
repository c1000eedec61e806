"""A few attempts of each fuzzer with fixed seeds; ``python -m tests.fuzz`` goes on for as long as it is told."""

import json
import random

import pytest

from engine.files.errors import DataError
from engine.language.parse import SyntaxProblem, parse_expression
from tests.fuzz import deliveries, ferries, formulas, names, rulebooks, silence, silent_table
from tests.fuzz.bounds import TooSlow, bounded
from tests.fuzz.faults_of_deliveries import Spoilt
from tests.fuzz.spoil import bytes_spoilt, text_spoilt

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(12))
def test_formulas_are_taken_or_refused_in_a_sentence(tmp_path, seed):
    assert formulas.attempt(seed, tmp_path) == ""


@pytest.mark.parametrize("seed", range(6))
def test_spoilt_rulebooks_are_refused_with_a_place(tmp_path_factory, seed):
    assert rulebooks.attempt(seed, tmp_path_factory.getbasetemp()) == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(20), 48, 68])
def test_spoilt_deliveries_are_read_alike_or_refused_alike(tmp_path, seed):
    assert deliveries.attempt(seed, tmp_path) == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_nasty_names_give_what_plain_names_give(tmp_path, seed):
    assert names.attempt(seed, tmp_path) == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(60), 165])
def test_a_delivery_with_one_fault_is_read_right_or_the_fault_is_told(tmp_path_factory, seed):
    assert silence.attempt(seed, tmp_path_factory.getbasetemp() / "渡市") == ""


def test_a_sound_delivery_gives_the_figures_worked_out_beside_it(tmp_path):
    for seed, medium in enumerate(ferries.MEDIA):
        delivery = ferries.sound(random.Random(seed))
        delivery.medium = medium
        place = ferries.written(delivery, tmp_path / medium)
        found = silence.run(silence.region(tmp_path), place, None, "reference", tmp_path / f"out-{medium}")
        assert silence.figures(found) == ferries.settled(delivery.rows[ferries.TRIPS])


def test_the_judge_of_silence_sees_what_is_wrong(tmp_path):
    """Figures of other rows, rows gone without a word, and a stop without the cause are wrong; each would be seen."""
    delivery = ferries.sound(random.Random(1))
    whole = ferries.settled(delivery.rows[ferries.TRIPS])
    place = ferries.written(delivery, tmp_path / "data")
    found = silence.run(silence.region(tmp_path), place, None, "reference", tmp_path / "out")
    key = str(delivery.rows[ferries.TRIPS][0]["航次号"])
    done = Spoilt(frozenset([key]), ("没有这样的话",))
    assert silence.judged(found, done, whole, []).wrong == "taken as sound"
    assert silence.judged(found, done, [], whole).wrong == "rows gone in silence"
    assert silence.judged(found, done, [], []).wrong.startswith("other figures")
    assert silence.judged(DataError("别的"), done, whole, whole).wrong == "stopped without the cause"


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


def test_the_table_of_a_campaign_that_went_on_is_about_all_of_it(tmp_path, capsys):
    record = tmp_path / "campaign.jsonl"
    line = {"seed": 31, "fault": "thousands", "verdict": "right", "engines": 5}
    record.write_text(json.dumps(line) + "\n", "utf-8")
    assert silent_table.main(["--seed", "31", "--count", "2", "--record", str(record)]) == 0
    assert [one.seed for one in silent_table.recorded(record).values()] == [31, 32]
    told = capsys.readouterr().out
    assert "| thousands | 1 | 1 | 0 | 0 | 0 |" in told and "| moment without signs | 1 | 1 | 0 | 0 | 0 |" in told
    wrong = silent_table.Tried(7, "thousands", silent_table.WRONG, 2)
    assert silent_table.table([wrong])[2] == "| thousands | 1 | 0 | 0 | 0 | 1 |"
