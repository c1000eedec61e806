"""docs/data.md is what the YAML says."""

from __future__ import annotations

import pytest

from engine import data_manual
from engine.synth.words import WORDS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page() -> str:
    return data_manual.text()


def test_the_page_is_what_the_generator_gives(page: str) -> None:
    assert data_manual.MANUAL.read_text("utf-8") == page, "python -m engine.manual"


def test_every_word_for_hints_is_on_the_page(page: str) -> None:
    assert [word.word for word in WORDS if f"| `{word.word}` | {word.description} |" not in page] == []
