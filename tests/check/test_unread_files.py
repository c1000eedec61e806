"""What keeps a file from being read is told first, before the mistakes of the other files."""

from __future__ import annotations

from pathlib import Path

from engine.check import check_book
from engine.rulebook.book import load

BROKEN = Path(__file__).parents[1] / "broken"


def test_the_file_that_could_not_be_read_comes_first(monkeypatch):
    folder = BROKEN / "I101-other-files-are-still-read"
    monkeypatch.chdir(folder)
    assert [p.code for p in check_book(load(folder / "city"))] == ["E116", "E301", "E120", "I101"]
