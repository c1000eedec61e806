"""A reader who leaves a page before it stands, or while it works, leaves no work behind, and no word in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from tests.workbench.served import REGION, Served, Tab, one_city, serving_apart
from tests.workbench.settling import RESULT, with_result
from tests.workbench.watched import COMES_WITHIN, FORGETS

pytestmark = pytest.mark.slow
HERE = f"/r/{REGION}"
PAGES = (
    "/",
    f"{HERE}/case",
    f"{HERE}/settle",
    f"{HERE}/settle?result={quote(RESULT)}",
    f"{HERE}/rules",
    f"{HERE}/rules?name={quote('次手术比例')}&tab=figures",
    f"{HERE}/examples",
    f"{HERE}/simulate",
    f"{HERE}/compare",
)
KEPT = 2.0
AFTER_LINK = "停下按 Ctrl-C；没有存的编辑会留着。"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench that forgets a page two seconds after it was left."""
    forgets = {FORGETS: str(KEPT)}
    with serving_apart(tmp_path_factory, "left", lambda folder: with_result(one_city(folder)), (), **forgets) as found:
        yield found


def test_pages_that_are_left_at_once_end_without_a_word(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter()
    for until in ("commit", "domcontentloaded", "load"):
        for path in PAGES:
            tab.page.goto(bench.address(path), wait_until=until)
    for path in PAGES:  # closed, as it begins to work
        other = tab.page.context.new_page()
        other.goto(bench.address(path), wait_until="load")
        other.locator("main.wb-page").wait_for()
        other.close()
    tab.page.goto("about:blank")
    tab.page.wait_for_timeout(COMES_WITHIN * 1000 + 1000)
    assert bench.said().partition(AFTER_LINK)[2].strip() == ""
