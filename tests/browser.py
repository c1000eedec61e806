"""The browser that tests of the workbench open, where there is one."""

from __future__ import annotations

import importlib.util
import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def program() -> str | None:
    """Where the browser is."""
    return os.environ.get("CASEMIX_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def why_not() -> str:
    """Why nothing can be tried in a browser here; nothing if it can."""
    if program() is None:
        return "no chromium"
    missing = [
        name for name in ("nicegui", "playwright", "axe_playwright_python") if not importlib.util.find_spec(name)
    ]
    return f"no {', '.join(missing)}" if missing else ""


def left_out() -> list[str]:
    return [f"browser ({why_not()})"] if why_not() else []
