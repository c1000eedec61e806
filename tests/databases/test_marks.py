"""What trees may hold is one list: all that is lowered stands in it, and every engine's printer knows all of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlglot import exp

from engine.databases.registry import DIALECTS, dialect_of
from tests.databases.lowered import Lowered


@pytest.fixture(scope="module")
def lowered() -> Lowered:
    """The queries of one line in twenty of the kit; all lines are looked through where they are run."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "language"))
    import kit_engines
    from kit import Case, read_lines

    seen = Lowered()
    cases = [case for case in map(Case, read_lines()) if case.expected.refused is None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kit_engines, "LOWERED", seen)
        for case in cases[::20]:
            kit_engines.in_sql("duckdb", case)
    return seen


def test_what_is_lowered_stands_in_the_list(lowered):
    assert lowered.strange == set()
    assert len(lowered.seen) > 50


def test_a_node_or_a_mark_that_is_not_listed_is_seen():
    seen = Lowered()
    query = exp.select(exp.Ln(this=exp.column("a")), exp.func("unheard_of"))
    query.meta["a mark"] = True
    seen(query)
    assert seen.strange == {"Ln", "unheard_of", "a mark"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_printer_knows_all_of_it(lowered, dialect):
    """What a printer cannot write it refuses: none is left to sqlglot's guess."""
    printed = [dialect_of(dialect).printed(query) for query in lowered.queries]
    assert len(printed) == len(lowered.queries) > 5
