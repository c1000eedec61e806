"""One workbench and one browser for all these tests, begun when the first wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import browser
from tests.workbench.served import REGION, Served, Tab, copied, serving

collect_ignore = [] if not browser.why_not() else [path.name for path in Path(__file__).parent.glob("test_*.py")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks a running workbench or drives a browser is no part of the fast path."""
    for item in items:
        if {"chromium", "served", "bench", "desk"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench on a copy of the demonstration city, shared: tests that change its files take one of their own."""
    folder = copied(tmp_path_factory.mktemp("workbench"), REGION)
    with serving(folder, tmp_path_factory.mktemp("log") / "log.txt") as found:
        yield found
        said = found.said()
        assert "SLOW" not in said and "Traceback" not in said, said[-6000:]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser.program(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def tab_of(chromium: Any) -> Iterator[Callable[..., Tab]]:
    """Makes a browser's page on a workbench; at the end nothing strange was asked for and nothing went wrong."""
    made: list[Tab] = []

    def make(served: Served, **options: Any) -> Tab:
        told: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", **options}
        context = chromium.new_context(**told)
        tab = Tab(context.new_page(), served)
        made.append(tab)
        return tab

    yield make
    for tab in made:
        tab.page.context.close()
        assert tab.strange == []
        assert tab.wrong == []


@pytest.fixture
def tab(tab_of: Callable[..., Tab], served: Served) -> Tab:
    """A page on the shared workbench, entered by its link."""
    found = tab_of(served)
    found.enter()
    return found
