"""The pages that tell of each code, at its heading: an editor opens them from a problem."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from engine.rulebook.locate import shipped

PAGES = ("errors.md", "lint.md")
_HEADING = re.compile(r"^##+ ([A-Z]\d+) ")


def page_of(code: str) -> tuple[Path, int] | None:
    """The page with the line of the heading; ``None`` where no page tells of it."""
    return _headings().get(code)


@cache
def _headings() -> dict[str, tuple[Path, int]]:
    found: dict[str, tuple[Path, int]] = {}
    for name in PAGES:
        path = shipped("docs") / name
        lines = path.read_text("utf-8").splitlines() if path.is_file() else ()
        for number, line in enumerate(lines, 1):
            if (match := _HEADING.match(line)) is not None:
                found[match[1]] = path, number
    return found
