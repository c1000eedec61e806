"""Some people on one workbench, a short while: nothing that is typed is lost, and the server lets every page go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.looped import looped
from tests.workbench.many_sessions import cities, lived
from tests.workbench.served import serving
from tests.workbench.watched import FORGETS

pytestmark = pytest.mark.slow


def test_nothing_typed_is_lost_and_every_page_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEMIX_DRAFTS", str(tmp_path / "drafts"))
    monkeypatch.setenv(FORGETS, "2")
    with serving(cities(tmp_path / "desk", 2), tmp_path / "log.txt") as served:
        told = looped(lived(served, people=2, seconds=1, rests=0.1, after=6))
    assert (told.lost, told.wrong) == ([], [])
    assert told.typed >= 2
    assert told.pages == 0
