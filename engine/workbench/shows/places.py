"""Places of files as a reader knows them."""

from __future__ import annotations

import re
from pathlib import Path

from engine.rulebook.locate import shipped
from engine.simulate.simulate import AFTER, BEFORE, RULES

_COPIED = re.compile(f"^(?:.*/)?{RULES}/(?:{BEFORE}|{AFTER})/(?=(?:rules|regions)/)")
"""Where a simulation keeps the rules that it was run from."""
_ABOVE = re.compile("^(?:rules/|regions/[^/]+/)")
_LINE = re.compile(r":([0-9]+):[0-9]+$")


def shown_place(place: str) -> str:
    """``rules/…`` and ``regions/…`` also of what ships with the package, wherever that is installed."""
    for kind in ("rules", "regions"):
        inside = f"{shipped(kind)}/"
        if place.startswith(inside):
            return f"{kind}/{place.removeprefix(inside)}"
    return place


def short_text(text: str) -> str:
    """What is told, with files as they are called in the working folder, and in what ships."""
    for kind in ("rules", "regions"):
        text = text.replace(f"{shipped(kind)}/", f"{kind}/")
    return text.replace(f"{Path.cwd()}/", "")


def short_place(place: str) -> str:
    """A file as it is called in its region, or module, and the line: ``第三章.yaml 第 31 行``."""
    inside = _ABOVE.sub("", _COPIED.sub("", shown_place(place)))
    return _LINE.sub(r" 第 \1 行", inside)
