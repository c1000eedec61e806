"""What every test session does: it says at the end which databases, and what else, it was not run with."""

from __future__ import annotations

import os

import pytest

from tests import browser, databases
from tests.databases import nothing_left_out


def pytest_sessionstart(session: pytest.Session) -> None:
    os.environ.setdefault("CASEMIX_CACHE", "off")  # no test finds what another run of it left
    missing = [*databases.left_out(), *browser.left_out()]
    if nothing_left_out() and missing:
        pytest.exit(f"cannot be run here: {', '.join(missing)}", returncode=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = [*databases.left_out(), *browser.left_out()]
    if missing:
        terminalreporter.write_line(f"not run here: {', '.join(missing)}", yellow=True)
