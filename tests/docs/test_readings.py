"""docs/readings.md is what the rules say: made from them, not written."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from engine.cli import main
from tests.docs.pages import ROOT, without_folders


def test_the_page_is_made_from_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, ["readings", "--format", "markdown"])
    made = without_folders(done.output)
    how = "casemix readings --format markdown > docs/readings.md"
    assert made == (ROOT / "docs" / "readings.md").read_text("utf-8"), how


def test_every_reading_says_where_it_shows() -> None:
    sections = (ROOT / "docs" / "readings.md").read_text("utf-8").split("\n### ")[1:]
    assert [section.splitlines()[0] for section in sections if "\n看哪里：" not in section] == []
