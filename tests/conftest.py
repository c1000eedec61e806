"""What every test session does: it says at the end which databases it was not run with."""

from __future__ import annotations

import os

import pytest

from tests.databases import left_out, nothing_left_out


def pytest_sessionstart(session: pytest.Session) -> None:
    os.environ.setdefault("CASEMIX_CACHE", "off")  # no test finds what another run of it left
    if nothing_left_out() and left_out():
        pytest.exit(f"cannot be run here: {', '.join(left_out())}", returncode=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = left_out()
    if missing:
        terminalreporter.write_line(f"not run here: {', '.join(missing)}", yellow=True)
