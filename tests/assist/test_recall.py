"""Of the words that stand in shipped rules completion offers nearly all, early, at a sample of their places."""

from __future__ import annotations

import statistics
from collections import defaultdict

import pytest

from tests.assist.recall import ROOT, Tally, measured


@pytest.mark.slow
def test_what_really_stands_there_is_offered_and_early():
    tallies: dict[str, Tally] = defaultdict(Tally)
    for folder in ("regions/jiyuan", "regions/guangdong-demo", "rules/points-settlement"):
        measured(ROOT / folder, 41, tallies, [])
    missed = {kind: one.missed for kind, one in tallies.items() if one.missed}
    asked = sum(one.asked for one in tallies.values())
    assert asked > 400 and len(tallies) > 25
    assert sum(map(len, missed.values())) <= asked // 100, missed
    ranks = [rank for one in tallies.values() for rank in one.ranks]
    assert statistics.median(ranks) == 1 and sum(rank > 10 for rank in ranks) < len(ranks) / 10
