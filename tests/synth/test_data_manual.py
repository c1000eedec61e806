"""docs/data.md is what the YAML says."""

from __future__ import annotations

from engine import data_manual
from engine.synth.words import WORDS


def test_the_page_is_what_the_generator_gives() -> None:
    assert data_manual.MANUAL.read_text("utf-8") == data_manual.text(), "python -m engine.manual"


def test_every_word_for_hints_is_on_the_page() -> None:
    page = data_manual.text()
    assert [word.word for word in WORDS if f"| `{word.word}` | {word.description} |" not in page] == []
