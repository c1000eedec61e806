"""A part of the conformance kit on one engine."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

LANGUAGE = Path(__file__).parents[1] / "language"


def wrong_lines(engine: str, part: int, parts: int) -> list[str]:
    """Of every ``parts``-th line of a shuffled kit, from ``part`` on: those that come out otherwise than they say."""
    sys.path.insert(0, str(LANGUAGE))
    from kit import Case, read_lines
    from kit_engines import in_sql
    from kit_expected import agrees, shown

    cases = [case for case in map(Case, read_lines()) if case.expected.refused is None]
    wrong = []
    Random(20261129).shuffle(cases)
    for case in cases[part::parts]:
        found, wanted = in_sql(engine, case), case.expected.values
        if len(found) != len(wanted) or not all(map(agrees, found, wanted)):
            wrong.append(f"{case.line.id} {case.line.expression}: {[shown(one) for one in found]}")
    return wrong
