"""Which pages there are, in the order of the navigation. A page is a module here with a ``PAGE``."""

from __future__ import annotations

from engine.workbench.page import Page
from engine.workbench.pages import case, compare, examples, home, rules, settle, simulate

PAGES: tuple[Page, ...] = (
    home.PAGE, rules.PAGE, examples.PAGE, case.PAGE, settle.PAGE, simulate.PAGE, compare.PAGE,
)  # fmt: skip
