"""What a page says of a result follows from the rules that it was run from, whatever becomes of the region's."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.data.record import read_record
from engine.drafts import Drafts
from engine.rulebook.book import Book, load
from engine.workbench.shows.run_rules import rules_of
from tests.looped import looped
from tests.workbench.pictures import CHAPTER, SIMULATED, simulated
from tests.workbench.served import REGION, copied


@pytest.mark.slow
def test_units_are_those_of_the_run_as_long_as_its_rules_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEMIX_DRAFTS", str(tmp_path / "drafts"))
    folder = simulated(copied(tmp_path / "desk", REGION))
    monkeypatch.chdir(folder)
    region = folder / "regions" / REGION
    Drafts(region).drop(CHAPTER)

    async def book() -> Book:
        return load(region)

    def share(side: str) -> str:
        now = looped(rules_of(here, read_record(folder / SIMULATED / side)))
        return now.parameters["次手术比例"].values[0][1].text

    here: Any = SimpleNamespace(book=book)
    assert (share("before"), share("after")) == ("50%", "40%")
    (folder / SIMULATED / "rules" / "after").rename(folder / "weg")
    assert share("after") == "50%"
