"""What every test session does: it says at the end which databases, and what else, it was not run with."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests import browser, databases
from tests.databases import nothing_left_out
from tests.halves import in_halves

COLLECTIONS = (20_000, 10, 20)
"""Garbage is looked for less often than Python does by itself: all that was collected and is remembered from test to
test was gone through each time, which took a sixth of the processor.
"""


def pytest_sessionstart(session: pytest.Session) -> None:
    gc.set_threshold(*COLLECTIONS)
    os.environ.setdefault("CASEMIX_CACHE", "off")  # no test finds what another run of it left
    missing = [*databases.left_out(), *browser.left_out()]
    if nothing_left_out() and missing:
        pytest.exit(f"cannot be run here: {', '.join(missing)}", returncode=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = [*databases.left_out(), *browser.left_out()]
    if missing:
        terminalreporter.write_line(f"not run here: {', '.join(missing)}", yellow=True)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """``make fast`` does not import, on each worker, the files that are slow from their first line to their last."""
    fast = config.option.markexpr == "not slow" and collection_path.suffix == ".py"
    return True if fast and "\npytestmark = pytest.mark.slow\n" in collection_path.read_text("utf-8") else None


@pytest.hookimpl(trylast=True)  # once those that are left out are gone
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = in_halves(items, [item.nodeid for item in items])
