"""Every line of the conformance kit, on every engine; and every function of the language stands in it."""

import re
import traceback

import pytest
from kit import Case, read_lines, refusal, result_type
from kit_engines import ENGINES
from kit_expected import agrees, shown

from engine.execute.reference.evaluator import functions
from engine.language.functions import FUNCTIONS

CASES = [Case(line) for line in read_lines()]
ELSEWHERE = {"取", "上期"}


@pytest.mark.parametrize("case", CASES, ids=[case.line.id for case in CASES])
def test_every_engine_gives_what_the_line_says(case):
    refused = refusal(case)
    if case.expected.refused is not None:
        assert refused is not None, f"not refused: {case.line.expression}"
        assert refused[0] == case.expected.refused, refused
        return
    assert refused is None, refused
    unit = case.expected.unit
    assert unit is None or result_type(case).unit.same(unit), result_type(case)
    wanted = case.expected.values
    wrong = {name: told for name, engine in ENGINES.items() if (told := _wrong(engine, case, wanted))}
    assert wrong == {}, f"expected {[shown(value) for value in wanted]}"


def _wrong(engine, case, wanted):
    """What an engine gives instead, or fails of, so that one engine does not hide another."""
    try:
        found = engine(case)
    except Exception:
        return traceback.format_exc()
    if len(found) == len(wanted) and all(map(agrees, found, wanted)):
        return None
    return [shown(value) for value in found]


def test_ids_are_unique():
    ids = [case.line.id for case in CASES]
    assert len(ids) == len(set(ids))


def test_every_function_stands_in_the_kit_or_has_tests_of_its_own():
    text = "\n".join(case.line.expression for case in CASES).replace("（", "(")
    called = set(re.findall(r"(\w+)\(", text))
    assert set(FUNCTIONS) - called == ELSEWHERE


def test_the_reference_engine_computes_every_function():
    assert functions() == set(FUNCTIONS)
