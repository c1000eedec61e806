"""Random rulebooks over random rows: the engines agree to the last digit, or stop with the same sentence.

``CASEMIX_DIFFERENTIAL=5000`` runs so many examples, new ones each time; ``python campaign.py SEED COUNT`` runs any
number without hypothesis and makes each fault small.
"""

import os
from collections.abc import Sequence
from random import Random

import pytest
from both import Compared, at_length, both, problems_of, smaller
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulebooks import Case, Maker

from engine.execute.closures import host
from tests.databases import chosen

pytestmark = pytest.mark.slow

MANY = int(os.environ.get("CASEMIX_DIFFERENTIAL", "0"))
PROFILE = settings(
    max_examples=MANY or 150, deadline=None, derandomize=not MANY, database=None, print_blob=False,
    suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
)  # fmt: skip


def must_agree(case: Case, watched: bool = False, engines: Sequence[str] = ()) -> Compared:
    """Fails with a small case where the engines differ; only a rulebook that ``check`` accepts has to agree."""
    case, found = at_length(case, watched, engines=engines)
    assert found.kind != "判", f"the reference engine crashes:\n{found.detail}"
    if not found.wrong or (found.kind == "异" and problems_of(case)):
        return found
    accepted = not problems_of(case)

    def still(one: Case) -> bool:
        return both(one, watched, engines).kind == found.kind and not (accepted and problems_of(one))

    small = smaller(case, still, rounds=2)
    rows = {table: kept for table, kept in small.rows.items() if kept}
    pytest.fail(
        f"{small.text()}\n{small.notice}\n{rows}\n{small.period} {small.start}\n{both(small, watched, engines).detail}"
    )


@PROFILE
@given(seed=st.integers(0, 2**40), rules=st.integers(1, 8))
def test_both_engines_agree(seed, rules):
    """One in five with every database that there is."""
    must_agree(Maker(Random(seed), rules).make(), engines=chosen() if seed % 5 == 0 else chosen()[:1])


def test_coarse_rows_that_are_alike_give_what_each_of_them_gives(monkeypatch):
    """What is done where there are a thousand of them, on few."""
    monkeypatch.setattr(host, "MANY", 1)
    for seed in range(2**40, 2**40 + 30):
        must_agree(Maker(Random(seed), 8).make(), engines=chosen()[:1])


def test_most_random_rulebooks_say_something():
    """Most are accepted, run to the end, and have rows in a statement: else agreeing would mean little."""
    accepted = ended = shown = 0
    for seed in range(40):
        case = Maker(Random(seed), 6).make()
        accepted += not problems_of(case)
        _, found = at_length(case, engines=chosen()[:1])
        ended += found.kind == "同"
        shown += found.result is not None and any(sheet.rows for sheet in found.result.statements)
    assert accepted >= 25 and ended >= 25 and shown >= 20, (accepted, ended, shown)
