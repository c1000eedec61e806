"""``docs/menu.md`` as the menus of ``templates/`` say it; ``python -m engine.manual`` writes it with the others."""

from __future__ import annotations

import re
from pathlib import Path

from engine.menu.page import page
from engine.menu.read_menu import read_menu
from engine.menu.region import schemes
from engine.rulebook.locate import shipped

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "menu.md"
_MARKED = re.compile(r"(<!-- generated -->\n).*?(<!-- end -->)", re.DOTALL)


def text() -> str:
    """The whole page: what is written by hand stays, the menus are made anew."""
    templates = shipped("templates")
    menus = page([read_menu(scheme, templates) for scheme in schemes(templates)])
    return _MARKED.sub(lambda found: f"{found[1]}\n{menus}\n{found[2]}", MANUAL.read_text("utf-8"))
