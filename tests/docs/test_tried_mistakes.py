"""docs/tried-mistakes.md says what the tool says today of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.tried_mistakes import PAGE, page, without_lines


@pytest.mark.slow
def test_the_page_says_what_the_tool_says(tmp_path: Path) -> None:
    shown, said = (without_lines(text).splitlines() for text in (PAGE.read_text("utf-8"), page(tmp_path)))
    assert [line for line in shown if line not in said] == [], "python -m tests.docs.tried_mistakes"
    assert shown == said
